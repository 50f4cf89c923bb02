"""Target: a value that a metric is to reach in an epoch."""

from __future__ import annotations

import math
from typing import Any

from kit.callbacks import should_rise
from kit.training.history import ALIASES, History


class Target:
    """metric >= value, or metric <= value where it is a loss or an error.

    metric: name of a value of an epoch, such as "val_accuracy". Raises ValueError for what is no name or no number.
    """

    def __init__(self, metric: Any, value: Any) -> None:
        if not isinstance(metric, str) or not metric:
            raise ValueError(f"target=({metric!r}, ...): it begins with a metric's name, such as 'val_accuracy'")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValueError(f"target=({metric!r}, {value!r}): it takes a finite number to reach")
        self.metric, self.value = ALIASES.get(metric, metric), float(value)
        self.rises = should_rise(self.metric)

    def epoch(self, history: History) -> int | None:
        """The first epoch that reached it, from 1; None where none has."""
        numbers = list(history.epochs.get(self.metric, []))
        reached = (number >= self.value if self.rises else number <= self.value for number in numbers)
        return next((epoch for epoch, good in enumerate(reached, 1) if good), None)

    def told(self, history: History) -> dict[str, Any]:
        """The target as plain data, with the epoch that reached it."""
        return {"metric": self.metric, "value": self.value, "rises": self.rises, "epoch": self.epoch(history)}
