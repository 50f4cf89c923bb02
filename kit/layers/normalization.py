"""Layers that keep the numbers in range."""

from typing import Annotated, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from kit.constraints import ConstraintName
from kit.fields import Fraction, Positive, choice, whole
from kit.initializations import InitializerName
from kit.layers.layer import Layer, ShapeError
from kit.regularizers import RegularizerName
from kit.symbols import Shape

LEAST = 1e-7  # as small as a deviation that is divided by may be (Keras's)


class BatchNormalization(Layer):
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over the batch; by running statistics in predicting.

    Frozen (trainable = False), it keeps its running statistics and goes by them in training too.

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
    passes_mask = True
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
        features = input_shape[0 if channel_axis(self.axis, len(input_shape) + 1) == 1 else -1]
        add_scale_and_shift(self, features, self.scale, self.center)
        self.register_buffer("moving_mean", torch.zeros(features))
        self.register_buffer("moving_variance", torch.ones(features))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        moved, learns = channel_axis(self.axis, x.ndim) == -1, self.training and self.trainable
        if mask is not None and learns and moved and mask.ndim == x.ndim - 1:
            return self.normalize_masked(x, mask)
        x = x.movedim(-1, 1) if moved else x
        if learns:
            y, mean, inverse = torch.native_batch_norm(x, self.gamma, self.beta, None, None, True, 0.0, self.epsilon)
            self.remember(mean.detach(), inverse.detach())
        else:
            y = F.batch_norm(x, self.moving_mean, self.moving_variance, self.gamma, self.beta, eps=self.epsilon)
        return y.movedim(1, -1) if moved else y

    def normalize_masked(self, x: Tensor, mask: Tensor) -> Tensor:
        """y in training, by the mean and variance of the times that hold something."""
        weight = mask[..., None].to(x.dtype) / mask.sum().clamp(min=1)
        axes = tuple(range(x.ndim - 1))
        mean = (x * weight).sum(axes)
        variance = ((x - mean).square() * weight).sum(axes)
        inverse = (variance + self.epsilon).rsqrt()
        self.remember(mean.detach(), inverse.detach())
        y = (x - mean) * (inverse if self.gamma is None else inverse * self.gamma)
        return y if self.beta is None else y + self.beta

    def remember(self, mean: Tensor, inverse: Tensor) -> None:
        """Moves the running statistics towards a batch's mean and its 1 / sqrt(variance + epsilon)."""
        self.moving_mean.lerp_(mean, 1 - self.momentum)
        self.moving_variance.lerp_(inverse.pow(-2).sub_(self.epsilon), 1 - self.momentum)


class LayerNormalization(Layer):
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over one axis of each sample (Ba et al. 2016).

    In (n, ..., features) or (n, channels, rows, cols); out the same shape.

    axis: the axis it goes over: -1 for features, 1 for channels.
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
    passes_mask = True

    axis: Annotated[int, choice(-1, 1)] = -1
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

    def build(self, input_shape: Shape) -> None:
        add_scale_and_shift(self, input_shape[0 if self.axis == 1 else -1], self.scale, self.center)

    def forward(self, x: Tensor) -> Tensor:
        x = x.movedim(self.axis, -1)
        y = F.layer_norm(x, x.shape[-1:], self.gamma, self.beta, self.epsilon)
        return y.movedim(-1, self.axis)


class GroupNormalization(Layer):
    """y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over groups of channels of each sample (Wu & He 2018).

    In (n, ..., features) or (n, channels, rows, cols); out the same shape.

    groups: how many groups the channels form; -1 makes each channel one (instance normalization).
    axis: the axis of the channels: 1 for images, -1 for features; chosen by the input if none.
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
    passes_mask = True

    groups: Annotated[int, whole(-1)] = 32
    axis: Annotated[int | None, choice(None, 1, -1)] = None
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

    def validate(self) -> None:
        if self.groups == 0:
            raise ValueError(f"{self!r}: groups takes a number of 1 or more, or -1")

    def check(self, shape: Shape) -> None:
        channels = shape[0 if channel_axis(self.axis, len(shape) + 1) == 1 else -1]
        if channels % self.groups:
            raise ShapeError(f"{self.label} cannot make {self.groups} equal groups of {channels} channels")

    def build(self, input_shape: Shape) -> None:
        axis = channel_axis(self.axis, len(input_shape) + 1)
        add_scale_and_shift(self, input_shape[0 if axis == 1 else -1], self.scale, self.center)

    def forward(self, x: Tensor) -> Tensor:
        axis = channel_axis(self.axis, x.ndim)
        x = x.movedim(axis, 1)
        groups = x.shape[1] if self.groups == -1 else self.groups
        gamma = self.gamma
        if gamma is None and self.beta is not None:
            gamma = torch.ones_like(self.beta)  # torch 2.13 cannot go back through a shift without a scale
        return F.group_norm(x, groups, gamma, self.beta, self.epsilon).movedim(1, axis)


class Normalization(Layer):
    """y = (x - mean) / sqrt(variance), by the mean and variance of the samples that `adapt` was given.

    In (n, ..., features) or (n, channels, rows, cols); out the same shape. Before `adapt` it passes x on.

    axis: the axis that keeps its own statistics: 1 for channels, -1 for features; chosen by the input if none.
    """

    family = "normalization"
    passes_mask = True

    axis: Annotated[int | None, choice(None, 1, -1)] = None

    mean: Tensor
    variance: Tensor

    def build(self, input_shape: Shape) -> None:
        features = input_shape[0 if channel_axis(self.axis, len(input_shape) + 1) == 1 else -1]
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("variance", torch.ones(features))

    def adapt(self, samples: Any) -> None:
        """Keeps the mean and the variance of samples (n, ...), and their shape. ValueError for what is not finite."""
        x = torch.as_tensor(np.asarray(samples, dtype="float64"))
        x = x[:, None] if x.ndim == 1 else x
        self.build_for(tuple(x.shape[1:]))
        self.input_shape = tuple(x.shape[1:])  # a model that begins with it knows its input by that
        rows = x.movedim(channel_axis(self.axis, x.ndim), -1).flatten(0, -2)
        if not torch.isfinite(rows).all():
            raise ValueError(f"{self.label}: adapt was given NaN or infinity; replace them (numpy.nan_to_num)")
        self.mean.copy_(rows.mean(0))
        self.variance.copy_(rows.var(0, correction=0))

    def forward(self, x: Tensor) -> Tensor:
        axis = channel_axis(self.axis, x.ndim)
        y = (x.movedim(axis, -1) - self.mean) / self.variance.sqrt().clamp(min=LEAST)
        return y.movedim(-1, axis)


def channel_axis(axis: int | None, rank: int) -> int:
    """1 for images (n, channels, rows, cols), else the last axis, where none is stated."""
    axis = axis or (1 if rank >= 4 else -1)
    return 1 if axis == 1 or rank == 2 else -1


def add_scale_and_shift(layer: Layer, features: int, scale: bool, center: bool) -> None:
    """Makes gamma and beta (features,), each where it is wanted."""
    for name, wanted in (("gamma", scale), ("beta", center)):
        if wanted:
            layer.add_weight(name, (features,))
        else:
            layer.register_parameter(name, None)


__all__ = ["BatchNormalization", "GroupNormalization", "LayerNormalization", "Normalization"]
