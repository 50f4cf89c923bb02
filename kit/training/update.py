"""One training step: forward, loss, gradient, update. How it is computed is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from kit.layers.layer import Layer
from kit.optimizers import Optimizer
from kit.optimizers.optimizer import State
from kit.training.chains import Chain, chain
from kit.training.data import Batch
from kit.training.goal import Goal, Reached
from kit.training.precision import LossScale
from kit.training.session import Means
from kit.training.vectors import Flat, Weights, flats, tables

if TYPE_CHECKING:
    from kit.training.trainable import Trainable


class Update:
    """The weights of a model on their way down: its optimizer's state, and the step that uses it.

    updates: how many have been made.
    """

    def __init__(self, model: Trainable) -> None:
        self.model = model
        self.updates = 0
        self.weights: list[Weights] = []
        self.states: list[State] = []
        self.penalties: list[tuple[Layer, str]] = []
        self.layers: list[Layer] = []
        self.limits: list[tuple[Layer, str]] = []
        self.scale = LossScale() if model.precision == "mixed_float16" else None
        self.chain: Chain | None = None
        self.found: list[nn.Parameter] = []  # all there were when it was prepared
        self.trained: list[bool] = []  # which of them are
        self.fields: dict[str, Any] = {}

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: everything but the formulas, which `prepare` makes anew."""
        return {**vars(self), "chain": None}

    def prepare(self) -> None:
        """Lays the parameters out as they are to be trained. ValueError where there are none."""
        module = self.model.module
        for part in module.layers.values():
            if not isinstance(part, Layer):
                freeze_as_said(part)
        parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
        if not parameters:
            if any(True for _ in module.parameters()):
                raise ValueError(
                    "all weights of the model are frozen; set trainable = True of it or of a layer before it trains "
                    "(freezing holds at once, in every model that has the layer)"
                )
            raise ValueError("the model has no weights to train; add a layer that has some, such as Dense")
        self.arrange(parameters)

    def arrange(self, parameters: list[nn.Parameter]) -> None:
        """Lays these parameters out as vectors, anew where somebody moved them; the optimizer's state is kept."""
        before, optimizer = list(zip(self.weights, self.states, strict=False)), self.model.optimizer
        self.weights = self.laid_out(parameters)
        wanted = [each.state(optimizer, torch.empty_like(each.w, device="meta")) for each in self.weights]
        same = layout(self.weights) == layout(each for each, _ in before)
        if not same or shapes(self.states) != shapes(wanted):
            self.states = [self.carried(each, before) for each in self.weights]
        self.states = [
            {name: vector.to(each.w.device, like[name].dtype) for name, vector in state.items()}
            for state, like, each in zip(self.states, wanted, self.weights, strict=True)
        ]
        self.find_penalties()
        self.chain = chain(self.model.module) if self.model.precision == "float32" else None
        trained = {id(parameter) for parameter in parameters}
        self.found = list(self.model.module.parameters())
        self.trained = [id(parameter) in trained for parameter in self.found]
        self.fields = lasting(optimizer)

    @property
    def stale(self) -> bool:
        """Whether weights were frozen or thawed, or the optimizer was given other fields, since it was prepared."""
        wanted = [parameter.requires_grad for parameter in self.found]
        return wanted != self.trained or self.fields != lasting(self.model.optimizer)

    @property
    def resting(self) -> list[str]:
        """The names of the weights of which the optimizer keeps nothing."""
        rest = {id(parameter) for parameter, trained in zip(self.found, self.trained, strict=True) if not trained}
        if not self.found:
            rest = {id(each) for each in self.model.module.parameters() if not each.requires_grad}
        return [name for name, parameter in self.model.module.named_parameters() if id(parameter) in rest]

    def arrange_all_but(self, resting: Container[str]) -> None:
        """Lays out the parameters but those of these names."""
        self.arrange([each for name, each in self.model.module.named_parameters() if name not in resting])

    def follow(self) -> None:
        """Lays the parameters out anew where layers were added or taken away since."""
        found = {id(parameter): trained for parameter, trained in zip(self.found, self.trained, strict=True)}
        now = list(self.model.module.parameters())
        if found and [id(parameter) for parameter in now] != list(found):
            self.arrange([parameter for parameter in now if found.get(id(parameter), parameter.requires_grad)])

    def laid_out(self, parameters: list[nn.Parameter]) -> list[Weights]:
        """Large tables by themselves, the rest in vectors; those there are stay where they hold the same parameters."""
        alone = tables(self.model.module, self.model.optimizer, parameters)
        apart = {id(table.parameters[0]) for table in alone}
        together = [parameter for parameter in parameters if id(parameter) not in apart]
        vectors = [each for each in self.weights if isinstance(each, Flat)]
        held = [id(parameter) for vector in vectors for parameter in vector.parameters]
        if [id(p) for p in together] != held or not all(vector.intact for vector in vectors):
            vectors = flats(together)
        return [*vectors, *alone]

    def carried(self, weights: Weights, before: list[tuple[Weights, State]]) -> State:
        """The optimizer's state for these weights, with what it held for the same parameters before."""
        state = weights.state(self.model.optimizer, weights.w)
        old = {id(p): numbers for other, kept in before for p, numbers in other.pieces(kept, self.updates)}
        for parameter, numbers in weights.pieces(state, self.updates):
            for name, vector in old.get(id(parameter), {}).items():
                if name in numbers:
                    numbers[name].copy_(vector)
        return state

    def find_penalties(self) -> None:
        """Notes which weights are penalized and which are held to a constraint."""
        layers = [layer for layer in self.model.module.modules() if isinstance(layer, Layer)]
        self.layers = layers
        self.penalties = [(layer, name) for layer in layers for name in layer.penalties]
        self.limits = [(layer, name) for layer in layers for name in layer.limits if layer.trainable]

    def __call__(self, batch: Batch, goal: Goal, means: Means | None = None) -> dict[str, Tensor]:
        """One update on one batch; the loss and the metrics before it, as tensors.

        means: of the epoch, to which they are added.
        """
        model = self.model
        if not model.module.training:
            model.module.train()
        if self.stale:
            self.prepare()
        way = self.chain if self.chain is not None and self.chain.suits(goal) else self
        outputs, loss, values = way.gradient(batch, goal)
        with torch.no_grad():
            measured, weights = goal.measured(outputs, batch)
            values = {"loss": loss.detach(), **values, **measured}
            if means is not None:
                means.add(values, len(batch), weights)
                means.count(batch.targets, outputs)
            if self.scale is None or self.scale.undo([each.g for each in self.weights]):
                self.descend(model.optimizer)
        return values

    def gradient(self, batch: Batch, goal: Goal) -> Reached:
        """What a batch reaches; afterwards the gradients are in the vectors g."""
        for each in self.weights:
            each.clear()
        try:
            return self.by_autograd(batch, goal)
        finally:
            for each in self.weights:
                each.collect()

    def by_autograd(self, batch: Batch, goal: Goal) -> Reached:
        """The same, the gradients where torch leaves them."""
        outputs = self.model.computed(batch)
        loss, values = goal.reach(outputs, batch)
        if self.penalties:
            loss = loss + self.penalty()
        loss = self.with_activity(loss)
        if self.scale is None:
            loss.backward()
        else:
            self.scale.backward(loss)
        return outputs, loss, values

    def with_activity(self, loss: Tensor) -> Tensor:
        """The loss, and what the layers add to it for the outputs that they have just given."""
        for layer in self.layers:
            if layer.activity_penalty is not None:
                loss, layer.activity_penalty = loss + layer.activity_penalty, None  # type: ignore[misc]
        return loss

    def penalty(self) -> Tensor:
        """What the regularizers add to the loss."""
        return torch.stack([layer.penalties[name](getattr(layer, name)) for layer, name in self.penalties]).sum()

    def descend(self, optimizer: Optimizer) -> None:
        """Changes the weights by their gradients, then holds them to their constraints."""
        optimizer.clip([each.g for each in self.weights])
        for each, state in zip(self.weights, self.states, strict=True):
            each.update(optimizer, state, self.updates)
        self.updates += 1
        for layer, name in self.limits:
            weight = getattr(layer, name)
            weight.copy_(layer.limits[name](weight))


def freeze_as_said(module: nn.Module) -> None:
    """Freezes or thaws a torch module of which `trainable` was said, as of a layer."""
    said = vars(module).get("trainable")
    if said is False or (said and not any(each.requires_grad for each in module.parameters())):
        module.requires_grad_(said)


def lasting(optimizer: Optimizer) -> dict[str, Any]:
    """The fields of an optimizer that say what it keeps; its rate does not, and changes all the time."""
    return {**vars(optimizer), "learning_rate": None}


def layout(weights: Iterable[Weights]) -> list[tuple[Any, ...]]:
    """Which parameters lie where, and how the state of those that rest fades."""
    return [(type(each), each.fading, *map(id, each.parameters)) for each in weights]


def shapes(states: list[State]) -> list[dict[str, torch.Size]]:
    """The shapes of an optimizer's vectors, by which it is seen whether they are still what it keeps."""
    return [{name: vector.shape for name, vector in state.items()} for state in states]
