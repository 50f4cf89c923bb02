"""The layers most models are made of."""

from typing import Annotated

import torch
from torch import Tensor
from torch.nn import functional as F

from kit import activations
from kit.activations import ActivationName
from kit.constraints import ConstraintName
from kit.fields import Fraction, InputSize, NonNegative, Size, sizes
from kit.initializations import InitializerName
from kit.layers.dropping import dropped
from kit.layers.layer import Layer, ShapeError
from kit.layers.merging import Merge
from kit.regularizers import RegularizerName
from kit.symbols import Shape


class Dense(Layer):
    """y = activation(x W + b).

    In (n, ..., input_dim); out (n, ..., units).

    units: width of the output.
    activation: function applied to the result; linear if none.
    use_bias: whether b is added.
    kernel_initializer: how W (input_dim, units) starts.
    bias_initializer: how b (units,) starts.
    kernel_regularizer: penalty on W, such as "l2(0.01)".
    bias_regularizer: penalty on b.
    kernel_constraint: what W is held to, such as "maxnorm(2)".
    bias_constraint: what b is held to.
    input_dim: width of the input; inferred where it is left out.
    """

    family = "core"
    passes_mask = True
    leading_sizes = ("input_dim", "output_dim")
    seed_order = "init activation weights W_regularizer b_regularizer W_constraint b_constraint"

    units: Size
    activation: ActivationName = None
    use_bias: bool = True
    kernel_initializer: InitializerName = "glorot_uniform"
    bias_initializer: InitializerName = "zeros"
    kernel_regularizer: RegularizerName = None
    bias_regularizer: RegularizerName = None
    kernel_constraint: ConstraintName = None
    bias_constraint: ConstraintName = None
    input_dim: InputSize = None

    kernel: Tensor
    bias: Tensor

    def build(self, input_dim: int) -> None:
        self.add_weight("kernel", (input_dim, self.units))
        if self.use_bias:
            self.add_weight("bias", (self.units,))
        else:
            self.register_parameter("bias", None)

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim == 2 and self.bias is not None:  # what F.linear comes to, by fewer calls
            y = torch.addmm(self.bias, x, self.kernel)
        else:
            y = F.linear(x, self.kernel.t(), self.bias)
        return activations.get(self.activation)(y)


class TimeDistributedDense(Dense):
    """y_t = activation(x_t W + b) at each time t.

    In (n, time, input_dim); out (n, time, units).
    """

    input_axes = "time input_dim"


class MaxoutDense(Layer):
    """y = max_k (x W_k + b_k), the greatest of nb_feature linear maps (Goodfellow et al. 2013).

    In (n, ..., input_dim); out (n, ..., units).

    units: width of the output.
    nb_feature: number of linear maps.
    use_bias: whether b is added.
    kernel_initializer: how each W_k (input_dim, units) starts.
    bias_initializer: how b (nb_feature, units) starts.
    kernel_regularizer: penalty on W, such as "l2(0.01)".
    bias_regularizer: penalty on b.
    kernel_constraint: what W is held to, such as "nonneg".
    bias_constraint: what b is held to.
    input_dim: width of the input; inferred where it is left out.
    """

    family = "core"
    passes_mask = True
    leading_sizes = ("input_dim", "output_dim")
    seed_order = "nb_feature init weights W_regularizer b_regularizer W_constraint b_constraint"

    units: Size
    nb_feature: Size = 4
    use_bias: bool = True
    kernel_initializer: InitializerName = "glorot_uniform"
    bias_initializer: InitializerName = "zeros"
    kernel_regularizer: RegularizerName = None
    bias_regularizer: RegularizerName = None
    kernel_constraint: ConstraintName = None
    bias_constraint: ConstraintName = None
    input_dim: InputSize = None

    kernel: Tensor
    bias: Tensor

    def build(self, input_dim: int) -> None:
        self.add_weight("kernel", (self.nb_feature, input_dim, self.units), parts=torch.unbind)
        if self.use_bias:
            self.add_weight("bias", (self.nb_feature, self.units))
        else:
            self.register_parameter("bias", None)

    def forward(self, x: Tensor) -> Tensor:
        maps = self.kernel.movedim(1, -1).flatten(0, 1)  # (nb_feature * units, input_dim)
        y = F.linear(x, maps, None if self.bias is None else self.bias.flatten())
        return y.unflatten(-1, (self.nb_feature, self.units)).amax(-2)


