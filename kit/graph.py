"""The graph document: a model as plain data, which the canvas edits, the file keeps and the code is made from.

{"version": 1, "nodes": [{"id", "layer", "config"}, ...], "edges": [{"source", "target"}, ...], "outputs": [ids]}
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any

from torch import nn

from kit.declared import plain
from kit.layers.layer import CATALOG, Layer
from kit.models import Model, Sequential
from kit.names import near_miss
from kit.network import Network
from kit.symbols import Shape
from kit.training.randomness import Randomness

VERSION = 1
INPUT = "Input"
MAXIMUM_NODES = 10_000
CLASS_SYNONYMS = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool2D": "MaxPooling2D",
    "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "Repeat": "RepeatVector",
}

Document = dict[str, Any]


class DocumentError(ValueError):
    """A graph document that describes no model; the message says which node and why. node: its id, or None."""

    def __init__(self, message: str, node: str | None = None) -> None:
        super().__init__(message)
        self.node = node


def layer_class(name: str, custom: Mapping[str, Any] | None = None) -> type[Layer]:
    """The layer class of this name: the caller's own, or one of the catalog. DocumentError where there is none."""
    known = {**CATALOG, **(custom or {})}
    found = known.get(CLASS_SYNONYMS.get(name, name))
    if found is None:
        near = near_miss(name, known) or "; define it first, or pass it in custom_objects"
        raise DocumentError(f"there is no layer {name!r}{near}")
    return found


def node_for(layer: nn.Module, name: str, full: bool = False) -> dict[str, Any]:
    """The node of a layer: with the fields that differ from the defaults, or with all of them."""
    if not isinstance(layer, Layer):
        raise ValueError(
            f"{type(layer).__name__} ({name}) is a plain torch module, which a graph document cannot describe; "
            "save_weights keeps its weights, or write it as a kit.Layer"
        )
    settings = layer.get_config() if full else {key: plain(value) for key, value in layer.settings().items()}
    settings.pop("name", None)
    return {"id": name, "layer": type(layer).__name__, "config": settings}


def document(model: Model, full: bool = False) -> Document:
    """The graph document of a model. full: with the defaults written out, so that it means the same for ever."""
    network = model.module
    if not network.steps:
        raise ValueError("the model has no layer yet, so there is nothing to describe; add one")
    nodes, ids = [], []
    for i, shape in enumerate(network.shapes):
        ids.append(network.input_names[i] or f"input_{i + 1}")
        if shape is not None:
            nodes.append({"id": ids[-1], "layer": INPUT, "config": {"shape": list(shape)}})
    edges = []
    for step in network.steps:
        name = network.name_of(step.layer)
        if name in ids:
            shared, name = name, next(f"{name}_again_{i}" for i in range(1, 10**9) if f"{name}_again_{i}" not in ids)
            nodes.append({"id": name, "layer": type(step.layer).__name__, "config": {}, "shared_with": shared})
        else:
            nodes.append(node_for(step.layer, name, full))
        known = [source for source in step.sources if source >= len(network.shapes) or network.shapes[source]]
        edges += [{"source": ids[source], "target": name} for source in known]
        ids.append(name)
    made: Document = {"version": VERSION, "nodes": nodes, "edges": edges}
    outputs = [ids[output] for output in network.outputs]
    if outputs != sinks(made):
        made["outputs"] = outputs
    return made


def sinks(document: Document) -> list[str]:
    """The ids of the nodes that no other reads."""
    read = {edge["source"] for edge in document["edges"]}
    return [node["id"] for node in document["nodes"] if node["id"] not in read]


def check(document: Any) -> Document:
    """The document, its structure checked. DocumentError where it is not one; nothing is built."""
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise DocumentError(f"this is no graph document of version {VERSION}; it needs version, nodes and edges")
    nodes, edges = document.get("nodes"), document.get("edges")
    if not isinstance(nodes, list) or not isinstance(edges, list) or len(nodes) > MAXIMUM_NODES:
        raise DocumentError(f"a graph document has lists of nodes (at most {MAXIMUM_NODES:,}) and edges")
    if len(edges) > 10 * MAXIMUM_NODES:
        raise DocumentError(f"a graph document has at most {10 * MAXIMUM_NODES:,} edges")
    ids: set[str] = set()
    for node in nodes:
        if not isinstance(node, dict) or not isinstance(node.get("id"), str) or not isinstance(node.get("layer"), str):
            raise DocumentError("every node needs an id and a layer, both strings")
        if not node["id"] or node["id"] in ids:
            raise DocumentError(f"two nodes are called {node['id']!r}; give each its own id", node["id"])
        config = node.get("config", {})
        if not isinstance(config, dict) or not all(isinstance(key, str) for key in config):
            raise DocumentError(f"{node['id']}: config holds names and values", node["id"])
        ids.add(node["id"])
    for edge in edges:
        ends = [edge.get("source"), edge.get("target")] if isinstance(edge, dict) else []
        if not ends or any(not isinstance(end, str) or end not in ids for end in ends):
            raise DocumentError("every edge needs a source and a target among the nodes")
    outputs = document.get("outputs", [])
    if not isinstance(outputs, list) or any(not isinstance(output, str) or output not in ids for output in outputs):
        raise DocumentError("outputs holds ids of nodes")
    for node in nodes:
        shared = node.get("shared_with", node["id"])
        if not isinstance(shared, str) or shared not in ids:
            raise DocumentError(f"{node['id']} shares the layer of a node that is not there", node["id"])
    return document


