"""What of a document is for the eye, and how it outlives an edit of the rest."""

from __future__ import annotations

from kit.code import folded
from kit.editing.places import place_missing
from kit.graph import document
from kit.layout import laid_out, regrouped
from kit.models import Model
from kit.structure import Document, check


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


def document_of(model: Model, old: Document | None = None) -> Document:
    """The document of a model as it was laid out, or, where it never was, as the one before it."""
    new = folded(document(model))
    if model.layout is not None:
        return place_missing(laid_out(new, model.layout))
    return placed(new, old) if old is not None else new


def shared(new: Document, old: Document) -> Document:
    """A document that holds the very nodes and edges of the one before it where they are the same, to save memory."""
    before = {node["id"]: node for node in old["nodes"]}
    nodes = [before[node["id"]] if before.get(node["id"]) == node else node for node in new["nodes"]]
    made = {**new, "nodes": nodes}
    return made | {key: old[key] for key in ("edges", "groups", "notes") if key in new and new[key] == old.get(key)}
