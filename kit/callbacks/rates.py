"""The learning rate of each epoch, by a function of the user's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kit.callbacks.callback import Callback
from kit.spelling import spelled

if TYPE_CHECKING:
    from kit.training.session import Session
    from kit.training.trainable import Trainable


class LearningRateScheduler(Callback):
    """Sets the learning rate of each epoch by a function of its number from 0: schedule(epoch), or (epoch, rate).

    schedule: the function. verbose: 1 prints the rate.
    """

    @spelled
    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise TypeError(f"LearningRateScheduler takes a function of the epoch's number, not {schedule!r}")
        self.schedule, self.verbose = schedule, verbose

    def __repr__(self) -> str:
        return f"LearningRateScheduler({getattr(self.schedule, '__name__', self.schedule)})"

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        if session.position.batch == 0:
            self.set(session.position.epoch - 1)

    def epoch(self, number: int, values: dict[str, float]) -> None:
        self.set(number)

    def set(self, epoch: int) -> None:
        """Sets the rate of an epoch."""
        import inspect

        optimizer = self.model.optimizer
        both = len(inspect.signature(self.schedule).parameters) > 1
        rate = self.schedule(epoch, optimizer.learning_rate) if both else self.schedule(epoch)
        optimizer.learning_rate = optimizer.declaration["learning_rate"].convert(float(rate), type(optimizer).__name__)
        if self.verbose:
            print(f"epoch {epoch + 1}: learning_rate = {float(rate):g}", flush=True)
