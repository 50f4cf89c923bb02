"""History: what a training gave, batch by batch and epoch by epoch, as plain numbers."""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from kit.plotting import Picture
    from kit.training.steps import Record

ALIASES = {"acc": "accuracy", "val_acc": "val_accuracy"}  # 2015's names


class Lists(dict[str, list[float]]):
    """The lists of a history, under 2015's names too."""

    def __missing__(self, name: str) -> list[float]:
        if name in ALIASES:
            return self[ALIASES[name]]
        raise KeyError(name)


class Series:
    """Numbers that arrive as tensors and are read in bulk, so that no batch waits for the device."""

    def __init__(self, values: Any = ()) -> None:
        self.numbers = array("d", values)
        self.pending: list[Tensor] = []

    def add(self, value: Tensor) -> None:
        """Appends a scalar tensor, unread."""
        self.pending.append(value)
        if len(self.pending) >= 1000:
            self.read()

    def read(self) -> array[float]:
        """All numbers so far."""
        if self.pending:
            pending, self.pending = self.pending, []
            self.numbers.extend(torch.stack(pending).double().tolist())
        return self.numbers


class History(Mapping[str, list[float]]):
    """Read like a dict of lists, a number for each epoch: history["loss"], history["val_accuracy"].

    `batch("loss")` gives a number for each batch. `marks` are (step, text): what was changed while it ran.
    2015's names "acc" and "val_acc" work too. every: of how many batches each number of `batch` is the mean.
    """

    every = 1

    def __init__(self) -> None:
        self.epochs: dict[str, list[float]] = {"epoch": []}
        self.marks: list[tuple[int, str]] = []
        self.steps = 0
        self.epoch_steps: list[int] = []  # the step at which each epoch ended
        self.series: dict[str, Series] = {}
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: everything but the lock."""
        with self._lock:
            return {**vars(self), "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=threading.Lock())

    def add(self, record: Record) -> None:
        """Counts a record of training."""
        with self._lock:
            self.steps += 1
            for name, value in record.values.items():
                if name not in self.series:
                    self.series[name] = Series()
                self.series[name].add(value)
            if record.ended is not None:
                self.epochs["epoch"].append(record.epoch - 1)
                self.epoch_steps.append(self.steps)
                for name, number in record.ended.items():
                    self.epochs.setdefault(name, []).append(number)

    def batch(self, name: str, start: int = 0) -> np.ndarray:
        """One number a batch from `start` on (float64), of the value `name`. KeyError where it was not measured."""
        with self._lock:
            numbers = self.series[ALIASES.get(name, name)].read()
            return np.array(numbers[start:])

    def batch_names(self) -> list[str]:
        """What was measured for each batch."""
        return list(self.series)

    def at(self, steps: int) -> dict[str, float]:
        """The values of the epoch that ended last in the first so many batches; none where none had."""
        done = bisect_right(self.epoch_steps, steps)
        return {name: numbers[done - 1] for name, numbers in self.history.items() if 0 < done <= len(numbers)}

    def until(self, steps: int) -> History:
        """A history of the first so many batches, which grows by itself."""
        with self._lock:
            done, cut = bisect_right(self.epoch_steps, steps), History()
            cut.steps, cut.epoch_steps = min(steps, self.steps), self.epoch_steps[:done]
            cut.epochs = {name: numbers[:done] for name, numbers in self.epochs.items()}
            cut.series = {name: Series(series.read()[:steps]) for name, series in self.series.items()}
            cut.marks = [(step, text) for step, text in self.marks if step <= steps]
            return cut

    def thinned(self, most: int) -> History:
        """A history of at most so many numbers a value, the means of a few batches each, and of as many epochs."""
        with self._lock:
            thin, apart = History(), -(-len(self.epoch_steps) // most) or 1
            together = -(-(self.steps // self.every) // most) or 1
            thin.steps, thin.every = self.steps, self.every * together
            thin.epoch_steps = self.epoch_steps[apart - 1 :: apart]
            thin.epochs = {name: numbers[apart - 1 :: apart] for name, numbers in self.epochs.items()}
            for name, series in self.series.items():
                numbers = np.array(series.read())
                whole = numbers[: len(numbers) // together * together]
                thin.series[name] = Series(whole.reshape(-1, together).mean(1))
            return thin

    def mark(self, text: str) -> None:
        """Notes what was changed at this step."""
        self.marks.append((self.steps, text))

    @property
    def epoch(self) -> list[int]:
        """The numbers of the epochs, from 0."""
        return [int(number) for number in self.epochs["epoch"]]

    @property
    def history(self) -> dict[str, list[float]]:
        """The lists of numbers for each epoch, as a dict."""
        return Lists((name, list(numbers)) for name, numbers in self.epochs.items() if name != "epoch")

    def __getitem__(self, name: str) -> list[float]:
        return self.epochs[ALIASES.get(name, name)]

    def __contains__(self, name: object) -> bool:
        return ALIASES.get(name, name) in self.epochs if isinstance(name, str) else False

    def __iter__(self) -> Iterator[str]:
        return iter(self.epochs)

    def __len__(self) -> int:
        return len(self.epochs)

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {numbers[-1]:.4g}" for name, numbers in self.history.items() if numbers)
        return f"<History of {len(self.epoch)} epochs, {self.steps} batches{': ' + last if last else ''}>"

    def plot(self) -> Picture:
        """A picture of the curves."""
        from kit.plotting import curves

        return curves(self)
