"""Marks: states of a training that are kept, to look at, to go back to, or to branch from."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from kit.names import near_miss
from kit.training.snapshot import Snapshot

if TYPE_CHECKING:
    from kit.training.steps import Record

MOST = 20  # marks beside those below
MOST_BYTES = 1 << 30  # of memory for them, but one is always kept
AUTOMATIC = ("start", "best", "last")  # each there is once


@dataclass(frozen=True)
class Mark:
    """A state of a training. values: what its latest epoch gave. by_edit: made because something was changed then."""

    name: str
    step: int
    epoch: int
    values: dict[str, float]
    snapshot: Snapshot = field(repr=False)
    by_edit: bool = False
    time: float = field(default_factory=time.time, repr=False)

    def distance(self, other: Mark) -> dict[str, float]:
        """How far the weights are apart, by name: the Euclidean distance, as a share of this one's length."""
        found = {}
        for name, ours in self.snapshot.weights.items():
            if not ours.is_floating_point():
                continue
            length = float(torch.linalg.vector_norm(ours.double()))
            apart = float(torch.linalg.vector_norm(ours.double() - other.snapshot.weights[name].double()))
            found[name] = apart / length if length else math.copysign(math.inf, apart) if apart else 0.0
        return found


class Marks(Mapping[str, Mark]):
    """The marks of a run by name: "start", "best", "last", "step 120" from before a change, and those of its user."""

    def __init__(self) -> None:
        self.held: dict[str, Mark] = {}

    def keep(self, name: str, snapshot: Snapshot, by_edit: bool = False) -> None:
        """Keeps a state under a name, and lets go of the oldest where there are too many."""
        position, values = snapshot.position, snapshot.history.at(snapshot.steps)
        held = {key: mark for key, mark in self.held.items() if key != name}
        self.held = {**held, name: Mark(name, position.step, position.epoch - 1, values, snapshot, by_edit)}
        while self.too_many():
            rest = [mark for mark in self.held.values() if mark.name not in AUTOMATIC]
            oldest = min(rest, key=lambda mark: (not mark.by_edit, mark.time))
            self.held = {key: mark for key, mark in self.held.items() if mark is not oldest}

    def too_many(self) -> bool:
        """Whether one has to go."""
        rest = [mark for mark in self.held.values() if mark.name not in AUTOMATIC]
        return len(rest) > MOST or (len(rest) > 1 and sum(mark.snapshot.bytes for mark in rest) > MOST_BYTES)

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
    known = ", ".join(map(repr, names))
    return f"there is no mark {name!r}{near_miss(str(name), names) or f'; there are {known}'}"
