"""The data a studio trains on: samples to train with, samples to test with, and pictures of a few of them."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from kit.datasets import DATASETS
from kit.names import near_miss
from kit.symbols import Shape
from widgets.made_data import MADE

PICTURES = 12
NAMES = (*DATASETS, *MADE)


@dataclass
class Samples:
    """Training and test samples: X (n, ...) and y (n,) class numbers, (n, outputs) or more axes of numbers."""

    name: str
    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray

    @property
    def input(self) -> Shape:
        """The shape of one sample."""
        return tuple(int(size) for size in self.X.shape[1:])

    @property
    def classes(self) -> int | None:
        """How many classes there are; None where y holds no class numbers."""
        if self.y.ndim == 1 and self.y.dtype.kind in "iub":
            return int(max(self.y.max(), self.y_test.max(initial=0))) + 1
        return None

    @property
    def words(self) -> int | None:
        """How many word indexes there are, where X (n, words) holds such: whole numbers that reach a thousand."""
        if self.X.ndim != 2 or self.X.dtype.kind not in "iu":
            return None
        most = int(max(self.X.max(), self.X_test.max(initial=0))) + 1
        return most if self.X.min() >= 0 and most > 1000 else None

    @property
    def outputs(self) -> int | None:
        """How wide the last layer must be; None where it must give more than one axis."""
        return self.classes or (None if self.y.ndim > 2 else int(self.y.shape[1]) if self.y.ndim > 1 else 1)

    @property
    def losses(self) -> list[str]:
        """The losses that suit, the usual one first."""
        if self.classes is not None:
            return ["sparse_categorical_crossentropy"]
        return ["mean_squared_error", "mean_absolute_error", "binary_crossentropy", "categorical_crossentropy"]

    def told(self, names: list[str]) -> dict[str, Any]:
        """What a view shows of the data."""
        return {
            "name": self.name,
            "names": names,
            "training": len(self.X),
            "test": len(self.X_test),
            "input": list(self.input),
            "classes": self.classes,
            "kind": "classes" if self.classes is not None else "numbers",
            "pictures": pictures(self.X, self.y),
        }


def named(name: str) -> Samples:
    """A data set by its name. ValueError where there is none."""
    if name not in NAMES:
        raise ValueError(f"there is no data set {name!r}{near_miss(name, NAMES)}; known are {', '.join(NAMES)}")
    (X, y), (X_test, y_test) = MADE[name]() if name in MADE else DATASETS[name].load_data()
    return Samples(name, X, y, X_test, y_test)


def given(data: Any) -> Samples:
    """A user's data: a name, (X, y), or ((X, y), (X_test, y_test)).

    Of (X, y), a fifth drawn at random is kept for testing. ValueError where it is none of these.
    """
    if isinstance(data, Samples):
        return data
    if isinstance(data, str):
        return named(data)
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise ValueError("data takes a name such as 'digits', (X, y), or ((X, y), (X_test, y_test))")
    if all(isinstance(part, (tuple, list)) and len(part) == 2 for part in data):
        (X, y), (X_test, y_test) = data
        return Samples("your data", *(np.asarray(part) for part in (X, y, X_test, y_test)))
    X, y = (np.asarray(part) for part in data)
    if len(X) != len(y) or len(X) < 5:
        raise ValueError(f"X has {len(X)} samples and y has {len(y)}; give as many targets as samples, and at least 5")
    order = np.random.default_rng(0).permutation(len(X))
    test, train = order[: len(X) // 5], order[len(X) // 5 :]
    return Samples("your data", X[train], y[train], X[test], y[test])


def pictures(X: np.ndarray, y: np.ndarray) -> list[dict[str, str]]:
    """The first samples as PNGs where they are images (n, 1 or 3, rows, cols), else nothing."""
    if X.ndim != 4 or X.shape[1] not in (1, 3) or max(X.shape[2:]) > 256:
        return []
    from matplotlib.image import imsave

    low, high = float(X[:100].min()), float(X[:100].max())
    found = []
    for image, label in zip(X[:PICTURES], y[:PICTURES], strict=False):
        scaled = np.clip((image - low) / max(high - low, 1e-9), 0, 1)
        pixels = 1 - scaled[0] if len(scaled) == 1 else np.moveaxis(scaled, 0, -1)
        buffer = io.BytesIO()
        imsave(buffer, pixels, cmap="gray", vmin=0, vmax=1, format="png")
        src = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
        found.append({"label": str(label) if np.ndim(label) == 0 else "", "src": src})
    return found
