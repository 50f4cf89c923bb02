"""Helpers for arrays."""

from numbers import Real
from typing import Any

import numpy as np

from kit.spelling import spelled

EPSILON = 1e-15  # as near to 0 and 1 as a probability is taken


@spelled
def to_categorical(y: Any, num_classes: int | None = None) -> np.ndarray:
    """One-hot rows (n, num_classes), float32, of class numbers (n,) or (n, 1).

    num_classes: how many classes; the greatest number and one more, if none.
    Raises ValueError where y holds anything but class numbers from 0 to num_classes - 1.
    """
    numbers = np.asarray(y).reshape(-1)
    wrong = [] if numbers.dtype.kind in "biuf" else [item for item in numbers.tolist() if not isinstance(item, Real)]
    if wrong:
        raise ValueError(
            f"to_categorical takes class numbers 0, 1, 2 ..., but y holds {wrong[0]!r:.40}; number the classes before: "
            "classes, y = numpy.unique(y, return_inverse=True)"
        )
    with np.errstate(invalid="ignore"):  # of NaN, which is refused below
        classes = numbers.astype("int64")
    if not np.array_equal(classes, numbers) or (len(classes) and classes.min() < 0):
        raise ValueError("to_categorical takes class numbers 0, 1, 2 ...; y holds something else")
    count = int(classes.max(initial=-1)) + 1 if num_classes is None else num_classes
    if len(classes) and classes.max() >= count:
        raise ValueError(f"y holds class {classes.max()}, but num_classes={count} leaves 0 to {count - 1}; raise it")
    return np.eye(count, dtype="float32")[classes]


def normalize(a: Any, axis: int = -1, order: float = 2) -> np.ndarray:
    """a / |a|: vectors along an axis, each divided by its norm; a vector of zeros stays.

    order: of the norm, 2 for the length, 1 for the sum of absolute values.
    """
    norms = np.linalg.norm(a, order, axis, keepdims=True)
    return np.asarray(a) / np.where(norms == 0, 1, norms)


def probas_to_classes(y_pred: Any) -> np.ndarray:
    """Class numbers (n,) of probabilities y_pred: the likeliest of (n, classes); of (n,) or (n, 1), 1 above a half."""
    probabilities = np.asarray(y_pred)
    if probabilities.ndim > 1 and probabilities.shape[1] > 1:
        return probabilities.argmax(1)
    return (probabilities.reshape(-1) > 0.5).astype("int64")


def accuracy(p: Any, y: Any) -> float:
    """The fraction of predictions p that are equal to y; (n, 1), as predict_classes gives it, is as good as (n,)."""
    p, y = (a[:, 0] if a.ndim == 2 and a.shape[1] == 1 else a for a in (np.asarray(p), np.asarray(y)))
    check_same(p, y, "accuracy")
    return float(np.mean(p == y))


def binary_logloss(p: Any, y: Any) -> float:
    """-mean(y log p + (1 - y) log(1 - p)) of probabilities p and of y, 0 or 1; p is kept 1e-15 away from 0 and 1."""
    p, y = np.asarray(p, dtype="float64").reshape(-1), np.asarray(y, dtype="float64").reshape(-1)
    check_same(p, y, "binary_logloss")
    p = np.clip(p, EPSILON, 1 - EPSILON)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def multiclass_logloss(P: Any, Y: Any) -> float:
    """-mean(log P[i, Y[i]]) of probabilities P (n, classes) and class numbers Y (n,) from 0 (in 2015, from 1)."""
    P, Y = np.asarray(P, dtype="float64"), np.asarray(Y).reshape(-1)
    if P.ndim != 2 or len(P) != len(Y) or not len(P):
        raise ValueError(f"multiclass_logloss takes P (n, classes) and Y (n,), but {P.shape} and {Y.shape} came")
    if Y.dtype.kind not in "iu" or Y.min() < 0 or Y.max() >= P.shape[1]:
        raise ValueError(f"Y holds something else than class numbers from 0 to {P.shape[1] - 1}; correct the labels")
    return float(-np.mean(np.log(np.clip(P[np.arange(len(P)), Y], EPSILON, 1))))


def check_same(p: np.ndarray, y: np.ndarray, name: str) -> None:
    """Raises ValueError where there are not as many of one as of the other."""
    if p.shape != y.shape or not p.size:
        raise ValueError(f"{name} takes two arrays of one shape, but {p.shape} and {y.shape} came; reshape one of them")


__all__ = ["accuracy", "binary_logloss", "multiclass_logloss", "normalize", "probas_to_classes", "to_categorical"]
