"""The list of runs: those of this kernel and the trainings on the disk, as the browser shows and steers them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np

import kit
from kit.storage.claim import claimed
from kit.storage.past import past_run
from kit.training import History, Run
from kit.training.resume import OtherData
from kit.training.saved_runs import SavedRun, damage_of, h5_files, saved_run
from widgets.monitor import Watching
from widgets.panel import Message, Part, field
from widgets.status import finite, latest

POINTS = 60  # of a small curve, at most
STEERING = ("pause", "resume", "stop")
Stamp = tuple[int, int]  # when a file was changed, and its size


class Listing(Part):
    """The runs that live, and the files of a folder, each read again when it has changed, by a thread of its own.

    folder: None for none. given: what kit.resume takes beside the path; empty where there are no data. custom: classes
    and functions of the user's, by name. model: the one that was loaded last.
    """

    name = "runs"

    def __init__(self, folder: Path | None, given: dict[str, Any], watching: Watching, custom: Any = None) -> None:
        super().__init__()
        self.folder, self.given, self.watching, self.custom = folder, given, watching, custom
        self.files: dict[Path, tuple[Stamp, SavedRun | None]] = {}
        self.damaged: dict[Path, str] = {}
        self.missing = ""
        self.model: Any = None
        self.loaded: dict[str, Any] | None = None
        self.problem: dict[str, Any] | None = None
        self.last: dict[str, Any] = {}
        self.scan: threading.Thread | None = None

    def look(self) -> None:
        """Has the files read that are new or changed; those that a run of this kernel writes are its own."""
        if self.folder is None or self.scan is not None:
            return
        try:
            found = {path: stamp for path in h5_files(self.folder) if (stamp := stamp_of(path)) is not None}
            self.missing = ""
        except OSError:
            found, self.missing = {}, f"There is no folder {self.folder}; give Runs one that is there."
        self.files = {path: held for path, held in self.files.items() if path in found}
        self.damaged = {path: said for path, said in self.damaged.items() if path in found}
        writing = {path_of(run) for run in kit.runs() if not run.ended}
        changed = {
            path: stamp
            for path, stamp in found.items()
            if self.files.get(path, (None,))[0] != stamp and not (path in self.files and path.resolve() in writing)
        }
        if changed:
            self.scan = threading.Thread(target=self.read, args=(changed,), name="hornbook list of runs")
            self.scan.start()

    def read(self, changed: dict[Path, Stamp]) -> None:
        """The thread: reads files, and tells what they hold."""
        try:
            for path, stamp in changed.items():
                run = saved_run(path)
                self.files = {**self.files, path: (stamp, run)}
                self.damaged = {**self.damaged, path: "" if run is not None else damage_of(path)}
        finally:
            self.scan = None
            self.tell()

    def held(self) -> list[SavedRun]:
        """The trainings in the files, the latest first."""
        return sorted((run for _, run in list(self.files.values()) if run), key=lambda run: -run.date)

    def tell(self, again: bool = False) -> None:
        """Sends the list where it has changed, or again."""
        with self.lock:
            state = self.state()
            if again or state != self.last:
                self.last = state
                self.send("state", **state)

    def state(self) -> dict[str, Any]:
        """The list as plain data."""
        living: list[Run] = kit.runs()
        writers = {path_of(run): run.name for run in reversed(living) if not run.ended}
        shown, past = self.watching.run, self.watching.past
        return {
            "folder": None if self.folder is None else home_as_tilde(self.folder),
            "data": bool(self.given),
            "reading": self.scan is not None,
            "missing": self.missing or " ".join(f"{said}." for said in self.damaged.values() if said),
            "problem": self.problem,
            "shown": None if shown is None else shown.name,
            "opened": None if past is None else str(past.saved.path),
            "loaded": self.loaded,
            "living": [told(run) for run in living],
            "files": [told_file(held, writers.get(held.path.resolve())) for held in self.held()],
        }

    def on_hello(self, message: Message) -> None:
        """A view has appeared."""
        self.look()
        self.tell(again=True)

    def on_look(self, message: Message) -> None:
        """A view asks for what is new."""
        self.look()
        self.tell()

    def on_open(self, message: Message) -> None:
        """Shows a run, or the training in a file, in the monitor below the list."""
        self.loaded = None
        if "path" in message:
            self.watching.open(past_run(self.listed(message)))
        else:
            self.watching.watch(self.living(message))
        self.tell()

    def on_load(self, message: Message) -> None:
        """Makes the model in a file, as it is or as it was at a mark."""
        path, mark = self.listed(message), message.get("mark")
        self.model = kit.load(path, self.custom, mark)
        at = "" if mark is None else f", mark={mark!r}"
        self.loaded = {"path": str(path), "mark": mark, "code": f"kit.load({str(path)!r}{at})"}
        self.tell()

    def on_steer(self, message: Message) -> None:
        """Pauses, resumes or stops a run."""
        what = field(message, "what", str)
        if what not in STEERING:
            raise ValueError(f"a run is steered by {', '.join(STEERING)}, not {what!r}")
        getattr(self.living(message), what)()

    def on_resume(self, message: Message) -> None:
        """Goes on with the training in a file, and shows it; a refusal stands in the list."""
        path = self.listed(message)
        for run in kit.runs():
            if not run.ended and path_of(run) == path.resolve():
                raise ValueError(f"{run.name} saves itself to {path}; open that run, or stop it first")
        if not self.given:
            raise ValueError("to resume, the list needs the data: widgets.Runs(folder, X, y)")
        options = {**self.given, "other_data": True} if message.get("other_data") is True else self.given
        if "epochs" in message:
            options = {**options, "epochs": field(message, "epochs", int)}
        self.problem = None
        try:
            self.watching.watch(kit.resume(path, **options))
        except Exception as error:
            other = isinstance(error, OtherData)
            self.problem = {"path": str(path), "message": str(error) or repr(error), "other_data": other}
        self.tell()

    def on_dismiss(self, message: Message) -> None:
        """A refusal was read."""
        self.problem = None
        self.tell()

    def listed(self, message: Message) -> Path:
        """The file of the list that a message names. ValueError where it is not there."""
        path = Path(field(message, "path", str))
        if path not in self.files:
            raise ValueError(f"{path} is not in the list")
        return path

    def living(self, message: Message) -> Run:
        """The run that a message names. ValueError where it is gone."""
        name = field(message, "run", str)
        for run in kit.runs():
            if run.name == name:
                return run
        raise ValueError(f"{name} is gone: nothing holds it any more")


def told(run: Run) -> dict[str, Any]:
    """A row of a run."""
    file = path_of(run)
    losses = small_curve(run.history)
    loss = latest(run.history).get("loss") or (losses[-1] if losses else None)
    return {
        "name": run.name,
        "state": run.state,
        "epoch": run.epoch,
        "epochs": run.epochs,
        "step": run.step_count,
        "loss": loss,
        "losses": losses,
        "file": None if file is None else str(run.autosave.path),
    }


def told_file(saved: SavedRun, writer: str | None) -> dict[str, Any]:
    """A row of a file. writer: the run of this kernel that saves itself to it."""
    elsewhere = writer is None and claimed(saved.path)
    return {
        "path": str(saved.path),
        "name": saved.path.name,
        "state": "running" if elsewhere else saved.state,
        "writer": "another kernel" if elsewhere else writer,
        "epoch": saved.epoch,
        "epochs": saved.epochs,
        "step": saved.step,
        "loss": finite(saved.values.get("loss")),
        "losses": thinned(np.array(saved.losses)),
        "date": saved.date,
        "code": saved.code,
    }


def small_curve(history: History) -> list[float | None]:
    """The loss of the epochs, or of the batches while there are few epochs."""
    epochs = list(history.epochs.get("loss", []))
    if len(epochs) > 1 or "loss" not in history.batch_names():
        return thinned(np.array(epochs))
    return thinned(history.batch("loss"))


def thinned(numbers: np.ndarray) -> list[float | None]:
    """At most POINTS of them, evenly, the last among them."""
    if len(numbers) > POINTS:
        numbers = numbers[np.linspace(0, len(numbers) - 1, POINTS).astype(int)]
    return [finite(number) for number in numbers]


def path_of(run: Run) -> Path | None:
    """The file that a run saves itself to."""
    path = run.autosave.path
    return None if path is None else Path(path).expanduser().resolve()


def stamp_of(path: Path) -> Stamp | None:
    """What changes when a file changes; None for one that has just gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def home_as_tilde(folder: Path) -> str:
    """A folder's whole path, with ~ for the home folder."""
    whole, home = folder.resolve(), Path.home()
    return f"~/{whole.relative_to(home).as_posix()}" if whole.is_relative_to(home) else str(whole)
