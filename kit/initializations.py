"""Initializations: functions (weight, generator) that fill a weight in place."""

import math
from collections.abc import Callable
from typing import Annotated

import torch
from torch import Generator, Tensor

from kit.fields import named
from kit.names import resolve


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs feed one output, and how many outputs one input feeds.

    A matrix is (inputs, outputs); a convolution's kernel (filters, channels, *window).
    """
    if len(shape) < 2:
        return (shape[0] if shape else 1,) * 2
    if len(shape) == 2:
        return shape[0], shape[1]
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


def uniform(weight: Tensor, generator: Generator | None = None, scale: float = 0.05) -> None:
    """Uniform within ±scale."""
    weight.uniform_(-scale, scale, generator=generator)


def normal(weight: Tensor, generator: Generator | None = None, scale: float = 0.05) -> None:
    """Normal with standard deviation scale."""
    weight.normal_(0.0, scale, generator=generator)


def lecun_uniform(weight: Tensor, generator: Generator | None = None) -> None:
    """Uniform within ±sqrt(3 / fan_in) (LeCun et al. 1998)."""
    uniform(weight, generator, math.sqrt(3 / fans(weight.shape)[0]))


def lecun_normal(weight: Tensor, generator: Generator | None = None) -> None:
    """Normal with variance 1 / fan_in (LeCun et al. 1998)."""
    normal(weight, generator, math.sqrt(1 / fans(weight.shape)[0]))


def glorot_uniform(weight: Tensor, generator: Generator | None = None) -> None:
    """Uniform within ±sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010)."""
    uniform(weight, generator, math.sqrt(6 / sum(fans(weight.shape))))


def glorot_normal(weight: Tensor, generator: Generator | None = None) -> None:
    """Normal with variance 2 / (fan_in + fan_out) (Glorot & Bengio 2010)."""
    normal(weight, generator, math.sqrt(2 / sum(fans(weight.shape))))


def he_uniform(weight: Tensor, generator: Generator | None = None) -> None:
    """Uniform within ±sqrt(6 / fan_in) (He et al. 2015)."""
    uniform(weight, generator, math.sqrt(6 / fans(weight.shape)[0]))


def he_normal(weight: Tensor, generator: Generator | None = None) -> None:
    """Normal with variance 2 / fan_in (He et al. 2015)."""
    normal(weight, generator, math.sqrt(2 / fans(weight.shape)[0]))


def orthogonal(weight: Tensor, generator: Generator | None = None, scale: float = 1.1) -> None:
    """scale times a random matrix with orthonormal rows or columns (Saxe et al. 2013)."""
    rows = weight.shape[0]
    columns = weight.numel() // max(rows, 1)
    drawn = torch.empty(max(rows, columns), min(rows, columns), dtype=weight.dtype, device=weight.device)
    q, r = torch.linalg.qr(drawn.normal_(generator=generator))
    q = q * torch.diagonal(r).sign()
    weight.copy_(scale * (q if rows >= columns else q.T).reshape(weight.shape))


def zeros(weight: Tensor, generator: Generator | None = None) -> None:
    """0."""
    weight.zero_()


def ones(weight: Tensor, generator: Generator | None = None) -> None:
    """1."""
    weight.fill_(1.0)


INITIALIZATIONS: dict[str, Callable[..., None]] = {
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "lecun_uniform": lecun_uniform,
    "lecun_normal": lecun_normal,
    "uniform": uniform,
    "random_uniform": uniform,
    "normal": normal,
    "random_normal": normal,
    "orthogonal": orthogonal,
    "zeros": zeros,
    "zero": zeros,
    "ones": ones,
    "one": ones,
}
InitializerName = Annotated[str | Callable[..., None], named(INITIALIZATIONS, "initialization")]


def get(initialization: InitializerName) -> Callable[..., None]:
    """The function an initialization's name stands for; a function stands for itself."""
    return resolve(initialization, INITIALIZATIONS, "initialization")
