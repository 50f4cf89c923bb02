"""Session: one training of a model, its settings and where it is; saved with the model, it can be gone on with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from kit.training.data import Source
from kit.training.history import History
from kit.training.randomness import Randomness

Augment = Callable[..., Any]  # from (inputs, generator) to inputs


class Means:
    """Running means of values, weighted by the number of samples, and the metrics that are counted instead.

    weights: of what is a mean over something else than all samples alike.
    tallies: of each output, what is counted under which name; None where that is not begun yet.
    Nothing is read from the device until asked.
    """

    def __init__(self, tallies: Sequence[dict[str, Any]] | None = None) -> None:
        self.samples = 0
        self.sums: dict[str, Tensor] = {}
        self.weights: dict[str, Tensor] = {}
        self.tallies = tallies
        self.saved: dict[str, dict[str, Tensor]] = {}  # where a file says the counts were

    def add(self, values: dict[str, Tensor], samples: int, weights: Mapping[str, Tensor] | None = None) -> None:
        """Counts the values of a batch of so many samples; weights: of those that count otherwise."""
        self.samples += samples
        for name, value in values.items():
            if weights and name in weights:
                add_to(self.weights, name, weights[name], 1)
                add_to(self.sums, name, exact(value) * weights[name], 1)
            else:
                add_to(self.sums, name, value, samples)

    def count(self, targets: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
        """Counts a batch's targets and outputs."""
        for tallies, target, output in zip(self.tallies or (), targets, outputs, strict=False):
            for tally in tallies.values():
                tally.add(target, output)

    def counts(self) -> dict[str, dict[str, Tensor]]:
        """What was counted so far, by metric; of those that are not counted on yet, what was saved."""
        counted = {name: tally.state() for tallies in self.tallies or () for name, tally in tallies.items()}
        return {**self.saved, **counted}

    def read(self, prefix: str = "") -> dict[str, float]:
        """The means so far, as numbers."""
        found = {
            prefix + name: float(total) / (float(self.weights.get(name, self.samples)) or 1.0)
            for name, total in self.sums.items()
        }
        return found | {
            prefix + name: tally.read() for tallies in self.tallies or () for name, tally in tallies.items()
        }


def add_to(sums: dict[str, Tensor], name: str, value: Tensor, times: int) -> None:
    """Adds a value so many times to the sum of that name."""
    if name in sums:
        sums[name].add_(value, alpha=times)
    else:
        sums[name] = exact(value) * times


def exact(value: Tensor) -> Tensor:
    """The value in 64 bits, where its device has them."""
    return value if value.device.type == "mps" else value.double()


@dataclass
class Position:
    """Where a training is, between two batches.

    epoch: the one at work, from 1. batch: how many of it are done. step: how many in all.
    order: of the samples in this epoch; None where they are not shuffled. means: of what the epoch gave so far.
    whole: not while a batch is at work.
    """

    epoch: int = 1
    batch: int = 0
    step: int = 0
    order: Tensor | None = None
    means: Means = field(default_factory=Means)
    whole: bool = True


@dataclass
class Session:
    """One training: what it was asked to do, its data, its randomness, and its position.

    accuracy: whether it is measured beside the metrics of compile. threads: of the thread it runs in.
    class_weight: how much each class counts. steps_per_epoch, validation_steps: batches, where the data do not say.
    augment: varies the inputs of each batch. callbacks: what is called after each batch.
    callback_states: where a file says they were. next_batch_size: from the next epoch on, where that was changed.
    log: what was changed or asked, and when. parent: the run it branched from, as {"run", "mark", "step"}.
    parent_history: the curves of that run.
    asked: names under which callbacks want it to be kept as it is after the batch at work.
    """

    batch_size: int
    epochs: int
    shuffle: bool
    validation_split: float
    accuracy: bool
    threads: int
    randomness: Randomness
    class_weight: Mapping[Any, float] | None = None
    steps_per_epoch: int | None = None
    validation_steps: int | None = None
    next_batch_size: int | None = None
    parent: dict[str, Any] | None = None
    parent_history: History | None = None
    log: list[dict[str, Any]] = field(default_factory=list)
    position: Position = field(default_factory=Position)
    data: Source | None = None
    validation: Source | None = None
    augment: Augment | None = None
    callbacks: list[Callable[..., Any]] = field(default_factory=list)
    callback_states: list[dict[str, Any]] = field(default_factory=list)
    known_fingerprint: str | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def batches(self) -> int | None:
        """How many batches an epoch has; None where that is not known."""
        return self.batches_of(self.batch_size)

    @property
    def steps(self) -> int | None:
        """How many batches there are in all, those of later epochs counted as they will be; None as above."""
        now, later = self.batches, self.batches_of(self.next_batch_size or self.batch_size)
        if now is None or later is None:
            return None
        position = self.position
        left = max(self.epochs - position.epoch + 1, 0)
        at_work = now if position.batch else 0
        return position.step - position.batch + at_work + max(left - bool(position.batch), 0) * later

    def batches_of(self, size: int) -> int | None:
        """How many batches of a size an epoch has; None where that is not known."""
        if self.data is None:
            return 0
        count = self.data.count(size)
        return count if self.steps_per_epoch is None or count is None else min(count, self.steps_per_epoch)

    @property
    def fingerprint(self) -> str:
        """What tells the data it trains on from others."""
        if self.known_fingerprint is None:
            self.known_fingerprint = self.data.fingerprint() if self.data is not None else ""
        return self.known_fingerprint
