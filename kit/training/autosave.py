"""Autosave: a training saves itself, at the start, every so often, before each change, and at the end."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any

from kit.training.marks import Marks

if TYPE_CHECKING:
    from kit.storage.checkpoint import Contents
    from kit.storage.claim import Claim
    from kit.training.trainable import Trainable

LONGEST = 3600.0  # seconds of rest at a time, since no system waits for 1e12


class InUse(ValueError):
    """A training that is at work saves itself to the file."""


class Autosave:
    """Saves a model to a path between two batches; nothing where there is no path.

    Training waits while the numbers are copied; a thread writes them. One save is at work, at most one waits.
    every: seconds between two saves, infinity for the start and the end alone. claim: what it holds of the file, so
    that no other training saves itself to it.
    marks: states that are saved too.
    error: what hindered the last one; training goes on without it.
    """

    def __init__(self, model: Trainable, path: Any, every: float, claim: Claim | None = None) -> None:
        self.model, self.path, self.every, self.claim = model, path, every, claim
        self.error: Exception | None = None
        self.saved = time.monotonic()
        self.marks = Marks()
        self.at: tuple[int, int] | None = None  # what it saved last
        self.place: tuple[int, int, int] | None = None  # of the file it wrote last
        self.waiting: Contents | None = None
        self.writer: threading.Thread | None = None
        self.lock = threading.Lock()

    def begin(self) -> None:
        """The first save. Raises what hinders it, before anything is trained in vain; InUse too."""
        if self.path is not None:
            self.claim = claim_on(self.path)
        self.finish()
        if self.error is not None:
            self.release()
            raise self.error

    def release(self) -> None:
        """Lets others save to the file: this training is over."""
        if self.claim is not None:
            self.claim.release()

    def now(self) -> None:
        """Saves as it is now; a save that still waits is dropped for it."""
        if (contents := self.copied()) is None:
            return
        with self.lock:
            self.waiting = contents
            if self.writer is not None:
                return
            self.writer = threading.Thread(target=self.work, name="hornbook autosave")
        try:
            self.writer.start()
        except RuntimeError:  # the interpreter is about to exit and starts no thread any more
            self.work()

    def if_due(self) -> None:
        """Saves where there is something new, the last time is long enough ago and no save is at work."""
        if self.behind and time.monotonic() - self.saved > self.every and self.writer is None:
            self.now()

    @property
    def behind(self) -> bool:
        """Whether the file lacks something."""
        return self.path is not None and (self.error is not None or self.at != reached(self.model))

    @property
    def rest(self) -> float | None:
        """How many seconds a paused training may rest before it asks again whether a save is due; None for ever."""
        return min(max(self.every, 0.05), LONGEST) if self.behind else None

    def finish(self) -> None:
        """Saves as it is now, and waits until that is done."""
        contents = self.copied()
        self.wait()
        if contents is not None:
            self.write(contents)

    def wait(self) -> None:
        """Waits for the saves at work."""
        with self.lock:
            writer = self.writer
        if writer is not None and writer.ident is not None:
            writer.join()

    def copied(self) -> Contents | None:
        """What the file is to hold; None where there is no path, or where a batch broke off or something hinders it."""
        if self.path is None or not whole(self.model):
            return None
        from kit.storage.checkpoint import contents

        self.saved, self.at = time.monotonic(), reached(self.model)
        try:
            return contents(self.model, self.marks.for_file())
        except ValueError as error:
            self.error = error
            return None

    def work(self) -> None:
        """The writer's thread: writes what waits, until nothing does."""
        while True:
            with self.lock:
                contents, self.waiting = self.waiting, None
                if contents is None:
                    self.writer = None
                    return
            self.write(contents)

    def write(self, contents: Contents) -> None:
        """Writes the file; what hinders it is kept in `error`."""
        if self.place is not None and place_of(self.path) not in (self.place, None):
            self.error = ValueError(
                f"{self.path} was replaced by something else meanwhile and is left as it is; "
                "move it away, and the next save comes through"
            )
            return
        try:
            if contents.broken:
                raise ValueError(f"the weights became NaN, so {self.path} keeps the last good ones; go back to a mark")
            contents.write(self.path, self.claim)
            self.error = None
        except (OSError, ValueError, MemoryError) as error:
            self.error = error
        self.place = place_of(self.path)  # after a failure too: it may have come when the new file was in place


def claim_on(path: Any, take_over: bool = False) -> Claim:
    """The claim on a file. InUse where a training at work has it, unless it is to be taken over from that one."""
    from kit.storage.checkpoint import path_of
    from kit.storage.claim import Claim

    claim = Claim()
    if not claim.take(str(path_of(path))) and not take_over:
        raise InUse(
            f"a training that is at work, in this kernel or another, saves itself to {path}; stop it first, give "
            "another path, or take the file over with kit.resume(..., take_over=True), which ends the other's saving"
        )
    return claim


def whole(model: Trainable) -> bool:
    """Whether a model's training stands between two batches; not where an error or an interrupt broke one off."""
    session = model.session
    return session is None or (session.position.whole and session.position.step == model.history.steps)


def reached(model: Trainable) -> tuple[int, int]:
    """How far a model's training is: batches done, lines of its log."""
    session = model.session
    return (session.position.step, len(session.log)) if session is not None else (0, 0)


def place_of(path: Any) -> tuple[int, int, int] | None:
    """What tells the file that is there from others; None where there is none."""
    try:
        found = os.stat(os.path.expanduser(path))
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
