"""The learning rate of each epoch, by a function of the user's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kit.callbacks.callback import Callback
from kit.schedules import as_rate
from kit.spelling import spelled

if TYPE_CHECKING:
    from kit.training.session import Session
    from kit.training.trainable import Trainable


class LearningRateScheduler(Callback):
    """Sets the learning rate of each epoch by a function of its number from 0: schedule(epoch), or (epoch, rate).

    schedule: the function. verbose: 1 prints the rate.
    """

    step = -1  # batches that were done when it set the rate last

    @spelled
    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise TypeError(f"LearningRateScheduler takes a function of the epoch's number, not {schedule!r}")
        self.schedule, self.verbose = schedule, verbose

    def __repr__(self) -> str:
        return f"LearningRateScheduler({getattr(self.schedule, '__name__', self.schedule)})"

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        self.session = session
        if session.position.step == 0:
            self.step = -1

    def epoch_begins(self, number: int) -> None:
        with self.model.lock:  # a file holds the rate as it was before, or that and the step
            if self.step != self.session.position.step:
                self.set(number - 1)
                self.step = self.session.position.step

    def end(self) -> None:
        self.step = -1

    def state(self) -> dict[str, Any]:
        return {"step": self.step}

    def go_on(self, state: dict[str, Any]) -> None:
        self.step = int(state.get("step", -1))

    def set(self, epoch: int) -> None:
        """Sets the rate of an epoch."""
        import inspect

        optimizer = self.model.optimizer
        both = len(inspect.signature(self.schedule).parameters) > 1
        found = self.schedule(epoch, optimizer.learning_rate) if both else self.schedule(epoch)
        rate = as_rate(found, self, f"epoch {epoch}")
        optimizer.learning_rate = optimizer.declaration["learning_rate"].convert(rate, type(optimizer).__name__)
        if self.verbose:
            print(f"epoch {epoch + 1}: learning_rate = {rate:g}", flush=True)
