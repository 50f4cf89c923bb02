"""Marks: states of a training that are kept, to look at, to go back to, or to branch from."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from kit.names import near_miss

if TYPE_CHECKING:
    from kit.training.snapshot import Snapshot
    from kit.training.steps import Record

MOST = 20  # marks beside those below
MOST_BYTES = 1 << 30  # of memory for them, but one is always kept
MOST_IN_FILE = 1 << 26  # bytes of states that a file holds, but the best is always in it
AUTOMATIC = ("start", "best", "last")  # each there is once


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Told:
    """What is told of a mark.

    step, epoch: batches and epochs done. values: what the latest epoch gave. by_edit: made because something was
    changed then. regular: made because it was time to. time: when, in seconds since 1970.
    """

    name: str
    step: int
    epoch: int
    values: dict[str, float]
    by_edit: bool = False
    regular: bool = False
    time: float = field(default_factory=time.time)

    def __repr__(self) -> str:
        values = "".join(f", {name} {value:.4g}" for name, value in self.values.items())
        clock = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.time))
        edited = ", before a change" if self.by_edit else ""
        return f"<Mark {self.name!r}: step {self.step}, epoch {self.epoch}{values}{edited}, {clock}>"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Mark(Told):
    """A state of a training, and what is told of it."""

    snapshot: Snapshot

    def distance(self, other: Mark) -> dict[str, float]:
        """How far the weights are apart, by name: the Euclidean distance, as a share of this one's length."""
        found = {}
        for name, ours in self.snapshot.weights.items():
            if not ours.is_floating_point():
                continue
            length = float(torch.linalg.vector_norm(ours.double()))
            apart = float(torch.linalg.vector_norm(ours.double() - other.snapshot.weights[name].to(ours).double()))
            found[name] = apart / length if length else math.copysign(math.inf, apart) if apart else 0.0
        return found


class Marks(Mapping[str, Mark]):
    """The marks of a run by name: "start", "best", "last", "step 120" from before a change, and those of its user."""

    def __init__(self, marks: Iterable[Mark] = ()) -> None:
        self.held: dict[str, Mark] = {mark.name: mark for mark in marks}

    def keep(self, name: str, snapshot: Snapshot, by_edit: bool = False, regular: bool = False) -> None:
        """Keeps a state under a name, and lets go of the oldest where there are too many."""
        position, values = snapshot.position, snapshot.history.at(snapshot.steps)
        mark = Mark(
            name=name, step=position.step, epoch=position.epoch - 1, values=values,
            by_edit=by_edit, regular=regular, snapshot=snapshot,
        )  # fmt: skip
        held = {key: other for key, other in self.held.items() if key != name}
        self.held = {**held, name: mark}
        while self.too_many():
            oldest = next(other for other in reversed(self.by_worth()) if other is not mark)
            self.held = {key: other for key, other in self.held.items() if other is not oldest}

    def by_worth(self) -> list[Mark]:
        """Best, start, last, those of the user, then the others; of each kind the latest first."""

        def rank(mark: Mark) -> tuple[int, float]:
            first = ("best", "start", "last")
            of_itself = mark.by_edit or mark.regular
            return first.index(mark.name) if mark.name in first else len(first) + of_itself, -mark.time

        return sorted(self.held.values(), key=rank)

    def too_many(self) -> bool:
        """Whether one has to go."""
        rest = [mark for mark in self.held.values() if mark.name not in AUTOMATIC]
        return len(rest) > MOST or (len(rest) > 1 and sum(mark.snapshot.bytes for mark in rest) > MOST_BYTES)

    def for_file(self) -> list[Mark]:
        """Those that a file holds: the best, and as many of the others by their worth as MOST_IN_FILE has room for."""
        found: list[Mark] = []
        states: dict[int, int] = {}
        for mark in self.by_worth():
            states[id(mark.snapshot)] = mark.snapshot.bytes
            if found and sum(states.values()) > MOST_IN_FILE:
                break
            found.append(mark)
        return sorted(found, key=lambda mark: mark.time)

    def is_best(self, record: Record) -> bool:
        """Whether the epoch that this record ended is the best so far; one that is not a number never is."""
        assert record.ended is not None
        name = "val_loss" if "val_loss" in record.ended else "loss"
        best = self.held["best"].values.get(name, math.inf) if "best" in self.held else math.inf
        return record.ended[name] < best

    def __getitem__(self, name: str) -> Mark:
        if name not in self.held:
            raise KeyError(no_mark(name, self.held))
        return self.held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)

    def __repr__(self) -> str:
        return "\n".join(map(repr, sorted(self.held.values(), key=lambda mark: mark.step))) or "no marks"


def no_mark(name: Any, names: Iterable[str]) -> str:
    """The sentence for a name that no mark has."""
    known = ", ".join(map(repr, names)) or "none"
    return f"there is no mark {name!r}{near_miss(str(name), names) or f'; there are {known}'}"
