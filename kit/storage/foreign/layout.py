"""Where the axes and the features of Keras are found here: Keras has the channels of images last, Hornbook first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kit.layers.layer import Layer
from kit.layers.wrappers import TimeDistributed
from kit.storage.foreign.keras_layers import Slot, known_of
from kit.symbols import Shape


class Misfit(ValueError):
    """A layer meets axes in an order in which it does not compute what Keras's layer computes."""


@dataclass(frozen=True)
class Layout:
    """A sample's axis i (from 0) is axis `axes[i]` of Keras; rows: which feature of Keras each is, after Flatten."""

    axes: tuple[int, ...]
    rows: np.ndarray | None = None

    @property
    def plain(self) -> bool:
        """Whether everything is where Keras has it."""
        return self.rows is None and self.axes == tuple(range(len(self.axes)))

    def same(self, other: Layout) -> bool:
        """Whether axes and features are in the same order."""
        if self.rows is None or other.rows is None:
            return self.rows is other.rows and self.axes == other.axes
        return np.array_equal(self.rows, other.rows)

    def shape_in_keras(self, shape: Shape) -> Shape:
        """The shape that Keras has for a sample of this shape here."""
        return tuple(shape[self.axes.index(axis)] for axis in range(len(shape)))

    def axis(self, axis: int) -> int:
        """Where an axis of Keras (0 is the batch, negative from the end) is here, said in the same way."""
        rank = len(self.axes)
        place = self.axes.index(axis - 1 if axis > 0 else rank + axis)
        return -1 if place == rank - 1 else place + 1


def straight(rank: int) -> Layout:
    """The layout in which everything is where Keras has it."""
    return Layout(tuple(range(rank)))


def channels_first(rank: int) -> Layout:
    """The layout of images whose channels Keras has last."""
    return Layout((rank - 1, *range(rank - 1)))


def channels_last(rank: int) -> Layout:
    """The layout of sequences whose features Keras has first."""
    return Layout((*range(1, rank), 0))


def flattened(layout: Layout, shape: Shape) -> Layout:
    """What Flatten makes of a sample of this shape here."""
    if layout.rows is not None or layout.plain:
        return Layout((0,), layout.rows)
    numbers = np.arange(int(np.prod(shape))).reshape(layout.shape_in_keras(shape))
    return Layout((0,), numbers.transpose(layout.axes).ravel())


def joined(layouts: list[Layout], shapes: list[Shape]) -> Layout:
    """What Concatenate makes of samples of these shapes."""
    if all(layout.same(layouts[0]) and layout.rows is None for layout in layouts):
        return layouts[0]
    if any(len(shape) > 1 for shape in shapes):
        raise Misfit("it joins images and what are none")
    starts = np.cumsum([0, *(shape[0] for shape in shapes)])
    parts = [np.arange(s[0]) if one.rows is None else one.rows for one, s in zip(layouts, shapes, strict=True)]
    return Layout((0,), np.concatenate([part + start for part, start in zip(parts, starts, strict=False)]))


def flow(layer: Layer, layouts: list[Layout], shapes: list[Shape], given: Shape) -> Layout:
    """The layout of what a layer makes of samples of these layouts and shapes; given: the shape of that.

    Raises Misfit where it would not be what Keras's layer makes.
    """
    known = known_of(layer)
    kind = known.kind if known else "plain"
    first = layouts[0]
    if kind == "flatten":
        return flattened(first, shapes[0])
    if kind == "join":
        return joined(layouts, shapes)
    if kind == "permute":
        return permuted(layer, first)
    if kind in ("each", "along"):
        if any(not layout.same(first) for layout in layouts):
            raise Misfit("its inputs have their channels in different places")
        if first.rows is not None and type(layer).__name__ == "GroupNormalization":
            raise Misfit("it makes groups of features that lie elsewhere in Keras")
        return first
    if isinstance(layer, TimeDistributed):
        return at_each_time(layer, first, shapes[0], given)
    if kind == "image":
        return first if len(given) == len(first.axes) else straight(len(given))
    if kind == "dense" and len(shapes[0]) == 1:
        return straight(1)
    if not all(layout.plain for layout in layouts):
        raise Misfit("it works on axes that Keras has in another order")
    return straight(len(given))


def at_each_time(layer: TimeDistributed, layout: Layout, shape: Shape, given: Shape) -> Layout:
    """What a layer makes of samples at each time."""
    inside = Layout(tuple(axis - 1 for axis in layout.axes[1:]))
    found = flow(layer.layer, [inside], [shape[1:]], given[1:])
    if layout.axes[0] != 0 or found.rows is not None:
        raise Misfit("it works at times that Keras has in another order")
    return Layout((0, *(axis + 1 for axis in found.axes)))


def permuted(layer: Any, layout: Layout) -> Layout:
    """What a Permute makes of a sample: it may bring the axes where Keras has them, or change what is there."""
    if layout.plain:
        return layout
    found = Layout(tuple(layout.axes[axis - 1] for axis in layer.dims))
    if layout.rows is not None or not found.plain:
        raise Misfit("it orders axes that Keras has in another order")
    return found


def arranged(slot: Slot, array: np.ndarray, layout: Layout) -> np.ndarray:
    """A weight for inputs in Keras's order as the weight for inputs in this layout."""
    if slot.weight.follows and layout.rows is not None:
        return array[layout.rows]
    if slot.weight.follows == "sample":
        return array.transpose(layout.axes)
    return array


def disarranged(slot: Slot, array: np.ndarray, layout: Layout) -> np.ndarray:
    """The other way round."""
    if slot.weight.follows and layout.rows is not None:
        return array[np.argsort(layout.rows)]
    if slot.weight.follows == "sample":
        return array.transpose(np.argsort(layout.axes))
    return array


def shape_in_keras(slot: Slot, layout: Layout) -> Shape:
    """The shape that a weight has in Keras."""
    if slot.weight.follows == "sample":
        return layout.shape_in_keras(slot.keras_shape)
    return slot.keras_shape
