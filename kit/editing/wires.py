"""Edits of wires."""

from __future__ import annotations

from typing import Any

from kit.graph import layer_class
from kit.structure import INPUT, Document, DocumentError, Node


def node_of(document: Document, name: Any) -> Node:
    """The node with this id. DocumentError where there is none."""
    for node in document["nodes"]:
        if node["id"] == name:
            return node
    raise DocumentError(f"there is no node {name!r}")


def ends(edges: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The wires without anything else that is said of them."""
    return [{"source": edge["source"], "target": edge["target"]} for edge in edges]


def inputs_of(document: Document, name: str) -> int | None:
    """How many wires a node takes: 0, 1, or None for any number."""
    layer = node_of(document, name)["layer"]
    return 0 if layer == INPUT else layer_class(layer).input_count


def reaches(document: Document, start: str, end: str) -> bool:
    """Whether wires lead from one node to another."""
    return end in downstream(document, start)


def downstream(document: Document, start: str) -> set[str]:
    """A node and all that wires lead to from it."""
    readers: dict[str, list[str]] = {}
    for edge in document["edges"]:
        readers.setdefault(edge["source"], []).append(edge["target"])
    found, waiting = {start}, [start]
    while waiting:
        for reader in readers.get(waiting.pop(), []):
            if reader not in found:
                found.add(reader)
                waiting.append(reader)
    return found


def connect(document: Document, source: str, target: str) -> tuple[Document, list[str]]:
    """A new wire; into a node that takes one, in place of the old. DocumentError where it cannot be."""
    node_of(document, source)
    inputs = inputs_of(document, target)
    if inputs == 0:
        raise DocumentError(f"{target} is an Input and takes no wire", target)
    if reaches(document, target, source):
        raise DocumentError(f"a wire from {source} to {target} would close a circle", target)
    edges = [edge for edge in document["edges"] if inputs != 1 or edge["target"] != target]
    return {**document, "edges": [*edges, {"source": source, "target": target}]}, []


def disconnect(document: Document, source: str, target: str) -> tuple[Document, list[str]]:
    """One wire less. DocumentError where there is none."""
    edges, wire = list(document["edges"]), {"source": source, "target": target}
    if wire not in ends(edges):
        raise DocumentError(f"there is no wire from {source} to {target}")
    del edges[ends(edges).index(wire)]
    return {**document, "edges": edges}, []
