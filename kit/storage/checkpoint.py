"""A model as arrays and plain data, and back: what `save`, `load`, `save_weights` and `load_weights` do."""

from __future__ import annotations

import copy
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from kit import objectives
from kit.callbacks import Callback
from kit.declared import plain
from kit.graph import DocumentError, document, from_document
from kit.layers.layer import Layer
from kit.layers.nested import own
from kit.layout import checked
from kit.models import Model
from kit.names import parse_call
from kit.optimizers import OPTIMIZERS
from kit.storage import foreign
from kit.storage.claim import Claim, claimed
from kit.storage.errors import StorageError
from kit.storage.parts import (
    PARENT,
    Arrays,
    callbacks_from,
    callbacks_of,
    history_from,
    history_of,
    parent_from,
    position_from,
    position_of,
    under,
)
from kit.storage.reader import Stored, read
from kit.storage.states import marks_in, marks_of, names, told_in
from kit.storage.writer import write
from kit.training.autosave import InUse
from kit.training.branching import at_mark
from kit.training.history import History
from kit.training.marks import Mark
from kit.training.precision import LossScale
from kit.training.randomness import Randomness
from kit.training.session import Session
from kit.training.snapshot import freeze, frozen
from kit.turns import short_turns

WEIGHTS, STATE, SESSION = "weights/", "optimizer/", "session/"
HELD = f"{SESSION}held/"
MOST_OF_PARENT = 10_000  # numbers a value, of the curves of the run that one branched from
SETTINGS = ("batch_size", "epochs", "shuffle", "validation_split", "accuracy", "threads")
SINCE = (
    "steps_per_epoch",
    "validation_steps",
    "next_batch_size",
    "parent",
)  # settings that files of the first version do not have


@dataclass
class Contents:
    """What a model's file holds, all but its curves copied; of those, the first so many batches are its.

    marks: those of its training, whose states are copies already. parent: the curves of the run it branched from.
    """

    arrays: Arrays
    config: dict[str, Any]
    history: History
    steps: int
    marks: Sequence[Mark] = ()
    parent: History | None = None

    @short_turns()
    def write(self, path: Any, claim: Claim | None = None) -> None:
        """Writes the file. claim: what a training holds of it."""
        arrays = dict(self.arrays)
        history = history_of(self.history.until(self.steps), arrays)
        marks = marks_of(self.marks, self.history, arrays) if self.marks else {}
        parent = {}
        if self.parent is not None:
            parent = {"parent_history": history_of(self.parent.thinned(MOST_OF_PARENT), arrays, PARENT)}
        write(path_of(path), arrays, {**self.config, "history": history, **marks, **parent}, claim)

    @property
    def broken(self) -> bool:
        """Whether a weight is no number."""
        weights = (array for name, array in self.arrays.items() if name.startswith(WEIGHTS))
        return any(bool(np.isnan(array).any()) for array in weights if array.dtype.kind == "f")


def save(model: Any, path: Any, marks: Sequence[Mark] = ()) -> None:
    """Saves a model whole, with these marks of its training; its lock is held only while the numbers are copied.

    InUse where a training at work saves itself to the path.
    """
    if claimed(path_of(path)):
        raise InUse(
            f"{path} is the file that a training at work saves itself to, again and again; save to another, or stop it"
        )
    contents(model, marks).write(path)


@short_turns()
def contents(model: Any, marks: Sequence[Mark] = ()) -> Contents:
    """What a model's file holds, as the model is now; its lock is held while the numbers are copied.

    marks: those of its training, which a model that was not saved in training goes without.
    """
    with model.lock:
        arrays = weights_of(model)
        config: dict[str, Any] = {
            "kind": "model",
            "document": document(model, full=True),
            "compile": settings_of(model) if model.compiled else None,
            "versions": versions(),
            "frozen": frozen(model.module),
        }
        if model.name is not None:
            config["name"] = model.name
        if model.layout is not None:
            config["layout"] = model.layout
        if model.compiled:
            model.update.follow()
            config["updates"], config["resting"] = model.update.updates, model.update.resting
            if model.update.scale is not None:
                config["loss_scale"] = list(vars(model.update.scale).values())
            for i, state in enumerate(model.update.states):
                arrays.update({f"{STATE}{i}/{name}": vector.cpu().numpy().copy() for name, vector in state.items()})
        if model.session is not None and model.session.position.step == model.history.steps:
            config["session"] = session_of(model.session, arrays)
            arrays.update({HELD + name: value.cpu().numpy().copy() for name, value in held_states(model).items()})
        contents = Contents(arrays, config, model.history, model.history.steps)
        if "session" in config:
            contents.marks, contents.parent = marks, model.session.parent_history
        return contents


def save_weights(model: Model, path: Any) -> None:
    """Saves the weights of a model."""
    with model.lock:
        arrays = weights_of(model)
    write(path_of(path), arrays, {"kind": "weights", "versions": versions()})


