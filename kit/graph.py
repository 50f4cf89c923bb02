"""The graph document: a model as plain data, which the canvas edits, the file keeps and the code is made from.

{"version": 1, "nodes": [{"id", "layer", "config"}, ...], "edges": [{"source", "target"}, ...], "outputs": [ids]}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from kit.blocks import expand, outputs_of
from kit.declared import plain
from kit.layers.layer import CATALOG, Layer
from kit.layers.nested import construct
from kit.models import Model, Sequential
from kit.names import near_miss
from kit.network import Network
from kit.structure import INPUT, Document, DocumentError, check, in_order, sinks, sources_of
from kit.symbols import Shape
from kit.training.randomness import Randomness

CLASS_SYNONYMS = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "Convolution1DTranspose": "Conv1DTranspose",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3DTranspose": "Conv3DTranspose",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool2D": "MaxPooling2D",
    "MaxPool3D": "MaxPooling3D",
    "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D",
    "AvgPool3D": "AveragePooling3D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalMaxPool3D": "GlobalMaxPooling3D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalAvgPool3D": "GlobalAveragePooling3D",
    "Repeat": "RepeatVector",
}


def layer_class(name: str, custom: Mapping[str, Any] | None = None) -> type[Layer]:
    """The layer class of this name: the caller's own, or one of the catalog. DocumentError where there is none."""
    known = {**CATALOG, **(custom or {})}
    found = known.get(CLASS_SYNONYMS.get(name, name))
    if found is None:
        near = near_miss(name, known) or "; define it first, or pass it in custom_objects"
        raise DocumentError(f"there is no layer {name!r}{near}")
    return found


def node_for(layer: nn.Module, name: str, full: bool = False) -> dict[str, Any]:
    """The node of a layer: with the fields that differ from the defaults, or with all of them.

    A plain torch module can only be named, for a file: whoever loads that gives the module.
    """
    if not isinstance(layer, Layer) and full:
        return {"id": name, "layer": type(layer).__name__, "config": {}, "module": True}
    if not isinstance(layer, Layer):
        raise ValueError(
            f"{type(layer).__name__} ({name}) is a plain torch module, which a graph document cannot describe; "
            "a file keeps it, or write it as a kit.Layer"
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
    made: Document = {"version": 1, "nodes": nodes, "edges": edges}
    outputs = [ids[output] for output in network.outputs]
    if outputs != sinks(made):
        made["outputs"] = outputs
    return made


def make_layer(node: Mapping[str, Any], custom: Mapping[str, Any] | None = None) -> Any:
    """The layer of a node. DocumentError, TypeError or ValueError where its fields are not right."""
    if node.get("module"):
        return given_module(node, custom or {})
    return construct(layer_class(node["layer"], custom), node.get("config", {}), custom)


def given_module(node: Mapping[str, Any], custom: Mapping[str, Any]) -> nn.Module:
    """The caller's plain torch module for a node, by the node's name or the module's class."""
    name, kind = node["id"], node["layer"]
    found = custom.get(name, custom.get(kind))
    if not isinstance(found, nn.Module) or isinstance(found, Layer):
        raise DocumentError(
            f"{name} is a torch module of the class {kind}, which only its author can make; "
            f"make it anew and pass it: custom_objects={{{name!r}: {kind}(...)}}",
            name,
        )
    return found


def input_shape(node: Mapping[str, Any]) -> Shape:
    """The shape an Input node states. DocumentError where it states none."""
    from kit.symbols import Input

    try:
        return Input(node.get("config", {}).get("shape")).shape
    except ValueError as error:
        raise DocumentError(str(error), node["id"]) from None


def to_network(document: Document, custom: Mapping[str, Any] | None = None) -> Network:
    """The network of a document, its repeated groups written out, weights not made yet."""
    document, _ = expand(check(document))
    nodes = in_order(document)
    inputs = [node for node in nodes if node["layer"] == INPUT]
    network = Network([input_shape(node) for node in inputs] or [None])
    network.input_names = [node["id"] for node in inputs] or [None]
    number = {node["id"]: i for i, node in enumerate(inputs)}
    layers: dict[str, nn.Module] = {}
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
    idle = [
        node["id"]
        for node in inputs
        if node["id"] in sinks(document) and node["id"] not in (document.get("outputs") or [])
    ]
    if idle and layers:
        raise DocumentError(f"{idle[0]} is read by nothing; draw a wire from it, or delete it", idle[0])
    network.outputs = [number[output] for output in outputs_of(document)]
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
    network.build_known()
    return model
