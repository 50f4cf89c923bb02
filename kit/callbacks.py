"""Callbacks: what is called after each batch. Any function of a Record is one; these have a state, which files keep."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from kit.declared import Declared
from kit.fields import Fraction, NonNegative, real, text, whole

if TYPE_CHECKING:
    from kit.training.session import Session
    from kit.training.steps import Record
    from kit.training.trainable import Trainable

Count = Annotated[int, whole(0)]
Mode = Literal["auto", "min", "max"]
RISING = ("accuracy", "acc", "auc", "precision", "recall", "f1", "r2", "iou", "similarity")  # names of what should rise


class StopTraining(Exception):
    """Raised by a callback, it ends a training after the batch at work; the model keeps what it has learned."""


class Callback(Declared):
    """A callback with settings and a state of its own.

    `model` is the model that trains. `state` and `go_on` are for a training that is saved and resumed.
    """

    model: ClassVar[Any] = None

    def begin(self, model: Trainable, session: Session) -> None:
        """A training begins, or goes on."""
        self.model = model  # type: ignore[misc]

    def __call__(self, record: Record) -> None:
        """A batch is done; `record.ended` holds the epoch's values where it was its last."""
        if record.ended is not None:
            self.epoch(record.epoch, record.ended)

    def epoch(self, number: int, values: dict[str, float]) -> None:
        """Hook: an epoch is done, counted from 1."""

    def end(self) -> None:
        """Hook: the training is over, however it ended."""

    def state(self) -> dict[str, Any]:
        """Hook: numbers, texts and arrays from which it can go on."""
        return {}

    def go_on(self, state: dict[str, Any]) -> None:
        """Hook: goes on from a state."""


class Watching(Callback):
    """Keeps the best value of what it monitors, and for how many epochs there was none better."""

    if TYPE_CHECKING:  # fields of those below
        monitor: str
        mode: str
        min_delta: float

    best, waited = math.nan, 0

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        if session.position.step == 0:
            self.best, self.waited = math.nan, 0

    def value(self, values: dict[str, float]) -> float:
        """What it monitors. ValueError where it was not measured."""
        from kit.training.history import ALIASES

        name = ALIASES.get(self.monitor, self.monitor)
        if name not in values:
            hint = "; give fit validation data" if name.startswith("val_") else ""
            raise ValueError(f"{self!r} monitors {name!r}, but an epoch gives {', '.join(values)}{hint}")
        return values[name]

    def improved(self, value: float) -> bool:
        """Whether a value is better than the best so far, by more than min_delta; NaN never is."""
        rises = self.mode == "max" or (self.mode == "auto" and any(word in self.monitor for word in RISING))
        gain = value - self.best if rises else self.best - value
        better = not math.isnan(value) and (math.isnan(self.best) or gain > self.min_delta)
        if better:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        return better

    def state(self) -> dict[str, Any]:
        return {"best": self.best, "waited": self.waited}

    def go_on(self, state: dict[str, Any]) -> None:
        self.best, self.waited = float(state["best"]), int(state["waited"])


class EarlyStopping(Watching):
    """Ends the training when what it monitors has not become better for some epochs.

    monitor: name of a value of an epoch, such as "val_loss".
    patience: epochs it waits for a better one.
    min_delta: what counts as better.
    mode: "min", "max", or "auto" by the name.
    restore_best_weights: whether the model goes back to the weights of its best epoch.
    """

    monitor: Annotated[str, text()] = "val_loss"
    patience: Count = 0
    min_delta: NonNegative = 0.0
    mode: Mode = "auto"
    restore_best_weights: bool = False
    weights: ClassVar[dict[str, Any]] = {}

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        if session.position.step == 0:
            self.weights = {}  # type: ignore[misc]

    def epoch(self, number: int, values: dict[str, float]) -> None:
        value = self.value(values)
        if self.improved(value):
            self.weights = self.copied() if self.restore_best_weights else {}  # type: ignore[misc]
        elif self.waited >= self.patience:
            raise StopTraining(f"stopped early: {self.monitor} {value:.4g} after {self.best:.4g}")

    def copied(self) -> dict[str, Any]:
        """The weights as they are now."""
        return {name: value.detach().clone() for name, value in self.model.module.state_dict().items()}

    def end(self) -> None:
        if self.weights:
            with self.model.lock:
                self.model.module.load_state_dict(self.weights)

    def state(self) -> dict[str, Any]:
        kept = {f"weights/{name}": value.cpu().numpy() for name, value in self.weights.items()}
        return {**super().state(), **kept}

    def go_on(self, state: dict[str, Any]) -> None:
        import torch

        super().go_on(state)
        held = {name.removeprefix("weights/"): value for name, value in state.items() if name.startswith("weights/")}
        self.weights = {name: torch.tensor(value) for name, value in held.items()}  # type: ignore[misc]


