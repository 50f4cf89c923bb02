"""The call that makes each layer of a document, and the comments beside it."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

from kit.blocks import Block, copy_name
from kit.code.comments import comment_lines, quoted
from kit.code.names import AutomaticNames, next_group_name
from kit.graph import input_shape, layer_class, make_layer
from kit.layers.layer import Layer
from kit.structure import INPUT, Document, Node

WIDEST = 100  # characters of a line with a comment behind it
INDEX = "i"  # the number of a loop's turn


def is_own(name: str) -> bool:
    """Whether a layer comes with the kit, so that it can be imported from there."""
    return layer_class(name).__module__.startswith("kit.")


@dataclass(frozen=True)
class Spelling:
    """How a layer is written, without its name: the call that makes it, and the classes which that names."""

    call: str
    kinds: tuple[str, ...]


def spelling(node: Node) -> Spelling:
    """How a node's layer is written; what was written once is known. Raises what make_layer raises."""
    try:
        config = json.dumps(node.get("config", {}), sort_keys=True)
    except (TypeError, ValueError):
        return spelled(make_layer(node))
    cls: Any = layer_class(node["layer"])
    return spelling_of(cls, config)


@functools.lru_cache(maxsize=20_000)
def spelling_of(cls: type[Layer], config: str) -> Spelling:
    """How a layer of this class and config is written."""
    return spelled(make_layer({"layer": cls.__name__, "config": json.loads(config)}, {cls.__name__: cls}))


def spelled(layer: Layer) -> Spelling:
    """How a layer is written."""
    layer.name = None
    return Spelling(repr(layer), tuple(kinds_in(layer)))


def kinds_of(node: Node) -> tuple[str, ...]:
    """The classes that the call of a node's layer names: its own, and those of the layers inside."""
    return (node["layer"],) if node["layer"] == INPUT or node.get("shared_with") is not None else spelling(node).kinds


def kinds_in(layer: Layer) -> list[str]:
    """The class of a layer, and those of the layers that its fields hold."""
    inside = [value for value in layer.settings().values() if isinstance(value, Layer)]
    return [type(layer).__name__, *(name for inner in inside for name in kinds_in(inner))]


class Calls:
    """The calls of a document's layers, in order; a name is said where the layer would not get it by itself.

    named: say it for all layers in loops, where those that count themselves would take a name that is needed.
    collide: whether two layers would have the same name.
    """

    def __init__(self, document: Document, parts: list[Node | Block], named: bool = False) -> None:
        self.parts = parts
        self.blocks = [part for part in parts if isinstance(part, Block)]
        self.nodes = [node for part in parts for node in (part.nodes if isinstance(part, Block) else [part])]
        self.block_of = {node["id"]: block for block in self.blocks for node in block.nodes}
        self.automatic = self.automatic_names(named)
        self.groups = {group["id"]: group for group in document.get("groups", [])}
        taken = {node["id"] for node in self.nodes}
        self.automatic_groups = set()
        for block in self.blocks:
            if block.id == next_group_name(taken):
                self.automatic_groups.add(block.id)
            taken.add(block.id)
        self.collide = self.collides()

    def automatic_names(self, named: bool) -> set[str]:
        """The ids that need not be said."""
        names, found = AutomaticNames(), set()
        for node in self.nodes:
            name, shared = node["id"], node.get("shared_with")
            automatic = names.next(node["layer"]) if shared is None else names.next_again(shared)
            if name == automatic and not (named and name in self.block_of and shared is None):
                found.add(name)
            names.taken.add(name)
        return found

    def collides(self) -> bool:
        """Whether the text would give two layers the same name: one that is said, and one that counts itself."""
        if not self.blocks:
            return False
        names = AutomaticNames()
        for part in self.parts:
            for number in range(1, part.times + 1 if isinstance(part, Block) else 2):
                for node in part.nodes if isinstance(part, Block) else [part]:
                    if node.get("shared_with") is not None:
                        continue
                    name = copy_name(part.id, number, node["id"]) if isinstance(part, Block) else node["id"]
                    name = names.next(node["layer"]) if node["id"] in self.automatic else name
                    if name in names.taken:
                        return True
                    names.taken.add(name)
        return False

    def is_counted(self, block: Block) -> bool:
        """Whether a loop needs to know which turn it is, for the names of its layers."""
        return any(node["id"] not in self.automatic and node.get("shared_with") is None for node in block.nodes)

    def call(self, node: Node) -> str:
        """The call that makes a node's layer."""
        name = node["id"]
        said = [] if name in self.automatic else [f"name={self.name(name)}"]
        if node["layer"] == INPUT:
            return f"Input({', '.join([repr(input_shape(node)), *said])})"
        made = spelling(node).call
        return f"{made[:-1]}{', ' if said and not made.endswith('()') else ''}{''.join(said)})"

    def name(self, name: str) -> str:
        """A name as Python text; in a loop, with the number of the turn."""
        block = self.block_of.get(name)
        if block is None:
            return quoted(name)
        before, after = (braced(quoted(text)[1:-1]) for text in (f"{block.id}_", f"_{name}"))
        return f'f"{before}{{{INDEX}}}{after}"'

    def notes(self, node: Node) -> list[str]:
        """The comments of a node: its title, what a shared one is called, and what is said of it."""
        title = [f"title: {node['title']}"] if node.get("title") else []
        shared = node.get("shared_with") is not None and node["id"] not in self.automatic
        name = [f"name: {quoted(node['id'])}"] if shared else []
        return [*title, *name, *(comment_lines(node["comment"]) if "comment" in node else [])]

    def above(self, node: Node) -> list[str]:
        """The comments of a node as lines above it."""
        return [f"# {note}" if note else "#" for note in self.notes(node)]

    def with_notes(self, node: Node, line: str, behind: bool = True) -> list[str]:
        """A line with the comments of its node, behind it where that is short."""
        above = self.above(node)
        if behind and len(above) == 1 and len(line) + len(above[0]) + 2 <= WIDEST:
            return [f"{line}  {above[0]}"]
        return [*above, line]


def braced(text: str) -> str:
    """Text as it stands in an f-string."""
    return text.replace("{", "{{").replace("}", "}}")


def loop_lines(calls: Calls, block: Block, lines: list[str]) -> list[str]:
    """Some lines as the loop of a repeated group, with its id, where it needs saying, and its title above it."""
    group: dict[str, Any] = calls.groups[block.id]
    above = [] if block.id in calls.automatic_groups else [f"# group: {quoted(block.id)}"]
    above += [f"# title: {group['title']}"] if group.get("title") else []
    turns = f"{INDEX} in range(1, {block.times + 1})" if calls.is_counted(block) else f"_ in range({block.times})"
    return [*above, f"for {turns}:", *(f"    {line}" for line in lines)]
