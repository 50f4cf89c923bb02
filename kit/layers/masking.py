"""Masks: which times of a sequence hold something, (n, time) of True and False beside the values (n, time, ...)."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from kit.layers.layer import Layer

Mask = Tensor | None


def run_masked(layer: nn.Module, inputs: Sequence[Tensor], masks: Sequence[Mask]) -> tuple[Any, Mask]:
    """What a layer makes of values with these masks, and the mask of that; a plain torch module drops them."""
    if not isinstance(layer, Layer):
        return layer(*inputs), None
    words: dict[str, Any] = {}
    if layer.mask_word and any(mask is not None for mask in masks):
        words[layer.mask_word] = masks[0] if layer.mask_word == "mask" else tuple(masks)
    return alone(layer(*inputs, **words)), layer.output_mask(tuple(inputs), tuple(masks))


def alone(output: Any) -> Any:
    """A layer's output without the states that it has beside it."""
    return output[0] if isinstance(output, tuple) and hasattr(output[0], "states") else output


def compact(x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The times that hold something moved to the front, in their order; how many there are up to each time (n, time).

    x: (n, time, features). What remains behind those times holds what is masked; on the CPU as little as can be.
    """
    count = mask.cumsum(1)
    total, time = count[:, -1:], torch.arange(1, mask.shape[1] + 1, device=mask.device)
    place = torch.where(mask, count, total + time - count) - 1  # where each time goes
    moved = torch.zeros_like(x).scatter(1, place[..., None].expand_as(x), x)
    if x.device.type == "cpu" and not torch.compiler.is_exporting():  # elsewhere to know it would mean to wait
        moved = moved[:, : max(int(total.max()), 1)]
    return moved, count


def spread(y: Tensor, count: Tensor) -> Tensor:
    """For each time the value at the latest one that held something; 0 before the first. y, count: as of compact."""
    at = (count - 1).clamp(min=0)[..., None].expand(-1, -1, y.shape[2])
    return y.gather(1, at).masked_fill(count[..., None] == 0, 0)


class Masking(Layer):
    """y = x, and 0 at each time where all of x is mask_value; layers behind leave those times out.

    In (n, time, ...); out the same shape.

    mask_value: what fills the times that hold nothing.
    """

    family = "core"
    makes_mask = True

    mask_value: float = 0.0

    def forward(self, x: Tensor) -> Tensor:
        return x * (x != self.mask_value).any(-1, keepdim=True)

    def output_mask(self, inputs: tuple[Tensor, ...], masks: tuple[Mask, ...]) -> Mask:
        return (inputs[0] != self.mask_value).any(-1)


__all__ = ["Masking"]
