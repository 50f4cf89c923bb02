"""Convolution in which each channel has windows of its own."""

from typing import Annotated, Literal

from torch import Tensor

from kit import activations
from kit.activations import ActivationName
from kit.constraints import ConstraintName
from kit.fields import InputChannels, InputSize, Pair, Single, Size, sizes
from kit.initializations import InitializerName
from kit.layers.windows import CORRELATIONS, Spatial, check_window, correlate, spans
from kit.regularizers import RegularizerName
from kit.symbols import Shape


class DepthwiseConvolution(Spatial, abstract=True):
    """What the convolutions of each channel by itself share.

    kernel_size: size of the window along each axis.
    strides: steps of the window.
    padding: "valid" none; "same" keeps the size at stride 1; "full" wherever window and image meet.
    depth_multiplier: windows for each channel.
    activation: function applied to the result; linear if none.
    use_bias: whether b is added.
    dilation_rate: how many steps the numbers under a window stand apart.
    depthwise_initializer: how W (depth_multiplier channels, 1, *window) starts.
    bias_initializer: how b starts.
    depthwise_regularizer: penalty on W, such as "l2(0.01)".
    bias_regularizer: penalty on b.
    depthwise_constraint: what W is held to.
    bias_constraint: what b is held to.
    input_channels: channels of the input; inferred where left out.
    """

    family = "convolutional"

    kernel_size: Annotated[tuple[int, ...], sizes()]
    strides: Annotated[tuple[int, ...], sizes()] = (1,)
    padding: str = "valid"
    depth_multiplier: Size = 1
    activation: ActivationName = None
    use_bias: bool = True
    dilation_rate: Annotated[tuple[int, ...], sizes()] = (1,)
    depthwise_initializer: InitializerName = "glorot_uniform"
    bias_initializer: InitializerName = "zeros"
    depthwise_regularizer: RegularizerName = None
    bias_regularizer: RegularizerName = None
    depthwise_constraint: ConstraintName = None
    bias_constraint: ConstraintName = None
    input_channels: InputChannels = None

    kernel: Tensor
    bias: Tensor

    def check(self, shape: Shape) -> None:
        check_window(self, spans(self.kernel_size, self.dilation_rate), self.padding, self.axes(shape))

    def build(self, input_channels: int) -> None:
        outputs = self.depth_multiplier * input_channels
        self.add_weight("kernel", (outputs, 1, *self.kernel_size), fields="depthwise")
        if self.use_bias:
            self.add_weight("bias", (outputs,))
        else:
            self.register_parameter("bias", None)

    def compute(self, x: Tensor) -> Tensor:
        return correlate(x, self.kernel, self.bias, self.strides, self.padding, self.dilation_rate, x.shape[1])

    def finish(self, y: Tensor) -> Tensor:
        """activation(y)."""
        return activations.get(self.activation)(y)


class DepthwiseConv1D(DepthwiseConvolution):
    """y[c, k] = activation(x[c] ⋆ W[c, k] + b[c, k]): each feature has its own windows over time.

    In (n, time, features); out (n, time', depth_multiplier features).

    kernel_size: how many times the window spans.
    padding: "valid" none; "same" keeps the length at stride 1; "full" wherever they meet; "causal" sees no later time.
    input_channels: features of the input; inferred where left out.
    """

    input_axes = "time features"
    channels_last = True

    kernel_size: Single
    strides: Single = (1,)
    padding: Literal["valid", "same", "full", "causal"] = "valid"
    dilation_rate: Single = (1,)
    input_channels: InputSize = None


class DepthwiseConv2D(DepthwiseConvolution):
    """y[c, k] = activation(x[c] ⋆ W[c, k] + b[c, k]): each channel has its own windows (Chollet 2016).

    In (n, channels, rows, cols); out (n, depth_multiplier channels, rows', cols').

    kernel_size: rows and cols of the window.
    """

    input_axes = "channels rows cols"

    kernel_size: Pair
    strides: Pair = (1, 1)
    padding: Literal["valid", "same", "full"] = "valid"
    dilation_rate: Pair = (1, 1)


