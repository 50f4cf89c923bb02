"""Edits that may mend a node, the most likely first; whether they do is found by trying."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

from kit.analysis.survey import Layer, Survey
from kit.analysis.training import Training
from kit.editing.usual import usual_value
from kit.editing.wires import downstream
from kit.graph import DocumentError, layer_class
from kit.names import nearest
from kit.structure import INPUT, sources_of
from kit.symbols import Shape

Edit = tuple[str, list[dict[str, Any]]]


def of_node(found: Survey, name: str, training: Training) -> Iterator[Edit]:
    """Edits for the error of a node."""
    node = next(node for node in found.document["nodes"] if node["id"] == name)
    problem, sources = found.problems[name], sources_of(found.document)[name]
    copies = [layer for key, layer in found.layers.items() if found.origin[key].node == name]
    layer = next((layer for layer in copies if layer.found.error), copies[0] if copies else None)
    if node.get("bypass"):
        yield "Take the layer in again", [{"op": "bypass", "nodes": [name], "on": False}]
    if node["layer"] == INPUT:
        yield from of_input(found, name, sources)
        return
    cls = class_of(layer.config["layer"]) if layer is not None else None
    if cls is None or layer is None:
        yield from of_unknown(node)
        return
    if problem.field is not None:
        yield from of_field(name, cls, problem.field, layer)
    elif not sources and not layer.found.error:
        yield from of_loose(found, name)
    elif layer.found.error is None:
        yield from of_outputs(name, cls, layer, training)
    else:
        yield from of_shape(found, name, cls, layer, sources)
    yield "Delete it", [{"op": "remove", "nodes": [name]}]


def class_of(name: str) -> Any:
    """The class of a layer; None where there is none."""
    try:
        return layer_class(name)
    except DocumentError:
        return None


def of_unknown(node: dict[str, Any]) -> Iterator[Edit]:
    """Edits for a layer that nobody knows."""
    from kit.layers.layer import CATALOG

    for near in nearest(node["layer"], CATALOG):
        yield f"Make it {near}", [{"op": "replace", "node": node["id"], "layer": near}]
    yield "Delete it", [{"op": "remove", "nodes": [node["id"]]}]


def of_input(found: Survey, name: str, sources: list[str]) -> Iterator[Edit]:
    """Edits for an Input that is read by nothing, or reads."""
    if sources:
        yield "Remove the wire to it", [{"op": "disconnect", "source": source, "target": name} for source in sources]
    elif found.problems[name].field:
        yield "Set its shape to 1, 8, 8", [{"op": "set", "node": name, "field": "shape", "value": [1, 8, 8]}]
    else:
        for target in unread_first(found, name):
            yield f"Connect it to {target}", [{"op": "connect", "source": name, "target": target}]
        yield "Delete it", [{"op": "remove", "nodes": [name]}]


def unread_first(found: Survey, name: str) -> list[str]:
    """The nodes that nothing is connected to, but for one."""
    sources = sources_of(found.document)
    layers = [node["id"] for node in found.document["nodes"] if node["layer"] != INPUT and node["id"] != name]
    return [other for other in layers if not sources[other]][:2]


def of_loose(found: Survey, name: str) -> Iterator[Edit]:
    """Edits for a node that nothing is connected to: the last ends before it first."""
    read = {edge["source"] for edge in found.document["edges"]}
    after = {*downstream(found.document, name), *sources_of(found.document)[name]}
    names = [node["id"] for node in found.document["nodes"] if node["id"] not in after]
    for source in [*[n for n in reversed(names) if n not in read], *[n for n in reversed(names) if n in read]][:3]:
        yield f"Connect {source} to it", [{"op": "connect", "source": source, "target": name}]


def of_field(name: str, cls: Any, field: str, layer: Layer) -> Iterator[Edit]:
    """Edits for a field that is missing, is not known, or has a value it cannot have."""
    declared = cls.declaration.get(field)
    if declared is None:
        value = layer.config["config"].get(field)
        for near in nearest(field, cls.declaration):
            moved = [{"op": "set", "node": name, "field": near, "value": value}]
            yield f"Call it {near}", [{"op": "set", "node": name, "field": field}, *moved]
    elif declared.kind.control == "suggest":
        for near in nearest(str(layer.config.get("config", {}).get(field)), declared.kind.choices or ()):
            yield f"Set {field} to {near}", [{"op": "set", "node": name, "field": field, "value": near}]
    if declared is not None and field in (layer.config.get("config") or {}):
        yield f"Leave {field} at its default", [{"op": "set", "node": name, "field": field}]
    elif declared is None:
        yield f"Leave {field} out", [{"op": "set", "node": name, "field": field}]
    if declared is not None:
        value = usual_value(declared)
        yield f"Set {field} to {shown(value)}", [{"op": "set", "node": name, "field": field, "value": value}]


def shown(value: Any) -> str:
    """A value as a person would say it."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def of_outputs(name: str, cls: Any, layer: Layer, training: Training) -> Iterator[Edit]:
    """Edits for a last layer that does not give what the data want."""
    gives = layer.found.gives or ()
    size = next((field for field in ("units", "filters") if field in cls.declaration), None)
    flat = [{"op": "insert", "layer": "Flatten", "target": name}]
    if size is not None:
        resized = [{"op": "set", "node": name, "field": size, "value": training.outputs}]
        yield f"Set {size} to {training.outputs}", resized
        yield f"Insert Flatten and set {size} to {training.outputs}", [*flat, *resized]
    yield "Insert Flatten", flat
    activation = {"activation": "softmax"} if "categorical" in (training.loss or "") else {}
    last = {"op": "insert", "layer": "Dense", "config": {"units": training.outputs, **activation}, "source": name}
    yield f"Add Dense({training.outputs})", [last]
    if len(gives) > 1:
        yield f"Add Flatten and Dense({training.outputs})", [last, {"op": "insert", "layer": "Flatten", "source": name}]


