"""Files that `write` would never make, under a seal that holds."""

import io
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from kit.storage import seal


def sealed(payload: bytes) -> bytes:
    """The payload under a true seal."""
    return seal.header(memoryview(payload)) + payload


def hdf5(fill: Callable[[h5py.File], object], config: object = b"{}", **options: object) -> bytes:
    """A sealed HDF5 file with a config, filled by a function."""
    memory = io.BytesIO()
    with h5py.File(memory, "w", **{"userblock_size": seal.SIZE, "libver": ("v108", "latest"), **options}) as file:
        if config is not None:
            file.create_dataset("config", data=np.bytes_(config) if isinstance(config, bytes) else config)
        fill(file)
    return sealed(memory.getvalue()[seal.SIZE :])


def save(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
