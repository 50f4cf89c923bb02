"""Graph documents: what is one, what is none, and why."""

import copy
import random

import numpy as np
import pytest
from torch import nn

from kit import Input, Model, Sequential
from kit.analysis import analyse
from kit.graph import DocumentError, check, document, from_document
from kit.layers import Activation, Add, Concatenate, Dense, ShapeError
from tests.kit.random_documents import random_document

CHAIN = {
    "version": 1,
    "nodes": [
        {"id": "input_1", "layer": "Input", "config": {"shape": [4]}},
        {"id": "dense_1", "layer": "Dense", "config": {"units": 3}},
        {"id": "dense_2", "layer": "Dense", "config": {"units": 2}},
    ],
    "edges": [{"source": "input_1", "target": "dense_1"}, {"source": "dense_1", "target": "dense_2"}],
}


def changed(change) -> dict:
    made = copy.deepcopy(CHAIN)
    change(made)
    return made


def node(i: int, **words):
    return lambda d: d["nodes"][i].update(words)


def edge(i: int, **words):
    return lambda d: d["edges"][i].update(words)


MALFORMED = {
    "none": None,
    "a list": [],
    "a string": "model",
    "empty": {},
    "another version": {**CHAIN, "version": 3},
    "a version of text": {**CHAIN, "version": "1"},
    "no nodes": {"version": 1, "edges": []},
    "nodes is a dict": {**CHAIN, "nodes": {}},
    "edges is none": {**CHAIN, "edges": None},
    "no layers": {"version": 1, "nodes": [], "edges": []},
    "inputs only": {"version": 1, "nodes": CHAIN["nodes"][:1], "edges": []},
    "a node is a string": changed(lambda d: d["nodes"].append("dense")),
    "a node without id": changed(lambda d: d["nodes"][1].pop("id")),
    "a node without layer": changed(lambda d: d["nodes"][1].pop("layer")),
    "an id that is a number": changed(node(1, id=3)),
    "an id that is a list": changed(node(1, id=["dense_1"])),
    "an empty id": changed(node(2, id="")),
    "two nodes of one id": changed(node(2, id="dense_1")),
    "a layer that is a list": changed(node(1, layer=["Dense"])),
    "a layer nobody knows": changed(node(1, layer="Dens")),
    "config is a list": changed(node(1, config=[3])),
    "config with a number as name": changed(node(1, config={3: 3})),
    "config is none": changed(node(1, config=None)),
    "an edge is a list": changed(lambda d: d["edges"].append(["dense_1", "dense_2"])),
    "an edge from nowhere": changed(edge(0, source="nowhere")),
    "an edge to nowhere": changed(edge(0, target="nowhere")),
    "an edge from a list": changed(edge(0, source=["input_1"])),
    "an edge to a dict": changed(edge(0, target={})),
    "an edge without source": changed(lambda d: d["edges"][0].pop("source")),
    "an edge into an input": changed(lambda d: d["edges"].append({"source": "dense_2", "target": "input_1"})),
    "an input without shape": changed(node(0, config={})),
    "an input of shape 0": changed(node(0, config={"shape": [0]})),
    "an input of a text shape": changed(node(0, config={"shape": "4"})),
    "an input of half a number": changed(node(0, config={"shape": [1.5]})),
    "a layer nothing is connected to": changed(lambda d: d["edges"].pop(0)),
    "outputs is a string": {**CHAIN, "outputs": "dense_2"},
    "outputs of a list": {**CHAIN, "outputs": [["dense_2"]]},
    "outputs nobody knows": {**CHAIN, "outputs": ["dense_9"]},
    "a circle": changed(lambda d: d["edges"].append({"source": "dense_2", "target": "dense_1"})),
    "a node that reads itself": changed(lambda d: d["edges"].append({"source": "dense_2", "target": "dense_2"})),
    "shared with nobody": changed(node(2, shared_with="dense_9")),
    "shared with itself": changed(node(2, shared_with="dense_2")),
    "shared with a later one": changed(node(1, shared_with="dense_2")),
    "shared with an input": changed(node(2, shared_with="input_1")),
    "shared with none": changed(node(2, shared_with=None)),
    "shared with a list": changed(node(2, shared_with=["dense_1"])),
    "two beginnings without an input": {
        "version": 1, "nodes": [*CHAIN["nodes"][1:], {"id": "add_1", "layer": "Add", "config": {}}],
        "edges": [{"source": "dense_1", "target": "add_1"}, {"source": "dense_2", "target": "add_1"}],
    },
}  # fmt: skip


