"""Initializations: functions (weight, generator) that fill a weight in place.

Where one has settings, its name can be called with them: "truncated_normal(0.02)", "constant(0.5)".
"""

import inspect
import math
from collections.abc import Callable
from typing import Annotated, Any

import torch
from torch import Generator, Tensor, nn

from kit.fields import named
from kit.names import bare, resolve

LEFT_BY_TRUNCATION = 0.87962566103423978  # standard deviation of a standard normal cut off at ±2


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


def random_uniform(
    weight: Tensor, generator: Generator | None = None, minval: float = -0.05, maxval: float = 0.05
) -> None:
    """Uniform from minval to maxval."""
    weight.uniform_(minval, maxval, generator=generator)


def normal(weight: Tensor, generator: Generator | None = None, stddev: float = 0.05, *, mean: float = 0.0) -> None:
    """Normal with standard deviation stddev."""
    weight.normal_(mean, stddev, generator=generator)


def truncated_normal(
    weight: Tensor, generator: Generator | None = None, stddev: float = 0.05, *, mean: float = 0.0
) -> None:
    """Normal with standard deviation stddev, drawn again where it is more than two of them from the mean."""
    nn.init.trunc_normal_(weight, mean, stddev, mean - 2 * stddev, mean + 2 * stddev, generator)


def variance_scaling(
    weight: Tensor,
    generator: Generator | None = None,
    scale: float = 1.0,
    mode: str = "fan_in",
    distribution: str = "truncated_normal",
) -> None:
    """Of mean 0 and variance scale / fan.

    mode: "fan_in", "fan_out" or "fan_avg", the mean of both.
    distribution: "truncated_normal", "untruncated_normal" or "uniform". Raises ValueError for another of either.
    """
    fan_in, fan_out = fans(weight.shape)
    found = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
    if mode not in found or distribution not in ("truncated_normal", "untruncated_normal", "uniform"):
        raise ValueError(
            f"variance_scaling(mode={mode!r}, distribution={distribution!r}): mode takes 'fan_in', 'fan_out' or "
            "'fan_avg', and distribution 'truncated_normal', 'untruncated_normal' or 'uniform'"
        )
    deviation = math.sqrt(scale / found[mode])
    if distribution == "uniform":
        uniform(weight, generator, math.sqrt(3) * deviation)
    elif distribution == "untruncated_normal":
        normal(weight, generator, deviation)
    else:
        truncated_normal(weight, generator, deviation / LEFT_BY_TRUNCATION)


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


def orthogonal(weight: Tensor, generator: Generator | None = None, gain: float = 1.1) -> None:
    """gain times a random matrix with orthonormal rows or columns (Saxe et al. 2013)."""
    rows = weight.shape[0]
    columns = weight.numel() // max(rows, 1)
    drawn = torch.empty(max(rows, columns), min(rows, columns), dtype=weight.dtype, device=weight.device)
    q, r = torch.linalg.qr(drawn.normal_(generator=generator))
    q = q * torch.diagonal(r).sign()
    weight.copy_(gain * (q if rows >= columns else q.T).reshape(weight.shape))


def identity(weight: Tensor, generator: Generator | None = None, gain: float = 1.0) -> None:
    """gain on the diagonal, else 0. Raises ValueError for a weight that is no matrix."""
    if weight.ndim != 2:
        raise ValueError(f"identity fills a matrix, not a weight of shape {tuple(weight.shape)}; choose another for it")
    weight.copy_(gain * torch.eye(*weight.shape, dtype=weight.dtype, device=weight.device))


def constant(weight: Tensor, generator: Generator | None = None, value: float = 0.0) -> None:
    """value."""
    weight.fill_(value)


def zeros(weight: Tensor, generator: Generator | None = None) -> None:
    """0."""
    weight.zero_()


def ones(weight: Tensor, generator: Generator | None = None) -> None:
    """1."""
    weight.fill_(1.0)


zero, one = zeros, ones  # 2015's names

INITIALIZATIONS: dict[str, Callable[..., None]] = {
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "lecun_uniform": lecun_uniform,
    "lecun_normal": lecun_normal,
    "uniform": uniform,
    "random_uniform": random_uniform,
    "normal": normal,
    "random_normal": normal,
    "truncated_normal": truncated_normal,
    "variance_scaling": variance_scaling,
    "orthogonal": orthogonal,
    "identity": identity,
    "constant": constant,
    "zeros": zeros,
    "zero": zeros,
    "ones": ones,
    "one": ones,
}
InitializerName = Annotated[str | Callable[..., None], named(INITIALIZATIONS, "initialization", given=2, needed=True)]


def get(initialization: InitializerName) -> Callable[..., None]:
    """The function an initialization's name stands for; a function stands for itself."""
    return resolve(initialization, INITIALIZATIONS, "initialization", given=2)


def filling(initialization: InitializerName) -> Callable[..., None]:
    """What an initialization stands for, as a function (weight, generator) that fills the weight in place.

    A function of the user's may also be one of (tensor, ..., generator), as torch has it, or make an array of a shape,
    as Keras has it. Raises TypeError for one that takes nothing.
    """
    fill: Any = get(initialization)
    if bare(fill) in INITIALIZATIONS.values():
        return fill
    try:
        parameters = inspect.signature(fill).parameters
    except ValueError:  # made in C, it does not tell
        return fill
    first, *rest = [*parameters, ""]
    if first == "shape":
        return of_shape(fill, needs_dtype="dtype" in rest and parameters["dtype"].default is inspect.Parameter.empty)
    if "generator" in rest[1:] or (rest[:1] == ["generator"]):
        return lambda weight, generator=None: fill(weight, generator=generator)
    if not first:
        raise TypeError(
            f"the initialization {fill!r} takes nothing; let it take (weight, generator) and fill the weight, "
            "or (shape) and give an array, as in Keras"
        )
    positional = [p for p in parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(positional) == 1 or (positional and positional[1].default is not inspect.Parameter.empty):
        return lambda weight, generator=None: fill(weight)
    return fill


def of_shape(make: Callable[..., Any], needs_dtype: bool) -> Callable[..., None]:
    """An initialization that makes an array of a shape, as one of (weight, generator)."""

    def fill(weight: Tensor, generator: Generator | None = None) -> None:
        shape = tuple(weight.shape)
        made = torch.as_tensor(make(shape, weight.dtype) if needs_dtype else make(shape))
        if tuple(made.shape) != shape:
            raise ValueError(f"an initialization of your own gives {tuple(made.shape)} for a weight of shape {shape}")
        weight.copy_(made)

    return fill
