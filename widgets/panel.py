"""The ground all widgets stand on: parts that answer messages, and the panel that carries them to the browser."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

STATIC = Path(__file__).parent / "static"
Message = dict[str, Any]


class Part:
    """One part of a widget: `name`, and a method `on_<type>` for each message it takes. See docs/protocol.md.

    Handlers run in whatever thread brings the message, one at a time for each part. What they raise is answered as a
    refusal.
    """

    name = ""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.carry: Callable[[Message, list[bytes]], None] = lambda message, buffers: None

    def send(self, type: str, buffers: Iterable[bytes] = (), **content: Any) -> None:
        """Sends a message to every view."""
        self.carry({"part": self.name, "type": type, **content}, list(buffers))

    def receive(self, message: Message) -> None:
        """Answers a message from the browser; never raises."""
        handler = getattr(self, f"on_{message.get('type')}", None)
        try:
            if handler is None:
                raise ValueError(f"{self.name} has no answer to {str(message.get('type'))[:40]!r}")
            with self.lock:
                handler(message)
        except Exception as error:
            self.send("refused", message=said(error))

    def close(self) -> None:
        """Lets go of threads and files."""


def said(error: BaseException) -> str:
    """What an error says; of one that says nothing, what it is."""
    return (error.args[0] if isinstance(error, KeyError) and error.args else str(error)) or type(error).__name__


def field(message: Message, name: str, kind: type | tuple[type, ...]) -> Any:
    """A field of a message. ValueError where it is missing or of another type."""
    value = message.get(name)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"the message {message.get('type')!r} needs {name}")
    return value


class Panel(anywidget.AnyWidget):
    """A widget made of parts."""

    _esm = STATIC / "hornbook.js"
    _css = STATIC / "hornbook.css"
    kind = traitlets.Unicode().tag(sync=True)

    def __init__(self, kind: str, *parts: Part) -> None:
        self.parts = {part.name: part for part in parts}
        super().__init__(kind=kind)
        for part in parts:
            part.carry = self._carry
        self.on_msg(self._received)
        forget_subshell(self.comm)

    def _carry(self, message: Message, buffers: list[bytes]) -> None:
        if self.comm is not None:
            self.send(message, buffers)
            forget_subshell(self.comm)

    def _received(self, _: Any, message: Any, buffers: Any) -> None:
        part = self.parts.get(str(message.get("part"))) if isinstance(message, dict) else None
        if part is not None:
            part.receive(message)
        else:
            self._carry({"part": "panel", "type": "refused", "message": "there is no such part"}, [])

    def close(self) -> None:
        """Takes the widget off the screen and ends its threads."""
        for part in vars(self).get("parts", {}).values():  # none where the constructor refused what it was given
            part.close()
        super().close()

    def picture(self) -> bytes:
        """A PNG of what the widget shows, for places without a kernel."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        bundle["text/plain"] = repr(self)
        bundle["image/png"] = base64.b64encode(self.picture()).decode("ascii")
        return bundle, metadata


def forget_subshell(comm: Any) -> None:
    """Lets the next click be answered at once, though a cell is busy or a thread sends.

    ipykernel routes what the browser says on a comm to the subshell that last sent on it; that one may be the main
    shell, where a cell runs. Forgotten, the message goes to the comm's own subshell. The attribute is private to
    ipykernel: where it is absent there is nothing to forget, and a browser test watches the effect.
    """
    getattr(comm, "__dict__", {}).pop("_reply_subshell_id", None)
