"""Convolution over sequences (n, time, features), images (n, channels, rows, cols) and volumes."""

from typing import Annotated, Literal

from torch import Tensor
from torch.nn import functional as F

from kit import activations
from kit.activations import ActivationName
from kit.constraints import ConstraintName
from kit.fields import InputChannels, InputSize, Pair, Single, Size, Triple, sizes
from kit.initializations import InitializerName
from kit.layers.layer import Layer
from kit.layers.pooling import AveragePooling2D, MaxPooling1D, MaxPooling2D
from kit.layers.resizing import UpSampling1D, UpSampling2D, ZeroPadding2D
from kit.layers.separable import DepthwiseConv2D, SeparableConv2D
from kit.layers.windows import check_window, correlate
from kit.regularizers import RegularizerName
from kit.symbols import Shape


class Convolution(Layer, abstract=True):
    """What the convolutions share: W (filters, input_channels, *window) moves over the input.

    filters: number of output channels.
    kernel_size: size of the window along each axis.
    strides: steps of the window.
    padding: how the borders are grown.
    activation: function applied to the result; linear if none.
    use_bias: whether b is added.
    kernel_initializer: how W (filters, input_channels, *window) starts.
    bias_initializer: how b (filters,) starts.
    kernel_regularizer: penalty on W, such as "l2(0.01)".
    bias_regularizer: penalty on b.
    kernel_constraint: what W is held to, such as "maxnorm(2)".
    bias_constraint: what b is held to.
    input_channels: channels of the input; inferred where left out.
    """

    family = "convolutional"
    channels_last = False  # whether the channels are the input's last axis

    filters: Size
    kernel_size: Annotated[tuple[int, ...], sizes()]
    strides: Annotated[tuple[int, ...], sizes()] = (1,)
    padding: str = "valid"
    activation: ActivationName = None
    use_bias: bool = True
    kernel_initializer: InitializerName = "glorot_uniform"
    bias_initializer: InitializerName = "zeros"
    kernel_regularizer: RegularizerName = None
    bias_regularizer: RegularizerName = None
    kernel_constraint: ConstraintName = None
    bias_constraint: ConstraintName = None
    input_channels: InputChannels = None

    kernel: Tensor
    bias: Tensor

    def check(self, shape: Shape) -> None:
        check_window(self, self.kernel_size, self.padding, shape[:-1] if self.channels_last else shape[1:])

    def build(self, input_channels: int) -> None:
        self.add_weight("kernel", (self.filters, input_channels, *self.kernel_size))
        self.add_bias()

    def add_bias(self) -> None:
        """Makes b, where it is wanted."""
        if self.use_bias:
            self.add_weight("bias", (self.filters,))
        else:
            self.register_parameter("bias", None)

    def forward(self, x: Tensor) -> Tensor:
        x = x.movedim(-1, 1) if self.channels_last else x
        y = correlate(x, self.kernel, self.bias, self.strides, self.padding)
        return activations.get(self.activation)(y.movedim(1, -1) if self.channels_last else y)


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


class Conv2DTranspose(Convolution):
    """The gradient of a convolution used forwards: each pixel adds W, scaled by it, to a larger image (Zeiler 2010).

    In (n, channels, rows, cols); out (n, filters, rows', cols').

    kernel_size: rows and cols of the window.
    strides: by how much rows and cols grow.
    padding: "valid" keeps all that the windows reach; "same" gives strides times the size.
    kernel_initializer: how W (input_channels, filters, rows, cols) starts.
    """

    input_axes = "channels rows cols"

    kernel_size: Pair
    strides: Pair = (1, 1)
    padding: Literal["valid", "same"] = "valid"

    def check(self, shape: Shape) -> None:
        """Every window fits."""

    def build(self, input_channels: int) -> None:
        self.add_weight("kernel", (input_channels, self.filters, *self.kernel_size))
        self.add_bias()

    def forward(self, x: Tensor) -> Tensor:
        missing = [max(stride - size, 0) for size, stride in zip(self.kernel_size, self.strides, strict=True)]
        y = F.conv_transpose2d(x, self.kernel, self.bias, self.strides, output_padding=missing)
        if self.padding == "same":
            rows, cols = (size * stride for size, stride in zip(x.shape[2:], self.strides, strict=True))
            top, left = (y.shape[2] - rows) // 2, (y.shape[3] - cols) // 2
            y = y[:, :, top : top + rows, left : left + cols]
        return activations.get(self.activation)(y)


Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D
Convolution2DTranspose, SeparableConvolution2D = Conv2DTranspose, SeparableConv2D

__all__ = [
    "AveragePooling2D",
    "Conv1D",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Convolution1D",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "DepthwiseConv2D",
    "MaxPooling1D",
    "MaxPooling2D",
    "SeparableConv2D",
    "SeparableConvolution2D",
    "UpSampling1D",
    "UpSampling2D",
    "ZeroPadding2D",
]