def path_of(path: Any) -> Path:
    """A path as it was given, ~ for the home folder. TypeError for what is none."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"a file's path is a string or a pathlib.Path, not {path!r}")
    return Path(path).expanduser()


def weights_of(model: Model) -> Arrays:
    """Copies of a model's weights and running statistics under weights/<layer>/<name>."""
    state = model.module.layers.state_dict()
    return {WEIGHTS + name.replace(".", "/"): value.detach().cpu().numpy().copy() for name, value in state.items()}


def settings_of(model: Model) -> dict[str, Any]:
    """What compile was given, as plain data."""
    return {
        "optimizer": {"class": type(model.optimizer).__name__, "config": model.optimizer.get_config()},
        "loss": plain(model.loss),
        "loss_weights": plain(model.loss_weights),
        "metrics": plain(model.metrics),
        "weighted_metrics": plain(model.weighted_metrics),
        "precision": model.precision,
        "class_mode": model.class_mode,
    }


def versions() -> dict[str, str]:
    """What wrote the file."""
    from kit import __version__

    return {"hornbook": __version__, "torch": str(torch.__version__), "python": platform.python_version()}


def session_of(session: Session, arrays: Arrays) -> dict[str, Any]:
    """Where a training is, as plain data; the order of the samples and the random states go to the arrays."""
    arrays.update({f"{SESSION}{name}": state for name, state in session.randomness.states().items()})
    weights = session.class_weight
    states = [callback.state() if isinstance(callback, Callback) else {} for callback in session.callbacks]
    return {
        **{name: getattr(session, name) for name in (*SETTINGS, *SINCE)},
        "class_weight": None if weights is None else [[int(key), float(value)] for key, value in weights.items()],
        "callbacks": callbacks_of(states or session.callback_states, arrays, SESSION),
        **position_of(session.position, arrays, SESSION),
        "seed": session.randomness.seed,
        "fingerprint": session.fingerprint,
        "log": copy.deepcopy(session.log),
    }


def held_states(model: Model) -> dict[str, torch.Tensor]:
    """The states that stateful layers hold from one batch to the next, by <layer>/<number>."""
    holding = ((path, getattr(layer, "held", None)) for path, layer in model.module.layers.named_modules())
    return {f"{path.replace('.', '/')}/{i}": value for path, held in holding for i, value in enumerate(held or ())}


def hold(model: Model, stored: Stored) -> None:
    """Gives stateful layers the states that a file says they held."""
    found = under(stored.arrays, HELD)
    for path, layer in model.module.layers.named_modules():
        names = [name for name in found if name.rpartition("/")[0] == path.replace(".", "/")]
        if names:
            layer.held = tuple(torch.from_numpy(np.array(found[name])).to(model.device) for name in sorted(names))


def session_from(stored: Stored, model: Model) -> Session | None:
    """The session in a file, without its data; None where the file has none."""
    saved = stored.config.get("session")
    if saved is None:
        return None
    settings = {name: saved[name] for name in SETTINGS} | {name: saved.get(name) for name in SINCE}
    session = Session(**settings, randomness=Randomness(saved["seed"], model.device))
    if saved.get("class_weight") is not None:
        session.class_weight = {int(key): float(value) for key, value in saved["class_weight"]}
    arrays = under(stored.arrays, SESSION)
    session.callback_states = callbacks_from(saved.get("callbacks", []), arrays)
    session.randomness.go_on({name: arrays[name] for name in ("host", "device") if name in arrays})
    session.position = position_from(saved, arrays, model.device)
    hold(model, stored)
    session.known_fingerprint = str(saved["fingerprint"])
    session.log = list(saved.get("log", []))
    session.parent_history = parent_from(stored.config, stored.arrays)
    return session


def load(path: Any, custom_objects: Mapping[str, Any] | None = None, mark: str | None = None) -> Model:
    """The model of a file; see kit.load."""
    if foreign.format_of(path_of(path)):
        if mark is not None:
            raise StorageError(f"{path} is not a file that Hornbook saved and has no marks; leave mark={mark!r} out")
        model = foreign.load(path_of(path), custom_objects)
        model.weights_given = True
        return model
    model, stored = opened(path, custom_objects)
    if mark is not None:
        at_mark(model, marks_in(stored, model, custom_objects, path)[mark])
    return model


