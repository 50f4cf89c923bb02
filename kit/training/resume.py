"""Going on with a training that was saved: with the same curve, and on the same machine bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from contextlib import ExitStack
from typing import Any

from kit.callbacks import Callback, listed
from kit.training.arguments import check_augment, check_every
from kit.training.autosave import Autosave, claim_on
from kit.training.run import Run
from kit.training.session import Augment


class OtherData(ValueError):
    """A training is to go on with other data than it was saved with."""


def resume(
    path: Any,
    X: Any,
    y: Any = None,
    validation_data: Any = None,
    *,
    sample_weight: Any = None,
    augment: Augment | None = None,
    autosave_every: float = 30.0,
    epochs: int | None = None,
    callbacks: Iterable[Callable[..., Any]] = (),
    custom_objects: Mapping[str, Any] | None = None,
    other_data: bool = False,
    take_over: bool = False,
) -> Run:
    """The run saved in the HDF5 file `path`, at work again from where it was saved; it goes on saving itself to it.

    X, y, validation_data, sample_weight, augment, callbacks: as fit was given them; callbacks of kit.callbacks go on
    with the state they had. other_data: allow others than those. autosave_every: seconds between two saves.
    epochs: how many in all, where that is to be another number than before.
    custom_objects: classes and functions of your own, by name. `run.model` is the model.
    take_over: go on although a training at work, such as one in another kernel, saves itself to the file; it trains on
    and no longer saves itself.
    On the same machine, versions and thread count, the run is bit for bit the one that was never interrupted (CPU).
    Raises ValueError where the file holds no training, OtherData where it holds one on other data, InUse where a
    training at work saves itself to it, StorageError where it is damaged.
    """
    from kit.storage.checkpoint import opened
    from kit.storage.states import marks_in

    check_augment(augment)
    check_every(autosave_every, "kit.resume")
    with ExitStack() as undo:
        claim = claim_on(path, take_over)
        undo.callback(claim.release)
        model, stored = opened(path, custom_objects)
        session = model.session
        if session is None:
            raise ValueError(f"{path} holds a model that was not saved in training; load it, and fit it")
        saved = session.fingerprint
        model.give_data(session, X, y, validation_data, sample_weight)
        session.augment, session.callbacks = augment, listed(callbacks)
        for number, state in enumerate(session.callback_states[: len(session.callbacks)]):
            callback: Any = session.callbacks[number]
            if isinstance(callback, Callback):
                callback.go_on(state)
        session.known_fingerprint = None
        if session.fingerprint != saved and not other_data:
            raise OtherData(
                f"{path} was trained on other data than these; give the same X and y, or say other_data=True to go on"
            )
        order = session.position.order
        if order is not None and isinstance(session.data, Sized) and len(order) != len(session.data):
            raise ValueError(f"{path} is in the middle of an epoch over {len(order)} samples; give as many")
        marks = marks_in(stored, model, custom_objects, path)
        settings = {} if epochs is None else {"epochs": epochs}
        saving = Autosave(model, path, autosave_every, claim)
        run = model.start(session, saving, settings=settings, marks=marks)
        undo.pop_all()
        return run
