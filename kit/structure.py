"""What a graph document is made of: its parts checked, its nodes in order. Nothing is built here."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from typing import Any

VERSIONS = (1, 2)
INPUT = "Input"
MAXIMUM_NODES = 10_000
MAXIMUM_REPEAT = 1_000
LONGEST_TITLE = 200
LONGEST_TEXT = 10_000

Document = dict[str, Any]
Node = dict[str, Any]


class DocumentError(ValueError):
    """A graph document that describes no model; the message says which node and why.

    node: its id, or None. group: the id of the group that cannot be repeated, or None.
    """

    def __init__(self, message: str, node: str | None = None, group: str | None = None) -> None:
        super().__init__(message)
        self.node, self.group = node, group


def version_of(document: Document) -> int:
    """The lowest version that can say what a document says: 2 with a bypassed node or a repeated group, else 1."""
    bypassed = any(node.get("bypass") for node in document["nodes"])
    return 2 if bypassed or repeated(document) else 1


def repeated(document: Document) -> list[dict[str, Any]]:
    """The groups that are applied more than once."""
    return [group for group in document.get("groups", []) if group.get("repeat", 1) > 1]


def sinks(document: Document) -> list[str]:
    """The ids of the nodes that no other reads."""
    read = {edge["source"] for edge in document["edges"]}
    return [node["id"] for node in document["nodes"] if node["id"] not in read]


def sources_of(document: Document) -> dict[str, list[str]]:
    """For each node, the ids of the nodes it reads, in the order of the edges."""
    found: dict[str, list[str]] = {node["id"]: [] for node in document["nodes"]}
    for edge in document["edges"]:
        found[edge["target"]].append(edge["source"])
    return found


def check(document: Any) -> Document:
    """The document, its structure checked. DocumentError where it is not one; nothing is built."""
    if not isinstance(document, dict) or document.get("version") not in VERSIONS:
        raise DocumentError(f"this is no graph document of version {VERSIONS[-1]}; it needs version, nodes and edges")
    nodes, edges = document.get("nodes"), document.get("edges")
    if not isinstance(nodes, list) or not isinstance(edges, list) or len(nodes) > MAXIMUM_NODES:
        raise DocumentError(f"a graph document has lists of nodes (at most {MAXIMUM_NODES:,}) and edges")
    if len(edges) > 10 * MAXIMUM_NODES:
        raise DocumentError(f"a graph document has at most {10 * MAXIMUM_NODES:,} edges")
    ids: set[str] = set()
    for node in nodes:
        check_node(node, ids)
        ids.add(node["id"])
    for edge in edges:
        ends = [edge.get("source"), edge.get("target")] if isinstance(edge, dict) else []
        if not ends or any(not isinstance(end, str) or end not in ids for end in ends):
            raise DocumentError("every edge needs a source and a target among the nodes")
    outputs = document.get("outputs", [])
    if not isinstance(outputs, list) or any(not isinstance(output, str) or output not in ids for output in outputs):
        raise DocumentError("outputs holds ids of nodes")
    for node in nodes:
        shared = node.get("shared_with", node["id"])
        if not isinstance(shared, str) or shared not in ids:
            raise DocumentError(f"{node['id']} shares the layer of a node that is not there", node["id"])
    check_groups(document.get("groups", []), ids)
    check_notes(document.get("notes", []))
    return document


def check_node(node: Any, ids: set[str]) -> None:
    """DocumentError where this is no node, or has the id of another."""
    if not isinstance(node, dict) or not isinstance(node.get("id"), str) or not isinstance(node.get("layer"), str):
        raise DocumentError("every node needs an id and a layer, both strings")
    name = node["id"]
    if not name or name in ids:
        raise DocumentError(f"two nodes are called {name!r}; give each its own id", name)
    if not is_text(name, LONGEST_TEXT):
        raise DocumentError(f"{name!r} is no id that can be written down; use letters and digits", None)
    config = node.get("config", {})
    if not isinstance(config, dict) or not all(isinstance(key, str) for key in config):
        raise DocumentError(f"{name}: config holds names and values", name)
    if not is_line(node.get("title", "a")):
        raise DocumentError(f"{name}: title is one line of text, at most {LONGEST_TITLE} characters", name)
    if not is_text(node.get("comment", "a"), LONGEST_TEXT):
        raise DocumentError(f"{name}: comment is text, at most {LONGEST_TEXT:,} characters", name)
    if not isinstance(node.get("bypass", False), bool):
        raise DocumentError(f"{name}: bypass is true or left out", name)
    if "position" in node and not is_pair(node["position"]):
        raise DocumentError(f"{name}: position is two numbers, x and y", name)


def check_groups(groups: Any, ids: set[str]) -> None:
    """DocumentError where these are no groups of the nodes with these ids."""
    if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
        raise DocumentError("groups is a list of groups, each with an id and nodes")
    taken, members = set(ids), set[str]()
    for group in groups:
        name, nodes = group.get("id"), group.get("nodes")
        if not is_line(name) or name in taken:
            raise DocumentError(f"{name!r} is no id for a group; give each group one that no node and no group has")
        if not isinstance(nodes, list) or not nodes or not all(isinstance(node, str) and node in ids for node in nodes):
            raise DocumentError(f"group {name} needs nodes: the ids of one or more nodes", group=name)
        if len(set(nodes)) < len(nodes) or members & set(nodes):
            raise DocumentError(
                f"group {name} has a node twice, or one of another group's; a node is in one", group=name
            )
        times = group.get("repeat", 1)
        if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MAXIMUM_REPEAT:
            raise DocumentError(f"group {name}: repeat is a whole number from 1 to {MAXIMUM_REPEAT:,}", group=name)
        if not is_line(group.get("title", "a")) or not isinstance(group.get("collapsed", False), bool):
            raise DocumentError(f"group {name}: title is one line of text, collapsed true or false", group=name)
        taken.add(name)
        members |= set(nodes)
    copies = sum(len(group["nodes"]) * (group.get("repeat", 1) - 1) for group in groups)
    if len(ids) + copies > MAXIMUM_NODES:
        raise DocumentError(f"the groups make more than {MAXIMUM_NODES:,} layers; repeat less")


def check_notes(notes: Any) -> None:
    """DocumentError where these are no notes."""
    if not isinstance(notes, list) or len(notes) > MAXIMUM_NODES:
        raise DocumentError("notes is a list of notes")
    for note in notes:
        whole = isinstance(note, dict) and is_line(note.get("id")) and is_text(note.get("text"), LONGEST_TEXT)
        if not whole or not all(is_pair(note[key]) for key in ("position", "size") if key in note):
            raise DocumentError("a note has an id, a text, and position and size of two numbers each")
    if len({note["id"] for note in notes}) < len(notes):
        raise DocumentError("two notes have the same id; give each its own")


def is_text(value: Any, longest: int) -> bool:
    """Whether a value is text of at most so many characters, which can be written down, without control characters."""
    if not isinstance(value, str) or len(value) > longest:
        return False
    return not any(
        (character < " " and character not in "\n\t") or "\ud800" <= character <= "\udfff" for character in value
    )


def is_line(value: Any) -> bool:
    """Whether a value is a line of text that is not empty."""
    return is_text(value, LONGEST_TITLE) and bool(value) and "\n" not in value


def is_pair(value: Any) -> bool:
    """Whether a value is two finite numbers."""
    numbers = isinstance(value, (list, tuple)) and len(value) == 2
    return numbers and all(
        isinstance(number, (int, float)) and not isinstance(number, bool) and math.isfinite(number) for number in value
    )


def in_order(document: Document) -> list[Node]:
    """The nodes, each after those it reads, otherwise as they stand. DocumentError where they form a circle."""
    nodes = document["nodes"]
    names = ordered([node["id"] for node in nodes], ((edge["source"], edge["target"]) for edge in document["edges"]))
    by_id = {node["id"]: node for node in nodes}
    found = [by_id[name] for name in names]
    check_sharing(found)
    return found


def ordered(names: list[str], pairs: Iterable[tuple[str, str]]) -> list[str]:
    """The names so that of each pair (first, then) the first comes first. DocumentError where they form a circle."""
    place = {name: i for i, name in enumerate(names)}
    missing = [0] * len(names)
    readers: list[list[int]] = [[] for _ in names]
    for first, then in pairs:
        readers[place[first]].append(place[then])
        missing[place[then]] += 1
    ready = [i for i, count in enumerate(missing) if count == 0]  # a heap: the smallest place first
    found = []
    while ready:
        i = heapq.heappop(ready)
        found.append(names[i])
        for reader in readers[i]:
            missing[reader] -= 1
            if missing[reader] == 0:
                heapq.heappush(ready, reader)
    if len(found) < len(names):
        circular = next(names[i] for i, count in enumerate(missing) if count)
        raise DocumentError(f"{circular} is part of a circle, or reads one; remove a wire of it", circular)
    return found


def check_sharing(nodes: list[Node]) -> None:
    """DocumentError where a node shares the layer of one that has none of its own before it."""
    layers: set[str] = set()
    for node in nodes:
        shared = node.get("shared_with")
        if shared is None and node["layer"] != INPUT:
            layers.add(node["id"])
        elif shared is not None and shared not in layers:
            raise DocumentError(f"{node['id']} shares the layer of {shared}, which is no layer before it", node["id"])
