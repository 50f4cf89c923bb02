"""Pooling: one number of each window that moves over a sequence, an image or a volume."""

from typing import Annotated, Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from kit.fields import Pair, Single, Triple, sizes
from kit.layers.windows import Spatial, check_window, pad_same
from kit.symbols import Shape

MAXIMA = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
MEANS = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


class Pooling(Spatial, abstract=True):
    """What the poolings share.

    pool_size: size of the window along each axis.
    strides: steps of the window; the window's own size if none.
    padding: "valid" none; "same" grows the border so that every number is in a window.
    """

    family = "pooling"

    pool_size: Annotated[tuple[int, ...], sizes()] = (2,)
    strides: Annotated[tuple[int, ...] | None, sizes()] = None
    padding: Literal["valid", "same"] = "valid"


class MaxPooling(Pooling, abstract=True):
    """The greatest number in each window.

    ceil_mode: whether a window that reaches over the border counts too (2015: ignore_border=False).
    """

    ceil_mode: bool = False

    def check(self, shape: Shape) -> None:
        axes, strides = self.axes(shape), self.strides or self.pool_size
        over = all(size < axis + stride for size, axis, stride in zip(self.pool_size, axes, strides, strict=True))
        check_window(self, self.pool_size, "same" if self.ceil_mode and over else self.padding, axes)

    def compute(self, x: Tensor) -> Tensor:
        strides = self.strides or self.pool_size
        if self.padding == "same":
            x = pad_same(x, self.pool_size, strides, value=float("-inf"))
        return MAXIMA[len(strides)](x, self.pool_size, strides, ceil_mode=self.ceil_mode)


class AveragePooling(Pooling, abstract=True):
    """The mean of each window; of its part inside, at the border."""

    def check(self, shape: Shape) -> None:
        check_window(self, self.pool_size, self.padding, self.axes(shape))

    def compute(self, x: Tensor) -> Tensor:
        strides = self.strides or self.pool_size
        mean = MEANS[len(strides)]
        if self.padding == "valid":
            return mean(x, self.pool_size, strides)
        inside = pad_same(torch.ones_like(x[:1, :1]), self.pool_size, strides)
        padded = pad_same(x, self.pool_size, strides)
        return mean(padded, self.pool_size, strides) / mean(inside, self.pool_size, strides)


class MaxPooling1D(MaxPooling):
    """The greatest number in each window of times.

    In (n, time, features); out (n, time', features).

    pool_size: how many times the window spans.
    """

    input_axes = "time features"
    channels_last = True

    pool_size: Single = (2,)
    strides: Annotated[tuple[int] | None, sizes(1)] = None


class MaxPooling2D(MaxPooling):
    """The greatest number in each window.

    In (n, channels, rows, cols); out (n, channels, rows', cols').

    pool_size: rows and cols of the window.
    """

    input_axes = "channels rows cols"
    seed_order = "poolsize ignore_border"

    pool_size: Pair = (2, 2)
    strides: Annotated[tuple[int, int] | None, sizes(2)] = None


class MaxPooling3D(MaxPooling):
    """The greatest number in each window.

    In (n, channels, depth, rows, cols); out (n, channels, depth', rows', cols').

    pool_size: depth, rows and cols of the window.
    """

    input_axes = "channels depth rows cols"

    pool_size: Triple = (2, 2, 2)
    strides: Annotated[tuple[int, int, int] | None, sizes(3)] = None


class AveragePooling1D(AveragePooling):
    """The mean of each window of times; of its part inside the sequence, at the border.

    In (n, time, features); out (n, time', features).

    pool_size: how many times the window spans.
    """

    input_axes = "time features"
    channels_last = True

    pool_size: Single = (2,)
    strides: Annotated[tuple[int] | None, sizes(1)] = None


class AveragePooling2D(AveragePooling):
    """The mean of each window; of its part inside the image, at the border.

    In (n, channels, rows, cols); out (n, channels, rows', cols').

    pool_size: rows and cols of the window.
    """

    input_axes = "channels rows cols"

    pool_size: Pair = (2, 2)
    strides: Annotated[tuple[int, int] | None, sizes(2)] = None


class AveragePooling3D(AveragePooling):
    """The mean of each window; of its part inside the volume, at the border.

    In (n, channels, depth, rows, cols); out (n, channels, depth', rows', cols').

    pool_size: depth, rows and cols of the window.
    """

    input_axes = "channels depth rows cols"

    pool_size: Triple = (2, 2, 2)
    strides: Annotated[tuple[int, int, int] | None, sizes(3)] = None


MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D

__all__ = [
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
]
