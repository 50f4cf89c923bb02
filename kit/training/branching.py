"""Branching: a training that goes on from a mark of another, with a model of its own."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from kit.callbacks import Callback
from kit.training.marks import Mark
from kit.training.randomness import Randomness
from kit.training.session import Session
from kit.training.snapshot import put

if TYPE_CHECKING:
    from kit.training.trainable import Trainable


def branched(model: Trainable, session: Session, mark: Mark, name: str) -> tuple[Trainable, Session]:
    """A copy of a model and of its session, both as they were at a mark. name: of the run they come from."""
    with model.lock:
        twin = copy.deepcopy(model)
        callbacks = [copy.copy(each) if isinstance(each, Callback) else each for each in session.callbacks]
        twin.session = replace(
            session,
            randomness=Randomness(session.randomness.seed, twin.device),
            callbacks=callbacks,
            log=session.log[: mark.snapshot.logged],
            parent={"run": name, "mark": mark.name, "step": mark.step},
            parent_history=model.history,
            asked=[],
        )
    put(twin, twin.session, mark.snapshot)
    twin.history.mark(f"branched from {mark.name!r} of {name}")
    return twin, twin.session


def at_mark(model: Trainable, mark: Mark) -> None:
    """Takes a model that was loaded to a mark of its training; saved again, it goes on from there."""
    session = model.session
    assert session is not None
    put(model, session, mark.snapshot)
    session.log, session.callback_states = session.log[: mark.snapshot.logged], mark.snapshot.callbacks
