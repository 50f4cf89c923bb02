"""A callback that keeps marks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from kit.callbacks.callback import Callback
from kit.fields import real, whole

if TYPE_CHECKING:
    from kit.training.session import Session
    from kit.training.steps import Record
    from kit.training.trainable import Trainable


class Checkpoint(Callback):
    """Keeps the training under a mark every so often, to go back to, to branch from, to open: run.marks["epoch 5"].

    The file that the training saves itself to holds the marks too. See ModelCheckpoint for files of their own.
    every_epochs: epochs from one mark to the next; "epoch 5", "epoch 10".
    every_seconds: seconds from one mark to the next, at the end of a batch; "step 1200".
    """

    every_epochs: Annotated[int | None, whole(1)] = None
    every_seconds: Annotated[float | None, real(above=0.0)] = None

    def validate(self) -> None:
        if self.every_epochs is None and self.every_seconds is None:
            raise ValueError("Checkpoint() does not say how often; give every_epochs=5, or every_seconds=600")

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        self.session, self.since = session, time.monotonic()

    def __call__(self, record: Record) -> None:
        waited = time.monotonic() - self.since
        if record.ended is not None and self.every_epochs is not None and record.epoch % self.every_epochs == 0:
            self.session.asked.append(f"epoch {record.epoch}")
        if self.every_seconds is not None and waited >= self.every_seconds:
            self.session.asked.append(f"step {record.step}")
            self.since = time.monotonic()
