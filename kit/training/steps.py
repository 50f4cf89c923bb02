"""Training as a generator: everything that pauses, stops, saves or plots happens between two of its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kit.training.data import Data
from kit.training.randomness import Randomness

if TYPE_CHECKING:
    from kit.training.trainable import Metrics, Trainable


@dataclass(slots=True)
class Record:
    """What one batch gave. Its values stay tensors until somebody reads them.

    step: batches so far in this training, from 1. epoch: the epoch it belongs to, from 1.
    samples: how many the batch held. values: loss and metrics of the batch, before its update.
    ended: the epoch's loss, metrics and val_ metrics where this was its last batch, else None.
    """

    step: int
    epoch: int
    samples: int
    values: dict[str, Tensor]
    ended: dict[str, float] | None = None


def became_nan(record: Record) -> bool:
    """Whether an epoch ended with a loss that is no number."""
    return record.ended is not None and record.ended["loss"] != record.ended["loss"]


def advice(record: Record) -> str:
    """What to do then."""
    return (
        f"the loss became NaN in epoch {record.epoch}; lower the learning rate, scale the inputs, "
        "or set the optimizer's clipnorm=1.0"
    )


class Means:
    """Running means of values, weighted by the number of samples; nothing is read from the device until asked."""

    def __init__(self) -> None:
        self.samples = 0
        self.sums: dict[str, Tensor] = {}

    def add(self, values: dict[str, Tensor], samples: int) -> None:
        """Counts the values of a batch of so many samples."""
        self.samples += samples
        for name, value in values.items():
            if name in self.sums:
                self.sums[name].add_(value, alpha=samples)
            else:
                self.sums[name] = value.double() * samples if value.device.type != "mps" else value * samples

    def read(self, prefix: str = "") -> dict[str, float]:
        """The means so far, as numbers."""
        return {prefix + name: float(total) / self.samples for name, total in self.sums.items()}


def steps(
    model: Trainable,
    X: Any,
    y: Any = None,
    *,
    batch_size: int = 32,
    epochs: int = 1,
    shuffle: bool = True,
    validation: Data | None = None,
    metrics: Metrics | None = None,
    randomness: Randomness | None = None,
) -> Iterator[Record]:
    """Trains a model on samples X (n, ...) and targets y, one batch for each `next()`, and yields a Record of each.

    The model's lock is held during a batch, never between two. X may be checked Data, with its target; validation is.
    metrics: measured beside the loss; the model's own if none. randomness: a new one if none.
    Raises ValueError, at once, where the data do not suit the model.
    """
    data = X if isinstance(X, Data) else model._data(X, y)
    metrics = model.metrics if metrics is None else metrics
    return batch_by_batch(
        model, data, batch_size, epochs, shuffle, validation, metrics, randomness or Randomness(None, model.device)
    )


def batch_by_batch(
    model: Trainable,
    data: Data,
    batch_size: int,
    epochs: int,
    shuffle: bool,
    validation: Data | None,
    metrics: Metrics,
    randomness: Randomness,
) -> Iterator[Record]:
    """The generator of `steps`."""
    step = 0
    batches = -(-len(data) // batch_size)
    with model.lock:
        randomness.lend(model.module)
        model.update.prepare()
    for epoch in range(1, epochs + 1):
        order = torch.randperm(len(data), generator=randomness.host) if shuffle else None
        means = Means()
        for number, batch in enumerate(data.batches(batch_size, order), 1):
            with model.lock:
                values = model.update(batch.to(model.device), metrics)
            means.add(values, len(batch))
            step += 1
            record = Record(step, epoch, len(batch), values)
            if number == batches:
                record.ended = means.read()
                if validation is not None:
                    record.ended.update(measure(model, validation, batch_size, metrics, "val_"))
            yield record


def measure(model: Trainable, data: Data, batch_size: int, metrics: Metrics, prefix: str = "") -> dict[str, float]:
    """Loss and metrics of a model on data, nothing changed; the lock is taken batch by batch."""
    means = Means()
    for batch in data.batches(batch_size):
        batch = batch.to(model.device)
        with model.lock, evaluating(model.module), torch.no_grad():
            output = model.module(*batch.inputs)
            values = {"loss": model.objective(batch.target, output).mean()}
            values.update({name: metric(batch.target, output).mean() for name, metric in metrics.items()})
            if model.update.penalties:
                values["loss"] = values["loss"] + model.update.penalty()
        means.add(values, len(batch))
    return means.read(prefix)


class evaluating:
    """With this, a module and all in it are as for prediction; afterwards each is as it was."""

    def __init__(self, module: torch.nn.Module) -> None:
        self.module = module

    def __enter__(self) -> None:
        self.training = [part for part in self.module.modules() if part.training]
        self.module.eval()

    def __exit__(self, *error: object) -> None:
        for part in self.training:
            part.training = True
