"""The end of a plain chain: its last activation and the loss behind it, and the slope of both together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kit import activations
from kit.objectives import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
    mean_squared_error,
)
from kit.training.data import Batch
from kit.training.goal import Goal, Reached

Function = Callable[..., Tensor]
Slope = Callable[[Tensor, Tensor, Tensor], Tensor]  # from dL/dy, x and y = f(x) to dL/dx
Formula = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]  # from z, before the activation, and y_true to L, dL/dz
End = Callable[[Tensor, Batch], tuple[Reached, Tensor]]  # from z to what is reached, and dL/dz

aten = torch.ops.aten
SLOPES: dict[Function, Slope] = {
    activations.linear: lambda dy, x, y: dy,
    activations.relu: lambda dy, x, y: aten.threshold_backward(dy, y, 0),
    activations.tanh: lambda dy, x, y: aten.tanh_backward(dy, y),
    activations.sigmoid: lambda dy, x, y: aten.sigmoid_backward(dy, y),
    activations.softmax: lambda dy, x, y: torch._softmax_backward_data(dy, y, -1, y.dtype),
    activations.leaky_relu: lambda dy, x, y: aten.leaky_relu_backward(dy, x, 0.2, False),
    activations.elu: lambda dy, x, y: aten.elu_backward(dy, 1.0, 1.0, 1.0, False, x),
    activations.softplus: lambda dy, x, y: aten.softplus_backward(dy, x, 1.0, 20.0),
    activations.gelu: lambda dy, x, y: aten.gelu_backward(dy, x),
    activations.silu: lambda dy, x, y: aten.silu_backward(dy, x),
}


def is_narrow(n: int, width: int) -> bool:
    """Whether (n, width) is a table that is read much faster by columns than by rows."""
    return width < 16 and n >= 64


def squares(function: Function) -> Formula:
    """L = mean (y - y_true)², y = f(z); dL/dy = 2 (y - y_true) / count."""
    slope = SLOPES[function]

    def formula(z: Tensor, y_true: Tensor) -> tuple[Tensor, Tensor]:
        y = function(z)
        error = y - y_true
        return error.square().mean(), slope(error.mul_(2 / error.numel()), z, y)

    return formula


def categorical(z: Tensor, y_true: Tensor) -> tuple[Tensor, Tensor]:
    """L = -sum y_true log softmax(z) / n."""
    n, width = z.shape
    if is_narrow(n, width):
        loss, dz = crossentropy(z.t().contiguous(), y_true.t().contiguous(), 0, n)
        return loss, dz.t()
    return crossentropy(z, y_true, 1, n)


def crossentropy(z: Tensor, y_true: Tensor, axis: int, n: int) -> tuple[Tensor, Tensor]:
    """The same, with the classes along an axis."""
    log_p, share = torch.log_softmax(z, axis), y_true * (-1 / n)
    return (share * log_p).sum(), torch._log_softmax_backward_data(share, log_p, axis, z.dtype)


def sparse(z: Tensor, y_true: Tensor) -> tuple[Tensor, Tensor]:
    """The same of class numbers."""
    return categorical(z, torch.zeros_like(z).scatter_(1, y_true.long().view(len(z), 1), 1.0))


def binary(z: Tensor, y_true: Tensor) -> tuple[Tensor, Tensor]:
    """L = -mean (y_true log sigmoid(z) + (1 - y_true) log(1 - sigmoid(z)))."""
    loss = F.binary_cross_entropy_with_logits(z, y_true)
    return loss, torch.sigmoid(z).sub_(y_true).mul_(1 / z.numel())


CROSSENTROPIES: dict[type, tuple[Function, Formula]] = {
    CategoricalCrossentropy: (activations.softmax, categorical),
    SparseCategoricalCrossentropy: (activations.softmax, sparse),
    BinaryCrossentropy: (activations.sigmoid, binary),
}


def formula_for(function: Function, objective: Any) -> Formula | None:
    """The formula of an activation and a loss together, where one is known."""
    if objective is mean_squared_error:
        return squares(function)
    before, formula = CROSSENTROPIES.get(type(objective), (None, None))
    if formula is None or objective.label_smoothing:
        return None
    return formula if function is (activations.linear if objective.from_logits else before) else None


def end_of(function: Function, goal: Goal) -> End:
    """The end of a chain whose last activation is `function`: by formula where there is one, else by autograd."""
    formula = formula_for(function, goal.ends[0].objective)

    def by_formula(z: Tensor, batch: Batch) -> tuple[Reached, Tensor]:
        if formula is None or any(weight is not None for weight in batch.weights):
            return by_autograd(z, batch)
        loss, dz = formula(z, batch.targets[0])
        return ((function(z),) if goal.measures else (), loss, {}), dz

    def by_autograd(z: Tensor, batch: Batch) -> tuple[Reached, Tensor]:
        with torch.enable_grad():
            leaf = z.requires_grad_()
            outputs = (function(leaf),)
            loss, values = goal.reach(outputs, batch)
        return (outputs, loss.detach(), values), torch.autograd.grad(loss, leaf)[0]

    return by_formula