def sources_of(document: Document) -> dict[str, list[str]]:
    """For each node, the ids of the nodes it reads, in the order of the edges."""
    found: dict[str, list[str]] = {node["id"]: [] for node in document["nodes"]}
    for edge in document["edges"]:
        found[edge["target"]].append(edge["source"])
    return found


def in_order(document: Document) -> list[dict[str, Any]]:
    """The nodes, each after those it reads, otherwise as they stand. DocumentError where they form a circle."""
    nodes = document["nodes"]
    place = {node["id"]: i for i, node in enumerate(nodes)}
    missing = [len(sources) for sources in sources_of(document).values()]
    readers: list[list[int]] = [[] for _ in nodes]
    for edge in document["edges"]:
        readers[place[edge["source"]]].append(place[edge["target"]])
    ready = [i for i, count in enumerate(missing) if count == 0]  # a heap: the smallest place first
    ordered = []
    while ready:
        i = heapq.heappop(ready)
        ordered.append(nodes[i])
        for reader in readers[i]:
            missing[reader] -= 1
            if missing[reader] == 0:
                heapq.heappush(ready, reader)
    if len(ordered) < len(nodes):
        circular = next(nodes[i]["id"] for i, count in enumerate(missing) if count)
        raise DocumentError(f"{circular} is part of a circle, or reads one; remove a wire of it", circular)
    check_sharing(ordered)
    return ordered


def check_sharing(nodes: list[dict[str, Any]]) -> None:
    """DocumentError where a node shares the layer of one that has none of its own before it."""
    layers: set[str] = set()
    for node in nodes:
        shared = node.get("shared_with")
        if shared is None and node["layer"] != INPUT:
            layers.add(node["id"])
        elif shared is not None and shared not in layers:
            raise DocumentError(f"{node['id']} shares the layer of {shared}, which is no layer before it", node["id"])


def make_layer(node: Mapping[str, Any], custom: Mapping[str, Any] | None = None) -> Layer:
    """The layer of a node. DocumentError, TypeError or ValueError where its fields are not right."""
    cls = layer_class(node["layer"], custom)
    config = {key: own(value, custom) for key, value in node.get("config", {}).items()}
    return cls(**config)


def own(value: Any, custom: Mapping[str, Any] | None) -> Any:
    """The caller's function, where a config names one; else the value."""
    return custom[value] if isinstance(value, str) and custom and value in custom else value


def input_shape(node: Mapping[str, Any]) -> Shape:
    """The shape an Input node states. DocumentError where it states none."""
    from kit.symbols import Input

    try:
        return Input(node.get("config", {}).get("shape")).shape
    except ValueError as error:
        raise DocumentError(str(error), node["id"]) from None


def to_network(document: Document, custom: Mapping[str, Any] | None = None) -> Network:
    """The network of a document, weights not made yet."""
    nodes = in_order(check(document))
    inputs = [node for node in nodes if node["layer"] == INPUT]
    network = Network([input_shape(node) for node in inputs] or [None])
    network.input_names = [node["id"] for node in inputs] or [None]
    number = {node["id"]: i for i, node in enumerate(inputs)}
    layers: dict[str, Layer] = {}
    sources = sources_of(document)
    for node in nodes:
        if node["layer"] == INPUT:
            if sources[node["id"]]:
                raise DocumentError(f"{node['id']} is an Input and takes no wire; remove it", node["id"])
            continue
        shared = node.get("shared_with")
        layer = layers[node["id"]] = layers[shared] if shared is not None else make_layer(node, custom)
        if not sources[node["id"]] and (inputs or number):
            raise DocumentError(f"nothing is connected to {node['id']}; draw a wire to it, or delete it", node["id"])
        came = tuple(number[source] for source in sources[node["id"]]) or (0,)
        number[node["id"]] = network.add(layer, came, node["id"])
    outputs = document.get("outputs") or sinks(document)
    idle = [
        node["id"]
        for node in inputs
        if node["id"] in sinks(document) and node["id"] not in (document.get("outputs") or [])
    ]
    if idle and layers:
        raise DocumentError(f"{idle[0]} is read by nothing; draw a wire from it, or delete it", idle[0])
    network.outputs = [number[output] for output in outputs]
    return network


def from_document(document: Document, custom: Mapping[str, Any] | None = None, seed: int | None = None) -> Model:
    """The model of a document, its weights made where its inputs are known: a Sequential where it is a chain.

    custom: layer classes and functions by name, beside those of the catalog. seed: makes the weights repeatable.
    Raises DocumentError, ShapeError, TypeError or ValueError where it describes none.
    """
    network = to_network(document, custom)
    if not network.steps:
        raise DocumentError("there is no layer yet; add one")
    model = (Sequential if network.is_chain else Model).of(network)
    if seed is not None:
        Randomness(seed, model.device).start(network)
    if all(shape is not None for shape in network.shapes):
        network.build(*(shape for shape in network.shapes if shape is not None))
    else:
        for step in network.steps:
            if isinstance(step.layer, Layer):
                step.layer.build_stated()
    return model
