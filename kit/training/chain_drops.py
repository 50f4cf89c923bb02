"""What the dropouts of a plain chain drop, drawn for all of them at once."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from kit.layers.core import Dropout
from kit.layers.dropping import Draw

AT_ONCE = 1 << 15  # random numbers; more of them would not stay in the cache


class Drop:
    """y = x m / (1 - rate), while the layer trains. factors: m / (1 - rate), from Drops; None where x passes."""

    def __init__(self, layer: Dropout, width: int) -> None:
        self.layer, self.width = layer, width
        self.factors: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        """y."""
        return x if self.factors is None else x * self.factors

    def backward(self, dy: Tensor) -> Tensor:
        """dx."""
        return dy if self.factors is None else dy * self.factors


class Drops:
    """Draws what the dropouts of a chain drop, into the same memory each time.

    A few numbers are drawn at once, and are the same as one layer after another would draw.
    """

    def __init__(self, drops: list[Drop]) -> None:
        self.drops = drops
        self.known: tuple[Any, ...] = ()
        self.draws: list[tuple[Draw, Dropout]] = []

    def draw(self, x: Tensor) -> None:
        """For a batch x."""
        n, layers = len(x), [drop.layer for drop in self.drops]
        rates = [layer.rate if layer.training else 0 for layer in layers]
        asked = (n, x.dtype, rates, [id(layer.generator) for layer in layers])
        if asked != self.known:
            self.known = asked
            self.prepare(x, rates)
        for draw, layer in self.draws:
            draw(layer.generator)

    def prepare(self, x: Tensor, rates: list[float]) -> None:
        """Makes the memory, for such batches and rates."""
        for drop, rate in zip(self.drops, rates, strict=True):
            drop.factors = x.new_zeros(len(x), drop.width) if rate else None
        drawing = [drop for drop, rate in zip(self.drops, rates, strict=True) if 0 < rate < 1]
        masks: list[Any] = [drop.factors for drop in drawing]
        sizes = [mask.numel() for mask in masks]
        alike = len({(drop.layer.rate, id(drop.layer.generator)) for drop in drawing}) == 1
        if alike and sum(sizes) <= AT_ONCE and not any(size % 4 for size in sizes):  # a draw gives four numbers
            masks = [x.new_zeros(sum(sizes))]
            for drop, part in zip(drawing, masks[0].split(sizes), strict=True):
                drop.factors = part.view(len(x), drop.width)
        layers = [drop.layer for drop in drawing[: len(masks)]]
        self.draws = [
            (Draw(mask, layer.rate, 1 / (1 - layer.rate)), layer) for mask, layer in zip(masks, layers, strict=True)
        ]
