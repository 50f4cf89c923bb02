"""Weights that outlive an edit: a model of an edited document begins with all that still fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from kit.blocks import expand
from kit.graph import Document, from_document
from kit.models import Model
from kit.symbols import Shape


@dataclass(frozen=True)
class Reset:
    """A weight that begins anew, though its layer had one: of which layer, which, and why."""

    node: str
    weight: str
    reason: str


@dataclass
class Kept:
    """What an edit leaves of the weights. sources: for each weight that is kept, which one it was."""

    sources: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    reset: list[Reset] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """As docs/protocol.md has it."""
        return {"kept": len(self.sources), "reset": [vars(reset) for reset in self.reset]}


@dataclass(frozen=True)
class Wanted:
    """A layer as it is now: its name, the names it may have had before, its class, and its weights' shapes."""

    name: str
    before: tuple[str, ...]
    kind: str
    weights: tuple[tuple[str, Shape], ...]


def names_before(document: Document) -> dict[str, tuple[str, ...]]:
    """For each layer of a document the names it may have had: its own, and its node's before it was repeated."""
    _, origin = expand(document)
    return {name: (name, copy.node) if copy.number == 1 else (name,) for name, copy in origin.items()}


def kept(model: Model, wanted: Iterable[Wanted]) -> Kept:
    """Which weights of a model fit the layers that are wanted."""
    found = Kept()
    layers = model.module.layers
    copies = {name.split("_1_", 1)[1]: name for name in layers if "_1_" in name}  # of layers repeated until now
    for layer in wanted:
        known = [name for name in (*layer.before, copies.get(layer.name, "")) if name in layers]
        if not known:
            continue  # a new layer has nothing to keep
        name = known[0]
        old = layers[name]
        shapes = {weight: tuple(value.shape) for weight, value in old.state_dict().items()}
        for weight, shape in layer.weights:
            if type(old).__name__ != layer.kind:
                reason = f"{name} was a {type(old).__name__} and is a {layer.kind} now"
            elif weight not in shapes:
                reason = "it had none" if getattr(old, "built", True) else "it had none yet"
            elif shapes[weight] != shape:
                reason = f"it was {shapes[weight]} and is {shape} now"
            else:
                found.sources[layer.name, weight] = name, weight
                continue
            if shapes:
                found.reset.append(Reset(layer.name, weight, reason))
    return found


def layers_of(model: Model, document: Document) -> list[Wanted]:
    """The layers of a document's model as those that want weights."""
    before = names_before(document)
    return [
        Wanted(name, before.get(name, (name,)), type(layer).__name__, shapes_of(layer))
        for name, layer in model.module.layers.items()
    ]


def shapes_of(layer: nn.Module) -> tuple[tuple[str, Shape], ...]:
    """The names and shapes of a layer's weights and running statistics."""
    return tuple((name, tuple(value.shape)) for name, value in layer.state_dict().items())


def carry(
    model: Model, document: Document, custom: Mapping[str, Any] | None = None, seed: int | None = None
) -> tuple[Model, Kept]:
    """A new model of an edited document, with every weight of the old one that still fits, compiled as that was.

    Layers are known by their names. seed: makes the weights that begin anew repeatable.
    Raises what from_document raises.
    """
    made = from_document(document, custom, seed)
    shapes = [shape for shape in model.module.shapes if shape is not None]
    if not made.module.built and len(shapes) == len(model.module.shapes) == len(made.module.shapes):
        made.build(*shapes)
    found = kept(model, layers_of(made, document))
    with model.lock, torch.no_grad():
        held = {name: layer.state_dict() for name, layer in model.module.layers.items()}
        for name, layer in made.module.layers.items():
            for weight, value in layer.state_dict().items():
                if (source := found.sources.get((name, weight))) is not None:
                    value.copy_(held[source[0]][source[1]])
    if model.compiled:
        made.compile_like(model)
    return made, found
