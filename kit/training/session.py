"""Session: one training of a model, its settings and where it is; saved with the model, it can be gone on with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import torch
from torch import Tensor

from kit.training.data import Data
from kit.training.randomness import Randomness


class Means:
    """Running means of values, weighted by the number of samples; nothing is read from the device until asked."""

    def __init__(self) -> None:
        self.samples = 0
        self.sums: dict[str, Tensor] = {}

    def add(self, values: dict[str, Tensor], samples: int) -> None:
        """Counts the values of a batch of so many samples."""
        self.samples += samples
        for name, value in values.items():
            if name in self.sums:
                self.sums[name].add_(value, alpha=samples)
            else:
                self.sums[name] = value.double() * samples if value.device.type != "mps" else value * samples

    def read(self, prefix: str = "") -> dict[str, float]:
        """The means so far, as numbers."""
        return {prefix + name: float(total) / self.samples for name, total in self.sums.items()}


@dataclass
class Position:
    """Where a training is, between two batches.

    epoch: the one at work, from 1. batch: how many of it are done. step: how many in all.
    order: of the samples in this epoch; None where they are not shuffled. means: of what the epoch gave so far.
    """

    epoch: int = 1
    batch: int = 0
    step: int = 0
    order: Tensor | None = None
    means: Means = field(default_factory=Means)


@dataclass
class Session:
    """One training: what it was asked to do, its data, its randomness, and its position.

    accuracy: whether it is measured beside the metrics of compile. threads: of the thread it runs in.
    """

    batch_size: int
    epochs: int
    shuffle: bool
    validation_split: float
    accuracy: bool
    threads: int
    randomness: Randomness
    position: Position = field(default_factory=Position)
    data: Data | None = None
    validation: Data | None = None
    known_fingerprint: str | None = None

    @property
    def batches(self) -> int:
        """How many batches an epoch has."""
        return -(-len(self.data) // self.batch_size) if self.data is not None else 0

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the data it trains on."""
        if self.known_fingerprint is None:
            digest = hashlib.sha256()
            for tensor in self.data.tensors() if self.data is not None else []:
                digest.update(f"{tuple(tensor.shape)} {tensor.dtype} ".encode())
                digest.update(tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().data)
            self.known_fingerprint = digest.hexdigest()
        return self.known_fingerprint
