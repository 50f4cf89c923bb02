"""A browser's end of the wire: what a panel sends is kept, and messages can be said to it."""

from collections.abc import Callable

import numpy as np
import pytest

from widgets.panel import Panel


class Wire:
    """Everything a panel has sent, in order, with its buffers."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.sent: list[tuple[dict, list[bytes]]] = []
        for part in panel.parts.values():
            part.carry = lambda message, buffers: self.sent.append((message, buffers))
        panel._carry = lambda message, buffers: self.sent.append((message, buffers))  # type: ignore[method-assign]

    def say(self, message: object) -> dict:
        """Says a message as the browser would, and gives the last answer."""
        self.panel._received(None, message, [])
        return self.sent[-1][0] if self.sent else {}

    def last(self, part: str, type: str) -> dict:
        """The latest message of a kind; an empty one where none has come yet."""
        found = (m for m, _ in reversed(self.sent) if (m["part"], m["type"]) == (part, type))
        return next(found, {})

    def points(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """The curves as a view holds them after all messages so far; those of the parent as "parent loss"."""
        held: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for message, buffers in self.sent:
            if (message["part"], message["type"]) != ("monitor", "points"):
                continue
            if message["reset"]:
                held = {}
            for i, series in enumerate(message["series"]):
                x, y = (np.frombuffer(buffer, "<f4") for buffer in buffers[2 * i : 2 * i + 2])
                assert len(x) == len(y) == series["count"]
                name = f"{series.get('of', '')} {series['name']}".strip()
                before = held.get(name, (np.array([]), np.array([])))
                assert len(before[0]) == series["from"]
                held[name] = (np.concatenate([before[0], x]), np.concatenate([before[1], y]))
        return held


@pytest.fixture
def wire() -> Callable[[Panel], Wire]:
    return Wire