def of_shape(found: Survey, name: str, cls: Any, layer: Layer, sources: list[str]) -> Iterator[Edit]:
    """Edits for a layer that cannot take what comes."""
    came = [shape for shape in layer.came if shape is not None]
    if cls.input_count is None and len(layer.came) == 1:
        yield from of_loose(found, name)
    if cls.input_count == 1 and len(came) > 1:
        for merger in ("Concatenate", "Add"):
            yield f"Merge them with {merger}", [{"op": "insert", "layer": merger, "target": name}]
    for field in cls.inferred_fields():
        if field.name in layer.config.get("config", {}):
            yield f"Leave {field.name} out", [{"op": "set", "node": name, "field": field.name}]
            size = (
                came[0][field.kind.axis if field.kind.axis < 0 else field.kind.axis - 1] if came and came[0] else None
            )
            if size is not None:
                yield f"Set {field.name} to {size}", [{"op": "set", "node": name, "field": field.name, "value": size}]
    yield from of_window(name, cls, came)
    if cls.input_count == 1 and came:
        padded = [{"op": "set", "node": name, "field": "padding", "value": "same"}]
        for text, made in reshapings(came[0], len(cls.input_axes.split())):
            inserted = [{"op": "insert", **each, "target": name} for each in made]
            yield f"Insert {text}", inserted
            if "padding" in cls.declaration:
                yield f'Insert {text} and set padding to "same"', [*inserted, *padded]
        for other in ("Dense", "Flatten"):
            yield f"Make it {other}", [{"op": "replace", "node": name, "layer": other}]
    elif len(came) > 1:
        yield from of_merger(found, name, cls, came, sources)


def of_window(name: str, cls: Any, came: list[Shape]) -> Iterator[Edit]:
    """Edits for a window that is larger than what it moves over."""
    field = next((field for field in ("kernel_size", "pool_size") if field in cls.declaration), None)
    if field is None:
        return
    if "padding" in cls.declaration:
        yield 'Set padding to "same"', [{"op": "set", "node": name, "field": "padding", "value": "same"}]
    count = len(cls.input_axes.split()) - 1
    if came and len(came[0]) == count + 1:
        sizes = list(came[0][1:]) if came[0] else []
        for size in dict.fromkeys((min(3, *sizes), min(2, *sizes), min(sizes))) if sizes else ():
            value = [size] * count
            yield f"Set {field} to {size}", [{"op": "set", "node": name, "field": field, "value": value}]


