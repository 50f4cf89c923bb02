"""Repeated groups and bypassed nodes: what the model made of them is."""

from typing import Any

import numpy as np
import pytest

from kit.blocks import expand
from kit.graph import DocumentError, check, document, from_document


def graph(nodes: dict[str, tuple[str, dict[str, Any]]], wires: str, **more: Any) -> dict[str, Any]:
    """nodes: id -> (layer, config). wires: "a>b b>c"."""
    made = [{"id": name, "layer": layer, "config": config} for name, (layer, config) in nodes.items()]
    edges = [dict(zip(("source", "target"), wire.split(">"), strict=True)) for wire in wires.split()]
    return {"version": 2, "nodes": made, "edges": edges, **more}


def marked(made: dict[str, Any], **marks: dict[str, Any]) -> dict[str, Any]:
    return {**made, "nodes": [{**node, **marks.get(node["id"], {})} for node in made["nodes"]]}


CHAIN = graph(
    {
        "in": ("Input", {"shape": [4]}),
        "dense": ("Dense", {"units": 4}),
        "drop": ("Dropout", {"rate": 0.5}),
        "head": ("Dense", {"units": 2}),
    },
    "in>dense dense>drop drop>head",
)
RESIDUAL = graph(
    {
        "in": ("Input", {"shape": [4]}),
        "dense": ("Dense", {"units": 4}),
        "add": ("Add", {}),
        "head": ("Dense", {"units": 2}),
    },
    "in>dense in>add dense>add add>head",
)


def repeat(made: dict[str, Any], nodes: str, times: int = 3, **more: Any) -> dict[str, Any]:
    return {**made, "groups": [{"id": "block", "nodes": nodes.split(), "repeat": times}], **more}


def layers(made: dict[str, Any]) -> list[str]:
    return list(from_document(check(made)).module.layers)


def test_a_chain_of_layers_is_applied_as_often_as_said() -> None:
    names = layers(repeat(CHAIN, "dense drop"))
    copies = [f"block_{i}_{name}" for i in (1, 2, 3) for name in ("dense", "drop")]
    assert names == [*copies, "head"]


def test_each_copy_has_weights_of_its_own() -> None:
    model = from_document(repeat(CHAIN, "dense drop"), seed=1)
    assert model.count_params() == 3 * 20 + 10
    first, second = (model.module.layers[f"block_{i}_dense"].get_weights()[0] for i in (1, 2))
    assert not np.array_equal(first, second)


def test_a_repeated_residual_block_reads_what_the_copy_before_gives() -> None:
    model = from_document(repeat(RESIDUAL, "dense add", 2))
    X = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    x = X
    for i in (1, 2):
        kernel, bias = model.module.layers[f"block_{i}_dense"].get_weights()
        x = x + x @ kernel + bias
    kernel, bias = model.module.layers["head"].get_weights()
    np.testing.assert_allclose(model.predict(X), x @ kernel + bias, rtol=1e-5)


def test_one_edit_of_the_block_changes_all_copies() -> None:
    made = repeat(CHAIN, "dense drop")
    wider = {**made, "nodes": [{**n, "config": {"units": 7}} if n["id"] == "dense" else n for n in made["nodes"]]}
    shapes = [tuple(layer.kernel.shape) for layer in from_document(wider).layers if hasattr(layer, "kernel")]
    assert shapes == [(4, 7), (7, 7), (7, 7), (7, 2)]


def test_a_block_can_begin_a_chain_without_an_input() -> None:
    made = {**repeat(CHAIN, "dense drop"), "nodes": CHAIN["nodes"][1:], "edges": CHAIN["edges"][1:]}
    assert layers(made)[:2] == ["block_1_dense", "block_1_drop"]
    assert from_document(made).predict(np.zeros((2, 4))).shape == (2, 2)


def test_a_layer_shared_inside_a_block_is_shared_in_each_copy_for_itself() -> None:
    nodes = {"in": ("Input", {"shape": [4]}), "a": ("Dense", {"units": 4}), "b": ("Dense", {})}
    made = marked(graph(nodes, "in>a a>b"), b={"shared_with": "a"})
    model = from_document(repeat(made, "a b", 2))
    assert list(model.module.layers) == ["block_1_a", "block_2_a"]
    assert len(model.module.steps) == 4


