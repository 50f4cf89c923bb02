"""Activations: functions from a tensor to a tensor of the same shape."""

from collections.abc import Callable
from typing import Annotated

import torch
from torch import Tensor
from torch.nn import functional as F

from kit.fields import named
from kit.names import resolve


def softmax(x: Tensor) -> Tensor:
    """exp(x_i) / sum_j exp(x_j), over the last axis."""
    y = F.softmax(x, dim=-1)
    y.softmax_of = x  # type: ignore[attr-defined]  # a cross-entropy right behind is then exact, never log(0)
    return y


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(-x))."""
    y = torch.sigmoid(x)
    y.sigmoid_of = x  # type: ignore[attr-defined]
    return y


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp(x))."""
    return F.softplus(x)


def relu(x: Tensor) -> Tensor:
    """max(x, 0)."""
    return F.relu(x)


def tanh(x: Tensor) -> Tensor:
    """(exp(x) - exp(-x)) / (exp(x) + exp(-x))."""
    return torch.tanh(x)


def hard_sigmoid(x: Tensor) -> Tensor:
    """clip(0.2 x + 0.5, 0, 1)."""
    return torch.clamp(0.2 * x + 0.5, 0.0, 1.0)


def linear(x: Tensor) -> Tensor:
    """x."""
    return x


def gelu(x: Tensor) -> Tensor:
    """x Phi(x), with the normal distribution function Phi (Hendrycks & Gimpel 2016)."""
    return F.gelu(x)


def silu(x: Tensor) -> Tensor:
    """x sigmoid(x) (Elfwing et al. 2017)."""
    return F.silu(x)


def elu(x: Tensor) -> Tensor:
    """x where x > 0, else exp(x) - 1 (Clevert et al. 2015)."""
    return F.elu(x)


def selu(x: Tensor) -> Tensor:
    """1.0507 x where x > 0, else 1.7581 (exp(x) - 1), which keeps mean 0 and variance 1 (Klambauer et al. 2017)."""
    return F.selu(x)


def leaky_relu(x: Tensor) -> Tensor:
    """x where x > 0, else 0.2 x (Maas et al. 2013)."""
    return F.leaky_relu(x, 0.2)


def softsign(x: Tensor) -> Tensor:
    """x / (1 + |x|)."""
    return F.softsign(x)


def exponential(x: Tensor) -> Tensor:
    """exp(x)."""
    return torch.exp(x)


def log_softmax(x: Tensor) -> Tensor:
    """x_i - log(sum_j exp(x_j)), over the last axis."""
    return F.log_softmax(x, dim=-1)


ACTIVATIONS = {
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
}
ActivationName = Annotated[str | Callable[[Tensor], Tensor] | None, named(ACTIVATIONS, "activation")]


def get(activation: ActivationName) -> Callable[[Tensor], Tensor]:
    """The function an activation's name stands for; a function stands for itself, None for linear."""
    return linear if activation is None else resolve(activation, ACTIVATIONS, "activation")