class ModelCheckpoint(Watching):
    """Saves the model after an epoch: each time, or when what it monitors is better than ever.

    path: where to; {epoch} and the names of values stand for themselves: "best-{epoch}-{val_loss:.3f}.h5".
    monitor: name of a value of an epoch.
    save_best_only: whether only a better model is saved; one whose value is NaN never is.
    min_delta: what counts as better.
    mode: "min", "max", or "auto" by the name.
    save_weights_only: whether only the weights are saved.
    """

    path: Annotated[str, text()]
    monitor: Annotated[str, text()] = "val_loss"
    save_best_only: bool = False
    min_delta: NonNegative = 0.0
    mode: Mode = "auto"
    save_weights_only: bool = False

    def epoch(self, number: int, values: dict[str, float]) -> None:
        if self.save_best_only and not self.improved(self.value(values)):
            return
        try:
            path = self.path.format(epoch=number, **values)
        except KeyError as error:
            raise ValueError(f"{self!r}: there is no value {error} in an epoch; it has {', '.join(values)}") from None
        (self.model.save_weights if self.save_weights_only else self.model.save)(path)


class Checkpoint(Callback):
    """Keeps the training under a mark every so often, to go back to, to branch from, to open: run.marks["epoch 5"].

    The file that the training saves itself to holds the marks too. See ModelCheckpoint for files of their own.
    every_epochs: epochs from one mark to the next; "epoch 5", "epoch 10".
    every_seconds: seconds from one mark to the next, at the end of a batch; "step 1200".
    """

    every_epochs: Annotated[int | None, whole(1)] = None
    every_seconds: Annotated[float | None, real(above=0.0)] = None

    def validate(self) -> None:
        if self.every_epochs is None and self.every_seconds is None:
            raise ValueError("Checkpoint() does not say how often; give every_epochs=5, or every_seconds=600")

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        self.session, self.since = session, time.monotonic()

    def __call__(self, record: Record) -> None:
        waited = time.monotonic() - self.since
        if record.ended is not None and self.every_epochs is not None and record.epoch % self.every_epochs == 0:
            self.session.asked.append(f"epoch {record.epoch}")
        if self.every_seconds is not None and waited >= self.every_seconds:
            self.session.asked.append(f"step {record.step}")
            self.since = time.monotonic()


class ReduceLROnPlateau(Watching):
    """Lowers the learning rate when what it monitors has not become better for some epochs; leaves a mark.

    monitor: name of a value of an epoch.
    factor: what the rate is multiplied by, 0 to 1.
    patience: epochs it waits for a better one.
    min_delta: what counts as better.
    mode: "min", "max", or "auto" by the name.
    cooldown: epochs after a change in which nothing is counted.
    min_lr: the rate is never lowered below this.
    """

    monitor: Annotated[str, text()] = "val_loss"
    factor: Fraction = 0.1
    patience: Count = 10
    min_delta: NonNegative = 1e-4
    mode: Mode = "auto"
    cooldown: Count = 0
    min_lr: NonNegative = 0.0
    resting = 0

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        if session.position.step == 0:
            self.resting = 0
        if not isinstance(model.optimizer.learning_rate, (int, float)):
            raise ValueError(f"{self!r} lowers a number, but learning_rate is {model.optimizer.learning_rate!r}")

    def epoch(self, number: int, values: dict[str, float]) -> None:
        better = self.improved(self.value(values))
        if self.resting:
            self.resting, self.waited = self.resting - 1, 0
        elif not better and self.waited >= self.patience:
            optimizer = self.model.optimizer
            lower = max(optimizer.learning_rate * self.factor, self.min_lr)
            if lower < optimizer.learning_rate:
                optimizer.learning_rate = lower
                self.model.history.mark(f"learning_rate = {lower:g}")
            self.resting, self.waited = self.cooldown, 0

    def state(self) -> dict[str, Any]:
        return {**super().state(), "resting": self.resting}

    def go_on(self, state: dict[str, Any]) -> None:
        super().go_on(state)
        self.resting = int(state["resting"])


