"""The text of a graph: each layer called on what it reads."""

from __future__ import annotations

import itertools
import keyword

from kit.blocks import Block, outputs_of
from kit.code.layers import INDEX, Calls, kinds_of, loop_lines
from kit.structure import INPUT, Document, Node, sources_of

RESERVED = {"Model", "range", "_", INDEX}


def functional(document: Document, calls: Calls) -> list[str]:
    """The lines that call each layer on what it reads, and make the model."""
    shared = {node["shared_with"] for node in calls.nodes if node.get("shared_with") is not None}
    variables = variables_of(calls.nodes, shared)
    sources = sources_of(document)
    lines: list[str] = []
    for part in calls.parts:
        if isinstance(part, Block):
            carried = variables[part.exit]  # from turn to turn
            reads = {**variables, **({part.entrance: carried} if part.entrance is not None else {})}
            inner = [line for node in part.nodes for line in calling(node, calls, sources, variables, reads, shared)]
            lines += [f"{carried} = {variables[part.entrance]}"] if part.entrance is not None else []
            lines += loop_lines(calls, part, inner)
        else:
            lines += calling(part, calls, sources, variables, variables, shared)
    inputs = [variables[node["id"]] for node in calls.nodes if node["layer"] == INPUT]
    outputs = [variables[output] for output in outputs_of(document)]
    ends = [names[0] if len(names) == 1 else f"[{', '.join(names)}]" for names in (inputs, outputs)]
    return [*lines, f"model = Model({', '.join(ends)})"]


def calling(
    node: Node,
    calls: Calls,
    sources: dict[str, list[str]],
    variables: dict[str, str],
    reads: dict[str, str],
    shared: set[str],
) -> list[str]:
    """The lines that call one node's layer. reads: what the outputs of other nodes are called where it stands."""
    name, variable, owner = node["id"], variables[node["id"]], node.get("shared_with")
    if node["layer"] == INPUT:
        return calls.with_notes(node, f"{variable} = {calls.call(node)}")
    arguments = [reads[source] for source in sources[name]]
    argument = arguments[0] if len(arguments) == 1 else f"[{', '.join(arguments)}]"
    made = f"{variables[owner or name]}_layer" if owner is not None or name in shared else calls.call(node)
    first = [f"{made} = {calls.call(node)}"] if name in shared else []
    if node.get("bypass"):
        return [*first, *calls.with_notes(node, f"{variable} = {argument}  # bypass: {made}", behind=False)]
    return [*first, *calls.with_notes(node, f"{variable} = {made}({argument})")]


def variables_of(nodes: list[Node], shared: set[str]) -> dict[str, str]:
    """For each node's id a Python name of its own, which hides nothing that the text uses."""
    taken = RESERVED | {name for node in nodes for name in kinds_of(node)}
    found: dict[str, str] = {}
    for node in nodes:
        plain = variable(node["id"])
        names = itertools.chain([plain], (f"{plain}_{i}" for i in itertools.count(2)))
        name = found[node["id"]] = next(name for name in names if not taken & {name, f"{name}_layer"})
        taken |= {name, f"{name}_layer"} if node["id"] in shared else {name}
    return found


def variable(name: str) -> str:
    """A node's id as a Python name."""
    cleaned = "".join(character if character.isalnum() else "_" for character in name)
    return cleaned if cleaned.isidentifier() and not keyword.iskeyword(cleaned) else f"layer_{cleaned}"
