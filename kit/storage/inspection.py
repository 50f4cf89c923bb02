"""The table of a file's arrays: made in a limited process, then checked here as if a stranger had sent it."""

import importlib.util
import json
import math
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from kit.storage import inspect_file
from kit.storage.errors import StorageError
from kit.storage.inspect_file import CONFIG, DTYPES, MAX_CONFIG, USER_BLOCK
from kit.storage.names import names_problem

MAX_SECONDS = 60.0  # from start to end
MAX_ANSWER = 1 << 26  # bytes
MAX_DIMENSIONS = 32
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "HDF5_PLUGIN_PRELOAD": "::"}


@dataclass(frozen=True)
class Entry:
    """Where one array lies: `offset` in bytes from the beginning of the file."""

    name: str
    dtype: np.dtype
    shape: tuple[int, ...]
    offset: int

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    @property
    def end(self) -> int:
        return self.offset + self.count * self.dtype.itemsize


def inspect(file: BinaryIO, size: int, name: str) -> list[Entry]:
    """Every array of the open file of this size. Raises StorageError for a structure not Hornbook's."""
    told = understood(ask(file, min(size + (1 << 16), MAX_ANSWER), name), name, refusal)
    try:
        entries = [entry(*row) for row in told["table"]]
    except (TypeError, KeyError, ValueError):
        raise refusal(name, "its structure could not be told") from None
    check(entries, size, name)
    return entries


def understood(answer: bytes, name: str, refusal: Callable[[str, str], StorageError]) -> Any:
    """What the limited process said, as plain data. Raises a refusal where it refused the file."""
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict) and isinstance(told.get("refused"), str):
        why = "".join(letter if letter.isprintable() else "?" for letter in told["refused"][:600])
        raise refusal(name, why)
    return told


def ask(file: BinaryIO, most: int, name: str, script: str | None = None, arguments: Sequence[str] = ()) -> bytes:
    """What the limited process prints about the file, at most so many bytes.

    script: the path of what it runs; inspect_file.py if none.
    """
    if not sys.executable:
        raise StorageError(f"{name} cannot be checked: sys.executable is empty; set it to the Python interpreter")
    script = os.path.abspath(script or inspect_file.__file__)
    command = [sys.executable, "-I", "-S", script, *arguments, *import_folders()]
    with subprocess.Popen(
        command,
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **ENVIRONMENT},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as child:
        timer = threading.Timer(MAX_SECONDS, child.kill)
        timer.start()
        try:
            assert child.stdout is not None
            answer = child.stdout.read(most + 1)
            if len(answer) <= most:
                child.wait()
        finally:
            child.kill()
            timer.cancel()
    if child.returncode == inspect_file.CANNOT_IMPORT:
        raise StorageError(f"{name} cannot be checked: {sys.executable} cannot import h5py; reinstall h5py and NumPy")
    if child.returncode or len(answer) > most:
        raise refusal(name, f"checking its structure took too much or failed (exit {child.returncode})")
    return answer


def import_folders() -> list[str]:
    """Where the limited process finds h5py and NumPy."""
    found = [importlib.util.find_spec(package) for package in ("h5py", "numpy")]
    return list(dict.fromkeys(os.path.dirname(os.path.dirname(str(spec.origin))) for spec in found if spec))


def entry(name: Any, dtype: Any, shape: Any, offset: Any) -> Entry:
    """One row of the table. Raises ValueError or TypeError unless it is plain."""
    if not isinstance(name, str) or dtype not in DTYPES or not isinstance(shape, list):
        raise ValueError(name)
    if len(shape) > MAX_DIMENSIONS or not all(type(number) is int and number >= 0 for number in [*shape, offset]):
        raise ValueError(name)
    return Entry(name, np.dtype(dtype), tuple(shape), offset)


def check(entries: list[Entry], size: int, name: str) -> None:
    """Raise StorageError unless names, sizes and places can be true of a file of this size."""
    if problem := names_problem(each.name for each in entries if each.name != CONFIG):
        raise refusal(name, problem)
    configs = [each for each in entries if each.name == CONFIG]
    if len(configs) != 1 or len(configs[0].shape) != 1 or configs[0].count > MAX_CONFIG:
        raise refusal(name, "it has no config, or one of the wrong kind")
    if odd := next((each for each in entries if each.offset % each.dtype.itemsize), None):
        raise refusal(name, f"{odd.name!r} does not begin at a multiple of its size")
    if problem := places_problem(entries, USER_BLOCK, size):
        raise refusal(name, problem)


def places_problem(entries: Iterable[Entry], start: int, size: int) -> str | None:
    """What is wrong with arrays at these places in a file of this size, which has room from `start`, or None."""
    last = start
    for each in sorted(entries, key=lambda each: (each.offset, each.end)):
        length = math.prod(number for number in each.shape if number) * each.dtype.itemsize
        if each.end > size or length >= 1 << 62:
            return f"{each.name!r} does not fit into the file"
        if each.count and each.offset < last:
            return f"{each.name!r} overlaps other data"
        last = max(last, each.end) if each.count else last
    return None


def refusal(name: str, why: str) -> StorageError:
    """The sentence for a file whose seal holds but whose structure is wrong."""
    return StorageError(f"{name} is not laid out as Hornbook lays out a file: {why}; do not trust it, get a new copy")
