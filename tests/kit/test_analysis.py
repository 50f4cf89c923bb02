"""What the canvas is told of a graph before it is trained."""

from itertools import pairwise

from kit import Input, Model, Sequential
from kit.analysis import analyse
from kit.graph import document
from kit.layers import Add, Conv2D, Dense, Flatten, MaxPooling2D


def chain(*nodes: tuple[str, dict], shape=(1, 8, 8)) -> dict:
    listed = [{"id": "in", "layer": "Input", "config": {"shape": list(shape)}}]
    listed += [{"id": f"n{i}", "layer": layer, "config": config} for i, (layer, config) in enumerate(nodes)]
    edges = [{"source": a["id"], "target": b["id"]} for a, b in pairwise(listed)]
    return {"version": 1, "nodes": listed, "edges": edges}


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
    assert report["edges"] == [{"source": "in", "target": "n0", "error": error["message"]}]
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
