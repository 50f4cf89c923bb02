"""Mixed precision: most of the forward pass in 16 bits, weights and losses in 32 (Micikevicius et al. 2017)."""

from __future__ import annotations

import contextlib

import torch
from torch import Tensor

PRECISIONS = {"float32": None, "mixed_bfloat16": torch.bfloat16, "mixed_float16": torch.float16}
GROWTH = 2000  # updates without overflow after which the loss is scaled twice as much


def lowered(precision: str, device: torch.device) -> contextlib.AbstractContextManager[object]:
    """With this, torch computes in the lower precision where that is safe."""
    kind = PRECISIONS[precision]
    return contextlib.nullcontext() if kind is None else torch.autocast(device.type, kind)


def full(output: Tensor) -> Tensor:
    """An output in 32 bits, with all that is noted on it (see kit.activations)."""
    if output.dtype not in (torch.bfloat16, torch.float16):
        return output
    raised = output.float()
    for name, noted in vars(output).items():
        setattr(raised, name, noted.float() if isinstance(noted, Tensor) and noted.is_floating_point() else noted)
    return raised


class LossScale:
    """The loss is multiplied before the gradient is taken, so that small gradients do not vanish in 16 bits.

    An update whose gradients overflow is left out, and the scale halved; after GROWTH good ones it is doubled.
    """

    def __init__(self, scale: float = 2.0**15, good: int = 0) -> None:
        self.scale, self.good = scale, good

    def backward(self, loss: Tensor) -> None:
        """The gradients of the scaled loss."""
        (loss * self.scale).backward()

    def undo(self, gradients: list[Tensor]) -> bool:
        """Scales the gradients back; says whether they are finite. Waits for the device."""
        for g in gradients:
            g.div_(self.scale)
        finite = all(bool(torch.isfinite(g).all()) for g in gradients)
        self.good = self.good + 1 if finite else 0
        if not finite:
            self.scale = max(self.scale / 2, 1.0)
        elif self.good == GROWTH:
            self.scale, self.good = self.scale * 2, 0
        return finite
