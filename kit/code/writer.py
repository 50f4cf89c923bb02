"""From a graph document to the Python text a person would write."""

from __future__ import annotations

from kit.blocks import Block, in_blocks, outputs_of, unrolled
from kit.code.functional import functional
from kit.code.layers import Calls, is_own, kinds_of, loop_lines
from kit.structure import INPUT, Document, Node, check, sources_of, version_of

LONGEST_LINE = 120
Part = Node | Block


def to_code(document: Document) -> str:
    """The text that makes a document's model: Sequential([...]) for a chain, else each layer called on its inputs.

    A repeated group is a loop; titles, comments and bypassed layers are comments. DocumentError where a group
    cannot be repeated.
    """
    document = check(document)
    calls = Calls(document, in_blocks(document))
    if calls.collide:
        calls = Calls(document, calls.parts, named=True)
    if calls.collide:
        document, _ = unrolled(document)
        calls = Calls(document, in_blocks(document))
    chain = is_chain(document, calls.nodes)
    body = (in_turn(calls) if version_of(document) > 1 and calls.blocks else listed(calls)) if chain else None
    body = body or functional(document, calls)
    kinds = {name for node in calls.nodes for name in kinds_of(node) if name == INPUT or is_own(name)}
    imports = [*imported(sorted(kinds)), f"from kit.models import {'Sequential' if chain else 'Model'}"]
    return "\n".join([*imports, "", *body]) + "\n"


def imported(names: list[str]) -> list[str]:
    """The lines that import some layers."""
    line = f"from kit.layers import {', '.join(names)}"
    if len(line) <= LONGEST_LINE:
        return [line] if names else []
    return ["from kit.layers import (", *(f"    {name}," for name in names), ")"]


def is_chain(document: Document, nodes: list[Node]) -> bool:
    """Whether each node reads the one before it alone, and the model gives the last."""
    sources = sources_of(document)
    before = [[], *([node["id"]] for node in nodes[:-1])]
    straight = all(sources[node["id"]] == one for node, one in zip(nodes, before, strict=False))
    plain = not any(node.get("shared_with") is not None or node["layer"] == INPUT for node in nodes[1:])
    return straight and plain and outputs_of(document) == [node["id"] for node in nodes[-1:]]


def listed(calls: Calls) -> list[str]:
    """The lines of Sequential([...])."""
    lines = []
    for node in calls.nodes:
        if node.get("bypass"):
            lines += [*calls.above(node), f"# bypass: {calls.call(node)}"]
        else:
            lines += calls.with_notes(node, f"{calls.call(node)},")
    return ["model = Sequential([", *(f"    {line}" for line in lines), "])"]


def in_turn(calls: Calls) -> list[str]:
    """The lines that add layer after layer to a Sequential, repeated ones in loops."""
    lines = ["model = Sequential()"]
    for part in calls.parts:
        inner = []
        for node in part.nodes if isinstance(part, Block) else [part]:
            added = f"model.add({calls.call(node)})"
            if node.get("bypass"):
                inner += [*calls.above(node), f"# bypass: {added}"]
            else:
                inner += calls.with_notes(node, added)
        if isinstance(part, Block):
            idle = all(node.get("bypass") for node in part.nodes)
            lines += loop_lines(calls, part, [*inner, "pass"] if idle else inner)
        else:
            lines += inner
    return lines
