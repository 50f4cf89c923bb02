"""A training in a file, to look at: its curves, marks and log, read without making anything of its model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.storage.errors import StorageError
from kit.storage.parts import history_from, parent_from
from kit.storage.reader import read
from kit.training.history import History
from kit.training.saved_runs import SavedRun, told


@dataclass(frozen=True)
class Past:
    """A training in a file.

    saved: what is told of it. history: its curves. parent: None, or the run, mark and step it branched from.
    parent_history: the curves of that run.
    """

    saved: SavedRun
    history: History
    parent: dict[str, Any] | None = None
    parent_history: History | None = None


def past_run(path: Path) -> Past:
    """The training in a file of ours. StorageError where it is damaged or no model, OSError where it cannot be read."""
    stored = read(path)
    if stored.config.get("kind") != "model":
        raise StorageError(f"{path} holds no model and no training; load_weights of a model reads it")
    try:
        saved = told(path, stored.config, path.stat().st_mtime)
        return Past(
            saved,
            history_from(stored.config["history"], stored.arrays),
            (stored.config.get("session") or {}).get("parent"),
            parent_from(stored.config, stored.arrays),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise StorageError(f"{path} is whole, but its config cannot be understood ({error}); was it edited?") from error