@pytest.mark.parametrize("made", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_document_is_a_document_error(made) -> None:
    with pytest.raises(DocumentError) as caught:
        from_document(made)
    assert len(str(caught.value)) > 20


@pytest.mark.parametrize("made", MALFORMED.values(), ids=MALFORMED)
def test_the_analysis_of_a_malformed_document_says_so_and_does_not_raise(made) -> None:
    assert analyse(made)["error"]


JUNK = [
    None,
    [],
    {},
    "",
    "x",
    0,
    -1,
    1.5,
    True,
    ["dense_1"],
    {"id": "x"},
    "dense_1",
    "Input",
    float("nan"),
    "é\0\n",
    [[[]]],
]


def broken(seed: int) -> dict:
    """A valid random document in which something is replaced, removed or doubled."""
    dice = random.Random(seed)
    made = random_document(seed)
    for _ in range(dice.randint(1, 3)):
        place: object = made
        while isinstance(place, (dict, list)) and len(place):
            key = dice.choice(list(place) if isinstance(place, dict) else range(len(place)))
            inner = place[key]
            if not isinstance(inner, (dict, list)) or not inner or dice.random() < 0.2:
                action = dice.randrange(4)
                if action == 0:
                    del place[key]
                elif action == 1 and isinstance(place, list):
                    place.append(copy.deepcopy(inner))
                else:
                    place[key] = copy.deepcopy(dice.choice(JUNK))
                break
            place = inner
    return made


def refusal(made: dict) -> Exception | None:
    try:
        from_document(made)
    except (TypeError, ValueError) as error:
        return error
    return None


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_a_broken_document_is_refused_by_check_or_by_the_layer_concerned(start: int) -> None:
    for seed in range(start, start + 100):
        made = broken(seed)
        try:
            check(made)
        except DocumentError:
            with pytest.raises(DocumentError):
                from_document(made)
            continue
        if (error := refusal(made)) is not None:
            names = [n["layer"] for n in made["nodes"]]
            said = isinstance(error, (DocumentError, ShapeError)) or any(name in str(error) for name in names)
            assert said or "cannot be called" in str(error), (seed, error)


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_the_analysis_of_a_broken_document_never_raises(start: int) -> None:
    for seed in range(start, start + 100):
        report = analyse(broken(seed))
        assert {"nodes", "edges", "groups", "parameters", "trainable", "flops", "memory", "error"} == set(report)


def test_a_circle_names_a_node_of_it() -> None:
    with pytest.raises(DocumentError, match="dense_1 is part of a circle, or reads one; remove a wire of it") as caught:
        from_document(MALFORMED["a circle"])
    assert caught.value.node == "dense_1"


def test_an_unknown_layer_says_what_is_near() -> None:
    with pytest.raises(DocumentError, match=r"there is no layer 'Dens'; did you mean 'Dense'\?"):
        from_document(MALFORMED["a layer nobody knows"])


def test_a_wrong_field_says_which_layer_and_what_is_wanted() -> None:
    with pytest.raises(ValueError, match=r"Dense\(units=0\): units takes a whole number of 1 or more"):
        from_document(changed(node(1, config={"units": 0})))


def test_a_document_is_not_changed_by_reading_it() -> None:
    before = copy.deepcopy(CHAIN)
    from_document(CHAIN)
    analyse(CHAIN)
    assert before == CHAIN


def test_a_chain_becomes_a_sequential_and_a_graph_a_model() -> None:
    assert type(from_document(CHAIN)) is Sequential
    a = Input(4)
    graph = Model(a, Add()(Dense(3)(a), Dense(3)(a)))
    assert type(from_document(document(graph))) is Model


def test_a_chain_without_input_has_no_weights_before_it_sees_data() -> None:
    made = document(Sequential([Dense(3), Dense(2)]))
    assert [n["id"] for n in made["nodes"]] == ["dense_1", "dense_2"]
    model = from_document(made)
    assert not model.module.built
    assert model.predict(np.zeros((2, 7))).shape == (2, 2)


def test_a_chain_with_stated_sizes_has_weights_at_once() -> None:
    model = from_document(
        {**CHAIN, "nodes": [{"id": "d", "layer": "Dense", "config": {"units": 3, "input_dim": 4}}], "edges": []}
    )
    assert model.module.built


def test_a_shared_layer_is_one_layer_with_one_set_of_weights() -> None:
    a, b, shared = Input(4), Input(4), Dense(3)
    model = Model([a, b], Add()(shared(a), shared(b)))
    made = document(model)
    assert [n["id"] for n in made["nodes"]] == ["input_1", "input_2", "dense_1", "dense_1_again_1", "add_1"]
    again = from_document(made)
    assert len(again.get_weights()) == 2
    again.set_weights(model.get_weights())
    X = list(np.random.default_rng(0).normal(size=(2, 5, 4)))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_several_inputs_and_outputs_keep_their_order() -> None:
    a, b = Input(2, name="left"), Input(3, name="right")
    joined = Concatenate()(b, a)
    made = document(Model([a, b], [Dense(7)(joined), joined, Dense(5)(a)]))
    model = from_document(made)
    results = model.predict([np.full((4, 2), 2.0), np.full((4, 3), 3.0)])
    assert [r.shape for r in results] == [(4, 7), (4, 5), (4, 5)]
    assert results[1][0].tolist() == [3, 3, 3, 2, 2]


def test_a_plain_torch_module_has_no_document_and_says_so() -> None:
    with pytest.raises(ValueError, match=r"Linear .* is a plain torch module, which a graph document cannot describe"):
        document(Sequential([nn.Linear(3, 2)]))


def test_an_own_function_comes_back_through_custom_objects() -> None:
    def twice(x):
        return 2 * x

    made = document(Sequential([Input(3), Activation(twice)]))
    assert made["nodes"][1]["config"] == {"activation": "twice"}
    with pytest.raises(ValueError, match="activation 'twice' is not known"):
        from_document(made)
    model = from_document(made, {"twice": twice})
    assert model.predict(np.ones((1, 3))).tolist() == [[2, 2, 2]]


def test_ten_thousand_nodes_are_in_order_in_reasonable_time() -> None:
    nodes = [{"id": f"a{i}", "layer": "Flatten", "config": {}} for i in range(10_000)]
    edges = [{"source": f"a{i}", "target": f"a{i + 1}"} for i in range(9_999)]
    check({"version": 1, "nodes": nodes, "edges": edges})
    with pytest.raises(DocumentError, match="at most 10,000"):
        check({"version": 1, "nodes": [*nodes, {"id": "b", "layer": "Flatten"}], "edges": edges})
