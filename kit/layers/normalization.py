"""Layers that keep the numbers in range."""

from typing import Annotated

import torch
from torch import Tensor
from torch.nn import functional as F

from kit.constraints import ConstraintName
from kit.fields import Fraction, Positive, choice
from kit.initializations import InitializerName
from kit.layers.layer import Layer
from kit.regularizers import RegularizerName
from kit.symbols import Shape


class BatchNormalization(Layer):
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over the batch; running statistics when not training.

    In (n, ..., features) or (n, channels, rows, cols); out the same shape (Ioffe & Szegedy 2015).

    axis: the axis that keeps its own statistics: 1 for channels, -1 for features; chosen by the input if none.
    momentum: how much of the running statistics stays at each batch, 0 to 1.
    epsilon: added to the variance.
    center: whether beta is added.
    scale: whether gamma multiplies.
    beta_initializer: how beta starts.
    gamma_initializer: how gamma starts.
    beta_regularizer: penalty on beta.
    gamma_regularizer: penalty on gamma.
    beta_constraint: what beta is held to.
    gamma_constraint: what gamma is held to.
    """

    family = "normalization"
    seed_order = "input_shape epsilon mode momentum weights"

    axis: Annotated[int | None, choice(None, 1, -1)] = None
    momentum: Fraction = 0.99
    epsilon: Positive = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: InitializerName = "zeros"
    gamma_initializer: InitializerName = "ones"
    beta_regularizer: RegularizerName = None
    gamma_regularizer: RegularizerName = None
    beta_constraint: ConstraintName = None
    gamma_constraint: ConstraintName = None

    gamma: Tensor
    beta: Tensor
    moving_mean: Tensor
    moving_variance: Tensor

    def build(self, input_shape: Shape) -> None:
        features = input_shape[0 if self.axis_of(len(input_shape) + 1) == 1 else -1]
        for name, wanted in (("gamma", self.scale), ("beta", self.center)):
            if wanted:
                self.add_weight(name, (features,))
            else:
                self.register_parameter(name, None)
        self.register_buffer("moving_mean", torch.zeros(features))
        self.register_buffer("moving_variance", torch.ones(features))

    def axis_of(self, rank: int) -> int:
        """1 for images (n, channels, rows, cols), else the last axis."""
        axis = self.axis or (1 if rank >= 4 else -1)
        return 1 if axis == 1 or rank == 2 else -1

    def forward(self, x: Tensor) -> Tensor:
        moved = self.axis_of(x.ndim) == -1
        x = x.movedim(-1, 1) if moved else x
        if self.training:
            y, mean, inverse = torch.native_batch_norm(x, self.gamma, self.beta, None, None, True, 0.0, self.epsilon)
            self.remember(mean.detach(), inverse.detach())
        else:
            y = F.batch_norm(x, self.moving_mean, self.moving_variance, self.gamma, self.beta, eps=self.epsilon)
        return y.movedim(1, -1) if moved else y

    def remember(self, mean: Tensor, inverse: Tensor) -> None:
        """Moves the running statistics towards a batch's mean and its 1 / sqrt(variance + epsilon)."""
        self.moving_mean.lerp_(mean, 1 - self.momentum)
        self.moving_variance.lerp_(inverse.pow(-2).sub_(self.epsilon), 1 - self.momentum)


__all__ = ["BatchNormalization"]
