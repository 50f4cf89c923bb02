"""What the recurrent layers share: weights gate by gate, the state and where it comes from, how a sequence is read."""

from contextvars import ContextVar
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from kit.activations import ActivationName
from kit.constraints import ConstraintName
from kit.fields import Fraction, InputSize, Size, whole
from kit.initializations import InitializerName
from kit.layers.dropping import factors
from kit.layers.layer import Layer, ShapeError
from kit.layers.masking import Mask, compact, spread
from kit.layers.scanning import Drop, Loop, State, Step, scan
from kit.layers.states import FinalState
from kit.regularizers import RegularizerName
from kit.symbols import Shape

EVERY_STEP = ContextVar("EVERY_STEP", default=False)  # whether all are run on the meta device, to count what they cost


class Recurrent(Layer, abstract=True):
    """h_t depends on x_t and on h_{t-1}; before the first time, the state is 0, or what is given after the sequence.

    Called as layer(x), layer([x, h, ...]) or layer(x, initial_state=[h, ...]), each state (n, units). A time that holds
    nothing, by the mask, changes nothing: its output is that of the time before, and 0 before the first that does.

    The weights W (input_dim, gates * units), U (units, gates * units) and b hold one block a gate, side by side.
    Each block is initialized by itself, and get_weights gives W, U, b of each gate, in the order of 2015.

    units: width of the state and of the output.
    activation: function that makes the new state.
    use_bias: whether b is added.
    kernel_initializer: how W, applied to the input, starts in each gate.
    recurrent_initializer: how U, applied to the state, starts in each gate.
    bias_initializer: how b starts.
    kernel_regularizer: penalty on W, such as "l2(0.01)".
    recurrent_regularizer: penalty on U.
    bias_regularizer: penalty on b.
    kernel_constraint: what W is held to, such as "maxnorm(2)".
    recurrent_constraint: what U is held to.
    bias_constraint: what b is held to.
    return_sequences: whether the output of every step is given, not the last alone.
    go_backwards: whether the sequence is read from its end.
    truncate_gradient: the state passes no gradient back at every so many steps, counted from the end; -1 never.
    dropout: fraction of the input dropped while training, 0 to 1; the same features at all times of a sequence.
    recurrent_dropout: fraction of h dropped where U is applied to it, in the same way; no fused kernel then.
    stateful: whether a batch starts from the states that the one before ended with, until reset_states().
    return_state: whether the states after the last time are given behind the output: y, h, c = LSTM(...)(x).
    input_dim: width of the input; inferred where it is left out.
    """

    family = "recurrent"
    input_axes = "time input_dim"
    further_inputs = "initial_state"
    leading_sizes = ("input_dim", "output_dim")
    seed_order = "init inner_init activation inner_activation weights truncate_gradient return_sequences"

    gates: ClassVar[str] = "h"  # the blocks of the weights, in their order
    spoken: ClassVar[str] = "h"  # the same in the order of 2015
    torch_gates: ClassVar[str] = "h"  # the same in the order of torch's kernels
    states: ClassVar[int] = 1  # how many tensors (n, units) the state is
    held: ClassVar[State | None] = None  # a stateful layer's state after the last batch

    units: Size
    activation: ActivationName = "tanh"
    use_bias: bool = True
    kernel_initializer: InitializerName = "glorot_uniform"
    recurrent_initializer: InitializerName = "orthogonal"
    bias_initializer: InitializerName = "zeros"
    kernel_regularizer: RegularizerName = None
    recurrent_regularizer: RegularizerName = None
    bias_regularizer: RegularizerName = None
    kernel_constraint: ConstraintName = None
    recurrent_constraint: ConstraintName = None
    bias_constraint: ConstraintName = None
    return_sequences: bool = False
    go_backwards: bool = False
    truncate_gradient: Annotated[int, whole(-1)] = -1
    dropout: Fraction = 0.0
    recurrent_dropout: Fraction = 0.0
    stateful: bool = False
    return_state: bool = False
    input_dim: InputSize = None

    kernel: Tensor
    recurrent_kernel: Tensor
    bias: Tensor

    def step(self, drop: Drop) -> Step:
        """Hook: the function of one step, from (x_t W + b, *state) to the next state.

        drop: what a state goes through before a U is applied to it.
        """
        raise NotImplementedError

    def fused(self) -> Any:
        """Hook: torch's function for all steps at once, where there is one that computes the same."""

    def by_hand(self) -> Loop | None:
        """Hook: the function of all steps with a gradient by hand, where there is one: see Loop."""

    def standstill(self) -> Tensor | None:
        """Hook: an x_t W that leaves all of the state but h as it is, exactly, where there is one."""

    def validate(self) -> None:
        if self.truncate_gradient == 0:
            raise ValueError(f"{self!r}: truncate_gradient takes a number of steps of 1 or more, or -1")

    def build(self, input_dim: int) -> None:
        self.add_weight("kernel", (input_dim, len(self.gates) * self.units), parts=self.blocks)
        self.add_weight(
            "recurrent_kernel", (self.units, len(self.gates) * self.units), fields="recurrent", parts=self.blocks
        )
        if self.use_bias:
            self.add_weight("bias", self.bias_shape(), parts=self.blocks)
        else:
            self.register_parameter("bias", None)

    def bias_shape(self) -> Shape:
        """Hook: the shape of b."""
        return (len(self.gates) * self.units,)

    def blocks(self, weight: Tensor) -> tuple[Tensor, ...]:
        """A weight's views, gate by gate."""
        return weight.split(self.units, dim=-1)

    def spoken_weights(self, held: dict[str, Tensor]) -> dict[str, Tensor]:
        blocks = {name: dict(zip(self.gates, self.blocks(weight), strict=True)) for name, weight in held.items()}
        return {f"{name} {gate}": blocks[name][gate] for gate in self.spoken for name in held}

    @property
    def gives_states(self) -> bool:  # type: ignore[override]
        """Whether the states after the last time are beside the output."""
        return self.return_state

    def final_states(self) -> list[Layer]:
        return [FinalState(i) for i in range(self.states)] if self.return_state else []

    def accept(self, *shapes: Shape) -> None:
        """Raises ShapeError where the sequence, or the states after it, do not fit the layer."""
        super().accept(*shapes[:1])
        if shapes[1:] and shapes[1:] != ((self.units,),) * self.states:
            came = " and ".join(f"(n, {', '.join(map(str, shape))})" for shape in shapes[1:])
            raise ShapeError(
                f"{self.label} starts from {self.states} of (n, {self.units}), but {came} came behind the sequence; "
                "give it the states of a layer as wide"
            )

    def output_mask(self, inputs: tuple[Tensor, ...], masks: tuple[Mask, ...]) -> Mask:
        mask = masks[0] if self.return_sequences else None
        return mask.flip(1) if mask is not None and self.go_backwards else mask

    def forward(self, x: Tensor, *initial: Tensor, mask: Mask = None) -> Tensor:
        if self.go_backwards:
            x, mask = x.flip(1), mask if mask is None else mask.flip(1)
        state = self.first_state(x, initial)
        if self.training and self.dropout:
            x = x * self.kept(x[:, :1], self.dropout)
        if tells_shapes_alone(x) and not EVERY_STEP.get():  # the shape of one step tells that of all
            y, state = scan(self, x[:, :1], state)
            output = y.expand(-1, x.shape[1], -1) if self.return_sequences else state[0]
        else:
            output, state = self.read(x, state, mask)
        if self.stateful:
            self.held = tuple(value.detach() for value in state)  # type: ignore[misc]
        if self.return_state:
            output = output.clone() if output is state[0] else output  # nothing holds itself
            output.states = state  # type: ignore[attr-defined]
        return output

    def first_state(self, x: Tensor, initial: State) -> State:
        """The state before the first time. ValueError where one is held for another number of sequences."""
        if initial:
            return initial
        if not self.stateful or self.held is None:
            return (x.new_zeros(x.shape[0], self.units),) * self.states  # len(x) would be fixed in an exported model
        if len(self.held[0]) != len(x):
            raise ValueError(
                f"{self.label} is stateful and holds the states of {len(self.held[0])} sequences, but {len(x)} came; "
                "call reset_states(), or give batches of one size"
            )
        return tuple(value.to(x) for value in self.held)

    def reset_states(self) -> None:
        """Lets a stateful layer start from 0 again."""
        self.held = None  # type: ignore[misc]

    def kept(self, like: Tensor, rate: float) -> Tensor:
        """Factors that drop a fraction of numbers and scale the rest."""
        return factors(like, rate, self.generator)

    def read(self, x: Tensor, state: State, mask: Mask) -> tuple[Tensor, State]:
        """The output for x (n, time, input_dim), and the state after it; a mask's times are read without the rest."""
        if mask is None:
            y, state = scan(self, x, state)
            return y if self.return_sequences else state[0], state
        x, count = compact(x, mask)
        total, first = count[:, -1:], state[0]
        keeps = self.states > 1 and (self.stateful or self.return_state)
        behind = torch.arange(x.shape[1], device=x.device) >= total if keeps else None  # the times that hold nothing
        y, state = scan(self, x, state, behind)
        last = spread(y, total)[:, 0]
        state = (torch.where(total > 0, last, first), *state[1:])
        return spread(y, count) if self.return_sequences else last, state


def tells_shapes_alone(x: Tensor) -> bool:
    """Whether a tensor is on the meta device or holds no sample; where it is exported, their number is no int."""
    return x.is_meta or (isinstance(x.shape[0], int) and x.shape[0] == 0)
