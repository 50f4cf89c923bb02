"""Edits of nodes: a new one, one less, another in its place, a field of it."""

from __future__ import annotations

from typing import Any

from kit.declared import plain
from kit.editing.places import make_room
from kit.editing.usual import carried, new_id, usual_config
from kit.editing.wires import ends, node_of
from kit.fields import MISSING
from kit.graph import layer_class
from kit.structure import INPUT, Document, DocumentError, Node, sources_of


def changed(document: Document, name: str, **keys: Any) -> Document:
    """The document with some keys of a node changed; a key that is None is taken away."""
    node_of(document, name)

    def one(node: Node) -> Node:
        return {key: value for key, value in {**node, **keys}.items() if value is not None}

    return {**document, "nodes": [one(node) if node["id"] == name else node for node in document["nodes"]]}


def owner_of(document: Document, name: str) -> Node:
    """The node whose layer a node uses: itself, or the one it shares with."""
    node = node_of(document, name)
    return node_of(document, node["shared_with"]) if node.get("shared_with") is not None else node


def insert(
    document: Document,
    layer: str,
    config: dict[str, Any] | None = None,
    source: str | None = None,
    target: str | None = None,
    id: str | None = None,
    position: Any = None,
) -> tuple[Document, list[str]]:
    """A new node between two, after one, before one, or by itself."""
    for end in (source, target):
        if end is not None:
            node_of(document, end)
    name = id or new_id(document, layer)
    node: Node = {"id": name, "layer": layer, "config": usual_config(layer, config)}
    if position is not None:
        node["position"] = list(position)
    edges = list(document["edges"])
    made = {**document, "nodes": placed_after(document["nodes"], node, source, target)}
    if source is not None and target is not None:
        if {"source": source, "target": target} not in ends(edges):
            raise DocumentError(f"there is no wire from {source} to {target}")
        i = ends(edges).index({"source": source, "target": target})
        edges[i : i + 1] = [{"source": source, "target": name}, {**edges[i], "source": name}]
    elif source is not None:
        edges = [{**edge, "source": name} if edge["source"] == source else edge for edge in edges]
        edges.append({"source": source, "target": name})
        if source in document.get("outputs", []):
            made["outputs"] = [name if output == source else output for output in document["outputs"]]
    elif target is not None:
        edges = [{**edge, "target": name} if edge["target"] == target else edge for edge in edges]
        edges.append({"source": name, "target": target})
    made["edges"] = edges
    made = joined(document, made, name, source, target)
    return make_room(made, name) if position is None else made, [name]


def placed_after(nodes: list[Node], node: Node, source: str | None, target: str | None) -> list[Node]:
    """The nodes with a new one behind its source, or before its target."""
    names = [each["id"] for each in nodes]
    i = names.index(source) + 1 if source is not None else names.index(target) if target is not None else len(nodes)
    return [*nodes[:i], node, *nodes[i:]]


def joined(before: Document, after: Document, name: str, source: str | None, target: str | None) -> Document:
    """The document with a new node in the group of the two it stands between."""
    readers = {target} if target is not None else {e["target"] for e in before["edges"] if e["source"] == source}
    groups = [
        {**group, "nodes": [*group["nodes"], name]}
        if source in group["nodes"] and any(reader in group["nodes"] for reader in readers)
        else group
        for group in after.get("groups", [])
    ]
    return {**after, "groups": groups} if groups else after


def remove(document: Document, nodes: list[str]) -> tuple[Document, list[str]]:
    """The document without some nodes; one that read one other hands its readers on to it."""
    for name in nodes:
        document = without(document, name)
    return document, []


def without(document: Document, name: str) -> Document:
    """The document without one node."""
    node_of(document, name)
    sources = sources_of(document)[name]
    instead = sources[0] if len(sources) == 1 else None
    edges = []
    for edge in document["edges"]:
        if edge["source"] == name and instead is not None:
            edges.append({**edge, "source": instead})
        elif name not in (edge["source"], edge["target"]):
            edges.append(edge)
    nodes = [node for node in unshared(document, name)["nodes"] if node["id"] != name]
    made = {**document, "nodes": nodes, "edges": edges}
    if name in document.get("outputs", []):
        outputs = [instead if output == name else output for output in document["outputs"]]
        outputs = [output for output in outputs if output is not None]
        made = {key: value for key, value in made.items() if key != "outputs"} | (
            {"outputs": outputs} if outputs else {}
        )
    return out_of_groups(made, {name})


def unshared(document: Document, name: str) -> Document:
    """The document where the first that shares a node's layer has the layer, and the others share with that one."""
    node = node_of(document, name)
    sharers = [each["id"] for each in document["nodes"] if each.get("shared_with") == name]
    for i, sharer in enumerate(sharers):
        if i == 0:
            document = changed(document, sharer, shared_with=None, config=node.get("config", {}), layer=node["layer"])
        else:
            document = changed(document, sharer, shared_with=sharers[0])
    return document


def out_of_groups(document: Document, names: set[str]) -> Document:
    """The document with some nodes in no group; a group that is empty then is gone."""
    if "groups" not in document:
        return document
    groups = [{**g, "nodes": [node for node in g["nodes"] if node not in names]} for g in document["groups"]]
    groups = [group for group in groups if group["nodes"]]
    rest = {key: value for key, value in document.items() if key != "groups"}
    return {**rest, "groups": groups} if groups else rest


def replace(
    document: Document, node: str, layer: str, config: dict[str, Any] | None = None
) -> tuple[Document, list[str]]:
    """Another layer in a node's place; it keeps the settings that both have and the new one takes."""
    old, kept = owner_of(document, node).get("config", {}), dict(config or {})
    declaration = layer_class(layer).declaration if layer != INPUT else {}
    for name, value in old.items():
        if name in declaration and name not in kept and (value := carried(value, declaration[name])) is not MISSING:
            kept[name] = value
    document = unshared(document, node)
    return changed(document, node, layer=layer, config=usual_config(layer, kept), shared_with=None), []


def set_field(document: Document, node: str, field: str, value: Any = None) -> tuple[Document, list[str]]:
    """A field of a node's layer; left out where it is the default."""
    owner = owner_of(document, node)
    config = {name: held for name, held in owner.get("config", {}).items() if name != field}
    declared = layer_class(owner["layer"]).declaration.get(field) if owner["layer"] != INPUT else None
    usual = declared is not None and declared.default is not MISSING and plain(declared.default) == value
    if value is not None and not usual:
        config[field] = value
    return changed(document, owner["id"], config=config), []


def label(
    document: Document, node: str, title: str | None = None, comment: str | None = None
) -> tuple[Document, list[str]]:
    """What a node is called for the eye, and what is said of it; an empty text takes it away."""
    for key, text in (("title", title), ("comment", comment)):
        if text is not None:
            document = changed(document, node, **{key: text or None})
    return document, []


def bypass(document: Document, nodes: list[str], on: bool) -> tuple[Document, list[str]]:
    """Whether some nodes pass on what they read."""
    for name in nodes:
        document = changed(document, name, bypass=True if on else None)
    return document, []


def freeze(document: Document, nodes: list[str], on: bool) -> tuple[Document, list[str]]:
    """Whether training leaves the weights of some nodes as they are; an Input has none."""
    for name in nodes:
        if node_of(document, name)["layer"] != INPUT:
            document, _ = set_field(document, name, "trainable", False if on else None)
    return document, []
