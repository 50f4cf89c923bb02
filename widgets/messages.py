"""Parts of the messages that come from the browser, checked."""

from __future__ import annotations

import json
from typing import Any

from kit.objectives import OBJECTIVES
from kit.optimizers import OPTIMIZERS
from widgets.panel import Message, field

LARGEST_MESSAGE = 4_000_000  # characters of a document or of code
LARGEST_BATCH = 1_000_000


def asked(message: Message) -> int:
    """The number of a question."""
    return field(message, "ask", int)


def ends_of(message: Message) -> dict[str, str]:
    """The source and the target that a message names."""
    return {key: field(message, key, str) for key in ("source", "target") if message.get(key) is not None}


def names_in(message: Message) -> list[str]:
    """The ids that a message names. ValueError where they are none."""
    names = field(message, "nodes", list)
    if not all(isinstance(name, str) for name in names):
        raise ValueError("nodes is a list of ids")
    return names


def labelled(message: Message, usual: str) -> str:
    """What an edit is called."""
    what = message.get("what")
    return what[:80] if isinstance(what, str) and what else usual


def assumed(message: Message) -> dict[str, Any]:
    """What a message says of how the model will be trained. ValueError where that cannot be."""
    size, optimizer, loss = (message.get(key) for key in ("batch_size", "optimizer", "loss"))
    found: dict[str, Any] = {}
    if size is not None:
        if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= LARGEST_BATCH:
            raise ValueError(f"batch_size takes a whole number from 1 to {LARGEST_BATCH:,}")
        found["batch_size"] = size
    if optimizer is not None:
        if optimizer not in {cls.__name__ for cls in OPTIMIZERS.values()}:
            raise ValueError(f"there is no optimizer {optimizer!r}")
        found["optimizer"] = optimizer
    if "loss" in message:
        if loss is not None and loss not in OBJECTIVES:
            raise ValueError(f"there is no loss {loss!r}")
        found["loss"] = loss
    return found


def sized(content: Any) -> Any:
    """Content of a message. ValueError where it is too large."""
    if len(json.dumps(content)) > LARGEST_MESSAGE:
        raise ValueError("the model is too large for the builder")
    return content
