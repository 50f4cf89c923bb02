"""Layers that pass on what comes, or what a function makes of it."""

import inspect
from collections.abc import Callable
from typing import Annotated

from torch import Tensor

from kit.activations import ACTIVATIONS
from kit.fields import NonNegative, named
from kit.layers.layer import Layer
from kit.names import resolve


class Identity(Layer):
    """y = x. In (n, ...); out the same shape."""

    family = "core"
    passes_mask = True

    def forward(self, x: Tensor) -> Tensor:
        return x


class Lambda(Layer):
    """y = function(x), or function(x1, x2, ...) of several inputs, or function([x1, x2, ...]) where it takes one value.

    In (n, ...), as many as the function takes; out (n, ...), whatever it gives for each sample.

    A file and a document keep the function's name; whoever loads one passes it in custom_objects={"its_name": it}.

    function: a function of tensors, made of torch's operations, without weights; or the name of an activation.
    """

    family = "core"
    input_count = None

    function: Annotated[str | Callable[..., Tensor], named(ACTIVATIONS, "function", given=1, needed=True)]

    def forward(self, *x: Tensor) -> Tensor:
        function = resolve(self.function, ACTIVATIONS, "function", given=1)
        return function(list(x)) if len(x) > 1 and takes_one(function) else function(*x)


def takes_one(function: Callable[..., Tensor]) -> bool:
    """Whether a function cannot take two values."""
    try:
        inspect.signature(function).bind(None, None)
    except ValueError:  # made in C, it does not tell
        return False
    except TypeError:
        return True
    return False


class ActivityRegularization(Layer):
    """y = x, with the penalty (l1 sum |x| + l2 sum x²) / n added to the loss of each batch.

    In (n, ...); out the same shape.

    l1: weight of the absolute values.
    l2: weight of the squares.
    """

    family = "core"
    passes_mask = True

    l1: NonNegative = 0.0
    l2: NonNegative = 0.0

    def forward(self, x: Tensor) -> Tensor:
        if self.l1 or self.l2:
            self.add_loss(self.penalty(x))
        return x

    def penalty(self, x: Tensor) -> Tensor:
        """(l1 sum |x| + l2 sum x²) / n."""
        return (self.l1 * x.abs().sum() + self.l2 * x.square().sum()) / x.shape[0]


__all__ = ["ActivityRegularization", "Identity", "Lambda"]
