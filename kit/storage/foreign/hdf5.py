"""A stranger's HDF5 file as arrays and attributes, its structure told by a limited process and checked here."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, BinaryIO

import numpy as np

from kit.storage import inspect_foreign
from kit.storage.errors import StorageError
from kit.storage.inspect_foreign import MAX_TEXT, MAX_UNPACKED
from kit.storage.inspection import Entry, ask, entry, places_problem, understood
from kit.storage.names import names_problem
from kit.storage.reader import contents, view

Attributes = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Hdf5:
    """What the file of this name holds: arrays by path, and the attributes of each path ("" for the root).

    Arrays that lie in one piece are the file itself, read when touched; none can be written to.
    """

    name: str
    arrays: Mapping[str, np.ndarray]
    attributes: Attributes

    def text(self, path: str, attribute: str) -> str | None:
        """An attribute that is a text, or None."""
        value = self.attributes.get(path, {}).get(attribute)
        return value if isinstance(value, str) else None

    def texts(self, path: str, attribute: str) -> list[str] | None:
        """An attribute that is a list of texts, or None. Keras deals a long one out to name0, name1 and so on."""
        held = self.attributes.get(path, {})
        dealt = [held[part] for i in range(len(held)) if (part := f"{attribute}{i}") in held]
        parts = [held[attribute]] if attribute in held else dealt
        words = [word for part in parts if isinstance(part, list) for word in part]
        return words if parts and all(isinstance(word, str) for word in words) else None


def refusal(name: str, why: str) -> StorageError:
    """The sentence for a stranger's file that is not opened."""
    return StorageError(f"{name} is not opened: {why}")


def read(file: BinaryIO, name: str, start: int = 0, size: int | None = None) -> Hdf5:
    """The HDF5 file that begins at `start` of the open file and has this size; StorageError where it is refused."""
    size = os.fstat(file.fileno()).st_size - start if size is None else size
    script, most = inspect_foreign.__file__, 8 + 4 * size + 6 * MAX_TEXT + MAX_UNPACKED
    answer = memoryview(ask(file, most, name, script, [str(start), str(size)]))
    length = int.from_bytes(answer[:8], "little")
    told = understood(bytes(answer[8 : 8 + length]), name, refusal)
    try:
        mapped, inside = divided(told["table"])
        attributes = checked(told["attributes"])
    except (TypeError, KeyError, ValueError, AttributeError):
        raise refusal(name, "its structure could not be told") from None
    given = answer[8 + length :]
    problem = names_problem(each.name for each in [*mapped, *inside]) or places_problem(mapped, 0, size)
    problem = problem or places_problem(inside, 0, len(given))
    if problem:
        raise refusal(name, problem)
    whole = contents(file)
    arrays = {each.name: view(whole, moved(each, start), name) for each in mapped}
    arrays |= {each.name: view(given, each, name) for each in inside}
    return Hdf5(name, MappingProxyType(arrays), attributes)


def divided(table: list[list[Any]]) -> tuple[list[Entry], list[Entry]]:
    """The arrays that lie in the file, and those whose numbers were given, one after the other."""
    mapped, inside, place = [], [], 0
    for name, dtype, shape, offset in table:
        if offset is None:
            inside.append(entry(name, dtype, shape, place))
            place = inside[-1].end
        else:
            mapped.append(entry(name, dtype, shape, offset))
    return mapped, inside


def moved(each: Entry, start: int) -> Entry:
    """The entry with its place counted from the beginning of the file that holds the HDF5 file."""
    return Entry(each.name, each.dtype, each.shape, each.offset + start)


def checked(attributes: Any) -> Attributes:
    """The attributes. ValueError unless they are texts, numbers and lists by name, by path."""
    for path, held in attributes.items():
        if not isinstance(path, str) or not all(isinstance(name, str) and plain(held[name]) for name in held):
            raise ValueError(path)
    return MappingProxyType(attributes)


def plain(value: Any) -> bool:
    """Whether a value is a text, a number or a list of such."""
    return all(map(plain, value)) if isinstance(value, list) else value is None or isinstance(value, str | int | float)
