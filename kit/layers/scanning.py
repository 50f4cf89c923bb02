"""How a recurrent layer reads a sequence: by torch's kernel, by a loop whose gradient is by hand, or step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kit.layers.masking import Mask

if TYPE_CHECKING:
    from kit.layers.recurrence import Recurrent

State = tuple[Tensor, ...]  # the output h (n, units) first
Step = Callable[..., State]  # from what one time brings (n, gates * units) and the state to the next state
Scan = Callable[[Tensor, State, Mask], tuple[Tensor, State]]  # from (n, time, input_dim) to (n, time, units)
Loop = tuple[
    Any, str, tuple[Any, ...]
]  # from x W + b, times first, U, *state to y, *state; its gates' order; its last arguments
Drop = Callable[[Tensor], Tensor]  # what a state is for the matrices that read it


def scan(layer: Recurrent, x: Tensor, state: State, behind: Mask = None) -> tuple[Tensor, State]:
    """h at each time, and the state after the last; with `behind`, what is not h after the last before that."""
    scan_part, x, behind = quickest(layer, x, state, behind)
    lengths = part_lengths(x.shape[1], layer.truncate_gradient)
    parts = x.split(lengths, dim=1)
    passed = [None] * len(parts) if behind is None else behind.split(lengths, dim=1)
    outputs: list[Tensor] = []
    for part, ends in zip(parts, passed, strict=True):
        y, state = scan_part(part, state if not outputs else tuple(value.detach() for value in state), ends)
        outputs.append(y)
    return torch.cat(outputs, dim=1) if len(outputs) > 1 else outputs[0], state


def quickest(layer: Recurrent, x: Tensor, state: State, behind: Mask) -> tuple[Scan, Tensor, Mask]:
    """The quickest way to scan a sequence, and x and `behind` as it takes them."""
    kernel, still = layer.kernel, None if behind is None else layer.standstill()
    if behind is not None and still is not None:  # a further feature that says so, and a row of W that does it
        x = torch.cat((x.masked_fill(behind[..., None], 0), behind[..., None].to(x.dtype)), dim=2)
        kernel, behind = torch.cat((kernel, still[None])), None
    drops = layer.training and layer.recurrent_dropout > 0
    if behind is None and not drops:
        if function := layer.fused():
            return fused_scan(layer, function, kernel), x, None
        usual = layer.training and not torch.is_autocast_enabled(x.device.type)
        if usual and (loop := layer.by_hand()):
            return scan_by_hand(layer, loop, kernel), x, None
    return looped_scan(layer, kernel, state[0] if drops else None), x, behind


def looped_scan(layer: Recurrent, kernel: Tensor, dropped: Tensor | None = None) -> Scan:
    """Step by step; what the input brings is one product for all steps. dropped: shape of what is to be dropped."""
    if dropped is None:
        step = layer.step(lambda h: h)
    else:
        kept = layer.kept(dropped, layer.recurrent_dropout)
        step = layer.step(lambda h: h * kept)
    bias = layer.bias[0] if layer.bias is not None and layer.bias.ndim == 2 else layer.bias

    def scan(x: Tensor, state: State, behind: Mask) -> tuple[Tensor, State]:
        outputs = []
        for t, brought in enumerate(F.linear(x, kernel.t(), bias).unbind(1)):  # (n, gates * units) at a time
            after = step(brought, *state)
            if behind is not None:
                still = behind[:, t, None]
                after = tuple(torch.where(still, old, new) for old, new in zip(state, after, strict=True))
            state = after
            outputs.append(state[0])
        return torch.stack(outputs, dim=1), state

    return scan


def scan_by_hand(layer: Recurrent, loop: Loop, kernel: Tensor) -> Scan:
    """All steps in one node of the graph, whose gates may lie in another order."""
    function, gates, activations = loop
    order = [layer.gates.index(gate) for gate in gates]
    W, U, bias = (
        weight if weight is None else torch.cat([layer.blocks(weight)[i] for i in order], dim=-1)
        for weight in (kernel, layer.recurrent_kernel, layer.bias)
    )

    def scan(x: Tensor, state: State, behind: Mask) -> tuple[Tensor, State]:
        y, *last = function(F.linear(x.transpose(0, 1), W.t(), bias), U, *state, *activations)
        return y, tuple(last)

    return scan


def fused_scan(layer: Recurrent, function: Any, kernel: Tensor) -> Scan:
    """All steps in one call of torch's, which wants its own order of gates and one piece of memory."""
    weights = [kernel, layer.recurrent_kernel]
    if layer.use_bias:
        weights += layer.bias.unbind() if layer.bias.ndim == 2 else (layer.bias, torch.zeros_like(layer.bias))
    order = [layer.gates.index(gate) for gate in layer.torch_gates]
    pieces = [layer.blocks(weight)[i].t().reshape(-1) for weight in weights for i in order]
    packed = torch.cat(pieces).split([weight.numel() for weight in weights])
    shaped = [part.view(weight.shape[::-1]) for part, weight in zip(packed, weights, strict=True)]

    def scan(x: Tensor, state: State, behind: Mask) -> tuple[Tensor, State]:
        start = [value[None] for value in state]  # (layers = 1, n, units)
        hidden = start if layer.states > 1 else start[0]
        train = torch.is_grad_enabled()
        y, *last = function(x, hidden, shaped, layer.use_bias, 1, 0.0, train, False, True)
        return y, tuple(value[0] for value in last)

    return scan


def part_lengths(time: int, steps: int) -> list[int]:
    """A sequence's length in parts of so many steps, what is over at the start; one part if it is -1."""
    if steps < 0 or steps >= time:
        return [time]
    return [time % steps] * (time % steps > 0) + [steps] * (time // steps)
