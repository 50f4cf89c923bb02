"""Random graph documents that describe a model, in the form that the kit itself writes."""

import random
from typing import Any

from kit.graph import from_document, make_layer, sinks
from kit.layers.measuring import measure
from kit.structure import version_of

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


TEXTS = [
    "looks for edges",
    "title: no title",
    "bypass: Dropout(0.5)",
    "comment: twice",
    "group: one",
    "two\nlines",
    "",
    "\n",
    " indented\n\n  more ",
    "# hash",
    "a = 'b'  # c",
    "größe \u2028 \U0001f600",
    "tab\there",
    '"""',
    "name: x",
    "back\\",
]
GROUPS = ["stage", "left part", "a_1_b", "block", "größe_", "x{y}", 'q"', "block2"]


def random_document(seed: int) -> dict[str, Any]:
    """A document of one to three inputs and up to nine layers, some shared, some named, one output or more."""
    return Draft(random.Random(seed)).document()


def rich_document(seed: int) -> dict[str, Any]:
    """A random document with repeated groups, bypassed nodes, titles and comments too."""
    return RichDraft(random.Random(seed)).document()


class Draft:
    """A document on its way."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.nodes: list[dict[str, Any]] = []
        self.edges: list[dict[str, str]] = []
        self.shapes: dict[str, Shape] = {}
        self.closed: set[str] = set()  # what nobody else may read
        self.single: set[str] = set()  # what nobody else may share

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
        layers = [name for name in layers if name not in self.closed]
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
        readable = {name: shape for name, shape in self.shapes.items() if name not in self.closed}
        source = self.dice.choice(list(readable))
        shape = self.shapes[source]
        same = [name for name, other in readable.items() if other == shape]
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
            and node["id"] not in self.single
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


class RichDraft(Draft):
    """A document that has all that the code can say."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__(dice)
        self.groups: list[dict[str, Any]] = []
        self.chain = dice.random() < 0.3

    def document(self) -> dict[str, Any]:
        made = self.a_chain() if self.chain else super().document()
        for node in made["nodes"]:
            self.decorate(node)
        if self.groups:
            made["groups"] = self.groups
        for node in made["nodes"]:
            self.bypass(made, node)
        made["version"] = version_of(made)
        return made

    def a_chain(self) -> dict[str, Any]:
        shape = self.dice.choice([(6,), (2, 6, 6), (4, 3)])
        self.nodes.append({"id": "input_1", "layer": "Input", "config": {"shape": list(shape)}})
        self.shapes["input_1"] = shape
        for _ in range(self.dice.randint(1, 5)):
            self.add_layer()
        if self.dice.random() < 0.2:  # without an input
            del self.nodes[0]
            self.edges = [edge for edge in self.edges if edge["source"] != "input_1"]
        return {"version": 1, "nodes": self.nodes, "edges": self.edges}

    def add_layer(self) -> None:
        last = list(self.shapes)[-1]
        if self.dice.random() < 0.3:
            readable = [name for name in self.shapes if name not in self.closed]
            self.add_block(last if self.chain else self.dice.choice(readable))
        elif self.chain:
            kinds = [("Activation", {"activation": "relu"}), ("Dropout", {"rate": 0.5}), ("Flatten", {})]
            self.place(*self.dice.choice([*kinds, ("Dense", {"units": self.dice.randint(1, 6)})]), [last])
        else:
            super().add_layer()

    def add_block(self, source: str) -> None:
        shape, start = self.shapes[source], len(self.nodes)
        width = {"units": shape[-1]}
        kind = self.dice.choice(
            ["wide", "plain"] if self.chain else ["wide", "plain", "residual", "shared", "branches"]
        )
        if kind == "wide":
            self.place("Dense", {"units": self.dice.randint(1, 6)}, [source])
        elif kind == "plain":
            self.place("Dropout", {"rate": 0.5}, [source])
            if self.dice.random() < 0.5:
                self.place("BatchNormalization", {}, [self.nodes[-1]["id"]])
        elif kind == "residual":
            self.place("Dense", width, [source])
            inner = self.nodes[-1]["id"]
            self.place("Add", {}, self.dice.choice([[source, inner], [inner, source]]))
        elif kind == "shared":
            self.place("Dense", width, [source])
            owner = self.nodes[-1]["id"]
            again = self.own_name() or f"{owner}_again_1"
            self.put({"id": again, "layer": "Dense", "config": {}, "shared_with": owner}, [owner])
            self.shapes[again] = self.shapes[owner]
        else:
            self.place("Dense", width, [source])
            left = self.nodes[-1]["id"]
            self.place("Dense", {**width, "activation": "relu"}, [source])
            self.place("Maximum", {}, [left, self.nodes[-1]["id"]])
        inside = [node["id"] for node in self.nodes[start:]]
        self.closed |= set(inside[:-1])
        self.single |= set(inside)
        taken = {*self.shapes, *(group["id"] for group in self.groups)}
        free = [name for name in GROUPS if name not in taken]
        automatic = next(name for i in range(1, 99) if (name := f"block{i if i > 1 else ''}") not in taken)
        group = {"id": self.dice.choice([automatic, self.dice.choice(free)]), "nodes": inside}
        group["repeat"] = self.dice.choice([2, 2, 3, 5])
        self.groups.append(group | ({"title": "A block: of layers"} if self.dice.random() < 0.3 else {}))

    def decorate(self, node: dict[str, Any]) -> None:
        if self.dice.random() < 0.15:
            node["title"] = self.dice.choice(["Encoder", "title: x", "# 1", "größe"])
        if self.dice.random() < 0.25:
            node["comment"] = self.dice.choice(TEXTS)

    def bypass(self, made: dict[str, Any], node: dict[str, Any]) -> None:
        if node["layer"] == "Input" or self.dice.random() < 0.85:
            return
        node["bypass"] = True
        try:
            from_document(made)
        except ValueError:
            del node["bypass"]
