"""Array names: slash paths such as "weights/dense_1/kernel"."""

from collections.abc import Iterable

from kit.storage.inspect_file import CONFIG, MAX_DEPTH, MAX_NAME, MAX_OBJECTS


def names_problem(names: Iterable[str]) -> str | None:
    """What is wrong with these names as the names of one file, or None."""
    names = list(names)
    if len(names) > MAX_OBJECTS:
        return f"it has {len(names)} arrays, more than {MAX_OBJECTS}"
    for name in names:
        if problem := name_problem(name):
            return f"the array name {name!r:.200} {problem}"
    known = set(names)
    if len(known) < len(names):
        return "two of its arrays have the same name"
    for name in names:
        for group in groups_of(name):
            if group in known:
                return f"{group!r} is both an array and the group that holds {name!r:.200}"
    return None


def name_problem(name: str) -> str | None:
    """What is wrong with one name, or None."""
    if not isinstance(name, str):
        return "is not a string"
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in name:
        return "is not a path of plain words with single slashes between them"
    if parts[0] == CONFIG:
        return f"begins with {CONFIG!r}, which is kept for the config"
    if len(parts) > MAX_DEPTH:
        return f"has more than {MAX_DEPTH} levels"
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "cannot be written as UTF-8"
    return f"takes {size} bytes, more than {MAX_NAME}" if size > MAX_NAME else None


def groups_of(name: str) -> list[str]:
    """The groups a name lies in: ["a", "a/b"] of "a/b/c"."""
    parts = name.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]
