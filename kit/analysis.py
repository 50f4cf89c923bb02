"""What can be said of a graph document before it is trained: shapes, parameters, and what is wrong where."""

from __future__ import annotations

import functools
import json
from typing import Any

from kit.graph import (
    INPUT,
    Document,
    DocumentError,
    check,
    in_order,
    input_shape,
    layer_class,
    make_layer,
    sinks,
    sources_of,
)
from kit.layers.layer import Layer
from kit.layers.measuring import measure
from kit.symbols import Shape


def analyse(document: Document, shape: Shape | None = None) -> dict[str, Any]:
    """Shapes, parameters and errors of every node, as docs/protocol.md has it; never raises on a checked document.

    shape: of an input sample, for a chain whose document has no Input.
    """
    report: dict[str, Any] = {"nodes": {}, "edges": [], "parameters": 0, "error": None}
    try:
        nodes = in_order(check(document))
    except DocumentError as error:
        report["error"] = str(error)
        return report
    sources = sources_of(document)
    has_inputs = any(node["layer"] == INPUT for node in nodes)
    gives: dict[str, Shape | None] = {}
    by_id = {node["id"]: node for node in nodes}
    for place, node in enumerate(nodes):
        name = node["id"]
        came: list[Shape | None] = [gives[source] for source in sources[name]]
        if not came and node["layer"] != INPUT:
            came = [shape if not has_inputs and place == 0 else None]
        found = examine(node, came, by_id, connected=bool(sources[name]) or (not has_inputs and place == 0))
        gives[name] = found.pop("gives")
        report["nodes"][name] = found
        report["parameters"] += found["parameters"] or 0
        if found["error"] is not None:
            report["edges"] += [
                {"source": source, "target": name, "error": found["error"]["message"]}
                for source in sources[name]
                if found["error"]["field"] is None
            ]
    idle = set(sinks(document)) - set(document.get("outputs") or [])
    if not any(node["layer"] != INPUT for node in nodes):
        report["error"] = "there is no layer yet; drag one in from the palette"
    else:
        for node in nodes:
            if node["layer"] == INPUT and node["id"] in idle and report["nodes"][node["id"]]["error"] is None:
                message = "no layer reads this input; draw a wire from it, or delete it"
                report["nodes"][node["id"]]["error"] = {"message": message, "field": None}
    wrong = sum(found["error"] is not None for found in report["nodes"].values())
    if wrong:
        report["error"] = f"{wrong} layer{'s' if wrong > 1 else ''} cannot work yet; see the red notes"
    return report


def examine(
    node: dict[str, Any], came: list[Shape | None], by_id: dict[str, dict[str, Any]], connected: bool
) -> dict[str, Any]:
    """One node's part of the report, and under "gives" its output's shape or None."""
    found: dict[str, Any] = {
        "input": [list(shape) if shape is not None else None for shape in came],
        "output": None,
        "parameters": 0 if node["layer"] == INPUT else None,
        "error": None,
        "gives": None,
    }
    try:
        if node["layer"] == INPUT:
            found["gives"] = input_shape(node)
        elif not connected:
            raise DocumentError("nothing is connected to its input; draw a wire to it")
        else:
            original = by_id[node["shared_with"]] if node.get("shared_with") else node
            text = json.dumps(original.get("config", {}), sort_keys=True)
            shapes = tuple(came)
            cls: Any = layer_class(original["layer"])
            gives, parameters, error = weigh(cls, node["id"], text, shapes)
            found["gives"], found["parameters"] = gives, 0 if node.get("shared_with") else parameters
            if error is not None:
                found["error"] = error
    except (DocumentError, TypeError, ValueError) as error:
        found["error"] = {"message": str(error), "field": None}
    found["output"] = list(found["gives"]) if found["gives"] is not None else None
    return found


@functools.lru_cache(maxsize=20_000)
def weigh(
    cls: type[Layer], name: str, config: str, came: tuple[Shape | None, ...]
) -> tuple[Shape | None, int | None, dict[str, Any] | None]:
    """A layer's output shape, parameters and error for inputs of these shapes; None for what is not known."""
    settings = json.loads(config)
    try:
        layer = make_layer({"layer": cls.__name__, "config": settings}, {cls.__name__: cls})
    except (TypeError, ValueError) as error:
        field = next((key for key in settings if f"({key}=" in str(error) or f"argument {key!r}" in str(error)), None)
        missing = next((key for key in cls.declaration if str(error).startswith(f"{cls.__name__} needs {key}")), None)
        return None, None, {"message": str(error), "field": field or missing}
    layer.called = name  # type: ignore[misc]
    known = tuple(shape for shape in came if shape is not None)
    if len(known) < len(came):
        return None, None, None
    try:
        shape, twin = measure(layer, *known)
    except ValueError as error:
        return None, None, {"message": str(error), "field": None}
    return shape, sum(parameter.numel() for parameter in twin.parameters()), None
