"""Convolution over sequences (n, time, features), images (n, channels, rows, cols) and volumes."""

from typing import Annotated, Literal

from torch import Tensor

from kit import activations
from kit.activations import ActivationName
from kit.constraints import ConstraintName
from kit.fields import InputChannels, InputSize, Pair, Single, Size, Triple, sizes
from kit.initializations import InitializerName
from kit.layers.layer import ShapeError
from kit.layers.pooling import AveragePooling2D, MaxPooling1D, MaxPooling2D
from kit.layers.resizing import UpSampling1D, UpSampling2D, ZeroPadding2D
from kit.layers.separable import DepthwiseConv2D, SeparableConv2D
from kit.layers.windows import Spatial, check_window, correlate, spans
from kit.regularizers import RegularizerName
from kit.symbols import Shape


class Convolution(Spatial, abstract=True):
    """What the convolutions share: W (filters, input_channels, *window) moves over the input.

    filters: number of output channels.
    kernel_size: size of the window along each axis.
    strides: steps of the window.
    padding: how the borders are grown.
    activation: function applied to the result; linear if none.
    use_bias: whether b is added.
    dilation_rate: how many steps the numbers under a window stand apart.
    groups: into how many groups the channels are divided, each with its own filters.
    kernel_initializer: how W (filters, input_channels, *window) starts.
    bias_initializer: how b (filters,) starts.
    kernel_regularizer: penalty on W, such as "l2(0.01)".
    bias_regularizer: penalty on b.
    kernel_constraint: what W is held to, such as "maxnorm(2)".
    bias_constraint: what b is held to.
    input_channels: channels of the input; inferred where left out.
    """

    family = "convolutional"

    filters: Size
    kernel_size: Annotated[tuple[int, ...], sizes()]
    strides: Annotated[tuple[int, ...], sizes()] = (1,)
    padding: str = "valid"
    activation: ActivationName = None
    use_bias: bool = True
    dilation_rate: Annotated[tuple[int, ...], sizes()] = (1,)
    groups: Size = 1
    kernel_initializer: InitializerName = "glorot_uniform"
    bias_initializer: InitializerName = "zeros"
    kernel_regularizer: RegularizerName = None
    bias_regularizer: RegularizerName = None
    kernel_constraint: ConstraintName = None
    bias_constraint: ConstraintName = None
    input_channels: InputChannels = None

    kernel: Tensor
    bias: Tensor

    def validate(self) -> None:
        if self.filters % self.groups:
            raise ValueError(f"{self!r}: filters takes a multiple of groups, so that each group has as many")

    def check(self, shape: Shape) -> None:
        channels = shape[-1 if self.channels_last else 0]
        if channels % self.groups:
            raise ShapeError(
                f"{self.label} cannot make {self.groups} equal groups of {channels} channels; change groups"
            )
        self.check_fit(self.axes(shape))

    def check_fit(self, axes: Shape) -> None:
        """Hook: raise ShapeError where the window does not fit into axes of these sizes."""
        check_window(self, spans(self.kernel_size, self.dilation_rate), self.padding, axes)

    def build(self, input_channels: int) -> None:
        self.add_weight("kernel", (self.filters, input_channels // self.groups, *self.kernel_size))
        self.add_bias()

    def add_bias(self) -> None:
        """Makes b, where it is wanted."""
        if self.use_bias:
            self.add_weight("bias", (self.filters,))
        else:
            self.register_parameter("bias", None)

    def compute(self, x: Tensor) -> Tensor:
        return correlate(x, self.kernel, self.bias, self.strides, self.padding, self.dilation_rate, self.groups)

    def finish(self, y: Tensor) -> Tensor:
        return activations.get(self.activation)(y)


class Conv1D(Convolution):
    """y_t = activation(sum_k x_{t+k} W_k + b).

    In (n, time, features); out (n, time', filters).

    kernel_size: how many times the window spans.
    padding: "valid" none; "same" keeps the length at stride 1; "full" wherever they meet; "causal" sees no later time.
    kernel_initializer: how W (filters, features, window) starts.
    input_channels: features of the input; inferred where left out.
    """

    input_axes = "time features"
    channels_last = True

    kernel_size: Single
    strides: Single = (1,)
    padding: Literal["valid", "same", "full", "causal"] = "valid"
    dilation_rate: Single = (1,)
    input_channels: InputSize = None


class Conv2D(Convolution):
    """y[f] = activation(sum_c x[c] ⋆ W[f, c] + b[f]), with cross-correlation ⋆.

    In (n, channels, rows, cols); out (n, filters, rows', cols').

    kernel_size: rows and cols of the window.
    padding: "valid" none; "same" keeps the size at stride 1; "full" wherever window and image meet.
    kernel_initializer: how W (filters, input_channels, rows, cols) starts.
    """

    input_axes = "channels rows cols"
    leading_sizes = ("nb_filter", "stack_size", "nb_row", "nb_col")
    seed_order = (
        "init activation weights image_shape border_mode subsample "
        "W_regularizer b_regularizer W_constraint b_constraint"
    )

    kernel_size: Pair
    strides: Pair = (1, 1)
    padding: Literal["valid", "same", "full"] = "valid"
    dilation_rate: Pair = (1, 1)


class Conv3D(Convolution):
    """y[f] = activation(sum_c x[c] ⋆ W[f, c] + b[f]), with cross-correlation ⋆.

    In (n, channels, depth, rows, cols); out (n, filters, depth', rows', cols').

    kernel_size: depth, rows and cols of the window.
    padding: "valid" none; "same" keeps the size at stride 1; "full" wherever window and volume meet.
    """

    input_axes = "channels depth rows cols"

    kernel_size: Triple
    strides: Triple = (1, 1, 1)
    padding: Literal["valid", "same", "full"] = "valid"
    dilation_rate: Triple = (1, 1, 1)


Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D

__all__ = [
    "AveragePooling2D",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Convolution1D",
    "Convolution2D",
    "Convolution3D",
    "DepthwiseConv2D",
    "MaxPooling1D",
    "MaxPooling2D",
    "SeparableConv2D",
    "UpSampling1D",
    "UpSampling2D",
    "ZeroPadding2D",
]
