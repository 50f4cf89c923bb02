"""Pooling to a stated size, whatever came: to one number of each channel, or to some."""

import math

from torch import Tensor
from torch.nn import functional as F

from kit.fields import Pair, Single
from kit.layers.windows import Spatial


class GlobalPooling(Spatial, abstract=True):
    """What the poolings to one number share.

    keepdims: whether the axes that are pooled stay, with size 1.
    """

    family = "pooling"

    keepdims: bool = False


class GlobalMaxPooling(GlobalPooling, abstract=True):
    """The greatest number of each channel."""

    def compute(self, x: Tensor) -> Tensor:
        return x.amax(tuple(range(2, x.ndim)), self.keepdims)


class GlobalAveragePooling(GlobalPooling, abstract=True):
    """The mean of each channel."""

    def compute(self, x: Tensor) -> Tensor:
        return x.mean(tuple(range(2, x.ndim)), self.keepdims)


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The greatest number of each feature over all times that hold something; 0 where none does.

    In (n, time, features); out (n, features).
    """

    input_axes = "time features"
    channels_last = True

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            return super().forward(x)
        y = super().forward(x.masked_fill(~mask[..., None], -math.inf))
        return y.masked_fill(y == -math.inf, 0)


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The greatest number of each channel. In (n, channels, rows, cols); out (n, channels)."""

    input_axes = "channels rows cols"


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The greatest number of each channel. In (n, channels, depth, rows, cols); out (n, channels)."""

    input_axes = "channels depth rows cols"


class GlobalAveragePooling1D(GlobalAveragePooling):
    """The mean of each feature over all times that hold something; 0 where none does.

    In (n, time, features); out (n, features).
    """

    input_axes = "time features"
    channels_last = True

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            return super().forward(x)
        count = mask.sum(1, keepdim=True).clamp(min=1)[..., None]  # (n, 1, 1)
        y = x.masked_fill(~mask[..., None], 0).sum(1, keepdim=True) / count
        return y if self.keepdims else y[:, 0]


class GlobalAveragePooling2D(GlobalAveragePooling):
    """The mean of each channel (Lin et al. 2013). In (n, channels, rows, cols); out (n, channels)."""

    input_axes = "channels rows cols"


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The mean of each channel. In (n, channels, depth, rows, cols); out (n, channels)."""

    input_axes = "channels depth rows cols"


class AdaptiveMaxPooling1D(Spatial):
    """The greatest number in each of output_size windows, which cover the sequence evenly.

    In (n, time, features); out (n, output_size, features).

    output_size: how many windows.
    """

    family = "pooling"
    input_axes = "time features"
    channels_last = True

    output_size: Single

    def compute(self, x: Tensor) -> Tensor:
        return F.adaptive_max_pool1d(x, self.output_size)


class AdaptiveMaxPooling2D(Spatial):
    """The greatest number in each of output_size windows, which cover the image evenly.

    In (n, channels, rows, cols); out (n, channels, *output_size).

    output_size: how many windows along rows and cols.
    """

    family = "pooling"
    input_axes = "channels rows cols"

    output_size: Pair

    def compute(self, x: Tensor) -> Tensor:
        return F.adaptive_max_pool2d(x, self.output_size)


class AdaptiveAveragePooling1D(Spatial):
    """The mean of each of output_size windows, which cover the sequence evenly.

    In (n, time, features); out (n, output_size, features).

    output_size: how many windows.
    """

    family = "pooling"
    input_axes = "time features"
    channels_last = True

    output_size: Single

    def compute(self, x: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(x, self.output_size)


class AdaptiveAveragePooling2D(Spatial):
    """The mean of each of output_size windows, which cover the image evenly.

    In (n, channels, rows, cols); out (n, channels, *output_size).

    output_size: how many windows along rows and cols.
    """

    family = "pooling"
    input_axes = "channels rows cols"

    output_size: Pair

    def compute(self, x: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(x, self.output_size)


GlobalMaxPool1D, GlobalMaxPool2D, GlobalMaxPool3D = GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D
GlobalAvgPool1D, GlobalAvgPool2D = GlobalAveragePooling1D, GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D

__all__ = [
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
]
