"""Wires that lead back to where they came from."""

import random

import pytest

from kit.analysis import analyse
from kit.analysis.circles import without_circles
from kit.analysis.fitting import Fitting
from kit.editing import apply
from kit.graph import from_document
from kit.plotting import diagram
from kit.structure import in_order
from tests.kit.analysis.documents import dense, graph
from tests.kit.random_documents import rich_document

LAYERS = {
    "in": ("Input", {"shape": [4]}),
    "x": ("Input", {"shape": [4]}),
    "a": ("Add", {}),
    "b": dense(4),
    "c": dense(4),
    "d": dense(2),
}
ROUND = graph(LAYERS, "in>a x>a a>b b>c c>d c>a")


def test_each_node_and_wire_of_a_circle_says_so_and_no_other() -> None:
    report = analyse(ROUND)
    wrong = {name: node["error"]["message"] for name, node in report["nodes"].items() if node["error"]}
    assert set(wrong) == {"a", "b", "c"}
    assert set(wrong.values()) == {"it reads what it gives, in a circle (a → b → c → a); remove a wire of it"}
    assert {(edge["source"], edge["target"]) for edge in report["edges"]} == {("a", "b"), ("b", "c"), ("c", "a")}
    assert report["error"].startswith("3 layers cannot work yet")


def test_the_rest_of_a_model_with_a_circle_keeps_its_shapes() -> None:
    assert analyse(ROUND)["nodes"]["d"]["output"] == [2]


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_a_button_on_each_node_removes_the_wire_that_closes_the_circle(name: str) -> None:
    (fix,) = analyse(ROUND)["nodes"][name]["error"]["fixes"]
    assert fix["label"] == "Remove the wire from c to a"
    after, _ = apply(ROUND, fix["operations"])
    assert analyse(after)["error"] is None
    assert from_document(after).count_params() == 50


def test_two_circles_through_one_node_are_opened_together() -> None:
    made = graph(LAYERS, "in>a x>a a>b b>c c>d b>a c>a")
    (fix,) = analyse(made)["nodes"]["b"]["error"]["fixes"]
    assert fix["label"] == "Remove 2 wires"
    assert analyse(apply(made, fix["operations"])[0])["error"] is None


def test_a_node_that_reads_itself_is_a_circle() -> None:
    (fix,) = analyse(graph(LAYERS, "in>a x>a a>b b>c c>d a>a"))["nodes"]["a"]["error"]["fixes"]
    assert fix["label"] == "Remove the wire from a to a"


def test_a_circle_of_bypassed_nodes_is_told_too() -> None:
    made = graph(LAYERS, "in>a x>a a>d b>c c>b")
    made["nodes"] = [{**node, "bypass": True} if node["id"] in "bc" else node for node in made["nodes"]]
    assert {name for name, node in analyse(made)["nodes"].items() if node["error"]} >= {"b", "c"}


def test_a_long_circle_is_told_briefly() -> None:
    names = [f"n{i}" for i in range(200)]
    wires = " ".join(f"{a}>{b}" for a, b in zip(names, [*names[1:], names[0]], strict=True))
    report = analyse(graph({"in": LAYERS["in"], **dict.fromkeys(names, ("Add", {}))}, f"in>n0 {wires}"))
    assert len(report["nodes"]["n7"]["error"]["message"]) < 120


@pytest.mark.parametrize("seed", range(60))
def test_random_wires_are_opened_by_what_is_offered(seed: int) -> None:
    dice, document = random.Random(seed), rich_document(seed)
    names = [node["id"] for node in document["nodes"]]
    wires = [{"source": dice.choice(names), "target": dice.choice(names)} for _ in range(4)]
    document = {**document, "edges": [*document["edges"], *wires]}
    opened, circles = without_circles(document)
    if circles:
        in_order({**opened, "nodes": [{**node, "shared_with": None} for node in opened["nodes"]]})
        report = analyse(document)
        around = {name for circle in circles for name in circle.way}
        assert report["error"] is None or around <= {name for name, node in report["nodes"].items() if node["error"]}
        Fitting(document).wire(names[0])


def test_a_circle_is_drawn_all_the_same() -> None:
    assert diagram(ROUND)._repr_png_()
