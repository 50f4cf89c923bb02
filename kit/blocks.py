"""Repeated groups and bypassed nodes: what they stand for, written out as plain layers.

A group of nodes with repeat N is applied N times, each copy with weights of its own: the copies of node dense_1 in
group block are block_1_dense_1, block_2_dense_1, ... A bypassed node hands what it reads to its readers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kit.structure import (
    INPUT,
    Document,
    DocumentError,
    Node,
    check_sharing,
    in_order,
    ordered,
    repeated,
    sinks,
    sources_of,
    version_of,
)


@dataclass(frozen=True)
class Copy:
    """Where a layer of the written-out document comes from: its node, and which copy of a repeated group, from 1."""

    node: str
    number: int = 1


@dataclass
class Block:
    """A repeated group. entrance: the one node outside that it reads, None for a model's unknown input.

    exit: its one node that others read. nodes: in order.
    """

    id: str
    times: int
    entrance: str | None
    exit: str
    nodes: list[Node] = field(default_factory=list)


def copy_name(group: str, number: int, node: str) -> str:
    """What the model calls a copy of a node."""
    return f"{group}_{number}_{node}"


def block_of(document: Document, group: dict[str, Any]) -> Block:
    """A group as a block. DocumentError, with the group, where it cannot be applied again and again."""
    inside, name = set(group["nodes"]), group["id"]
    nodes = [node for node in document["nodes"] if node["id"] in inside]
    if any(node["layer"] == INPUT for node in nodes):
        raise DocumentError(
            f"group {name} has an Input, which cannot be repeated; leave it out of the group", group=name
        )
    entrances = {edge["source"] for edge in document["edges"] if edge["target"] in inside} - inside
    read = {edge["source"] for edge in document["edges"] if edge["target"] not in inside}
    ends = {*read, *outputs_of(document), *sinks(document)} & inside
    if len(ends) != 1:
        said = f"{', '.join(sorted(ends))} are read from outside" if ends else "nothing in it is read from outside"
        raise DocumentError(f"group {name} needs one exit to be repeated, but {said}; regroup it", group=name)
    sources = sources_of(document)
    starts = [node["id"] for node in nodes if not sources[node["id"]]]
    if len(entrances) + len(starts) != 1:
        said = f"it reads {' and '.join(sorted(entrances)) or 'nothing'}"
        if starts:
            said += f", and nothing is connected to {starts[0]}"
        raise DocumentError(f"group {name} needs one entrance to be repeated, but {said}; regroup it", group=name)
    for node in document["nodes"]:
        if node["id"] not in inside and node.get("shared_with") in inside:
            message = (
                f"{node['id']} shares the layer of {node['shared_with']}, but {name} is repeated: there are several"
            )
            raise DocumentError(message, node["id"], group=name)
    return Block(name, group["repeat"], next(iter(entrances), None), ends.pop(), nodes)


def in_blocks(document: Document) -> list[Node | Block]:
    """The nodes in order, those of each repeated group together as a block. DocumentError where that cannot be."""
    blocks = [block_of(document, group) for group in repeated(document)]
    if not blocks:
        return list(in_order(document))
    unit = {node["id"]: block.id for block in blocks for node in block.nodes}
    by_id: dict[str, Node | Block] = {block.id: block for block in blocks}
    by_id.update({node["id"]: node for node in document["nodes"] if node["id"] not in unit})
    names = list(dict.fromkeys(unit.get(node["id"], node["id"]) for node in document["nodes"]))
    wires = [(edge["source"], edge["target"]) for edge in document["edges"]]
    owners = [(node["shared_with"], node["id"]) for node in document["nodes"] if node.get("shared_with") is not None]
    pairs = [(unit.get(a, a), unit.get(b, b)) for a, b in [*wires, *owners]]
    for block in blocks:
        inner = [(a, b) for a, b in wires if unit.get(a) == block.id == unit.get(b)]
        held = {node["id"]: node for node in block.nodes}
        block.nodes = [held[name] for name in ordered(list(held), inner)]
    found = [by_id[name] for name in ordered(names, [(a, b) for a, b in pairs if a != b])]
    check_sharing([node for part in found for node in (part.nodes if isinstance(part, Block) else [part])])
    return found


def expand(document: Document) -> tuple[Document, dict[str, Copy]]:
    """The document with its copies written out and its bypassed nodes gone, and where each of its layers comes from.

    DocumentError, with the node or the group, where it cannot be written out.
    """
    if version_of(document) == 1:
        return document, {node["id"]: Copy(node["id"]) for node in document["nodes"]}
    whole, origin = unrolled(document)
    return without_bypassed(whole), origin


def unrolled(document: Document) -> tuple[Document, dict[str, Copy]]:
    """The document with the copies of its repeated groups written out; the other nodes keep all they have."""
    found: Document = {"version": 1, "nodes": [], "edges": []}
    sources, origin = sources_of(document), {}
    end: dict[str, str] = {}  # of a block's exit, its last copy
    taken = {node["id"] for node in document["nodes"]}
    for part in in_blocks(document):
        times = part.times if isinstance(part, Block) else 1
        nodes = part.nodes if isinstance(part, Block) else [part]
        before = None  # the exit of the copy before
        for number in range(1, times + 1):
            name = {node["id"]: node["id"] for node in nodes}
            if isinstance(part, Block):
                name = {node["id"]: free(copy_name(part.id, number, node["id"]), taken) for node in nodes}
                taken.update(name.values())
            for node in nodes:
                made = {**node, "id": name[node["id"]]}
                if node.get("shared_with") is not None:
                    made["shared_with"] = name.get(node["shared_with"], node["shared_with"])
                found["nodes"].append(made)
                origin[made["id"]] = Copy(node["id"], number)
                reads = [name.get(source) or before or end.get(source, source) for source in sources[node["id"]]]
                if not reads and before is not None:
                    reads = [before]
                found["edges"] += [{"source": source, "target": made["id"]} for source in reads]
            if isinstance(part, Block):
                before = end[part.exit] = name[part.exit]
    give_outputs(found, [end.get(output, output) for output in outputs_of(document)])
    return found, origin


def outputs_of(document: Document) -> list[str]:
    """The ids of the nodes whose results the model gives."""
    return document.get("outputs") or sinks(document)


def give_outputs(document: Document, outputs: list[str]) -> None:
    """States the outputs of a document where it would have others without being told."""
    document.pop("outputs", None)
    if outputs and outputs != sinks(document):
        document["outputs"] = outputs


def free(name: str, taken: set[str]) -> str:
    """The name, with underscores behind it until nothing else has it."""
    while name in taken:
        name += "_"
    return name


def without_bypassed(document: Document) -> Document:
    """A document without its bypassed nodes; DocumentError where one does not read just one other."""
    passed = {node["id"] for node in document["nodes"] if node.get("bypass")}
    if not passed:
        return document
    sources = sources_of(document)
    instead: dict[str, str | None] = {}
    owner: dict[str, str] = {}  # of a bypassed layer that others share, the first that stays
    nodes = []
    configs = {node["id"]: node.get("config", {}) for node in document["nodes"]}
    for node in in_order(document):
        name, shared = node["id"], node.get("shared_with")
        if name in passed:
            check_bypass(node, sources[name])
            before = sources[name][0] if sources[name] else None
            instead[name] = instead.get(before, before) if before is not None else None
        elif shared is not None and shared in passed and owner.setdefault(shared, name) == name:
            nodes.append(
                {key: value for key, value in node.items() if key != "shared_with"} | {"config": configs[shared]}
            )
        else:
            nodes.append({**node, "shared_with": owner.get(shared, shared)} if shared is not None else node)
    edges = [
        {"source": source, "target": edge["target"]}
        for edge in document["edges"]
        if edge["target"] not in passed and (source := instead.get(edge["source"], edge["source"])) is not None
    ]
    made = {**document, "nodes": nodes, "edges": edges}
    give_outputs(made, [end for output in outputs_of(document) if (end := instead.get(output, output)) is not None])
    return made


def check_bypass(node: Node, sources: list[str]) -> None:
    """DocumentError where a node cannot pass on what it reads."""
    if node["layer"] == INPUT:
        raise DocumentError(f"{node['id']} is an Input, which cannot be bypassed; delete it instead", node["id"])
    if len(sources) > 1:
        raise DocumentError(
            f"{node['id']} reads {' and '.join(sources)}, so it cannot be bypassed: there is not one input to pass on; "
            "delete it, or the wires that are not wanted",
            node["id"],
        )
