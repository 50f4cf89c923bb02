"""Whatever is changed in a payload and sealed again, the file is opened or refused, and nothing else happens.

The default run takes a few; `pytest -m long` takes 50,000.
"""

import contextlib
import time

import numpy as np
import pytest
from sealed_files import hdf5, mutants, save, sealed
from test_any_damage import GOLDEN
from watched import watched

import kit
from kit.storage import StorageError, read, write
from kit.storage.seal import SIZE
from tests.kit.inspecting import Inspecting
from tests.kit.measured import MIB, forget_peak, memory, needs_proc, peak


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
    for mutant in mutants(payload, 20):
        save(path, sealed(mutant))
        try:
            for array in read(path).arrays.values():
                array.sum()
        except StorageError as error:
            refused += "model.h5 is not laid out" in str(error)
    assert refused > 5


def trained(path):
    """The payload of a whole training: layers, weights, optimizer, curve, session."""
    return GOLDEN.read_bytes()[SIZE:]


def sums(path):
    """Reads every number."""
    return [array.sum() for array in read(path).arrays.values()]


def many(make, use, count, path):
    """Opens so many mutants; gives how many were opened, and how many were refused."""
    payload, opened, longest = make(path), 0, 0.0
    use(save(path, sealed(payload)))
    with Inspecting() as inspecting:
        before = memory()
        forget_peak()
        for mutant in mutants(payload, count):
            save(path, sealed(mutant))
            start = time.process_time()
            with watched() as seen, contextlib.suppress(StorageError):
                use(path)
                opened += 1
            longest = max(longest, time.process_time() - start)
            opened_files = {str(what[0]) for event, what in seen if event == "open" and not isinstance(what[0], int)}
            assert (opened_files, {event for event, _ in seen}) == ({str(path)}, {"open"})
        assert peak() - before < 100 * MIB
    return {
        "opened": opened,
        "refused": count - opened,
        "of these because the limited process ended": inspecting.ended,
        "most processor time, seconds": round(max(longest, inspecting.longest), 3),
    }


@needs_proc
@pytest.mark.parametrize(("make", "use"), [(trained, kit.load), (todays, sums), (oldest, sums)])
def test_mutants_are_opened_or_refused(make, use, tmp_path):
    assert many(make, use, 100, tmp_path / "model.h5")["refused"] > 10


@needs_proc
@pytest.mark.long
@pytest.mark.parametrize(
    ("make", "use", "count"), [(trained, kit.load, 30_000), (todays, sums, 10_000), (oldest, sums, 10_000)]
)
def test_50_000_mutants_are_opened_or_refused(make, use, count, tmp_path, record_property):
    for name, value in many(make, use, count, tmp_path / "model.h5").items():
        record_property(f"{make.__name__}, {name}", value)
