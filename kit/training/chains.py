"""Plain chains: the gradient of Dense layers in a row, and of what stands between them, by formula.

On small models autograd's bookkeeping takes longer than the numbers; here each part knows its own slope. What is no
such chain goes the ordinary way, and so does a chain while hooks look on.
"""

from __future__ import annotations

import torch
from torch import nn

from kit import activations
from kit.layers.core import Flatten
from kit.network import Network
from kit.training.chain_drops import Drop, Drops
from kit.training.chain_ends import SLOPES, Function, end_of
from kit.training.chain_parts import LEARNING, Curve, Part, Product, parts_of
from kit.training.data import Batch
from kit.training.goal import Goal, Reached

HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


class Chain:
    """A module's parts, up to its last activation and without it."""

    def __init__(self, module: Network, parts: list[Part], last: Function) -> None:
        self.parts, self.last = parts, last
        self.first = next(i for i, part in enumerate(parts) if isinstance(part, LEARNING))
        self.drops = Drops([part for part in parts if isinstance(part, Drop)])
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
            self.drops.draw(x)
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
    shape = module.shapes[0]
    if shape is None:
        return None
    rows, width = len(shape) == 1, torch.Size(shape).numel()
    parts: list[Part] = []
    for step in module.steps:
        found = parts_of(step.layer, width)
        rows = rows or type(step.layer) is Flatten
        if found is None or not rows:
            return None
        parts += found
        width = next((part.width for part in found if isinstance(part, Product)), width)
    end = parts[-1]
    if not isinstance(end, Curve) or end.function not in SLOPES:
        return Chain(module, parts, activations.linear)
    return Chain(module, parts[:-1], end.function)
