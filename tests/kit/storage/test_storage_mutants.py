"""Whatever is changed in a payload and sealed again, `read` reads it or refuses it, and nothing else.

The default run takes a few; HORNBOOK_MUTANTS=2000 takes as many.
"""

import os
import random
import struct

import numpy as np
import pytest
from sealed_files import hdf5, save, sealed

from kit.storage import StorageError, read, write
from kit.storage.seal import SIZE

MUTANTS = int(os.environ.get("HORNBOOK_MUTANTS", "60"))


def mutants(payload, count):
    """Payloads with a few bytes changed, most where the structure is."""
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


def fill(file):
    for place in range(9):
        file[f"weights/layer_{place % 3}/array_{place}"] = np.arange(place, dtype="u1")


def todays(path):
    """The payload of `write`; HDF5 has a checksum on each of its structures."""
    write(path, {f"weights/layer_{place % 3}/array_{place}": np.arange(place) for place in range(9)}, {"a": 1})
    return path.read_bytes()[SIZE:]


def oldest(path):
    """A payload in the oldest format, which has no checksums, so that changes reach deep into the library."""
    return hdf5(fill, libver=("earliest", "v108"))[SIZE:]


@pytest.mark.parametrize("make", [todays, oldest])
def test_a_mutant_is_read_or_refused_and_nothing_else(make, tmp_path):
    path = tmp_path / "model.h5"
    payload = make(path)
    assert len(read(save(path, sealed(payload))).arrays) == 9
    refused = 0
    for mutant in mutants(payload, MUTANTS // 2):
        save(path, sealed(mutant))
        try:
            for array in read(path).arrays.values():
                array.sum()
        except StorageError as error:
            refused += "model.h5 is not laid out" in str(error)
    assert refused > MUTANTS // 20
