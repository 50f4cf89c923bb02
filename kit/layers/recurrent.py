"""Layers that read a sequence step by step and carry a state along."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from kit import activations
from kit.activations import ActivationName
from kit.constraints import ConstraintName
from kit.fields import InputSize, Size, whole
from kit.initializations import InitializerName
from kit.layers.layer import Layer
from kit.regularizers import RegularizerName
from kit.symbols import Shape

State = tuple[Tensor, ...]  # the output h (n, units) first
Step = Callable[..., State]  # from what one time brings (n, gates * units) and the state to the next state
Scan = Callable[[Tensor, State], tuple[Tensor, State]]  # from (n, time, input_dim) to (n, time, units)


class Recurrent(Layer, abstract=True):
    """What the recurrent layers share: h_t depends on x_t and on h_{t-1}, and starts with 0.

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
    input_dim: width of the input; inferred where it is left out.
    """

    family = "recurrent"
    input_axes = "time input_dim"
    leading_sizes = ("input_dim", "output_dim")
    seed_order = "init inner_init activation inner_activation weights truncate_gradient return_sequences"

    gates: ClassVar[str] = "h"  # the blocks of the weights, in their order
    spoken: ClassVar[str] = "h"  # the same in the order of 2015
    torch_gates: ClassVar[str] = "h"  # the same in the order of torch's kernels
    states: ClassVar[int] = 1  # how many tensors (n, units) the state is

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
    input_dim: InputSize = None

    kernel: Tensor
    recurrent_kernel: Tensor
    bias: Tensor

    def step(self) -> Step:
        """Hook: the function of one step, from (x_t W + b, *state) to the next state."""
        raise NotImplementedError

    def fused(self) -> Any:
        """Hook: torch's function for all steps at once, where there is one that computes the same."""

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

    def forward(self, x: Tensor) -> Tensor:
        x = x.flip(1) if self.go_backwards else x
        scan = self.fused_scan(self.fused()) if self.fused() else self.looped_scan()
        state: State = (x.new_zeros(len(x), self.units),) * self.states
        if x.is_meta:  # the shape of one step tells that of all
            y, state = scan(x[:, :1], state)
            return y.expand(-1, x.shape[1], -1) if self.return_sequences else state[0]
        outputs = []
        for part in x.split(part_lengths(x.shape[1], self.truncate_gradient), dim=1):
            y, state = scan(part, tuple(value.detach() for value in state))
            outputs.append(y)
        if not self.return_sequences:
            return state[0]
        return torch.cat(outputs, dim=1) if len(outputs) > 1 else outputs[0]

    def looped_scan(self) -> Scan:
        """Step by step; what the input brings is one product for all steps."""
        step = self.step()
        bias = self.bias[0] if self.bias is not None and self.bias.ndim == 2 else self.bias

        def scan(x: Tensor, state: State) -> tuple[Tensor, State]:
            outputs = []
            for brought in F.linear(x, self.kernel.t(), bias).unbind(1):  # (n, gates * units) at each time
                state = step(brought, *state)
                outputs.append(state[0])
            return torch.stack(outputs, dim=1), state

        return scan

    def fused_scan(self, function: Any) -> Scan:
        """All steps in one call of torch's, which wants its own order of gates and one piece of memory."""
        weights = [self.kernel, self.recurrent_kernel]
        if self.use_bias:
            weights += self.bias.unbind() if self.bias.ndim == 2 else (self.bias, torch.zeros_like(self.bias))
        order = [self.gates.index(gate) for gate in self.torch_gates]
        pieces = [self.blocks(weight)[i].t().reshape(-1) for weight in weights for i in order]
        packed = torch.cat(pieces).split([weight.numel() for weight in weights])
        shaped = [part.view(weight.shape[::-1]) for part, weight in zip(packed, weights, strict=True)]

        def scan(x: Tensor, state: State) -> tuple[Tensor, State]:
            start = [value[None] for value in state]  # (layers = 1, n, units)
            hidden = start if self.states > 1 else start[0]
            train = torch.is_grad_enabled()
            y, *last = function(x, hidden, shaped, self.use_bias, 1, 0.0, train, False, True)
            return y, tuple(value[0] for value in last)

        return scan


