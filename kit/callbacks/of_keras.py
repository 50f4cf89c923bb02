"""Callbacks as Keras has them: objects with methods such as on_epoch_end(epoch, logs)."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable
from types import NoneType
from typing import TYPE_CHECKING, Any

from kit.callbacks.callback import Callback

if TYPE_CHECKING:
    from kit.training.history import History
    from kit.training.session import Session
    from kit.training.steps import Record
    from kit.training.trainable import Trainable

BATCH_ENDS = ("on_train_batch_end", "on_batch_end")
CALLED = ("on_train_begin", "on_epoch_begin", *BATCH_ENDS, "on_epoch_end", "on_train_end")
NOT_CALLED = (
    "on_train_batch_begin",
    "on_batch_begin",
    *(f"on_{what}_{when}" for what in ("test", "test_batch", "predict", "predict_batch") for when in ("begin", "end")),
)


class LambdaCallback(Callback):
    """Calls functions where Keras does: LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs)).

    on_epoch_begin, on_epoch_end: given the epoch from 0 and its values. on_train_batch_end: the batch of the epoch from
    0 and its values, for which each batch waits for the device. on_train_begin, on_train_end: given the last values.
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name.startswith("on_") and value is not None}
        for name, function in given.items():
            if not callable(function):
                raise TypeError(f"LambdaCallback({name}={function!r}): it takes a function")
            setattr(self, name, function)

    def __repr__(self) -> str:
        return f"LambdaCallback({', '.join(name for name in sorted(vars(self)) if name in CALLED)})"


class Params(dict[str, Any]):
    """What a training was asked for, in Keras's words; verbose is 0, since fit alone shows how far it is."""


class OfKeras(Callback):
    """An object with Keras's methods, called where Keras calls them; epochs and batches count from 0 for it.

    The numbers that its on_epoch_end puts into the epoch's values are in the history, and callbacks behind it see them.
    Raises TypeError where it has one for which there is no moment here.
    """

    def __init__(self, inner: Any) -> None:
        self.inner, self.batch = inner, 0
        if missed := [name for name in NOT_CALLED if says(inner, name)]:
            raise TypeError(
                f"{inner!r} has {missed[0]}, which is not called here: a callback comes after each batch; "
                f"write {', '.join(CALLED)}"
            )
        self.at_batch = next((getattr(inner, name) for name in BATCH_ENDS if says(inner, name)), None)

    def __repr__(self) -> str:
        return repr(self.inner)

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        self.batch = session.position.batch
        self.values: dict[str, float] = {}
        if isinstance(self.inner, Callback):
            self.inner.begin(model, session)
        elif hasattr(self.inner, "set_model"):
            self.inner.set_model(model)
        else:
            self.inner.model = model
        params = Params(verbose=0, epochs=session.epochs, steps=session.batches)
        if says(self.inner, "set_params"):
            self.inner.set_params(params)
        elif isinstance(getattr(self.inner, "params", None), (Params, NoneType)):  # others are the object's own
            self.inner.params = params
        self.call("on_train_begin", {})

    def epoch_begins(self, number: int) -> None:
        if isinstance(self.inner, Callback):
            self.inner.epoch_begins(number)
        self.call("on_epoch_begin", number - 1, {})

    def call(self, name: str, *arguments: Any) -> None:
        """Calls the method of that name, where there is one."""
        if says(self.inner, name):
            getattr(self.inner, name)(*arguments)

    def __call__(self, record: Record) -> None:
        if self.at_batch is not None:
            self.at_batch(self.batch, {name: float(value) for name, value in record.values.items()})
        self.batch += 1
        if isinstance(self.inner, Callback):
            self.inner(record)
        if record.ended is not None:
            self.batch, self.values = 0, dict(record.ended)
            self.call("on_epoch_end", record.epoch - 1, self.values)
            added = changed(record.ended, self.values)
            record.ended.update(added)
            note(self.model.history, added)

    def end(self) -> None:
        self.call("on_train_end", self.values)
        if isinstance(self.inner, Callback):
            self.inner.end()

    def state(self) -> dict[str, Any]:
        return self.inner.state() if isinstance(self.inner, Callback) else {}

    def go_on(self, state: dict[str, Any]) -> None:
        if isinstance(self.inner, Callback):
            self.inner.go_on(state)


def changed(before: dict[str, float], after: dict[str, Any]) -> dict[str, float]:
    """The numbers that are new or others after than before."""
    given = {name: value for name, value in after.items() if name != "epoch" and before.get(name) is not value}
    items = {name: value.item() if getattr(value, "shape", None) == () else value for name, value in given.items()}
    return {name: float(item) for name, item in items.items() if isinstance(item, numbers.Real)}


def note(history: History, values: dict[str, float]) -> None:
    """Puts values into the epoch that ended last; the epochs before have NaN where they lack them."""
    done = len(history.epoch_steps)
    for name, value in values.items():
        earlier = history.epochs.get(name, [])[: done - 1]
        missing = [math.nan] * (done - 1 - len(earlier))
        history.epochs = {**history.epochs, name: [*earlier, *missing, value]}  # others may be reading the one before


def says(inner: Any, name: str) -> bool:
    """Whether an object has a method of its own of that name, not the empty one of Keras's Callback."""
    method = getattr(inner, name, None)
    return callable(method) and getattr(method, "__qualname__", "") != f"Callback.{name}"


def listed(callbacks: Any) -> list[Callable[[Record], object]]:
    """callbacks: one or some, as a list of what is called with each Record. TypeError where one of them is none."""
    several = isinstance(callbacks, Iterable) and not isinstance(callbacks, str) and not callable(callbacks)
    return [as_ours(callback) for callback in (callbacks if several else [callbacks])]


def as_ours(callback: Any) -> Callable[[Record], object]:
    """A callback of Keras's kind as one of ours; any other itself."""
    if not isinstance(callback, type) and any(says(callback, name) for name in (*CALLED, *NOT_CALLED)):
        return OfKeras(callback)
    if isinstance(callback, type):
        raise TypeError(f"callbacks takes objects, not the class {callback.__name__}; write {callback.__name__}()")
    if not callable(callback):
        raise TypeError(f"a callback is a function that is called with each Record, not {callback!r}")
    return callback
