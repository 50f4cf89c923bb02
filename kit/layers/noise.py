"""Layers that disturb what passes through them while training, so that the others rely on no detail."""

import torch
from torch import Tensor

from kit.fields import Fraction, NonNegative
from kit.layers.dropping import Draw, dropped
from kit.layers.layer import Layer

SATURATED = -1.0507009873554805 * 1.6732632423543772  # what selu goes to far below 0


class GaussianNoise(Layer):
    """y = x + e, with e normal of mean 0; while training only.

    In (n, ...); out the same shape.

    stddev: standard deviation of e.
    """

    family = "noise"
    passes_mask = True

    stddev: NonNegative

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.stddev == 0:
            return x
        return x + torch.empty_like(x).normal_(0.0, self.stddev, generator=self.generator)


class GaussianDropout(Layer):
    """y = x m, with m normal of mean 1 and variance rate / (1 - rate); while training only (Srivastava et al. 2014).

    In (n, ...); out the same shape.

    rate: fraction dropped by the Dropout that disturbs as much, 0 to less than 1.
    """

    family = "noise"
    passes_mask = True

    rate: Fraction

    def validate(self) -> None:
        if self.rate == 1:
            raise ValueError(f"{self!r}: rate takes a number from 0 to less than 1")

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.rate == 0:
            return x
        deviation = (self.rate / (1 - self.rate)) ** 0.5
        return x * torch.empty_like(x).normal_(1.0, deviation, generator=self.generator)


class SpatialDropout(Layer, abstract=True):
    """What the dropouts of whole channels share."""

    family = "noise"
    passes_mask = True

    rate: Fraction

    def drop(self, x: Tensor, shape: tuple[int, ...]) -> Tensor:
        """x with a mask of a shape that repeats along the axes of size 1."""
        return dropped(x, self.rate, self.generator, shape) if self.training else x


class SpatialDropout1D(SpatialDropout):
    """Dropout of whole features, at all times at once; while training only (Tompson et al. 2015).

    In (n, time, features); out the same shape.

    rate: fraction of the features dropped, 0 to 1.
    """

    input_axes = "time features"

    def forward(self, x: Tensor) -> Tensor:
        return self.drop(x, (x.shape[0], 1, x.shape[2]))


class SpatialDropout2D(SpatialDropout):
    """Dropout of whole channels of images; while training only (Tompson et al. 2015).

    In (n, channels, rows, cols); out the same shape.

    rate: fraction of the channels dropped, 0 to 1.
    """

    input_axes = "channels rows cols"

    def forward(self, x: Tensor) -> Tensor:
        return self.drop(x, (*x.shape[:2], 1, 1))


class SpatialDropout3D(SpatialDropout):
    """Dropout of whole channels of volumes; while training only.

    In (n, channels, depth, rows, cols); out the same shape.

    rate: fraction of the channels dropped, 0 to 1.
    """

    input_axes = "channels depth rows cols"

    def forward(self, x: Tensor) -> Tensor:
        return self.drop(x, (*x.shape[:2], 1, 1, 1))


class AlphaDropout(Layer):
    """y = a (x m + s (1 - m)) + b, with each m 0 at probability rate, else 1; while training only.

    s = -1.7581 is what selu goes to; a and b keep mean 0 and variance 1 (Klambauer et al. 2017).

    In (n, ...); out the same shape.

    rate: fraction dropped, 0 to less than 1.
    """

    family = "noise"
    passes_mask = True

    rate: Fraction

    def validate(self) -> None:
        if self.rate == 1:
            raise ValueError(f"{self!r}: rate takes a number from 0 to less than 1")

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.rate == 0:
            return x
        keep = 1 - self.rate
        a = (keep * (1 + self.rate * SATURATED**2)) ** -0.5
        m = Draw(torch.empty_like(x), self.rate)(self.generator)
        return a * (x * m + SATURATED * (1 - m)) - a * SATURATED * self.rate


__all__ = [
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
]