def opened(path: Any, custom_objects: Mapping[str, Any] | None = None) -> tuple[Model, Stored]:
    """The model of a file of ours, and what the file holds; the states of its marks are left unread."""
    stored = read(path_of(path))
    kind = stored.config.get("kind")
    if kind != "model":
        hint = "; make the model and call its load_weights" if kind == "weights" else ""
        raise StorageError(f"{path} holds {kind or 'something else'}, not a model{hint}")
    try:
        with torch.device("meta"):  # no memory is taken before the sizes are known to agree with the file's
            model = from_document(stored.config["document"], custom_objects)
        agree(model.module.layers, stored, path)
        for layer in model.module.modules():
            if isinstance(layer, Layer):
                layer.to_empty(device=model.device)
        model.module.to(model.device)  # the caller's torch modules
        put(model.module.layers, stored)
        if "frozen" in stored.config:
            freeze(model.module, names(stored.config["frozen"]))
        if stored.config["compile"] is not None:
            compile_as(model, stored, custom_objects, path)
        model.history = history_from(stored.config["history"], stored.arrays)
        lay_out(model, stored)
        model.name = stored.config.get("name")
        model.weights_given = True
        model.session = session_from(stored, model)
        told_in(stored.config)
    except StorageError:
        raise
    except ValueError as error:
        raise StorageError(f"{path}: {error}; what is your own is passed in custom_objects={{name: it}}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise StorageError(f"{path} is whole, but its config cannot be understood ({error}); was it edited?") from error
    return model, stored


def load_weights(model: Model, path: Any) -> None:
    """Copies the weights of a file into a model of the same layers; where they do not fit, nothing is changed."""
    if foreign.format_of(path_of(path)):
        foreign.load_weights(model, path_of(path))
        return
    stored = read(path_of(path))
    if not model.module.built:
        raise StorageError(
            f"the model has no weights yet, into which those in {path} could go; say first what it takes, by "
            "Input(...) as its first layer or by model.build((64,))"
        )
    with model.lock:
        agree(model.module.layers, stored, path)
        put(model.module.layers, stored)


def stored_weights(stored: Stored) -> Arrays:
    """The weights in a file, under the names of torch's state_dict."""
    return {
        name.removeprefix(WEIGHTS).replace("/", "."): array
        for name, array in stored.arrays.items()
        if name.startswith(WEIGHTS)
    }


def agree(module: nn.Module, stored: Stored, path: Any) -> None:
    """Raises StorageError where the weights of a file are not those of a module, in name, shape and type."""
    wanted, found = module.state_dict(), stored_weights(stored)
    missing, extra = sorted(wanted.keys() - found.keys()), sorted(found.keys() - wanted.keys())
    if missing or extra:
        said = [f"{what} {', '.join(names[:5])}" for what, names in (("lacks", missing), ("has also", extra)) if names]
        raise StorageError(
            f"the weights in {path} are of another model: it {' and '.join(said)}; build the same layers"
        )
    for name, tensor in wanted.items():
        array = found[name]
        if tuple(tensor.shape) != array.shape:
            raise StorageError(
                f"{path}: {name} has shape {array.shape}, but the model wants {tuple(tensor.shape)}; "
                "build the layers with the same sizes"
            )
        if array.dtype.kind not in "biuf":
            raise StorageError(f"{path}: {name} holds {array.dtype}, not numbers")


def put(module: nn.Module, stored: Stored) -> None:
    """Copies the weights of a file into a module that agrees with it."""
    found = stored_weights(stored)
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            tensor.copy_(torch.from_numpy(np.array(found[name])))


def compile_as(model: Model, stored: Stored, custom: Mapping[str, Any] | None, path: Any) -> None:
    """Compiles a model as it was, and gives its optimizer the state it had."""
    settings = stored.config["compile"]
    made = settings["optimizer"]
    classes = {**{cls.__name__: cls for cls in OPTIMIZERS.values()}, **(custom or {})}
    if made["class"] not in classes:
        raise not_known(path, made["class"])
    loss = owned(settings["loss"], custom)
    for each in loss.values() if isinstance(loss, dict) else loss if isinstance(loss, list) else [loss]:
        if isinstance(each, str) and parse_call(each)[0] not in objectives.KNOWN:
            raise not_known(path, each)
    model.compile(
        classes[made["class"]](**{name: own(value, custom) for name, value in made["config"].items()}),
        loss,
        owned(settings["metrics"], custom),
        class_mode=settings["class_mode"],
        weighted_metrics=owned(settings.get("weighted_metrics"), custom),
        loss_weights=settings.get("loss_weights"),
        precision=settings.get("precision", "float32"),
    )
    model.update.updates = int(stored.config["updates"])
    if model.update.scale is not None:
        model.update.scale = LossScale(*stored.config["loss_scale"])
    model.update.arrange_all_but(names(stored.config.get("resting", frozen(model.module))))
    for i, state in enumerate(model.update.states):
        for name, vector in state.items():
            array = stored.arrays.get(f"{STATE}{i}/{name}")
            if array is None:
                continue  # saved before the first update
            if array.shape != tuple(vector.shape):
                raise StorageError(f"{path}: the optimizer's {name} has {array.size} numbers, not {vector.numel()}")
            vector.copy_(torch.from_numpy(np.array(array)))


def owned(value: Any, custom: Mapping[str, Any] | None) -> Any:
    """A setting, with the caller's own objects where it names them."""
    if isinstance(value, list):
        return [owned(item, custom) for item in value]
    if isinstance(value, dict):
        return {key: owned(item, custom) for key, item in value.items()}
    return own(value, custom)


def not_known(path: Any, name: str) -> StorageError:
    """The error for a file that names something of its author's own."""
    return StorageError(f"{path} was trained with {name!r}, which is not known here; pass it in custom_objects")


def lay_out(model: Model, stored: Stored) -> None:
    """Gives a model the layout of the file; without it, and with a note, where that cannot be read."""
    try:
        model.layout = checked(stored.config.get("layout"))
    except (DocumentError, RecursionError) as error:
        model.notes = (*model.notes, f"how the model was laid out cannot be read, and is left out: {error}")
