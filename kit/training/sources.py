"""Samples that are read when they are needed: rows of files, torch's data sets."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor
from torch.utils.data import default_collate

from kit.training.data import Batch, Source, blocks, kept_of, parts

Conform = Callable[..., Batch]  # from (X, y, weights) as they come to a batch that suits the model
READ_BYTES = 16 << 20  # this much is read at once
CHUNK_BYTES = 1 << 20  # rows of a file that stay together when they are shuffled
WINDOW = 16  # so many of these chunks are mixed row by row
GAP_BYTES = 1 << 16  # rows of a file with no more than this between them are read in one piece, which is faster
PROBES = 64  # samples by which data that are too large to be read whole are recognized


def is_read_by_row(values: Any) -> bool:
    """Whether these are rows that are read when they are asked for, such as HDF5Matrix, h5py.Dataset, numpy.memmap."""
    if isinstance(values, np.memmap):
        return True
    in_memory = isinstance(values, (np.ndarray, Tensor, list, tuple, Mapping)) or hasattr(values, "to_numpy")
    return not in_memory and all(hasattr(values, name) for name in ("shape", "dtype", "__getitem__", "__len__"))


class SparseRows:
    """The rows of a sparse matrix (SciPy), which are made dense when they are read."""

    def __init__(self, matrix: Any) -> None:
        self.matrix, self.shape, self.dtype = matrix.tocsr(), matrix.shape, matrix.dtype

    def __len__(self) -> int:
        return int(self.shape[0])

    def __getitem__(self, rows: Any) -> np.ndarray:
        return self.matrix[rows].toarray()


def dense_by_row(values: Any) -> Any:
    """The rows of a sparse matrix, made dense when they are read; anything else itself."""
    return SparseRows(values) if hasattr(values, "tocsr") else values


class Rows(Source):
    """Samples that are read when they are needed, in bounded memory. A subclass says how some of them are read.

    start, stop: which of them belong to this source. chunk: how many stay together when they are shuffled.
    reads_ahead: whether a thread reads what comes next while the model trains.
    """

    chunk = 1
    reads_ahead = False

    def __init__(self, start: int, stop: int) -> None:
        self.start, self.stop = start, stop

    def read(self, rows: np.ndarray) -> Batch:
        """Hook: the samples of these row numbers, which rise and are all different."""
        raise NotImplementedError

    def part(self, start: int, stop: int) -> Rows:
        """Hook: the same source from one row to another."""
        raise NotImplementedError

    def __len__(self) -> int:
        return self.stop - self.start

    def count(self, size: int) -> int | None:
        return -(-len(self) // size)

    def first(self) -> Batch:
        return self.read(np.arange(self.start, self.start + 1))

    def split(self, fraction: float) -> tuple[Source, Source]:
        kept = kept_of(len(self), fraction)
        return self.part(self.start, self.start + kept), self.part(self.start + kept, self.stop)

    def order(self, generator: Generator) -> Tensor | None:
        if self.chunk == 1:
            return torch.randperm(len(self), generator=generator)
        # chunks in a random order, the rows of a few of them mixed, so that a file is read in long pieces
        chunks = torch.arange(len(self)).split(self.chunk)
        chosen = torch.randperm(len(chunks), generator=generator).tolist()
        windows = [chosen[i : i + WINDOW] for i in range(0, len(chosen), WINDOW)]
        mixed = []
        for window in windows:
            rows = torch.cat([chunks[number] for number in window])
            mixed.append(rows[torch.randperm(len(rows), generator=generator)])
        return torch.cat(mixed)

    def batches(self, size: int, order: Tensor | None = None, first: int = 0) -> Iterator[Batch]:
        places = blocks(self.first(), len(self), size, first, READ_BYTES)
        found = (self.block(start, stop, order) for start, stop in places)
        for block in ahead(found) if self.reads_ahead else found:
            yield from parts(block, size)

    def block(self, start: int, stop: int, order: Tensor | None) -> Batch:
        """The samples from one place in the order to another."""
        wanted = np.arange(start, stop) if order is None else order[start:stop].numpy()
        rows, places = np.unique(wanted, return_inverse=True)
        block = self.read(rows + self.start)
        if order is None:
            return block
        there = torch.from_numpy(places)
        return block.of([tensor.index_select(0, there) for tensor in block.tensors()])

    def fingerprint(self) -> str:
        rows = np.unique(np.linspace(self.start, self.stop - 1, min(PROBES, len(self))).astype(int))
        digest = hashlib.sha256(str(len(self)).encode())
        for tensor in self.read(rows).tensors():
            digest.update(f"{tuple(tensor.shape)} {tensor.dtype} ".encode())
            digest.update(tensor.contiguous().view(-1).view(torch.uint8).numpy().data)
        return digest.hexdigest()


def ahead(blocks: Iterator[Batch]) -> Iterator[Batch]:
    """The same blocks; a thread makes the next one while one is used."""
    with ThreadPoolExecutor(1, "hornbook reading") as reader:
        coming = reader.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = reader.submit(next, blocks, None)
            yield block


class Columns(Rows):
    """Rows of arrays of which some are not in memory.

    X, y, weights: as the user gave them: an array, a list or a dict of arrays, or None.
    """

    reads_ahead = True

    def __init__(self, X: Any, y: Any, weights: Any, conform: Conform, start: int = 0, stop: int | None = None) -> None:
        given = {"X": X, "y": y, "sample_weight": weights}
        lengths = {name: [len(each) for each in columns(values)] for name, values in given.items()}
        found = {length for each in lengths.values() for length in each}
        if len(found) > 1:
            said = ", ".join(f"{name} has {' and '.join(map(str, each))}" for name, each in lengths.items() if each)
            raise ValueError(f"{said} samples; give as many of each")
        super().__init__(start, found.pop() if stop is None else stop)
        self.given, self.conform = (X, y, weights), conform
        sample = sum(t[0].numel() * t.element_size() for t in self.first().tensors())
        self.chunk = max(1, CHUNK_BYTES // max(sample, 1))

    def read(self, rows: np.ndarray) -> Batch:
        whole = len(rows) and rows[-1] - rows[0] + 1 == len(rows)
        key = slice(int(rows[0]), int(rows[-1]) + 1) if whole else rows
        return self.conform(*(taken(values, key) for values in self.given))

    def part(self, start: int, stop: int) -> Columns:
        return Columns(*self.given, self.conform, start, stop)


def columns(values: Any) -> Sequence[Any]:
    """The arrays that were given."""
    if isinstance(values, Mapping):
        return list(values.values())
    several = isinstance(values, (list, tuple)) and any(is_read_by_row(item) for item in values)
    return list(values) if several else [] if values is None else [values]


def taken(values: Any, key: Any) -> Any:
    """Some rows of what was given, in the same form."""
    if isinstance(values, Mapping):
        return {name: taken(column, key) for name, column in values.items()}
    if isinstance(values, (list, tuple)) and any(is_read_by_row(item) for item in values):
        return [taken(column, key) for column in values]
    if values is None:
        return None
    if hasattr(values, "iloc"):
        return values.iloc[key]
    if is_read_by_row(values) and isinstance(key, np.ndarray):
        row = np.dtype(values.dtype).itemsize * math.prod(values.shape[1:])
        spans = np.split(key, np.flatnonzero((np.diff(key) - 1) * row > GAP_BYTES) + 1)
        return np.concatenate([np.asarray(values[span[0] : span[-1] + 1])[span - span[0]] for span in spans])
    return np.array((values if hasattr(values, "shape") else np.asarray(values))[key])


class Samples(Rows):
    """A torch Dataset whose samples have numbers: each is X, (X, y) or (X, y, weight)."""

    def __init__(self, samples: Any, conform: Conform, start: int = 0, stop: int | None = None) -> None:
        super().__init__(start, len(samples) if stop is None else stop)
        self.samples, self.conform = samples, conform

    def read(self, rows: np.ndarray) -> Batch:
        if hasattr(self.samples, "__getitems__"):
            found = self.samples.__getitems__(rows.tolist())
        else:
            found = [self.samples[int(row)] for row in rows]
        return self.conform(*unpacked(default_collate(list(found))))

    def part(self, start: int, stop: int) -> Samples:
        return Samples(self.samples, self.conform, start, stop)


def unpacked(item: Any) -> tuple[Any, ...]:
    """What a loader or generator yields: X, (X, y) or (X, y, weights)."""
    if isinstance(item, (tuple, list)) and 1 <= len(item) <= 3:
        return tuple(item)
    return (item,)
