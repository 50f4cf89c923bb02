"""Files of models in the folder where the kernel works: which there are, and how a typed path is meant."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

ENDINGS = (".h5", ".hdf5", ".keras")
MOST = 500  # files that are told of


def is_file_name(text: str) -> bool:
    """Whether a text names a file of a model."""
    return "\n" not in text and Path(text).suffix in ENDINGS


def file_named(text: str) -> Path:
    """A path as typed, with .h5 where no ending is given. ValueError for an empty one."""
    if not text.strip():
        raise ValueError("give the file a name, such as model.h5")
    path = Path(text.strip()).expanduser()
    return path if path.suffix else path.with_suffix(".h5")


def new_file_named(text: str) -> Path:
    """Where something is to be saved, as typed. ValueError for an empty path, and for a file of another kind."""
    path = file_named(text)
    if path.exists() and path.suffix not in ENDINGS:
        raise ValueError(f"{path} is there already, and is no file of a model; give another name, such as model.h5")
    return path


def free_file_like(path: Path) -> Path:
    """A path at which there is nothing yet: run.h5, else run-2.h5, run-3.h5 ..."""
    tries = (path.with_stem(f"{path.stem}-{number}") for number in itertools.count(2))
    return path if not path.exists() else next(each for each in tries if not each.exists())


def told(folder: str = ".") -> list[dict[str, Any]]:
    """The files of models in a folder, the latest first: name, bytes, and when each was written, in seconds."""
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.stat()) for entry in entries if is_file_name(entry.name) and entry.is_file()]
    found.sort(key=lambda each: (-each[1].st_mtime, each[0]))
    return [{"name": name, "bytes": stat.st_size, "modified": stat.st_mtime} for name, stat in found[:MOST]]
