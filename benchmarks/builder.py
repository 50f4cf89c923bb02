"""How long the builder takes to answer an edit, and to say where a dragged wire may end: python benchmarks/builder.py

The whole answer is measured, as the browser gets it: the document taken in, its analysis with fixes and warnings, its
code, what is kept of a trained model's weights, and all of it as JSON.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from typing import Any

from kit.graph import from_document
from widgets.editing import Editing

EDITS = 40


def document(count: int) -> dict[str, Any]:
    """A convnet of about so many nodes, with a way past every sixth."""
    nodes = [{"id": "in", "layer": "Input", "config": {"shape": [3, 32, 32]}, "position": [0, 0]}]
    edges: list[dict[str, str]] = []

    def add(name: str, layer: str, config: dict[str, Any], *sources: str) -> str:
        nodes.append({"id": name, "layer": layer, "config": config, "position": [240 * len(nodes), 0]})
        edges.extend({"source": source, "target": name} for source in sources)
        return name

    last = start = add("first", "Conv2D", {"filters": 16, "kernel_size": [3, 3], "padding": "same"}, "in")
    i = 0
    while len(nodes) < count - 2:
        i += 1
        window = {"filters": 16, "kernel_size": [3, 3], "padding": "same", "use_bias": False}
        last = add(f"conv{i}", "Conv2D", window, last)
        last = add(f"norm{i}", "BatchNormalization", {}, last)
        last = add(f"relu{i}", "Activation", {"activation": "relu"}, last)
        if i % 2 == 0:
            last = start = add(f"add{i}", "Add", {}, last, start)
    last = add("pool", "GlobalAveragePooling2D", {}, last)
    add("out", "Dense", {"units": 10, "activation": "softmax"}, last)
    return {"version": 1, "nodes": nodes, "edges": edges}


def edited(document: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """The document after one edit: a field, a new layer in a wire, one less, or a node moved."""
    made = json.loads(json.dumps(document))
    node = dice.choice([node for node in made["nodes"] if node["layer"] != "Input"])
    kind = dice.choice(["field", "insert", "remove", "move"])
    if kind == "field":
        field = {"Conv2D": "kernel_size", "Dense": "units", "BatchNormalization": "momentum"}.get(node["layer"], "name")
        value = {
            "kernel_size": [dice.choice([1, 3, 5])] * 2,
            "units": dice.randint(2, 99),
            "momentum": 0.9,
            "name": None,
        }
        node["config"][field] = value[field]
    elif kind == "insert":
        edge = dice.choice(made["edges"])
        made["nodes"].append({"id": f"new{dice.random()}", "layer": "Dropout", "config": {"rate": 0.25}})
        made["edges"].append({"source": made["nodes"][-1]["id"], "target": edge["target"]})
        edge["target"] = made["nodes"][-1]["id"]
    elif kind == "remove" and node["layer"] == "Activation":
        before = next(edge["source"] for edge in made["edges"] if edge["target"] == node["id"])
        made["edges"] = [edge for edge in made["edges"] if edge["target"] != node["id"]]
        for edge in made["edges"]:
            edge["source"] = before if edge["source"] == node["id"] else edge["source"]
        made["nodes"].remove(node)
    else:
        node["position"] = [dice.randint(0, 9999), dice.randint(0, 9999)]
    return made


def measured(count: int, trained: bool) -> tuple[list[float], list[float]]:
    """Milliseconds of each answer to an edit, and to a dragged wire."""
    dice, start = random.Random(1), document(count)
    editing = Editing(start, model=from_document(start, seed=1) if trained else None)
    size = 0

    def carry(message: dict[str, Any], buffers: list[bytes]) -> None:
        nonlocal size
        size = len(json.dumps(message))

    editing.carry = carry
    editing.receive({"type": "hello"})
    edits, wires = [], []
    for revision in range(EDITS):
        made = edited(editing.document, dice)
        began = time.perf_counter()
        editing.receive({"type": "edit", "revision": revision, "document": made, "what": "edit"})
        edits.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        editing.receive({"type": "wire", "ask": 1, "source": dice.choice(made["nodes"])["id"]})
        wires.append(1000 * (time.perf_counter() - began))
    return edits, wires


def main() -> None:
    """Prints the medians and the slowest tenth."""
    print(f"{'':28} {'edit, ms':>10} {'slowest tenth':>14} {'wire, ms':>10}")
    for count in (10, 100, 300):
        for trained in (False, True):
            edits, wires = measured(count, trained)
            slow = statistics.quantiles(edits, n=10)[-1]
            name = f"{count} nodes{', of a trained model' if trained else ''}"
            print(f"{name:28} {statistics.median(edits):10.1f} {slow:14.1f} {statistics.median(wires):10.1f}")


if __name__ == "__main__":
    main()