class TerminateOnNaN(Callback):
    """Ends the training at the first batch whose loss is no finite number. Waits for the device after each batch."""

    def __call__(self, record: Record) -> None:
        if not math.isfinite(float(record.values["loss"])):
            raise StopTraining(f"the loss is {float(record.values['loss'])} at batch {record.step}")


class LearningRateScheduler(Callback):
    """Sets the learning rate of each epoch by a function of its number from 0: schedule(epoch), or (epoch, rate).

    schedule: the function.
    """

    def __init__(self, schedule: Callable[..., float]) -> None:
        if not callable(schedule):
            raise TypeError(f"LearningRateScheduler takes a function of the epoch's number, not {schedule!r}")
        self.schedule = schedule

    def __repr__(self) -> str:
        return f"LearningRateScheduler({getattr(self.schedule, '__name__', self.schedule)})"

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        if session.position.batch == 0:
            self.set(session.position.epoch - 1)

    def epoch(self, number: int, values: dict[str, float]) -> None:
        self.set(number)

    def set(self, epoch: int) -> None:
        """Sets the rate of an epoch."""
        import inspect

        optimizer = self.model.optimizer
        both = len(inspect.signature(self.schedule).parameters) > 1
        rate = self.schedule(epoch, optimizer.learning_rate) if both else self.schedule(epoch)
        optimizer.learning_rate = optimizer.declaration["learning_rate"].convert(float(rate), type(optimizer).__name__)


class CSVLogger(Callback):
    """Writes the values of each epoch to a file, a line an epoch, under a line of their names.

    path: the file.
    separator: what stands between two values.
    append: whether a file that is there is gone on with.
    """

    path: Annotated[str, text()]
    separator: Annotated[str, text()] = ","
    append: bool = False

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        there = Path(self.path).is_file() and Path(self.path).stat().st_size > 0
        goes_on = (self.append or session.position.step > 0) and there
        self.headed = goes_on
        if not goes_on:
            Path(self.path).write_text("")

    def epoch(self, number: int, values: dict[str, float]) -> None:
        import csv

        with open(self.path, "a", newline="") as file:
            writer = csv.writer(file, delimiter=self.separator)
            if not self.headed:
                writer.writerow(["epoch", *values])
                self.headed = True
            writer.writerow([number - 1, *values.values()])


class TensorBoard(Callback):
    """Writes the values of each batch and each epoch for TensorBoard, which has to be installed.

    log_dir: the folder to write to.
    """

    log_dir: Annotated[str, text()] = "logs"

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise ImportError("TensorBoard(...) needs the package tensorboard: pip install tensorboard") from None
        self.writer = SummaryWriter(self.log_dir)

    def __call__(self, record: Record) -> None:
        for name, value in record.values.items():
            self.writer.add_scalar(f"batch_{name}", value, record.step)
        super().__call__(record)

    def epoch(self, number: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            self.writer.add_scalar(f"epoch_{name}", value, number)

    def end(self) -> None:
        self.writer.close()


def listed(callbacks: Any) -> list[Callable[[Record], object]]:
    """One function, or some, as a list. TypeError where one of them cannot be called."""
    found: Iterable[Any] = (
        [callbacks] if callable(callbacks) or not isinstance(callbacks, Iterable) else list(callbacks)
    )
    wrong = [callback for callback in found if not callable(callback) or isinstance(callback, type)]
    if wrong:
        raise TypeError(f"a callback is a function that is called with each Record, not {wrong[0]!r}")
    return list(found)


__all__ = [
    "CSVLogger",
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "StopTraining",
    "TensorBoard",
    "TerminateOnNaN",
]
