"""What the methods of a model are given beside data, checked before anything is done."""

import math
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from kit.fields import Field, Fraction, NonNegative, kind_of
from kit.training.queue import Queue

SPLIT = Field("validation_split", kind_of(Fraction))
EVERY = Field("autosave_every", kind_of(NonNegative))


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


def check_setting(
    validation_split: Any, validation_data: Any, augment: Any, autosave_every: Any, queue: Any, background: bool
) -> None:
    """Raises TypeError or ValueError where fit cannot validate, vary, save or wait as it is told."""
    SPLIT.convert(validation_split, "fit")
    if validation_data is not None and validation_split:
        raise ValueError("fit got validation_data and validation_split; each says what to validate with, give one")
    check_augment(augment)
    check_every(autosave_every, "fit")
    if queue is not None and not isinstance(queue, Queue):
        raise TypeError(f"fit(queue={queue!r}): it takes a kit.Queue, such as kit.Queue(2)")
    if queue is not None and not background:
        raise ValueError("fit(queue=...): only a training in the background waits; say background=True")


def check_every(autosave_every: Any, method: str) -> None:
    """Raises TypeError or ValueError for what are no seconds; infinity is for the start and the end alone."""
    if autosave_every != math.inf:
        EVERY.convert(autosave_every, method)


def check_augment(augment: Any) -> None:
    """Raises TypeError for what is no function."""
    if augment is not None and not callable(augment):
        raise TypeError(
            f"augment={augment!r}: it takes an ImageDataGenerator, or a function (tensor, torch.Generator) -> tensor"
        )


def check_log(log: Any) -> list[Mapping[str, Any]]:
    """The lines of a log. TypeError where it is none."""
    lines = list(log) if not isinstance(log, (str, Mapping)) and hasattr(log, "__iter__") else [log]
    for line in lines:
        known = isinstance(line, Mapping) and {"step", "what"} <= line.keys()
        if not known or not isinstance(line.get("values"), Mapping):
            raise TypeError(f"fit(log=...): it takes the log of another run, run.log, not {line!r}")
    return lines


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
