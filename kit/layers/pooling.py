"""Pooling: one number of many."""

from typing import Annotated, Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from kit.fields import Pair, Single, sizes
from kit.layers.layer import Layer
from kit.layers.windows import check_window, pad_same
from kit.symbols import Shape


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
        check_window(self, self.pool_size, "same" if self.ceil_mode else self.padding, shape[1:])

    def forward(self, x: Tensor) -> Tensor:
        strides = self.strides or self.pool_size
        if self.padding == "same":
            x = pad_same(x, self.pool_size, strides, value=float("-inf"))
        return F.max_pool2d(x, self.pool_size, strides, ceil_mode=self.ceil_mode)


class AveragePooling2D(Layer):
    """The mean of each window; of its part inside the image, at the border.

    In (n, channels, rows, cols); out (n, channels, rows', cols').

    pool_size: rows and cols of the window.
    strides: steps of the window; the window's own size if none.
    padding: "valid" none; "same" grows the border so that every number is in a window.
    """

    family = "pooling"
    input_axes = "channels rows cols"

    pool_size: Pair = (2, 2)
    strides: Annotated[tuple[int, int] | None, sizes(2)] = None
    padding: Literal["valid", "same"] = "valid"

    def check(self, shape: Shape) -> None:
        check_window(self, self.pool_size, self.padding, shape[1:])

    def forward(self, x: Tensor) -> Tensor:
        strides = self.strides or self.pool_size
        if self.padding == "valid":
            return F.avg_pool2d(x, self.pool_size, strides)
        inside = pad_same(torch.ones_like(x[:1, :1]), self.pool_size, strides)
        padded = pad_same(x, self.pool_size, strides)
        return F.avg_pool2d(padded, self.pool_size, strides) / F.avg_pool2d(inside, self.pool_size, strides)


class MaxPooling1D(Layer):
    """The greatest number in each window of times.

    In (n, time, features); out (n, time', features).

    pool_size: how many times the window spans.
    strides: steps of the window; the window's own size if none.
    padding: "valid" none; "same" grows the border so that every time is in a window.
    """

    family = "pooling"
    input_axes = "time features"

    pool_size: Single = (2,)
    strides: Annotated[tuple[int] | None, sizes(1)] = None
    padding: Literal["valid", "same"] = "valid"

    def check(self, shape: Shape) -> None:
        check_window(self, self.pool_size, self.padding, shape[:1])

    def forward(self, x: Tensor) -> Tensor:
        strides, x = self.strides or self.pool_size, x.transpose(1, 2)
        if self.padding == "same":
            x = pad_same(x, self.pool_size, strides, value=float("-inf"))
        return F.max_pool1d(x, self.pool_size, strides).transpose(1, 2)


class AveragePooling1D(Layer):
    """The mean of each window of times; of its part inside the sequence, at the border.

    In (n, time, features); out (n, time', features).

    pool_size: how many times the window spans.
    strides: steps of the window; the window's own size if none.
    padding: "valid" none; "same" grows the border so that every time is in a window.
    """

    family = "pooling"
    input_axes = "time features"

    pool_size: Single = (2,)
    strides: Annotated[tuple[int] | None, sizes(1)] = None
    padding: Literal["valid", "same"] = "valid"

    def check(self, shape: Shape) -> None:
        check_window(self, self.pool_size, self.padding, shape[:1])

    def forward(self, x: Tensor) -> Tensor:
        strides, x = self.strides or self.pool_size, x.transpose(1, 2)
        if self.padding == "valid":
            return F.avg_pool1d(x, self.pool_size, strides).transpose(1, 2)
        inside = pad_same(torch.ones_like(x[:1, :1]), self.pool_size, strides)
        y = F.avg_pool1d(pad_same(x, self.pool_size, strides), self.pool_size, strides)
        return (y / F.avg_pool1d(inside, self.pool_size, strides)).transpose(1, 2)


class GlobalMaxPooling2D(Layer):
    """The greatest number of each channel. In (n, channels, rows, cols); out (n, channels)."""

    family = "pooling"
    input_axes = "channels rows cols"

    def forward(self, x: Tensor) -> Tensor:
        return x.amax((2, 3))


class GlobalAveragePooling2D(Layer):
    """The mean of each channel (Lin et al. 2013). In (n, channels, rows, cols); out (n, channels)."""

    family = "pooling"
    input_axes = "channels rows cols"

    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3))


class GlobalMaxPooling1D(Layer):
    """The greatest number of each feature over all times. In (n, time, features); out (n, features)."""

    family = "pooling"
    input_axes = "time features"

    def forward(self, x: Tensor) -> Tensor:
        return x.amax(1)


class GlobalAveragePooling1D(Layer):
    """The mean of each feature over all times. In (n, time, features); out (n, features)."""

    family = "pooling"
    input_axes = "time features"

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(1)


MaxPool1D, MaxPool2D = MaxPooling1D, MaxPooling2D
AvgPool1D, AvgPool2D = AveragePooling1D, AveragePooling2D
GlobalMaxPool1D, GlobalMaxPool2D = GlobalMaxPooling1D, GlobalMaxPooling2D
GlobalAvgPool1D, GlobalAvgPool2D = GlobalAveragePooling1D, GlobalAveragePooling2D

__all__ = [
    "AveragePooling1D",
    "AveragePooling2D",
    "AvgPool1D",
    "AvgPool2D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPooling1D",
    "MaxPooling2D",
]
