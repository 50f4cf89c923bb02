"""Layers that run another layer: backwards too, or at every time."""

from typing import Literal

import torch
from torch import Tensor

from kit.layers.layer import Layer, ShapeError
from kit.layers.masking import Mask, alone, run_masked
from kit.layers.nested import LayerField
from kit.layers.recurrence import Recurrent
from kit.layers.states import FinalState
from kit.symbols import Shape


class Wrapper(Layer, abstract=True):
    """A layer that holds others. Its weights are theirs, in their order; freezing it freezes them."""

    def inside(self) -> dict[str, Layer]:
        """The layers inside, by name."""
        return {name: inner for name, inner in self.named_children() if isinstance(inner, Layer)}

    def spoken_weights(self, held: dict[str, Tensor]) -> dict[str, Tensor]:
        spoken = {}
        for name, inner in self.inside().items():
            own = {key.removeprefix(f"{name}."): weight for key, weight in held.items() if key.startswith(f"{name}.")}
            spoken.update({f"{name}.{key}": weight for key, weight in inner.spoken_weights(own).items()})
        return spoken


class TimeDistributed(Wrapper):
    """y_t = layer(x_t) at each time t.

    In (n, time, ...); out (n, time, ...), the rest as the layer wants and gives it. A mask (n, time, inner time) goes
    to the layer time by time; one of (n, time) is passed on.

    layer: what is applied at each time, such as Dense(10); it is held as it is, and keeps weights it has.
    """

    family = "recurrent"

    layer: LayerField

    def validate(self) -> None:
        self.takes_integers = self.layer.takes_integers  # type: ignore[misc]

    def check(self, shape: Shape) -> None:
        if len(shape) < 2:
            raise ShapeError(
                f"{self.label} takes input (n, time, ...), but (n, {', '.join(map(str, shape))}) came; "
                "put RepeatVector or Reshape before it, or use the layer alone"
            )
        self.layer.accept(shape[1:])

    def build(self, input_shape: Shape) -> None:
        self.layer.build_for(input_shape[1:])

    def forward(self, x: Tensor, mask: Mask = None) -> Tensor:
        inner = mask.flatten(0, 1) if mask is not None and mask.ndim > 2 else None
        y, _ = run_masked(self.layer, [x.flatten(0, 1)], [inner])
        return y.unflatten(0, x.shape[:2])

    def output_mask(self, inputs: tuple[Tensor, ...], masks: tuple[Mask, ...]) -> Mask:
        return masks[0] if masks[0] is None or masks[0].ndim == 2 else masks[0].flatten(2).any(-1)


class Bidirectional(Wrapper):
    """y = merge(layer(x), backward(x read from its end)).

    In (n, time, input_dim); out (n, units), or (n, time, units) where the layer returns sequences, both of which then
    run from the first time to the last; twice the units where merged by concat (Schuster & Paliwal 1997).
    The backward layer is one like the given, with weights of its own, which come after the given one's. First states
    are the given layer's, then the backward one's. A sequence's output is 0 where a mask says that there is nothing.

    layer: a recurrent layer, such as LSTM(64).
    merge_mode: "concat" side by side; "sum", "ave" (the mean) or "mul" (the product) of the two.
    """

    family = "recurrent"
    input_axes = "time input_dim"
    further_inputs = "initial_state"

    layer: LayerField
    merge_mode: Literal["concat", "sum", "ave", "mul"] = "concat"

    def validate(self) -> None:
        if not isinstance(self.layer, Recurrent):
            raise ValueError(f"{self!r}: layer takes a recurrent one, such as LSTM(64), which can be run backwards")
        if self.layer.go_backwards:
            raise ValueError(f"{self!r}: layer is the one that runs forwards; leave go_backwards out")
        self.backward = self.layer.twin()
        self.backward.go_backwards = True

    @property
    def gives_states(self) -> bool:  # type: ignore[override]
        """Whether the states of both layers are beside the output."""
        return bool(self.layer.return_state)

    def final_states(self) -> list[Layer]:
        inner = self.inside().values()
        states = range(sum(len(layer.final_states()) for layer in inner))
        return [FinalState(i, self.layer.units if self.merge_mode == "concat" else None) for i in states]

    def accept(self, *shapes: Shape) -> None:
        """Raises ShapeError where the sequence, or the states after it, do not fit the layers."""
        super().accept(*shapes[:1])
        half = (len(shapes) + 1) // 2
        self.layer.accept(*shapes[:half])
        self.backward.accept(shapes[0], *shapes[half:])

    def build(self, input_shape: Shape) -> None:
        for inner in self.inside().values():
            inner.build_for(input_shape)

    def forward(self, x: Tensor, *initial: Tensor, mask: Mask = None) -> Tensor:
        half = len(initial) // 2
        there = alone(self.layer(x, *initial[:half], mask=mask))
        back = alone(self.backward(x, *initial[half:], mask=mask))
        y = self.merge(there, back.flip(1) if self.layer.return_sequences else back)
        if mask is not None and self.layer.return_sequences:
            y = y.masked_fill(~mask[..., None], 0)
        if self.layer.return_state:
            y.states = (*there.states, *back.states)  # type: ignore[attr-defined]
        return y

    def output_mask(self, inputs: tuple[Tensor, ...], masks: tuple[Mask, ...]) -> Mask:
        return masks[0] if self.layer.return_sequences else None

    def reset_states(self) -> None:
        """Lets stateful layers start from 0 again."""
        for inner in self.inside().values():
            if isinstance(inner, Recurrent):
                inner.reset_states()

    def merge(self, there: Tensor, back: Tensor) -> Tensor:
        """One tensor of the two."""
        if self.merge_mode == "concat":
            return torch.cat((there, back), dim=-1)
        if self.merge_mode == "mul":
            return there * back
        return there + back if self.merge_mode == "sum" else (there + back) / 2


__all__ = ["Bidirectional", "TimeDistributed"]
