"""A model's config in Keras as layers and the calls that connect them, whichever version wrote it."""

from __future__ import annotations

import collections
import functools
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kit.storage.foreign.keras_calls import Call, Place, Reference, call_of, references
from kit.storage.foreign.keras_layers import KERAS, Known, snake_case
from kit.storage.foreign.keras_masks import Masks
from kit.storage.foreign.keras_options import Config, Obstacle, of_keras

MODELS = ("Sequential", "Functional", "Model")
INPUT = "InputLayer"
MAX_CALLS = 10_000
OPERATIONS = ("Add", "Subtract", "Multiply", "Maximum", "Minimum")  # on two outputs, they do what the layers do


@dataclass(frozen=True)
class Entry:
    """A layer in a config.

    registered: whether it is somebody's own, or an operation that is not known here. path: where its weights lie in a
    file of Keras 3, from its model's. operation: whether it is no layer but an operation, such as x + y.
    """

    name: str
    cls: str
    config: Config
    registered: bool
    path: str
    graph: Graph | None = None  # of a model that is a layer
    operation: bool = False

    @property
    def known(self) -> Known | None:
        """What the table of layers says of it."""
        return None if self.registered else KERAS.get(self.cls)


@dataclass
class Graph:
    """The layers of a model by name, their calls, its inputs, its outputs and what those are called."""

    entries: dict[str, Entry] = field(default_factory=dict)
    calls: dict[str, list[Call]] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    outputs: list[Reference] = field(default_factory=list)
    output_names: list[str] = field(default_factory=list)

    @functools.cached_property
    def readers(self) -> dict[Place, list[Place]]:
        """The calls that read what a call gives."""
        found: dict[Place, list[Place]] = {}
        for name, calls in self.calls.items():
            for i, call in enumerate(calls):
                for source, j, _ in call.inputs:
                    found.setdefault((source, j), []).append((name, i))
        return found

    def in_order(self) -> Iterator[tuple[Entry, int, Call]]:
        """Every call of a layer, each after those it reads. Raises Obstacle where one reads what is never made."""
        missing = {(name, i): len(call.inputs) for name, calls in self.calls.items() for i, call in enumerate(calls)}
        ready = collections.deque((name, 0) for name in self.inputs)
        while ready:
            value = ready.popleft()
            if value in missing:
                yield self.entries[value[0]], value[1], self.calls[value[0]][value[1]]
            for reader in self.readers.get(value, ()):
                missing[reader] -= 1
                if not missing[reader]:
                    ready.append(reader)
        late = next((name for (name, _), count in missing.items() if count), None)
        if late is not None:
            raise Obstacle(f"{late!r:.80} reads a layer that is not there, or itself")


def graph_of(config: Any, build: Any = None, level: int = 0) -> Graph:
    """The graph of a model's config. Raises Obstacle where it is none.

    build: what the file says of the shape it was built for, where the config does not.
    """
    kind, inner = class_of(config), config.get("config")
    if level > 20:
        raise Obstacle("models in models are nested too deeply")
    if kind not in MODELS:
        raise Obstacle(f"the model is of the class {kind!r:.80}; Sequential and functional models are read")
    listed = inner if isinstance(inner, list) else inner.get("layers") if isinstance(inner, Mapping) else None
    if not isinstance(listed, list) or not listed or len(listed) > MAX_CALLS:
        raise Obstacle("a model's config holds no list of layers")
    graph = Graph()
    counts: dict[str, int] = {}
    for each in listed:
        entry = entry_of(each, counts, level)
        if entry.name in graph.entries:
            raise Obstacle(f"two layers are called {entry.name!r:.80}")
        graph.entries[entry.name] = entry
    if kind == "Sequential":
        connect_chain(graph, inner, build)
    else:
        connect_graph(graph, inner, listed)
    return graph


def class_of(config: Any) -> str:
    """The name of an object's class in a config. Raises Obstacle where there is none."""
    if not isinstance(config, Mapping) or not isinstance(config.get("class_name"), str):
        raise Obstacle("a layer's config names no class")
    return str(config["class_name"])


