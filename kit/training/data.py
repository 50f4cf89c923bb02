"""Data on its way into a model: batches of tensors, and where they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor

GATHERED_BYTES = 1 << 20  # this much is gathered at once when samples are shuffled; it stays in the cache


@dataclass
class Batch:
    """Samples: the inputs (n, ...) of a model, a target (n, ...) for each of its outputs or none, and their weights.

    weights: for each target, how much each sample counts (n,), or None where all count the same.
    """

    inputs: list[Tensor]
    targets: list[Tensor] = field(default_factory=list)
    weights: list[Tensor | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.inputs[0])

    def tensors(self) -> list[Tensor]:
        """The inputs, the targets and the weights that there are."""
        return [*self.inputs, *self.targets, *(weight for weight in self.weights if weight is not None)]

    def of(self, tensors: list[Tensor]) -> Batch:
        """A batch in which others stand in the place of these tensors."""
        rest = iter(tensors)
        inputs = [next(rest) for _ in self.inputs]
        targets = [next(rest) for _ in self.targets]
        return Batch(inputs, targets, [None if weight is None else next(rest) for weight in self.weights])

    def to(self, device: torch.device) -> Batch:
        """The same samples on a device."""
        if self.inputs[0].device == device:
            return self
        return self.of([tensor.to(device, non_blocking=True) for tensor in self.tensors()])


class Source:
    """Where batches come from."""

    def batches(self, size: int, order: Tensor | None = None, first: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, of so many samples, in this order of the samples, from the first wanted on."""
        raise NotImplementedError

    def count(self, size: int) -> int | None:
        """How many batches of so many samples an epoch has; None where that is not known."""
        raise NotImplementedError

    def order(self, generator: Generator) -> Tensor | None:
        """The samples of a shuffled epoch; None where the source has an order of its own."""
        raise NotImplementedError

    def first(self) -> Batch:
        """Some samples, to see what they are like."""
        raise NotImplementedError

    def split(self, fraction: float) -> tuple[Source, Source]:
        """The source without the last fraction of its samples, and that fraction. ValueError where it cannot be."""
        raise NotImplementedError

    def fingerprint(self) -> str:
        """What tells these data from others (SHA-256); empty where nothing does."""
        raise NotImplementedError


class Data(Batch, Source):
    """Samples in memory."""

    def split(self, fraction: float) -> tuple[Data, Data]:
        kept = kept_of(len(self), fraction)
        parts = zip(*(tensor.tensor_split([kept]) for tensor in self.tensors()), strict=True)
        first, last = (Data(**vars(self.of(list(part)))) for part in parts)
        return first, last

    def count(self, size: int) -> int:
        return -(-len(self) // size)

    def order(self, generator: Generator) -> Tensor:
        return torch.randperm(len(self), generator=generator)

    def first(self) -> Batch:
        return self

    def batches(self, size: int, order: Tensor | None = None, first: int = 0) -> Iterator[Batch]:
        tensors = self.tensors()
        for start, stop in blocks(self, len(self), size, first, GATHERED_BYTES):
            if order is None:
                gathered = [tensor[start:stop] for tensor in tensors]
            else:
                gathered = [tensor.index_select(0, order[start:stop]) for tensor in tensors]
            yield from parts(self.of(gathered), size)

    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for tensor in self.tensors():
            digest.update(f"{tuple(tensor.shape)} {tensor.dtype} ".encode())
            digest.update(tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().data)
        return digest.hexdigest()


def kept_of(samples: int, fraction: float) -> int:
    """How many samples are left to train on where a fraction is held out. ValueError where it leaves none of either."""
    kept = samples - round(samples * fraction)
    if not 0 < kept < samples:
        raise ValueError(
            f"validation_split={fraction} of {samples} samples leaves {kept} to train on and "
            f"{samples - kept} to validate with; choose a fraction that leaves some of each"
        )
    return kept


def blocks(like: Batch, samples: int, size: int, first: int, most: int) -> Iterator[tuple[int, int]]:
    """From where to where samples are taken together: whole batches of about `most` bytes."""
    sample = sum(tensor[0].numel() * tensor.element_size() for tensor in like.tensors())
    block = size * max(1, most // max(size * sample, 1))
    for start in range(first * size, samples, block):
        yield start, min(start + block, samples)


def parts(block: Batch, size: int) -> Iterator[Batch]:
    """A block in batches."""
    for tensors in zip(*(tensor.split(size) for tensor in block.tensors()), strict=True):
        yield block.of(list(tensors))
