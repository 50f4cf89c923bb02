"""What the canvas is told of a graph before it is trained."""

import torch

from kit import Input, Model, Sequential
from kit.analysis import analyse
from kit.graph import document
from kit.layers import Add, Conv2D, Dense, Flatten, MaxPooling2D
from tests.kit.analysis.documents import chain, dense, graph, marked


def test_every_node_has_its_shapes_and_parameters() -> None:
    model = Sequential([Input((1, 8, 8)), Conv2D(4, 3), MaxPooling2D(), Flatten(), Dense(10)])
    report = analyse(document(model))
    found = {name: (n["input"], n["output"], n["parameters"]) for name, n in report["nodes"].items()}
    assert found == {
        "input_1": ([], [1, 8, 8], 0),
        "conv2d_1": ([[1, 8, 8]], [4, 6, 6], 40),
        "maxpooling2d_1": ([[4, 6, 6]], [4, 3, 3], 0),
        "flatten_1": ([[4, 3, 3]], [36], 0),
        "dense_1": ([[36]], [10], 370),
    }
    assert report["parameters"] == 410
    assert report["edges"] == []


def test_an_error_of_shape_is_on_the_node_and_on_its_wire() -> None:
    report = analyse(chain(("Conv2D", {"filters": 2, "kernel_size": 9})))
    error = report["nodes"]["n0"]["error"]
    assert error["field"] is None
    assert error["message"].startswith("n0: Conv2D(2, 9) moves a 9x9 window over an image of 8x8")
    wire = {"source": "in", "target": "n0", "error": error["message"], "fixes": error["fixes"]}
    assert report["edges"] == [wire]
    assert report["error"].startswith("1 layer cannot work yet")


def test_an_error_of_a_field_names_the_field_and_leaves_the_wire() -> None:
    report = analyse(chain(("Dense", {"units": 0})))
    assert report["nodes"]["n0"]["error"]["field"] == "units"
    assert report["edges"] == []


def test_a_missing_field_is_named() -> None:
    assert analyse(chain(("Dense", {})))["nodes"]["n0"]["error"]["field"] == "units"


def test_a_field_that_is_not_known_is_named() -> None:
    assert analyse(chain(("Dense", {"units": 3, "unit": 4})))["nodes"]["n0"]["error"]["field"] == "unit"


def test_what_comes_after_an_error_is_unknown_and_not_wrong() -> None:
    report = analyse(chain(("Dense", {"units": 0}), ("Dense", {"units": 3})))
    after = report["nodes"]["n1"]
    assert (after["error"], after["input"], after["output"]) == (None, [None], None)


def test_a_node_without_a_wire_is_told_to_be_connected() -> None:
    made = chain(("Dense", {"units": 3}))
    made["edges"] = []
    assert "draw a wire to it" in analyse(made)["nodes"]["n0"]["error"]["message"]


def test_without_an_input_the_first_layer_gets_the_shape_that_is_passed() -> None:
    made = document(Sequential([Dense(3), Dense(2)]))
    assert analyse(made)["nodes"]["dense_2"]["output"] is None
    report = analyse(made, (5,))
    assert report["nodes"]["dense_2"]["output"] == [2]
    assert report["parameters"] == 5 * 3 + 3 + 3 * 2 + 2


def test_a_shared_layer_counts_its_parameters_once() -> None:
    a, b, shared = Input(4), Input(4), Dense(3)
    model = Model([a, b], Add()(shared(a), shared(b)))
    report = analyse(document(model))
    assert report["parameters"] == model.count_params() == 15


def test_an_empty_canvas_is_told_to_begin() -> None:
    assert "drag one in from the palette" in analyse({"version": 1, "nodes": [], "edges": []})["error"]


def test_no_memory_is_taken_for_weights() -> None:
    report = analyse(chain(("Dense", {"units": 10**9}), ("Dense", {"units": 10**9}), shape=(10**6,)))
    assert report["parameters"] == 10**15 + 10**9 + 10**18 + 10**9


def test_parameters_and_shares_add_up_to_the_model_s() -> None:
    report = analyse(document(Sequential([Input((1, 8, 8)), Conv2D(4, 3), Flatten(), Dense(10)])))
    shares = {name: node["share"] for name, node in report["nodes"].items()}
    assert shares["conv2d_1"] == 40 / (40 + 1450)
    assert sum(shares.values()) == 1


