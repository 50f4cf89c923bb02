"""Studio: data, builder, training settings and monitor in one cell; nothing to write."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import kit
from kit import optimizers
from kit.analysis import Training as Assumed
from kit.carry import Kept
from kit.declared import Declared
from kit.fields import Field, NonNegative, Positive, Size, choice, text, whole
from kit.forms import field_form
from kit.graph import document
from kit.models import Model
from kit.plotting import diagram
from kit.training import Run
from widgets.builder import start_document
from widgets.editing import Editing
from widgets.files import file_named, free_file_like, new_file_named
from widgets.monitor import Watching
from widgets.panel import Message, Panel, Part, field
from widgets.placing import document_of
from widgets.samples import NAMES, Samples, given, named
from widgets.status import finite
from widgets.templates import template

OPTIMIZERS = {cls.__name__: cls for cls in optimizers.OPTIMIZERS.values()}


class Settings(Declared):
    """How a studio trains.

    optimizer: how the weights follow the gradient.
    learning_rate: length of a step; the optimizer's usual one if empty.
    loss: what training lowers.
    epochs: passes over the training samples.
    batch_size: samples for each update.
    validation_split: fraction of the training samples held out to watch.
    seed: makes the run repeatable.
    new_weights: forget what the model has learned, and start anew.
    autosave: file that the run saves itself to every 30 seconds and at its end; empty for none.
    """

    optimizer: Annotated[str, choice(*OPTIMIZERS)] = "Adam"
    learning_rate: Positive | None = None
    loss: str = "sparse_categorical_crossentropy"
    epochs: Size = 10
    batch_size: Size = 32
    validation_split: NonNegative = 0.1
    seed: Annotated[int, whole(0)] = 1
    new_weights: bool = False
    autosave: Annotated[str, text()] = "studio.h5"


class Training(Part):
    """The studio's own part: data, settings, and what its buttons do."""

    name = "studio"

    def __init__(self, samples: Samples, editing: Editing, watching: Watching) -> None:
        super().__init__()
        self.samples, self.editing, self.watching = samples, editing, watching
        self.settings = Settings(loss=samples.losses[0])
        self.model: Model | None = editing.weights.model  # the one last trained or loaded
        self.names = list(dict.fromkeys([samples.name, *NAMES])) if samples.name not in NAMES else list(NAMES)
        self.own = samples
        self.result: dict[str, Any] | None = None
        self.written: set[Path] = set()  # files that its runs saved themselves to
        watching.when_ended, watching.when_branched = self.ended, self.adopt
        self.assume()

    def assume(self) -> None:
        """Tells the builder how its model is going to be trained."""
        settings = self.settings
        self.editing.shape = self.samples.input
        self.editing.training = Assumed(settings.batch_size, settings.optimizer, settings.loss, self.samples.outputs)

    def form(self) -> list[dict[str, Any]]:
        """The settings, each with its control and its value."""
        forms = []
        for name, declared in self.settings.declaration.items():
            entry = field_form(declared)
            if name == "loss":
                entry.update(control="choice", choices=self.samples.losses)
            forms.append({**entry, "value": getattr(self.settings, name)})
        return forms

    def tell(self, message: dict[str, str] | None = None) -> None:
        """Sends everything there is to know of the studio."""
        with self.lock:
            self.send(
                "state",
                data=self.samples.told(self.names),
                settings=self.form(),
                busy=None,
                message=message,
                result=self.result,
            )

    def send(self, type: str, buffers: Any = (), **content: Any) -> None:
        """Sends a message; a refusal goes out as the state's message, where people look."""
        if type == "refused":
            self.tell({"kind": "error", "text": content["message"]})
        else:
            super().send(type, buffers, **content)

    def on_hello(self, message: Message) -> None:
        """A view has appeared."""
        self.tell()

    def on_set(self, message: Message) -> None:
        """One setting."""
        name = field(message, "name", str)
        declared: Field | None = self.settings.declaration.get(name)
        if declared is None:
            raise ValueError(f"there is no setting {name!r}")
        setattr(self.settings, name, declared.convert(message.get("value"), "Studio"))
        self.tell()
        if name in ("batch_size", "optimizer", "loss"):
            self.assume()
            self.editing.tell()

    def on_data(self, message: Message) -> None:
        """Another data set; the model's Input follows."""
        self.refuse_at_work()
        name = field(message, "name", str)
        self.samples = self.own if name == self.own.name else named(name)
        self.settings.loss, self.result = self.samples.losses[0], None
        self.assume()
        nodes = [
            {**node, "config": {"shape": list(self.samples.input)}} if node["layer"] == "Input" else node
            for node in self.editing.document["nodes"]
        ]
        self.editing.change({**self.editing.document, "nodes": nodes}, f"data {name}")
        self.editing.tell()
        self.tell()

    def on_template(self, message: Message) -> None:
        """A template with its data and settings, ready to train; what was learned before has no part in it."""
        self.refuse_at_work()
        chosen = template(message.get("name"))
        self.samples, self.result = named(chosen.data), None
        self.settings = Settings(loss=chosen.loss, batch_size=chosen.batch_size, autosave=self.settings.autosave)
        self.assume()
        self.editing.change(chosen.document, f"open {chosen.title}")
        self.editing.weights.forget()
        self.editing.tell()
        self.tell({"kind": "info", "text": f"{chosen.title} on {chosen.data}, ready to train"})

    def on_train(self, message: Message) -> None:
        """Trains the model on the canvas; what it has learned is kept where the canvas has not changed."""
        self.refuse_at_work()
        settings, before = self.settings, self.editing.weights.model
        model, kept = self.editing.current(settings.seed, settings.new_weights)
        rate = {} if settings.learning_rate is None else {"learning_rate": settings.learning_rate}
        optimizer = OPTIMIZERS[settings.optimizer](**rate)
        metrics = ["accuracy"] if self.samples.classes is not None else []
        if not (model is before and model.compiled and same(model, optimizer, settings.loss)):
            model.compile(optimizer, settings.loss, metrics)
        text = beginning(kept) if self.editing.weights.has_learned else "training from new weights"
        autosave, moved = self.place()
        run = model.fit(
            self.samples.X,
            self.samples.y,
            batch_size=settings.batch_size,
            epochs=settings.epochs,
            validation_split=settings.validation_split,
            seed=settings.seed,
            background=True,
            autosave=autosave,
        )
        if autosave is not None:
            self.written.add(autosave.absolute())
            settings.autosave = str(autosave)
        self.model, self.result = model, None
        self.watching.watch(run)
        self.tell({"kind": "info", "text": f"{run.name}: {text}{moved}"})

    def place(self) -> tuple[Path | None, str]:
        """The file that a run saves itself to, and what there is to say of it: no other training is written over."""
        if not self.settings.autosave.strip():
            return None, ""
        wanted = file_named(self.settings.autosave)
        if wanted.absolute() in self.written or not wanted.exists():
            return wanted, ""
        free = free_file_like(wanted)
        return free, f"; saves itself to {free}, for {wanted} was there before"

    def refuse_at_work(self) -> None:
        """Raises RuntimeError while a run is at work."""
        if self.watching.run is not None and not self.watching.run.ended:
            raise RuntimeError("a run is at work; stop it first")

    def adopt(self, branch: Run) -> None:
        """A run has branched: what it learns is what is trained on and saved from now on."""
        model = branch.model
        assert isinstance(model, Model)
        self.editing.change(document_of(model, self.editing.document), "branch")
        self.editing.hold(model)
        self.model, self.result = model, None
        self.editing.tell()
        self.tell({"kind": "info", "text": f"{branch.name} has a model of its own, which stands on the canvas now"})

    def ended(self, run: Run) -> None:
        """A run is over: measures the model on the test samples."""
        if run.error is None and run.model is self.model:
            self.measure()
            self.tell()

    def measure(self) -> None:
        """The loss and accuracy of the model on the test samples."""
        model = self.model
        if model is None or not len(self.samples.X_test):
            return
        values = model.evaluate(self.samples.X_test, self.samples.y_test)
        loss, accuracy = values if isinstance(values, tuple) else (values, None)
        self.result = {"loss": finite(loss), "accuracy": finite(accuracy), "samples": len(self.samples.X_test)}

    def on_save(self, message: Message) -> None:
        """Saves the model as it stands on the canvas, with what it learned, its curve and its settings, to a file."""
        path = new_file_named(field(message, "path", str))
        self.editing.current()[0].save(path)
        size = path.stat().st_size / 1024
        self.tell({"kind": "info", "text": f"saved to {path} ({size:,.0f} kB); kit.load({str(path)!r}) opens it"})

    def on_load(self, message: Message) -> None:
        """The model of an HDF5 file on the canvas, its curve in the monitor."""
        path = file_named(field(message, "path", str))
        self.refuse_at_work()
        model = kit.load(path)
        self.editing.change(document_of(model, self.editing.document), f"load {path.name}")
        self.model, self.result = model, None
        self.editing.hold(model)
        self.watching.show(model.history, str(path))
        self.editing.tell()
        problem = ""
        if model.compiled:
            try:
                self.measure()
            except ValueError as error:
                problem = f"; it does not suit the data here: {error}"
        self.tell({"kind": "error" if problem else "info", "text": f"loaded {path}{problem}"})


