"""A document gone through layer by layer: what each reads and gives, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kit.analysis.circles import Circle, without_circles
from kit.analysis.weighing import Weighed, weighed
from kit.blocks import Copy, block_of, check_bypass, expand, outputs_of
from kit.graph import input_shape
from kit.structure import INPUT, Document, DocumentError, Node, check, in_order, repeated, sinks, sources_of
from kit.symbols import Shape


@dataclass(frozen=True)
class Problem:
    """Why a node cannot work, and which of its fields is to blame, or None."""

    message: str
    field: str | None = None


@dataclass
class Layer:
    """A layer of the written-out document. config: the node whose config it has, itself or the one it shares with."""

    node: Node
    config: Node
    came: tuple[Shape | None, ...]
    found: Weighed
    own: bool = True  # whether its weights are its own


@dataclass
class Survey:
    """What is known of a document.

    open: it, without the wires that close circles. whole: that, written out. origin: the node and copy of each of its
    layers. layers: in order, Inputs too.
    problems: of nodes. groups: why a group cannot be repeated. error: why nothing can be said, or None.
    """

    document: Document
    open: Document = field(default_factory=lambda: {"version": 1, "nodes": [], "edges": []})
    whole: Document = field(default_factory=lambda: {"version": 1, "nodes": [], "edges": []})
    circles: list[Circle] = field(default_factory=list)
    origin: dict[str, Copy] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    sources: dict[str, list[str]] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    error: str | None = None

    @property
    def wrong(self) -> int:
        """How many things are wrong."""
        return len(self.problems) + len(self.groups) + (self.error is not None)

    def around(self, name: str) -> list[Circle]:
        """The circles that a node is in."""
        return [circle for circle in self.circles if name in circle.way]

    def complain(self, name: str, message: str, field: str | None = None) -> None:
        """Notes what is wrong with a layer at its node: the first thing, and in which copy, if not the first."""
        copy = self.origin.get(name, Copy(name))
        if copy.number > 1:
            message = f"in copy {copy.number}: {message}"
        self.problems.setdefault(copy.node, Problem(message, field))


def survey(document: Any, shape: Shape | None = None, outputs: int | None = None) -> Survey:
    """What is known of a document; never raises.

    shape: of an input sample, for a chain without an Input. outputs: how wide the data want the last layer.
    """
    found = Survey(document)
    try:
        found.open, found.circles = without_circles(check(document))
        for circle in found.circles:
            for name in circle.way:
                found.problems.setdefault(name, Problem(circle.message))
        found.whole, found.origin = expand(workable(found.open, found))
        nodes = in_order(found.whole)
    except DocumentError as error:
        found.error = str(error)
        return found
    found.sources = sources_of(found.whole)
    go_through(found, nodes, shape)
    layers = [node for node in nodes if node["layer"] != INPUT]
    if not layers:
        found.error = "there is no layer yet; drag one in from the palette"
        return found
    idle = set(sinks(found.whole)) - set(found.whole.get("outputs") or [])
    for node in nodes:
        if node["layer"] == INPUT and node["id"] in idle:
            found.complain(node["id"], "no layer reads this input; draw a wire from it, or delete it")
    if outputs is not None and not found.wrong:
        want_outputs(found, outputs)
    return found


def workable(document: Document, found: Survey) -> Document:
    """The document without the repeats and bypasses that cannot be; what is wrong with them is noted."""
    faulty: set[str] = set()
    for group in repeated(document):
        try:
            block_of(document, group)
        except DocumentError as error:
            found.groups[group["id"]] = str(error)
    sources = sources_of(document)
    for node in document["nodes"]:
        if node.get("bypass"):
            try:
                check_bypass(node, sources[node["id"]])
            except DocumentError as error:
                found.problems[node["id"]] = Problem(str(error))
                faulty.add(node["id"])
    if found.groups:
        groups = [{**g, "repeat": 1} if g["id"] in found.groups else g for g in document["groups"]]
        document = {**document, "groups": groups}
    if faulty:
        document = {
            **document,
            "nodes": [{**n, "bypass": False} if n["id"] in faulty else n for n in document["nodes"]],
        }
    return document


def go_through(found: Survey, nodes: list[Node], shape: Shape | None) -> None:
    """Weighs layer after layer."""
    by_id = {node["id"]: node for node in nodes}
    entrance = nodes and not any(node["layer"] == INPUT for node in nodes)
    for place, node in enumerate(nodes):
        name, sources = node["id"], found.sources[node["id"]]
        came = tuple(found.layers[source].found.gives for source in sources)
        if node["layer"] == INPUT:
            found.layers[name] = Layer(node, node, (), entered(found, node, bool(sources)))
            continue
        owner = by_id[node["shared_with"]] if node.get("shared_with") is not None else node
        if not sources and not (entrance and place == 0):
            found.complain(name, "nothing is connected to its input; draw a wire to it")
            found.layers[name] = Layer(node, owner, (None,), Weighed(), owner is node)
            continue
        came = came or (shape,)
        weight = weighed(owner, came, name)
        if weight.error is not None:
            found.complain(name, weight.error, weight.field)
        found.layers[name] = Layer(node, owner, came, weight, owner is node)


def entered(found: Survey, node: Node, is_read: bool) -> Weighed:
    """What an Input gives."""
    if is_read:
        found.complain(node["id"], f"{node['id']} is an Input and takes no wire; remove it")
    if node.get("config", {}).get("shape") is None:
        found.complain(node["id"], "say the shape of one sample, without the batch axis, such as 1, 8, 8", "shape")
        return Weighed(None, 0)
    try:
        return Weighed(input_shape(node), 0)
    except DocumentError as error:
        found.complain(node["id"], str(error), "shape")
        return Weighed(None, 0)


def want_outputs(found: Survey, outputs: int) -> None:
    """Notes where the last layer does not give what the data want."""
    ends = outputs_of(found.whole)
    gives = found.layers[ends[0]].found.gives if len(ends) == 1 else None
    if gives is not None and gives != (outputs,):
        first = "put Flatten() before the last layer, and " if len(gives) > 1 else ""
        found.complain(
            ends[0],
            f"the data want (n, {outputs}) of the last layer, but it gives (n, {', '.join(map(str, gives))}); "
            f"{first}give it {outputs} units",
        )
