"""What a text has made so far: nodes, the wires between them, and the names they get."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kit.code.comments import unquoted
from kit.code.names import AutomaticNames
from kit.declared import plain
from kit.layers.layer import Layer
from kit.structure import MAXIMUM_NODES


@dataclass(eq=False)
class Made:
    """A layer that the text makes, and its node once it is called."""

    layer: Layer
    node: str | None = None


@dataclass(frozen=True)
class Value:
    """The output of a node, in the text."""

    node: str
    layer: Layer | None = field(default=None, compare=False)


@dataclass(frozen=True)
class State:
    """A state beside a value, in the text: the layer that reads it is placed where it is needed."""

    of: Value
    reader: Layer


@dataclass
class Chain:
    """A Sequential that the text fills."""

    last: str | None = None


class Draft:
    """A document on its way. Its methods raise ValueError where something cannot be added.

    automatic: the ids that no one has given. said: what comments call nodes.
    """

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.edges: list[dict[str, str]] = []
        self.names = AutomaticNames()
        self.automatic: set[str] = set()
        self.said: dict[str, str] = {}

    def place(self, kind: str, config: dict[str, Any], name: str | None, **more: Any) -> str:
        """Adds a node and gives its id."""
        if not name:
            name = self.names.next(kind)
            self.automatic.add(name)
        if name in self.names.taken:
            raise ValueError(f"two layers are called {name!r}; give each its own name")
        if len(self.nodes) >= MAXIMUM_NODES:
            raise ValueError(f"there are more than {MAXIMUM_NODES:,} layers")
        self.names.taken.add(name)
        self.nodes.append({"id": name, "layer": kind, "config": config, **more})
        return name

    def place_layer(self, made: Any, **more: Any) -> str:
        """Adds the node of a layer that is called; again, if it was called before."""
        if not isinstance(made, Made):
            raise ValueError(f"{made!r} is no layer")
        kind = type(made.layer).__name__
        if made.node is not None:
            again = self.names.next_again(made.node)
            self.automatic.add(again)
            return self.place(kind, {}, again, shared_with=made.node, **more)
        config = {key: plain(value) for key, value in made.layer.settings().items() if key != "name"}
        made.node = self.place(kind, config, made.layer.name, **more)
        return made.node

    def connect(self, made: Any, reads: Any, **more: Any) -> Value:
        """The output of a layer called on one value or a list of them."""
        values = list(reads) if isinstance(reads, (list, tuple)) else [reads]
        if not values or not all(isinstance(value, Value) for value in values):
            raise ValueError("a layer is called on inputs or on the outputs of other layers")
        node = self.place_layer(made, **more)
        self.edges += [{"source": value.node, "target": node} for value in values]
        return Value(node, made.layer)

    def append(self, chain: Chain, item: Any, **more: Any) -> Value:
        """The next layer of a chain."""
        if isinstance(item, Value):
            if chain.last is not None:
                raise ValueError("Input(...) comes first in a Sequential")
            chain.last = item.node
            return item
        last, chain.last = chain.last, self.place_layer(item, **more)
        if last is not None:
            self.edges.append({"source": last, "target": chain.last})
        return Value(chain.last)

    def note(self, notes: dict[str, str]) -> None:
        """Keeps what comments say of the node that was made last."""
        node = self.nodes[-1]
        node.update({key: notes[key] for key in ("title", "comment") if key in notes})
        if "name" in notes and "shared_with" in node:
            self.said[node["id"]] = unquoted(notes["name"])
