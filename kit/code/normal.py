"""What the code keeps of a document, in the form in which it comes back from there."""

from __future__ import annotations

from typing import Any

from kit.blocks import Block, in_blocks, outputs_of
from kit.declared import plain
from kit.graph import input_shape, make_layer
from kit.structure import INPUT, Document, Node, check, sinks, version_of


def normal(document: Document) -> Document:
    """The document as from_code(to_code(document)) gives it.

    The nodes are in order, those of a repeated group together; configs are as the layers have them. Positions, notes,
    `collapsed` and the groups that are not repeated are left out.
    """
    parts = in_blocks(check(document))
    nodes = [node for part in parts for node in (part.nodes if isinstance(part, Block) else [part])]
    edges = [
        {"source": edge["source"], "target": node["id"]}
        for node in nodes
        for edge in document["edges"]
        if edge["target"] == node["id"]
    ]
    made: Document = {"version": 1, "nodes": [normal_node(node) for node in nodes], "edges": edges}
    if outputs_of(document) != sinks(made):
        made["outputs"] = list(outputs_of(document))
    titles = {group["id"]: group["title"] for group in document.get("groups", []) if "title" in group}
    blocks = [part for part in parts if isinstance(part, Block)]
    if blocks:
        made["groups"] = [normal_group(block, titles.get(block.id)) for block in blocks]
    made["version"] = version_of(made)
    return made


def normal_node(node: Node) -> Node:
    """A node with its config as its layer has it, and nothing that the code does not say."""
    config: dict[str, Any] = {}
    if node["layer"] == INPUT:
        config = {"shape": list(input_shape(node))}
    elif node.get("shared_with") is None:
        config = {key: plain(value) for key, value in make_layer(node).settings().items() if key != "name"}
    kept = {
        key: node[key] for key in ("shared_with", "title", "comment", "bypass") if node.get(key) not in (None, False)
    }
    return {"id": node["id"], "layer": node["layer"], "config": config, **kept}


def normal_group(block: Block, title: str | None) -> dict[str, Any]:
    """A repeated group with its nodes in order."""
    group: dict[str, Any] = {"id": block.id, "nodes": [node["id"] for node in block.nodes], "repeat": block.times}
    return {**group, "title": title} if title else group
