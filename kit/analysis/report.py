"""The analysis of a document as plain data; docs/protocol.md has its form."""

from __future__ import annotations

from typing import Any

from kit.analysis.advice import warnings_of
from kit.analysis.cost import Cost
from kit.analysis.costs import costs_of, memory_of, parameters
from kit.analysis.mending import Trial, fixes_of
from kit.analysis.survey import Survey, survey
from kit.analysis.training import Training
from kit.structure import INPUT, Document, Node, sources_of
from kit.symbols import Shape


def analyse(document: Document, shape: Shape | None = None, training: Training | None = None) -> dict[str, Any]:
    """Shapes, parameters, costs, errors, warnings, and what mends them; never raises.

    shape: of an input sample, for a chain whose document has no Input. training: how the model will be trained.
    """
    training = training or Training()
    found = survey(document, shape, training.outputs)
    report: dict[str, Any] = {"nodes": {}, "edges": [], "groups": {}, "parameters": 0, "trainable": 0}
    report.update(flops=None, memory=None, error=found.error)
    if not found.layers:
        return report
    costs = costs_of(found, training)
    own = [layer for layer in found.layers.values() if layer.own]
    report["parameters"] = sum(parameters(layer) for layer in own)
    report["trainable"] = sum(layer.found.trainable for layer in own)
    report["flops"] = flops(costs, [name for name, layer in found.layers.items() if layer.node["layer"] != INPUT])
    report["memory"] = memory_of(found, costs, training)
    copies = copies_of(found)
    for node in found.document["nodes"]:
        entry = node_entry(found, node, copies[node["id"]], costs, report["parameters"])
        report["nodes"][node["id"]] = entry
    trial = Trial(found, shape, training)
    fixes = fixes_of(found, trial, training)
    for name, problem in found.problems.items():
        report["nodes"][name]["error"] = {"message": problem.message, "field": problem.field, "fixes": fixes[name]}
    sources = sources_of(document)
    report["edges"] = [
        {"source": source, "target": name, "error": problem.message, "fixes": fixes[name]}
        for name, problem in found.problems.items()
        if problem.field is None
        for source in sources[name]
        if not (circles := found.around(name)) or any((source, name) in circle.wires for circle in circles)
    ]
    for group in document.get("groups", []):
        report["groups"][group["id"]] = group_entry(found, group, report, fixes)
    for name, warnings in warnings_of(found, trial, training).items():
        report["nodes"][name]["warnings"] = warnings
    if report["error"] is None and found.wrong:
        report["error"] = said(len(found.problems), len(found.groups))
    return report


def said(layers: int, groups: int) -> str:
    """How much is wrong, in words."""
    parts = [(layers, "layer"), (groups, "group")]
    counted = " and ".join(f"{n} {word}{'s' if n > 1 else ''}" for n, word in parts if n)
    return f"{counted} cannot work yet; see the red notes"


def copies_of(found: Survey) -> dict[str, list[str]]:
    """For each node of the document its layers, one for each copy; none for a bypassed one."""
    copies: dict[str, list[str]] = {node["id"]: [] for node in found.document["nodes"]}
    for name in found.layers:
        copies[found.origin[name].node].append(name)
    return copies


def flops(costs: dict[str, Cost | None], names: list[str]) -> int | None:
    """What some layers take together for one sample; None where that of one is not known."""
    taken = [costs.get(name) for name in names]
    return None if None in taken else sum(cost.flops for cost in taken if cost is not None)


def node_entry(
    found: Survey, node: Node, copies: list[str], costs: dict[str, Cost | None], total: int
) -> dict[str, Any]:
    """A node's part of the report, without what is wrong with it."""
    if not copies:
        return bypassed_entry(found, node)
    first = found.layers[copies[0]]
    known = all(found.layers[name].found.parameters is not None or not found.layers[name].own for name in copies)
    count = sum(parameters(found.layers[name]) for name in copies) if known else None
    return {
        "input": [listed(shape) for shape in first.came],
        "output": listed(first.found.gives),
        "parameters": count,
        "share": (count or 0) / total if total else 0.0,
        "flops": 0 if node["layer"] == INPUT else flops(costs, copies),
        "copies": len(copies),
        "error": None,
        "warnings": [],
    }


def bypassed_entry(found: Survey, node: Node) -> dict[str, Any]:
    """The part of a node that passes on what it reads."""
    copies = copies_of(found)
    sources, name = sources_of(found.open), node["id"]
    groups = {member: group["id"] for group in found.document.get("groups", []) for member in group["nodes"]}
    while not copies[name] and sources[name]:
        name = sources[name][0]
    inside = groups.get(name) is not None and groups.get(name) == groups.get(node["id"])
    shape = found.layers[copies[name][0 if inside else -1]].found.gives if copies[name] else None
    entry = {"input": [listed(shape)], "output": listed(shape), "parameters": 0, "share": 0.0, "flops": 0}
    return {**entry, "copies": 1, "error": None, "warnings": []}


def group_entry(
    found: Survey, group: dict[str, Any], report: dict[str, Any], fixes: dict[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """A group's part of the report."""
    entries = [report["nodes"][name] for name in group["nodes"]]
    inside, sources = set(group["nodes"]), sources_of(found.document)
    read = {source for name, reads in sources.items() if name not in inside for source in reads}
    starts = [name for name in group["nodes"] if not inside.issuperset(sources[name]) or not sources[name]]
    ends = [name for name in group["nodes"] if name in read or not any(name in reads for reads in sources.values())]
    came = report["nodes"][starts[0]]["input"][:1] if starts else []
    taken = [entry["flops"] for entry in entries]
    message = found.groups.get(group["id"])
    return {
        "input": came[0] if len(starts) == 1 and came else None,
        "output": report["nodes"][ends[0]]["output"] if len(ends) == 1 else None,
        "parameters": sum(entry["parameters"] or 0 for entry in entries),
        "share": sum(entry["share"] for entry in entries),
        "flops": None if None in taken else sum(taken),
        "copies": group.get("repeat", 1),
        "error": None if message is None else {"message": message, "field": None, "fixes": fixes[group["id"]]},
    }


def listed(shape: Shape | None) -> list[int] | None:
    """A shape as plain data."""
    return None if shape is None else list(shape)
