"""The marks of a training and the states they keep, as arrays and plain data of a file, and back."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from kit.declared import plain
from kit.layers.nested import own
from kit.storage.errors import StorageError
from kit.storage.parts import (
    Arrays,
    callbacks_from,
    callbacks_of,
    history_from,
    history_of,
    position_from,
    position_of,
    under,
)
from kit.storage.reader import Stored
from kit.training.history import History
from kit.training.marks import Mark, Marks, Told
from kit.training.randomness import Randomness
from kit.training.snapshot import SETTINGS, Snapshot, layers_of, live_fields, put

if TYPE_CHECKING:
    from kit.models import Model

MOST_STATES = 100  # in a file
STATES, CURVES, INSIDE = "states/", "curves/", "layers."
TABLE = {"name": str, "step": int, "epoch": int, "values": dict, "by_edit": bool, "regular": bool, "time": float}
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError, OverflowError)


def marks_of(marks: Iterable[Mark], history: History, arrays: Arrays) -> dict[str, Any]:
    """Marks as plain data; their numbers go to the arrays. history: the curve of the file they are in.

    A state that two marks share is held once; so is a curve that was left for another, which theirs goes on with.
    """
    snapshots = list({id(mark.snapshot): mark.snapshot for mark in marks}.values())
    left = list({id(each.history): each.history for each in snapshots if each.history is not history}.values())
    longest = [max(each.steps for each in snapshots if each.history is curve) for curve in left]
    curves = [
        history_of(curve.until(steps), arrays, f"{CURVES}{number}/")
        for number, (curve, steps) in enumerate(zip(left, longest, strict=True))
    ]
    states = [
        {**state_of(each, arrays, f"{STATES}{number}/"), "curve": index_of(each.history, left)}
        for number, each in enumerate(snapshots)
    ]
    table = [
        {**{name: getattr(mark, name) for name in TABLE}, "state": index_of(mark.snapshot, snapshots)} for mark in marks
    ]
    return {"marks": table, "states": states, "curves": curves}


def index_of(wanted: object, among: list[Any]) -> int | None:
    """Where the very same object is; None where it is not."""
    return next((number for number, each in enumerate(among) if each is wanted), None)


def state_of(snapshot: Snapshot, arrays: Arrays, prefix: str) -> dict[str, Any]:
    """A state as plain data; its numbers go to the arrays."""
    for kind, tensors in by_kind(snapshot.weights).items():
        vectors = [tensor.cpu().numpy().reshape(-1) for _, tensor in tensors]
        arrays[f"{prefix}weights/{kind}"] = np.concatenate(vectors)
    for number, state in enumerate(snapshot.states):
        arrays.update({f"{prefix}optimizer/{number}/{name}": each.cpu().numpy() for name, each in state.items()})
    arrays.update({prefix + name: state for name, state in snapshot.random.items()})
    layers = {}
    for path, fields in snapshot.layers.items():
        held = fields.get("held") or ()
        place = f"{prefix}held/{path.removeprefix(INSIDE).replace('.', '/')}/"
        arrays.update({f"{place}{number}": each.cpu().numpy() for number, each in enumerate(held)})
        layers[path.removeprefix(INSIDE)] = {**fields, **({"held": len(held)} if "held" in fields else {})}
    return {
        **snapshot.settings,
        **position_of(snapshot.position, arrays, prefix),
        "updates": snapshot.updates,
        "scale": snapshot.scale,
        "optimizer": {name: plain(value, full=True) for name, value in snapshot.optimizer.items()},
        "optimizer_states": [list(state) for state in snapshot.states],
        "layers": layers,
        "frozen": snapshot.frozen,
        "resting": snapshot.resting,
        "callbacks": callbacks_of(snapshot.callbacks, arrays, prefix),
        "logged": snapshot.logged,
    }


def by_kind(weights: Mapping[str, Tensor]) -> dict[str, list[tuple[str, Tensor]]]:
    """The weights of each type, by name: the order in which they lie end to end."""
    found: dict[str, list[tuple[str, Tensor]]] = {}
    for name, tensor in sorted(weights.items()):
        found.setdefault(str(tensor.dtype).removeprefix("torch."), []).append((name, tensor))
    return found


def told_in(config: Mapping[str, Any]) -> list[Told]:
    """What a file says of its marks, their states left unread. TypeError where that is malformed."""
    found = []
    for entry in config.get("marks", []):
        values = {name: entry[name] for name in TABLE}
        numbers = [values["step"], values["epoch"], values["time"], *dict(values["values"]).values()]
        kinds = all(isinstance(values[name], kind) for name, kind in TABLE.items())
        if not kinds or not all(isinstance(number, (int, float)) for number in numbers) or not values["name"]:
            raise TypeError(f"{entry!s:.80} is no mark")
        found.append(Told(**values))
    return found


def marks_in(stored: Stored, model: Model, custom: Mapping[str, Any] | None, path: Any) -> Marks:
    """The marks in a file, for the model of that file; each state is tried on a copy of it.

    Raises StorageError where one of them is malformed or does not suit the model.
    """
    config, found, trial = stored.config, [], copy.deepcopy(model)
    if model.session is None:
        return Marks()
    session = replace(model.session, randomness=Randomness(0, model.device), callbacks=[])
    try:
        curves = [
            history_from(curve, stored.arrays, f"{CURVES}{number}/")
            for number, curve in enumerate(config.get("curves", []))
        ]
        snapshots, states = [], config.get("states", [])
        if len(states) > MOST_STATES:
            raise ValueError(f"they are {len(states)}, more than {MOST_STATES}")
        for number, saved in enumerate(states):
            curve = model.history if saved["curve"] is None else curves[saved["curve"]]
            snapshots.append(state_from(saved, under(stored.arrays, f"{STATES}{number}/"), model, curve, custom))
            put(trial, session, snapshots[-1])
        for told, entry in zip(told_in(config), config.get("marks", []), strict=True):
            found.append(Mark(**vars(told), snapshot=snapshots[entry["state"]]))
    except MALFORMED as error:
        raise StorageError(f"{path} is whole, but its marks cannot be understood ({error}); was it edited?") from error
    return Marks(found)


def state_from(
    saved: Mapping[str, Any],
    arrays: Arrays,
    model: Model,
    history: History,
    custom: Mapping[str, Any] | None,
) -> Snapshot:
    """The state that a file says, its numbers copied. Raises one of MALFORMED where it does not suit the model."""
    position = position_from(saved, arrays, model.device)
    if not 0 <= position.step <= history.steps:
        raise ValueError(f"a state is of step {position.step}, its curve has {history.steps}")
    layers = layers_from(saved["layers"], arrays, model)
    fixed = fixed_by(layers, model)  # what older files say of it
    optimizer = type(model.optimizer)(**{name: own(value, custom) for name, value in saved["optimizer"].items()})
    return Snapshot(
        weights=weights_from(under(arrays, "weights/"), model.module.state_dict()),
        states=[
            {name: tensor_of(arrays[f"optimizer/{number}/{name}"]) for name in names}
            for number, names in enumerate(saved["optimizer_states"])
        ],
        updates=int(saved["updates"]),
        scale={name: float(value) if name == "scale" else int(value) for name, value in saved["scale"].items()},
        optimizer=vars(optimizer),
        layers=layers,
        frozen=names(saved.get("frozen", fixed)),
        resting=names(saved.get("resting", fixed)),
        history=history,
        steps=position.step,
        settings={name: count(saved[name], name == "next_batch_size") for name in SETTINGS},
        position=position,
        random={name: np.array(arrays[name]) for name in ("host", "device") if name in arrays},
        callbacks=callbacks_from(saved["callbacks"], arrays),
        logged=int(saved["logged"]),
    )


def fixed_by(layers: Mapping[str, Mapping[str, Any]], model: Model) -> list[str]:
    """The names of the weights of layers that are not to be trained."""
    fixed = [layer for path, layer in layers_of(model).items() if not layers[path].get("trainable", True)]
    weights = {id(parameter) for layer in fixed for parameter in layer.parameters(recurse=False)}
    return [name for name, parameter in model.module.named_parameters() if id(parameter) in weights]


def names(saved: Any) -> list[str]:
    """Names that a file lists. TypeError for what are none."""
    if not isinstance(saved, list) or not all(isinstance(name, str) for name in saved):
        raise TypeError(f"{saved!r:.40} are no names")
    return saved


def count(saved: Any, optional: bool) -> int | None:
    """A whole number of 1 or more, or nothing where that may be. ValueError for another."""
    if isinstance(saved, int) and saved >= 1:
        return int(saved)
    if saved is None and optional:
        return None
    raise ValueError(f"{saved!r:.20} is no whole number of 1 or more")


def weights_from(vectors: Arrays, like: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights that lie end to end in vectors, one for each type. ValueError where they are not such weights."""
    found, kinds = {}, by_kind(like)
    if kinds.keys() != vectors.keys():
        raise ValueError(f"a state has weights of {', '.join(vectors)}, the model of {', '.join(kinds)}")
    for kind, tensors in kinds.items():
        vector, sizes = tensor_of(vectors[kind]), [tensor.numel() for _, tensor in tensors]
        if vector.shape != (sum(sizes),) or vector.dtype != tensors[0][1].dtype:
            raise ValueError(f"a state has {tuple(vector.shape)} weights of {kind}, the model {sum(sizes)}")
        for (name, tensor), part in zip(tensors, vector.split(sizes), strict=True):
            found[name] = part.view(tensor.shape)
    return found


def layers_from(saved: Mapping[str, Any], arrays: Arrays, model: Model) -> dict[str, dict[str, Any]]:
    """What of the layers may change. ValueError where these are not the model's, or not such fields."""
    found, layers = {}, layers_of(model)
    if {INSIDE + path for path in saved} != layers.keys():
        raise ValueError("a state has other layers than the model")
    for path, given in saved.items():
        layer, fields = layers[INSIDE + path], dict(given)
        if fields.keys() != live_fields(layer).keys():
            raise ValueError(f"a state has {', '.join(fields)} of {path}")
        held = range(fields.pop("held", 0))
        place = f"held/{path.replace('.', '/')}/"
        found[INSIDE + path] = {name: layer.declaration[name].convert(each, path) for name, each in fields.items()}
        if "held" in given:
            states = tuple(tensor_of(arrays[f"{place}{number}"]).to(model.device) for number in held)
            found[INSIDE + path]["held"] = states or None
    return found


def tensor_of(array: np.ndarray) -> Tensor:
    """A copy of an array as a tensor."""
    return torch.from_numpy(np.array(array))
