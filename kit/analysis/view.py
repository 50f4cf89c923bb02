"""A document as those look at it who judge it: what each layer does last, what it reads, who reads it."""

from __future__ import annotations

from typing import Any

from kit.analysis.survey import Survey
from kit.analysis.training import Training
from kit.blocks import outputs_of
from kit.declared import plain
from kit.fields import Field
from kit.graph import layer_class
from kit.structure import DocumentError

PASSING = {"Flatten", "Reshape", "Permute", "Activation", "Dropout"}  # what a last layer may be followed by
ACTIVATIONS = ("ReLU", "Softmax", "Sigmoid", "LeakyReLU", "ELU", "PReLU")  # layers that are one and no more


class View:
    """A document as the rules look at it."""

    def __init__(self, found: Survey, training: Training) -> None:
        self.layers, self.sources, self.loss = found.layers, found.sources, training.loss or ""
        self.origin = found.origin
        self.ends = [name for name in outputs_of(found.whole) if name in found.layers]
        self.readers: dict[str, list[str]] = {name: [] for name in found.layers}
        for name, reads in found.sources.items():
            for source in reads:
                self.readers[source].append(name)

    def node(self, name: str) -> str:
        """The node of a layer."""
        return self.origin[name].node

    def kind(self, name: str) -> str:
        """The class of a layer."""
        return self.layers[name].node["layer"]

    def config(self, name: str) -> dict[str, Any]:
        """The config of a layer."""
        return self.layers[name].config.get("config", {})

    def before(self, name: str) -> str | None:
        """The one layer that a layer reads, None where it reads another number."""
        sources = self.sources[name]
        return sources[0] if len(sources) == 1 else None

    def activation(self, name: str) -> str:
        """What a layer does last to each number: "relu", "softmax", ...; "linear" where nothing."""
        layer = self.layers[name]
        if layer.node["layer"] in ACTIVATIONS:
            return layer.node["layer"].lower()
        declared = self.declaration(name).get("activation")
        given = self.config(name).get("activation", plain(declared.default) if declared else None)
        return given if isinstance(given, str) else "linear"

    def declaration(self, name: str) -> dict[str, Field]:
        """The fields of a layer; none for an Input, and for a class that nobody knows."""
        try:
            return layer_class(self.kind(name)).declaration
        except DocumentError:
            return {}

    def is_activation(self, name: str) -> bool:
        """Whether a layer is an activation and no more."""
        return self.kind(name) in ("Activation", *ACTIVATIONS)

    def last(self, name: str) -> str:
        """The layer that makes an end's numbers: the end, or the first before it that does more than pass on."""
        while self.kind(name) in PASSING and self.activation(name) == "linear" and (before := self.before(name)):
            name = before
        return name

    def width(self, name: str) -> int | None:
        """The last axis of what a layer gives."""
        gives = self.layers[name].found.gives
        return gives[-1] if gives else None

    def set_activation(self, name: str, activation: str | None) -> list[dict[str, Any]]:
        """Operations that give a layer another activation; for one that has none, put behind it."""
        node = self.node(name)
        if self.kind(name) != "Activation" and self.is_activation(name):
            made = {"op": "replace", "node": node, "layer": "Activation", "config": {"activation": activation}}
            return [{"op": "remove", "nodes": [node]} if activation is None else made]
        if "activation" in self.declaration(name):
            return [{"op": "set", "node": node, "field": "activation", "value": activation}]
        return [{"op": "insert", "layer": "Activation", "config": {"activation": activation}, "source": node}]
