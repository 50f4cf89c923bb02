"""One training step: forward, loss, gradient, update. How it is computed is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from kit.layers.layer import Layer
from kit.optimizers import Optimizer
from kit.training.chains import Chain, chain
from kit.training.data import Batch
from kit.training.goal import Goal, Reached
from kit.training.precision import LossScale
from kit.training.session import Means

if TYPE_CHECKING:
    from kit.training.trainable import Trainable


class Flat:
    """Parameters of one type and device as one vector w, their gradients as another, g: an update is one formula."""

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


def flats(parameters: Iterable[nn.Parameter]) -> list[Flat]:
    """The trainable parameters, grouped by type and device."""
    groups: dict[tuple[torch.dtype, torch.device], list[nn.Parameter]] = {}
    for parameter in parameters:
        if parameter.requires_grad:
            groups.setdefault((parameter.dtype, parameter.device), []).append(parameter)
    return [Flat(group) for group in groups.values()]


class Update:
    """The weights of a model on their way down: its optimizer's state, and the step that uses it.

    updates: how many have been made.
    """

    def __init__(self, model: Trainable) -> None:
        self.model = model
        self.updates = 0
        self.flats: list[Flat] = []
        self.states: list[dict[str, Tensor]] = []
        self.penalties: list[tuple[Layer, str]] = []
        self.layers: list[Layer] = []
        self.limits: list[tuple[Layer, str]] = []
        self.scale = LossScale() if model.precision == "mixed_float16" else None
        self.chain: Chain | None = None

    def prepare(self) -> None:
        """Lays the parameters out as vectors, anew where somebody moved them; the optimizer's state is kept."""
        module = self.model.module
        parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
        if not parameters:
            raise ValueError(
                "the model has no weights to train; add a layer that has some, such as Dense, "
                "or leave out trainable=False"
            )
        held = [parameter for flat in self.flats for parameter in flat.parameters]
        changed = [id(p) for p in parameters] != [id(p) for p in held]
        if changed or not all(flat.intact for flat in self.flats):
            before, self.flats = self.flats, flats(parameters)
            if changed and self.states:
                self.states = [self.carried(flat, before) for flat in self.flats]
        fresh = [self.model.optimizer.state(flat.w) for flat in self.flats]
        kept = [{name: vector.shape for name, vector in state.items()} for state in self.states]
        if kept != [{name: vector.shape for name, vector in state.items()} for state in fresh]:
            self.states = fresh
        self.states = [
            {name: vector.to(flat.w) for name, vector in state.items()}
            for state, flat in zip(self.states, self.flats, strict=True)
        ]
        self.find_penalties()
        self.chain = chain(module) if self.model.precision == "float32" else None

    def carried(self, flat: Flat, before: list[Flat]) -> dict[str, Tensor]:
        """The optimizer's state for a vector, with what it held for the same parameters before."""
        state = self.model.optimizer.state(flat.w)
        old = {
            id(parameter): {name: vector[part] for name, vector in kept.items()}
            for other, kept in zip(before, self.states, strict=False)
            for parameter, part in zip(other.parameters, other.parts(), strict=True)
        }
        for parameter, part in zip(flat.parameters, flat.parts(), strict=True):
            for name, numbers in old.get(id(parameter), {}).items():
                if name in state:
                    state[name][part] = numbers
        return state

    def find_penalties(self) -> None:
        """Notes which weights are penalized and which are held to a constraint."""
        layers = [layer for layer in self.model.module.modules() if isinstance(layer, Layer)]
        self.layers = layers
        self.penalties = [(layer, name) for layer in layers for name in layer.penalties]
        self.limits = [(layer, name) for layer in layers for name in layer.limits if layer.trainable]

    def __call__(self, batch: Batch, goal: Goal, means: Means | None = None) -> dict[str, Tensor]:
        """One update on one batch; the loss and the metrics before it, as tensors.

        means: where the metrics are counted that are no means.
        """
        model = self.model
        if not model.module.training:
            model.module.train()
        way = self.chain if self.chain is not None and self.chain.suits(goal) else self
        outputs, loss, values = way.gradient(batch, goal)
        with torch.no_grad():
            values = {"loss": loss.detach(), **values, **goal.measured(outputs, batch)}
            if means is not None and means.tallies:
                means.count(batch.targets, outputs)
            if self.scale is None or self.scale.undo([flat.g for flat in self.flats]):
                self.descend(model.optimizer)
        return values

    def gradient(self, batch: Batch, goal: Goal) -> Reached:
        """What a batch reaches; afterwards the gradients are in the vectors g."""
        for flat in self.flats:
            flat.g.zero_()
        outputs = self.model.outputs(batch)
        loss, values = goal.reach(outputs, batch)
        if self.penalties:
            loss = loss + self.penalty()
        for layer in self.layers:
            if layer.activity_penalty is not None:
                loss, layer.activity_penalty = loss + layer.activity_penalty, None  # type: ignore[misc]
        if self.scale is None:
            loss.backward()
        else:
            self.scale.backward(loss)
        return outputs, loss, values

    def penalty(self) -> Tensor:
        """What the regularizers add to the loss."""
        return torch.stack([layer.penalties[name](getattr(layer, name)) for layer, name in self.penalties]).sum()

    def descend(self, optimizer: Optimizer) -> None:
        """Changes the weights by their gradients, then holds them to their constraints."""
        optimizer.clip([flat.g for flat in self.flats])
        for flat, state in zip(self.flats, self.states, strict=True):
            optimizer.update(flat.w, flat.g, state, self.updates)
        self.updates += 1
        for layer, name in self.limits:
            weight = getattr(layer, name)
            weight.copy_(layer.limits[name](weight))
