"""Loops of recurrent layers with a gradient by hand, where torch has no kernel: one graph node for all steps.

What each step's gradient is multiplied by is computed for all steps at once, the gradient of U is one product, and no
step allocates what the one before had. Times come first, (time, n, ...), so that each step's numbers lie together.
Gradients of gradients are not there; a layer that is not training goes step by step.
"""

from collections.abc import Callable, Iterator
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


def each_time(*tensors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """For each time, what tensors (time, ...) have there; much cheaper than to index each of them each time."""
    return zip(*(tensor.unbind() for tensor in tensors), strict=True)


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
        o_i_f, parts = gates[..., : 3 * units], gates.split(units, dim=2)
        h_before, *h_after = hs.unbind()
        c_before, *c_after = cs.unbind()
        each = each_time(brought, gates, o_i_f, *parts, acts)
        for (x, z, three, o, i, f, new, a), h, c in zip(each, h_after, c_after, strict=True):
            torch.addmm(x, h_before, U, out=z)
            gate[0](three)
            act[0](new)
            torch.mul(f, c_before, out=c).addcmul_(i, new)
            torch.mul(o, act[0](a.copy_(c)), out=h)
            h_before, c_before = h, c
        ctx.save_for_backward(gates, hs, cs, acts, U)
        ctx.slopes = act[1], gate[1]
        ctx.set_materialize_grads(False)
        return hs[1:].transpose(0, 1).clone(), hs[-1].clone(), cs[-1].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: Tensor | None, dh: Tensor | None, dc: Tensor | None) -> Any:
        gates, hs, cs, acts, U = ctx.saved_tensors
        act, gate = ctx.slopes
        units = len(U)
        o, i, f, new = gates.split(units, dim=2)
        dz = torch.empty_like(gates)  # at first only what dh (of o) or dc (of i, f and new) is multiplied by
        through_h, through_c = dz[..., :units], dz[..., units:].unflatten(2, (3, units))
        slopes = (acts, gate(o)), (new, gate(i)), (cs[:-1], gate(f)), (i, act(new))
        for place, (value, slope) in zip(dz.split(units, dim=2), slopes, strict=True):
            torch.mul(value, slope, out=place)
        h_to_c = o * act(acts)
        dh, dc = (torch.zeros_like(hs[0]) if d is None else d for d in (dh, dc))
        back, U_back = each_time(h_to_c, f, dz, through_h, through_c), U.t()
        for t, (h_c, kept, d, d_h, d_c) in reversed(list(enumerate(back))):
            dh = dh if dy is None else dh + dy[:, t]
            dc = torch.addcmul(dc, dh, h_c)
            d_h.mul_(dh)
            d_c.mul_(dc[:, None])
            dh, dc = d @ U_back, dc * kept
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
        two = [2 * units, units]
        before, *after = hs.unbind()
        each = each_time(*brought.split(two, dim=2), *gates.split(two, dim=2), *gates.split(units, dim=2)[:2], seen)
        for (x_zr, x_h, zr, new, z, r, reset), h in zip(each, after, strict=True):
            gate[0](torch.addmm(x_zr, before, U_zr, out=zr))
            torch.mul(r, before, out=reset)
            act[0](torch.addmm(x_h, reset, U_h, out=new))
            before = torch.lerp(new, before, z, out=h)
        ctx.save_for_backward(gates, hs, seen, U)
        ctx.slopes = act[1], gate[1]
        ctx.set_materialize_grads(False)
        return hs[1:].transpose(0, 1).clone(), hs[-1].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: Tensor | None, dh: Tensor | None) -> Any:
        gates, hs, seen, U = ctx.saved_tensors
        act, gate = ctx.slopes
        units = len(U)
        z, r, new = gates.split(units, dim=2)
        by_z, by_r, by_new = (hs[:-1] - new) * gate(z), hs[:-1] * gate(r), (1 - z) * act(new)
        U_zr, U_h = U[:, : 2 * units].t(), U[:, 2 * units :].t()
        d = torch.empty_like(gates)
        dh = torch.zeros_like(hs[0]) if dh is None else dh
        back = each_time(by_z, by_r, by_new, z, r, d[..., : 2 * units], *d.split(units, dim=2))
        for t, (to_z, to_r, to_new, kept, reset, d_zr, d_z, d_r, d_new) in reversed(list(enumerate(back))):
            dh = dh if dy is None else dh + dy[:, t]
            d_seen = torch.mul(to_new, dh, out=d_new) @ U_h
            torch.mul(to_z, dh, out=d_z)
            torch.mul(to_r, d_seen, out=d_r)
            dh = torch.addmm(dh * kept, d_zr, U_zr).addcmul_(d_seen, reset)
        dU_zr = hs[:-1].flatten(0, 1).t() @ d[..., : 2 * units].flatten(0, 1)
        dU_h = seen.flatten(0, 1).t() @ d[..., 2 * units :].flatten(0, 1)
        return d, torch.cat((dU_zr, dU_h), dim=1), dh, None, None