class SeparableConvolution(Spatial, abstract=True):
    """What the convolutions of each channel, then across the channels, share.

    filters: number of output channels.
    kernel_size: size of the window along each axis.
    strides: steps of the window.
    padding: "valid" none; "same" keeps the size at stride 1; "full" wherever window and image meet.
    depth_multiplier: windows for each channel.
    activation: function applied to the result; linear if none.
    use_bias: whether b is added.
    dilation_rate: how many steps the numbers under a window stand apart.
    depthwise_initializer: how D (depth_multiplier channels, 1, *window) starts.
    pointwise_initializer: how P (filters, depth_multiplier channels, 1 for each axis) starts.
    bias_initializer: how b (filters,) starts.
    depthwise_regularizer: penalty on D, such as "l2(0.01)".
    pointwise_regularizer: penalty on P.
    bias_regularizer: penalty on b.
    depthwise_constraint: what D is held to.
    pointwise_constraint: what P is held to.
    bias_constraint: what b is held to.
    input_channels: channels of the input; inferred where left out.
    """

    family = "convolutional"

    filters: Size
    kernel_size: Annotated[tuple[int, ...], sizes()]
    strides: Annotated[tuple[int, ...], sizes()] = (1,)
    padding: str = "valid"
    depth_multiplier: Size = 1
    activation: ActivationName = None
    use_bias: bool = True
    dilation_rate: Annotated[tuple[int, ...], sizes()] = (1,)
    depthwise_initializer: InitializerName = "glorot_uniform"
    pointwise_initializer: InitializerName = "glorot_uniform"
    bias_initializer: InitializerName = "zeros"
    depthwise_regularizer: RegularizerName = None
    pointwise_regularizer: RegularizerName = None
    bias_regularizer: RegularizerName = None
    depthwise_constraint: ConstraintName = None
    pointwise_constraint: ConstraintName = None
    bias_constraint: ConstraintName = None
    input_channels: InputChannels = None

    depthwise_kernel: Tensor
    pointwise_kernel: Tensor
    bias: Tensor

    def check(self, shape: Shape) -> None:
        check_window(self, spans(self.kernel_size, self.dilation_rate), self.padding, self.axes(shape))

    def build(self, input_channels: int) -> None:
        between, point = self.depth_multiplier * input_channels, (1,) * len(self.kernel_size)
        self.add_weight("depthwise_kernel", (between, 1, *self.kernel_size), fields="depthwise")
        self.add_weight("pointwise_kernel", (self.filters, between, *point), fields="pointwise")
        if self.use_bias:
            self.add_weight("bias", (self.filters,))
        else:
            self.register_parameter("bias", None)

    def compute(self, x: Tensor) -> Tensor:
        kernel, strides = self.depthwise_kernel, self.strides
        between = correlate(x, kernel, None, strides, self.padding, self.dilation_rate, x.shape[1])
        return CORRELATIONS[len(strides)](between, self.pointwise_kernel, self.bias)

    def finish(self, y: Tensor) -> Tensor:
        """activation(y)."""
        return activations.get(self.activation)(y)


class SeparableConv1D(SeparableConvolution):
    """y = activation(P (x ⋆ D) + b): each feature by itself over time, then all features at each time.

    In (n, time, features); out (n, time', filters).

    kernel_size: how many times the window spans.
    padding: "valid" none; "same" keeps the length at stride 1; "full" wherever they meet; "causal" sees no later time.
    input_channels: features of the input; inferred where left out.
    """

    input_axes = "time features"
    channels_last = True

    kernel_size: Single
    strides: Single = (1,)
    padding: Literal["valid", "same", "full", "causal"] = "valid"
    dilation_rate: Single = (1,)
    input_channels: InputSize = None


class SeparableConv2D(SeparableConvolution):
    """y = activation(P (x ⋆ D) + b): each channel by itself, then all channels at each pixel (Chollet 2016).

    In (n, channels, rows, cols); out (n, filters, rows', cols').

    kernel_size: rows and cols of the window.
    """

    input_axes = "channels rows cols"

    kernel_size: Pair
    strides: Pair = (1, 1)
    padding: Literal["valid", "same", "full"] = "valid"
    dilation_rate: Pair = (1, 1)


SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D

__all__ = [
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
]
