"""The base of callbacks that have a state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from kit.declared import Declared

if TYPE_CHECKING:
    from kit.training.session import Session
    from kit.training.steps import Record
    from kit.training.trainable import Trainable


class StopTraining(Exception):
    """Raised by a callback, it ends a training after the batch at work; the model keeps what it has learned."""


class Callback(Declared):
    """A callback with settings and a state of its own.

    `model` is the model that trains. `state` and `go_on` are for a training that is saved and resumed.
    """

    model: ClassVar[Any] = None

    def begin(self, model: Trainable, session: Session) -> None:
        """A training begins, or goes on."""
        self.model = model  # type: ignore[misc]

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Hook of Keras's kind of callback: what the training was asked for."""
        self.params = params

    def epoch_begins(self, number: int) -> None:
        """Hook: the first batch of an epoch comes next; the epochs are counted from 1."""

    def __call__(self, record: Record) -> None:
        """A batch is done; `record.ended` holds the epoch's values where it was its last."""
        if record.ended is not None:
            self.epoch(record.epoch, record.ended)

    def epoch(self, number: int, values: dict[str, float]) -> None:
        """Hook: an epoch is done, counted from 1."""

    def end(self) -> None:
        """Hook: the training is over, however it ended."""

    def state(self) -> dict[str, Any]:
        """Hook: numbers, texts and arrays from which it can go on."""
        return {}

    def go_on(self, state: dict[str, Any]) -> None:
        """Hook: goes on from a state."""
