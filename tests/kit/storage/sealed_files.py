"""Files that `write` would never make, under a seal that holds."""

import io
import random
import struct
from collections.abc import Callable, Iterator
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


def mutants(payload: bytes, count: int) -> Iterator[bytes]:
    """So many payloads with a few bytes changed, most where the structure is."""
    chance = random.Random(0)
    structure = [place for place in range(len(payload)) if payload[place]]
    for _ in range(count):
        mutant = bytearray(payload)
        for _ in range(chance.choice([1, 1, 2, 5])):
            place = chance.choice(structure) if chance.random() < 0.7 else chance.randrange(len(payload))
            kind = chance.randrange(3)
            if kind == 0:
                mutant[place] ^= 1 << chance.randrange(8)
            elif kind == 1:
                mutant[place] = chance.choice([0, 1, 0x7F, 0x80, 0xFF])
            else:
                value = chance.choice([0, 2**64 - 1, 2**63, len(payload), chance.randrange(len(payload))])
                mutant[place : place + 8] = struct.pack("<Q", value)
        yield bytes(mutant[: len(payload)])
