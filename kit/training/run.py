"""Run: a training in a thread of its own, steered between two batches."""

from __future__ import annotations

import copy
import itertools
import math
import threading
import time
import traceback
import weakref
from collections import deque
from collections.abc import Iterator, Sized
from typing import TYPE_CHECKING, Any

import torch

from kit.training.advice import advice, became_nan
from kit.training.arguments import check_every
from kit.training.autosave import Autosave
from kit.training.branching import branched
from kit.training.marks import AUTOMATIC, Marks, no_mark
from kit.training.saved_runs import saved_runs
from kit.training.session import Session
from kit.training.steering import Steering
from kit.training.steps import Record
from kit.turns import short_turns

if TYPE_CHECKING:
    from kit.training.history import History
    from kit.training.queue import Queue
    from kit.training.trainable import Trainable

ENDED = ("done", "stopped", "failed")
LIVING: weakref.WeakSet[Run] = weakref.WeakSet()  # so that kit.runs() can show a run whose variable is gone
LOOK = 0.5  # seconds of waiting at a time: an interrupt that comes just before a wait is noticed only after it
NUMBERS = itertools.count(1)
WORKING: set[Run] = set()  # a run at work is kept, whoever forgets it


def runs(folder: Any = None) -> list[Any]:
    """The runs of this process that still exist, the latest first; those at work always do.

    folder: where there is one, the trainings saved in its files instead, as SavedRun.
    """
    if folder is not None:
        return saved_runs(folder)
    return sorted(LIVING, key=lambda run: run.number, reverse=True)


def stop_all() -> None:
    """Ends every run at its next batch, so that the process can exit."""
    for run in list(WORKING):
        run.stop()


# before the interpreter waits for its threads; atexit comes after that, too late
getattr(threading, "_register_atexit", lambda function: None)(stop_all)


