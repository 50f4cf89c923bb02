"""Constraints: what a weight is brought back to after each update."""

from collections.abc import Callable
from typing import Annotated

import torch
from torch import Tensor

from kit.declared import Declared
from kit.fields import Positive, named
from kit.names import resolve


class Constraint(Declared):
    """Called with a weight, returns the nearest weight that is allowed."""

    def __call__(self, w: Tensor) -> Tensor:
        raise NotImplementedError


class maxnorm(Constraint):
    """w scaled down so that no column (axis 0) is longer than m (Srivastava et al. 2014).

    m: the greatest Euclidean length.
    """

    m: Positive = 2.0

    def __call__(self, w: Tensor) -> Tensor:
        length = torch.linalg.vector_norm(w, dim=0, keepdim=True)
        return w * (length.clamp(max=self.m) / (length + 1e-7))


class nonneg(Constraint):
    """max(w, 0)."""

    def __call__(self, w: Tensor) -> Tensor:
        return w.clamp(min=0)


class unitnorm(Constraint):
    """w with every vector along the last axis scaled to length 1."""

    def __call__(self, w: Tensor) -> Tensor:
        return w / (torch.linalg.vector_norm(w, dim=-1, keepdim=True) + 1e-7)


CONSTRAINTS = {
    "maxnorm": maxnorm,
    "max_norm": maxnorm,
    "nonneg": nonneg,
    "non_neg": nonneg,
    "unitnorm": unitnorm,
    "unit_norm": unitnorm,
}
ConstraintName = Annotated[str | Callable[[Tensor], Tensor] | None, named(CONSTRAINTS, "constraint")]


def get(constraint: ConstraintName) -> Callable[[Tensor], Tensor] | None:
    """The constraint a name stands for; a class stands for its default, a function for itself."""
    return resolve(constraint, CONSTRAINTS, "constraint")
