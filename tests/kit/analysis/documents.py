"""Small documents to analyse."""

from itertools import pairwise
from typing import Any


def chain(*nodes: tuple[str, dict], shape=(1, 8, 8)) -> dict:
    listed = [{"id": "in", "layer": "Input", "config": {"shape": list(shape)}}]
    listed += [{"id": f"n{i}", "layer": layer, "config": config} for i, (layer, config) in enumerate(nodes)]
    edges = [{"source": a["id"], "target": b["id"]} for a, b in pairwise(listed)]
    return {"version": 1, "nodes": listed, "edges": edges}


def graph(nodes: dict[str, tuple[str, dict[str, Any]]], wires: str, **more: Any) -> dict[str, Any]:
    """nodes: id -> (layer, config). wires: "a>b b>c"."""
    made = [{"id": name, "layer": layer, "config": config} for name, (layer, config) in nodes.items()]
    edges = [dict(zip(("source", "target"), wire.split(">"), strict=True)) for wire in wires.split()]
    return {"version": 1, "nodes": made, "edges": edges, **more}


def dense(units: int, activation: str | None = None, **more: Any) -> tuple[str, dict[str, Any]]:
    return "Dense", {"units": units, **({"activation": activation} if activation else {}), **more}


def marked(made: dict[str, Any], **marks: dict[str, Any]) -> dict[str, Any]:
    return {**made, "nodes": [{**node, **marks.get(node["id"], {})} for node in made["nodes"]]}
