"""Convolution of images in which each channel has windows of its own."""

from typing import Literal

from torch import Tensor
from torch.nn import functional as F

from kit import activations
from kit.activations import ActivationName
from kit.constraints import ConstraintName
from kit.fields import InputChannels, Pair, Size
from kit.initializations import InitializerName
from kit.layers.layer import Layer
from kit.layers.windows import check_window, correlate
from kit.regularizers import RegularizerName
from kit.symbols import Shape


class DepthwiseConv2D(Layer):
    """y[c, k] = activation(x[c] ⋆ W[c, k] + b[c, k]): each channel has its own windows (Chollet 2016).

    In (n, channels, rows, cols); out (n, depth_multiplier channels, rows', cols').

    kernel_size: rows and cols of the window.
    strides: steps of the window.
    padding: "valid" none; "same" keeps the size at stride 1; "full" wherever window and image meet.
    depth_multiplier: windows for each channel.
    activation: function applied to the result; linear if none.
    use_bias: whether b is added.
    depthwise_initializer: how W (depth_multiplier channels, 1, rows, cols) starts.
    bias_initializer: how b starts.
    depthwise_regularizer: penalty on W, such as "l2(0.01)".
    bias_regularizer: penalty on b.
    depthwise_constraint: what W is held to.
    bias_constraint: what b is held to.
    input_channels: channels of the input; inferred where left out.
    """

    family = "convolutional"
    input_axes = "channels rows cols"

    kernel_size: Pair
    strides: Pair = (1, 1)
    padding: Literal["valid", "same", "full"] = "valid"
    depth_multiplier: Size = 1
    activation: ActivationName = None
    use_bias: bool = True
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
        check_window(self, self.kernel_size, self.padding, shape[1:])

    def build(self, input_channels: int) -> None:
        outputs = self.depth_multiplier * input_channels
        self.add_weight("kernel", (outputs, 1, *self.kernel_size), fields="depthwise")
        if self.use_bias:
            self.add_weight("bias", (outputs,))
        else:
            self.register_parameter("bias", None)

    def forward(self, x: Tensor) -> Tensor:
        y = correlate(x, self.kernel, self.bias, self.strides, self.padding, groups=x.shape[1])
        return activations.get(self.activation)(y)


class SeparableConv2D(Layer):
    """y = activation(P (x ⋆ D) + b): each channel by itself, then all channels at each pixel (Chollet 2016).

    In (n, channels, rows, cols); out (n, filters, rows', cols').

    filters: number of output channels.
    kernel_size: rows and cols of the window.
    strides: steps of the window.
    padding: "valid" none; "same" keeps the size at stride 1; "full" wherever window and image meet.
    depth_multiplier: windows for each channel.
    activation: function applied to the result; linear if none.
    use_bias: whether b is added.
    depthwise_initializer: how D (depth_multiplier channels, 1, rows, cols) starts.
    pointwise_initializer: how P (filters, depth_multiplier channels, 1, 1) starts.
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
    input_axes = "channels rows cols"

    filters: Size
    kernel_size: Pair
    strides: Pair = (1, 1)
    padding: Literal["valid", "same", "full"] = "valid"
    depth_multiplier: Size = 1
    activation: ActivationName = None
    use_bias: bool = True
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
        check_window(self, self.kernel_size, self.padding, shape[1:])

    def build(self, input_channels: int) -> None:
        between = self.depth_multiplier * input_channels
        self.add_weight("depthwise_kernel", (between, 1, *self.kernel_size), fields="depthwise")
        self.add_weight("pointwise_kernel", (self.filters, between, 1, 1), fields="pointwise")
        if self.use_bias:
            self.add_weight("bias", (self.filters,))
        else:
            self.register_parameter("bias", None)

    def forward(self, x: Tensor) -> Tensor:
        between = correlate(x, self.depthwise_kernel, None, self.strides, self.padding, groups=x.shape[1])
        return activations.get(self.activation)(F.conv2d(between, self.pointwise_kernel, self.bias))


__all__ = ["DepthwiseConv2D", "SeparableConv2D"]
