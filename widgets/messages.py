"""Parts of the messages that come from the browser, checked."""

from __future__ import annotations

import json
from typing import Any

from widgets.panel import Message, field

LARGEST_MESSAGE = 4_000_000  # characters of a document or of code


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


def sized(content: Any) -> Any:
    """Content of a message. ValueError where it is too large."""
    if len(json.dumps(content)) > LARGEST_MESSAGE:
        raise ValueError("the model is too large for the builder")
    return content
