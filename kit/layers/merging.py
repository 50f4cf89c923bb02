"""Layers that make one tensor of several."""

import functools
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from kit.fields import sizes
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


class Elementwise(Merging, abstract=True):
    """A layer that makes one number of the numbers at the same place. In shapes all the same; out that shape."""

    verb: ClassVar[str] = "merges"

    def output_mask(self, inputs: tuple[Tensor, ...], masks: tuple[Tensor | None, ...]) -> Tensor | None:
        """A time holds something where one of the inputs does; unknown where one has no mask."""
        known = [mask for mask in masks if mask is not None]
        return functools.reduce(torch.logical_or, known) if len(known) == len(masks) else None

    def check_together(self, shapes: tuple[Shape, ...]) -> None:
        if len(set(shapes)) > 1:
            raise ShapeError(
                f"{self.label} {self.verb} inputs of one shape, but {' and '.join(map(str, shapes))} came; "
                "give the branches the same size, for example with Dense or Conv2D"
            )


class Add(Elementwise):
    """y = x1 + x2 + ... Inputs of one shape; out the same shape."""

    verb = "adds"

    def forward(self, *x: Tensor) -> Tensor:
        return torch.stack(x).sum(0) if len(x) > 2 else x[0] + x[1]


class Subtract(Elementwise):
    """y = x1 - x2. Two inputs of one shape; out the same shape."""

    verb = "subtracts"

    def check_together(self, shapes: tuple[Shape, ...]) -> None:
        if len(shapes) != 2:
            raise ShapeError(f"{self.label} takes two inputs, but {len(shapes)} came; add up what is to be subtracted")
        super().check_together(shapes)

    def forward(self, *x: Tensor) -> Tensor:
        return x[0] - x[1]


class Multiply(Elementwise):
    """y = x1 x2 ..., number by number. Inputs of one shape; out the same shape."""

    verb = "multiplies"

    def forward(self, *x: Tensor) -> Tensor:
        return functools.reduce(torch.mul, x)


class Average(Elementwise):
    """y = (x1 + x2 + ...) / how many there are. Inputs of one shape; out the same shape."""

    verb = "averages"

    def forward(self, *x: Tensor) -> Tensor:
        return torch.stack(x).mean(0)


class Maximum(Elementwise):
    """y = max(x1, x2, ...), number by number. Inputs of one shape; out the same shape."""

    verb = "compares"

    def forward(self, *x: Tensor) -> Tensor:
        return functools.reduce(torch.maximum, x)


class Minimum(Elementwise):
    """y = min(x1, x2, ...), number by number. Inputs of one shape; out the same shape."""

    verb = "compares"

    def forward(self, *x: Tensor) -> Tensor:
        return functools.reduce(torch.minimum, x)


class Dot(Merging):
    """y = sum_k x1[..., k] x2[..., k] for each sample: x1 and x2 multiplied along one axis of each.

    In (n, ..., k) and (n, ..., k); out (n, the other axes of x1, the other axes of x2), or (n, 1) if there are none.

    axes: the axis of x1 and of x2 (0 is the batch), or one number for both.
    normalize: whether the vectors are scaled to length 1 first, so that y is the cosine between them.
    """

    axes: Annotated[tuple[int, int], sizes(2, minimum=-9)] = (-1, -1)
    normalize: bool = False

    def check_together(self, shapes: tuple[Shape, ...]) -> None:
        if len(shapes) != 2:
            raise ShapeError(f"{self.label} takes two inputs, but {len(shapes)} came")
        for axis, shape in zip(self.axes, shapes, strict=True):
            if axis == 0 or not -len(shape) <= axis <= len(shape):
                raise ShapeError(f"{self.label} has no axis {axis} in {shape}; 1 to {len(shape)}, or -1 for the last")
        first, second = (shape[axis - 1 if axis > 0 else axis] for axis, shape in zip(self.axes, shapes, strict=True))
        if first != second:
            raise ShapeError(
                f"{self.label} multiplies along axes of one size, but {first} and {second} came "
                f"({' and '.join(map(str, shapes))}); choose other axes, or give the branches the same size"
            )

    def forward(self, *x: Tensor) -> Tensor:
        a, b = (value.movedim(axis, -1) for value, axis in zip(x, self.axes, strict=True))
        if self.normalize:
            a, b = F.normalize(a, dim=-1), F.normalize(b, dim=-1)
        rest = (*a.shape[1:-1], *b.shape[1:-1])
        rows = a.reshape(a.shape[0], -1, a.shape[-1])  # (n, others of x1, k)
        columns = b.reshape(b.shape[0], -1, b.shape[-1]).transpose(1, 2)  # (n, k, others of x2)
        return torch.bmm(rows, columns).reshape(a.shape[0], *(rest or (1,)))


class Concatenate(Merging):
    """The inputs side by side along one axis. In shapes equal but on that axis; out the same, with the sizes added up.

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

    def output_mask(self, inputs: tuple[Tensor, ...], masks: tuple[Tensor | None, ...]) -> Tensor | None:
        """The masks side by side along the axis, or what one of them holds, along features; no mask holds all."""
        if all(mask is None or mask.ndim != x.ndim - 1 for x, mask in zip(inputs, masks, strict=True)):
            return None
        held = [
            mask if mask is not None else torch.ones_like(x[..., 0], dtype=torch.bool)
            for x, mask in zip(inputs, masks, strict=True)
        ]
        axis = self.axis % inputs[0].ndim
        return torch.cat(held, axis) if axis < inputs[0].ndim - 1 else functools.reduce(torch.logical_or, held)


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
    """The symbol of x1 + x2 + ... of the inputs in a graph."""
    return Add()(*inputs)


def concatenate(inputs: Sequence[Symbol], axis: int = -1) -> Symbol:
    """The symbol of the inputs side by side along an axis, in a graph."""
    return Concatenate(axis=axis)(*inputs)


def subtract(inputs: Sequence[Symbol]) -> Symbol:
    """The symbol of x1 - x2 of two inputs in a graph."""
    return Subtract()(*inputs)


def multiply(inputs: Sequence[Symbol]) -> Symbol:
    """The symbol of x1 x2 ... of the inputs in a graph."""
    return Multiply()(*inputs)


def average(inputs: Sequence[Symbol]) -> Symbol:
    """The symbol of the mean of the inputs in a graph."""
    return Average()(*inputs)


def maximum(inputs: Sequence[Symbol]) -> Symbol:
    """The symbol of the greatest of the inputs in a graph."""
    return Maximum()(*inputs)


def minimum(inputs: Sequence[Symbol]) -> Symbol:
    """The symbol of the least of the inputs in a graph."""
    return Minimum()(*inputs)


def dot(inputs: Sequence[Symbol], axes: int | tuple[int, int] = -1, normalize: bool = False) -> Symbol:
    """The symbol of the products of two inputs, summed along an axis of each, in a graph.

    axes, normalize: as of Dot.
    """
    return Dot(axes, normalize)(*inputs)


__all__ = [
    "Add",
    "Average",
    "Concatenate",
    "Dot",
    "Maximum",
    "Merge",
    "Minimum",
    "Multiply",
    "Subtract",
    "add",
    "average",
    "concatenate",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]