def test_flops_are_two_for_each_multiplication_with_its_addition() -> None:
    report = analyse(document(Sequential([Input((1, 8, 8)), Conv2D(4, 3), Flatten(), Dense(10)])))
    assert report["nodes"]["conv2d_1"]["flops"] == 2 * 4 * 6 * 6 * 9
    assert report["nodes"]["dense_1"]["flops"] == 2 * 144 * 10
    assert report["flops"] == 2 * 4 * 6 * 6 * 9 + 2 * 144 * 10


def test_a_frozen_layer_has_parameters_that_are_not_trained() -> None:
    report = analyse(chain(dense(3, trainable=False), dense(2), shape=(5,)))
    assert (report["parameters"], report["trainable"]) == (18 + 8, 8)


def test_an_analysis_draws_no_random_numbers() -> None:
    made = chain(("Bidirectional", {"layer": "LSTM(3)"}), ("Dropout", {"rate": 0.5}), dense(2), shape=(40, 5))
    torch.manual_seed(1)
    expected = torch.rand(3).tolist()
    torch.manual_seed(1)
    assert analyse(made)["memory"] is not None
    assert torch.rand(3).tolist() == expected


def test_a_layer_that_reads_step_by_step_costs_each_step() -> None:
    flops = [analyse(chain(("LSTM", {"units": 3}), shape=(steps, 5)))["nodes"]["n0"]["flops"] for steps in (1, 10, 100)]
    assert flops == [2 * steps * 12 * (5 + 3) for steps in (1, 10, 100)]


REPEATED = graph(
    {"in": ("Input", {"shape": [4]}), "d": dense(4, "relu"), "drop": ("Dropout", {"rate": 0.5}), "out": dense(2)},
    "in>d d>drop drop>out",
    groups=[{"id": "block", "nodes": ["d", "drop"], "repeat": 3}],
)


def test_a_repeated_node_counts_all_its_copies() -> None:
    report = analyse(REPEATED)
    node = report["nodes"]["d"]
    assert (node["copies"], node["parameters"], node["flops"]) == (3, 60, 3 * 2 * 16)
    assert report["parameters"] == 70
    group = report["groups"]["block"]
    assert (group["input"], group["output"], group["parameters"], group["copies"]) == ([4], [4], 60, 3)


def test_an_error_of_a_later_copy_says_which() -> None:
    made = graph(
        {"in": ("Input", {"shape": [1, 5, 5]}), "c": ("Conv2D", {"filters": 2, "kernel_size": 3})},
        "in>c",
        groups=[{"id": "block", "nodes": ["c"], "repeat": 3}],
    )
    error = analyse(made)["nodes"]["c"]["error"]
    assert error["message"].startswith("in copy 3: block_3_c: Conv2D(2, 3) moves a 3x3 window")
    assert 'Set padding to "same"' in [fix["label"] for fix in error["fixes"]]


def test_a_group_that_cannot_be_repeated_has_the_error_and_the_rest_its_shapes() -> None:
    made = {**REPEATED, "outputs": ["d", "out"]}
    report = analyse(made)
    error = report["groups"]["block"]["error"]
    assert "needs one exit to be repeated" in error["message"]
    assert [fix["label"] for fix in error["fixes"]] == ["Make it an ordinary group"]
    assert report["nodes"]["out"]["output"] == [2]
    assert report["error"].startswith("1 group cannot work yet")


def test_a_bypassed_node_gives_what_it_reads() -> None:
    report = analyse(marked(REPEATED, d={"bypass": True}))
    node = report["nodes"]["d"]
    assert (node["input"], node["output"], node["parameters"]) == ([[4]], [4], 0)
    assert (report["parameters"], report["error"]) == (10, None)


def test_a_node_that_cannot_be_bypassed_has_the_error_and_a_way_back() -> None:
    nodes = {"in": ("Input", {"shape": [4]}), "d": dense(4), "add": ("Add", {})}
    error = analyse(marked(graph(nodes, "in>d in>add d>add"), add={"bypass": True}))["nodes"]["add"]["error"]
    assert "there is not one input to pass on" in error["message"]
    assert error["fixes"][0]["label"] == "Take the layer in again"