def entry_of(config: Any, counts: dict[str, int], level: int) -> Entry:
    """One layer of a config; counts: how many of each class came before it."""
    cls = class_of(config)
    inner = config.get("config")
    if not isinstance(inner, Mapping | list):
        raise Obstacle(f"a {cls!r:.80} has no options")
    kind = snake_case(cls.rpartition(">")[2])
    counts[kind] = counts.get(kind, -1) + 1
    path = f"layers/{kind}_{counts[kind]}" if counts[kind] else f"layers/{kind}"
    name = config.get("name") or (inner.get("name") if isinstance(inner, Mapping) else None) or f"{kind}_{counts[kind]}"
    if not isinstance(name, str):
        raise Obstacle(f"a {cls!r:.80} is called {name!r:.80}")
    graph = graph_of(config, level=level + 1) if cls in MODELS else None
    own = not of_keras(config) or config.get("registered_name") not in (None, cls)
    operation = is_operation(config, inner)
    own = own or (operation and cls not in OPERATIONS)
    return Entry(name, cls, inner if isinstance(inner, Mapping) else {}, own, path, graph, operation)


def is_operation(config: Config, options: Any) -> bool:
    """Whether a config is that of an operation such as x + y, which may have the name of a layer."""
    whole_model = config["class_name"] in (*MODELS, INPUT)
    return ".ops" in str(config.get("module")) or not (whole_model or "trainable" in options or "dtype" in options)


def connect_chain(graph: Graph, config: Any, build: Any) -> None:
    """The calls of a Sequential: each layer reads the one before it."""
    names = list(graph.entries)
    if graph.entries[names[0]].cls != INPUT:
        first = graph.entries[names[0]].config
        inside = config if isinstance(config, Mapping) else {}
        shape = first.get("batch_input_shape") or first.get("batch_shape") or inside.get("build_input_shape") or build
        name = next(f"input_{i}" for i in range(1, MAX_CALLS) if f"input_{i}" not in graph.entries)
        graph.entries = {name: Entry(name, INPUT, {"batch_shape": shape}, False, ""), **graph.entries}
        names = [name, *names]
    graph.inputs = [names[0]]
    for before, name in itertools.pairwise(names):
        graph.calls[name] = [Call(((before, 0, 0),))]
    graph.outputs, graph.output_names = [(names[-1], 0, 0)], [names[-1]]


def connect_graph(graph: Graph, config: Config, listed: list[Any]) -> None:
    """The calls of a functional model."""
    nodes = {name: each.get("inbound_nodes", []) for name, each in zip(graph.entries, listed, strict=True)}
    if not all(isinstance(calls, list) for calls in nodes.values()) or sum(map(len, nodes.values())) > MAX_CALLS:
        raise Obstacle("the model has calls of layers that cannot be read, or too many")
    masks = Masks(graph.entries, nodes)
    written = masks.written()
    for name, calls in nodes.items():
        if graph.entries[name].cls != INPUT and name not in written:
            graph.calls[name] = [call_of(node, name, masks.of) for node in calls]
    graph.inputs = [name for name, _, _ in references(config.get("input_layers"))]
    graph.outputs = [counted(graph, nodes, output) for output in references(config.get("output_layers"))]
    graph.output_names = names_of(config.get("output_layers"), graph.outputs)
    strangers = [name for name in graph.inputs if name not in graph.entries or graph.entries[name].cls != INPUT]
    if strangers or not graph.inputs or not graph.outputs:
        raise Obstacle(f"its inputs and outputs are not layers of it {strangers!r:.80}")


def counted(graph: Graph, nodes: Mapping[str, list[Any]], output: Reference) -> Reference:
    """An output with its call counted from 0: Keras 3 counts those of a functional model inside from 1 there."""
    (name, call, number), entry = output, graph.entries.get(output[0])
    of_keras_3 = any(isinstance(node, Mapping) for calls in nodes.values() for node in calls)
    inside = of_keras_3 and entry is not None and entry.graph is not None and entry.cls != "Sequential"
    return (name, call - 1, number) if inside else output


def names_of(given: Any, outputs: list[Reference]) -> list[str]:
    """What Keras calls the outputs: by the names that they are given under, or else by their layers."""
    by_name = isinstance(given, Mapping) and len(given) == len(outputs)
    return [str(name) for name in given] if by_name else [name for name, _, _ in outputs]
