"""Activations that have settings or weights of their own."""

from typing import Annotated

import torch
from torch import Tensor
from torch.nn import functional as F

from kit import activations
from kit.constraints import ConstraintName
from kit.fields import NonNegative, real, sizes
from kit.initializations import InitializerName
from kit.layers.layer import Layer, ShapeError
from kit.regularizers import RegularizerName
from kit.symbols import Shape


class ReLU(Layer):
    """y = max(x, 0); in general max_value above it, x from the threshold on, negative_slope (x - threshold) below.

    In (n, ...); out the same shape.

    max_value: where the output ends; none for no end.
    negative_slope: slope below the threshold.
    threshold: from where on x passes.
    """

    family = "activations"
    passes_mask = True

    max_value: Annotated[float | None, real(0.0)] = None
    negative_slope: NonNegative = 0.0
    threshold: NonNegative = 0.0

    def forward(self, x: Tensor) -> Tensor:
        return activations.relu(x, self.negative_slope, self.max_value, self.threshold)


class ThresholdedReLU(Layer):
    """y = x where x > theta, else 0 (Konda et al. 2014).

    In (n, ...); out the same shape.

    theta: what x must exceed to pass.
    """

    family = "activations"
    passes_mask = True

    theta: NonNegative = 1.0

    def forward(self, x: Tensor) -> Tensor:
        return F.threshold(x, self.theta, 0.0)


class LeakyReLU(Layer):
    """y = x where x > 0, else negative_slope x (Maas et al. 2013).

    In (n, ...); out the same shape.

    negative_slope: slope below 0.
    """

    family = "activations"
    passes_mask = True

    negative_slope: NonNegative = 0.3

    def forward(self, x: Tensor) -> Tensor:
        return F.leaky_relu(x, self.negative_slope)


class PReLU(Layer):
    """y = x where x > 0, else alpha x, with a learned slope alpha for each unit (He et al. 2015).

    In (n, ...); out the same shape.

    alpha_initializer: how alpha, of a sample's shape, starts.
    alpha_regularizer: penalty on alpha.
    alpha_constraint: what alpha is held to, such as "nonneg".
    shared_axes: axes along which all units share one slope, such as 2, 3 for the pixels of images.
    """

    family = "activations"
    passes_mask = True
    seed_order = "input_shape weights"

    alpha_initializer: InitializerName = "zeros"
    alpha_regularizer: RegularizerName = None
    alpha_constraint: ConstraintName = None
    shared_axes: Annotated[tuple[int, ...] | None, sizes()] = None

    alpha: Tensor

    def check(self, shape: Shape) -> None:
        if any(axis > len(shape) for axis in self.shared_axes or ()):
            raise ShapeError(f"{self.label} has no such axis in {shape}; shared_axes go from 1 to {len(shape)}")

    def build(self, input_shape: Shape) -> None:
        shared = self.shared_axes or ()
        self.add_weight("alpha", tuple(1 if axis in shared else size for axis, size in enumerate(input_shape, 1)))

    def forward(self, x: Tensor) -> Tensor:
        return torch._prelu_kernel(x, self.alpha.to(x.dtype))  # F.prelu, which has one alpha for each channel only


class ELU(Layer):
    """y = x where x > 0, else alpha (exp(x) - 1) (Clevert et al. 2015).

    In (n, ...); out the same shape.

    alpha: how far below 0 the output can go.
    """

    family = "activations"
    passes_mask = True

    alpha: NonNegative = 1.0

    def forward(self, x: Tensor) -> Tensor:
        return F.elu(x, self.alpha)


class Softmax(Layer):
    """y_i = exp(x_i) / sum_j exp(x_j).

    In (n, ...); out the same shape.

    axis: the axis along which the numbers add up to 1 (0 is the batch).
    """

    family = "activations"
    passes_mask = True

    axis: int = -1

    def check(self, shape: Shape) -> None:
        if self.axis == 0 or not -len(shape) <= self.axis <= len(shape):
            raise ShapeError(f"{self.label} has no axis {self.axis} in {shape}; 1 to {len(shape)}, or -1 for the last")

    def forward(self, x: Tensor) -> Tensor:
        return activations.softmax(x) if self.axis == -1 else F.softmax(x, self.axis)


__all__ = ["ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax", "ThresholdedReLU"]
