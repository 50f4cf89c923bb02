"""Layers that make one tensor of several."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from kit.layers.layer import Layer, ShapeError
from kit.symbols import Shape, Symbol


class Merging(Layer, abstract=True):
    """A layer on any number of inputs."""

    family = "merging"
    input_count = None

    def accept(self, *shapes: Shape) -> None:
        """Raises ShapeError where the inputs' shapes do not go together."""
        if len(shapes) < 2:
            raise ShapeError(f"{self.label} merges two inputs or more, but {len(shapes)} came; connect another")
        self.check_together(shapes)

    def check_together(self, shapes: tuple[Shape, ...]) -> None:
        """Hook: raise ShapeError where the shapes do not go together."""


class Add(Merging):
    """y = x1 + x2 + ... Inputs of one shape; out the same shape."""

    def check_together(self, shapes: tuple[Shape, ...]) -> None:
        if len(set(shapes)) > 1:
            raise ShapeError(
                f"{self.label} adds inputs of one shape, but {' and '.join(map(str, shapes))} came; "
                "give the branches the same size, for example with Dense or Conv2D"
            )

    def forward(self, *x: Tensor) -> Tensor:
        return torch.stack(x).sum(0) if len(x) > 2 else x[0] + x[1]


class Concatenate(Merging):
    """The inputs side by side along one axis. In shapes equal but on that axis, where the sizes add up.

    axis: the axis (0 is the batch): -1 the last, 1 the channels of images.
    """

    axis: int = -1

    def check_together(self, shapes: tuple[Shape, ...]) -> None:
        rank = len(shapes[0])
        axis = self.axis - 1 if self.axis > 0 else rank + self.axis
        if self.axis == 0 or not 0 <= axis < rank:
            raise ShapeError(f"{self.label} has no axis {self.axis} in {shapes[0]}; 1 to {rank}, or -1 to -{rank}")
        others = {tuple(size for i, size in enumerate(shape) if i != axis) for shape in shapes}
        if len(others) > 1 or len({len(shape) for shape in shapes}) > 1:
            raise ShapeError(
                f"{self.label} joins along axis {self.axis}, where all else must be equal, but "
                f"{' and '.join(map(str, shapes))} came; use Flatten before it, another axis, or equal sizes"
            )

    def forward(self, *x: Tensor) -> Tensor:
        return torch.cat(x, dim=self.axis)


class Merge:
    """The start of a Sequential that merges other models: Merge([left, right], mode="sum") or "concat" (last axis).

    The merged model takes a list of inputs, one for each input of the models, in order (2015).
    """

    def __init__(self, models: Sequence[Any], mode: str = "sum") -> None:
        if mode not in ("sum", "concat"):
            raise ValueError(f"Merge(mode={mode!r}): mode takes 'sum' or 'concat'")
        if len(models) < 2 or not all(hasattr(model, "module") for model in models):
            raise ValueError("Merge takes a list of two models or more")
        self.models, self.mode = list(models), mode

    def layer(self) -> Merging:
        """The layer that does it."""
        return Add() if self.mode == "sum" else Concatenate()


def add(inputs: Sequence[Symbol]) -> Symbol:
    """The symbol of x1 + x2 + ... in a graph."""
    return Add()(*inputs)


def concatenate(inputs: Sequence[Symbol], axis: int = -1) -> Symbol:
    """The symbol of the inputs side by side along an axis, in a graph."""
    return Concatenate(axis=axis)(*inputs)


__all__ = ["Add", "Concatenate", "Merge", "add", "concatenate"]
