"""Edits that Python makes: one claim for each operation, and that none breaks a document."""

import json
import random
from typing import Any

import pytest

from kit.code import from_code
from kit.editing import apply, usual_config
from kit.graph import from_document, make_layer
from kit.layers.layer import CATALOG
from kit.structure import DocumentError, check
from tests.kit.analysis.documents import chain, dense, graph, marked
from tests.kit.random_documents import rich_document

CHAIN = chain(dense(8, "relu"), ("Dropout", {"rate": 0.5}), dense(3), shape=(5,))


def done(made: dict[str, Any], op: str, **fields: Any) -> dict[str, Any]:
    return apply(made, [{"op": op, **fields}])[0]


def wires(made: dict[str, Any]) -> list[str]:
    return [f"{edge['source']}>{edge['target']}" for edge in made["edges"]]


def config(made: dict[str, Any], name: str) -> dict[str, Any]:
    return next(node["config"] for node in made["nodes"] if node["id"] == name)


def test_a_layer_is_inserted_in_a_wire_with_usual_settings_and_the_rest_makes_room() -> None:
    placed = marked(CHAIN, n0={"position": [0, 0]}, n1={"position": [236, 0]}, n2={"position": [480, 9]})
    after, made = apply(placed, [{"op": "insert", "layer": "Dense", "source": "n0", "target": "n1"}])
    assert made == ["dense_1"]
    assert wires(after) == ["in>n0", "n0>dense_1", "dense_1>n1", "n1>n2"]
    assert after["nodes"][2] == {"id": "dense_1", "layer": "Dense", "config": {"units": 64}, "position": [236, 0]}
    assert [node.get("position") for node in after["nodes"][3:]] == [[472, 0], [716, 9]]


def test_a_layer_is_inserted_after_a_node_and_before_all_its_readers() -> None:
    made = graph({"in": ("Input", {"shape": [4]}), "a": dense(4), "b": dense(4), "c": dense(4)}, "in>a a>b a>c")
    assert wires(done(made, "insert", layer="Flatten", source="a")) == [
        "in>a", "flatten_1>b", "flatten_1>c", "a>flatten_1",
    ]  # fmt: skip


def test_a_layer_inserted_after_an_output_is_the_output() -> None:
    made = {**CHAIN, "outputs": ["n0", "n2"]}
    assert done(made, "insert", layer="Flatten", source="n2")["outputs"] == ["n0", "flatten_1"]


def test_a_layer_inserted_before_a_node_reads_all_it_read() -> None:
    made = graph({"a": ("Input", {"shape": [4]}), "b": ("Input", {"shape": [4]}), "c": dense(2)}, "a>c b>c")
    assert wires(done(made, "insert", layer="Add", target="c")) == ["a>add_1", "b>add_1", "add_1>c"]


def test_a_layer_inserted_inside_a_group_belongs_to_it() -> None:
    made = {**CHAIN, "groups": [{"id": "g", "nodes": ["n0", "n1"]}]}
    inside = done(made, "insert", layer="Flatten", source="n0", target="n1")
    assert inside["groups"][0]["nodes"] == ["n0", "n1", "flatten_1"]
    assert done(made, "insert", layer="Flatten", source="n1", target="n2")["groups"] == made["groups"]


def test_removing_a_node_bridges_the_gap() -> None:
    assert wires(done(CHAIN, "remove", nodes=["n0", "n1"])) == ["in>n2"]


def test_removing_an_output_leaves_what_it_read() -> None:
    assert done({**CHAIN, "outputs": ["n0", "n2"]}, "remove", nodes=["n2"])["outputs"] == ["n0", "n1"]


def test_removing_a_layer_that_others_share_hands_it_on() -> None:
    nodes = {"in": ("Input", {"shape": [4]}), "a": dense(4), "b": ("Dense", {}), "c": ("Dense", {})}
    made = marked(graph(nodes, "in>a a>b b>c"), b={"shared_with": "a"}, c={"shared_with": "a"})
    after = done(made, "remove", nodes=["a"])
    assert after["nodes"][1] == {"id": "b", "layer": "Dense", "config": {"units": 4}}
    assert after["nodes"][2]["shared_with"] == "b"


def test_removing_the_last_node_of_a_group_removes_the_group() -> None:
    assert "groups" not in done({**CHAIN, "groups": [{"id": "g", "nodes": ["n1"]}]}, "remove", nodes=["n1"])


