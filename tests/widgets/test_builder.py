import random

import pytest

import kit
from kit.layers import Conv2D, Dense, Flatten, Input
from widgets import Builder

CHAIN = {
    "version": 1,
    "nodes": [
        {"id": "input_1", "layer": "Input", "config": {"shape": [20]}},
        {"id": "dense_1", "layer": "Dense", "config": {"units": 8}},
    ],
    "edges": [{"source": "input_1", "target": "dense_1"}],
}


def with_units(units: object) -> dict:
    return {**CHAIN, "nodes": [CHAIN["nodes"][0], {**CHAIN["nodes"][1], "config": {"units": units}}]}


def edit(document: object, revision: int = 1, what: str = "edit") -> dict:
    return {"part": "builder", "type": "edit", "revision": revision, "document": document, "what": what}


def test_a_builder_starts_from_a_model_a_document_a_text_or_a_shape():
    model = kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(3)])
    for start in (model, kit.graph.document(model), model.to_code()):
        assert repr(Builder(start).model.layers) == repr(model.layers)
    assert Builder(input_shape=(1, 8, 8)).document["nodes"][0]["config"] == {"shape": [1, 8, 8]}


def test_an_edit_is_answered_with_shapes_parameters_and_code(wire):
    line = wire(Builder(CHAIN))
    answer = line.say(edit(with_units(5), revision=7))
    assert (answer["type"], answer["answers"], answer["problem"]) == ("state", 7, None)
    node = answer["analysis"]["nodes"]["dense_1"]
    assert (node["input"], node["output"], node["parameters"], node["error"]) == ([[20]], [5], 105, None)
    assert "Dense(5)" in answer["code"]


def test_a_shape_of_one_axis_may_be_typed_as_a_number(wire):
    builder = Builder(CHAIN)
    nodes = [{**CHAIN["nodes"][0], "config": {"shape": 30}}, CHAIN["nodes"][1]]
    answer = wire(builder).say(edit({**CHAIN, "nodes": nodes}))
    assert answer["problem"] is None
    assert "Input((30,))" in answer["code"]


def test_a_wrong_field_is_an_error_on_its_node_and_the_document_is_kept(wire):
    builder = Builder(CHAIN)
    answer = wire(builder).say(edit(with_units(0)))
    assert answer["analysis"]["nodes"]["dense_1"]["error"]["field"] == "units"
    assert answer["code"].startswith("# This is not a model yet")
    with pytest.raises(ValueError, match="units takes a whole number of 1 or more"):
        _ = builder.model


def test_an_error_of_shape_is_on_the_node_and_on_its_wire_with_what_mends_it(wire):
    document = {
        **CHAIN,
        "nodes": [CHAIN["nodes"][0], {"id": "conv2d_1", "layer": "Conv2D", "config": {"filters": 4, "kernel_size": 3}}],
        "edges": [{"source": "input_1", "target": "conv2d_1"}],
    }
    answer = wire(Builder(CHAIN)).say(edit(document))
    error = answer["analysis"]["nodes"]["conv2d_1"]["error"]
    assert "takes input (n, channels, rows, cols), but (n, 20) came" in error["message"]
    assert "Insert Reshape(1, 4, 5)" in [fix["label"] for fix in error["fixes"]]
    wire = {"source": "input_1", "target": "conv2d_1", "error": error["message"], "fixes": error["fixes"]}
    assert answer["analysis"]["edges"] == [wire]


def test_a_circle_is_told_on_its_nodes_and_opened_by_what_mends_it():
    edges = [{"source": a, "target": b} for a, b in (("input_1", "dense_1"), ("dense_1", "dense_2"))]
    nodes = [*CHAIN["nodes"], {"id": "dense_2", "layer": "Dense", "config": {"units": 20}}]
    builder = Builder({**CHAIN, "nodes": nodes, "edges": [*edges, {"source": "dense_2", "target": "dense_1"}]})
    assert "dense_2: it reads what it gives, in a circle" in builder.code
    builder.mend(builder.report["nodes"]["dense_2"]["error"]["fixes"][0])
    assert builder.model.count_params() == 20 * 8 + 8 + 8 * 20 + 20


def test_random_edits_undo_to_the_start_and_redo_to_the_end(wire):
    builder = Builder(CHAIN)
    line = wire(builder)
    chance = random.Random(3)
    for revision in range(60):
        line.say(edit(with_units(chance.randint(1, 50)), revision, f"units {revision}"))
    end = builder.document
    while line.last("builder", "state")["undo"]:
        line.say({"part": "builder", "type": "undo"})
    assert builder.document == CHAIN
    while line.last("builder", "state")["redo"]:
        line.say({"part": "builder", "type": "redo"})
    assert builder.document == end


