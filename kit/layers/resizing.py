"""Layers that make sequences, images and volumes larger or smaller without weights."""

from typing import Annotated, Any, Literal

from torch import Tensor
from torch.nn import functional as F

from kit.fields import Kind, Pair, Single, Triple, sizes
from kit.layers.layer import ShapeError
from kit.layers.windows import Spatial, described
from kit.symbols import Shape

AXES = {1: ("times",), 2: ("rows", "cols"), 3: ("depth", "rows", "cols")}


def borders(axes: int) -> Kind:
    """Whole numbers before and after each axis; also said as one number for all, or as one or a pair for each axis."""
    all_sides = sizes(2 * axes, minimum=0)

    def convert(value: Any) -> tuple[int, ...]:
        if hasattr(value, "__len__") and not isinstance(value, str) and len(value) == axes:
            value = [side for axis in value for side in (axis if hasattr(axis, "__len__") else (axis, axis))]
        return all_sides.convert(value)

    sides = ", ".join(f"{axis} before and after" for axis in AXES[axes])
    each = "" if axes == 1 else f"one for each of {', '.join(AXES[axes])}, "
    return Kind("sizes", f"one number, {each}or {2 * axes}: {sides}", convert, minimum=0, single=True)


Ends = Annotated[tuple[int, int], borders(1)]
Borders = Annotated[tuple[int, int, int, int], borders(2)]
Faces = Annotated[tuple[int, int, int, int, int, int], borders(3)]


class UpSampling1D(Spatial):
    """Each time repeated. In (n, time, features); out (n, size time, features).

    size: how many times each is repeated.
    """

    family = "convolutional"
    input_axes = "time features"
    channels_last = True

    size: Single = (2,)

    def compute(self, x: Tensor) -> Tensor:
        return x.repeat_interleave(self.size[0], dim=2)


class UpSampling2D(Spatial):
    """Each pixel repeated, or more of them in between.

    In (n, channels, rows, cols); out (n, channels, size[0] rows, size[1] cols).

    size: factors of rows and cols.
    interpolation: "nearest" repeats; "bilinear" and "bicubic" go over from one to the next.
    """

    family = "convolutional"
    input_axes = "channels rows cols"

    size: Pair = (2, 2)
    interpolation: Literal["nearest", "bilinear", "bicubic"] = "nearest"

    def compute(self, x: Tensor) -> Tensor:
        align = None if self.interpolation == "nearest" else False
        return F.interpolate(x, scale_factor=tuple(map(float, self.size)), mode=self.interpolation, align_corners=align)


class UpSampling3D(Spatial):
    """Each voxel repeated.

    In (n, channels, depth, rows, cols); out (n, channels, size[0] depth, size[1] rows, size[2] cols).

    size: factors of depth, rows and cols.
    """

    family = "convolutional"
    input_axes = "channels depth rows cols"

    size: Triple = (2, 2, 2)

    def compute(self, x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=tuple(map(float, self.size)))


class ZeroPadding(Spatial, abstract=True):
    """What the borders of zeros share."""

    family = "convolutional"

    padding: Annotated[tuple[int, ...], sizes(minimum=0)]

    def compute(self, x: Tensor) -> Tensor:
        sides = [self.padding[i : i + 2] for i in range(0, len(self.padding), 2)]
        return F.pad(x, [zeros for side in reversed(sides) for zeros in side])


class ZeroPadding1D(ZeroPadding):
    """Zeros before and after a sequence. In (n, time, features); out (n, time', features).

    padding: how many zeros before and after.
    """

    input_axes = "time features"
    channels_last = True

    padding: Ends = (1, 1)


class ZeroPadding2D(ZeroPadding):
    """A border of zeros around an image. In (n, channels, rows, cols); out (n, channels, rows', cols').

    padding: zeros before and after the rows, before and after the cols.
    """

    input_axes = "channels rows cols"

    padding: Borders = (1, 1, 1, 1)


class ZeroPadding3D(ZeroPadding):
    """A border of zeros around a volume. In (n, channels, depth, rows, cols); out (n, channels, depth', rows', cols').

    padding: zeros before and after the depth, the rows and the cols.
    """

    input_axes = "channels depth rows cols"

    padding: Faces = (1, 1, 1, 1, 1, 1)


class Cropping(Spatial, abstract=True):
    """What those that cut off borders share."""

    family = "convolutional"

    cropping: Annotated[tuple[int, ...], sizes(minimum=0)]

    def check(self, shape: Shape) -> None:
        axes = self.axes(shape)
        if any(sum(self.cropping[2 * i : 2 * i + 2]) >= size for i, size in enumerate(axes)):
            raise ShapeError(f"{self.label} leaves nothing of {described(axes)}; cut off less")

    def compute(self, x: Tensor) -> Tensor:
        for i, size in enumerate(x.shape[2:]):
            before, after = self.cropping[2 * i : 2 * i + 2]
            x = x.narrow(i + 2, before, size - before - after)
        return x


class Cropping1D(Cropping):
    """A sequence without its ends. In (n, time, features); out (n, time', features).

    cropping: times cut off before and after.
    """

    input_axes = "time features"
    channels_last = True

    cropping: Ends = (1, 1)


class Cropping2D(Cropping):
    """An image without its border. In (n, channels, rows, cols); out (n, channels, rows', cols').

    cropping: pixels cut off before and after the rows, before and after the cols.
    """

    input_axes = "channels rows cols"

    cropping: Borders = (1, 1, 1, 1)


class Cropping3D(Cropping):
    """A volume without its border. In (n, channels, depth, rows, cols); out (n, channels, depth', rows', cols').

    cropping: voxels cut off before and after the depth, the rows and the cols.
    """

    input_axes = "channels depth rows cols"

    cropping: Faces = (1, 1, 1, 1, 1, 1)


__all__ = [
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
]
