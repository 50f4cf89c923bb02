"""What the methods of a model are given beside data, checked before anything is done."""

import os
from typing import Any

import numpy as np


def several(metrics: Any) -> Any:
    """Metrics as they are kept: one alone as a list."""
    return [metrics] if isinstance(metrics, str) or callable(metrics) else metrics or []


def check_counts(method: str, **counts: int | None) -> None:
    """Raises ValueError where one of the arguments that are given is not a whole number of 1 or more."""
    for name, value in counts.items():
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"{method}({name}={value!r}): {name} takes a whole number of 1 or more")


def refuse_to_replace(path: Any, overwrite: bool) -> None:
    """Raises FileExistsError where a file is there and is to be kept."""
    if not overwrite and os.path.exists(os.path.expanduser(path)):
        raise FileExistsError(f"there is a file {str(path)!r} already; give another path, or overwrite=True")


def check_options(verbose: Any, shuffle: Any, initial_epoch: Any, epochs: int) -> None:
    """Raises ValueError where fit does not know how to tell, how to order or where to begin."""
    whole = isinstance(initial_epoch, (int, np.integer)) and not isinstance(initial_epoch, bool)
    if not whole or not 0 <= initial_epoch < epochs:
        raise ValueError(
            f"fit(initial_epoch={initial_epoch!r}): it takes a whole number from 0 to {epochs - 1}: epochs={epochs} "
            "counts those that are done too"
        )
    if verbose not in (0, 1, 2, "auto"):
        raise ValueError(f"fit(verbose={verbose!r}): it takes 0 (silent), 1 or 'auto' (a bar) or 2 (a line an epoch)")
    if not isinstance(shuffle, (bool, np.bool_)) and shuffle not in (0, 1):
        raise ValueError(f"fit(shuffle={shuffle!r}): it takes True or False; rows of files are shuffled in pieces")
