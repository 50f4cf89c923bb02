"""Constraints: what a weight is brought back to after each update."""

from collections.abc import Callable
from typing import Annotated, Any

import torch
from torch import Tensor

from kit.declared import Declared
from kit.fields import Fraction, Kind, NonNegative, Positive, named, whole
from kit.names import resolve

EPSILON = 1e-7  # added to a length that is divided by


def axes_kind() -> Kind:
    """One axis, or a tuple of axes."""

    def convert(value: Any) -> int | tuple[int, ...]:
        given = value if isinstance(value, (tuple, list)) else (value,)
        axes = tuple(whole().convert(axis) for axis in given)
        return axes[0] if len(axes) == 1 else axes

    return Kind("sizes", "an axis, or a tuple of axes", convert)


Axes = Annotated[int | tuple[int, ...], axes_kind()]


class Constraint(Declared):
    """Called with a weight, returns the nearest weight that is allowed."""

    def __call__(self, w: Tensor) -> Tensor:
        raise NotImplementedError


class maxnorm(Constraint):
    """w scaled down so that no vector along the axis (a column for 0) is longer than m (Srivastava et al. 2014).

    m: the greatest Euclidean length.
    axis: along which a vector lies; 0 for what goes into a unit of Dense, (1, 2, 3) into a filter of Conv2D.
    """

    m: Positive = 2.0
    axis: Axes = 0

    def __call__(self, w: Tensor) -> Tensor:
        length = torch.linalg.vector_norm(w, dim=self.axis, keepdim=True)
        return w * (length.clamp(max=self.m) / (length + EPSILON))


class nonneg(Constraint):
    """max(w, 0)."""

    def __call__(self, w: Tensor) -> Tensor:
        return w.clamp(min=0)


class unitnorm(Constraint):
    """w with every vector along the axis scaled to length 1.

    axis: along which a vector lies; the last as in 2015 (Keras 3 has 0).
    """

    axis: Axes = -1

    def __call__(self, w: Tensor) -> Tensor:
        return w / (torch.linalg.vector_norm(w, dim=self.axis, keepdim=True) + EPSILON)


class min_max_norm(Constraint):
    """w scaled so that every vector along the axis is from min_value to max_value long.

    min_value: the least Euclidean length.
    max_value: the greatest.
    rate: how much of the way there is gone at each update, 0 to 1.
    axis: along which a vector lies; 0 for what goes into a unit of Dense, (1, 2, 3) into a filter of Conv2D.
    """

    min_value: NonNegative = 0.0
    max_value: Positive = 1.0
    rate: Fraction = 1.0
    axis: Axes = 0

    def validate(self) -> None:
        if self.min_value > self.max_value:
            raise ValueError(f"{self!r}: min_value is greater than max_value; swap them")

    def __call__(self, w: Tensor) -> Tensor:
        length = torch.linalg.vector_norm(w, dim=self.axis, keepdim=True)
        wanted = length.lerp(length.clamp(self.min_value, self.max_value), self.rate)
        return w * (wanted / (length + EPSILON))


MaxNorm, NonNeg, UnitNorm, MinMaxNorm = maxnorm, nonneg, unitnorm, min_max_norm  # Keras's names
max_norm, non_neg, unit_norm = maxnorm, nonneg, unitnorm

CONSTRAINTS = {
    "maxnorm": maxnorm,
    "max_norm": maxnorm,
    "nonneg": nonneg,
    "non_neg": nonneg,
    "unitnorm": unitnorm,
    "unit_norm": unitnorm,
    "min_max_norm": min_max_norm,
}
ConstraintName = Annotated[str | Callable[[Tensor], Tensor] | None, named(CONSTRAINTS, "constraint")]


def get(constraint: ConstraintName) -> Callable[[Tensor], Tensor] | None:
    """The constraint a name stands for; a class stands for its default, a function for itself."""
    return resolve(constraint, CONSTRAINTS, "constraint")