def beginning(kept: Kept | None) -> str:
    """What a training begins with, in words: what was kept of the model before an edit."""
    text = "goes on with what the model has learned"
    if kept is None or not kept.reset:
        return text
    anew = ", ".join(f"{reset.node}.{reset.weight} ({reset.reason})" for reset in kept.reset[:3])
    return f"{text}; new begin {anew}{' and others' if len(kept.reset) > 3 else ''}"


def same(model: Model, optimizer: optimizers.Optimizer, loss: str) -> bool:
    """Whether a model is compiled in just this way."""
    return repr(model.optimizer) == repr(optimizer) and model.loss == loss


class Studio(Panel):
    """Everything in one cell: choose data, build a model on the canvas, train it and watch.

    data: the name of a data set, (X, y), or ((X, y), (X_test, y_test)). model: a Model, graph document or Python text.
    `model` is the model last trained or loaded, `run` its run.
    """

    def __init__(self, data: Any = "digits", model: Any = None) -> None:
        samples = given(data)
        start = start_document(model, samples.input) if model is not None else simplest(samples)
        held = model if isinstance(model, Model) else None
        self.editing, self.watching = Editing(start, samples.input, held), Watching()
        self.training = Training(samples, self.editing, self.watching)
        super().__init__("studio", self.training, self.editing, self.watching)

    @property
    def model(self) -> Model:
        """The model as last trained or loaded; as it stands on the canvas, if it was not trained yet."""
        return self.training.model or self.editing.current()[0]

    @property
    def run(self) -> Run | None:
        """The run that is shown."""
        return self.watching.run

    @property
    def code(self) -> str:
        """The Python text that makes the model on the canvas."""
        return self.editing.code()

    def picture(self) -> bytes:
        """A PNG of the model's diagram."""
        return diagram(self.editing.document)._repr_png_()

    def __repr__(self) -> str:
        return f"<Studio on {self.training.samples.name}>"


def simplest(samples: Samples) -> dict[str, Any]:
    """The smallest model that can learn the data: every number, or every word's vector, to every output."""
    layers: list[Any] = [kit.Input(samples.input)]
    if samples.words is not None:
        layers.append(kit.layers.Embedding(samples.words, 16))
    if len(samples.input) > 1 or samples.words is not None:
        layers.append(kit.layers.Flatten())
    layers.append(
        kit.layers.Dense(
            samples.outputs or math.prod(samples.y.shape[1:]), activation="softmax" if samples.classes else None
        )
    )
    if samples.outputs is None:
        layers.append(kit.layers.Reshape(samples.y.shape[1:]))
    return document(kit.Sequential(layers))
