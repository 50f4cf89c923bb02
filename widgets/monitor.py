"""Monitor: a run's curves as they grow, and the buttons that steer it."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np

from kit.plotting import curves
from kit.storage.past import Past
from kit.training import History, Run
from widgets.panel import Message, Panel, Part, field, said
from widgets.status import opened_status, past_status, status_of
from widgets.target import Target

QUICK, EASY = 0.1, 0.25  # seconds between two tellings: in the first second and after each click, and else
LIVELY = 1.0  # seconds for which a click has the publisher hurry


class Watching(Part):
    """A run, or the history of a past one, and what the browser has been told of it.

    A thread publishes what is new, four times a second and more often when somebody is at the buttons, for as long as
    the run lasts.
    """

    name = "monitor"

    def __init__(self) -> None:
        super().__init__()
        self.run: Run | None = None
        self.history: History | None = None
        self.origin: str | None = None
        self.past: Past | None = None
        self.notify: bool | None = None
        self.target: Target | None = None
        self.sent: dict[tuple[str, str], int] = {}
        self.last: dict[str, Any] | None = None
        self.marks = -1
        self.closed = False
        self.stirred = threading.Event()
        self.touched = 0.0
        self.when_ended: Any = None
        self.when_branched: Any = None

    def watch(self, run: Run) -> None:
        """Shows this run from now on."""
        with self.lock:
            if self.run is run and not run.ended:
                return  # its publisher is at work
            self.run, self.history, self.origin, self.past = run, run.history, None, None
            self.start_over()
            self.touched = time.monotonic()
        threading.Thread(target=self.publish, args=(run,), name=f"hornbook monitor of {run.name}").start()

    def show(self, history: History, origin: str | None = None) -> None:
        """Shows the curves of a training that is over; origin: the file they are from."""
        with self.lock:
            self.run, self.history, self.origin, self.past = None, history, origin, None
            self.start_over()
            self.tell()

    def open(self, past: Past) -> None:
        """Shows a training as its file tells it."""
        with self.lock:
            self.run, self.history, self.past = None, past.history, past
            self.start_over()
            self.tell()

    @property
    def parent_history(self) -> History | None:
        """The curves of the run that the one on the screen branched from."""
        shown = self.run or self.past
        return None if shown is None else shown.parent_history

    def start_over(self) -> None:
        """Forgets what the browser knows; the next message resets it."""
        self.sent, self.last, self.marks = {}, None, -1

    def publish(self, run: Run) -> None:
        """The publisher's thread: what is new, again and again, until the run ends or another is watched."""
        trouble = ""
        while self.run is run and not self.closed:
            over, what = run.ended, "the monitor cannot show all of the run, which goes on"
            try:
                self.tell()
                if over and self.when_ended is not None:
                    what = "the run is over, but what it learned was not measured"
                    self.when_ended(run)
            except Exception as error:  # is told, once; the run knows nothing of it
                if trouble != (trouble := f"{what}: {said(error)}"):
                    self.send("refused", message=trouble)
            if over:
                return
            self.stirred.wait(QUICK if time.monotonic() - self.touched < LIVELY else EASY)
            self.stirred.clear()

    def receive(self, message: Message) -> None:
        """Answers a message from the browser; the publisher hurries to tell what comes of it."""
        super().receive(message)
        if message.get("type") != "ping":
            self.touched = time.monotonic()
            self.stirred.set()

    def tell(self) -> None:
        """Sends the status and the points that are not on the screen yet."""
        with self.lock:
            if self.run is not None and self.run.history is not self.history:  # it went back to a mark
                self.history = self.run.history
                self.start_over()
            status = self.status()
            if status != self.last:
                self.last = status
                self.send("status", run=status)
            self.send_points()

    def send_points(self) -> None:
        """The new points of every series as float32, and the marks where they have changed."""
        history = self.history
        if history is None:
            return
        reset = not self.sent and self.marks < 0
        series, buffers = [], []
        for of, each_history in (("", history), ("parent", self.parent_history)):
            for name, each, x, y in self.new_points(of, each_history):
                start = self.sent.get((of, name), 0)
                header = {"name": name, "each": each, "from": start, "count": len(y)}
                series.append({**header, "of": of} if of else header)
                buffers += [x.astype("<f4").tobytes(), y.astype("<f4").tobytes()]
                self.sent[of, name] = start + len(y)
        if series or reset or len(history.marks) != self.marks:
            self.marks = len(history.marks)
            marks = [{"step": step, "label": text} for step, text in history.marks]
            self.send("points", buffers, reset=reset, series=series, marks=marks)

    def new_points(self, of: str, history: History | None) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
        """Name, "batch" or "epoch", x and y of what the browser lacks. of: "" for the run's own, or "parent"."""
        if history is None:
            return []
        found = []
        for name in history.batch_names():
            start = self.sent.get((of, name), 0)
            numbers = history.batch(name, start)
            if len(numbers):
                found.append((name, "batch", history.every * np.arange(start + 1, start + 1 + len(numbers)), numbers))
        ends = list(history.epoch_steps)
        for name in [name for name in list(history.epochs) if name.startswith("val_")]:
            start = self.sent.get((of, name), 0)
            numbers = np.array(history.epochs[name][start : len(ends)])
            if len(numbers):
                found.append((name, "epoch", np.array(ends[start : start + len(numbers)]), numbers))
        return found

    def status(self) -> dict[str, Any] | None:
        """Where the run is, as plain data."""
        if self.history is None:
            return None
        if self.past is not None:
            return opened_status(self.past)
        if self.run is None:
            return past_status(self.history, self.origin)
        target = self.target and self.target.told(self.history)
        return {**status_of(self.run, self.history), "notify": self.notify, "target": target}

    def steered(self) -> Run:
        """The run that is watched. ValueError where there is none."""
        if self.run is None:
            raise ValueError("there is no run to steer; start one")
        return self.run

    def on_hello(self, message: Message) -> None:
        """A view has appeared: everything again."""
        self.start_over()
        if self.history is None:
            self.send("status", run=None)
        self.tell()

    def on_ping(self, message: Message) -> None:
        """A view asks whether the kernel lives."""
        self.send("pulse")

    def on_pause(self, message: Message) -> None:
        """Pause after the batch at work."""
        self.steered().pause()

    def on_resume(self, message: Message) -> None:
        """Go on."""
        self.steered().resume()

    def on_step(self, message: Message) -> None:
        """So many batches, then pause."""
        self.steered().step(max(1, min(int(field(message, "batches", int)), 1_000_000)))

    def on_step_epoch(self, message: Message) -> None:
        """To the end of an epoch, then pause."""
        self.steered().step_epoch()

    def on_stop(self, message: Message) -> None:
        """End and keep what was learned."""
        self.steered().stop()

    def on_abort(self, message: Message) -> None:
        """End and go back to the start."""
        self.steered().abort()

    def on_set(self, message: Message) -> None:
        """Another learning rate, or other settings: as Run.set takes them."""
        if "settings" in message:
            self.steered().set(**field(message, "settings", dict))
        else:
            self.steered().set(learning_rate=field(message, "learning_rate", (int, float)))

    def on_mark(self, message: Message) -> None:
        """Keep the state as it is."""
        run = self.steered()
        run.mark(str(message.get("name") or f"mark at step {run.step_count}"))

    def on_rollback(self, message: Message) -> None:
        """Go back to a mark."""
        self.steered().rollback(field(message, "name", str))
        self.tell()

    def on_branch(self, message: Message) -> None:
        """A new run from a mark, with other settings where some come along; it is watched from now on."""
        settings = field(message, "settings", dict) if "settings" in message else {}
        branch = self.steered().branch(field(message, "name", str), **settings)
        if self.when_branched is not None:
            self.when_branched(branch)
        self.watch(branch)

    def on_target(self, message: Message) -> None:
        """What to reach; nothing where no metric is named."""
        metric = message.get("metric")
        self.target = None if metric is None else Target(metric, message.get("value"))
        self.tell()

    def close(self) -> None:
        """Ends the publisher."""
        self.closed = True
        self.stirred.set()


class Monitor(Panel):
    """The live curves of a run, its progress, and its buttons. May be made again and again for the same run.

    notify: whether the browser tells, by a notification, when the run ends, fails or reaches its target; None as the
    reader of the page chose last. target: what to reach, as ("val_accuracy", 0.95); the run goes on after it.
    """

    def __init__(self, run: Run, notify: bool | None = None, target: tuple[str, float] | None = None) -> None:
        self.watching = Watching()
        self.watching.notify = notify
        self.watching.target = None if target is None else Target(*target)
        super().__init__("monitor", self.watching)
        self.watching.watch(run)

    @property
    def run(self) -> Run | None:
        """The run that is shown."""
        return self.watching.run

    def picture(self) -> bytes:
        """A PNG of the curves so far."""
        return curves(self.watching.history or History(), self.watching.parent_history)._repr_png_()

    def __repr__(self) -> str:
        return f"<Monitor of {self.run.name if self.run else 'nothing'}>"
