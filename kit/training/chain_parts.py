"""The parts of a plain chain, each of which knows its own slope.

A part has forward(x), which gives y and keeps what it needs, and backward(dy), which gives dx; one with weights has
learn(dy) too, for where dx is not wanted. The gradients go where the layers' parameters keep theirs. x and y are rows
(n, width), but for what `Row` is given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kit import activations
from kit.layers.advanced_activations import ELU, LeakyReLU, PReLU, ReLU
from kit.layers.core import Activation, Dense, Dropout, Flatten
from kit.layers.layer import Layer
from kit.layers.normalization import BatchNormalization
from kit.training.chain_drops import Drop
from kit.training.chain_ends import SLOPES, Function, Slope, is_narrow


class Product:
    """y = x W + b."""

    def __init__(self, layer: Dense) -> None:
        self.W, self.b = layer.kernel.detach(), None if layer.bias is None else layer.bias.detach()
        self.transposed = self.W.t()
        self.dW: Any = layer.kernel.grad
        self.db = None if layer.bias is None else layer.bias.grad
        self.width = layer.units

    def forward(self, x: Tensor) -> Tensor:
        self.x, self.turned = x, is_narrow(len(x), self.width)
        if self.turned:
            y = torch.mm(self.transposed, x.t())
            return (y if self.b is None else y.add_(self.b[:, None])).t()
        return torch.mm(x, self.W) if self.b is None else torch.addmm(self.b, x, self.W)

    def learn(self, dy: Tensor) -> None:
        if self.turned:
            self.dW.copy_(torch.mm(dy.t(), self.x).t())
        else:
            torch.mm(self.x.t(), dy, out=self.dW)
        if self.db is not None:
            torch.sum(dy, 0, out=self.db)

    def backward(self, dy: Tensor) -> Tensor:
        self.learn(dy)
        return torch.mm(dy, self.transposed)


class Curve:
    """y = f(x), for an f whose slope is known."""

    def __init__(self, function: Function, slope: Slope) -> None:
        self.function, self.slope = function, slope

    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        self.y = self.function(x)
        return self.y

    def backward(self, dy: Tensor) -> Tensor:
        return self.slope(dy, self.x, self.y)


class Bend:
    """y = x where x > 0, else alpha x, with an alpha for each column."""

    def __init__(self, layer: PReLU) -> None:
        self.alpha, self.dalpha = layer.alpha.detach(), layer.alpha.grad

    def forward(self, x: Tensor) -> Tensor:
        self.x, self.below = x, torch.relu(-x)
        return torch.addcmul(torch.relu(x), self.alpha, self.below, value=-1)

    def backward(self, dy: Tensor) -> Tensor:
        torch.sum(dy * self.below, 0, out=self.dalpha).neg_()
        above, below = (torch.ops.aten.threshold_backward(dy, side, 0) for side in (self.x, self.below))
        return above.addcmul_(self.alpha, below)

    learn = backward


class Norm:
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, as BatchNormalization has it."""

    def __init__(self, layer: BatchNormalization) -> None:
        self.layer = layer
        weights = (layer.gamma, layer.beta)
        self.wanted = [True, *(weight is not None for weight in weights)]
        self.gradients = [None if weight is None else weight.grad for weight in weights]

    def forward(self, x: Tensor) -> Tensor:
        layer, self.x, self.training = self.layer, x, self.layer.training
        self.moving_mean = None if self.training else layer.moving_mean
        self.moving_variance = None if self.training else layer.moving_variance
        y, self.mean, self.inverse = torch.native_batch_norm(
            x, layer.gamma, layer.beta, self.moving_mean, self.moving_variance, self.training, 0.0, layer.epsilon
        )
        if self.training:
            layer.remember(self.mean, self.inverse)
        return y

    def backward(self, dy: Tensor) -> Tensor:
        layer = self.layer
        dx, *found = torch.ops.aten.native_batch_norm_backward(
            dy, self.x, layer.gamma, self.moving_mean, self.moving_variance, self.mean, self.inverse,
            self.training, layer.epsilon, self.wanted,
        )  # fmt: skip
        for gradient, each in zip(self.gradients, found, strict=True):
            if gradient is not None:
                gradient.copy_(each)
        return dx

    learn = backward


class Row:
    """Each sample as one row."""

    def forward(self, x: Tensor) -> Tensor:
        self.shape = x.shape
        return x.flatten(1)

    def backward(self, dy: Tensor) -> Tensor:
        return dy.view(self.shape)


Part = Product | Curve | Bend | Norm | Drop | Row
LEARNING = (Product, Bend, Norm)


def parts_of(layer: nn.Module, width: int) -> list[Part] | None:
    """A layer in parts; None where it is not plain: of another class, penalized, or with a function of its own.

    width: of its input.
    """
    if not isinstance(layer, Layer) or layer.penalties or "forward" in vars(layer):
        return None
    if any(weight.grad is None for weight in layer.parameters()):
        return None
    maker = MAKERS.get(type(layer))
    return None if maker is None else maker(layer, width)


def dense(layer: Dense, width: int) -> list[Part] | None:
    """A product, and a curve behind it."""
    after = curves(layer.activation)
    return None if after is None else [Product(layer), *after]


def activation(layer: Activation, width: int) -> list[Part] | None:
    """A curve, where it adds nothing to the loss."""
    return None if layer.target else curves(layer.activation)


def curves(activation: activations.ActivationName) -> list[Part] | None:
    """An activation as a part, none for the linear one; None where its slope is not known here."""
    function = activations.get(activation)
    if function is activations.linear:
        return []
    return [Curve(function, SLOPES[function])] if function in SLOPES else None


def leaky_relu(layer: LeakyReLU, width: int) -> list[Part]:
    """A curve with a slope of its own."""
    below = layer.negative_slope
    slope = torch.ops.aten.leaky_relu_backward
    return [Curve(lambda x: F.leaky_relu(x, below), lambda dy, x, y: slope(dy, x, below, False))]


def elu(layer: ELU, width: int) -> list[Part]:
    """A curve with an alpha of its own."""
    alpha = layer.alpha
    slope = torch.ops.aten.elu_backward
    return [Curve(lambda x: F.elu(x, alpha), lambda dy, x, y: slope(dy, alpha, 1.0, 1.0, False, x))]


def relu(layer: ReLU, width: int) -> list[Part] | None:
    """A curve, where it has no settings."""
    return None if layer.max_value is not None or layer.negative_slope or layer.threshold else curves("relu")


MAKERS: dict[type, Callable[..., list[Part] | None]] = {
    Dense: dense,
    Activation: activation,
    Dropout: lambda layer, width: [Drop(layer, width)],
    Flatten: lambda layer, width: [Row()],
    PReLU: lambda layer, width: [Bend(layer)],
    BatchNormalization: lambda layer, width: [Norm(layer)],
    LeakyReLU: leaky_relu,
    ELU: elu,
    ReLU: relu,
}
