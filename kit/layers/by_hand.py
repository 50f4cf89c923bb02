"""Loops of recurrent layers with a gradient by hand, where torch has no kernel: one graph node for all steps.

What each step's gradient is multiplied by is computed for all steps at once, the gradient of U is one product, and no
step allocates what the one before had. Times come first, (time, n, ...), so that each step's numbers lie together.
Gradients of gradients are not there; a layer that is not training goes step by step.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from kit import activations

aten = torch.ops.aten
Elementwise = tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]  # in place; and its slope, by the result
KNOWN: dict[Any, Elementwise] = {
    activations.tanh: (torch.tanh_, lambda y: 1 - y * y),
    activations.sigmoid: (torch.sigmoid_, lambda y: y * (1 - y)),
    activations.hard_sigmoid: (
        lambda x: x.mul_(0.2).add_(0.5).clamp_(0, 1),
        lambda y: where_positive(where_positive(y.new_tensor(0.2), y), 1 - y),
    ),
    activations.relu: (torch.relu_, lambda y: where_positive(y.new_tensor(1.0), y)),
    activations.linear: (lambda x: x, torch.ones_like),
}


def where_positive(value: Tensor, y: Tensor) -> Tensor:
    """value where y > 0, else 0, in one pass; three times as fast as by a comparison."""
    return aten.threshold_backward(value, y, 0)


def known(*functions: Any) -> tuple[Elementwise, ...] | None:
    """How to apply these activations in place, and their slopes; None where one of them is not known here."""
    found = [KNOWN[function] for function in functions if function in KNOWN]
    return tuple(found) if len(found) == len(functions) else None


class LSTMLoop(torch.autograd.Function):
    """y, h, c of an LSTM from x W + b (time, n, 4 units), U, h, c; its gates side by side as o, i, f, c.

    So those that are gates lie together, and so do those whose gradient comes through c.
    """

    @staticmethod
    def forward(ctx: Any, brought: Tensor, U: Tensor, h: Tensor, c: Tensor, act: Elementwise, gate: Elementwise) -> Any:
        (time, n, _), units = brought.shape, len(U)
        gates = brought.new_empty(time, n, 4 * units)
        hs, cs = brought.new_empty(time + 1, n, units), brought.new_empty(time + 1, n, units)
        acts = brought.new_empty(time, n, units)  # activation(c)
        hs[0], cs[0] = h, c
        for t, x in enumerate(brought.unbind()):
            z = torch.addmm(x, hs[t], U, out=gates[t])
            gate[0](z[:, : 3 * units])
            act[0](z[:, 3 * units :])
            o, i, f, new = z.split(units, dim=1)
            torch.mul(f, cs[t], out=cs[t + 1]).addcmul_(i, new)
            torch.mul(o, act[0](acts[t].copy_(cs[t + 1])), out=hs[t + 1])
        ctx.save_for_backward(gates, hs, cs, acts, U)
        ctx.slopes = act[1], gate[1]
        ctx.set_materialize_grads(False)
        return hs[1:].transpose(0, 1).clone(), hs[-1].clone(), cs[-1].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: Tensor | None, dh: Tensor | None, dc: Tensor | None) -> Any:
        gates, hs, cs, acts, U = ctx.saved_tensors
        act, gate = ctx.slopes
        time, units = len(gates), len(U)
        o, i, f, new = gates.split(units, dim=2)
        by_h = acts * gate(o)  # dz_o = by_h dh
        by_c = torch.stack((new * gate(i), cs[:-1] * gate(f), i * act(new)), dim=2)  # dz of i, f and new = by_c dc
        h_to_c = o * act(acts)
        dz = torch.empty_like(gates)
        through_c = dz[..., units:].unflatten(2, (3, units))
        dh, dc = (torch.zeros_like(hs[0]) if d is None else d for d in (dh, dc))
        for t in reversed(range(time)):
            dh = dh if dy is None else dh + dy[:, t]
            dc = torch.addcmul(dc, dh, h_to_c[t])
            torch.mul(by_h[t], dh, out=dz[t, :, :units])
            torch.mul(by_c[t], dc[:, None], out=through_c[t])
            dh, dc = dz[t] @ U.t(), dc * f[t]
        dU = hs[:-1].flatten(0, 1).t() @ dz.flatten(0, 1)
        return dz, dU, dh, dc, None, None


class GRULoop(torch.autograd.Function):
    """y, h of a GRU that resets before the product, from x W + b (time, n, 3 units), U, h; its gates as z, r, h."""

    @staticmethod
    def forward(ctx: Any, brought: Tensor, U: Tensor, h: Tensor, act: Elementwise, gate: Elementwise) -> Any:
        (time, n, _), units = brought.shape, len(U)
        gates, seen = brought.new_empty(time, n, 3 * units), brought.new_empty(time, n, units)  # seen: r h
        hs = brought.new_empty(time + 1, n, units)
        hs[0] = h
        U_zr, U_h = U[:, : 2 * units], U[:, 2 * units :]
        for t, x in enumerate(brought.unbind()):
            zr, new = gates[t].split([2 * units, units], dim=1)
            gate[0](torch.addmm(x[:, : 2 * units], hs[t], U_zr, out=zr))
            torch.mul(zr[:, units:], hs[t], out=seen[t])
            act[0](torch.addmm(x[:, 2 * units :], seen[t], U_h, out=new))
            torch.lerp(new, hs[t], zr[:, :units], out=hs[t + 1])
        ctx.save_for_backward(gates, hs, seen, U)
        ctx.slopes = act[1], gate[1]
        ctx.set_materialize_grads(False)
        return hs[1:].transpose(0, 1).clone(), hs[-1].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: Tensor | None, dh: Tensor | None) -> Any:
        gates, hs, seen, U = ctx.saved_tensors
        act, gate = ctx.slopes
        time, units = len(gates), len(U)
        z, r, new = gates.split(units, dim=2)
        by_z, by_r, by_new = (hs[:-1] - new) * gate(z), hs[:-1] * gate(r), (1 - z) * act(new)
        U_zr, U_h = U[:, : 2 * units].t(), U[:, 2 * units :].t()
        d = torch.empty_like(gates)
        dh = torch.zeros_like(hs[0]) if dh is None else dh
        for t in reversed(range(time)):
            dh = dh if dy is None else dh + dy[:, t]
            d_zr, d_new = d[t].split([2 * units, units], dim=1)
            d_seen = torch.mul(by_new[t], dh, out=d_new) @ U_h
            torch.mul(by_z[t], dh, out=d_zr[:, :units])
            torch.mul(by_r[t], d_seen, out=d_zr[:, units:])
            dh = torch.addmm(dh * z[t], d_zr, U_zr).addcmul_(d_seen, r[t])
        dU_zr = hs[:-1].flatten(0, 1).t() @ d[..., : 2 * units].flatten(0, 1)
        dU_h = seen.flatten(0, 1).t() @ d[..., 2 * units :].flatten(0, 1)
        return d, torch.cat((dU_zr, dU_h), dim=1), dh, None, None
