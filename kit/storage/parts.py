"""Parts of a training as arrays and plain data, and back: its curves, where it is, what its callbacks keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch

from kit.declared import plain
from kit.training.history import History, Series
from kit.training.session import Position

Arrays = dict[str, np.ndarray]
HISTORY, PARENT = "history/", "parent/"


def under(arrays: Mapping[str, np.ndarray], prefix: str) -> Arrays:
    """The arrays whose names begin so, by the rest of their names."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def history_of(history: History, arrays: Arrays, prefix: str = HISTORY) -> dict[str, Any]:
    """A history as plain data; its numbers for each batch go to the arrays."""
    names = history.batch_names()
    arrays.update({prefix + name: history.batch(name) for name in names})
    every = {} if history.every == 1 else {"every": history.every}
    return {
        **every,
        "epochs": {name: plain(numbers) for name, numbers in history.epochs.items()},
        "epoch_steps": list(history.epoch_steps),
        "marks": [list(mark) for mark in history.marks],
        "steps": history.steps,
        "batch": names,
    }


def history_from(config: Mapping[str, Any], arrays: Mapping[str, np.ndarray], prefix: str = HISTORY) -> History:
    """The history that a file says."""
    history = History()
    history.epochs = {name: list(numbers) for name, numbers in config["epochs"].items()}
    history.epoch_steps = [int(step) for step in config["epoch_steps"]]
    history.marks = [(int(step), str(text)) for step, text in config["marks"]]
    history.steps = int(config["steps"])
    if "every" in config:
        history.every = int(config["every"])
    history.series = {name: Series(arrays[prefix + name]) for name in config["batch"]}
    return history


def parent_from(config: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> History | None:
    """The curves of the run that the one in a file branched from; None where it did not, and in older files."""
    saved = config.get("parent_history")
    return None if saved is None else history_from(saved, arrays, PARENT)


def position_of(position: Position, arrays: Arrays, prefix: str) -> dict[str, Any]:
    """A position as plain data; the order of the samples and what was counted go to the arrays."""
    if position.order is not None:
        arrays[f"{prefix}order"] = position.order.numpy().copy()
    for name, counts in position.means.counts().items():
        arrays.update({f"{prefix}counted/{name}/{part}": value.cpu().numpy().copy() for part, value in counts.items()})
    return {
        **{name: getattr(position, name) for name in ("epoch", "batch", "step")},
        "means": {name: float(total) for name, total in position.means.sums.items()},
        "weights": {name: float(total) for name, total in position.means.weights.items()},
        "samples": position.means.samples,
    }


def position_from(saved: Mapping[str, Any], arrays: Mapping[str, np.ndarray], device: torch.device) -> Position:
    """The position that a file says; arrays: those of its session, or of its state. ValueError where it cannot be."""
    position = Position(int(saved["epoch"]), int(saved["batch"]), int(saved["step"]))
    position.means.samples = int(saved["samples"])
    if position.epoch < 1 or min(position.batch, position.step, position.means.samples) < 0:
        raise ValueError(f"there is no batch {position.batch} of epoch {position.epoch}")
    order = arrays.get("order")
    if order is not None:
        if order.dtype != np.int64 or order.ndim != 1 or not np.all((order >= 0) & (order < len(order))):
            raise ValueError("the order of the samples is none")
        position.order = torch.from_numpy(np.array(order))
    for name, sums in (("means", position.means.sums), ("weights", position.means.weights)):
        for value, total in saved.get(name, {}).items():
            sums[value] = torch.tensor(total, dtype=torch.float64, device=device)
    for name, array in under(arrays, "counted/").items():
        metric, part = name.rsplit("/", 1)
        position.means.saved.setdefault(metric, {})[part] = torch.from_numpy(np.array(array))
    return position


def callbacks_of(states: Iterable[Mapping[str, Any]], arrays: Arrays, prefix: str) -> list[dict[str, Any]]:
    """What callbacks keep as plain data; their arrays go to the arrays."""
    found = []
    for number, state in enumerate(states):
        held = {name: value for name, value in state.items() if isinstance(value, np.ndarray)}
        arrays.update({f"{prefix}callbacks/{number}/{name}": value for name, value in held.items()})
        found.append({name: value for name, value in state.items() if name not in held})
    return found


def callbacks_from(saved: Iterable[Mapping[str, Any]], arrays: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
    """What callbacks keep, as a file says it; their arrays are copied."""
    return [
        {**state, **{name: np.array(array) for name, array in under(arrays, f"callbacks/{number}/").items()}}
        for number, state in enumerate(saved)
    ]
