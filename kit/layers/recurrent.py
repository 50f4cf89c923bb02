"""Layers that read a sequence step by step and carry a state along."""

from typing import Any

import torch
from torch import Tensor

from kit import activations
from kit.activations import ActivationName
from kit.fields import Size
from kit.layers.by_hand import GRULoop, LSTMLoop, known
from kit.layers.recurrence import Recurrent
from kit.layers.scanning import Drop, Loop, State, Step
from kit.symbols import Shape


class SimpleRNN(Recurrent):
    """h_t = activation(x_t W + h_{t-1} U + b).

    In (n, time, input_dim); out (n, units), or (n, time, units) with return_sequences (Elman 1990).
    """

    seed_order = "init inner_init activation weights truncate_gradient return_sequences"

    def fused(self) -> Any:
        kernels: dict[Any, Any] = {activations.tanh: torch.rnn_tanh, activations.relu: torch.rnn_relu}
        return kernels.get(activations.get(self.activation))

    def step(self, drop: Drop) -> Step:
        activation, U = activations.get(self.activation), self.recurrent_kernel
        return lambda x, h: (activation(torch.addmm(x, drop(h), U)),)


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

    def step(self, drop: Drop) -> Step:
        activation, inner = activations.get(self.activation), activations.get(self.recurrent_activation)
        matrices = [getattr(self, f"recurrent_kernel_{k}") for k in range(1, self.depth + 1)]

        def step(x: Tensor, *past: Tensor) -> State:
            for h, U in zip(past, matrices, strict=True):
                x = x + inner(drop(h) @ U)
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

    def by_hand(self) -> Loop | None:
        ways = known(activations.get(self.activation), activations.get(self.recurrent_activation))
        return None if ways is None or self.reset_after else (GRULoop.apply, "zrh", ways)

    def step(self, drop: Drop) -> Step:
        activation, gate = activations.get(self.activation), activations.get(self.recurrent_activation)
        U, U_h = self.recurrent_kernel, self.recurrent_kernel[:, 2 * self.units :]
        U_zr = self.recurrent_kernel[:, : 2 * self.units]
        bias = self.bias[1] if self.use_bias and self.reset_after else None

        def reset_after(x: Tensor, h: Tensor) -> State:
            x_z, x_r, x_h = x.chunk(3, dim=-1)
            seen = drop(h)
            h_z, h_r, h_h = (seen @ U if bias is None else torch.addmm(bias, seen, U)).chunk(3, dim=-1)
            z = gate(x_z + h_z)
            new = activation(x_h + gate(x_r + h_r) * h_h)
            return (new + z * (h - new),)

        def reset_before(x: Tensor, h: Tensor) -> State:
            x_zr, x_h = x.split([2 * self.units, self.units], dim=-1)
            seen = drop(h)
            z, r = (gate(part) for part in torch.addmm(x_zr, seen, U_zr).chunk(2, dim=-1))
            new = activation(torch.addmm(x_h, r * seen, U_h))
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

    def by_hand(self) -> Loop | None:
        ways = known(activations.get(self.activation), activations.get(self.recurrent_activation))
        return None if ways is None else (LSTMLoop.apply, "oifc", ways)

    def standstill(self) -> Tensor | None:
        bounded, gates = (activations.tanh, activations.sigmoid), (activations.sigmoid, activations.hard_sigmoid)
        if activations.get(self.activation) not in bounded or activations.get(self.recurrent_activation) not in gates:
            return None
        shut = {"i": -1e4, "f": 1e4}  # i is 0 then, and f 1, to the last digit
        return torch.cat([self.kernel.new_full((self.units,), shut.get(gate, 0.0)) for gate in self.gates])

    def step(self, drop: Drop) -> Step:
        activation, gate = activations.get(self.activation), activations.get(self.recurrent_activation)
        U = self.recurrent_kernel

        def step(x: Tensor, h: Tensor, c: Tensor) -> State:
            i, f, new, o = torch.addmm(x, drop(h), U).chunk(4, dim=-1)
            c = gate(f) * c + gate(i) * activation(new)
            return gate(o) * activation(c), c

        return step


__all__ = ["GRU", "LSTM", "SimpleDeepRNN", "SimpleRNN"]
