"""What of a document is for the eye, and how it outlives an edit of the rest."""

from __future__ import annotations

from typing import Any

from kit.editing.places import place_missing
from kit.structure import Document, check, repeated

FOR_THE_EYE = ("position", "title", "comment")


def bare(document: Document) -> Document:
    """A document without what is only for the eye."""
    nodes = [{key: value for key, value in node.items() if key not in FOR_THE_EYE} for node in document["nodes"]]
    made = {key: value for key, value in document.items() if key not in ("groups", "notes")}
    groups = [{key: group[key] for key in ("id", "nodes", "repeat")} for group in repeated(document)]
    return {**made, "nodes": nodes, **({"groups": groups} if groups else {})}


def placed(new: Document, old: Document) -> Document:
    """A document made elsewhere, with what its nodes of the same ids had for the eye: places, notes, groups."""
    places = {node["id"]: node["position"] for node in old["nodes"] if "position" in node}
    nodes = [{**node, "position": places[node["id"]]} if node["id"] in places else node for node in new["nodes"]]
    made = {**new, "nodes": nodes}
    groups = regrouped(new, old)
    if groups:
        made["groups"] = groups
    if old.get("notes"):
        made["notes"] = old["notes"]
    return place_missing(check(made))


def regrouped(new: Document, old: Document) -> list[dict[str, Any]]:
    """The groups of a new document, collapsed as they were, and the old ones for the eye, as far as they are there."""
    before = {group["id"]: group for group in old.get("groups", [])}
    collapsed = {name for name, group in before.items() if group.get("collapsed")}
    groups = [{**g, "collapsed": True} if g["id"] in collapsed else g for g in new.get("groups", [])]
    names = {node["id"] for node in new["nodes"]}
    free = names - {node for group in groups for node in group["nodes"]}
    taken = names | {group["id"] for group in groups}
    for group in before.values():
        members = [node for node in group["nodes"] if node in free]
        if members and group.get("repeat", 1) == 1 and group["id"] not in taken:
            groups.append({**group, "nodes": members})
    return groups


def shared(new: Document, old: Document) -> Document:
    """A document that holds the very nodes and edges of the one before it where they are the same, to save memory."""
    before = {node["id"]: node for node in old["nodes"]}
    nodes = [before[node["id"]] if before.get(node["id"]) == node else node for node in new["nodes"]]
    made = {**new, "nodes": nodes}
    return made | {key: old[key] for key in ("edges", "groups", "notes") if key in new and new[key] == old.get(key)}
