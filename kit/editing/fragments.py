"""Some nodes as text, to be copied, saved and pasted: JSON, or Python code."""

from __future__ import annotations

import json
from typing import Any

from kit.code import CodeError, from_code, to_code
from kit.code.names import next_group_name
from kit.editing.usual import new_id
from kit.structure import INPUT, Document, DocumentError, check, is_pair, version_of

ASIDE = 36  # canvas pixels that pasted nodes stand beside the copied ones
LONGEST = 4_000_000  # characters


def fragment_of(document: Document, nodes: list[str]) -> Document:
    """Some nodes with the wires between them and the groups that are whole, as a document of their own."""
    wanted = set(nodes)
    configs = {node["id"]: node.get("config", {}) for node in document["nodes"]}
    unknown = wanted - configs.keys()
    if unknown or not wanted:
        raise DocumentError(f"there is no node {sorted(unknown)[0]!r}" if unknown else "no node is chosen")
    kept, owner = [], dict[str, str]()
    for node in document["nodes"]:
        shared = node.get("shared_with")
        if node["id"] in wanted and shared is not None and shared not in wanted:
            first = owner.setdefault(shared, node["id"])  # its owner stays behind: the first takes the layer along
            node = {key: value for key, value in node.items() if key != "shared_with"}
            node = {**node, "config": configs[shared]} if first == node["id"] else {**node, "shared_with": first}
        if node["id"] in wanted:
            kept.append(node)
    edges = [edge for edge in document["edges"] if edge["source"] in wanted and edge["target"] in wanted]
    groups = [group for group in document.get("groups", []) if wanted.issuperset(group["nodes"])]
    made: Document = {"version": 1, "nodes": kept, "edges": edges, **({"groups": groups} if groups else {})}
    return {**made, "version": version_of(made)}


def to_text(fragment: Document) -> str:
    """A fragment as JSON text."""
    return json.dumps({"hornbook": "layers", **fragment}, ensure_ascii=False)


def code_of(fragment: Document) -> str | None:
    """A fragment as Python code; None where it is no model by itself."""
    try:
        return to_code(fragment)
    except (ValueError, TypeError):
        return None


def read(text: str) -> tuple[Document, bool]:
    """The fragment in a text, and whether it was code. DocumentError or CodeError where there is none."""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise DocumentError(f"what is pasted is text of at most {LONGEST:,} characters")
    if text.lstrip()[:1] != "{":
        return from_code(text), True
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise DocumentError("what is pasted is neither layers nor Python code that makes a model") from None
    return check({"version": 1, **found}), False


def paste(document: Document, text: str, position: Any = None) -> tuple[Document, list[str]]:
    """The nodes of a text beside those that are there, under ids that are free."""
    try:
        fragment, is_code = read(text)
    except CodeError as error:
        raise DocumentError(f"this cannot be pasted: {error}") from None
    if is_code and document["nodes"]:
        fragment = without_inputs(fragment)
    names: dict[str, str] = {}
    made = {**document, "nodes": list(document["nodes"])}
    shift = offset(fragment, position)
    for node in fragment["nodes"]:
        taken = {other["id"] for other in made["nodes"]} | {group["id"] for group in made.get("groups", [])}
        names[node["id"]] = node["id"] if node["id"] not in taken else new_id(made, node["layer"])
        new = {**node, "id": names[node["id"]]}
        if node.get("position") is not None:
            new["position"] = [at + by for at, by in zip(node["position"], shift, strict=True)]
        made["nodes"].append(new)
    for new in made["nodes"][len(document["nodes"]) :]:
        if new.get("shared_with") is not None:
            new["shared_with"] = names[new["shared_with"]]
    edges = [{**e, "source": names[e["source"]], "target": names[e["target"]]} for e in fragment["edges"]]
    made["edges"] = [*document["edges"], *edges]
    groups = list(document.get("groups", []))
    for group in fragment.get("groups", []):
        taken = {node["id"] for node in made["nodes"]} | {other["id"] for other in groups}
        name = group["id"] if group["id"] not in taken else next_group_name(taken)
        groups.append({**group, "id": name, "nodes": [names[node] for node in group["nodes"]]})
    return {**made, **({"groups": groups} if groups else {})}, list(names.values())


def without_inputs(fragment: Document) -> Document:
    """A fragment without its entrances."""
    inputs = {node["id"] for node in fragment["nodes"] if node["layer"] == INPUT}
    nodes = [node for node in fragment["nodes"] if node["id"] not in inputs]
    edges = [edge for edge in fragment["edges"] if edge["source"] not in inputs]
    return {**fragment, "nodes": nodes, "edges": edges}


def offset(fragment: Document, position: Any) -> tuple[float, float]:
    """How far pasted nodes are moved: so that the upper left one stands at the position, or a little aside."""
    places = [node["position"] for node in fragment["nodes"] if node.get("position") is not None]
    if not places or not is_pair(position):
        return ASIDE, ASIDE
    return position[0] - min(place[0] for place in places), position[1] - min(place[1] for place in places)
