"""Trainable: what every model can do once it knows how to be trained."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from kit import objectives, optimizers
from kit.callbacks import Checkpoint, listed
from kit.fields import refuse_what_cannot_be_kept
from kit.layers.inside import evaluating, forget_losses
from kit.network import Network
from kit.spelling import spelled
from kit.symbols import Shape
from kit.training.advice import across_columns, advice, always_one, became_nan, no_probabilities
from kit.training.arguments import check_counts, check_log, check_options, check_setting, refuse_to_replace, several
from kit.training.autosave import Autosave
from kit.training.batchwise import Batchwise, told
from kit.training.data import Batch
from kit.training.feeding import source_for
from kit.training.goal import Goal, goal
from kit.training.history import History
from kit.training.interrupt import interrupted_between_batches
from kit.training.lock import FairLock
from kit.training.marks import Marks
from kit.training.precision import PRECISIONS, full, lowered
from kit.training.progress import shown
from kit.training.queue import Queue
from kit.training.randomness import Randomness
from kit.training.run import Run
from kit.training.session import Augment, Session
from kit.training.steering import Steering
from kit.training.steps import measure, recorded, turns
from kit.training.streams import is_stream
from kit.training.update import Update
from kit.turns import short_turns

Loss = Any  # a name or a function; a list or a dict of them for several outputs


class Trainable(Batchwise):
    """A network with its loss, its optimizer and its history.

    `module` is an ordinary torch.nn.Module with all the weights. `run` is the training at work, if there is one.

    In every method X are samples (n, ...) and y targets (n, ...). batch_size: samples at a time.
    accuracy, show_accuracy: measure accuracy too (2015). verbose: 0 silent; only fit tells how far it is.
    """

    module: Network
    stop_training = False  # being set by a callback, the training ends after the batch at work

    def _hold(self, network: Network) -> None:
        self.module = network
        self.lock = FairLock()
        self.run: Run | None = None
        self.fitting = False
        self.history = History()
        self.session: Session | None = None
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.loss: Loss = None
        self.loss_weights: Any = None
        self.metrics: Any = []
        self.weighted_metrics: Any = []
        self.class_mode: str | None = None
        self.precision = "float32"

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: everything but the lock, the run and the session, which are this model's own."""
        return {**vars(self), "lock": None, "run": None, "session": None, "fitting": False}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, lock=FairLock())

    def __deepcopy__(self, memo: dict[int, Any]) -> Trainable:
        """A copy as the model is between two batches."""
        twin = memo[id(self)] = object.__new__(type(self))
        with self.lock:
            twin.__setstate__(copy.deepcopy(self.__getstate__(), memo))
        return twin

    @property
    def compiled(self) -> bool:
        """Whether compile was called."""
        return self.loss is not None

    @spelled
    def compile(
        self,
        optimizer: str | optimizers.Optimizer = "rmsprop",
        loss: Loss = None,
        metrics: Any = None,
        class_mode: str | None = None,
        *,
        weighted_metrics: Any = None,
        loss_weights: Any = None,
        precision: str = "float32",
    ) -> None:
        """Says how to train: by which optimizer, to lower which loss.

        loss, metrics: names ("mse", "auc"), functions (y_true, y_pred), objects, or losses of torch, called its way.
        weighted_metrics: metrics that weigh each sample as sample_weight and class_weight say; the others do not.
        class_mode: "categorical" or "binary", how classes are read from the outputs (2015); by the outputs if none.
        loss_weights: how much the loss of each output counts. precision: "float32", or "mixed_bfloat16" or
        "mixed_float16", in which most of the model computes in 16 bits while weights and losses keep 32.
        A model of several outputs takes one loss for all, or a list or a dict (by the outputs' names) of losses,
        loss_weights and metrics.
        """
        if isinstance(metrics, str) and metrics in ("categorical", "binary"):  # 2015's third argument
            metrics, class_mode = None, metrics
        if class_mode not in (None, "categorical", "binary"):
            raise ValueError(f"class_mode={class_mode!r}: it takes 'categorical' or 'binary'")
        if precision not in PRECISIONS:
            raise ValueError(f"compile(precision={precision!r}): it takes {', '.join(map(repr, PRECISIONS))}")
        if loss is None:
            raise TypeError(f"compile needs a loss; known are {', '.join(objectives.OBJECTIVES)}, or a function")
        self._refuse_while_running("compile")
        for each in loss.values() if isinstance(loss, Mapping) else loss if isinstance(loss, (list, tuple)) else [loss]:
            if not isinstance(each, nn.Module):
                refuse_what_cannot_be_kept(each, objectives.OBJECTIVES, "loss")
        names = self.module.output_names
        goal(loss, loss_weights, metrics, weighted_metrics, names, class_mode)  # refuses what does not suit the model
        self.optimizer = copy.copy(optimizers.get(optimizer))  # its fields may be changed for this model alone
        self.loss, self.loss_weights, self.class_mode, self.precision = loss, loss_weights, class_mode, precision
        self.metrics, self.weighted_metrics = several(metrics), several(weighted_metrics)
        self.update = Update(self)

    def compile_like(self, other: Trainable) -> None:
        """Compiles as the other model is compiled."""
        self.compile(
            other.optimizer,
            other.loss,
            other.metrics,
            other.class_mode,
            weighted_metrics=other.weighted_metrics,
            loss_weights=other.loss_weights,
            precision=other.precision,
        )

    def goal(self, accuracy: bool = False) -> Goal:
        """What is lowered and measured. accuracy: that too, as a call may ask for it (2015)."""
        names, asked = self.module.output_names, (self.metrics, self.weighted_metrics)
        return goal(self.loss, self.loss_weights, *asked, names, self.class_mode, accuracy)

    def computed(self, batch: Batch) -> tuple[Tensor, ...]:
        """What the module makes of a batch, in 32 bits."""
        if self.compiled:
            forget_losses(self.update.layers)  # of a batch that broke off, or was only predicted
        if self.precision == "float32":
            found = self.module(*batch.inputs)
            return found if isinstance(found, tuple) else (found,)
        with lowered(self.precision, self.device):
            found = self.module(*batch.inputs)
        return tuple(map(full, found if isinstance(found, tuple) else (found,)))

    def output_shapes(self) -> list[Shape]:
        """The shape of one sample of each output, of a model that is built."""
        return self.module.build(*(shape for shape in self.module.shapes if shape is not None))

    @spelled
    def fit(
        self,
        X: Any,
        y: Any = None,
        batch_size: int | None = 32,
        epochs: int = 1,
        verbose: int | str = 1,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        show_accuracy: bool = False,
        *,
        sample_weight: Any = None,
        class_weight: Mapping[Any, float] | None = None,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        initial_epoch: int = 0,
        augment: Augment | None = None,
        callbacks: Iterable[Callable[..., Any]] | None = (),
        background: bool = False,
        seed: int | None = None,
        autosave: Any = None,
        autosave_every: float = 30.0,
        log: Iterable[Mapping[str, Any]] = (),
        queue: Queue | None = None,
    ) -> Any:
        """Trains on samples X (n, ...) and targets y (n, ...), and gives the History; in the background, a Run at once.

        X, y: arrays, tensors, lists or tables (pandas); lists or dicts of them for several inputs or outputs; rows that
        are read when needed (HDF5Matrix, h5py.Dataset, numpy.memmap). Or X alone: a torch Dataset or DataLoader, a
        generator of (X, y) or (X, y, weights), a function that makes one for each epoch, or an object with __len__ and
        __getitem__ that gives such a batch for each number (Keras's PyDataset).
        batch_size: samples an update. epochs: passes over the data. verbose: 0 silent, 1 a bar, 2 a line an epoch.
        validation_split: fraction at the end held out, before shuffling. validation_data: (X, y), (X, y, weights) or a
        Dataset or DataLoader to measure on. shuffle: whether each epoch has an order of its own.
        sample_weight: how much each sample counts (n,). class_weight: how much each class counts, {1: 5.0}.
        steps_per_epoch: batches an epoch, where a generator has no end. validation_steps: those to validate with.
        initial_epoch: how many of the epochs are done already; they are counted, not done again.
        augment: varies the inputs of each batch, (tensor, torch.Generator) -> tensor, such as an ImageDataGenerator.
        callbacks: called with each Record after its batch, or objects with Keras's methods; see kit.callbacks.
        seed: makes shuffling, dropout and late initialization repeatable. autosave: a path to save to at the start,
        every `autosave_every` seconds and at the end. log: of another run, run.log; what was changed in it is changed
        at the same steps, so that with the same model, data and seed this training is that one again.
        queue: in the background, where it waits for its turn; see kit.Queue.
        Raises ValueError where the data do not suit the model.
        """
        self._check_compiled("fit")
        self._refuse_while_running("fit")
        batch_size = 32 if batch_size is None else batch_size
        check_counts("fit", batch_size=batch_size, epochs=epochs)
        check_counts("fit", steps_per_epoch=steps_per_epoch, validation_steps=validation_steps)
        check_options(verbose, shuffle, initial_epoch, epochs)
        check_setting(validation_split, validation_data, augment, autosave_every, queue, background)
        functions, log = listed(callbacks or ()), check_log(log)
        before = self.session, self.history
        try:
            session = self.session_for(
                X, y, batch_size, epochs, shuffle, validation_split, validation_data, show_accuracy, seed, background,
                sample_weight=sample_weight, class_weight=class_weight, steps_per_epoch=steps_per_epoch,
            )  # fmt: skip
            session.augment, session.callbacks, session.validation_steps = augment, functions, validation_steps
            session.position.epoch += initial_epoch
            if said := always_one(self) or across_columns(self) or no_probabilities(self):
                warnings.warn(said, stacklevel=3)
            self.history = History()
            saving = Autosave(self, autosave, autosave_every)
            saving.begin()
        except BaseException:
            self.session, self.history = before  # a training that does not begin takes nothing away
            raise
        if background:
            return self.start(session, saving, log, queue=queue)
        marking = any(isinstance(each, Checkpoint) for each in functions)
        self.fitting = True
        try:
            steering = Steering(self, session, log) if log or marking else None
            if steering is not None:
                saving.marks = steering.marks
            with short_turns(), interrupted_between_batches() as interrupted:
                for record in shown(recorded(self, session, steering), session.epochs, session.batches, verbose):
                    if became_nan(record):
                        warnings.warn(advice(record, self), stacklevel=3)
                    saving.if_due()
                    interrupted()
        finally:
            self.fitting = False
            saving.finish()
            saving.release()
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
        validation_data: Any = None,
        accuracy: bool = False,
        seed: int | None = None,
        background: bool = False,
        *,
        sample_weight: Any = None,
        class_weight: Mapping[Any, float] | None = None,
        steps_per_epoch: int | None = None,
    ) -> Session:
        """A new training of this model, at its beginning, with the arguments of fit.

        Raises ValueError where the data do not suit the model.
        """
        randomness = Randomness(seed, self.device)
        randomness.start(self.module)
        convolves = any("Conv" in type(layer).__name__ for layer in self.module.layers.values())
        threads = torch.get_num_threads()  # asked in any case: the thread that fits keeps its number from then on
        if background and not convolves:
            threads = 1  # more slow small dense models down
        self.session = Session(
            int(batch_size), int(epochs), shuffle, validation_split, accuracy, threads, randomness,
            class_weight, steps_per_epoch,
        )  # fmt: skip
        self.give_data(self.session, X, y, validation_data, sample_weight)
        self.update.prepare()
        return self.session

    def give_data(
        self, session: Session, X: Any, y: Any, validation_data: Any = None, sample_weight: Any = None
    ) -> None:
        """Gives a session its data, checked, with what is held out of them."""
        session.data = source_for(self, X, y, sample_weight, session.class_weight, session.steps_per_epoch)
        if validation_data is not None:
            pair = isinstance(validation_data, (tuple, list)) and len(validation_data) in (2, 3)
            if not pair and not is_stream(validation_data):
                raise ValueError("validation_data takes (X, y) or (X, y, weights): samples and their targets")
            session.validation = source_for(self, *(validation_data if pair else (validation_data,)))
        elif session.validation_split:
            session.data, held_out = session.data.split(session.validation_split)
            if session.class_weight is not None:  # which is for those that are trained on alone
                held_out = source_for(self, X, y, sample_weight).split(session.validation_split)[1]
            session.validation = held_out

    def start(
        self,
        session: Session,
        saving: Autosave,
        log: Iterable[Mapping[str, Any]] = (),
        settings: Mapping[str, Any] | None = None,
        queue: Queue | None = None,
        marks: Marks | None = None,
    ) -> Run:
        """A run of a session, in the background.

        saving: how it is kept. log: of another run, whose changes are made again. settings: changed before it begins.
        queue: where it waits for its turn. marks: those it has from before.
        """
        if queue is not None:
            session.threads = queue.threads
        with ExitStack() as undo:
            undo.callback(saving.release)
            steering = Steering(self, session, log, marks)
            saving.marks = steering.marks
            if settings:
                steering.set(steering.check(settings))
            run = Run(self, recorded(self, session, steering), session, saving, steering, queue)
            undo.pop_all()
        return run

    @spelled
    def evaluate(
        self,
        X: Any,
        y: Any = None,
        batch_size: int | None = 128,
        show_accuracy: bool = False,
        verbose: int = 1,
        *,
        sample_weight: Any = None,
        steps: int | None = None,
        return_dict: bool = False,
    ) -> Any:
        """The loss on samples X and targets y; with metrics, a tuple (loss, metric, ...).

        X, y, sample_weight: as fit takes them. steps: batches at most; all if none.
        return_dict: give a dict of them by their names instead.
        """
        self._check_compiled("evaluate")
        batch_size = 128 if batch_size is None else batch_size
        check_counts("evaluate", batch_size=batch_size, steps=steps)
        data = source_for(self, X, y, sample_weight)
        with self.lock:
            self.update.find_penalties()
        values = measure(self, data, batch_size, self.goal(show_accuracy), most=steps)
        return told(values, return_dict)

    @spelled
    def predict(self, X: Any, batch_size: int | None = 128, verbose: int | str = 0, steps: int | None = None) -> Any:
        """The outputs for samples X, as a NumPy array (n, ...); a list of them where there are several outputs.

        X: as fit takes it; targets that come with it are passed over. steps: batches at most; all if none.
        """
        batch_size = 128 if batch_size is None else batch_size
        check_counts("predict", batch_size=batch_size, steps=steps)
        parts: list[list[Tensor]] = []
        for batches in turns(islice(source_for(self, X, targets=False).batches(batch_size), steps)):
            with self.lock, evaluating(self.module), torch.no_grad():
                parts += [[part.cpu() for part in self.computed(batch.to(self.device))] for batch in batches]
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
    def save(self, path: Any, overwrite: bool = True) -> None:
        """Saves layers, weights, compile settings, optimizer state and history to an HDF5 file, whole or not at all.

        path: the file. overwrite: whether one that is there is replaced; FileExistsError if not.
        """
        from kit.storage.checkpoint import save

        refuse_to_replace(path, overwrite)
        save(self, path)

    def build(self, *shapes: Shape, input_shape: Shape | None = None) -> None:
        """Makes the weights for inputs of these shapes of one sample. ShapeError where a layer cannot take them.

        An axis of samples may stand before it as None, (None, 64), as Keras has it. input_shape: Keras's word for one.
        """
        shapes = shapes if input_shape is None else (input_shape,)
        shapes = tuple(tuple(shape[1:]) if shape and shape[0] is None else tuple(shape) for shape in shapes)
        with self.lock:
            self.module.build(*shapes)
            if next(self.module.parameters(), torch.empty(0, device=self.device)).device.type != self.device.type:
                self.module.to(self.device)

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
