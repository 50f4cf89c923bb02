"""A file of which anything was changed is refused: each byte, each length, ten thousand random changes.

Each in less than a second and 100 MB.
"""

import os
import shutil
import time
from pathlib import Path

import pytest
from sealed_files import mutants

import kit
from kit.storage import StorageError
from tests.kit.measured import MIB, forget_peak, memory, needs_proc, peak

GOLDEN = Path(__file__).parent / "golden" / "training-1a.h5"


class Damaged:
    """A whole file that is changed in place and opened."""

    def __init__(self, path: Path) -> None:
        self.path, self.content, self.slowest = path, path.read_bytes(), 0.0
        self.file = os.open(path, os.O_RDWR)

    def put(self, place: int, content: bytes) -> None:
        os.pwrite(self.file, content, place)

    def refused(self) -> None:
        start = time.perf_counter()
        with pytest.raises(StorageError):
            kit.load(self.path)
        self.slowest = max(self.slowest, time.perf_counter() - start)


@pytest.fixture
def damaged(tmp_path):
    damaged = Damaged(Path(shutil.copy(GOLDEN, tmp_path)))
    kit.load(damaged.path)
    before = memory()
    forget_peak()
    yield damaged
    os.close(damaged.file)
    assert damaged.slowest < 1
    assert peak() - before < 100 * MIB


@needs_proc
def test_a_file_with_any_one_byte_changed_is_refused(damaged):
    for place, byte in enumerate(damaged.content):
        damaged.put(place, bytes([byte ^ 0xFF]))
        damaged.refused()
        damaged.put(place, bytes([byte]))
    kit.load(damaged.path)


@needs_proc
def test_a_file_cut_at_any_place_is_refused(damaged):
    for size in reversed(range(len(damaged.content))):
        os.ftruncate(damaged.file, size)
        damaged.refused()


@needs_proc
def test_a_file_changed_at_random_10_000_times_is_refused_each_time(damaged):
    count = 0
    for mutant in mutants(damaged.content, 11_000):
        if mutant != damaged.content:
            damaged.put(0, mutant)
            damaged.refused()
            count += 1
    assert count >= 10_000
