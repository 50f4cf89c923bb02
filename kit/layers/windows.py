"""Windows that move over images and sequences: their borders, and cross-correlation with a kernel."""

from collections.abc import Sequence
from typing import ClassVar

from torch import Tensor
from torch.nn import functional as F

from kit.layers.layer import Layer, ShapeError
from kit.symbols import Shape

CORRELATIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


CHANNELS_FIRST = (
    "they are (n, channels, rows, cols) here: where the channels come last, move them with numpy.moveaxis(X, -1, 1), "
    "and state shapes as (channels, rows, cols)"
)


class Spatial(Layer, abstract=True):
    """A layer that computes on (n, channels, *axes); sequences (n, time, features) are turned to that and back."""

    channels_last: ClassVar[bool] = False  # whether the channels are the input's last axis

    def axes(self, shape: Shape) -> Shape:
        """The sizes of a sample's axes without its channels."""
        return shape[:-1] if self.channels_last else shape[1:]

    def forward(self, x: Tensor) -> Tensor:
        return self.finish(self.compute(x.movedim(-1, 1)).movedim(1, -1) if self.channels_last else self.compute(x))

    def compute(self, x: Tensor) -> Tensor:
        """Hook: the output for x (n, channels, *axes)."""
        raise NotImplementedError

    def finish(self, y: Tensor) -> Tensor:
        """Hook: what is done to the output once its axes stand as the input's did."""
        return y


def same_padding(size: int, window: int, stride: int) -> tuple[int, int]:
    """Zeros before and after an axis so that windows at each stride cover it: ceil(size / stride) of them."""
    total = max((-(-size // stride) - 1) * stride + window - size, 0)
    return total // 2, total - total // 2


def pad_same(x: Tensor, window: Sequence[int], strides: Sequence[int], value: float = 0.0) -> Tensor:
    """x (n, channels, *axes) with its borders grown for padding="same"."""
    borders = [same_padding(*axis) for axis in zip(x.shape[2:], window, strides, strict=True)]
    flat = [zeros for border in reversed(borders) for zeros in border]
    return F.pad(x, flat, value=value) if any(flat) else x


def described(sizes: Sequence[int]) -> str:
    """Axes of these sizes in an error: "an image of 4x6"."""
    what = {1: "a sequence of length", 2: "an image of", 3: "a volume of"}[len(sizes)]
    return f"{what} {'x'.join(map(str, sizes))}"


def check_window(layer: Layer, window: Sequence[int], padding: str, sizes: Sequence[int]) -> None:
    """Raises ShapeError where a window does not fit into axes of these sizes even once."""
    if padding == "valid" and any(one > size for one, size in zip(window, sizes, strict=True)):
        if len(sizes) == 2 and sizes[1] in (1, 3) and sizes[0] >= window[0]:
            raise ShapeError(f"{layer.label} finds images of {sizes[0]}x{sizes[1]}; {CHANNELS_FIRST}")
        raise ShapeError(
            f"{layer.label} moves a {'x'.join(map(str, window))} window over {described(sizes)}, "
            'which is smaller; use a smaller window, padding="same", or less pooling before it'
        )


def seems_channels_last(shape: Shape) -> bool:
    """Whether the shape of an image looks as if its channels, one or three, came last: (28, 28, 1)."""
    return len(shape) == 3 and shape[2] in (1, 3) and min(shape[:2]) >= 8


def spans(window: Sequence[int], dilation: Sequence[int]) -> list[int]:
    """How far a window reaches along each axis where its numbers stand `dilation` steps apart."""
    return [(size - 1) * step + 1 for size, step in zip(window, dilation, strict=True)]


def correlate(
    x: Tensor,
    kernel: Tensor,
    bias: Tensor | None,
    strides: Sequence[int],
    padding: str,
    dilation: Sequence[int],
    groups: int = 1,
) -> Tensor:
    """x (n, channels, *axes) ⋆ kernel (filters, channels / groups, *window), plus bias (filters,)."""
    reach = spans(kernel.shape[2:], dilation)
    if padding == "same":
        x = pad_same(x, reach, strides)
    elif padding == "causal":
        x = F.pad(x, (reach[0] - 1, 0))
    margin = tuple(size - 1 for size in reach) if padding == "full" else (0,) * len(reach)
    return CORRELATIONS[len(reach)](x, kernel, bias, tuple(strides), margin, tuple(dilation), groups)
