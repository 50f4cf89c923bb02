"""What mends an error does mend it."""

import random
from typing import Any

import pytest

from kit.analysis import Training, analyse
from kit.editing import apply
from tests.kit.analysis.documents import chain, dense, graph
from tests.kit.random_documents import rich_document

CONV = ("Conv2D", {"filters": 2, "kernel_size": 3})
INPUTS = {"a": ("Input", {"shape": [4, 3, 3]}), "b": ("Input", {"shape": [2, 3, 3]})}
FLAT = {"a": ("Input", {"shape": [4]}), "b": ("Input", {"shape": [5]})}

MENDED: dict[str, tuple[dict, str, str]] = {
    "a window too large": (chain(("Conv2D", {"filters": 2, "kernel_size": 9})), "n0", 'Set padding to "same"'),
    "a pool too large": (chain(("MaxPooling2D", {"pool_size": [9, 9]})), "n0", "Set pool_size to 3"),
    "no value": (chain(("Dense", {})), "n0", "Set units to 64"),
    "a wrong value": (chain(dense(0)), "n0", "Set units to 64"),
    "a misspelt field": (chain(("Dense", {"units": 2, "activaton": "relu"})), "n0", "Call it activation"),
    "a misspelt name": (chain(dense(2, "rellu")), "n0", "Set activation to relu"),
    "a misspelt layer": (chain(("Dens", {"units": 3})), "n0", "Make it Dense"),
    "a size that is stated": (chain(dense(2, input_dim=4)), "n0", "Set input_dim to 8"),
    "a size that may go": (chain(dense(2, input_dim=4)), "n0", "Leave input_dim out"),
    "images into a sequence": (chain(("LSTM", {"units": 3})), "n0", "Insert Reshape(1, 64)"),
    "a vector into a sequence": (chain(("LSTM", {"units": 3}), shape=(6,)), "n0", "Insert Reshape(6, 1)"),
    "a vector into images": (chain(CONV, shape=(64,)), "n0", "Insert Reshape(1, 8, 8)"),
    "an image without channels": (chain(CONV, shape=(8, 8)), "n0", "Insert Reshape(1, 8, 8)"),
    "an image into a vector": (chain(("RepeatVector", {"n": 2})), "n0", "Insert Flatten"),
    "an image pooled": (chain(("RepeatVector", {"n": 2})), "n0", "Insert GlobalAveragePooling2D"),
    "widths that differ": (graph({**FLAT, "c": ("Add", {})}, "a>c b>c"), "c", "Insert Dense(4) to match"),
    "channels that differ": (graph({**INPUTS, "c": ("Add", {})}, "a>c b>c"), "c", "Insert Conv2D(4, 1) to match"),
    "sums that differ": (graph({**FLAT, "c": ("Add", {})}, "a>c b>c"), "c", "Make it Concatenate"),
    "axes that differ": (
        graph({**INPUTS, "b": FLAT["b"], "c": ("Concatenate", {})}, "a>c b>c"), "c", "Insert Flatten",
    ),
    "axes of a sum": (
        graph({**INPUTS, "b": FLAT["b"], "c": ("Add", {})}, "a>c b>c"), "c", "Insert Flatten and Dense(36) to match",
    ),
    "two wires": (graph({**FLAT, "c": dense(2)}, "a>c b>c"), "c", "Merge them with Concatenate"),
    "no wire": (graph({"a": FLAT["a"], "b": dense(4), "c": dense(2)}, "a>b"), "c", "Connect b to it"),
    "one wire into a sum": (
        graph({**FLAT, "b": FLAT["a"], "d": dense(4), "c": ("Add", {})}, "a>d b>c"), "c", "Connect d to it",
    ),
    "an idle input": (graph({**FLAT, "c": dense(2)}, "a>c"), "b", "Delete it"),
}  # fmt: skip
FOR_THE_DATA = {
    "Set units to 10": chain(dense(3), shape=(5,)),
    "Insert Flatten and set units to 10": chain(dense(3)),
    "Insert Flatten": chain(dense(10)),
    "Add Dense(10)": chain(("Activation", {"activation": "relu"}), shape=(5,)),
    "Add Flatten and Dense(10)": chain(("Activation", {"activation": "relu"})),
}


@pytest.mark.parametrize(("made", "name", "label"), MENDED.values(), ids=MENDED)
def test_a_fix_is_offered_and_mends_the_error(made: dict[str, Any], name: str, label: str) -> None:
    fixes = {fix["label"]: fix["operations"] for fix in analyse(made)["nodes"][name]["error"]["fixes"]}
    after = analyse(apply(made, fixes[label])[0])
    assert after["error"] is None


@pytest.mark.parametrize(("label", "made"), FOR_THE_DATA.items(), ids=FOR_THE_DATA)
def test_a_last_layer_is_brought_to_what_the_data_want(label: str, made: dict[str, Any]) -> None:
    training = Training(outputs=10)
    name = made["nodes"][-1]["id"]
    fixes = {fix["label"]: fix["operations"] for fix in analyse(made, None, training)["nodes"][name]["error"]["fixes"]}
    assert analyse(apply(made, fixes[label])[0], None, training)["error"] is None


def damaged(seed: int) -> dict[str, Any]:
    """A random document with a wire, a size or a class that is not right."""
    dice = random.Random(seed)
    made = rich_document(seed)
    layers = [node for node in made["nodes"] if node["layer"] != "Input" and "shared_with" not in node]
    node = dice.choice(layers)
    kind = dice.choice(["class", "wire", "size", "cut"])
    if kind == "class":
        node.update(layer=dice.choice(["Conv2D", "LSTM", "Flatten", "Dens", "Add", "Embedding"]), config={})
    elif kind == "wire":
        made["edges"].append({"source": dice.choice(made["nodes"])["id"], "target": node["id"]})
    elif kind == "size":
        field = dice.choice(["units", "rate", "filters", "axis"])
        node["config"] = {**node["config"], field: dice.choice([0, -1, "x", 7])}
    elif made["edges"]:
        made["edges"].pop(dice.randrange(len(made["edges"])))
    return made


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_every_fix_of_a_random_error_removes_it_and_brings_no_other(start: int) -> None:
    for seed in range(start, start + 50):
        made = damaged(seed)
        report = analyse(made)
        wrong = {name for name, node in report["nodes"].items() if node["error"]}
        wrong_groups = {name for name, group in report["groups"].items() if group["error"]}
        for name in wrong | wrong_groups:
            entry = report["nodes"].get(name) or report["groups"][name]
            for fix in entry["error"]["fixes"]:
                after = analyse(apply(made, fix["operations"])[0])
                still = {n for n, node in after["nodes"].items() if node["error"]}
                still |= {n for n, group in after["groups"].items() if group["error"]}
                assert name not in still, (seed, fix["label"])
                assert len(still) < len(wrong | wrong_groups), (seed, fix["label"])


def test_most_errors_of_random_documents_can_be_mended() -> None:
    offered = [
        bool(node["error"]["fixes"])
        for seed in range(200)
        for node in analyse(damaged(seed))["nodes"].values()
        if node["error"]
    ]
    assert len(offered) > 80
    assert sum(offered) > 0.9 * len(offered)