def part_lengths(time: int, steps: int) -> list[int]:
    """A sequence's length in parts of so many steps, what is over at the start; one part if it is -1."""
    if steps < 0 or steps >= time:
        return [time]
    return [time % steps] * (time % steps > 0) + [steps] * (time // steps)


class SimpleRNN(Recurrent):
    """h_t = activation(x_t W + h_{t-1} U + b).

    In (n, time, input_dim); out (n, units), or (n, time, units) with return_sequences (Elman 1990).
    """

    seed_order = "init inner_init activation weights truncate_gradient return_sequences"

    def fused(self) -> Any:
        kernels: dict[Any, Any] = {activations.tanh: torch.rnn_tanh, activations.relu: torch.rnn_relu}
        return kernels.get(activations.get(self.activation))

    def step(self) -> Step:
        activation, U = activations.get(self.activation), self.recurrent_kernel
        return lambda x, h: (activation(torch.addmm(x, h, U)),)


class SimpleDeepRNN(Recurrent):
    """h_t = activation(x_t W + b + sum_k recurrent_activation(h_{t-k} U_k)), for k from 1 to depth.

    In (n, time, input_dim); out (n, units), or (n, time, units) with return_sequences.

    depth: how many steps back it looks.
    recurrent_activation: function applied to what each earlier state brings.
    """

    seed_order = "depth " + Recurrent.seed_order

    activation: ActivationName = "sigmoid"
    depth: Size = 3
    recurrent_activation: ActivationName = "hard_sigmoid"

    def build(self, input_dim: int) -> None:
        self.add_weight("kernel", (input_dim, self.units))
        for k in range(1, self.depth + 1):
            self.add_weight(f"recurrent_kernel_{k}", (self.units, self.units), fields="recurrent")
        if self.use_bias:
            self.add_weight("bias", (self.units,))
        else:
            self.register_parameter("bias", None)

    @property
    def states(self) -> int:  # type: ignore[override]
        """h of the last `depth` steps, the latest first."""
        return self.depth

    def spoken_weights(self, held: dict[str, Tensor]) -> dict[str, Tensor]:
        return held

    def step(self) -> Step:
        activation, inner = activations.get(self.activation), activations.get(self.recurrent_activation)
        matrices = [getattr(self, f"recurrent_kernel_{k}") for k in range(1, self.depth + 1)]

        def step(x: Tensor, *past: Tensor) -> State:
            for h, U in zip(past, matrices, strict=True):
                x = x + inner(h @ U)
            return activation(x), *past[:-1]

        return step


class GRU(Recurrent):
    """h_t = z h_{t-1} + (1 - z) activation(x_t W_h + b_h + r (h_{t-1} U_h + b'_h)).

    The gates are z, r = recurrent_activation(x_t W + h_{t-1} U + b), each with weights of its own.
    In (n, time, input_dim); out (n, units), or (n, time, units) with return_sequences (Cho et al. 2014).
    Weights are held as z, r, h side by side; b is (2, 3 units), for input and state, with reset_after.

    recurrent_activation: function of the gates z and r.
    reset_after: whether r multiplies behind U_h, which a fused kernel can do; in 2015 it was before: (r h_{t-1}) U_h.
    """

    gates = spoken = "zrh"
    torch_gates = "rzh"
    weights_advice = (
        "weights of 2015, whose bias of a gate is (units,), go into a GRU with reset_after=False; "
        "those with a bias of two rows into one with reset_after=True"
    )

    recurrent_activation: ActivationName = "sigmoid"
    reset_after: bool = True

    def bias_shape(self) -> Shape:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def fused(self) -> Any:
        usual = activations.get(self.activation) is activations.tanh
        usual = usual and activations.get(self.recurrent_activation) is activations.sigmoid
        return torch.gru if usual and self.reset_after else None

    def step(self) -> Step:
        activation, gate = activations.get(self.activation), activations.get(self.recurrent_activation)
        U, U_h = self.recurrent_kernel, self.recurrent_kernel[:, 2 * self.units :]
        U_zr = self.recurrent_kernel[:, : 2 * self.units]
        bias = self.bias[1] if self.use_bias and self.reset_after else None

        def reset_after(x: Tensor, h: Tensor) -> State:
            x_z, x_r, x_h = x.chunk(3, dim=-1)
            h_z, h_r, h_h = (h @ U if bias is None else torch.addmm(bias, h, U)).chunk(3, dim=-1)
            z = gate(x_z + h_z)
            new = activation(x_h + gate(x_r + h_r) * h_h)
            return (new + z * (h - new),)

        def reset_before(x: Tensor, h: Tensor) -> State:
            x_zr, x_h = x.split([2 * self.units, self.units], dim=-1)
            z, r = (gate(part) for part in torch.addmm(x_zr, h, U_zr).chunk(2, dim=-1))
            new = activation(torch.addmm(x_h, r * h, U_h))
            return (new + z * (h - new),)

        return reset_after if self.reset_after else reset_before


class LSTM(Recurrent):
    """c_t = f c_{t-1} + i activation(x_t W_c + h_{t-1} U_c + b_c); h_t = o activation(c_t).

    The gates are i, f, o = recurrent_activation(x_t W + h_{t-1} U + b), each with weights of its own.
    In (n, time, input_dim); out (n, units), or (n, time, units) with return_sequences (Hochreiter & Schmidhuber 1997).
    Weights are held as i, f, c, o side by side.

    recurrent_activation: function of the gates i, f and o.
    unit_forget_bias: whether the bias of f starts with 1, so that at first little is forgotten.
    """

    gates = torch_gates = "ifco"
    spoken = "icfo"
    states = 2

    recurrent_activation: ActivationName = "sigmoid"
    unit_forget_bias: bool = True

    def build(self, input_dim: int) -> None:
        super().build(input_dim)
        if self.use_bias and self.unit_forget_bias:
            with torch.no_grad():
                self.blocks(self.bias)[1].fill_(1.0)

    def fused(self) -> Any:
        usual = activations.get(self.activation) is activations.tanh
        return torch.lstm if usual and activations.get(self.recurrent_activation) is activations.sigmoid else None

    def step(self) -> Step:
        activation, gate = activations.get(self.activation), activations.get(self.recurrent_activation)
        U = self.recurrent_kernel

        def step(x: Tensor, h: Tensor, c: Tensor) -> State:
            i, f, new, o = torch.addmm(x, h, U).chunk(4, dim=-1)
            c = gate(f) * c + gate(i) * activation(new)
            return gate(o) * activation(c), c

        return step


__all__ = ["GRU", "LSTM", "SimpleDeepRNN", "SimpleRNN"]
