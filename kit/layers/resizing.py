"""Layers that make images and sequences larger or smaller without weights."""

from typing import Annotated, Any, Literal

from torch import Tensor
from torch.nn import functional as F

from kit.fields import Kind, Pair, Single, sizes
from kit.layers.layer import Layer, ShapeError
from kit.symbols import Shape


def borders() -> Kind:
    """Four whole numbers: rows before and after, cols before and after; also said as one number or a pair of two."""
    four = sizes(4, minimum=0)

    def convert(value: Any) -> tuple[int, ...]:
        if hasattr(value, "__len__") and len(value) == 2:
            value = [side for axis in value for side in (axis if hasattr(axis, "__len__") else (axis, axis))]
        return four.convert(value)

    wanted = "one number, a pair (rows, cols), or four: rows before and after, cols before and after"
    return Kind("sizes", wanted, convert, minimum=0, single=True)


Borders = Annotated[tuple[int, int, int, int], borders()]


class UpSampling1D(Layer):
    """Each time repeated. In (n, time, features); out (n, size time, features).

    size: how many times each is repeated.
    """

    family = "convolutional"
    input_axes = "time features"

    size: Single = (2,)

    def forward(self, x: Tensor) -> Tensor:
        return x.repeat_interleave(self.size[0], dim=1)


class UpSampling2D(Layer):
    """Each pixel repeated, or more of them in between.

    In (n, channels, rows, cols); out (n, channels, size[0] rows, size[1] cols).

    size: factors of rows and cols.
    interpolation: "nearest" repeats; "bilinear" goes over from one to the next.
    """

    family = "convolutional"
    input_axes = "channels rows cols"

    size: Pair = (2, 2)
    interpolation: Literal["nearest", "bilinear"] = "nearest"

    def forward(self, x: Tensor) -> Tensor:
        if self.interpolation == "nearest":
            return F.interpolate(x, scale_factor=tuple(map(float, self.size)))
        return F.interpolate(x, scale_factor=tuple(map(float, self.size)), mode="bilinear", align_corners=False)


class ZeroPadding2D(Layer):
    """A border of zeros around an image. In (n, channels, rows, cols); out (n, channels, rows', cols').

    padding: zeros before and after the rows, before and after the cols.
    """

    family = "convolutional"
    input_axes = "channels rows cols"

    padding: Borders = (1, 1, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        top, bottom, left, right = self.padding
        return F.pad(x, (left, right, top, bottom))


class Cropping2D(Layer):
    """An image without its border. In (n, channels, rows, cols); out (n, channels, rows', cols').

    cropping: pixels cut off before and after the rows, before and after the cols.
    """

    family = "convolutional"
    input_axes = "channels rows cols"

    cropping: Borders = (1, 1, 1, 1)

    def check(self, shape: Shape) -> None:
        top, bottom, left, right = self.cropping
        if top + bottom >= shape[1] or left + right >= shape[2]:
            raise ShapeError(f"{self.label} leaves nothing of an image of {shape[1]}x{shape[2]}; cut off less")

    def forward(self, x: Tensor) -> Tensor:
        top, bottom, left, right = self.cropping
        return x[:, :, top : x.shape[2] - bottom, left : x.shape[3] - right]


__all__ = ["Cropping2D", "UpSampling1D", "UpSampling2D", "ZeroPadding2D"]
