"""Trainable: what every model can do once it knows how to be trained."""

from __future__ import annotations

import copy
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from kit import metrics as metric_names
from kit import objectives, optimizers
from kit.fields import refuse_what_cannot_be_kept
from kit.layers.layer import ShapeError
from kit.network import Network
from kit.spelling import spelled
from kit.summary import shape_text
from kit.symbols import Shape
from kit.training import data as incoming
from kit.training.autosave import Autosave
from kit.training.data import Data
from kit.training.history import History
from kit.training.lock import FairLock
from kit.training.progress import shown
from kit.training.randomness import Randomness
from kit.training.run import Run
from kit.training.session import Session
from kit.training.steps import Record, advice, batch_by_batch, became_nan, evaluating, measure
from kit.training.update import Update

Metric = str | Callable[[Tensor, Tensor], Tensor]
Metrics = dict[str, Callable[..., Tensor]]


class Trainable:
    """A network with its loss, its optimizer and its history.

    `module` is an ordinary torch.nn.Module with all the weights. `run` is the training at work, if there is one.

    In every method X are samples (n, ...) and y targets (n, ...). batch_size: samples at a time.
    accuracy, show_accuracy: measure accuracy too (2015). verbose: 0 silent; only fit tells how far it is.
    """

    module: Network

    def _hold(self, network: Network) -> None:
        self.module = network
        self.lock = FairLock()
        self.run: Run | None = None
        self.fitting = False
        self.history = History()
        self.session: Session | None = None
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.loss: Any = None
        self.objective: Callable[..., Tensor]
        self.class_mode: str | None = None
        self.metrics: Metrics = {}

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: everything but the lock, the run and the session, which are this model's own."""
        return {**vars(self), "lock": None, "run": None, "session": None, "fitting": False}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, lock=FairLock())

    @property
    def compiled(self) -> bool:
        """Whether compile was called."""
        return self.loss is not None

    @spelled
    def compile(
        self,
        optimizer: str | optimizers.Optimizer = "rmsprop",
        loss: Any = None,
        metrics: Sequence[Metric] | str | None = None,
        class_mode: str | None = None,
    ) -> None:
        """Says how to train: by which optimizer, to lower which loss.

        metrics: names ("accuracy") or functions (y_true, y_pred), measured beside the loss.
        class_mode: "categorical" or "binary", how classes are read from the outputs (2015); by the outputs if none.
        """
        if metrics in ("categorical", "binary"):  # 2015's third argument
            metrics, class_mode = None, str(metrics)
        if class_mode not in (None, "categorical", "binary"):
            raise ValueError(f"class_mode={class_mode!r}: it takes 'categorical' or 'binary'")
        if loss is None:
            raise TypeError(f"compile needs a loss; known are {', '.join(objectives.OBJECTIVES)}, or a function")
        self._refuse_while_running("compile")
        objective = objectives.get(loss)
        if not isinstance(loss, nn.Module):
            refuse_what_cannot_be_kept(loss, objectives.OBJECTIVES, "loss")
        self.optimizer = copy.copy(optimizers.get(optimizer))  # its fields may be changed for this model alone
        self.loss, self.objective, self.class_mode = loss, objective, class_mode
        self.metrics = self._metrics([metrics] if isinstance(metrics, str) else metrics or ())
        self.update = Update(self)

    def _metrics(self, metrics: Iterable[Metric]) -> Metrics:
        found: Metrics = {}
        for metric in metrics:
            name = metric if isinstance(metric, str) else getattr(metric, "__name__", type(metric).__name__)
            name = "accuracy" if name == "acc" else name
            if name in found and callable(metric):
                name = next(f"{name}_{i}" for i in range(2, 10**9) if f"{name}_{i}" not in found)
            refuse_what_cannot_be_kept(metric, metric_names.METRICS, "metric")
            by_mode = {"binary": "binary_accuracy", "categorical": "categorical_accuracy"}
            found[name] = metric_names.get(by_mode.get(self.class_mode or "", metric) if name == "accuracy" else metric)
        return found

    def metrics_asked(self, accuracy: bool) -> Metrics:
        """The metrics of compile, and accuracy where a call asks for it as in 2015."""
        return {**self.metrics, **(self._metrics(["accuracy"]) if accuracy else {})}

    @spelled
    def fit(
        self,
        X: Any,
        y: Any,
        batch_size: int = 32,
        epochs: int = 1,
        verbose: int = 1,
        validation_split: float = 0.0,
        validation_data: tuple[Any, Any] | None = None,
        shuffle: bool = True,
        show_accuracy: bool = False,
        *,
        callbacks: Iterable[Callable[..., None]] = (),
        background: bool = False,
        seed: int | None = None,
        autosave: Any = None,
        autosave_every: float = 30.0,
    ) -> Any:
        """Trains on samples X (n, ...) and targets y (n, ...), and gives the History; in the background, a Run at once.

        batch_size: samples an update. epochs: passes over the data. verbose: 0 silent, 1 a bar, 2 a line an epoch.
        validation_split: fraction at the end held out, before shuffling. validation_data: (X, y) to measure on.
        shuffle: whether each epoch has an order of its own. callbacks: called with each Record after its batch.
        seed: makes shuffling, dropout and late initialization repeatable. autosave: a path to save to at the start,
        every `autosave_every` seconds and at the end.
        Raises ValueError where the data do not suit the model.
        """
        self._check_compiled("fit")
        self._refuse_while_running("fit")
        check_counts("fit", batch_size=batch_size, epochs=epochs)
        session = self.session_for(
            X, y, batch_size, epochs, shuffle, validation_split, validation_data, show_accuracy, seed, background
        )
        self.history = History()
        saving = Autosave(self, autosave, autosave_every)
        saving.now()
        if saving.error is not None:
            raise saving.error
        if background:
            return self.start(session, saving, callbacks)
        records = recorded(batch_by_batch(self, session), self.history, listed(callbacks))
        self.fitting = True
        try:
            for record in shown(records, session.epochs, session.batches, verbose):
                if became_nan(record):
                    warnings.warn(advice(record), stacklevel=3)
                saving.if_due()
        finally:
            self.fitting = False
            saving.now()
        if saving.error is not None:
            warnings.warn(f"the model was not saved: {saving.error}", stacklevel=3)
        return self.history

    def session_for(
        self,
        X: Any,
        y: Any,
        batch_size: int,
        epochs: int,
        shuffle: bool = True,
        validation_split: float = 0.0,
        validation_data: tuple[Any, Any] | None = None,
        accuracy: bool = False,
        seed: int | None = None,
        background: bool = False,
    ) -> Session:
        """A new training of this model, at its beginning, with the arguments of fit.

        Raises ValueError where the data do not suit the model.
        """
        randomness = Randomness(seed, self.device)
        randomness.start(self.module)
        convolves = any("Conv" in type(layer).__name__ for layer in self.module.layers.values())
        threads = torch.get_num_threads() if convolves or not background else 1  # more slow small dense models down
        self.session = Session(int(batch_size), int(epochs), shuffle, validation_split, accuracy, threads, randomness)
        self.give_data(self.session, X, y, validation_data)
        self.update.prepare()
        return self.session

    def give_data(self, session: Session, X: Any, y: Any, validation_data: tuple[Any, Any] | None) -> None:
        """Gives a session its data, checked, with validation_data or what is held out of them."""
        session.data = self._data(X, y)
        if validation_data is not None:
            if not isinstance(validation_data, (tuple, list)) or len(validation_data) not in (2, 3):
                raise ValueError("validation_data takes (X, y): samples and their targets")
            session.validation = self._data(*validation_data[:2])
        elif session.validation_split:
            session.data, session.validation = session.data.split(session.validation_split)

    def start(self, session: Session, saving: Autosave, callbacks: Iterable[Callable[..., None]] = ()) -> Run:
        """A run of a session, in the background. saving: how it is kept. callbacks: called with each Record."""
        self.run = Run(self, recorded(batch_by_batch(self, session), self.history, listed(callbacks)), session, saving)
        return self.run

    @spelled
    def evaluate(
        self, X: Any, y: Any, batch_size: int = 128, show_accuracy: bool = False, verbose: int = 1
    ) -> float | tuple[float, ...]:
        """The loss on samples X and targets y; with metrics, a tuple (loss, metric, ...)."""
        self._check_compiled("evaluate")
        check_counts("evaluate", batch_size=batch_size)
        data = self._data(X, y)
        with self.lock:
            self.update.find_penalties()
        values = tuple(measure(self, data, batch_size, self.metrics_asked(show_accuracy)).values())
        return values[0] if len(values) == 1 else values

    @spelled
    def predict(self, X: Any, batch_size: int = 128, verbose: int = 0) -> Any:
        """The outputs for samples X, as a NumPy array (n, ...); a list of them where there are several outputs."""
        check_counts("predict", batch_size=batch_size)
        data = Data(self._inputs(X))
        parts: list[list[Tensor]] = []
        for batch in data.batches(batch_size):
            with self.lock, evaluating(self.module), torch.no_grad():
                output = self.module(*batch.to(self.device).inputs)
            parts.append([part.cpu() for part in (output if isinstance(output, tuple) else (output,))])
        whole = [torch.cat(column).numpy() for column in zip(*parts, strict=True)]
        return whole[0] if len(whole) == 1 else whole

    @spelled
    def predict_proba(self, X: Any, batch_size: int = 128, verbose: int = 0) -> Any:
        """The outputs, which are probabilities where the last activation is softmax or sigmoid."""
        return self.predict(X, batch_size)

    @spelled
    def predict_classes(self, X: Any, batch_size: int = 128, verbose: int = 0) -> np.ndarray:
        """The number of the likeliest class of each sample (n,); of yes or no (n, 1), with one output."""
        outputs = self.predict(X, batch_size)
        binary = self.class_mode == "binary" or (self.class_mode is None and outputs.shape[-1] == 1)
        return (outputs > 0.5).astype("int64") if binary else outputs.argmax(-1)

    @spelled
    def train(self, X: Any, y: Any, accuracy: bool = False) -> float | tuple[float, float]:
        """One update on one batch; the loss before it, or (loss, accuracy)."""
        self._check_compiled("train")
        self._refuse_while_running("train")
        batch = self._data(X, y)
        with self.lock:
            self.update.prepare()
            values = self.update(batch.to(self.device), self.metrics_asked(accuracy))
        loss = float(values["loss"])
        return (loss, float(values["accuracy"])) if accuracy else loss

    @spelled
    def test(self, X: Any, y: Any, accuracy: bool = False) -> float | tuple[float, ...]:
        """The loss on one batch, or (loss, accuracy); nothing is changed."""
        return self.evaluate(X, y, batch_size=max(len(X), 1), show_accuracy=accuracy)

    def save(self, path: Any, overwrite: bool = True) -> None:
        """Saves layers, weights, compile settings, optimizer state and history to an HDF5 file, whole or not at all.

        path: the file. overwrite: whether one that is there is replaced; FileExistsError if not.
        """
        from kit.storage.checkpoint import save

        refuse_to_replace(path, overwrite)
        save(self, path)

    def snapshot(self) -> dict[str, Any]:
        """Copies of all that training changes."""
        with self.lock:
            return {
                "weights": {name: value.detach().clone() for name, value in self.module.state_dict().items()},
                "states": [{name: v.clone() for name, v in state.items()} for state in self.update.states],
                "updates": self.update.updates,
                "optimizer": dict(vars(self.optimizer)),
            }

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Puts back what a snapshot holds."""
        with self.lock:
            self.module.load_state_dict(snapshot["weights"])
            self.update.states, self.update.updates = snapshot["states"], snapshot["updates"]
            vars(self.optimizer).update(snapshot["optimizer"])

    def build(self, *shapes: Shape) -> None:
        """Makes the weights for inputs of these shapes of one sample. ShapeError where a layer cannot take them."""
        with self.lock:
            self.module.build(*shapes)
            if next(self.module.parameters(), torch.empty(0, device=self.device)).device.type != self.device.type:
                self.module.to(self.device)

    def _inputs(self, X: Any) -> list[Tensor]:
        if not self.module.steps:
            raise ValueError("the model has no layer yet; add one, for example model.add(Dense(10))")
        found = incoming.inputs(X, self.module.integer_inputs())
        declared = list(self.module.shapes)
        came = [tuple(x.shape[1:]) for x in found]
        try:
            self.build(*came)
        except ShapeError as error:
            if None in declared or came == declared:
                raise
            wanted, given = (", ".join(map(shape_text, shapes)) for shapes in (declared, came))
            raise ShapeError(f"the model takes {wanted}, but X is {given}: {error}") from error
        return found

    def _data(self, X: Any, y: Any) -> Data:
        """X and y as tensors that suit the model."""
        found = self._inputs(X)
        outputs = self.module.build(*(tuple(x.shape[1:]) for x in found))
        if len(outputs) != 1:
            raise ValueError(f"the model has {len(outputs)} outputs, but training takes one; train them one at a time")
        return Data(found, incoming.target(y, len(found[0]), outputs[0], self.loss))

    def _check_compiled(self, what: str) -> None:
        if not self.compiled:
            raise RuntimeError(
                f"the model cannot {what} before it knows how; call compile first, "
                "for example model.compile(optimizer='adam', loss='categorical_crossentropy')"
            )

    def _refuse_while_running(self, what: str) -> None:
        if self.fitting:
            raise RuntimeError(f"a fit of this model is at work; {what} when it is over")
        if self.run is not None and not self.run.ended:
            raise RuntimeError(f"a run is training this model; stop it (model.run.stop()) or wait before you {what}")


def check_counts(method: str, **counts: int) -> None:
    """Raises ValueError where one of the arguments is not a whole number of 1 or more."""
    for name, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"{method}({name}={value!r}): {name} takes a whole number of 1 or more")


def refuse_to_replace(path: Any, overwrite: bool) -> None:
    """Raises FileExistsError where a file is there and is to be kept."""
    if not overwrite and os.path.exists(os.path.expanduser(path)):
        raise FileExistsError(f"there is a file {str(path)!r} already; give another path, or overwrite=True")


def listed(callbacks: Any) -> list[Callable[[Record], object]]:
    """One function, or some, as a list. TypeError where one of them cannot be called."""
    found = [callbacks] if callable(callbacks) else list(callbacks)
    wrong = [callback for callback in found if not callable(callback)]
    if wrong:
        raise TypeError(f"a callback is a function that is called with each Record, not {wrong[0]!r}")
    return found


def recorded(
    records: Iterator[Record], history: History, callbacks: Sequence[Callable[[Record], object]]
) -> Iterator[Record]:
    """The same records; each goes into the history, then to the callbacks, after its batch."""
    for record in records:
        history.add(record)
        for callback in callbacks:
            callback(record)
        yield record
