"""What mends an error: edits, each tried before it is offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kit.analysis import candidates
from kit.analysis.survey import Survey, survey
from kit.analysis.training import Training
from kit.editing import apply
from kit.structure import Document
from kit.symbols import Shape

MOST_FIXES = 4  # of one error
MOST_TRIED = 800  # layers gone through to try fixes; what has its turn no more has it when something else is mended
Operations = list[dict[str, Any]]
Fix = dict[str, Any]


def fixes_of(found: Survey, trial: Trial, training: Training) -> dict[str, list[Fix]]:
    """For each node and group that is wrong, the fixes that mend it."""
    fixes: dict[str, list[Fix]] = {name: [] for name in [*found.problems, *found.groups]}
    for name in found.problems:
        if circles := found.around(name):
            fixes[name] = [opening([circle.closing for circle in circles])]
            continue
        fixes[name] = trial.working(
            candidates.of_node(found, name, training), lambda after, n=name: n in after.problems
        )
    for name in found.groups:
        ordinary = [("Make it an ordinary group", [{"op": "repeat", "group": name, "times": 1}])]
        fixes[name] = trial.working(ordinary, lambda after, n=name: n in after.groups)
    return fixes


def opening(wires: list[tuple[str, str]]) -> Fix:
    """The fix that removes the wires which close circles."""
    label = f"Remove the wire from {wires[0][0]} to {wires[0][1]}" if len(wires) == 1 else f"Remove {len(wires)} wires"
    return {"label": label, "operations": [{"op": "disconnect", "source": a, "target": b} for a, b in wires]}


class Trial:
    """Tries edits of a document, as long as that is quick."""

    def __init__(self, found: Survey, shape: Shape | None, training: Training) -> None:
        self.found, self.shape, self.training = found, shape, training
        self.tried = 0  # layers

    def after(self, operations: Operations) -> Survey | None:
        """What is known of the document after some operations; None where they cannot be done."""
        if self.tried > MOST_TRIED:
            return None
        self.tried += len(self.found.layers)
        try:
            made: Document = apply(self.found.document, operations)[0]
        except (ValueError, TypeError):
            return None
        return survey(made, self.shape, self.training.outputs)

    def working(self, edits: Iterable[tuple[str, Operations]], still: Any) -> list[Fix]:
        """The edits after which the error is gone and no other has come, as fixes. still: whether it is there."""
        fixes: list[Fix] = []
        for label, operations in unlike(edits):
            after = self.after(operations)
            if after is not None and not still(after) and not after.error and after.wrong < max(self.found.wrong, 1):
                fixes.append({"label": label, "operations": operations})
                if len(fixes) == MOST_FIXES:
                    break
        return fixes


def unlike(edits: Iterable[tuple[str, Operations]]) -> Iterator[tuple[str, Operations]]:
    """The edits, of those with the same label the first."""
    labels: set[str] = set()
    for label, operations in edits:
        if label not in labels:
            labels.add(label)
            yield label, operations
