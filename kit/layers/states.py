"""What a recurrent layer ended with, as a value of its own in a graph."""

from typing import Annotated

from torch import Tensor

from kit.fields import Size, whole
from kit.layers.layer import Layer, ShapeError
from kit.symbols import Shape


class FinalState(Layer):
    """A state that a recurrent layer with return_state=True ended with: 0 is h, 1 the c of an LSTM.

    In that layer's output, (n, units) or (n, time, units); out (n, units). `y, h, c = LSTM(...)(x)` makes them.
    Behind a layer without states, 0 is the last time.

    index: which of the states; behind Bidirectional, the forward layer's come first.
    units: width of the state, where it is not the output's, as behind Bidirectional.
    """

    family = "recurrent"

    index: Annotated[int, whole(0)]
    units: Size | None = None

    def check(self, shape: Shape) -> None:
        if not 1 <= len(shape) <= 2:
            raise ShapeError(f"{self.label} reads the output of a recurrent layer, but {shape} came")

    def forward(self, x: Tensor) -> Tensor:
        states = getattr(x, "states", ())
        if self.index < len(states):
            return states[self.index]
        if self.index and not x.is_meta:
            raise ValueError(
                f"{self.label} reads a layer that has {len(states)} states behind it; "
                "give that return_state=True, or this a lower index"
            )
        last = x[:, -1] if x.ndim == 3 else x
        return last if self.units is None else last[:, : self.units]


__all__ = ["FinalState"]
