"""Loading: a sealed file as arrays mapped straight from it, and its config."""

import mmap
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, BinaryIO

import numpy as np

from kit.storage import seal
from kit.storage.config_text import from_text
from kit.storage.errors import StorageError, explained
from kit.storage.inspect_file import CONFIG
from kit.storage.inspection import Entry, inspect, refusal

FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # no waiting for a pipe


@dataclass(frozen=True)
class Stored:
    """What a file holds. The arrays cannot be written to: they are the file itself, read when touched."""

    arrays: Mapping[str, np.ndarray]
    config: dict[str, Any]


def read(path: str | os.PathLike[str]) -> Stored:
    """The arrays and the config of the file `path`, which `write` saved.

    The seal is checked first, then the structure, in a limited process, then every array's place; only then
    is anything used. The arrays stay as they are when the file is saved again, for that makes a new file.
    Raises FileNotFoundError, another OSError where the system refuses, StorageError for any other file.
    """
    name = os.fsdecode(path)
    try:
        with open_ordinary(name) as file:
            size = seal.check(file, name)
            entries = inspect(file, size, name)
            whole = contents(file)
    except OSError as error:
        raise explained(error, f"{name} could not be read", "check the path and its permissions") from error
    arrays = {entry.name: view(whole, entry, name) for entry in entries}
    text = arrays.pop(CONFIG).tobytes()
    try:
        return Stored(MappingProxyType(arrays), from_text(text))
    except (ValueError, RecursionError) as error:
        raise refusal(name, f"its config cannot be read ({error!s:.200})") from None


def open_ordinary(name: str) -> BinaryIO:
    """The file, open, when it is one: not a folder, a pipe or a device."""
    if os.path.isdir(name):
        raise StorageError(f"{name} is a folder; give the path of a file that Hornbook saved")
    descriptor = os.open(name, FLAGS)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb", buffering=0)
    os.close(descriptor)
    raise StorageError(f"{name} is not an ordinary file; give the path of a file that Hornbook saved")


def contents(file: BinaryIO) -> mmap.mmap | bytes:
    """The whole file, mapped; on Windows, where a mapped file could not be saved again, read."""
    if os.name == "nt":
        file.seek(0)
        return file.read()
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def view(whole: mmap.mmap | bytes | memoryview, entry: Entry, name: str) -> np.ndarray:
    """One array, read-only, without a copy."""
    if not entry.count:
        array = np.empty(entry.shape, entry.dtype)
        array.flags.writeable = False
        return array
    array = np.frombuffer(whole, entry.dtype, entry.count, entry.offset).reshape(entry.shape)
    if entry.dtype == bool and array.view(np.uint8).max() > 1:
        raise refusal(name, f"{entry.name!r} has a bool that is neither true nor false")
    return array
