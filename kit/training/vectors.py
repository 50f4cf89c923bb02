"""Where the weights lie while they are trained: most in one vector, large tables that are read by rows on their own.

Either kind has `w`, all its numbers as a vector, `g`, the gradients after `collect`, and `update`, an optimizer's step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn

from kit.layers.layer import Layer
from kit.optimizers import Optimizer
from kit.optimizers.optimizer import State

LARGE = 1 << 17  # numbers in a table from which on it pays to touch only the rows that were looked up


class Flat:
    """Parameters of one type and device as one vector w, their gradients as another, g: an update is one formula."""

    fading = None

    def __init__(self, parameters: list[nn.Parameter]) -> None:
        self.parameters = parameters
        self.w = torch.cat([parameter.detach().reshape(-1) for parameter in parameters])
        self.g = torch.zeros_like(self.w)
        for parameter, part in zip(parameters, self.parts(), strict=True):
            parameter.data = self.w[part].view(parameter.shape)
            parameter.grad = self.g[part].view(parameter.shape)

    def parts(self) -> Iterator[slice]:
        """Where in w each parameter lies."""
        start = 0
        for parameter in self.parameters:
            yield slice(start, start + parameter.numel())
            start += parameter.numel()

    def pieces(self, state: State, updates: int) -> Iterator[tuple[nn.Parameter, State]]:
        """Each parameter with its part of an optimizer's state, as it is after so many updates."""
        for parameter, part in zip(self.parameters, self.parts(), strict=True):
            yield parameter, {name: vector[part] for name, vector in state.items()}

    @property
    def intact(self) -> bool:
        """Whether the parameters still lie in w, and their gradients in g."""
        inside, start = True, 0
        for parameter in self.parameters:
            place = start * self.w.element_size()
            inside = inside and parameter.data_ptr() == self.w.data_ptr() + place
            inside = inside and parameter.grad is not None and parameter.grad.data_ptr() == self.g.data_ptr() + place
            start += parameter.numel()
        return inside

    def state(self, optimizer: Optimizer, w: Tensor) -> State:
        """What the optimizer keeps beside such a w."""
        return optimizer.state(w)

    def clear(self) -> None:
        """Before the gradient is taken."""
        self.g.zero_()

    def collect(self) -> None:
        """After the gradient was taken."""

    def update(self, optimizer: Optimizer, state: State, updates: int) -> None:
        """Changes the weights and the state; updates: how many came before."""
        optimizer.update(self.w, self.g, state, updates)


class Table:
    """A weight (count, width) of which a batch looks up some rows; the others have no gradient and are left alone.

    That is exact where an update without a gradient does nothing but let the optimizer's state fade by a factor. How
    often that was left out is told by the state `updated`: the number of updates made when a row was last touched.

    layer: the one that looks them up. fading: that factor; None where rows rest although it is not so (see lazy).
    rows: those of the last batch; g: their gradients, (rows, width).
    """

    def __init__(self, layer: Layer, weight: nn.Parameter, fading: float | None) -> None:
        self.layer, self.parameters, self.fading = layer, [weight], fading
        weight.data = weight.data.contiguous()
        self.table = weight.detach()  # the same numbers
        self.w = self.table.view(-1)
        self.rows, self.g = torch.empty(0, dtype=torch.int64), self.table.new_empty(0, self.table.shape[1])

    def state(self, optimizer: Optimizer, w: Tensor) -> State:
        """What the optimizer keeps beside such a w, and for each row when it was touched, if that is needed."""
        state = optimizer.state(w)
        if self.fading not in (None, 1.0):
            state["updated"] = w.new_zeros(len(self.table), dtype=torch.int64)
        return state

    def pieces(self, state: State, updates: int) -> Iterator[tuple[nn.Parameter, State]]:
        """Its weight with an optimizer's state, as it is after so many updates."""
        vectors = {name: vector for name, vector in state.items() if name != "updated"}
        if "updated" in state:
            for vector in vectors.values():
                vector.view(self.table.shape).mul_(self.faded(state["updated"], updates))
            state["updated"].fill_(updates)
        yield self.parameters[0], vectors

    def faded(self, updated: Tensor, updates: int) -> Tensor:
        """By what rows that were last touched so long ago are multiplied, (rows, 1)."""
        return (self.fading or 0.0) ** (updates - updated[:, None]).to(self.w.dtype)

    def clear(self) -> None:
        """Before the gradient is taken."""
        self.parameters[0].grad, self.layer.by_row = None, True  # type: ignore[misc]

    def collect(self) -> None:
        """After the gradient was taken: which rows were looked up, and the sum of what each got."""
        (weight,) = self.parameters
        gradient, weight.grad = weight.grad, None
        self.layer.by_row = False  # type: ignore[misc]
        if gradient is None or not gradient.is_sparse:  # nobody read the table, or somebody as a whole
            count = 0 if gradient is None else len(gradient)
            self.rows = torch.arange(count, device=self.w.device)
            self.g = self.table[:0] if gradient is None else gradient
            return
        self.rows, places = torch.unique(gradient._indices()[0], return_inverse=True)
        self.g = self.table.new_zeros(len(self.rows), self.table.shape[1])
        self.g.index_add_(0, places, gradient._values())

    def update(self, optimizer: Optimizer, state: State, updates: int) -> None:
        """The optimizer's formula for these rows; updates: how many came before."""
        vectors = {name: vector.view(self.table.shape) for name, vector in state.items() if name != "updated"}
        part = {name: vector.index_select(0, self.rows) for name, vector in vectors.items()}
        if "updated" in state:
            factor = self.faded(state["updated"][self.rows], updates)
            for vector in part.values():
                vector.mul_(factor)
            state["updated"][self.rows] = updates + 1
        w = self.table.index_select(0, self.rows)
        optimizer.update(w, self.g, part, updates)
        self.table.index_copy_(0, self.rows, w)
        for name, vector in vectors.items():
            vector.index_copy_(0, self.rows, part[name])


Weights = Flat | Table


def flats(parameters: Iterable[nn.Parameter]) -> list[Flat]:
    """The parameters as vectors, grouped by type and device."""
    groups: dict[tuple[torch.dtype, torch.device], list[nn.Parameter]] = {}
    for parameter in parameters:
        groups.setdefault((parameter.dtype, parameter.device), []).append(parameter)
    return [Flat(group) for group in groups.values()]


def tables(module: nn.Module, optimizer: Optimizer, parameters: Iterable[nn.Parameter]) -> list[Table]:
    """Those of a module's parameters that are large and looked up by rows, where the optimizer lets the others rest."""
    found, trained = {}, {id(parameter) for parameter in parameters}
    layers = [layer for layer in module.modules() if isinstance(layer, Layer)] if optimizer.by_row else []
    for layer in layers:
        for name in layer.looked_up:
            weight = layer.get_parameter(name)
            free = id(weight) in trained and name not in layer.penalties and name not in layer.limits
            if free and weight.numel() >= LARGE:
                found[id(weight)] = Table(layer, weight, optimizer.fading)
    return list(found.values())
