"""The trainings in the files of a folder, told by what each file says of itself; nothing of them is loaded."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kit.training.marks import Told


@dataclass(frozen=True)
class SavedRun:
    """A training in a file.

    state: "done", or "resumable" where epochs are left; "weights" of a model that was not saved in training; "running"
    where a training that was at work when this was asked, in this kernel or another, saves itself to the file.
    epoch, epochs: those done, of how many. step: batches done. values: what the latest epoch gave. date: when it was
    saved, in seconds since 1970. fingerprint: of its data. losses: one an epoch. marks: the states in it, which
    kit.load(path, mark=name) opens.
    """

    path: Path
    state: str
    epoch: int
    epochs: int
    step: int
    values: dict[str, float]
    date: float
    fingerprint: str
    losses: tuple[float, ...] = ()
    marks: tuple[Told, ...] = ()

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
    from kit.storage.claim import claimed

    found = [run for run in map(saved_run, h5_files(folder)) if run is not None]
    found = [replace(run, state="running") if claimed(run.path) else run for run in found]
    return sorted(found, key=lambda run: run.date, reverse=True)


def h5_files(folder: str | os.PathLike[str]) -> list[Path]:
    """The files *.h5 of a folder. Raises FileNotFoundError where there is no such folder."""
    place = Path(folder).expanduser()
    if not place.is_dir():
        raise FileNotFoundError(f"there is no folder {str(folder)!r}; give one that trainings save themselves to")
    return [path for path in place.iterdir() if path.suffix == ".h5" and path.is_file()]


def saved_run(path: Path) -> SavedRun | None:
    """The training in a file, at rest; None for one that is no model of ours, or is damaged."""
    from kit.storage import StorageError, read

    try:
        config, date = read(path).config, path.stat().st_mtime
        return told(path, config, date)
    except (StorageError, OSError, KeyError, TypeError, AttributeError):
        return None


def damage_of(path: Path) -> str:
    """What is wrong with a file that begins as one of ours; empty where nothing is, and of any other file."""
    from kit.storage import StorageError, read
    from kit.storage.seal import MAGIC

    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                read(path)
    except StorageError as error:
        return str(error)
    except OSError:
        return ""
    return ""


def told(path: Path, config: dict[str, Any], date: float) -> SavedRun:
    """What the config of a file says of its training."""
    from kit.storage.states import told_in

    session, history = config.get("session"), config["history"]
    epochs = {name: numbers for name, numbers in history["epochs"].items() if name != "epoch" and numbers}
    values = {name: number(numbers[-1]) for name, numbers in epochs.items()}
    losses = tuple(map(number, epochs.get("loss", [])))
    done = len(history["epoch_steps"])
    if session is None:
        return SavedRun(path, "weights", done, done, int(history["steps"]), values, date, "", losses)
    left = session["batch"] or session["epoch"] <= session["epochs"]
    state = "resumable" if left else "done"
    epochs_in_all, step, fingerprint = int(session["epochs"]), int(session["step"]), session["fingerprint"]
    marks = tuple(told_in(config))
    return SavedRun(path, state, done, epochs_in_all, step, values, date, fingerprint, losses, marks)


def number(saved: float | None) -> float:
    """A number as files keep it, where null is NaN."""
    return math.nan if saved is None else float(saved)