def test_a_layer_shared_from_outside_is_one_for_all_copies() -> None:
    nodes = {"in": ("Input", {"shape": [4]}), "a": ("Dense", {"units": 4}), "b": ("Dense", {})}
    made = marked(graph(nodes, "in>a a>b"), b={"shared_with": "a"})
    model = from_document(repeat(made, "b", 5))
    assert (list(model.module.layers), len(model.module.steps)) == (["a"], 6)


def test_the_name_of_a_copy_gives_way_to_a_node_of_that_name() -> None:
    nodes = {"in": ("Input", {"shape": [4]}), "d": ("Dense", {"units": 4}), "block_1_d": ("Dense", {"units": 2})}
    assert layers(repeat(graph(nodes, "in>d d>block_1_d"), "d", 2)) == ["block_1_d_", "block_2_d", "block_1_d"]


def test_an_output_that_is_a_block_s_exit_is_that_of_its_last_copy() -> None:
    model = from_document(repeat(CHAIN, "dense drop", outputs=["drop", "head"]))
    assert [output.shape for output in model.predict(np.zeros((2, 4)))] == [(2, 4), (2, 2)]


def test_a_group_for_the_eye_and_notes_change_nothing() -> None:
    notes = [{"id": "note_1", "text": "hello", "position": [0, 1.5], "size": [10, 20]}]
    made = {**CHAIN, "groups": [{"id": "g", "nodes": ["in", "dense"], "collapsed": True}], "notes": notes}
    assert layers(made) == layers(CHAIN)


UNREPEATABLE = {
    "an input inside": (CHAIN, "in dense", "Input, which cannot be repeated"),
    "two exits": ({**CHAIN, "outputs": ["dense", "head"]}, "dense drop", "needs one exit to be repeated"),
    "two entrances": (RESIDUAL, "add", "needs one entrance to be repeated, but it reads dense and in"),
    "a member shared outside": (
        marked(CHAIN, head={"shared_with": "dense", "config": {}}),
        "dense drop",
        "head shares the layer of dense, but block is repeated",
    ),
}


@pytest.mark.parametrize(("made", "nodes", "reason"), UNREPEATABLE.values(), ids=UNREPEATABLE)
def test_what_cannot_be_repeated_says_why_and_which_group(made, nodes, reason) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        from_document(repeat(made, nodes))
    assert caught.value.group == "block"


def test_a_bypassed_node_hands_its_input_on() -> None:
    made = marked(CHAIN, drop={"bypass": True}, dense={"bypass": True})
    assert layers(made) == ["head"]
    assert expand(made)[0]["edges"] == [{"source": "in", "target": "head"}]


def test_a_bypassed_output_gives_what_it_reads() -> None:
    model = from_document(marked(CHAIN, head={"bypass": True}))
    assert model.predict(np.zeros((2, 4))).shape == (2, 4)


def test_a_node_that_shares_with_a_bypassed_one_keeps_the_layer() -> None:
    nodes = {"in": ("Input", {"shape": [4]}), "a": ("Dense", {"units": 4}), "b": ("Dense", {}), "c": ("Dense", {})}
    made = marked(graph(nodes, "in>a a>b b>c"), a={"bypass": True}, b={"shared_with": "a"}, c={"shared_with": "a"})
    model = from_document(made)
    assert (list(model.module.layers), model.count_params()) == (["b"], 20)


def test_a_bypassed_node_inside_a_block_is_bypassed_in_every_copy() -> None:
    assert layers(repeat(marked(CHAIN, drop={"bypass": True}), "dense drop", 2)) == [
        "block_1_dense",
        "block_2_dense",
        "head",
    ]


def test_a_wholly_bypassed_block_hands_its_input_on() -> None:
    made = marked(CHAIN, drop={"bypass": True}, dense={"bypass": True})
    assert layers(repeat(made, "dense drop")) == ["head"]


