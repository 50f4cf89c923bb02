"""From a graph document to the Python text a person would write."""

from __future__ import annotations

import itertools
import json
import keyword
from typing import Any

from kit.code.names import AutomaticNames
from kit.graph import INPUT, Document, check, in_order, layer_class, make_layer, sinks, sources_of


def to_code(document: Document) -> str:
    """The text that makes a document's model: Sequential([...]) for a chain, else each layer called on its inputs."""
    nodes = in_order(check(document))
    sources = sources_of(document)
    before = [[], *([node["id"]] for node in nodes[:-1])]
    chain = all(sources[node["id"]] == one for node, one in zip(nodes, before, strict=False))
    chain = chain and not any(node.get("shared_with") or node["layer"] == INPUT for node in nodes[1:])
    chain = chain and document.get("outputs") in (None, [nodes[-1]["id"]] if nodes else [])
    names = AutomaticNames()
    calls = {node["id"]: construction(node, names, chain) for node in nodes}
    if chain:
        body = ["model = Sequential([", *(f"    {calls[node['id']]}," for node in nodes), "])"]
    else:
        body = functional(document, nodes, sources, calls)
    kinds = {node["layer"] for node in nodes if node["layer"] == INPUT or is_own(node["layer"])}
    imports = [f"from kit.layers import {', '.join(sorted(kinds))}"] if kinds else []
    imports.append(f"from kit.models import {'Sequential' if chain else 'Model'}")
    return "\n".join([*imports, "", *body]) + "\n"


def is_own(name: str) -> bool:
    """Whether a layer comes with the kit, so that it can be imported from there."""
    return layer_class(name).__module__.startswith("kit.")


def construction(node: dict[str, Any], names: AutomaticNames, chain: bool) -> str:
    """The call that makes a node's layer."""
    name = node["id"]
    if node["layer"] == INPUT:
        shape = tuple(node["config"]["shape"])
        automatic = names.next(INPUT)
        names.taken.add(name)
        text = json.dumps(name, ensure_ascii=False)
        return f"Input({shape!r})" if name == automatic else f"Input({shape!r}, name={text})"
    if node.get("shared_with"):
        return ""
    layer = make_layer(node)
    if name != names.next(node["layer"]):
        layer.name = name
    names.taken.add(name)
    return repr(layer)


def functional(
    document: Document, nodes: list[dict[str, Any]], sources: dict[str, list[str]], calls: dict[str, str]
) -> list[str]:
    """The lines that call each layer on what it reads."""
    shared = {node["shared_with"] for node in nodes if node.get("shared_with")}
    variables = variables_of(nodes, shared)
    lines = []
    for node in nodes:
        name = node["id"]
        if node["layer"] == INPUT:
            lines.append(f"{variables[name]} = {calls[name]}")
            continue
        reads = [variables[source] for source in sources[name]]
        argument = reads[0] if len(reads) == 1 else f"[{', '.join(reads)}]"
        if name in shared:
            lines.append(f"{variables[name]}_layer = {calls[name]}")
        made = (
            f"{variables[node.get('shared_with') or name]}_layer"
            if shared & {name, node.get("shared_with")}
            else calls[name]
        )
        lines.append(f"{variables[name]} = {made}({argument})")
    inputs = [variables[node["id"]] for node in nodes if node["layer"] == INPUT]
    outputs = [variables[output] for output in document.get("outputs") or sinks(document)]
    ends = [names[0] if len(names) == 1 else f"[{', '.join(names)}]" for names in (inputs, outputs)]
    return [*lines, f"model = Model({', '.join(ends)})"]


def variables_of(nodes: list[dict[str, Any]], shared: set[str]) -> dict[str, str]:
    """For each node's id a Python name of its own, which hides no class that the text uses."""
    taken = {"Model", *(node["layer"] for node in nodes)}
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
