"""Convolution and pooling over images, channels first."""

from typing import Annotated, Literal

from torch import Tensor
from torch.nn import functional as F

from kit import activations
from kit.activations import ActivationName
from kit.constraints import ConstraintName
from kit.fields import InputChannels, Pair, Size, sizes
from kit.initializations import InitializerName
from kit.layers.layer import Layer, ShapeError
from kit.regularizers import RegularizerName
from kit.symbols import Shape


def same_padding(size: int, window: int, stride: int) -> tuple[int, int]:
    """Zeros before and after an axis so that windows at each stride cover it: ceil(size / stride) of them."""
    total = max((-(-size // stride) - 1) * stride + window - size, 0)
    return total // 2, total - total // 2


def pad_same(x: Tensor, window: tuple[int, int], strides: tuple[int, int], value: float = 0.0) -> Tensor:
    """An image (n, channels, rows, cols) with its borders grown for padding="same"."""
    top, bottom = same_padding(x.shape[2], window[0], strides[0])
    left, right = same_padding(x.shape[3], window[1], strides[1])
    return F.pad(x, (left, right, top, bottom), value=value) if top or bottom or left or right else x


def check_window(layer: Layer, window: tuple[int, int], padding: str, shape: Shape) -> None:
    """Raises ShapeError where a window does not fit into an image even once."""
    if padding == "valid" and (window[0] > shape[1] or window[1] > shape[2]):
        raise ShapeError(
            f"{layer.label} moves a {window[0]}x{window[1]} window over an image of {shape[1]}x{shape[2]}, which is "
            'smaller; use a smaller window, padding="same", or less pooling before it'
        )


class Conv2D(Layer):
    """y[f] = activation(sum_c x[c] ⋆ W[f, c] + b[f]), with cross-correlation ⋆.

    In (n, channels, rows, cols); out (n, filters, rows', cols').

    filters: number of output channels.
    kernel_size: rows and cols of the window.
    strides: steps of the window.
    padding: "valid" none; "same" keeps the size at stride 1; "full" wherever window and image meet.
    activation: function applied to the result; linear if none.
    use_bias: whether b is added.
    kernel_initializer: how W (filters, input_channels, rows, cols) starts.
    bias_initializer: how b (filters,) starts.
    kernel_regularizer: penalty on W, such as "l2(0.01)".
    bias_regularizer: penalty on b.
    kernel_constraint: what W is held to, such as "maxnorm(2)".
    bias_constraint: what b is held to.
    input_channels: channels of the input; inferred where left out.
    """

    family = "convolutional"
    input_axes = "channels rows cols"
    leading_sizes = ("nb_filter", "stack_size", "nb_row", "nb_col")
    seed_order = (
        "init activation weights image_shape border_mode subsample "
        "W_regularizer b_regularizer W_constraint b_constraint"
    )

    filters: Size
    kernel_size: Pair
    strides: Pair = (1, 1)
    padding: Literal["valid", "same", "full"] = "valid"
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
        check_window(self, self.kernel_size, self.padding, shape)

    def build(self, input_channels: int) -> None:
        self.add_weight("kernel", (self.filters, input_channels, *self.kernel_size))
        if self.use_bias:
            self.add_weight("bias", (self.filters,))
        else:
            self.register_parameter("bias", None)

    def forward(self, x: Tensor) -> Tensor:
        rows, cols = self.kernel_size
        margin = (rows - 1, cols - 1) if self.padding == "full" else (0, 0)
        if self.padding == "same":
            x = pad_same(x, self.kernel_size, self.strides)
        y = F.conv2d(x, self.kernel, self.bias, self.strides, margin)
        return activations.get(self.activation)(y)


class MaxPooling2D(Layer):
    """The greatest number in each window.

    In (n, channels, rows, cols); out (n, channels, rows', cols').

    pool_size: rows and cols of the window.
    strides: steps of the window; the window's own size if none.
    padding: "valid" none; "same" grows the border so that every number is in a window.
    ceil_mode: whether a window that reaches over the border counts too (2015: ignore_border=False).
    """

    family = "pooling"
    input_axes = "channels rows cols"
    seed_order = "poolsize ignore_border"

    pool_size: Pair = (2, 2)
    strides: Annotated[tuple[int, int] | None, sizes(2)] = None
    padding: Literal["valid", "same"] = "valid"
    ceil_mode: bool = False

    def check(self, shape: Shape) -> None:
        check_window(self, self.pool_size, "same" if self.ceil_mode else self.padding, shape)

    def forward(self, x: Tensor) -> Tensor:
        strides = self.strides or self.pool_size
        if self.padding == "same":
            x = pad_same(x, self.pool_size, strides, value=float("-inf"))
        return F.max_pool2d(x, self.pool_size, strides, ceil_mode=self.ceil_mode)


Convolution2D = Conv2D

__all__ = ["Conv2D", "Convolution2D", "MaxPooling2D"]
