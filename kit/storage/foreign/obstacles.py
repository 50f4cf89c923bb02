"""What stands in the way of opening a file, all of it in one error."""

from collections.abc import Iterable

from kit.storage.errors import StorageError

MAX_SHOWN = 50


def refuse_all(name: str, obstacles: Iterable[str], what: str = "its weights do not fit the model") -> None:
    """Raises one StorageError that lists the obstacles, where there are any."""
    found = [printable(obstacle) for obstacle in dict.fromkeys(obstacles)]
    if found:
        more = [f"and {len(found) - MAX_SHOWN} more"] if len(found) > MAX_SHOWN else []
        lines = "".join(f"\n- {obstacle}" for obstacle in found[:MAX_SHOWN] + more)
        raise StorageError(f"{name} is not opened: {what}:{lines}")


def printable(text: str) -> str:
    """A text that may come from a file, short and without control characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:500])
