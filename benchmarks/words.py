"""Whether a step depends on how many words an embedding has: python -m benchmarks.words

For each optimizer under which rows may rest exactly, 2,000,000 words beside 20,000, in turn; processor time of one
thread.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import numpy as np
import torch

import kit
from kit.layers import LSTM, Dense, Embedding
from kit.training import steps


def training(words: int, optimizer: str) -> Iterator[object]:
    """The steps of a small LSTM over 100 words, 16 texts a batch."""
    layers = [Embedding(words, 64, embeddings_initializer="zeros"), LSTM(32), Dense(1, activation="sigmoid")]
    model = kit.Sequential(layers)
    model.compile(optimizer, "binary_crossentropy")
    rng = np.random.default_rng(0)
    return steps(model, rng.integers(0, words, (320, 100)), rng.integers(0, 2, (320, 1)), batch_size=16, epochs=10**6)


def milliseconds(records: Iterator[object], count: int = 20) -> float:
    """The median of so many steps."""
    times = []
    for _ in range(count):
        start = time.thread_time()
        next(records)
        times.append(time.thread_time() - start)
    return 1e3 * statistics.median(times)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for optimizer in ("sgd", "rmsprop", "adagrad", "adadelta"):
        few, many = training(20_000, optimizer), training(2_000_000, optimizer)
        milliseconds(few), milliseconds(many)
        pairs = [(milliseconds(few), milliseconds(many)) for _ in range(7)]
        found = [more / less for less, more in pairs]
        print(f"{optimizer:9} {statistics.median(found):.2f} ({min(found):.2f}–{max(found):.2f})", flush=True)
