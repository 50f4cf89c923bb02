"""Run: a training in a thread of its own, steered between two batches."""

from __future__ import annotations

import itertools
import threading
import time
import traceback
import weakref
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch

from kit.names import name_of
from kit.training.autosave import Autosave
from kit.training.session import Session
from kit.training.steps import Record, advice, became_nan

if TYPE_CHECKING:
    from kit.training.trainable import Trainable

ENDED = ("done", "stopped", "failed")
LIVING: weakref.WeakSet[Run] = weakref.WeakSet()  # so that kit.runs() can show a run whose variable is gone
NUMBERS = itertools.count(1)
WORKING: set[Run] = set()  # a run at work is kept, whoever forgets it


def runs() -> list[Run]:
    """The runs of this process that still exist, the latest first; those at work always do."""
    return sorted(LIVING, key=lambda run: run.number, reverse=True)


def stop_all() -> None:
    """Ends every run at its next batch, so that the process can exit."""
    for run in list(WORKING):
        run.stop()


# before the interpreter waits for its threads; atexit comes after that, too late
getattr(threading, "_register_atexit", lambda function: None)(stop_all)


class Run:
    """A training at work. Made by `model.fit(..., background=True)`.

    state: "running", "paused", "done", "stopped" or "failed". error: the exception of a failed run.
    history: the curves so far. All calls return at once and act at the next batch; `wait` waits.

    model: what is trained. records: its training. session: where that is. autosave: how it is kept.
    """

    def __init__(self, model: Trainable, records: Iterator[Record], session: Session, autosave: Autosave) -> None:
        self.model, self.session, self.autosave = model, session, autosave
        self.epochs, self.batches = session.epochs, session.batches
        self.history = model.history
        self.number = next(NUMBERS)
        self.name = f"run {self.number}"
        self.error: BaseException | None = None
        self.traceback = ""
        self.started = time.monotonic()
        self.step_count, self.epoch = session.position.step, session.position.epoch - 1
        self.steps_before = self.step_count
        self._records = records
        self._start = model.snapshot()
        self._condition = threading.Condition()
        self._wanted = "running"  # or "paused", "stopped", "aborted"
        self._allowed = 0  # batches to go although paused
        self._settings: dict[str, float] = {}
        self._state = "running"
        self._ended: float | None = None
        self._paused_for, self._paused_at = 0.0, 0.0
        self._recent: deque[tuple[float, int]] = deque(maxlen=500)
        LIVING.add(self)
        WORKING.add(self)
        self._thread = threading.Thread(target=self._work, name=f"hornbook {self.name}")
        model.run = self  # before the thread, which takes it away again at its end
        self._thread.start()

    @property
    def state(self) -> str:
        """What it is doing: "running", "paused", "done", "stopped" or "failed"."""
        return self._state

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self._state in ENDED

    @property
    def steps(self) -> int | None:
        """How many batches it is to train; None where the data do not say how many an epoch has."""
        return None if self.batches is None else self.epochs * self.batches

    @property
    def elapsed(self) -> float:
        """Seconds of training so far, pauses left out."""
        now = self._ended or (self._paused_at if self._state == "paused" else time.monotonic())
        return now - self.started - self._paused_for

    @property
    def throughput(self) -> float:
        """Samples a second, lately."""
        recent = list(self._recent)
        if len(recent) < 2:
            return 0.0
        return sum(count for _, count in recent[1:]) / max(recent[-1][0] - recent[0][0], 1e-9)

    @property
    def eta(self) -> float | None:
        """Seconds to go; None where that is not known."""
        done = self.step_count - self.steps_before
        if self.ended or not done or self.steps is None:
            return None
        return (self.steps - self.step_count) * self.elapsed / done

    def pause(self) -> None:
        """Rest after the batch at work."""
        self._want("paused", unless=("stopped", "aborted"))

    def resume(self) -> None:
        """Go on after a pause."""
        self._want("running", unless=("stopped", "aborted"))

    def step(self, batches: int = 1) -> None:
        """While paused: train so many batches, then rest again. A running run is paused."""
        if isinstance(batches, bool) or not isinstance(batches, int) or batches < 1:
            raise ValueError(f"Run.step({batches!r}): it takes a whole number of 1 or more")
        with self._condition:
            self._allowed += batches
        self.pause()

    def stop(self) -> None:
        """End after the batch at work; the model keeps what it has learned."""
        self._want("stopped", unless=("aborted",))

    def abort(self) -> None:
        """End after the batch at work; the model goes back to what it was at the start."""
        self._want("aborted")

    def set(self, **settings: float) -> None:
        """Changes these settings of the optimizer at the next batch: run.set(learning_rate=0.01). Leaves a mark.

        Raises TypeError or ValueError at once where there is no such field or its value cannot be.
        """
        from kit.spelling import today

        optimizer = self.model.optimizer
        fields = optimizer.declaration
        words = today(settings, fields, "Run.set")
        checked = {name: fields[name].convert(value, type(optimizer).__name__) for name, value in words.items()}
        with self._condition:
            self._settings.update(checked)
            self._condition.notify_all()

    def wait(self, timeout: float | None = None) -> Run:
        """Waits for the end (for `timeout` seconds at most) and gives the run; raises the error of a failed one."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a run cannot wait for itself; call wait outside of its callbacks")
        with self._condition:
            self._condition.wait_for(lambda: self.ended, timeout)
        if self.error is not None and self.ended:
            raise self.error
        return self

    def save(self, path: Any) -> None:
        """Saves the model and the curve so far to the file `path`, between two batches."""
        self.model.save(path)

    def _want(self, state: str, unless: tuple[str, ...] = ()) -> None:
        with self._condition:
            if self._wanted not in unless and not self.ended:
                self._wanted = state
                self._condition.notify_all()

    def _work(self) -> None:
        torch.set_num_threads(self.session.threads)  # of this thread; the others keep theirs
        end = "failed"
        try:
            end = self._train()
            if end == "aborted":
                self.model.restore(self._start)
                end = "stopped"
            self.autosave.now()
        except BaseException as error:
            self.error, end = error, "failed"
            self.traceback = traceback.format_exc()
        finally:
            self._records.close()  # type: ignore[attr-defined]
            self._start = {}
            with self._condition:
                self._ended = time.monotonic()
                self._paused_for += self._ended - self._paused_at if self._state == "paused" else 0
                self.model.run = None  # before the state says so, or it could take away the next run
                self._state = end
                self._condition.notify_all()
            WORKING.discard(self)

    def _train(self) -> str:
        """Batch by batch until the end or until something else is wanted; says how it ended."""
        while True:
            if (wanted := self._obey()) != "running":
                return wanted
            record = next(self._records, None)
            if record is None:
                return "done"
            self.step_count = record.step
            self.epoch += record.ended is not None
            self._recent.append((time.monotonic(), record.samples))
            if became_nan(record):
                raise FloatingPointError(advice(record))
            self.autosave.if_due()

    def _obey(self) -> str:
        """Between two batches: rests while paused, makes the changes asked for, says what is wanted."""
        with self._condition:
            while True:
                if self._settings:
                    for name, value in self._settings.items():
                        setattr(self.model.optimizer, name, value)
                        self.history.mark(f"{name} = {f'{value:g}' if isinstance(value, float) else name_of(value)}")
                    self._settings = {}
                    with self.model.lock:
                        self.model.update.prepare()  # SGD keeps a velocity only where it has momentum
                if self._wanted != "paused" or self._allowed:
                    break
                if self._state != "paused":
                    self._state, self._paused_at = "paused", time.monotonic()
                    self._recent.clear()
                    self._condition.notify_all()
                self._condition.wait()
            if self._state == "paused":
                self._state = "running" if self._wanted != "paused" else "paused"
                self._paused_for += time.monotonic() - self._paused_at
                self._paused_at = time.monotonic()
            if self._wanted == "paused":
                self._allowed -= 1
                return "running"
            return self._wanted

    def __repr__(self) -> str:
        values = ", ".join(f"{name} {numbers[-1]:.4g}" for name, numbers in self.history.history.items() if numbers)
        return f"<Run {self.state}, epoch {self.epoch} of {self.epochs}{': ' + values if values else ''}>"
