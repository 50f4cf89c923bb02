"""Training steps of the kit beside the loop one would write by hand, in one run, as ratios.

    python benchmarks/steps.py [rounds]

W1: MLP 20-64-64-2, tanh, dropout, SGD with nesterov momentum, batch 16. W2: MLP 784-128-128-10, RMSprop, batch 128.
W3: the VGG-like convnet of the 2015 README, 3x32x32, batch 32. One thread; rounds alternate between the two; the figure
is the median of the rounds' medians, with their least and greatest ratio.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from kit.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from kit.models import Sequential
from kit.optimizers import SGD, RMSprop
from kit.training.steps import steps


def w1() -> tuple[Sequential, nn.Module, torch.optim.Optimizer, str, tuple[int, ...], int, int]:
    layers = [Dense(20, 64), Activation("tanh"), Dropout(0.5), Dense(64, 64), Activation("tanh"), Dropout(0.5)]
    model = Sequential([*layers, Dense(64, 2), Activation("softmax")])
    model.compile(SGD(lr=0.1, decay=1e-6, momentum=0.9, nesterov=True), "mean_squared_error")
    hand = nn.Sequential(
        *(nn.Linear(20, 64), nn.Tanh(), nn.Dropout(0.5), nn.Linear(64, 64), nn.Tanh(), nn.Dropout(0.5)),
        *(nn.Linear(64, 2), nn.Softmax(-1)),
    )
    return model, hand, torch.optim.SGD(hand.parameters(), 0.1, 0.9, nesterov=True), "mse", (20,), 2, 16


def w2() -> tuple[Sequential, nn.Module, torch.optim.Optimizer, str, tuple[int, ...], int, int]:
    model = Sequential([Dense(784, 128, activation="relu"), Dropout(0.2), Dense(128, activation="relu"), Dropout(0.2)])
    model.add(Dense(10, activation="softmax"))
    model.compile(RMSprop(), "categorical_crossentropy")
    hand = nn.Sequential(
        *(nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 128), nn.ReLU(), nn.Dropout(0.2)),
        nn.Linear(128, 10),
    )
    return model, hand, torch.optim.RMSprop(hand.parameters(), 0.001, 0.9), "ce", (784,), 10, 128


def w3() -> tuple[Sequential, nn.Module, torch.optim.Optimizer, str, tuple[int, ...], int, int]:
    model = Sequential()
    hand: list[nn.Module] = []
    for filters, channels in ((32, 3), (64, 32)):
        model.add(Conv2D(filters, channels, 3, 3, border_mode="full", activation="relu"))
        model.add(Conv2D(filters, filters, 3, 3, activation="relu"))
        model.add(MaxPooling2D())
        model.add(Dropout(0.25))
        hand += [nn.Conv2d(channels, filters, 3, padding=2), nn.ReLU(), nn.Conv2d(filters, filters, 3), nn.ReLU()]
        hand += [nn.MaxPool2d(2), nn.Dropout(0.25)]
    for layer in (Flatten(), Dense(256, activation="relu"), Dropout(0.5), Dense(10, activation="softmax")):
        model.add(layer)
    hand += [nn.Flatten(), nn.Linear(64 * 8 * 8, 256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, 10)]
    model.compile(SGD(lr=0.01, momentum=0.9, nesterov=True), "categorical_crossentropy")
    module = nn.Sequential(*hand)
    return model, module, torch.optim.SGD(module.parameters(), 0.01, 0.9, nesterov=True), "ce", (3, 32, 32), 10, 32


def by_hand(
    module: nn.Module, optimizer: torch.optim.Optimizer, loss: str, X: torch.Tensor, Y: torch.Tensor, size: int
) -> Iterator[torch.Tensor]:
    """The loop one would write, batches cut from a shuffled order, without a DataLoader."""
    module.train()
    criterion = nn.functional.mse_loss if loss == "mse" else nn.functional.cross_entropy
    while True:
        for index in torch.randperm(len(X)).split(size):
            value = criterion(module(X[index]), Y[index])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            yield value.detach()


def median_step(steps: Iterator[object], count: int) -> float:
    """The median of so many steps, in milliseconds."""
    times = []
    for _ in range(count):
        start = time.perf_counter()
        next(steps)
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


def main(rounds: int) -> None:
    torch.set_num_threads(1)
    print(f"python {platform.python_version()}, torch {torch.__version__}, {platform.machine()}, one thread")
    print(f"{'work':4}  {'kit ms':>8}  {'by hand ms':>10}  {'ratio':>6}  {'least':>6}  {'most':>6}")
    for make, count in ((w1, 1000), (w2, 300), (w3, 12)):
        model, module, optimizer, loss, shape, outputs, size = make()
        X = np.random.default_rng(0).normal(size=(size * 20, *shape)).astype("float32")
        Y = np.eye(outputs, dtype="float32")[np.random.default_rng(1).integers(0, outputs, len(X))]
        kit = steps(model, X, Y, batch_size=size, epochs=10**9)
        hand = by_hand(module, optimizer, loss, torch.from_numpy(X), torch.from_numpy(Y), size)
        for generator in (kit, hand):
            median_step(generator, max(5, count // 20))
        pairs = [(median_step(kit, count), median_step(hand, count)) for _ in range(rounds)]
        ratios = [ours / theirs for ours, theirs in pairs]
        ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
        row = f"{ours:8.3f}  {theirs:10.3f}  {statistics.median(ratios):6.2f}  {min(ratios):6.2f}  {max(ratios):6.2f}"
        print(f"{make.__name__.upper():4}  {row}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
