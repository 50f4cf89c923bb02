"""Where a run is, as plain data for the browser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from kit.layers import Dropout
from kit.storage.past import Past
from kit.training import History, Run
from kit.training.marks import Told
from widgets.causes import cause


def status_of(run: Run, history: History) -> dict[str, Any]:
    """The status of a run of this kernel. history: its curves."""
    return {
        "name": run.name,
        "state": run.state,
        "epoch": run.epoch,
        "epochs": run.epochs,
        "step": run.step_count,
        "steps": run.steps,
        "eta": finite(run.eta),
        "elapsed": finite(run.elapsed),
        "throughput": finite(run.throughput) or None,
        "learning_rate": run.model.optimizer.rate(run.model.update.updates),
        "device": str(run.model.device),
        "file": str(run.autosave.path) if run.autosave.path is not None else None,
        "error": cause(run),
        "values": latest(history),
        **steerable(run),
    }


def past_status(history: History, origin: str | None) -> dict[str, Any]:
    """The status of a training that is over. origin: the file it is from."""
    epochs = len(history.epoch)
    over = {"name": "past run", "state": "done", "epoch": epochs, "epochs": epochs, "step": history.steps}
    nothing = dict.fromkeys(("eta", "elapsed", "throughput", "learning_rate", "device", "error"))
    return {**over, "steps": history.steps, **nothing, "file": origin, "values": latest(history)}


def opened_status(past: Past) -> dict[str, Any]:
    """The status of a training as its file tells it, with its marks."""
    saved, ends = past.saved, past.history.epoch_steps
    where = {"name": saved.path.name, "state": saved.state, "epoch": saved.epoch, "epochs": saved.epochs}
    marks = {"past": {"path": str(saved.path), "held": held(saved.marks)}, "parent": past.parent}
    steps = saved.step if saved.state != "resumable" else ends[-1] * saved.epochs // len(ends) if ends else None
    return {**past_status(past.history, str(saved.path)), **where, "step": saved.step, "steps": steps, **marks}


def held(marks: Iterable[Told]) -> list[dict[str, Any]]:
    """Marks as rows, in the order of their steps."""
    return [
        {"name": mark.name, "step": mark.step, "epoch": mark.epoch, "loss": finite(mark.values.get("loss"))}
        for mark in sorted(marks, key=lambda mark: mark.step)
    ]


def latest(history: History) -> dict[str, float | None]:
    """What the latest epoch gave."""
    return {name: finite(numbers[-1]) for name, numbers in list(history.epochs.items()) if name != "epoch" and numbers}


def finite(number: float | None) -> float | None:
    """A number that JSON can carry, rounded to 6 digits, or None."""
    return float(f"{number:.6g}") if number is not None and np.isfinite(number) else None


def steerable(run: Run) -> dict[str, Any]:
    """What of a run can be changed, and the states it can go back to."""
    layers = run.model.module.layers
    return {
        "batch_size": run.session.next_batch_size or run.session.batch_size,
        "dropout": {name: layer.rate for name, layer in layers.items() if isinstance(layer, Dropout)},
        "layers": {
            name: any(parameter.requires_grad for parameter in layer.parameters())
            for name, layer in layers.items()
            if next(layer.parameters(), None) is not None
        },
        "parent": run.session.parent,
        "held": held(run.marks.values()),
    }