def reshapings(shape: Shape, wanted: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Layers that bring a sample of this shape to another number of axes; wanted: how many, 0 if any will do."""
    rank, numbers = len(shape), math.prod(shape)
    if wanted in (0, 1) and rank > 1:
        yield "Flatten", [{"layer": "Flatten"}]
    if wanted in (0, 1) and rank in (2, 3, 4):
        pool = f"GlobalAveragePooling{rank - 1}D"
        yield pool, [{"layer": pool}]
    for target in targets(shape, wanted):
        text = f"Reshape({', '.join(map(str, target))})"
        yield text, [{"layer": "Reshape", "config": {"target_shape": target}}]
    if wanted == 2 and rank == 1 and numbers:
        yield "RepeatVector(8)", [{"layer": "RepeatVector", "config": {"n": 8}}]


def targets(shape: Shape, wanted: int) -> Iterator[list[int]]:
    """Shapes of so many axes that hold the same numbers."""
    rank, numbers = len(shape), math.prod(shape)
    rows = next((i for i in range(math.isqrt(numbers), 0, -1) if numbers % i == 0), 1)  # as square as can be
    if wanted == 2 and rank == 1:
        yield [numbers, 1]
    elif wanted == 2 and rank > 2:
        yield [shape[0], numbers // shape[0]] if shape[0] else [1, numbers]
    elif wanted == 3 and rank == 1:
        yield [1, rows, numbers // rows]
    elif wanted == rank + 1:
        yield [1, *shape]
    elif wanted == 4 and rank < 3:
        yield [1] * (4 - rank) + [*shape]


def of_merger(found: Survey, name: str, cls: Any, came: list[Shape], sources: list[str]) -> Iterator[Edit]:
    """Edits for a layer that reads several inputs which do not match."""
    first = came[0]
    odd = [(source, shape) for source, shape in zip(sources, came, strict=False) if shape != first]
    if all(len(shape) == len(first) and shape[:-1] == first[:-1] for _, shape in odd):
        dense = {"op": "insert", "layer": "Dense", "config": {"units": first[-1]}, "target": name}
        yield f"Insert Dense({first[-1]}) to match", [{**dense, "source": source} for source, _ in odd]
    if len(first) == 3 and all(len(shape) == 3 and shape[1:] == first[1:] for _, shape in odd):
        one = {
            "op": "insert",
            "layer": "Conv2D",
            "config": {"filters": first[0], "kernel_size": [1, 1]},
            "target": name,
        }
        yield f"Insert Conv2D({first[0]}, 1) to match", [{**one, "source": source} for source, _ in odd]
    flat = [
        {"op": "insert", "layer": "Flatten", "source": source, "target": name}
        for source, shape in zip(sources, came, strict=False)
        if len(shape) > 1
    ]
    yield "Insert Flatten", flat
    width = first[0] if len(first) == 1 else math.prod(first)
    matched: list[dict[str, Any]] = []
    for source, shape in zip(sources, came, strict=False):
        layers: list[tuple[str, dict[str, Any]]] = [("Flatten", {})] * (len(shape) > 1)
        layers += [("Dense", {"units": width})] * (math.prod(shape) != width)
        matched += in_wire(found, source, name, layers, len(matched))
    if any(len(shape) > 1 for shape in came):
        yield f"Insert Flatten and Dense({width}) to match", matched
    if cls.__name__ != "Concatenate":
        yield "Make it Concatenate", [{"op": "replace", "node": name, "layer": "Concatenate"}]


def in_wire(
    found: Survey, source: str, target: str, layers: list[tuple[str, dict[str, Any]]], taken: int
) -> Iterator[dict[str, Any]]:
    """Operations that put some layers into a wire, one behind the other; taken: how many others come before."""
    ids = {node["id"] for node in found.document["nodes"]}
    for i, (layer, config) in enumerate(layers, taken + 1):
        numbers = itertools.count(i)
        name = next(text for number in numbers if (text := f"{layer.lower()}_to_match_{number}") not in ids)
        yield {"op": "insert", "layer": layer, "config": config, "source": source, "target": target, "id": name}
        source = name
