"""The confusion matrix: which classes are taken for which."""

from typing import Any

import numpy as np


def confusion_matrix(y_true: Any, y_pred: Any, classes: int | None = None) -> np.ndarray:
    """How many samples of class i (row) were taken for class j (column). Out (classes, classes), whole numbers.

    y_true, y_pred: class numbers (n,) or (n, 1), or rows (n, classes) of which the greatest counts; one column of
    fractions is yes above a half. classes: how many there are; by what comes if none.
    Raises ValueError where they are not as many, or a class lies outside.
    """
    wanted, said = (numbers(values) for values in (y_true, y_pred))
    if wanted.shape != said.shape:
        raise ValueError(f"y_true has {len(wanted)} samples but y_pred has {len(said)}; give as many of each")
    widths = [np.shape(values)[1] for values in (y_true, y_pred) if np.ndim(values) == 2]
    count = classes or max([*widths, 1 + max(wanted.max(initial=0), said.max(initial=0))])
    for name, found in (("y_true", wanted), ("y_pred", said)):
        if len(found) and not 0 <= found.min() <= found.max() < count:
            raise ValueError(f"{name} holds classes {found.min()} to {found.max()}, outside 0 to {count - 1}")
    return np.bincount(wanted * count + said, minlength=count * count).reshape(count, count)


def numbers(values: Any) -> np.ndarray:
    """Class numbers (n,), from those, rows of classes, or fractions."""
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] > 1:
        return array.argmax(1)
    array = array.reshape(-1)
    whole = array.dtype.kind in "iub" or bool((array == np.round(array)).all())
    return array.astype(np.int64) if whole else (array > 0.5).astype(np.int64)