@pytest.mark.parametrize(
    ("name", "reason"), [("in", "an Input, which cannot be bypassed"), ("add", "reads in and dense")]
)
def test_what_cannot_be_bypassed_says_why(name, reason) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        from_document(marked(RESIDUAL, **{name: {"bypass": True}}))
    assert caught.value.node == name


def test_a_model_of_a_document_with_blocks_is_written_out_as_a_plain_document() -> None:
    made = document(from_document(repeat(RESIDUAL, "dense add", 2)))
    assert made["version"] == 1
    assert document(from_document(made)) == made


MALFORMED = {
    "groups is a dict": {"groups": {}},
    "a group is a string": {"groups": ["a"]},
    "a group without nodes": {"groups": [{"id": "g"}]},
    "an empty group": {"groups": [{"id": "g", "nodes": []}]},
    "a group of strangers": {"groups": [{"id": "g", "nodes": ["nobody"]}]},
    "a group with a node twice": {"groups": [{"id": "g", "nodes": ["in", "in"]}]},
    "two groups of one node": {"groups": [{"id": "g", "nodes": ["in"]}, {"id": "h", "nodes": ["in"]}]},
    "two groups of one id": {"groups": [{"id": "g", "nodes": ["in"]}, {"id": "g", "nodes": ["head"]}]},
    "a group named as a node": {"groups": [{"id": "in", "nodes": ["head"]}]},
    "a group of lists": {"groups": [{"id": "g", "nodes": [["in"]]}]},
    "repeat 0": {"groups": [{"id": "g", "nodes": ["drop"], "repeat": 0}]},
    "repeat true": {"groups": [{"id": "g", "nodes": ["drop"], "repeat": True}]},
    "repeat 1001": {"groups": [{"id": "g", "nodes": ["drop"], "repeat": 1001}]},
    "repeat text": {"groups": [{"id": "g", "nodes": ["drop"], "repeat": "3"}]},
    "collapsed text": {"groups": [{"id": "g", "nodes": ["drop"], "collapsed": "yes"}]},
    "a title of two lines": {"groups": [{"id": "g", "nodes": ["drop"], "title": "a\nb"}]},
    "notes of text": {"notes": "note"},
    "a note without id": {"notes": [{"text": "a"}]},
    "two notes of one id": {"notes": [{"id": "a", "text": "a"}] * 2},
    "a note nowhere": {"notes": [{"id": "a", "text": "a", "position": [float("nan"), 1]}]},
    "a note of three sizes": {"notes": [{"id": "a", "text": "a", "size": [1, 2, 3]}]},
}
MALFORMED_NODES = {
    "a title of two lines": {"title": "a\nb"},
    "an empty title": {"title": ""},
    "a long title": {"title": "a" * 201},
    "a title that is a number": {"title": 3},
    "a comment that is a list": {"comment": ["a"]},
    "a comment with a carriage return": {"comment": "a\rb"},
    "half a letter": {"comment": "\ud800"},
    "bypass as text": {"bypass": "yes"},
    "one number": {"position": [1]},
    "a place of text": {"position": ["1", "2"]},
    "an endless place": {"position": [0, float("inf")]},
}


@pytest.mark.parametrize("more", MALFORMED.values(), ids=MALFORMED)
def test_malformed_groups_and_notes_are_refused(more) -> None:
    with pytest.raises(DocumentError):
        check({**CHAIN, **more})


@pytest.mark.parametrize("more", MALFORMED_NODES.values(), ids=MALFORMED_NODES)
def test_malformed_extras_of_a_node_are_refused(more) -> None:
    with pytest.raises(DocumentError) as caught:
        check(marked(CHAIN, dense=more))
    assert caught.value.node == "dense"


def test_groups_that_make_too_many_layers_are_refused() -> None:
    nodes = {f"n{i}": ("Dropout", {"rate": 0.1}) for i in range(20)}
    made = graph(nodes, " ".join(f"n{i}>n{i + 1}" for i in range(19)))
    with pytest.raises(DocumentError, match="more than 10,000 layers"):
        check({**made, "groups": [{"id": "g", "nodes": list(nodes), "repeat": 1000}]})
