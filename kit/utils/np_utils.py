"""Helpers for arrays."""

from typing import Any

import numpy as np


def to_categorical(y: Any, nb_classes: int | None = None) -> np.ndarray:
    """One-hot rows (n, nb_classes), float32, of class numbers (n,) or (n, 1).

    nb_classes: how many classes; the greatest number and one more, if none.
    Raises ValueError where y holds anything but class numbers from 0 to nb_classes - 1.
    """
    numbers = np.asarray(y).reshape(-1)
    classes = numbers.astype("int64")
    if not np.array_equal(classes, numbers) or (len(classes) and classes.min() < 0):
        raise ValueError("to_categorical takes class numbers 0, 1, 2 ...; y holds something else")
    count = int(classes.max(initial=-1)) + 1 if nb_classes is None else nb_classes
    if len(classes) and classes.max() >= count:
        raise ValueError(f"y holds class {classes.max()}, but nb_classes={count} leaves 0 to {count - 1}; raise it")
    return np.eye(count, dtype="float32")[classes]
