"""What is measured: a model in plain words, its data, its batch size, and how many steps a round has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Numbers = np.ndarray


@dataclass(frozen=True)
class Work:
    """One model to train.

    text: what it is. shape: of one sample, channels first. outputs: classes, or 1. words: how many there are, where
    the samples are word numbers. batch: samples a step. batches: steps an epoch. epochs: passes in one timed round.
    """

    name: str
    text: str
    shape: tuple[int, ...]
    outputs: int
    batch: int
    batches: int
    epochs: int
    words: int = 0

    def data(self) -> tuple[Numbers, Numbers]:
        """Random samples X and targets y: one-hot rows (float32), or 0 and 1 (n, 1)."""
        rng, count = np.random.default_rng(0), self.batch * self.batches
        X: Any = (
            rng.integers(0, self.words, (count, *self.shape)) if self.words else rng.normal(size=(count, *self.shape))
        )
        classes = rng.integers(0, max(self.outputs, 2), count)
        y = np.eye(self.outputs)[classes] if self.outputs > 1 else classes[:, None]
        return X if self.words else X.astype("float32"), y.astype("float32")


WORKS = {
    work.name: work
    for work in (
        Work(
            "W1",
            "MLP 20-64-64-2, tanh, dropout, squared error, SGD with Nesterov momentum, batch 16",
            (20,),
            2,
            16,
            50,
            10,
        ),
        Work("W2", "MLP 784-128-128-10, ReLU, dropout, crossentropy, RMSprop, batch 128", (784,), 10, 128, 30, 5),
        Work(
            "W3",
            "VGG-like convnet of the 2015 README, 3x32x32, SGD with Nesterov momentum, batch 32",
            (3, 32, 32),
            10,
            32,
            4,
            2,
        ),
        Work("W4", "Embedding(20000, 256), LSTM(128), 100 words, RMSprop, batch 16", (100,), 1, 16, 6, 2, 20000),
        Work("W5", "the same, LSTM with sigmoid and hard_sigmoid", (100,), 1, 16, 6, 2, 20000),
        Work(
            "W6",
            "Otto's MLP: 93, three of Dense(512), PReLU, BatchNormalization, Dropout, 9; Adam, batch 128",
            (93,),
            9,
            128,
            10,
            2,
        ),
        Work("W7", "Reuters' MLP 1000-512-46, ReLU, dropout, Adam, batch 32", (1000,), 46, 32, 20, 3),
    )
}
