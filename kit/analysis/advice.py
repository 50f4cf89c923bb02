"""Warnings: what can work and will train badly, each with what mends it."""

from __future__ import annotations

from typing import Any

from kit.analysis.mending import MOST_FIXES, Trial, unlike
from kit.analysis.rules import RULES, Warning
from kit.analysis.survey import Survey
from kit.analysis.training import Training
from kit.analysis.view import View


def warnings_of(found: Survey, trial: Trial, training: Training) -> dict[str, list[dict[str, Any]]]:
    """For each node that will train badly, why, and the fixes after which it will not."""
    warnings: dict[str, list[dict[str, Any]]] = {}
    for warning in warnings_in(found, training):
        fixes = working(trial, warning, training)
        warnings.setdefault(warning.node, []).append({"message": warning.message, "fixes": fixes})
    return warnings


def warnings_in(found: Survey, training: Training) -> list[Warning]:
    """The warnings of a document, each node's kind once."""
    view = View(found, training)
    kept: dict[tuple[str, str], Warning] = {}
    for rule in RULES:
        for warning in rule(view):
            kept.setdefault((warning.node, warning.kind), warning)
    return list(kept.values())


def working(trial: Trial, warning: Warning, training: Training) -> list[dict[str, Any]]:
    """The edits after which a warning is gone, and no error has come."""
    fixes: list[dict[str, Any]] = []
    for label, operations in unlike(iter(warning.edits)):
        after = trial.after(operations)
        if after is None or after.error or after.wrong > trial.found.wrong:
            continue
        if (warning.node, warning.kind) not in {(other.node, other.kind) for other in warnings_in(after, training)}:
            fixes.append({"label": label, "operations": operations})
        if len(fixes) == MOST_FIXES:
            break
    return fixes
