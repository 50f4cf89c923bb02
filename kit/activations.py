"""Activations: functions from a tensor to a tensor of the same shape.

Where one has settings, its name can be called with them: "gelu(approximate=True)", "leaky_relu(0.1)".
"""

from collections.abc import Callable
from typing import Annotated

import torch
from torch import Tensor
from torch.nn import functional as F

from kit.fields import named
from kit.names import resolve


def linear(x: Tensor) -> Tensor:
    """x."""
    return x


def relu(x: Tensor, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Tensor:
    """max(x, 0); in general max_value above it, x from the threshold on, negative_slope (x - threshold) below."""
    if not negative_slope and not threshold:
        return F.relu(x) if max_value is None else torch.clamp(x, 0.0, max_value)
    y = torch.where(x >= threshold, x, negative_slope * (x - threshold))
    return y if max_value is None else y.clamp(max=max_value)


def relu6(x: Tensor) -> Tensor:
    """min(max(x, 0), 6)."""
    return F.relu6(x)


def leaky_relu(x: Tensor, negative_slope: float = 0.2) -> Tensor:
    """x where x > 0, else negative_slope x (Maas et al. 2013)."""
    return F.leaky_relu(x, negative_slope)


def threshold(x: Tensor, threshold: float = 0.0, default_value: float = 0.0) -> Tensor:
    """x where x > threshold, else default_value."""
    return F.threshold(x, threshold, default_value)


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(-x))."""
    y = torch.sigmoid(x)
    y.sigmoid_of = x  # type: ignore[attr-defined]  # a cross-entropy right behind is then exact, never log(0)
    return y


def log_sigmoid(x: Tensor) -> Tensor:
    """-log(1 + exp(-x))."""
    return F.logsigmoid(x)


def hard_sigmoid(x: Tensor, slope: float = 0.2) -> Tensor:
    """clip(slope x + 0.5, 0, 1), as in 2015; Keras 3 has a slope of 1/6 under this name."""
    return torch.clamp(slope * x + 0.5, 0.0, 1.0)


def softmax(x: Tensor, axis: int = -1) -> Tensor:
    """exp(x_i) / sum_j exp(x_j), over an axis."""
    y = F.softmax(x, axis)
    if axis == -1:
        y.softmax_of = x  # type: ignore[attr-defined]
    return y


def log_softmax(x: Tensor, axis: int = -1) -> Tensor:
    """x_i - log(sum_j exp(x_j)), over an axis."""
    return F.log_softmax(x, axis)


def tanh(x: Tensor) -> Tensor:
    """(exp(x) - exp(-x)) / (exp(x) + exp(-x))."""
    return torch.tanh(x)


def hard_tanh(x: Tensor) -> Tensor:
    """clip(x, -1, 1)."""
    return F.hardtanh(x)


def tanh_shrink(x: Tensor) -> Tensor:
    """x - tanh(x)."""
    return F.tanhshrink(x)


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp(x))."""
    return F.softplus(x)


def squareplus(x: Tensor, b: float = 4.0) -> Tensor:
    """(x + sqrt(x² + b)) / 2, like softplus without exp (Barron 2021)."""
    return (x + torch.sqrt(x * x + b)) / 2


def softsign(x: Tensor) -> Tensor:
    """x / (1 + |x|)."""
    return F.softsign(x)


def exponential(x: Tensor) -> Tensor:
    """exp(x)."""
    return torch.exp(x)


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """x where x > 0, else alpha (exp(x) - 1) (Clevert et al. 2015)."""
    return F.elu(x, alpha)


def celu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """x where x > 0, else alpha (exp(x / alpha) - 1) (Barron 2017)."""
    return F.celu(x, alpha)


def selu(x: Tensor) -> Tensor:
    """1.0507 x where x > 0, else 1.7581 (exp(x) - 1), which keeps mean 0 and variance 1 (Klambauer et al. 2017)."""
    return F.selu(x)


