"""Transposed convolution: from a small image to a larger one."""

from typing import Literal

from torch import Tensor
from torch.nn import functional as F

from kit.fields import InputSize, Pair, Single, Triple
from kit.layers.convolutional import Convolution
from kit.layers.windows import spans
from kit.symbols import Shape

TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


class TransposedConvolution(Convolution, abstract=True):
    """The gradient of a convolution used forwards: each number adds W, scaled by it, to a larger whole (Zeiler 2010).

    strides: by how much each axis grows.
    padding: "valid" keeps all that the windows reach; "same" gives strides times the size.
    kernel_initializer: how W (input_channels, filters, *window) starts.
    """

    padding: Literal["valid", "same"] = "valid"

    def check_fit(self, axes: Shape) -> None:
        """Every window fits."""

    def build(self, input_channels: int) -> None:
        self.add_weight("kernel", (input_channels, self.filters // self.groups, *self.kernel_size))
        self.add_bias()

    def compute(self, x: Tensor) -> Tensor:
        reach = spans(self.kernel_size, self.dilation_rate)
        missing = [max(stride - size, 0) for size, stride in zip(reach, self.strides, strict=True)]
        transposed = TRANSPOSED[len(reach)]
        y = transposed(x, self.kernel, self.bias, self.strides, 0, missing, self.groups, self.dilation_rate)
        if self.padding == "same":
            for axis, stride in enumerate(self.strides, 2):
                size = x.shape[axis] * stride
                y = y.narrow(axis, (y.shape[axis] - size) // 2, size)
        return y


class Conv1DTranspose(TransposedConvolution):
    """The gradient of Conv1D used forwards: each time adds W, scaled by it, to a longer sequence.

    In (n, time, features); out (n, time', filters).

    kernel_size: how many times the window spans.
    strides: by how much the sequence grows.
    kernel_initializer: how W (features, filters, window) starts.
    input_channels: features of the input; inferred where left out.
    """

    input_axes = "time features"
    channels_last = True

    kernel_size: Single
    strides: Single = (1,)
    dilation_rate: Single = (1,)
    input_channels: InputSize = None


class Conv2DTranspose(TransposedConvolution):
    """The gradient of Conv2D used forwards: each pixel adds W, scaled by it, to a larger image (Zeiler 2010).

    In (n, channels, rows, cols); out (n, filters, rows', cols').

    kernel_size: rows and cols of the window.
    strides: by how much rows and cols grow.
    kernel_initializer: how W (input_channels, filters, rows, cols) starts.
    """

    input_axes = "channels rows cols"

    kernel_size: Pair
    strides: Pair = (1, 1)
    dilation_rate: Pair = (1, 1)


class Conv3DTranspose(TransposedConvolution):
    """The gradient of Conv3D used forwards: each voxel adds W, scaled by it, to a larger volume.

    In (n, channels, depth, rows, cols); out (n, filters, depth', rows', cols').

    kernel_size: depth, rows and cols of the window.
    strides: by how much depth, rows and cols grow.
    """

    input_axes = "channels depth rows cols"

    kernel_size: Triple
    strides: Triple = (1, 1, 1)
    dilation_rate: Triple = (1, 1, 1)


Convolution1DTranspose, Convolution2DTranspose = Conv1DTranspose, Conv2DTranspose
Convolution3DTranspose = Conv3DTranspose

__all__ = [
    "Conv1DTranspose",
    "Conv2DTranspose",
    "Conv3DTranspose",
    "Convolution1DTranspose",
    "Convolution2DTranspose",
    "Convolution3DTranspose",
]
