"""The trainings in the files of a folder, told by what each file says of itself; nothing of them is loaded."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class SavedRun:
    """A training in a file.

    state: "done", or "resumable" where epochs are left; "weights" of a model that was not saved in training.
    epoch, epochs: those done, of how many. step: batches done. values: what the latest epoch gave. date: when it was
    saved, in seconds since 1970. fingerprint: of its data.
    """

    path: Path
    state: str
    epoch: int
    epochs: int
    step: int
    values: dict[str, float]
    date: float
    fingerprint: str

    @property
    def code(self) -> str:
        """The Python text that goes on with it."""
        call = "kit.load({})" if self.state == "weights" else "kit.resume({}, X, y)"
        return call.format(repr(str(self.path)))

    def __repr__(self) -> str:
        loss = f", loss {self.values['loss']:.4g}" if "loss" in self.values else ""
        day = time.strftime("%Y-%m-%d %H:%M", time.localtime(self.date))
        return f"<{self.path.name}: {self.state}, epoch {self.epoch} of {self.epochs}{loss}, {day}>"


def saved_runs(folder: str | os.PathLike[str]) -> list[SavedRun]:
    """The trainings in the files *.h5 of a folder, the latest first; files that are no models of ours are passed over.

    Raises FileNotFoundError where there is no such folder.
    """
    from kit.storage import StorageError, read

    found = []
    for name in os.listdir(Path(folder).expanduser()):
        path = Path(folder).expanduser() / name
        if path.suffix != ".h5" or not path.is_file():
            continue
        try:
            config, date = read(path).config, path.stat().st_mtime
            found.append(told(path, config, date))
        except (StorageError, OSError, KeyError, TypeError, AttributeError):
            continue
    return sorted(found, key=lambda run: run.date, reverse=True)


def told(path: Path, config: dict[str, Any], date: float) -> SavedRun:
    """What the config of a file says of its training."""
    session, history = config.get("session"), config["history"]
    epochs = {name: numbers for name, numbers in history["epochs"].items() if name != "epoch" and numbers}
    values = {name: math.nan if numbers[-1] is None else float(numbers[-1]) for name, numbers in epochs.items()}
    done = len(history["epoch_steps"])
    if session is None:
        return SavedRun(path, "weights", done, done, int(history["steps"]), values, date, "")
    left = session["batch"] or session["epoch"] <= session["epochs"]
    state = "resumable" if left else "done"
    return SavedRun(
        path, state, done, int(session["epochs"]), int(session["step"]), values, date, session["fingerprint"]
    )