def test_a_new_edit_after_an_undo_forgets_what_was_undone(wire):
    line = wire(Builder(CHAIN))
    line.say(edit(with_units(3), what="three"))
    assert line.say({"part": "builder", "type": "undo"})["redo"] == "three"
    assert line.say(edit(with_units(4), 2, "four"))["redo"] is None


def test_code_replaces_the_document_and_wrong_code_leaves_it(wire):
    builder = Builder(CHAIN)
    line = wire(builder)
    line.say({"part": "builder", "type": "code", "revision": 1, "text": "model = Sequential([Input(20), Dense(4)])"})
    assert builder.model.layers[0].units == 4
    kept = builder.document
    answer = line.say({"part": "builder", "type": "code", "revision": 2, "text": "model = Sequential([\n Dnse(4)])"})
    assert answer["problem"]["line"] == 2
    assert "did you mean 'Dense'" in answer["problem"]["message"]
    assert builder.document == kept


def test_positions_stay_with_their_nodes_when_the_code_is_edited(wire):
    placed = {**CHAIN, "nodes": [{**node, "position": [i, 5]} for i, node in enumerate(CHAIN["nodes"])]}
    builder = Builder(placed)
    text = "model = Sequential([Input((20,)), Dense(9)])"
    wire(builder).say({"part": "builder", "type": "code", "revision": 1, "text": text})
    assert [node["position"] for node in builder.document["nodes"]] == [[0, 5], [1, 5]]


MALFORMED = [
    None,
    7,
    "hello",
    {},
    {"part": "nobody", "type": "hello"},
    {"part": "builder"},
    {"part": "builder", "type": "__init__"},
    {"part": "builder", "type": "edit"},
    {"part": "builder", "type": "edit", "revision": "1", "document": CHAIN},
    {"part": "builder", "type": "code", "revision": 1, "text": 5},
    edit(None),
    edit({"version": 2}),
    edit({"version": 1, "nodes": {}, "edges": []}),
    edit({"version": 1, "nodes": [1], "edges": []}),
    edit({"version": 1, "nodes": [{"id": "a", "layer": "Dense", "config": []}], "edges": []}),
    edit({**CHAIN, "edges": [{"source": "x", "target": "dense_1"}]}),
    edit({**CHAIN, "nodes": CHAIN["nodes"] * 2}),
    edit({**CHAIN, "outputs": [5]}),
    edit({**CHAIN, "nodes": [CHAIN["nodes"][0], {**CHAIN["nodes"][1], "shared_with": ["x"]}]}),
]


@pytest.mark.parametrize("message", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_message_is_answered_with_an_error_and_changes_nothing(wire, message):
    builder = Builder(CHAIN)
    answer = wire(builder).say(message)
    assert answer["type"] == "refused" or answer["problem"]["message"]
    assert builder.document == CHAIN


def test_random_documents_never_raise(wire):
    chance = random.Random(5)
    values = [None, True, -1, 0, 3, 1.5, "relu", "", [], [3], [0], {}, {"a": 1}, "Dense", "Input", "dense_1", [[1]]]
    line = wire(Builder(CHAIN))

    def anything(depth: int = 0) -> object:
        if depth > 2 or chance.random() < 0.3:
            return chance.choice(values)
        if chance.random() < 0.4:
            return [anything(depth + 1) for _ in range(chance.randint(0, 3))]
        keys = ["id", "layer", "config", "source", "target", "shape", "units", "position", "shared_with"]
        return {key: anything(depth + 1) for key in chance.sample(keys, 4)}

    for revision in range(1500):
        broken = {"version": 1, "nodes": [anything() for _ in range(3)], "edges": [anything()]}
        config = {chance.choice(["units", "rate", "filters", "name", "axis"]): anything(2)}
        layer = chance.choice(["Dense", "Conv2D", "Dropout", "Input", "Concatenate", "BatchNormalization", "Nothing"])
        wrong = {**CHAIN, "nodes": [CHAIN["nodes"][0], {"id": "dense_1", "layer": layer, "config": config}]}
        assert line.say(edit(chance.choice([broken, wrong]), revision))["type"] in ("state", "refused")


def test_a_layer_defined_later_is_in_the_palette_at_the_next_word(wire):
    line = wire(Builder(CHAIN))
    line.say({"part": "builder", "type": "hello"})

    class Twice(kit.Layer):
        """y = 2 x."""

        def forward(self, x):
            return 2 * x

    try:
        line.say(edit(with_units(3)))
        assert "Twice" in [entry["name"] for entry in line.last("builder", "catalog")["layers"]]
    finally:
        del kit.CATALOG["Twice"]


def test_a_picture_stands_in_where_there_is_no_kernel():
    bundle, _ = Builder(kit.Sequential([Input((1, 8, 8)), Conv2D(4, 3), Flatten(), Dense(2)]))._repr_mimebundle_()
    assert bundle["image/png"].startswith("iVBORw0KGgo")
    assert bundle["text/plain"] == "<Builder of 4 nodes>"
