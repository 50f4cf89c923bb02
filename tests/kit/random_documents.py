"""Random graph documents that describe a model, in the form that the kit itself writes."""

import random
from typing import Any

from kit.graph import make_layer, sinks
from kit.layers.measuring import measure

Shape = tuple[int, ...]
NAMES = [
    "head",
    "größe",
    "x1",
    "left branch",
    "left-branch",
    "Dense",
    "model",
    "lambda",
    'a"b',
    "back\\slash",
    "head_layer",
    "add",
]


def random_document(seed: int) -> dict[str, Any]:
    """A document of one to three inputs and up to nine layers, some shared, some named, one output or more."""
    return Draft(random.Random(seed)).document()


class Draft:
    """A document on its way."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.nodes: list[dict[str, Any]] = []
        self.edges: list[dict[str, str]] = []
        self.shapes: dict[str, Shape] = {}

    def document(self) -> dict[str, Any]:
        for number in range(1, self.dice.choice([1, 1, 2, 3]) + 1):
            shape = self.dice.choice([(6,), (2, 6, 6), (4, 3)])
            name = self.own_name() or f"input_{number}"
            self.nodes.append({"id": name, "layer": "Input", "config": {"shape": list(shape)}})
            self.shapes[name] = shape
        for _ in range(self.dice.randint(1, 8)):
            self.add_layer()
        for name in [node["id"] for node in self.nodes if node["layer"] == "Input"]:
            if all(edge["source"] != name for edge in self.edges):
                self.place("Flatten", {}, [name])
        made: dict[str, Any] = {"version": 1, "nodes": self.nodes, "edges": self.edges}
        outputs = sinks(made)
        layers = [node["id"] for node in self.nodes if node["layer"] != "Input"]
        outputs += [name for name in layers if name not in outputs and self.dice.random() < 0.1]
        self.dice.shuffle(outputs)
        if outputs != sinks(made):
            made["outputs"] = outputs
        return made

    def own_name(self) -> str | None:
        free = [name for name in NAMES if name not in self.shapes]
        return self.dice.choice(free) if free and self.dice.random() < 0.2 else None

    def automatic_name(self, kind: str) -> str:
        return next(f"{kind.lower()}_{i}" for i in range(1, 1000) if f"{kind.lower()}_{i}" not in self.shapes)

    def add_layer(self) -> None:
        source = self.dice.choice(list(self.shapes))
        shape = self.shapes[source]
        same = [name for name, other in self.shapes.items() if other == shape]
        kinds: list[tuple[str, dict[str, Any], list[str]]] = [
            ("Activation", {"activation": self.dice.choice(["relu", "softmax"])}, [source]),
            ("Dropout", {"rate": self.dice.choice([0.25, 0.5])}, [source]),
            ("BatchNormalization", self.dice.choice([{}, {"momentum": 0.5}]), [source]),
            ("Dense", {"units": self.dice.randint(1, 6)}, [source]),
            ("Dense", {"units": 6, "activation": "tanh", "kernel_regularizer": "l2(l=0.1)"}, [source]),
            ("Add", {}, [self.dice.choice(same) for _ in range(self.dice.randint(2, 3))]),
            ("Concatenate", self.dice.choice([{}, {"axis": 1}]), [self.dice.choice(same), source]),
            ("Reshape", {"target_shape": [-1]}, [source]),
        ]
        if len(shape) > 1:
            kinds.append(("Flatten", {}, [source]))
        if len(shape) == 3 and min(shape) >= 2:
            window = {"filters": 2, "kernel_size": [2, self.dice.choice([1, 2])]}
            kinds += [("Conv2D", window, [source]), ("Conv2D", {**window, "padding": "same"}, [source])]
            kinds.append(("MaxPooling2D", self.dice.choice([{}, {"strides": [1, 1], "ceil_mode": True}]), [source]))
        shareable = [
            node for node in self.nodes
            if node["layer"] != "Input" and "shared_with" not in node and self.came(node["id"]) == [shape]
        ]  # fmt: skip
        if shareable and self.dice.random() < 0.2:
            shared = self.dice.choice(shareable)
            name = next(
                f"{shared['id']}_again_{i}" for i in range(1, 99) if f"{shared['id']}_again_{i}" not in self.shapes
            )
            self.put({"id": name, "layer": shared["layer"], "config": {}, "shared_with": shared["id"]}, [source])
            self.shapes[name] = self.shapes[shared["id"]]
        else:
            self.place(*self.dice.choice(kinds))

    def came(self, name: str) -> list[Shape]:
        return [self.shapes[edge["source"]] for edge in self.edges if edge["target"] == name]

    def place(self, kind: str, config: dict[str, Any], sources: list[str]) -> None:
        name = self.own_name() or self.automatic_name(kind)
        node = {"id": name, "layer": kind, "config": config}
        shape, _ = measure(make_layer(node), *(self.shapes[source] for source in sources))
        self.put(node, sources)
        self.shapes[name] = shape

    def put(self, node: dict[str, Any], sources: list[str]) -> None:
        self.nodes.append(node)
        self.edges += [{"source": source, "target": node["id"]} for source in sources]
