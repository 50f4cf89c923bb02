"""What of a graph document is for the eye: places, titles, comments, groups, notes. A model keeps it, and its file."""

from __future__ import annotations

from typing import Any

from kit.structure import INPUT, Document, DocumentError, check, repeated

FOR_THE_EYE = ("position", "title", "comment")


def bare(document: Document) -> Document:
    """A document without what is only for the eye."""
    nodes = [{key: value for key, value in node.items() if key not in FOR_THE_EYE} for node in document["nodes"]]
    made = {key: value for key, value in document.items() if key not in ("groups", "notes")}
    groups = [{key: group[key] for key in ("id", "nodes", "repeat")} for group in repeated(document)]
    return {**made, "nodes": nodes, **({"groups": groups} if groups else {})}


def layout_of(document: Document) -> dict[str, Any] | None:
    """What of a document is for the eye, by itself: {"nodes", "groups", "notes"}; None where there is none."""
    nodes = [{key: node[key] for key in ("id", *FOR_THE_EYE) if key in node} for node in document["nodes"]]
    more = {key: document[key] for key in ("groups", "notes") if document.get(key)}
    return {"nodes": nodes, **more} if more or any(len(node) > 1 for node in nodes) else None


def checked(layout: Any) -> dict[str, Any] | None:
    """A layout that comes from anywhere, without what is none of it. DocumentError where it is no layout."""
    if layout is None:
        return None
    if not isinstance(layout, dict) or not isinstance(layout.get("nodes"), list):
        raise DocumentError("a layout needs a list of nodes")
    nodes = [{**node, "layer": INPUT, "config": {}} if isinstance(node, dict) else node for node in layout["nodes"]]
    more = {key: layout.get(key, []) for key in ("groups", "notes")}
    return layout_of(check({"version": 1, "nodes": nodes, "edges": [], **more}))


def laid_out(document: Document, layout: dict[str, Any]) -> Document:
    """A document with what a layout says of its nodes and groups, known by their ids, and with its notes."""
    known = {node["id"]: {key: node[key] for key in FOR_THE_EYE if key in node} for node in layout["nodes"]}
    titles = {group["id"]: group["title"] for group in layout.get("groups", []) if "title" in group}
    made = {**document, "nodes": [{**node, **known.get(node["id"], {})} for node in document["nodes"]]}
    groups = [{**g, "title": titles[g["id"]]} if g["id"] in titles else g for g in regrouped(document, layout)]
    more = {"groups": groups, "notes": layout.get("notes")}
    return check({**made, **{key: value for key, value in more.items() if value}})


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
