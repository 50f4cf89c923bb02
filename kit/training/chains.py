"""Plain chains: the gradient of Dense, Activation and Dropout layers in a row, by formula.

On small models autograd's bookkeeping takes longer than the numbers; here each part knows its own slope. What is no
such chain goes the ordinary way, and so does a chain while hooks look on.

Each part has forward(x), which gives y and keeps what it needs, and backward(dy), which gives dx.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from kit import activations
from kit.layers.core import Activation, Dense, Dropout, Flatten
from kit.layers.dropping import factors
from kit.layers.layer import Layer
from kit.network import Network
from kit.training.chain_ends import SLOPES, Function, end_of
from kit.training.data import Batch
from kit.training.goal import Goal, Reached

HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


class Product:
    """y = x W + b; the gradients of W and b go where the layer's parameters keep theirs."""

    def __init__(self, layer: Dense) -> None:
        self.W, self.b = layer.kernel, layer.bias
        self.transposed = self.W.detach().t()
        self.dW, self.db = self.W.grad, None if self.b is None else self.b.grad

    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        return torch.mm(x, self.W) if self.b is None else torch.addmm(self.b, x, self.W)

    def learn(self, dy: Tensor) -> None:
        """The gradients of W and b."""
        torch.mm(self.x.t(), dy, out=self.dW)
        if self.db is not None:
            torch.sum(dy, 0, out=self.db)

    def backward(self, dy: Tensor) -> Tensor:
        self.learn(dy)
        return torch.mm(dy, self.transposed)


class Curve:
    """y = f(x), for an f whose slope can be told from y."""

    def __init__(self, function: Function) -> None:
        self.function, self.slope = function, SLOPES[function]

    def forward(self, x: Tensor) -> Tensor:
        self.y = self.function(x)
        return self.y

    def backward(self, dy: Tensor) -> Tensor:
        return self.slope(dy, self.y)


class Drop:
    """y = x m / (1 - rate), while the layer trains."""

    def __init__(self, layer: Dropout) -> None:
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        layer = self.layer
        drops = layer.training and layer.rate
        self.factors = factors(x, layer.rate, layer.generator) if drops else None
        return x if self.factors is None else x * self.factors

    def backward(self, dy: Tensor) -> Tensor:
        return dy if self.factors is None else dy * self.factors


class Row:
    """Each sample as one row."""

    def forward(self, x: Tensor) -> Tensor:
        self.shape = x.shape
        return x.flatten(1)

    def backward(self, dy: Tensor) -> Tensor:
        return dy.view(self.shape)


Part = Product | Curve | Drop | Row


class Chain:
    """A module's parts, up to its last activation and without it."""

    def __init__(self, module: Network, parts: list[Part], last: Function) -> None:
        self.parts, self.last = parts, last
        self.first = next(i for i, part in enumerate(parts) if isinstance(part, Product))
        self.weights = list(module.parameters())
        self.hooks = [getattr(each, name) for each in module.modules() for name in HOOKS]
        self.goal: Goal | None = None

    def suits(self, goal: Goal) -> bool:
        """Whether nobody looks on, every weight is trained, and the loss depends on the outputs alone."""
        return (
            goal.plain
            and not any(self.hooks)
            and not nn.modules.module._has_any_global_hook()
            and all(weight.requires_grad and not weight._backward_hooks for weight in self.weights)
        )

    def gradient(self, batch: Batch, goal: Goal) -> Reached:
        """What a batch reaches; afterwards the gradients are where the parameters keep them."""
        if goal is not self.goal:
            self.goal, self.end = goal, end_of(self.last, goal)
        with torch.no_grad():
            x = batch.inputs[0]
            for part in self.parts:
                x = part.forward(x)
            reached, dx = self.end(x, batch)
            for part in reversed(self.parts[self.first + 1 :]):
                dx = part.backward(dx)
            self.parts[self.first].learn(dx)  # type: ignore[union-attr]
        return reached


def chain(module: Network) -> Chain | None:
    """The chain that a module is, or None where it is no plain one. Its parameters have their gradients already."""
    if type(module) is not Network or not module.is_chain or module.masked:
        return None
    rows = module.shapes[0] is not None and len(module.shapes[0]) == 1
    parts: list[Part] = []
    for step in module.steps:
        found = parts_of(step.layer)
        rows = rows or type(step.layer) is Flatten
        if found is None or not rows:
            return None
        parts += found
    curved = isinstance(parts[-1], Curve)
    last = parts.pop().function if curved else activations.linear  # type: ignore[union-attr]
    return Chain(module, parts, last)


def parts_of(layer: nn.Module) -> list[Part] | None:
    """A layer in parts; None where it is not plain: of another class, penalized, or with a function of its own."""
    if not isinstance(layer, Layer) or layer.penalties or "forward" in vars(layer):
        return None
    if type(layer) is Flatten:
        return [Row()]
    if type(layer) is Dropout:
        return [Drop(layer)]
    if type(layer) is Activation and not layer.target:
        return curves(layer.activation)
    if type(layer) is Dense and layer.kernel.grad is not None:
        after = curves(layer.activation)
        return None if after is None else [Product(layer), *after]
    return None


def curves(activation: activations.ActivationName) -> list[Part] | None:
    """An activation as a part, none for the linear one; None where its slope is not known here."""
    function = activations.get(activation)
    if function is activations.linear:
        return []
    return [Curve(function)] if function in SLOPES else None
