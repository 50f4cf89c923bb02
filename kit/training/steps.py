"""Training as a generator: everything that pauses, stops, saves or plots happens between two of its records."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kit.callbacks import Callback, StopTraining
from kit.layers.inside import evaluating
from kit.training.data import Batch, Source
from kit.training.goal import Goal
from kit.training.history import History
from kit.training.session import Means, Session
from kit.training.shortage import within_memory

if TYPE_CHECKING:
    from kit.training.steering import Steering
    from kit.training.trainable import Trainable

TURN = 0.01  # seconds for which batches may be predicted before others get the model, once it is known what they take


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

    They are its history, and the model may be saved between two of them; kit.resume does what is left.
    batch_size: samples an update. epochs: passes over the data. shuffle: whether each pass has an order of its own.
    seed: makes it repeatable. Raises ValueError, at once, where the data do not suit the model.
    """
    session = model.session_for(X, y, batch_size, epochs, shuffle, seed=seed)
    model.history = History()
    return recorded(model, session)


def recorded(model: Trainable, session: Session, steering: Steering | None = None) -> Iterator[Record]:
    """The records of a session; each goes into the history, then to the callbacks, which may end it."""
    own = [callback for callback in session.callbacks if isinstance(callback, Callback)]
    model.stop_training = False
    for callback in own:
        callback.begin(model, session)
    try:
        if steering is not None:
            steering.replay()
        for record in told_of_epochs(batch_by_batch(model, session), model, session, own):
            model.history.add(record)
            for each in session.callbacks:
                each(record)
            if model.stop_training:
                raise StopTraining("stopped by a callback")
            if steering is not None:
                steering.after(record)
            yield record
    except StopTraining as reason:
        model.history.mark(str(reason) or "stopped")
        if steering is not None:
            steering.after(record)
    finally:
        for callback in reversed(own):
            callback.end()


def told_of_epochs(
    records: Iterator[Record], model: Trainable, session: Session, told: Sequence[Callback]
) -> Iterator[Record]:
    """The records of a session; callbacks are told of each epoch before it. None where they have ended it before."""
    if model.stop_training:
        return
    while True:
        if session.position.batch == 0 and session.position.epoch <= session.epochs:
            for callback in told:
                callback.epoch_begins(session.position.epoch)
        if (record := next(records, None)) is None:
            return
        yield record


def batch_by_batch(model: Trainable, session: Session) -> Iterator[Record]:
    """The records of a session, from its position on. The model's lock is held during a batch, never between two."""
    goal = model.goal(session.accuracy)
    with model.lock:
        session.randomness.lend(model.module)
        model.update.prepare()
    while session.position.batch or session.position.epoch <= session.epochs:
        yield from rest_of_epoch(model, session, goal)


def rest_of_epoch(model: Trainable, session: Session, goal: Goal) -> Iterator[Record]:
    """The records of the epoch at work; they end early where the session is taken to another position."""
    data, position = session.data, session.position
    assert data is not None
    epoch = position.epoch
    if position.batch == 0:
        session.batch_size, session.next_batch_size = session.next_batch_size or session.batch_size, None
        position.order = data.order(session.randomness.host) if session.shuffle else None
        position.means = Means()
    begin_tallies(model, goal, position.means)
    batches = data.batches(session.batch_size, position.order, position.batch)
    for batch, last in told_the_last(until(batches, session.steps_per_epoch, position.batch)):
        with model.lock:
            position.whole = False
            batch = augmented(batch.to(model.device), session)
            values = within_memory(partial(model.update, batch, goal, position.means), len(batch))
            position.batch += 1
            position.step += 1
            position.whole = True
        record = Record(position.step, epoch, len(batch), values)
        if last:
            record.ended = position.means.read()
            if session.validation is not None:
                data_and_size = session.validation, session.batch_size
                record.ended.update(measure(model, *data_and_size, goal, "val_", session.validation_steps))
            position.epoch, position.batch, position.order = epoch + 1, 0, None
        yield record
        if session.position is not position:
            return
    if position.epoch == epoch:  # there was no batch left
        position.epoch, position.batch, position.order = epoch + 1, 0, None


def until(batches: Iterator[Batch], most: int | None, done: int) -> Iterator[Batch]:
    """The batches of an epoch of which some are done; not more than are wanted."""
    return batches if most is None else itertools.islice(batches, max(most - done, 0))


def told_the_last(batches: Iterator[Batch]) -> Iterator[tuple[Batch, bool]]:
    """Each batch, and whether it is the last."""
    batch = next(batches, None)
    while batch is not None:
        following = next(batches, None)
        yield batch, following is None
        batch = following


def augmented(batch: Batch, session: Session) -> Batch:
    """The batch with its inputs varied, where that is wanted, by the session's own random numbers."""
    if session.augment is None:
        return batch
    one = len(batch.inputs) == 1
    varied = session.augment(batch.inputs[0] if one else batch.inputs, session.randomness.device)
    return Batch([varied] if one else list(varied), batch.targets, batch.weights)


def begin_tallies(model: Trainable, goal: Goal, means: Means) -> None:
    """Makes what the counted metrics need, where there are some; a count that was saved is gone on with."""
    if means.tallies is not None or not any(end.counted for end in goal.ends):
        return
    means.tallies = goal.tallies(model.output_shapes(), model.device)
    for tallies in means.tallies:
        for name, tally in tallies.items():
            if name in means.saved:
                tally.go_on(means.saved[name])


def measure(
    model: Trainable, data: Source, batch_size: int, goal: Goal, prefix: str = "", most: int | None = None
) -> dict[str, float]:
    """Loss and metrics of a model on data, on so many batches at most; the lock is taken turn by turn."""
    means = Means()
    for batches in turns(itertools.islice(data.batches(batch_size), most)):
        begin_tallies(model, goal, means)
        with model.lock, evaluating(model.module), torch.no_grad():
            for batch in batches:
                batch = batch.to(model.device)
                outputs = model.computed(batch)
                loss, values = goal.reach(outputs, batch)
                if model.update.penalties:
                    loss = loss + model.update.penalty()
                loss = model.update.with_activity(loss)
                measured, weights = goal.measured(outputs, batch)
                means.add({"loss": loss, **values, **measured}, len(batch), weights)
                means.count(batch.targets, outputs)
    return means.read(prefix)


def turns(batches: Iterator[Batch]) -> Iterator[list[Batch]]:
    """The batches in groups, the first of one, then of as many as are used in about TURN."""
    count = 1
    while group := list(itertools.islice(batches, count)):
        start = time.perf_counter()
        yield group
        count = max(1, min(4 * count, int(count * TURN / max(time.perf_counter() - start, 1e-9))))