def gelu(x: Tensor, approximate: bool = False) -> Tensor:
    """x Phi(x), with the normal distribution function Phi, or its approximation by tanh (Hendrycks & Gimpel 2016)."""
    return F.gelu(x, approximate="tanh" if approximate else "none")


def silu(x: Tensor) -> Tensor:
    """x sigmoid(x) (Elfwing et al. 2017)."""
    return F.silu(x)


def hard_silu(x: Tensor) -> Tensor:
    """x clip(x / 6 + 0.5, 0, 1) (Howard et al. 2019)."""
    return F.hardswish(x)


def mish(x: Tensor) -> Tensor:
    """x tanh(log(1 + exp(x))) (Misra 2019)."""
    return F.mish(x)


def glu(x: Tensor, axis: int = -1) -> Tensor:
    """a sigmoid(b), with the halves a and b of x along an axis, which is half as long then (Dauphin et al. 2016)."""
    return F.glu(x, axis)


def hard_shrink(x: Tensor, threshold: float = 0.5) -> Tensor:
    """x where |x| > threshold, else 0."""
    return F.hardshrink(x, threshold)


def soft_shrink(x: Tensor, threshold: float = 0.5) -> Tensor:
    """x - threshold where x > threshold, x + threshold where x < -threshold, else 0."""
    return F.softshrink(x, threshold)


def sparse_plus(x: Tensor) -> Tensor:
    """0 where x <= -1, x where x >= 1, (x + 1)² / 4 in between."""
    return torch.where(x >= 1, x, (x.clamp(-1, 1) + 1).square() / 4)


def sparse_sigmoid(x: Tensor) -> Tensor:
    """clip((x + 1) / 2, 0, 1), the slope of sparse_plus."""
    return torch.clamp((x + 1) / 2, 0.0, 1.0)


def sparsemax(x: Tensor, axis: int = -1) -> Tensor:
    """The nearest point to x whose numbers along an axis are 0 or more and add up to 1 (Martins & Astudillo 2016)."""
    x = x.movedim(axis, -1)
    falling = x.sort(dim=-1, descending=True).values
    count = torch.arange(1, x.shape[-1] + 1, device=x.device)
    excess = falling.cumsum(-1) - 1
    support = (count * falling > excess).sum(-1, keepdim=True)  # how many numbers stay above 0
    return F.relu(x - excess.gather(-1, support - 1) / support).movedim(-1, axis)


time_distributed_softmax = softmax  # 2015's name, for sequences

swish, hard_swish = silu, hard_silu  # Keras's names

ACTIVATIONS: dict[str, Callable[..., Tensor]] = {
    "linear": linear,
    "relu": relu,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "time_distributed_softmax": softmax,
    "softplus": softplus,
    "hard_sigmoid": hard_sigmoid,
    "gelu": gelu,
    "silu": silu,
    "swish": silu,
    "elu": elu,
    "selu": selu,
    "leaky_relu": leaky_relu,
    "softsign": softsign,
    "exponential": exponential,
    "log_softmax": log_softmax,
    "celu": celu,
    "mish": mish,
    "relu6": relu6,
    "hard_silu": hard_silu,
    "hard_swish": hard_silu,
    "hard_tanh": hard_tanh,
    "log_sigmoid": log_sigmoid,
    "squareplus": squareplus,
    "glu": glu,
    "threshold": threshold,
    "hard_shrink": hard_shrink,
    "soft_shrink": soft_shrink,
    "tanh_shrink": tanh_shrink,
    "sparsemax": sparsemax,
    "sparse_plus": sparse_plus,
    "sparse_sigmoid": sparse_sigmoid,
}
ActivationName = Annotated[str | Callable[..., Tensor] | None, named(ACTIVATIONS, "activation", given=1)]


def get(activation: ActivationName) -> Callable[..., Tensor]:
    """The function an activation's name stands for; a function stands for itself, None for linear."""
    return linear if activation is None else resolve(activation, ACTIVATIONS, "activation", given=1)
