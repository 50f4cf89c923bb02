"""Training as a generator: everything that pauses, stops, saves or plots happens between two of its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kit.training.data import Data
from kit.training.session import Means, Session

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


def steps(
    model: Trainable,
    X: Any,
    y: Any,
    *,
    batch_size: int = 32,
    epochs: int = 1,
    shuffle: bool = True,
    seed: int | None = None,
) -> Iterator[Record]:
    """Trains a model on samples X (n, ...) and targets y, one batch for each `next()`, and yields a Record of each.

    batch_size: samples an update. epochs: passes over the data. shuffle: whether each pass has an order of its own.
    seed: makes it repeatable. Raises ValueError, at once, where the data do not suit the model.
    """
    return batch_by_batch(model, model.session_for(X, y, batch_size, epochs, shuffle, seed=seed))


def batch_by_batch(model: Trainable, session: Session) -> Iterator[Record]:
    """The records of a session, from its position on. The model's lock is held during a batch, never between two."""
    data, position, randomness = session.data, session.position, session.randomness
    assert data is not None
    metrics = model.metrics_asked(session.accuracy)
    with model.lock:
        randomness.lend(model.module)
        model.update.prepare()
    for epoch in range(position.epoch, session.epochs + 1):
        if position.batch == 0:
            position.order = torch.randperm(len(data), generator=randomness.host) if session.shuffle else None
            position.means = Means()
        for batch in data.batches(session.batch_size, position.order, position.batch):
            with model.lock:
                values = model.update(batch.to(model.device), metrics)
                position.means.add(values, len(batch))
                position.batch += 1
                position.step += 1
            record = Record(position.step, epoch, len(batch), values)
            if position.batch == session.batches:
                record.ended = position.means.read()
                if session.validation is not None:
                    record.ended.update(measure(model, session.validation, session.batch_size, metrics, "val_"))
                position.epoch, position.batch, position.order = epoch + 1, 0, None
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