class Activation(Layer):
    """y = activation(x).

    In (n, ...); out the same shape.

    activation: name of an activation, or a function.
    target: mean activation that each unit is drawn to, between 0 and 1, over a batch; 0 for none.
    beta: weight of the penalty sum target log(target / mean) + (1 - target) log((1 - target) / (1 - mean)).
    """

    family = "core"
    passes_mask = True

    activation: ActivationName
    target: Fraction = 0.0
    beta: NonNegative = 0.1

    def validate(self) -> None:
        if self.target == 1:
            raise ValueError(f"{self!r}: target lies below 1; a unit that is always on says nothing")

    def forward(self, x: Tensor) -> Tensor:
        y = activations.get(self.activation)(x)
        if self.target:
            self.add_loss(self.divergence(y))
        return y

    def divergence(self, y: Tensor) -> Tensor:
        """beta times the Kullback-Leibler divergence of the units' mean activations from the target."""
        mean = y.mean(0).clamp(1e-7, 1 - 1e-7)
        wanted = self.target
        on, off = wanted * (wanted / mean).log(), (1 - wanted) * ((1 - wanted) / (1 - mean)).log()
        return self.beta * (on + off).sum()


class Dropout(Layer):
    """y = x m / (1 - rate), with each m 0 at probability rate, else 1; while training only (Srivastava et al. 2014).

    In (n, ...); out the same shape.

    rate: fraction dropped, 0 to 1.
    """

    family = "core"
    passes_mask = True

    rate: Fraction

    def forward(self, x: Tensor) -> Tensor:
        return dropped(x, self.rate, self.generator) if self.training else x


class Flatten(Layer):
    """Each sample as one row. In (n, ...); out (n, product of the rest)."""

    family = "core"

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1)


class Reshape(Layer):
    """Each sample in another shape, its numbers in the same order. In (n, ...); out (n, *target_shape).

    target_shape: the new shape of one sample; one axis may be -1, which then takes what is left.
    """

    family = "core"
    all_sizes = "target_shape"

    target_shape: Annotated[tuple[int, ...], sizes(minimum=-1)]

    def validate(self) -> None:
        if self.target_shape.count(-1) > 1 or 0 in self.target_shape:
            raise ValueError(f"{self!r}: target_shape takes sizes of 1 or more, and -1 for one axis at most")

    def check(self, shape: Shape) -> None:
        came = int(torch.Size(shape).numel())
        wanted = int(abs(torch.Size(self.target_shape).numel()))
        if came % wanted if -1 in self.target_shape else came != wanted:
            raise ShapeError(
                f"{self.label} needs {wanted} numbers a sample, but its input {shape} has {came}; "
                "choose sizes whose product is the same, or -1 for one of them"
            )

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], *self.target_shape)


class Permute(Layer):
    """Each sample with its axes in another order. In (n, ...); out (n, ...).

    dims: for each axis of the output, the axis of the input it was, from 1: (2, 1) swaps two.
    """

    family = "core"
    all_sizes = "dims"

    dims: Annotated[tuple[int, ...], sizes()]

    def validate(self) -> None:
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(f"{self!r}: dims takes each number from 1 to {len(self.dims)} once, in any order")

    def check(self, shape: Shape) -> None:
        if len(shape) != len(self.dims):
            raise ShapeError(f"{self.label} orders {len(self.dims)} axes, but its input {shape} has {len(shape)}")

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, *self.dims)


class RepeatVector(Layer):
    """y_t = x at each time t. In (n, features); out (n, time, features).

    n: how many times.
    """

    family = "core"
    input_axes = "features"

    n: Size

    def forward(self, x: Tensor) -> Tensor:
        return x[:, None].expand(-1, self.n, -1)


Repeat = RepeatVector

__all__ = [
    "Activation",
    "Dense",
    "Dropout",
    "Flatten",
    "MaxoutDense",
    "Merge",
    "Permute",
    "Repeat",
    "RepeatVector",
    "Reshape",
    "TimeDistributedDense",
]