def test_replacing_keeps_wires_and_the_settings_both_have() -> None:
    image = chain(("Conv2D", {"filters": 4, "kernel_size": [3, 3], "activation": "relu", "padding": "same"}))
    after = done(marked(image, n0={"comment": "edges"}), "replace", node="n0", layer="SeparableConv2D")
    assert wires(after) == wires(image)
    expected = {"filters": 4, "kernel_size": [3, 3], "activation": "relu", "padding": "same"}
    assert (after["nodes"][1]["config"], after["nodes"][1]["comment"]) == (expected, "edges")


def test_replacing_brings_a_window_to_the_new_number_of_axes() -> None:
    image = chain(("Conv2D", {"filters": 4, "kernel_size": [3, 3]}))
    assert config(done(image, "replace", node="n0", layer="Conv1D"), "n0")["kernel_size"] == [3]


def test_a_field_is_set_and_left_out_where_it_is_the_default() -> None:
    made = done(CHAIN, "set", node="n0", field="use_bias", value=False)
    assert config(made, "n0") == {"units": 8, "activation": "relu", "use_bias": False}
    assert config(done(made, "set", node="n0", field="use_bias", value=True), "n0") == config(CHAIN, "n0")
    assert config(done(made, "set", node="n0", field="activation"), "n0") == {"units": 8, "use_bias": False}


def test_a_field_of_a_shared_layer_is_set_at_its_owner() -> None:
    nodes = {"in": ("Input", {"shape": [4]}), "a": dense(4), "b": ("Dense", {})}
    made = marked(graph(nodes, "in>a a>b"), b={"shared_with": "a"})
    assert config(done(made, "set", node="b", field="units", value=4.5), "a") == {"units": 4.5}


def test_a_wire_to_a_node_that_takes_one_replaces_the_old() -> None:
    assert wires(done(CHAIN, "connect", source="in", target="n2")) == ["in>n0", "n0>n1", "in>n2"]
    assert wires(done(CHAIN, "disconnect", source="n0", target="n1")) == ["in>n0", "n1>n2"]


def test_bypass_freeze_and_labels_come_and_go() -> None:
    made = CHAIN
    for on in (True, False):
        made = done(made, "bypass", nodes=["n1"], on=on)
        made = done(made, "freeze", nodes=["in", "n0"], on=on)
        made = done(made, "label", node="n2", title="Head" if on else "", comment="a\nb" if on else "")
        if on:
            assert (made["version"], made["nodes"][2]["bypass"]) == (2, True)
            assert config(made, "n0")["trainable"] is False
            assert (made["nodes"][3]["title"], made["nodes"][3]["comment"]) == ("Head", "a\nb")
    assert made == CHAIN


def test_a_group_is_made_repeated_and_its_layers_given_back() -> None:
    made = done(CHAIN, "group", nodes=["n1", "n0"], title="Block")
    assert made["groups"] == [{"id": "block", "nodes": ["n0", "n1"], "title": "Block"}]
    made = done(made, "repeat", group="block", times=3)
    assert (made["version"], made["groups"][0]["repeat"]) == (2, 3)
    repeated = from_document(made, seed=1)
    after, new = apply(made, [{"op": "ungroup", "group": "block"}])
    assert new == [f"block_{i}_{name}" for i in (1, 2, 3) for name in ("n0", "n1")]
    assert (after["version"], "groups" in after) == (1, False)
    given_back = from_document(after, seed=1)
    assert list(given_back.module.state_dict()) == list(repeated.module.state_dict())
    assert done(made, "repeat", group="block", times=1)["version"] == 1


def test_copies_stand_beside_each_other() -> None:
    placed = marked(CHAIN, n0={"position": [0, 0]}, n1={"position": [200, 0]})
    made = done(placed, "group", nodes=["n0", "n1"], repeat=2)
    after = done(made, "ungroup", group="block")
    places = {node["id"]: node["position"] for node in after["nodes"] if "position" in node}
    assert places["block_2_n0"][0] > places["block_1_n1"][0]


def test_a_group_that_cannot_be_repeated_is_refused() -> None:
    with pytest.raises(DocumentError, match="has an Input, which cannot be repeated"):
        done(CHAIN, "group", nodes=["in", "n0"], repeat=2)


PASTED = {"id": "n0", "layer": "Dense", "config": {"units": 2}, "position": [9, 9]}
FRAGMENT = json.dumps({"hornbook": "layers", "nodes": [PASTED], "edges": []})


def test_a_fragment_is_pasted_under_a_free_id() -> None:
    after, made = apply(CHAIN, [{"op": "paste", "text": FRAGMENT, "position": [50, 60]}])
    assert made == ["dense_1"]
    assert after["nodes"][-1] == {"id": "dense_1", "layer": "Dense", "config": {"units": 2}, "position": [50, 60]}


