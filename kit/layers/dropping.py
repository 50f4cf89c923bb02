"""Which numbers a dropout keeps."""

import torch
from torch import Generator, Tensor


def kept_(mask: Tensor, rate: float, generator: Generator | None) -> Tensor:
    """Fills a tensor with 1, or with 0 at probability rate, each number by itself; the rate is met to 2^-32.

    On a CPU from random bits, 32 for each number, several times as fast as torch's own draw there.
    """
    if mask.device.type != "cpu":
        return mask.bernoulli_(1 - rate, generator=generator)
    count = mask.numel()
    bits = torch.empty((count + 1) // 2, dtype=torch.int64).random_(-(2**63), None, generator=generator)
    numbers = bits.view(torch.int32) if count % 2 == 0 else bits.view(torch.int32)[:-1]
    below = min(round((1 - rate) * 2**32) - 2**31, 2**31 - 1)
    return torch.lt(numbers.view(mask.shape), below, out=mask)


def factors(like: Tensor, rate: float, generator: Generator | None, shape: tuple[int, ...] | None = None) -> Tensor:
    """0 at probability rate, else 1 / (1 - rate), so that the mean is kept; all 0 at rate 1.

    shape: with 1 for each axis along which they repeat; that of `like` if none.
    """
    mask = torch.empty_like(like) if shape is None else like.new_empty(shape)
    return mask.zero_() if rate == 1 else kept_(mask, rate, generator).div_(1 - rate)


def dropped(x: Tensor, rate: float, generator: Generator | None, shape: tuple[int, ...] | None = None) -> Tensor:
    """x times such factors."""
    return x * factors(x, rate, generator, shape) if rate else x
