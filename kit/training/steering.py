"""Steering: what may be changed of a training at work; checked when asked, done between two batches, logged."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import torch

from kit.declared import plain
from kit.fields import Field, Fraction, flag, kind_of, whole
from kit.layers.layer import Layer
from kit.names import name_of, near_miss
from kit.spelling import today
from kit.training.advice import became_nan
from kit.training.marks import Mark, Marks
from kit.training.session import Session
from kit.training.snapshot import Snapshot, put, take
from kit.training.steps import Record

if TYPE_CHECKING:
    from kit.training.trainable import Trainable

Settings = dict[str, Any]
REST = 1.0  # seconds between two states that are kept as the last
COUNTS = {name: Field(name, whole(1)) for name in ("batch_size", "epochs")}
BY_LAYER = {"dropout": Field("dropout", kind_of(Fraction)), "trainable": Field("trainable", flag())}


class Steering:
    """Changes a training between two batches, and notes each change on its curve and in its log.

    entries: a log of another training, whose changes are made at the same steps. marks: those there are already.
    """

    def __init__(
        self,
        model: Trainable,
        session: Session,
        entries: Iterable[Mapping[str, Any]] = (),
        marks: Marks | None = None,
    ) -> None:
        self.model, self.session = model, session
        self.marks = Marks() if marks is None else marks
        self.entries = list(entries)
        went_back = [entry["values"] for entry in self.entries if entry["what"] == "rollback"]
        self.lasts = [values for values in went_back if values["name"] == "last"]
        self.passed: dict[tuple[int, int], Snapshot] = {}  # what another log calls "last", by step and lines of the log
        if "start" not in self.marks:
            self.marks.keep("start", take(model, session))

    def check(self, settings: Mapping[str, Any]) -> Settings:
        """The settings of Run.set in today's words. TypeError or ValueError where one of them cannot be."""
        optimizer = self.model.optimizer
        fields = {**optimizer.declaration, **COUNTS, **BY_LAYER}
        found = today(dict(settings), fields, "Run.set")
        for name, value in found.items():
            owner = type(optimizer).__name__ if name in optimizer.declaration else "Run.set"
            if name in BY_LAYER and isinstance(value, Mapping):
                found[name] = {self.layer(key): fields[name].convert(each, owner) for key, each in value.items()}
            else:
                found[name] = fields[name].convert(value, owner)
        if "dropout" in found:
            self.check_dropout(found["dropout"])
        if "trainable" in found:
            self.check_trainable(found["trainable"])
        return found

    def layer(self, name: str) -> str:
        """The name, where the model has such a layer."""
        layers = self.model.module.layers
        if name not in layers:
            hint = near_miss(str(name), layers) or f"; they are {', '.join(layers)}"
            raise ValueError(f"Run.set: the model has no layer {name!r}{hint}")
        return name

    def check_dropout(self, value: Any) -> None:
        """Raises ValueError where a layer drops nothing, or cannot take that rate."""
        for key, rate in by_layer(value):
            fields = self.dropping(key)
            if not fields:
                whole = "no layer of the model drops anything; give one by name that has dropout"
                raise ValueError(f"Run.set(dropout={value!r}): {f'{key} has no dropout' if key else whole}")
            for layer, name in fields:
                trial = layer.twin()
                setattr(trial, name, rate)
                trial.validate()

    def check_trainable(self, value: Any) -> None:
        """Raises ValueError where no weights would be left to train."""
        layers = self.model.module.layers
        wanted = value if isinstance(value, Mapping) else dict.fromkeys(layers, value)
        if not any(
            wanted.get(key, parameter.requires_grad)
            for key, layer in layers.items()
            for parameter in layer.parameters()
        ):
            raise ValueError(f"Run.set(trainable={value!r}): no weights would be left to train; leave a layer out")

    def dropping(self, key: str | None) -> list[tuple[Layer, str]]:
        """What a dropout is about: the layers in one, or in all, with the field of each. Of all, those that drop."""
        module = self.model.module if key is None else self.model.module.layers[key]
        found = []
        for layer in (part for part in module.modules() if isinstance(part, Layer)):
            rate = layer.declaration.get("rate")
            if rate is not None and rate.kind.control == "fraction":
                found.append((layer, "rate"))
            elif "dropout" in layer.declaration and (key or layer.dropout):
                found.append((layer, "dropout"))
        return found

    def set(self, values: Settings) -> None:
        """Makes the changes that `check` gave, each a mark on the curve; what was before is kept under a mark."""
        self.keep_before()
        self.note("set", {name: plain(value) for name, value in values.items()})
        with self.model.lock:
            for name, value in values.items():
                if name == "dropout":
                    for key, rate in by_layer(value):
                        for layer, field in self.dropping(key):
                            setattr(layer, field, rate)
                elif name == "trainable":
                    for key, on in by_layer(value):
                        for each in [key] if key else self.model.module.layers:
                            self.model.module.layers[each].trainable = on
                elif name in COUNTS:
                    setattr(self.session, "next_batch_size" if name == "batch_size" else name, value)
                else:
                    setattr(self.model.optimizer, name, value)
            self.model.update.prepare()  # SGD keeps a velocity only where it has momentum; layers may be frozen
        for name, value in values.items():
            for text in told(name, value):
                self.model.history.mark(text)

    def mark(self, name: str, regular: bool = False) -> None:
        """Keeps the training as it is under a name. regular: because it was time to."""
        if self.is_at(name):
            return
        self.note("mark", {"name": name, **({"regular": True} if regular else {})})
        self.model.history.mark(f"mark {name!r}")
        self.marks.keep(name, take(self.model, self.session), regular=regular)

    def rollback(self, name: str) -> None:
        """Takes the training back to a mark, its curve too."""
        kept, left = self.marks[name], self.session.position.step
        self.note("rollback", {"name": name, "to": kept.step, "line": kept.snapshot.logged})
        put(self.model, self.session, kept.snapshot)
        self.model.history.mark(f"back to {name!r} from step {left}")

    def keep_before(self) -> None:
        """Keeps the training as it is before a change; of several at one step, before the first."""
        name = f"step {self.session.position.step}"
        if name not in self.marks or not self.is_of_this_step(self.marks[name]):
            self.marks.keep(name, take(self.model, self.session), by_edit=True)

    def is_of_this_step(self, mark: Mark) -> bool:
        """Whether a mark was made at this very step of this very curve."""
        history = self.model.history
        return mark.snapshot.history is history and mark.snapshot.steps == history.steps

    def is_at(self, name: str) -> bool:
        """Whether a mark is of the training as it is now."""
        mark = self.marks.get(name)
        return mark is not None and self.is_of_this_step(mark) and mark.snapshot.logged == len(self.session.log)

    def note(self, what: str, values: Settings) -> None:
        """A line of the log."""
        entry = {"step": self.session.position.step, "time": time.time(), "what": what, "values": values}
        self.session.log.append(entry)

    def after(self, record: Record) -> None:
        """After a batch: its epoch is kept where it is due, what callbacks asked for, and what the other log says."""
        if record.ended is not None:
            self.keep_epoch(record)
        if self.entries:
            self.keep_passed()
        while self.session.asked:
            self.mark(self.session.asked.pop(0), regular=True)
        if self.entries:
            self.replay()

    def keep_epoch(self, record: Record) -> None:
        """Keeps the state after an epoch as the best where it is, and as the last where the one before is old."""
        last = self.marks.get("last")
        due = {
            "best": self.marks.is_best(record),
            "last": not became_nan(record) and (last is None or time.time() - last.time >= REST),
        }
        if any(due.values()):
            snapshot = take(self.model, self.session)
            for name in (name for name, wanted in due.items() if wanted):
                self.marks.keep(name, snapshot)

    def keep_last(self) -> None:
        """Keeps the state that a training ends with as the last, unless it is that, or a weight is no number."""
        weights = self.model.module.state_dict()
        if any(bool(weight.isnan().any()) for weight in weights.values()):
            return
        last = self.marks["last"].snapshot.weights if self.is_at("last") else {}
        if not all(
            name in last and torch.equal(last[name].to(weight.device), weight) for name, weight in weights.items()
        ):
            self.marks.keep("last", take(self.model, self.session))

    def keep_passed(self) -> None:
        """Keeps the state where the other log will go back to it as the last: which that is was up to the clock.

        A step may be passed several times, before and after the training went back; the lines of the log tell when.
        """
        at = self.session.position.step, len(self.session.log)
        if at not in self.passed and at in map(place, self.lasts):
            self.passed[at] = take(self.model, self.session)

    def replay(self) -> None:
        """Does what the other log says of this step."""
        self.keep_passed()
        while self.entries and self.entries[0]["step"] <= (step := self.session.position.step):
            entry = self.entries.pop(0)
            if entry["step"] < step:
                raise ValueError(
                    f"the log says {entry['what']} at step {entry['step']}, but this is step {step} already"
                )
            self.do(entry["what"], entry["values"])
            self.keep_passed()

    def do(self, what: str, values: Mapping[str, Any]) -> None:
        """One line of a log."""
        if what == "set":
            self.set(self.check(values))
        elif what == "mark":
            self.mark(values["name"], bool(values.get("regular")))
        elif what == "rollback":
            if values["name"] == "last" and place(values) in self.passed:
                self.marks.keep("last", self.passed[place(values)])
            self.rollback(values["name"])
        else:
            raise ValueError(f"a log says set, mark or rollback, not {what!r}")


def place(values: Mapping[str, Any]) -> tuple[Any, Any]:
    """Where a training was that a log goes back to: batches done, lines of the log."""
    return values.get("to"), values.get("line")


def by_layer(value: Any) -> Iterable[tuple[str | None, Any]]:
    """A setting as (layer's name, value); the name is None where it is for all."""
    return value.items() if isinstance(value, Mapping) else [(None, value)]


def told(name: str, value: Any) -> list[str]:
    """A setting as the marks on the curve say it."""
    return [
        f"{f'{key}.' if key else ''}{name} = {f'{each:g}' if isinstance(each, float) else name_of(each)}"
        for key, each in by_layer(value)
    ]