def test_python_code_is_pasted_without_its_input() -> None:
    text = "model = Sequential([Input(5)])\nfor _ in range(2):\n    model.add(Dense(5))"
    after, made = apply(CHAIN, [{"op": "paste", "text": text}])
    assert made == ["dense_1"]
    assert after["groups"] == [{"id": "block", "nodes": ["dense_1"], "repeat": 2}]
    empty = {"version": 1, "nodes": [], "edges": []}
    assert apply(empty, [{"op": "paste", "text": text}])[0] == from_code(text)


@pytest.mark.parametrize("text", ["", "hello", "{", "{}", "[1]", '{"nodes": 3}', "model = Sequential([Dens(3)])"])
def test_what_is_no_fragment_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        done(CHAIN, "paste", text=text)


def test_several_operations_are_one_edit_and_what_one_made_the_next_may_use() -> None:
    insert = {"op": "insert", "layer": "Dense", "source": "n2", "id": "head"}
    after, made = apply(CHAIN, [insert, {"op": "set", "node": "head", "field": "units", "value": 2}])
    assert (made, config(after, "head")) == (["head"], {"units": 2})


REFUSED = {
    "no list": {"op": "remove"},
    "no operation": [3],
    "an unknown one": [{"op": "removed"}],
    "a field missing": [{"op": "remove"}],
    "a field too many": [{"op": "remove", "nodes": [], "extra": 3}],
    "a wrong type": [{"op": "remove", "nodes": "n0"}],
    "a stranger": [{"op": "remove", "nodes": ["x"]}],
    "no such layer": [{"op": "insert", "layer": "Dens"}],
    "no such wire": [{"op": "insert", "layer": "Dense", "source": "in", "target": "n2"}],
    "an id that is taken": [{"op": "insert", "layer": "Dense", "id": "n0"}],
    "a circle": [{"op": "connect", "source": "n2", "target": "n0"}],
    "a wire to an input": [{"op": "connect", "source": "n2", "target": "in"}],
    "a wire that is not there": [{"op": "disconnect", "source": "n2", "target": "in"}],
    "no such group": [{"op": "ungroup", "group": "g"}],
    "an empty group": [{"op": "group", "nodes": []}],
    "the second is wrong": [{"op": "remove", "nodes": ["n0"]}, {"op": "remove", "nodes": ["n0"]}],
}


@pytest.mark.parametrize("operations", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_refused_and_changes_nothing(operations: Any) -> None:
    with pytest.raises(DocumentError):
        apply(CHAIN, operations)


@pytest.mark.parametrize("name", list(CATALOG))
def test_every_layer_has_a_usual_config_that_it_takes(name: str) -> None:
    make_layer({"id": "x", "layer": name, "config": usual_config(name)})


def random_operation(dice: random.Random, made: dict[str, Any]) -> dict[str, Any]:
    names = [node["id"] for node in made["nodes"]] or ["x"]
    groups = [group["id"] for group in made.get("groups", [])] or ["g"]
    some = dice.sample(names, min(len(names), dice.randint(1, 3)))
    one, other = dice.choice(names), dice.choice(names)
    layer = dice.choice(["Dense", "Flatten", "Add", "Conv2D", "LSTM", "Dropout"])
    return dice.choice([
        {"op": "insert", "layer": layer, "source": one},
        {"op": "insert", "layer": layer, "target": one},
        {"op": "insert", "layer": layer, "source": one, "target": other},
        {"op": "remove", "nodes": some},
        {"op": "replace", "node": one, "layer": layer},
        {"op": "set", "node": one, "field": "units", "value": dice.randint(0, 9)},
        {"op": "connect", "source": one, "target": other},
        {"op": "disconnect", "source": one, "target": other},
        {"op": "bypass", "nodes": some, "on": dice.random() < 0.7},
        {"op": "freeze", "nodes": some, "on": dice.random() < 0.7},
        {"op": "group", "nodes": some, "repeat": dice.randint(1, 3)},
        {"op": "repeat", "group": dice.choice(groups), "times": dice.randint(1, 3)},
        {"op": "ungroup", "group": dice.choice(groups)},
        {"op": "paste", "text": FRAGMENT},
        {"op": "label", "node": one, "title": "A"},
    ])  # fmt: skip


@pytest.mark.parametrize("start", range(0, 400, 100))
def test_random_operations_give_a_document_or_a_reason(start: int) -> None:
    for seed in range(start, start + 100):
        dice, made = random.Random(seed), rich_document(seed)
        for _ in range(12):
            try:
                made = apply(made, [random_operation(dice, made)])[0]
            except DocumentError:
                continue
            check(made)
