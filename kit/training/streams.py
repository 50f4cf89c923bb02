"""Batches as somebody else makes them: loaders, generators, and objects that give a batch for its number."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any

import torch
from torch import Generator, Tensor
from torch.utils import data as torch_data

from kit.training.data import Batch, Source
from kit.training.sources import Conform, Samples, unpacked

OF_ARRAYS = ("shape", "to_numpy", "__array__", "__array_interface__", "__buffer__")  # what says that it is an array


def is_stream(X: Any) -> bool:
    """Whether X gives its targets by itself: torch's Dataset or DataLoader, a generator, batches that have numbers."""
    if isinstance(X, (torch_data.Dataset, torch_data.DataLoader, Iterator)) or has_numbers(X):
        return True
    return inspect.isgeneratorfunction(X) or inspect.isfunction(X) or inspect.ismethod(X)


def has_numbers(X: Any) -> bool:
    """Whether X gives something for each number below its length, as Keras's PyDataset, and is no array or table."""
    known = isinstance(X, (type, Mapping, Sequence)) or any(hasattr(X, name) for name in OF_ARRAYS)
    return not known and hasattr(X, "__getitem__") and hasattr(X, "__len__")


class Stream(Source):
    """Batches as somebody else makes them: a DataLoader, a generator, or a function that makes one for each epoch.

    each: how many batches an epoch has; as many as come if none.
    """

    def __init__(self, made: Any, conform: Conform, each: int | None = None) -> None:
        self.made, self.conform, self.each = made, conform, each
        self.passes_once = isinstance(made, Iterator) and not isinstance(made, Sized)  # a Flow has a length
        self.once = made if self.passes_once else None
        self.looked: list[Batch] = []  # taken to see what they are like, and still to be given

    def count(self, size: int) -> int | None:
        if self.each is not None:
            return self.each
        try:
            return len(self.made) or None
        except TypeError:  # it has no length, or its samples have none
            return None

    def order(self, generator: Generator) -> Tensor | None:
        return None

    def first(self) -> Batch:
        if not self.looked:
            if self.once is None:
                self.once = self.fresh()
            self.looked = [self.conform(*unpacked(item)) for item in itertools.islice(self.once, 1)]
            if not self.looked:
                raise ValueError("the generator or loader gives no batch; give one that has some")
        return self.looked[0]

    def split(self, fraction: float) -> tuple[Source, Source]:
        raise ValueError(
            f"validation_split={fraction} needs arrays; a generator or loader cannot be split: "
            "give validation_data instead"
        )

    def fresh(self) -> Iterator[Any]:
        """The batches of one epoch, as they come."""
        return iter(self.made() if callable(self.made) and not isinstance(self.made, Iterable) else self.made)

    def batches(self, size: int, order: Tensor | None = None, first: int = 0) -> Iterator[Batch]:
        looked, self.looked = self.looked, []
        source = self.once if self.once is not None else self.fresh()
        if not self.passes_once:
            self.once = None  # what was looked into is used up with this epoch; the next one begins anew
        conformed = itertools.chain(looked, (self.conform(*unpacked(item)) for item in source))
        came = first
        for batch in itertools.islice(conformed, first, self.each):
            came += 1
            yield batch
        if came < (self.each or 1):
            raise ValueError(
                f"the generator ran out after {came} of {self.each or 'some'} batches of an epoch; give a function "
                "that makes a new one for each epoch, or fewer steps_per_epoch or epochs"
            )

    def fingerprint(self) -> str:
        return ""


class Numbered(Source):
    """Batches of which an object has so many, and each under its number: X, (X, y) or (X, y, weights).

    Their order is shuffled, not their samples. `on_epoch_end` of the object is called, where it has one, as soon as it
    has given an epoch's last batch.
    each: how many of them an epoch has; all if none.
    """

    def __init__(self, made: Any, conform: Conform, each: int | None = None) -> None:
        self.made, self.conform = made, conform
        self.each = len(made) if each is None else min(each, len(made))
        if not self.each:
            raise ValueError(f"the {type(made).__name__} has no batch (its length is 0); give one that has some")

    def count(self, size: int) -> int:
        return self.each

    def order(self, generator: Generator) -> Tensor:
        return torch.randperm(len(self.made), generator=generator)

    def first(self) -> Batch:
        return self.conform(*unpacked(self.made[0]))

    def split(self, fraction: float) -> tuple[Source, Source]:
        raise ValueError(
            f"validation_split={fraction} needs arrays; a {type(self.made).__name__} cannot be split: "
            "give validation_data instead"
        )

    def batches(self, size: int, order: Tensor | None = None, first: int = 0) -> Iterator[Batch]:
        numbers = range(self.each) if order is None else order.tolist()
        for place in range(first, self.each):
            batch = self.conform(*unpacked(self.made[numbers[place]]))
            if place == self.each - 1 and hasattr(self.made, "on_epoch_end"):
                self.made.on_epoch_end()
            yield batch

    def fingerprint(self) -> str:
        return ""


def streamed(X: Any, conform: Conform, each: int | None = None) -> Source:
    """The source for what gives samples with their targets by itself."""
    numbered = isinstance(X, torch_data.Dataset) and not isinstance(X, torch_data.IterableDataset)
    if numbered and hasattr(X, "__len__"):
        return Samples(X, conform)
    if isinstance(X, torch_data.IterableDataset):
        raise TypeError("an IterableDataset gives single samples; wrap it: DataLoader(dataset, batch_size=32)")
    if has_numbers(X) and not isinstance(X, torch_data.DataLoader):
        return Numbered(X, conform, each)
    return Stream(X, conform, each)
