"""Regularizers: penalties on a weight, added to the loss (in 2015, l1 and l2 added to its gradient)."""

from collections.abc import Callable
from typing import Annotated, Literal

from torch import Tensor
from torch.nn import functional as F

from kit.declared import Declared
from kit.fields import NonNegative, named
from kit.names import resolve


class Regularizer(Declared):
    """Called with a weight, returns a penalty (a scalar)."""

    def __call__(self, w: Tensor) -> Tensor:
        raise NotImplementedError


class l1(Regularizer):
    """l sum |w|.

    l: weight of the penalty.
    """

    l: NonNegative = 0.01  # noqa: E741

    def __call__(self, w: Tensor) -> Tensor:
        return self.l * w.abs().sum()


class l2(Regularizer):
    """l sum w².

    l: weight of the penalty.
    """

    l: NonNegative = 0.01  # noqa: E741

    def __call__(self, w: Tensor) -> Tensor:
        return self.l * w.square().sum()


class l1l2(Regularizer):
    """l1 sum |w| + l2 sum w².

    l1: weight of the absolute values.
    l2: weight of the squares.
    """

    l1: NonNegative = 0.01
    l2: NonNegative = 0.01

    def __call__(self, w: Tensor) -> Tensor:
        return self.l1 * w.abs().sum() + self.l2 * w.square().sum()


class orthogonal(Regularizer):
    """factor mean |cos|, over the angles between any two rows of w (or columns): 0 where all are right angles.

    Of a kernel with more axes, a row is all that belongs to one filter.

    factor: weight of the penalty.
    mode: "rows" or "columns".
    """

    factor: NonNegative = 0.01
    mode: Literal["rows", "columns"] = "rows"

    def __call__(self, w: Tensor) -> Tensor:
        rows = F.normalize(w.flatten(1) if self.mode == "rows" else w.flatten(1).T, dim=1, eps=1e-7)
        cosines = rows @ rows.T
        pairs = len(rows) * (len(rows) - 1)
        return self.factor * (cosines.abs().sum() - cosines.diagonal().abs().sum()) / max(pairs, 1)


L1, L2, L1L2, l1_l2 = l1, l2, l1l2, l1l2  # Keras's names

REGULARIZERS = {"l1": l1, "l2": l2, "l1l2": l1l2, "l1_l2": l1l2, "orthogonal": orthogonal}
RegularizerName = Annotated[str | Callable[[Tensor], Tensor] | None, named(REGULARIZERS, "regularizer")]


def get(regularizer: RegularizerName) -> Callable[[Tensor], Tensor] | None:
    """The regularizer a name stands for; a class stands for its default, a function for itself."""
    return resolve(regularizer, REGULARIZERS, "regularizer")
