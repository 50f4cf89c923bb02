"""Callbacks that watch a value of the epochs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from kit.callbacks.callback import Callback, StopTraining
from kit.fields import Fraction, NonNegative, text, whole

if TYPE_CHECKING:
    from kit.training.session import Session
    from kit.training.steps import Record
    from kit.training.trainable import Trainable

Count = Annotated[int, whole(0)]
Mode = Literal["auto", "min", "max"]
RISING = (
    *("accuracy", "acc", "auc", "precision", "recall", "f1", "r2", "iou", "io_u", "similarity", "specificity"),
    *("top_5", "top_k"),
)  # words in the names of what should rise


class Watching(Callback):
    """Keeps the best value of what it monitors, and for how many epochs there was none better."""

    if TYPE_CHECKING:  # fields of those below
        monitor: str
        mode: str
        min_delta: float
        verbose: int

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

    @property
    def rises(self) -> bool:
        """Whether greater is better: by the mode, by the metric of that name, or by the name."""
        if self.mode != "auto":
            return self.mode == "max"
        from kit.training.history import ALIASES

        name = ALIASES.get(self.monitor, self.monitor)
        measured = {} if self.model is None else self.model.goal().metrics
        return should_rise(name, measured.get(name.removeprefix("val_")))

    def improved(self, value: float) -> bool:
        """Whether a value is better than the best so far, by more than min_delta; NaN never is."""
        gain = value - self.best if self.rises else self.best - value
        better = not math.isnan(value) and (math.isnan(self.best) or gain > self.min_delta)
        if better:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        return better

    def tell(self, text: str) -> None:
        """Prints what was done, where that is wanted."""
        if self.verbose:
            print(text, flush=True)

    def state(self) -> dict[str, Any]:
        return {"best": self.best, "waited": self.waited}

    def go_on(self, state: dict[str, Any]) -> None:
        self.best, self.waited = float(state["best"]), int(state["waited"])


class EarlyStopping(Watching):
    """Ends the training when what it monitors has not become better for some epochs.

    monitor: name of a value of an epoch, such as "val_loss".
    min_delta: what counts as better.
    patience: epochs it waits for a better one.
    verbose: 1 prints when it stops; the history has a mark of it in any case.
    mode: "min", "max", or "auto" by the name.
    restore_best_weights: whether the model goes back to the weights of its best epoch.
    """

    monitor: Annotated[str, text()] = "val_loss"
    min_delta: NonNegative = 0.0
    patience: Count = 0
    verbose: Count = 0
    mode: Mode = "auto"
    restore_best_weights: bool = False
    weights: ClassVar[dict[str, Any]] = {}

    def begin(self, model: Trainable, session: Session) -> None:
        super().begin(model, session)
        if session.position.step == 0:
            self.weights = {}  # type: ignore[misc]
        elif self.waited >= max(self.patience, 1):  # it has ended this training before
            model.stop_training = True

    def epoch(self, number: int, values: dict[str, float]) -> None:
        value = self.value(values)
        if self.improved(value):
            self.weights = self.copied() if self.restore_best_weights else {}  # type: ignore[misc]
        elif self.waited >= self.patience:
            reason = f"stopped early: {self.monitor} {value:.4g} after {self.best:.4g}"
            self.tell(f"epoch {number}: {reason}")
            raise StopTraining(reason)

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
    verbose: 1 prints when it saves.
    save_best_only: whether only a better model is saved; one whose value is NaN never is.
    save_weights_only: whether only the weights are saved.
    mode: "min", "max", or "auto" by the name.
    min_delta: what counts as better.
    """

    path: Annotated[str, text()]
    monitor: Annotated[str, text()] = "val_loss"
    verbose: Count = 0
    save_best_only: bool = False
    save_weights_only: bool = False
    mode: Mode = "auto"
    min_delta: NonNegative = 0.0

    def epoch(self, number: int, values: dict[str, float]) -> None:
        if self.save_best_only and not self.improved(self.value(values)):
            return
        try:
            path = self.path.format(epoch=number, **values)
        except KeyError as error:
            raise ValueError(f"{self!r}: there is no value {error} in an epoch; it has {', '.join(values)}") from None
        (self.model.save_weights if self.save_weights_only else self.model.save)(path)
        self.tell(f"epoch {number}: saved to {path}")


class ReduceLROnPlateau(Watching):
    """Lowers the learning rate when what it monitors has not become better for some epochs; leaves a mark.

    monitor: name of a value of an epoch.
    factor: what the rate is multiplied by, 0 to 1.
    patience: epochs it waits for a better one.
    verbose: 1 prints when it lowers it; the history has a mark of it in any case.
    mode: "min", "max", or "auto" by the name.
    min_delta: what counts as better.
    cooldown: epochs after a change in which nothing is counted.
    min_lr: the rate is never lowered below this.
    """

    monitor: Annotated[str, text()] = "val_loss"
    factor: Fraction = 0.1
    patience: Count = 10
    verbose: Count = 0
    mode: Mode = "auto"
    min_delta: NonNegative = 1e-4
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
                self.tell(f"epoch {number}: learning_rate = {lower:g}")
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


def should_rise(name: str, metric: Any = None) -> bool:
    """Whether greater is better of a value: by the metric that it is of, or by its name, which may be anything."""
    from kit.metrics import class_name
    from kit.names import bare
    from kit.objectives import OBJECTIVES
    from kit.objectives.loss import Loss

    metric = bare(metric)
    theirs = getattr(getattr(metric, "given", None), "higher_is_better", None)  # of torchmetrics
    if theirs is not None:
        return bool(theirs)
    if isinstance(metric, Loss) or metric in OBJECTIVES.values():
        return False
    by_name = not name.endswith("loss") and any(word in name for word in RISING)
    if metric is None:
        return by_name
    ours = str(getattr(metric, "__module__", "")).startswith("kit.")
    return any(word in class_name(metric).lower() for word in RISING) or (by_name and not ours)
