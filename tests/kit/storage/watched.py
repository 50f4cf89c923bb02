"""What Python does that a file must not make it do: open files, talk, run programs, import, unpickle."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WATCHED = {"open", "socket", "os", "exec", "marshal", "pickle", "import", "subprocess"}
listening: list[list[tuple[str, Any]]] = []


def listen(event: str, arguments: Any) -> None:
    if listening and event.split(".")[0] in WATCHED:
        listening[-1].append((event, arguments))


sys.addaudithook(listen)  # it cannot be taken away again, but it is quiet while nobody listens


@contextmanager
def watched() -> Iterator[list[tuple[str, Any]]]:
    """The events meanwhile, as (name, arguments)."""
    listening.append([])
    try:
        yield listening[-1]
    finally:
        listening.pop()
