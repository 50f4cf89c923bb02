"""A model's config in Keras as a graph document, and where each layer's weights are to come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from torch import nn

from kit.graph import make_layer
from kit.layers.layer import Layer
from kit.layers.measuring import measure
from kit.storage.foreign import layout as axes
from kit.storage.foreign.keras_axes import along_elsewhere, foldable, placed_along, wanted, wanted_by_readers
from kit.storage.foreign.keras_calls import Call, Place, Reference
from kit.storage.foreign.keras_graph import Entry, Graph
from kit.storage.foreign.keras_layers import Known
from kit.storage.foreign.keras_mask_flow import check_masks, is_lost, mask_after, moved
from kit.storage.foreign.keras_masks import Term
from kit.storage.foreign.keras_options import Config, Obstacle
from kit.storage.foreign.keras_words import Words
from kit.storage.foreign.layout import Layout, Misfit, flow, straight
from kit.structure import INPUT
from kit.symbols import Shape

PLACEHOLDER = 128  # the size of an axis that the model leaves open, until data come
TAKEN = set(dir(nn.ModuleDict()))


@dataclass(frozen=True)
class Value:
    """What a layer gives: the node, a sample's shape here, where Keras has its axes.

    mask: the mask that goes with it, or None. states: layers that read the states beside it.
    """

    node: str
    shape: Shape
    layout: Layout
    mask: Term | None = None
    states: tuple[Layer, ...] = ()


@dataclass(frozen=True)
class Placed:
    """A layer of the model and where Keras keeps its weights.

    names: what Keras calls it, after the models it lies in. path: its place in a file of Keras 3. layout: of what it
    reads. cls: its class in Keras. config: its fields here, so far as they were said.
    """

    node: str
    names: tuple[str, ...]
    path: str
    layout: Layout
    cls: str
    config: Config

    @property
    def trainable(self) -> bool:
        """Whether training changes its weights."""
        return self.config.get("trainable") is not False


@dataclass
class Importer:
    """Makes a document of graphs of Keras; collects every obstacle on the way."""

    words: Words
    nodes: list[dict[str, Any]] = field(default_factory=list)
    edges: list[dict[str, str]] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    made: dict[str, Layer] = field(default_factory=dict)  # by node
    first: dict[str, Placed] = field(default_factory=dict)  # a layer's first call, by path
    taken: set[str] = field(default_factory=lambda: set(TAKEN))  # names that nodes can no longer have

    def document(self, graph: Graph) -> dict[str, Any]:
        """The document of a model."""
        entrances = [self.entrance(graph, name) for name in graph.inputs]
        inputs = [value for value in entrances if value is not None]
        outputs = self.model(graph, entrances, (), "")
        made = {"version": 1, "nodes": self.nodes, "edges": self.edges}
        lost = [value.node for value in outputs if value is not None and is_lost(value.mask)]
        self.notes += [f"{node}: training leaves out its masked times here, and not in Keras" for node in lost]
        wrong = [value.node for value in inputs if value in outputs]
        self.obstacles += [f"{node}: an input is an output too; let a layer stand between" for node in wrong]
        return made | {"outputs": [value.node for value in outputs if value is not None]}

    def entrance(self, graph: Graph, name: str) -> Value | None:
        """The Input node of an input of the model."""
        config = graph.entries[name].config
        given = config.get("batch_shape") or config.get("batch_input_shape")
        shape = given[1:] if isinstance(given, list) else None
        if not shape or not all(size is None or (type(size) is int and size > 0) for size in shape) or not shape[-1]:
            self.obstacles.append(
                f"{name}: the input's shape {given!r:.80} is not known; build the model before saving it"
            )
            return None
        layout = wanted_by_readers(graph, name, len(shape))
        shape = [shape[axis] or PLACEHOLDER for axis in layout.axes]
        return Value(self.add(name, INPUT, {"shape": shape}), tuple(shape), layout)

    def model(
        self, graph: Graph, inputs: Sequence[Value | None], names: tuple[str, ...], path: str
    ) -> list[Value | None]:
        """The outputs of a model on these inputs; its layers become nodes of this document."""
        values: dict[Place, Value | None] = {(name, 0): value for name, value in zip(graph.inputs, inputs, strict=True)}
        try:
            for entry, i, call in graph.in_order():
                values[entry.name, i] = None
                came = [self.output(graph, values, reference) for reference in call.inputs]
                values[entry.name, i] = self.call(graph, entry, i, call, came, names, path)
                self.note(entry, call, names)
        except Obstacle as obstacle:
            self.obstacles.append(str(obstacle))
        lost = [name for name, i, _ in graph.outputs if (name, i) not in values]
        self.obstacles += [f"{name}: it is an output, but nothing gives it" for name in lost]
        return [self.output(graph, values, reference) for reference in graph.outputs]

    def output(self, graph: Graph, values: Mapping[Place, Value | None], reference: Reference) -> Value | None:
        """One of the outputs of a call: behind the first are the states of a recurrent layer."""
        name, i, number = reference
        value = values.get((name, i))
        if number == 0 or value is None:
            return value
        if number > len(value.states):
            self.obstacles.append(f"{name}: its output number {number} is not known here")
            return None
        config = value.states[number - 1].settings()
        node = self.add(f"{value.node}_state_{number}", "FinalState", config)
        self.edges.append({"source": value.node, "target": node})
        return Value(node, (config.get("units") or value.shape[-1],), straight(1))

    def note(self, entry: Entry, call: Call, names: tuple[str, ...]) -> None:
        """Notes where a layer was told not to train, which is not taken over.

        Keras 3 says so of itself of what drops behind a mask, and it drops there all the same.
        """
        for what, advice in in_training(entry).items() if call.resting else ():
            if self.words.version < 3 or what == "learns statistics":
                label = "/".join((*names, entry.name))
                self.notes.append(f"{label}: it was called with training=False, but it {what} in training; {advice}")

    def call(
        self,
        graph: Graph,
        entry: Entry,
        i: int,
        call: Call,
        came: list[Value | None],
        names: tuple[str, ...],
        path: str,
    ) -> Value | None:
        """The value that one call gives; None, with the obstacle noted, where it cannot be said here."""
        label = "/".join((*names, entry.name))
        place = f"{path}{entry.path}"
        if entry.graph is not None:
            return self.inside(entry, i, call, came, names, place)
        try:
            cls, known, config = self.words.said(entry, call.causal)
            if any(value is None for value in came):
                return None
            inputs = self.brought(known, entry, graph, [value for value in came if value is not None])
            masks = [value.mask for value in inputs]
            check_masks(call, masks)
            config = placed_along(known, cls, config, inputs[0].layout)
            value = self.emit(entry, cls, config, inputs, (*names, entry.name), place)
            shapes = [value.shape for value in inputs]
            return replace(value, mask=mask_after(self.layer(place), entry, call, masks, shapes, self.words.version))
        except ValueError as error:  # an Obstacle, a Misfit, a ShapeError, a DocumentError
            self.obstacles.append(f"{label}: {error}")
        except TypeError as error:
            self.obstacles.append(f"{label}: {error}; its options are of another kind than Keras writes")
        return None

    def inside(
        self, entry: Entry, i: int, call: Call, came: list[Value | None], names: tuple[str, ...], path: str
    ) -> Value | None:
        """The value that a call of a model inside gives."""
        graph, label = entry.graph, "/".join((*names, entry.name))
        if graph is None or len(graph.inputs) != len(came) or len(graph.outputs) != 1:
            raise Obstacle(f"{label}: a model inside that has several outputs, or is given other inputs than its own")
        try:
            if None not in came:
                check_masks(call, [value.mask for value in came if value is not None])
        except Obstacle as obstacle:
            self.obstacles.append(f"{label}: {obstacle}")
        given = [value and replace(value, mask=moved(value.mask, "outside"), states=()) for value in came]
        (output,) = self.model(graph, given, (*names, entry.name), f"{path}/")
        return output and replace(output, mask=moved(output.mask, f"{label} {i}"), states=())

    def brought(self, known: Known | None, entry: Entry, graph: Graph, inputs: list[Value]) -> list[Value]:
        """The inputs of a layer with their axes where it takes them."""
        kind, first = known.kind if known else "plain", inputs[0]
        rank = len(first.layout.axes)
        if kind == "flatten":
            return [self.for_flatten(entry, graph, first)]
        if kind == "along" and along_elsewhere(entry, first.layout):
            return [self.turned(first, straight(rank))]
        if kind in ("each", "along", "join") or (kind == "dense" and rank == 1):
            return [first, *(self.turned(value, first.layout) for value in inputs[1:])]
        return [self.turned(value, wanted(known, entry.cls, entry.config, len(value.shape))) for value in inputs]

    def for_flatten(self, entry: Entry, graph: Graph, value: Value) -> Value:
        """The input of a Flatten: as it is where the rows of the Dense behind it can be ordered instead."""
        rank = len(value.layout.axes)
        first = entry.config.get("data_format") == "channels_first"  # Keras then flattens the channels last
        if not foldable(graph, entry.name):
            value = self.turned(value, axes.channels_last(rank) if first else straight(rank))
        turn = tuple((axis - 1) % rank for axis in value.layout.axes) if first else value.layout.axes
        return Value(value.node, value.shape, Layout(turn, value.layout.rows))

    def turned(self, value: Value, layout: Layout) -> Value:
        """The same value with its axes in another order; a Permute is put behind it where they are not."""
        if len(value.shape) != len(layout.axes) or value.layout.same(layout):
            return value
        if value.layout.rows is not None:
            raise Misfit("the features that come have another order in Keras")
        dims = [value.layout.axes.index(axis) + 1 for axis in layout.axes]
        node = self.add("permute", "Permute", {"dims": dims})
        self.edges.append({"source": value.node, "target": node})
        return Value(node, tuple(value.shape[axis - 1] for axis in dims), layout)

    def emit(
        self,
        entry: Entry,
        cls: type[Layer],
        config: dict[str, Any],
        inputs: list[Value],
        names: tuple[str, ...],
        path: str,
    ) -> Value:
        """Adds a call of a layer to the document."""
        if cls.__name__ == "MultiHeadAttention" and all(value == inputs[0] for value in inputs):
            inputs = inputs[:1]
        before = self.first.get(path)
        if before is None:
            layer = make_layer({"layer": cls.__name__, "config": config}, {**self.words.custom, cls.__name__: cls})
        else:
            layer = self.layer(path)
        shapes = [value.shape for value in inputs]
        given = measure(layer, *shapes)[0]
        layout = flow(layer, [value.layout for value in inputs], shapes, given)
        node = self.add(entry.name, cls.__name__, config, before.node if before else None)
        self.edges += [{"source": value.node, "target": node} for value in inputs]
        if before is None:
            placed = Placed(node, names, path, inputs[0].layout, entry.cls, config)
            self.made[node], self.first[path] = layer, placed
            self.placed.append(placed)
        else:
            check_shared(before, config, inputs[0].layout)
        return Value(node, given, layout, states=tuple(layer.final_states()))

    def layer(self, path: str) -> Layer:
        """The layer that was made for a place."""
        return self.made[self.first[path].node]

    def add(self, name: str, cls: str, config: dict[str, Any], shared_with: str | None = None) -> str:
        """Adds a node with a name that is free; the name."""
        name = "".join(letter if letter.isprintable() and letter not in "./" else "_" for letter in name[:200]) or cls
        free = (
            name
            if name not in self.taken
            else next(n for i in range(1, 10**6) if (n := f"{name}_{i}") not in self.taken)
        )
        self.taken.add(free)
        node = {"id": free, "layer": cls, "config": {} if shared_with else config}
        self.nodes.append(node | ({"shared_with": shared_with} if shared_with else {}))
        return free


def check_shared(first: Placed, config: Config, layout: Layout) -> None:
    """Raises Obstacle where a layer that is called again would have to be another for that."""
    if first.config != config or not first.layout.same(layout):
        raise Obstacle("it is called on values whose axes have different orders here")


def in_training(entry: Entry) -> dict[str, str]:
    """What a layer does only while it is trained, and what keeps it from that."""
    if entry.graph is not None:
        return {what: advice for each in entry.graph.entries.values() for what, advice in in_training(each).items()}
    if entry.cls == "BatchNormalization" and entry.config.get("trainable") is not False:
        return {"learns statistics": "freeze it (trainable = False) to keep them"}
    drops = "Dropout" in entry.cls or entry.cls == "GaussianNoise"
    return {"drops or adds noise": "take it out to train without it"} if drops else {}
