"""Data and files beside the plainest way there is: python -m benchmarks.data [--keep]

An epoch of shuffled batches from memory beside one gather of the whole array; training from a file beside training
from memory, and reading it shuffled beside reading it from its start to its end; saving and loading a model beside
h5py's writing and reading of the same arrays, without a seal, an fsync or a check. They take turns; times are the
clock's, one thread. And how fast images are augmented.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch

import kit
from benchmarks.keeping import kept
from kit.layers import Dense, Input
from kit.preprocessing.image import ImageDataGenerator
from kit.training.feeding import source_for
from kit.utils.io_utils import HDF5Matrix

ROUNDS = 7


def beside(one: Callable[[], Any], other: Callable[[], Any]) -> str:
    """Milliseconds of both, and the one's time by the other's: median, least and greatest of the rounds."""
    pairs = [(seconds(one), seconds(other)) for _ in range(ROUNDS + 1)][1:]
    found = sorted(mine / theirs for mine, theirs in pairs)
    mine, theirs = (1e3 * statistics.median(each) for each in zip(*pairs, strict=True))
    return f"{mine:.1f} ms, {theirs:.1f} ms: {statistics.median(found):.2f} ({found[0]:.2f}–{found[-1]:.2f})"


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def exhaust(batches: Iterable[Any]) -> None:
    for _ in batches:
        pass


def model(width: int, depth: int = 1) -> kit.Sequential:
    """Dense layers of one width."""
    made = kit.Sequential([Input(width), *(Dense(width) for _ in range(depth))])
    made.compile("sgd", "mse")
    return made


def epoch(X: Any, size: int) -> Callable[[], None]:
    """An epoch of shuffled batches, which nobody uses."""
    source = source_for(model(X.shape[1]), X, targets=False)
    generator = torch.Generator().manual_seed(0)
    return lambda: exhaust(source.batches(size, source.order(generator)))


def from_memory() -> str:
    X = np.zeros((200_000, 64), "float32")
    there = torch.from_numpy(X)
    return beside(epoch(X, 128), lambda: there[torch.randperm(len(there))])


def from_file(folder: Path) -> list[str]:
    images, labels = np.random.default_rng(0).random((60_000, 784), "float32"), np.arange(60_000) % 10
    with h5py.File(folder / "rows.h5", "w") as file:
        file["X"] = images

    def train(X: Any) -> Callable[[], None]:
        taught = kit.Sequential([Input(784), Dense(128, "relu"), Dense(128, "relu"), Dense(10, "softmax")])
        taught.compile("rmsprop", "sparse_categorical_crossentropy")
        return lambda: taught.fit(X, labels, batch_size=128, epochs=1, verbose=0)

    with h5py.File(folder / "rows.h5") as file, contextlib.closing(HDF5Matrix(folder / "rows.h5", "X")) as X:

        def straight() -> None:
            for start in range(0, len(file["X"]), 334):  # of about a megabyte
                torch.from_numpy(file["X"][start : start + 334])

        return [
            f"an epoch of W2 from a file, from memory: {beside(train(X), train(images))}",
            f"shuffled batches from a file, h5py from its start to its end: {beside(epoch(X, 128), straight)}",
        ]


def saving(folder: Path, width: int) -> list[str]:
    made = model(width, 10)
    path, plain = folder / "model.h5", folder / "plain.h5"

    def write() -> None:
        with h5py.File(plain, "w") as file:
            for number, array in enumerate(made.get_weights()):
                file[str(number)] = array

    def read() -> list[np.ndarray]:
        with h5py.File(plain) as file:
            return [file[name][()] for name in file]

    what = f"a model of {sum(array.size for array in made.get_weights()) / 1e6:.1f} million weights"
    saved = beside(lambda: made.save(path), write)
    return [f"save {what}, h5py: {saved}", f"load {what}, h5py: {beside(lambda: kit.load(path), read)}"]


def augmented() -> str:
    images = np.random.default_rng(0).random((512, 3, 32, 32), "float32")
    varied = ImageDataGenerator(rotation_range=20, width_shift_range=0.2, height_shift_range=0.2, horizontal_flip=True)
    rounds = [seconds(lambda: exhaust(varied.flow(images, images[:, 0, 0, 0], batch_size=64))) for _ in range(ROUNDS)]
    return f"{len(images) / statistics.median(rounds):,.0f} images of 3 x 32 x 32 a second, turned, moved and mirrored"


def measure() -> str:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return "\n".join(
            [
                f"shuffled batches from memory, one gather: {from_memory()}",
                *from_file(folder),
                *saving(folder, 100),
                *saving(folder, 1000),
                augmented(),
            ]
        )


if __name__ == "__main__":
    kept("data", measure)
