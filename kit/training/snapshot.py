"""Snapshot: all that training changes, copied between two batches, and put back."""

from __future__ import annotations

import copy
from collections.abc import Container
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor, nn

from kit.callbacks import Callback
from kit.layers.layer import Layer
from kit.layers.recurrence import Recurrent
from kit.training.history import History
from kit.training.session import Means, Position, Session
from kit.training.update import shapes

if TYPE_CHECKING:
    from kit.training.trainable import Trainable

LIVE = ("rate", "dropout", "trainable")  # the fields of layers that may be changed while training
SETTINGS = ("epochs", "batch_size", "next_batch_size")  # those of a session


@dataclass
class Snapshot:
    """A training at one step.

    weights: with the running statistics. states, updates, scale: the optimizer's. optimizer: its fields.
    layers: what of theirs may change beside. frozen: names of the weights that are not to be trained; resting: of those
    of which the optimizer keeps nothing, which follows at the next batch. history: the curves, which grow on; the first
    `steps` batches of them belong to it. settings, position, random, callbacks: the session's. logged: how long its
    log was.
    """

    weights: dict[str, Tensor]
    states: list[dict[str, Tensor]]
    updates: int
    scale: dict[str, Any]
    optimizer: dict[str, Any]
    layers: dict[str, dict[str, Any]]
    frozen: list[str]
    resting: list[str]
    history: History
    steps: int
    settings: dict[str, Any]
    position: Position
    random: dict[str, np.ndarray]
    callbacks: list[dict[str, Any]]
    logged: int

    @property
    def bytes(self) -> int:
        """How much memory its numbers take."""
        means, order = self.position.means, self.position.order
        named = [self.weights, *self.states, *means.counts().values(), {} if order is None else {"order": order}]
        kept = [value for state in self.callbacks for value in state.values() if isinstance(value, np.ndarray)]
        return sum(each.nbytes for each in kept) + sum(each.nbytes for tensors in named for each in tensors.values())


def take(model: Trainable, session: Session) -> Snapshot:
    """The training of a model as it is now; the lock is held for the time of the copy."""
    with model.lock:
        update = model.update
        return Snapshot(
            weights={name: value.detach().clone() for name, value in model.module.state_dict().items()},
            states=[cloned(state) for state in update.states],
            updates=update.updates,
            scale=dict(vars(update.scale)) if update.scale is not None else {},
            optimizer=dict(vars(model.optimizer)),
            layers={path: live_fields(layer) for path, layer in layers_of(model).items()},
            frozen=frozen(model.module),
            resting=update.resting,
            history=model.history,
            steps=model.history.steps,
            settings={name: getattr(session, name) for name in SETTINGS},
            position=copied(session.position),
            random=session.randomness.states(),
            callbacks=[each.state() if isinstance(each, Callback) else {} for each in session.callbacks],
            logged=len(session.log),
        )


def put(model: Trainable, session: Session, kept: Snapshot) -> None:
    """Takes a training back to a snapshot. ValueError where its optimizer's vectors are not this model's."""
    with model.lock:
        layers = layers_of(model)
        for path, fields in kept.layers.items():
            for name, value in fields.items():
                setattr(layers[path], name, value)
        freeze(model.module, kept.frozen)
        model.module.load_state_dict(kept.weights)
        vars(model.optimizer).update(kept.optimizer)
        update = model.update
        update.arrange_all_but(kept.resting)
        if shapes(kept.states) != shapes(update.states):
            raise ValueError("the optimizer keeps other vectors than those of this state")
        update.states = [
            {name: vector.to(weights.w.device, copy=True) for name, vector in state.items()}
            for weights, state in zip(update.weights, kept.states, strict=True)
        ]
        update.updates = kept.updates
        if update.scale is not None:
            vars(update.scale).update(kept.scale)
        for name, value in kept.settings.items():
            setattr(session, name, value)
        session.position = copied(kept.position)
        session.randomness.go_on(kept.random)
        for callback, state in zip(session.callbacks, kept.callbacks, strict=False):
            if isinstance(callback, Callback) and state:
                callback.go_on(copy.copy(state))
        model.history = kept.history.until(kept.steps)


def frozen(module: nn.Module) -> list[str]:
    """The names of the weights that are not to be trained."""
    return [name for name, parameter in module.named_parameters() if not parameter.requires_grad]


def freeze(module: nn.Module, names: Container[str]) -> None:
    """Has the weights of these names not trained, and all others trained."""
    for name, parameter in module.named_parameters():
        parameter.requires_grad_(name not in names)


def layers_of(model: Trainable) -> dict[str, Layer]:
    """All layers, those inside others too, by their paths."""
    return {path: part for path, part in model.module.named_modules() if isinstance(part, Layer)}


def live_fields(layer: Layer) -> dict[str, Any]:
    """The fields that may be changed, and the state that a stateful layer holds, which is never changed in place."""
    state = {"held": layer.held} if isinstance(layer, Recurrent) and layer.stateful else {}
    return {name: getattr(layer, name) for name in LIVE if name in layer.declaration} | state


def cloned(vectors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copies of named vectors."""
    return {name: vector.clone() for name, vector in vectors.items()}


def copied(position: Position) -> Position:
    """A position that may go its own way; counts of metrics are kept as their numbers."""
    means = Means()
    means.samples, means.sums = position.means.samples, cloned(position.means.sums)
    means.weights = cloned(position.means.weights)
    means.saved = {name: cloned(counts) for name, counts in position.means.counts().items()}
    return replace(position, means=means)
