"""Which numbers a dropout keeps."""

import torch
from torch import Generator, Tensor


class Draw:
    """Fills a tensor with `value`, or with 0 at probability rate, each number by itself, each time it is called.

    On a CPU from 16 random bits for each number, many times as fast as torch's own draw there; the rate, below 1, is
    met to 2^-17.
    """

    def __init__(self, mask: Tensor, rate: float, value: float = 1.0) -> None:
        self.mask, self.rate, self.value = mask, rate, value
        if mask.is_cpu:
            exact = mask.dtype in (torch.float32, torch.float64)  # others cannot hold the numbers
            self.found = mask if exact else torch.empty_like(mask, dtype=torch.float32)
            self.bits = torch.empty((mask.numel() + 3) // 4, dtype=torch.int64)
            self.numbers = self.bits.view(torch.int16)[: mask.numel()].view(mask.shape)
            self.highest_dropped = min(round(rate * 2**16), 2**16 - 1) - 2**15 - 1
            self.of_kept = torch.scalar_tensor(value, dtype=self.found.dtype)

    def __call__(self, generator: Generator | None) -> Tensor:
        if not self.mask.is_cpu:
            return self.mask.bernoulli_(1 - self.rate, generator=generator).mul_(self.value)
        self.bits.random_(-(2**63), None, generator=generator)
        found = self.found.copy_(self.numbers)
        # 0 where a number is not above, else the value, in one pass
        torch.ops.aten.threshold_backward.grad_input(self.of_kept, found, self.highest_dropped, grad_input=found)
        return found if found is self.mask else self.mask.copy_(found)


def factors(like: Tensor, rate: float, generator: Generator | None, shape: tuple[int, ...] | None = None) -> Tensor:
    """0 at probability rate, else 1 / (1 - rate), so that the mean is kept; all 0 at rate 1.

    shape: with 1 for each axis along which they repeat; that of `like` if none.
    """
    mask = torch.empty_like(like) if shape is None else like.new_empty(shape)
    return mask.zero_() if rate == 1 else Draw(mask, rate, 1 / (1 - rate))(generator)


def dropped(x: Tensor, rate: float, generator: Generator | None, shape: tuple[int, ...] | None = None) -> Tensor:
    """x times such factors."""
    return x * factors(x, rate, generator, shape) if rate else x
