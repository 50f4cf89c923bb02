"""Why a run failed, in plain words: the cause first, then the state that can be gone back to."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import torch

import kit
from kit.training import Run
from kit.training.marks import Mark

HOME, TORCH = Path(kit.__file__).parent, Path(torch.__file__).parent
PLACES = {  # of the kit, from which code of others is called
    "callbacks.py": "a callback",
    "training/goal.py": "the loss or a metric",
    "training/sources.py": "reading the data",
    "training/streams.py": "reading the data",
    "training/data.py": "reading the data",
    "network.py": "a layer",
}
FUNCTIONS = {"recorded": "a callback", "augmented": "the augment function"}  # the same, where one file calls several
MEMORY = ("out of memory", "can't allocate memory", "not enough memory")  # how torch says it


def cause(run: Run) -> dict[str, Any] | None:
    """What went wrong: message, where, traceback, and what can be done then (`back`, `again`); None for nothing.

    back: the last good state, as {"name", "step"}. again: what to change when training on from there, as
    {"label", "settings"}; null where nothing is known to help.
    """
    error = run.error
    if error is None:
        if run.autosave.error is None:
            return None
        message = f"The autosave failed, training goes on: {run.autosave.error}"
        return {"message": message, "where": None, "traceback": "", "back": None, "again": None}
    mark = last_good(run) if run.ended else None
    return {
        "message": sentence(run, error),
        "where": where(error),
        "traceback": run.traceback,
        "back": None if mark is None else {"name": mark.name, "step": mark.step},
        "again": None if mark is None else remedy(run, error),
    }


def sentence(run: Run, error: BaseException) -> str:
    """The cause in a sentence."""
    if is_memory(error):
        size = run.session.batch_size
        return f"The memory was not enough for a batch of {size}: make the batches or the model smaller ({said(error)})"
    if isinstance(error, FloatingPointError):
        return capital(str(error))
    place = place_of(error)
    if place is None:
        return said(error)
    return f"{capital(place)} failed at step {run.step_count + 1}: {said(error)}"


def said(error: BaseException) -> str:
    """An error as Python says it."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def capital(text: str) -> str:
    """A sentence begins with a capital letter."""
    return text[:1].upper() + text[1:]


def is_memory(error: BaseException) -> bool:
    """Whether the memory of the machine or of its device was not enough."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in MEMORY)


def place_of(error: BaseException) -> str | None:
    """Which part failed, by the place where the kit called code of others; None where the kit itself did."""
    told = [frame for frame in traceback.extract_tb(error.__traceback__) if not is_torch(frame.filename)]
    frames = [(within(frame.filename), frame.name) for frame in told]
    inside = frames[next((i for i, (_, name) in enumerate(frames) if name == "_work"), 0) :]
    calls = [i for i in range(len(inside) - 1) if inside[i][0] is not None and inside[i + 1][0] is None]
    if not calls:
        return None
    if (function := inside[calls[0]][1]) in FUNCTIONS:
        return FUNCTIONS[function]
    return next((PLACES[file] for file, _ in reversed(inside[: calls[0] + 1]) if file in PLACES), None)


def within(filename: str) -> str | None:
    """A file's path within the kit; None for files of others."""
    path = Path(filename)
    return path.relative_to(HOME).as_posix() if path.is_relative_to(HOME) else None


def is_torch(filename: str) -> bool:
    """Whether a file is one of torch's."""
    return Path(filename).is_relative_to(TORCH)


def where(error: BaseException) -> str | None:
    """The last line outside of the kit and of torch that an error went through: "line 3 of loss: 1 / 0"."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if within(frame.filename) is None and not is_torch(frame.filename):
            return f"line {frame.lineno} of {frame.name}: {frame.line}" if frame.line else None
        if within(frame.filename) == "training/run.py":
            return None  # beyond it is whoever waits for the run
    return None


def last_good(run: Run) -> Mark | None:
    """The state to go back to: the best after a NaN, else the latest; its weights are numbers, all of them."""
    marks = sorted(run.marks.values(), key=lambda mark: mark.step, reverse=True)
    if isinstance(run.error, FloatingPointError):
        marks.sort(key=lambda mark: mark.name != "best")
    return next((mark for mark in marks if is_finite(mark)), None)


def is_finite(mark: Mark) -> bool:
    """Whether all weights of a mark are finite."""
    weights = [weight for weight in mark.snapshot.weights.values() if weight.is_floating_point()]
    return all(bool(torch.isfinite(weight).all()) for weight in weights)


def remedy(run: Run, error: BaseException) -> dict[str, Any] | None:
    """What to change when training on from the last good state; None where a person has to mend the code."""
    if isinstance(error, FloatingPointError) and isinstance(rate := run.model.optimizer.learning_rate, float):
        smaller = float(f"{rate / 10:.3g}")
        return {"label": f"with learning rate {smaller:g}", "settings": {"learning_rate": smaller}}
    if is_memory(error) and run.session.batch_size > 1:
        size = run.session.batch_size // 2
        return {"label": f"with batches of {size}", "settings": {"batch_size": size}}
    return None
