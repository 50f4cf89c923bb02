"""Where a wire may end, and which layers fit at a place."""

import itertools

import pytest

from kit.analysis import analyse
from kit.analysis.fitting import Fitting
from kit.editing import apply
from kit.layers.layer import CATALOG
from kit.structure import DocumentError
from tests.kit.analysis.documents import chain, dense, graph, marked
from tests.kit.random_documents import rich_document

IMAGES = chain(("Conv2D", {"filters": 4, "kernel_size": 3}), ("Flatten", {}), dense(3))
EMPTY = {"version": 1, "nodes": [], "edges": []}


def test_a_wire_is_judged_for_every_other_node_at_once() -> None:
    ends = Fitting(IMAGES).wire(source="n1")
    assert ends == {
        "in": "in is an Input and takes no wire",
        "n0": "a wire from n1 to n0 would close a circle",
        "n2": "n2 reads n1 already",
    }


def test_a_wire_that_brings_the_wrong_shape_is_refused_with_the_reason() -> None:
    inputs = {"a": ("Input", {"shape": [5]}), "b": ("Input", {"shape": [4, 5]})}
    reason = Fitting(graph({**inputs, "c": ("LSTM", {"units": 3})}, "b>c")).wire(source="a")["c"]
    assert "takes input (n, time, input_dim), but (n, 5) came" in reason


def test_a_wire_to_a_sum_is_judged_with_the_wires_it_has() -> None:
    inputs = {"a": ("Input", {"shape": [5]}), "b": ("Input", {"shape": [4]}), "c": ("Input", {"shape": [5]})}
    fitting = Fitting(graph({**inputs, "sum": ("Add", {})}, "a>sum"))
    assert "adds inputs of one shape" in fitting.wire(source="b")["sum"]
    assert fitting.wire(source="c")["sum"] is None


def test_a_wire_can_be_dragged_backwards() -> None:
    assert Fitting(IMAGES).wire(target="n1") == {
        "in": None,
        "n0": "n1 reads n0 already",
        "n2": "a wire from n2 to n1 would close a circle",
    }


def test_a_second_entrance_of_a_repeated_group_is_refused() -> None:
    nodes = {"in": ("Input", {"shape": [4]}), "a": dense(4), "b": dense(4), "sum": ("Add", {})}
    groups = [{"id": "block", "nodes": ["b", "sum"], "repeat": 2}]
    made = graph(nodes, "in>a a>b b>sum", groups=groups)
    assert "needs one entrance to be repeated" in Fitting(made).wire(source="in")["sum"]
    assert Fitting(made).wire(source="a")["sum"] is None


@pytest.mark.parametrize("seed", range(60))
def test_a_wire_that_is_allowed_leaves_its_end_without_an_error(seed: int) -> None:
    made = rich_document(seed)
    fitting = Fitting(made)
    before = {name for name, node in analyse(made)["nodes"].items() if node["error"]}
    for node in made["nodes"]:
        for target, reason in itertools.islice(fitting.wire(source=node["id"]).items(), 6):
            if reason is not None:
                continue
            after, _ = apply(made, [{"op": "connect", "source": node["id"], "target": target}])
            error = analyse(after)["nodes"][target]["error"]
            repeats = "groups" in made and error is not None and error["message"].startswith("in copy")
            assert error is None or repeats or target in before, (node["id"], target)


def test_what_usually_follows_is_suggested_first() -> None:
    fit, others = Fitting(IMAGES).suggest("n0")
    assert [each["layer"] for each in fit[:3]] == ["MaxPooling2D", "BatchNormalization", "Activation"]
    assert fit[0] == {"layer": "MaxPooling2D", "config": {}, "output": [4, 3, 3]}
    assert "takes input (n, time, input_dim), but (n, 4, 6, 6) came" in others["LSTM"]
    assert "Input" in others


def test_every_suggestion_can_be_inserted() -> None:
    for source, target in [("n0", None), ("n0", "n1"), (None, "n2"), ("in", "n0")]:
        for each in Fitting(IMAGES).suggest(source, target)[0]:
            if each["layer"] == "Input" or CATALOG[each["layer"]].input_count is None:
                continue  # one that merges waits for its second wire
            operation = {"op": "insert", "layer": each["layer"], "config": each["config"]}
            operation |= {key: end for key, end in (("source", source), ("target", target)) if end}
            after, (name,) = apply(IMAGES, [operation])
            nodes = analyse(after)["nodes"]
            assert nodes[name]["error"] is None, each
            assert target is None or nodes[target]["error"] is None, each


def test_a_model_begins_with_an_input() -> None:
    assert Fitting(EMPTY).suggest()[0][0]["layer"] == "Input"


def test_words_are_not_looked_up_by_fractions() -> None:
    others = Fitting(IMAGES).suggest("n2")[1]
    assert others["Embedding"] == "Embedding looks up whole numbers, but n2 gives fractions"


def test_what_a_bypassed_node_passes_on_is_what_fits() -> None:
    fitting = Fitting(marked(IMAGES, n1={"bypass": True}))
    assert "Conv2D" in [each["layer"] for each in fitting.suggest("n1")[0]]


def test_a_place_that_is_not_there_is_an_error() -> None:
    for question in (Fitting(IMAGES).wire, Fitting(IMAGES).suggest):
        with pytest.raises(DocumentError, match="there is no node 'x'"):
            question(source="x")