class Run:
    """A training at work. Made by `model.fit(..., background=True)`.

    state: "waiting" (in a queue), "running", "paused", "done", "stopped" or "failed". error: what made it fail.
    history: the curves so far. log: what was changed. marks: states it can go back to.
    All calls return at once and act at the next batch; `wait` waits.

    model: what is trained. records: its training. session: where that is. autosave: how it is kept.
    steering: what changes it. queue: where it waits for its turn.
    """

    def __init__(
        self,
        model: Trainable,
        records: Iterator[Record],
        session: Session,
        autosave: Autosave,
        steering: Steering,
        queue: Queue | None = None,
    ) -> None:
        self.model, self.session, self.autosave, self.steering = model, session, autosave, steering
        self.number = next(NUMBERS)
        self.name = f"run {self.number}"
        self.error: BaseException | None = None
        self.traceback = ""
        self.started = time.monotonic()
        self._arrive()
        self.steps_before = self.step_count
        self._records = records
        self._condition = threading.Condition()
        self._wanted = "running"  # or "paused", "stopped", "aborted"
        self._allowed = 0  # batches to go although paused
        self._through = 0  # the epoch to end although paused
        self._asked: deque[tuple[str, dict[str, Any]]] = deque()  # what is to be done between two batches
        self._state = "running" if queue is None else "waiting"
        self._queue = queue
        self._ended: float | None = None
        self._paused_for, self._paused_at = 0.0, 0.0
        self._recent: deque[tuple[float, int]] = deque(maxlen=500)
        LIVING.add(self)
        WORKING.add(self)
        self._thread = threading.Thread(target=self._work, name=f"hornbook {self.name}")
        if queue is not None:
            queue.enter(self)
        model.run = self  # before the thread, which takes it away again at its end
        self._thread.start()

    @property
    def state(self) -> str:
        """What it is doing: "waiting", "running", "paused", "done", "stopped" or "failed"."""
        return self._state

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self._state in ENDED

    @property
    def epochs(self) -> int:
        """How many epochs it is to train."""
        return self.session.epochs

    @property
    def batches(self) -> int | None:
        """How many batches the epoch at work has; None where the data do not say."""
        return self.session.batches

    @property
    def steps(self) -> int | None:
        """How many batches it is to train; None where the data do not say how many an epoch has."""
        return self.session.steps

    @property
    def log(self) -> list[dict[str, Any]]:
        """What was changed: {"step": batches done, "time": seconds since 1970, "what", "values"}; for fit(log=)."""
        return copy.deepcopy(self.session.log)

    @property
    def parent_history(self) -> History | None:
        """The curves of the run it branched from, from a file means of a few batches; None where it did not."""
        return self.session.parent_history

    @property
    def marks(self) -> Marks:
        """The states that are kept, by name: rollback and branch take one."""
        return self.steering.marks

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

    def step_epoch(self) -> None:
        """While paused: train to the end of an epoch, then rest again. A running run is paused."""
        with self._condition:
            self._through = max(self._through, self.session.position.epoch - 1) + 1
        self.pause()

    def stop(self) -> None:
        """End after the batch at work; the model keeps what it has learned."""
        self._want("stopped", unless=("aborted",))

    def abort(self) -> None:
        """End after the batch at work; the model, its curve and its file go back to the start.

        What it had reached stays under the mark "last": rollback takes it back, also after kit.resume of the file.
        """
        self._want("aborted")

    def set(self, **settings: Any) -> None:
        """Changes these settings at the next batch: run.set(learning_rate=0.01). Leaves a mark, and a line in the log.

        settings: fields of the optimizer; dropout, a rate for all layers that drop, or {"dropout_1": 0.2}; trainable,
        {"dense_1": False} to freeze a layer; epochs, how many in all; batch_size, from the next epoch on.
        Raises TypeError or ValueError at once where there is no such field or its value cannot be.
        """
        self._ask("set", self.steering.check(settings))

    def mark(self, name: str) -> None:
        """Keeps the training as it is at the next batch, under a name; the latest of them are kept."""
        if not isinstance(name, str) or not name or name in AUTOMATIC:
            raise ValueError(f"Run.mark({name!r}): it takes a name of your own, not {', '.join(AUTOMATIC)}")
        self._ask("mark", {"name": name})

    def rollback(self, mark: str = "best") -> None:
        """Goes back to a mark at the next batch: weights, optimizer, random numbers, position and curve.

        mark: its name. Of a run that is over the model goes back; branch trains on. KeyError where there is no such
        mark.
        """
        self._check_mark(mark)
        self._ask("rollback", {"name": mark})

    def branch(self, mark: str = "best", *, autosave: Any = None, autosave_every: float = 30.0, **settings: Any) -> Run:
        """A new run, with a model of its own, that goes on from a mark of this one.

        mark: its name. autosave: a path the new one saves itself to, every `autosave_every` seconds. settings: as
        `set` takes them. KeyError where there is no such mark.
        """
        self._check_mark(mark)
        check_every(autosave_every, "Run.branch")
        self.steering.check(settings)
        self._settle()
        model, session = branched(self.model, self.session, self.marks[mark], self.name)
        saving = Autosave(model, autosave, autosave_every)
        saving.begin()
        return model.start(session, saving, settings=settings)

    def model_at(self, mark: str = "best") -> Any:
        """A model of its own, as this one was at a mark: to evaluate, to save, to train on.

        mark: its name. Saved, it can be resumed from there. KeyError where there is no such mark.
        """
        self._check_mark(mark)
        self._settle()
        return branched(self.model, self.session, self.marks[mark], self.name)[0]

    def wait(self, timeout: float | None = None) -> Run:
        """Waits for the end (for `timeout` seconds at most) and gives the run; raises the error of a failed one."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a run cannot wait for itself; call wait outside of its callbacks")
        end = math.inf if timeout is None else time.monotonic() + timeout
        with self._condition:
            while not self.ended and (left := end - time.monotonic()) > 0:
                self._condition.wait(min(left, LOOK))
        if self.error is not None and self.ended:
            raise self.error
        return self

    def save(self, path: Any) -> None:
        """Saves the model, the curve so far and the marks to the file `path`, between two batches."""
        from kit.storage.checkpoint import save

        save(self.model, path, self.marks.for_file())

    def _check_mark(self, name: str) -> None:
        """Raises KeyError where there is no such mark, ValueError where it is amid an epoch over other samples."""
        coming = [values["name"] for what, values in list(self._asked) if what == "mark"]
        if name not in [*self.marks, *coming]:
            raise KeyError(no_mark(name, self.marks))
        order = self.marks[name].snapshot.position.order if name in self.marks else None
        data = self.session.data
        if order is not None and isinstance(data, Sized) and len(order) != len(data):
            raise ValueError(
                f"the mark {name!r} is in the middle of an epoch over {len(order)} samples, and these are {len(data)}; "
                "choose one from the end of an epoch"
            )

    def _ask(self, what: str, values: dict[str, Any]) -> None:
        """Something is to be done between two batches; in a run that is over, at once, where that means something."""
        with self._condition:
            if not self.ended:
                self._asked.append((what, values))
                self._condition.notify_all()
                return
        if what != "set" and self.model.session is self.session:
            self.model._refuse_while_running(what)
            self._do(what, values)

    def _settle(self) -> None:
        """Waits until what was asked is done."""
        if threading.current_thread() is not self._thread:
            with self._condition:
                self._condition.wait_for(lambda: not self._asked or self.ended)

    def _want(self, state: str, unless: tuple[str, ...] = ()) -> None:
        with self._condition:
            if self._wanted not in unless and not self.ended:
                self._wanted = state
                self._condition.notify_all()

    def _work(self) -> None:
        """The thread's work, from beginning to end."""
        torch.get_num_threads()  # or the next number set in any thread would be taken for this one's first
        torch.set_num_threads(self.session.threads)  # of this thread; the others keep theirs
        self._await_turn()
        with short_turns():
            end = self._ended_as()
            with self._condition:
                self._ended = time.monotonic()
                self._paused_for += self._ended - self._paused_at if self._state == "paused" else 0
                self.model.run = None  # before the state says so, or it could take away the next run
                self._state = end
                self._condition.notify_all()
        if self._queue is not None:
            self._queue.leave(self)
        WORKING.discard(self)

    def _ended_as(self) -> str:
        """Trains, saves and lets go of everything; the state it ends in."""
        try:
            end = self._train()
            self.steering.keep_last()
            if end == "aborted":
                self._records.close()  # type: ignore[attr-defined]
                self.steering.rollback("start")
                end = "stopped"
            self.autosave.finish()
        except BaseException as error:
            self.error, end = error, "failed"
            self.traceback = traceback.format_exc()
        finally:
            self._records.close()  # type: ignore[attr-defined]
            self.autosave.wait()
            self.autosave.release()
        return end

    def wake(self) -> None:
        """Lets it look whether its turn has come."""
        with self._condition:
            self._condition.notify_all()

    def _await_turn(self) -> None:
        """Waits in the queue, where there is one, until its turn comes or it is to end."""
        if self._queue is None:
            return
        with self._condition:
            while not self._queue.admits(self) and self._wanted not in ("stopped", "aborted"):
                self._condition.wait()
            self._state, self.started = "running", time.monotonic()

    def _train(self) -> str:
        """Batch by batch until the end or until something else is wanted; says how it ended."""
        while True:
            if (wanted := self._obey()) != "running":
                return wanted
            record = next(self._records, None)
            self._arrive()
            if record is None:
                return "done"
            self._recent.append((time.monotonic(), record.samples))
            if became_nan(record):
                raise FloatingPointError(advice(record, self.model))
            self.autosave.if_due()

    def _obey(self) -> str:
        """Between two batches: rests while paused, makes the changes asked for, says what is wanted."""
        if self._state == self._wanted == "running" and not self._asked:
            return "running"
        with self._condition:
            while True:
                while self._asked:
                    self._do(*self._asked[0])
                    self._asked.popleft()
                    self._condition.notify_all()
                if self._wanted != "paused" or self._allowed or self.session.position.epoch <= self._through:
                    break
                if self._state != "paused":
                    self._state, self._paused_at = "paused", time.monotonic()
                    self._recent.clear()
                    self._condition.notify_all()
                self.autosave.if_due()
                self._condition.wait(self.autosave.rest)
            if self._state == "paused":
                self._state = "running" if self._wanted != "paused" else "paused"
                self._paused_for += time.monotonic() - self._paused_at
                self._paused_at = time.monotonic()
            if self._wanted == "paused":
                self._allowed = max(self._allowed - 1, 0)
                return "running"
            return self._wanted

    def _do(self, what: str, values: dict[str, Any]) -> None:
        """What was asked, done; before a change the file is brought up to date."""
        if what == "set" and not self.ended:
            self.autosave.now()
        self.steering.do(what, values)
        self._arrive()

    def _arrive(self) -> None:
        """Tells where the training is: batches and epochs done, and the curves so far."""
        position = self.session.position
        self.history, self.step_count, self.epoch = self.model.history, position.step, position.epoch - 1

    def __repr__(self) -> str:
        values = ", ".join(f"{name} {numbers[-1]:.4g}" for name, numbers in self.history.history.items() if numbers)
        return f"<Run {self.state}, epoch {self.epoch} of {self.epochs}{': ' + values if values else ''}>"
