"""Whether a step costs the same however long a training, a model or a history is.

    python -m benchmarks.flatness [steps]

A tiny MLP is trained for 1,000,000 steps (or so many); time a step and memory are told for each tenth. Then come
models of more and more layers, and reading a history of 100,000 points.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Iterator

import numpy as np

import kit
from kit.layers import Dense, Dropout
from kit.training import steps


def rows(count: int, width: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, width)).astype("float32"), rng.normal(size=(count, 1)).astype("float32")


def tiny(depth: int = 1) -> kit.Sequential:
    layers = [Dense(4, activation="tanh", input_dim=4), *(Dense(4, activation="tanh") for _ in range(depth - 1))]
    model = kit.Sequential([*layers, Dropout(0.1), Dense(1)])
    model.compile("sgd", "mse")
    return model


def seconds(records: Iterator[object], count: int) -> float:
    """Processor time of so many steps."""
    start = time.thread_time()
    for _ in range(count):
        next(records)
    return time.thread_time() - start


def mebibytes() -> float:
    """Memory in use, at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def long(count: int) -> None:
    """Time a step and memory as the training goes on, its history kept."""
    model = tiny()
    X, y = rows(8 * 1000)
    records = steps(model, X, y, batch_size=8, epochs=count)
    seconds(records, 200)
    print("steps, microseconds a step, MiB")
    for tenth in range(1, 11):
        spent = seconds(records, count // 10)
        print(f"{tenth * (count // 10):>9,}  {1e6 * spent / (count // 10):6.1f}  {mebibytes():7.1f}", flush=True)


def deep() -> None:
    """Time a step and a layer of deeper and deeper models."""
    print("layers, microseconds a step, of it a layer")
    for depth in (1, 10, 100):
        model = tiny(depth)
        records = steps(model, *rows(800), batch_size=8, epochs=10**6)
        seconds(records, 50)
        spent = statistics.median(seconds(records, 100) / 100 for _ in range(5))
        print(f"{depth:>6}  {1e6 * spent:8.1f}  {1e6 * spent / (depth + 1):6.1f}", flush=True)


def curves() -> None:
    """Adding a point to a history and reading its last 100, when there are more and more."""
    model = tiny()
    records = steps(model, *rows(8000), batch_size=8, epochs=10**6)
    print("points, microseconds to read the last 100")
    for points in (1000, 10_000, 100_000):
        seconds(records, points - model.history.steps)
        model.history.batch("loss")
        start = time.thread_time()
        for _ in range(20):
            model.history.batch("loss", points - 100)
        print(f"{points:>7,}  {1e6 * (time.thread_time() - start) / 20:8.1f}", flush=True)


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    long(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    deep()
    curves()
