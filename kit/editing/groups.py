"""Edits of groups: made, repeated, and their layers given back."""

from __future__ import annotations

from typing import Any

from kit.blocks import block_of, unrolled
from kit.code.names import next_group_name
from kit.editing.nodes import out_of_groups
from kit.editing.wires import node_of
from kit.structure import Document, DocumentError, check

GAP = 60  # canvas pixels between two copies


def group_of(document: Document, name: Any) -> dict[str, Any]:
    """The group with this id. DocumentError where there is none."""
    for group in document.get("groups", []):
        if group["id"] == name:
            return group
    raise DocumentError(f"there is no group {name!r}")


def group(
    document: Document, nodes: list[str], id: str | None = None, title: str | None = None, repeat: int = 1
) -> tuple[Document, list[str]]:
    """A new group of some nodes, which leave the groups they were in."""
    for name in nodes:
        node_of(document, name)
    taken = {node["id"] for node in document["nodes"]} | {other["id"] for other in document.get("groups", [])}
    made: dict[str, Any] = {"id": id or next_group_name(taken)}
    made["nodes"] = [node["id"] for node in document["nodes"] if node["id"] in nodes]
    if title:
        made["title"] = title
    document = out_of_groups(document, set(nodes))
    return set_repeat({**document, "groups": [*document.get("groups", []), made]}, made["id"], repeat), []


def repeat(document: Document, group: str, times: int) -> tuple[Document, list[str]]:
    """How often a group is applied. DocumentError where it cannot be."""
    return set_repeat(document, group, times), []


def set_repeat(document: Document, name: str, times: int) -> Document:
    """The document with a group applied so often."""
    found = {key: value for key, value in group_of(document, name).items() if key != "repeat"}
    if times != 1:
        found["repeat"] = times
    made = {**document, "groups": [found if other["id"] == name else other for other in document["groups"]]}
    check(made)
    if times > 1:
        block_of(made, found)
    return made


def ungroup(document: Document, group: str) -> tuple[Document, list[str]]:
    """A group's nodes without it; of a repeated one, those of all its copies."""
    found = group_of(document, group)
    others = [other for other in document["groups"] if other["id"] != group]
    rest = {key: value for key, value in document.items() if key not in ("groups", "outputs")}
    rest |= {"groups": others} if others else {}
    if found.get("repeat", 1) == 1:
        return rest | ({"outputs": document["outputs"]} if "outputs" in document else {}), []
    written, origin = unrolled({**document, "groups": [found]})
    inside = set(found["nodes"])
    step = step_between([node for node in document["nodes"] if node["id"] in inside])
    nodes = []
    for node in written["nodes"]:
        copy = origin[node["id"]]
        if copy.number > 1 and node.get("position") is not None:
            node = {
                **node,
                "position": [at + (copy.number - 1) * by for at, by in zip(node["position"], step, strict=True)],
            }
        nodes.append(node)
    made = [node["id"] for node in nodes if origin[node["id"]].node in inside]
    outputs = {"outputs": written["outputs"]} if "outputs" in written else {}
    return {**rest, "nodes": nodes, "edges": written["edges"], **outputs}, made


def step_between(nodes: list[dict[str, Any]]) -> tuple[float, float]:
    """How far the copies of some nodes are set from each other: along the way on which they stand."""
    places = [node["position"] for node in nodes if node.get("position") is not None]
    if not places:
        return 0, 0
    width, height = (max(axis) - min(axis) for axis in zip(*places, strict=True))
    return (0, height + 40 + GAP) if height > width else (width + 160 + GAP, 0)
