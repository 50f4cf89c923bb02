"""Undo and redo, edits that Python makes, questions, and messages that are none."""

import json
import random

import pytest

import kit
from kit.code import to_code
from kit.structure import DocumentError
from tests.kit.editing.test_operations import random_operation
from tests.kit.random_documents import rich_document
from widgets import Builder
from widgets.builder import Editing

CHAIN = {
    "version": 1,
    "nodes": [
        {"id": "input_1", "layer": "Input", "config": {"shape": [20]}},
        {"id": "dense_1", "layer": "Dense", "config": {"units": 8}},
    ],
    "edges": [{"source": "input_1", "target": "dense_1"}],
}


@pytest.fixture(autouse=True)
def own_blocks(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))


def do(*operations: object, revision: int = 1, what: str = "edit") -> dict:
    return {"part": "builder", "type": "do", "revision": revision, "operations": list(operations), "what": what}


def ask(type: str, **fields: object) -> dict:
    return {"part": "builder", "type": type, "ask": 7, **fields}


@pytest.mark.parametrize("start", range(0, 2000, 100))
def test_any_fifty_edits_undo_to_the_identical_document_and_redo_to_the_identical_end(start):
    for seed in range(start, start + 100):
        dice = random.Random(seed)
        editing = Editing(rich_document(seed % 300))
        before = [json.dumps(editing.document)]
        tries = 0
        while len(before) <= 50 and tries < 400:
            tries += 1
            try:
                new, _ = editing.operated([random_operation(dice, editing.document)])
            except DocumentError:
                continue
            editing.change(new, "edit")
            if len(editing.done) == len(before):
                before.append(json.dumps(editing.document))
        assert len(before) > 20
        for expected in reversed(before[:-1]):
            editing.step(editing.done, editing.undone)
            assert json.dumps(editing.document) == expected
        assert not editing.done
        for expected in before[1:]:
            editing.step(editing.undone, editing.done)
            assert json.dumps(editing.document) == expected


def test_edits_made_by_python_are_one_step_and_say_what_they_made(wire):
    builder = Builder(CHAIN)
    line = wire(builder)
    insert = {"op": "insert", "layer": "Dropout", "source": "dense_1"}
    answer = line.say(do(insert, {"op": "freeze", "nodes": ["dense_1"], "on": True}, revision=9, what="add Dropout"))
    assert (answer["answers"], answer["made"], answer["undo"]) == (9, ["dropout_1"], "add Dropout")
    assert answer["analysis"]["trainable"] == 0
    line.say({"part": "builder", "type": "undo"})
    assert builder.document == CHAIN


def test_a_fix_that_is_offered_can_be_sent_back(wire):
    line = wire(Builder(CHAIN))
    answer = line.say(do({"op": "insert", "layer": "LSTM", "source": "dense_1"}))
    fix = answer["analysis"]["nodes"]["lstm_1"]["error"]["fixes"][0]
    answer = line.say(do(*fix["operations"], what=fix["label"]))
    assert (answer["problem"], answer["analysis"]["error"], answer["undo"]) == (None, None, fix["label"])


def test_an_edit_that_cannot_be_made_leaves_the_document_and_says_why(wire):
    builder = Builder(CHAIN)
    answer = wire(builder).say(do({"op": "remove", "nodes": ["dense_1"]}, {"op": "remove", "nodes": ["nobody"]}))
    assert answer["problem"] == {"message": "there is no node 'nobody'", "line": None}
    assert builder.document == CHAIN


def test_a_repeated_group_is_told_with_its_code(wire):
    answer = wire(Builder(CHAIN)).say(do({"op": "set", "node": "dense_1", "field": "units", "value": 20},
                                         {"op": "group", "nodes": ["dense_1"], "repeat": 3}))  # fmt: skip
    assert answer["document"]["version"] == 2
    assert "for _ in range(3):" in answer["code"]
    assert answer["analysis"]["groups"]["block"]["parameters"] == 3 * 420


def test_what_is_for_the_eye_outlives_an_edit_of_the_code(wire):
    made = {
        **CHAIN,
        "nodes": [{**node, "position": [i, 5]} for i, node in enumerate(CHAIN["nodes"])],
        "notes": [{"id": "note_1", "text": "hello"}],
        "groups": [{"id": "g", "nodes": ["dense_1"], "title": "Mine", "collapsed": True}],
    }
    builder = Builder(made)
    text = to_code(made).replace("Dense(8),", "Dense(9),\n    Dense(3),")
    wire(builder).say({"part": "builder", "type": "code", "revision": 1, "text": text})
    after = builder.document
    assert [node["position"] for node in after["nodes"]] == [[0, 5], [1, 5], [237, 5]]
    assert (after["notes"], after["groups"]) == (made["notes"], made["groups"])


def test_documents_share_what_did_not_change(wire):
    builder = Builder(CHAIN)
    wire(builder).say({"part": "builder", "type": "edit", "revision": 1, "what": "rename", "document": json.loads(
        json.dumps({**CHAIN, "nodes": [CHAIN["nodes"][0], {**CHAIN["nodes"][1], "title": "Head"}]}))})  # fmt: skip
    (_, before), after = builder.editing.done[-1], builder.document
    assert after["nodes"][0] is before["nodes"][0]
    assert after["edges"] is before["edges"]


def test_a_wire_that_is_dragged_is_judged_for_all_ends(wire):
    answer = wire(Builder(CHAIN)).say(ask("wire", source="dense_1"))
    assert (answer["type"], answer["ask"], answer["source"]) == ("wire", 7, "dense_1")
    assert answer["ends"] == {"input_1": "input_1 is an Input and takes no wire"}


def test_layers_that_fit_are_suggested(wire):
    answer = wire(Builder(CHAIN)).say(ask("suggest", source="dense_1"))
    assert answer["layers"][0] == {"layer": "Dense", "config": {"units": 64}, "output": [64]}
    assert "Conv2D" in answer["others"]


def test_nodes_are_copied_as_json_and_as_code(wire):
    line = wire(Builder(CHAIN))
    answer = line.say(ask("text", nodes=["dense_1", "input_1"]))
    assert "Dense(8)" in answer["code"]
    after = line.say(do({"op": "paste", "text": answer["fragment"]}))
    assert after["made"] == ["input_2", "dense_2"]


def test_blocks_outlive_the_session_and_are_in_every_palette(wire):
    line, other = wire(Builder(CHAIN)), wire(Builder(CHAIN))
    for each in (line, other):
        each.say({"part": "builder", "type": "hello"})
    line.say({"part": "builder", "type": "save_block", "name": "my block", "nodes": ["dense_1"]})
    for each in (line, other, fresh := wire(Builder())):
        if each is fresh:
            each.say({"part": "builder", "type": "hello"})
        assert each.last("builder", "catalog")["blocks"] == [{"name": "my block", "layers": ["Dense"]}]
    assert line.say(do({"op": "block", "name": "my block"}))["made"] == ["dense_2"]
    line.say({"part": "builder", "type": "delete_block", "name": "my block"})
    assert line.last("builder", "catalog")["blocks"] == []


DAMAGED = ["", "{", "[]", '{"a": 3, "b": {"version": 1}}', '{"a": {"version": 1, "nodes": [3], "edges": []}}']


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_of_blocks_is_as_good_as_none(tmp_path, content):
    from widgets import blocks

    blocks.path().parent.mkdir(parents=True)
    blocks.path().write_text(content)
    assert blocks.blocks() == {}
    blocks.save("b", CHAIN, ["dense_1"])
    assert list(blocks.blocks()) == ["b"]
    assert [file.name for file in blocks.path().parent.iterdir()] == ["blocks.json"]


def test_the_forecast_follows_batch_size_and_optimizer(wire):
    line = wire(Builder(CHAIN))
    before = line.say({"part": "builder", "type": "training", "batch_size": 32})["analysis"]["memory"]
    answer = line.say({"part": "builder", "type": "training", "batch_size": 64, "optimizer": "SGD"})
    after = answer["analysis"]["memory"]
    assert after["activations"] > before["activations"]
    assert (before["state"] > 0, after["state"]) == (True, 0)
    assert answer["training"] == {"batch_size": 64, "optimizer": "SGD", "loss": None}


def test_a_loss_brings_its_warnings(wire):
    line = wire(Builder(CHAIN))
    answer = line.say({"part": "builder", "type": "training", "loss": "categorical_crossentropy"})
    assert "the output is linear" in answer["analysis"]["nodes"]["dense_1"]["warnings"][0]["message"]


VALUES: list[object] = [
    *(None, True, False, -1, 0, 1, 3, 2**70, 1.5, float("inf"), "relu", "", "x" * 300, "\ud800", "a\nb", [], [3], [0]),
    *({}, {"a": 1}, "Dense", "Input", "dense_1", "input_1", [[1]], [None], ["dense_1"], ["nobody"], "block"),
]
TYPES: list[object] = [
    *("edit", "do", "code", "open", "training", "save_block", "delete_block", "wire", "files"),
    *("suggest", "text", "nothing", "tell", "__init__", "close", None, 5, ["edit"]),
]
KEYS = [
    *("revision", "document", "what", "operations", "text", "path", "batch_size", "optimizer", "loss", "name", "nodes"),
    *("source", "target", "ask", "version", "edges", "groups", "notes", "id", "layer", "config", "op", "position"),
    *("shared_with", "bypass", "title", "comment", "repeat", "collapsed", "on", "times", "group", "field", "value"),
    *("outputs", "size", "node"),
]


def anything(dice: random.Random, depth: int = 0) -> object:
    if depth > 3 or dice.random() < 0.4:
        return dice.choice(VALUES)
    if dice.random() < 0.35:
        return [anything(dice, depth + 1) for _ in range(dice.randint(0, 3))]
    return {key: anything(dice, depth + 1) for key in dice.sample(KEYS, dice.randint(0, 6))}


def malformed(dice: random.Random) -> object:
    """A message that is wrong somewhere: all of it made up, or a right one with a part of it replaced."""
    if dice.random() < 0.1:
        return dice.choice([None, 3, "hello", [], {"part": "nobody", "type": "hello"}, {"type": "edit"}])
    message = {"part": "builder", "type": dice.choice(TYPES), "revision": 1}
    if dice.random() < 0.5:
        message |= {key: anything(dice) for key in dice.sample(KEYS, dice.randint(0, 8))}
        return message
    right = dice.choice([
        {"type": "edit", "document": json.loads(json.dumps(CHAIN))},
        {"type": "do", "operations": [{"op": dice.choice(["insert", "remove", "set", "group", "paste", "replace"])}]},
        {"type": "code", "text": dice.choice(["", "model = 3", "x = Dense(", "model = Sequential([Dense('a')])"])},
        {"type": "training"}, {"type": "wire", "ask": 1}, {"type": "suggest", "ask": 1}, {"type": "text", "ask": 1},
    ])  # fmt: skip
    message |= right
    place = message
    for _ in range(4):
        key = dice.choice(list(place)) if isinstance(place, dict) and place else None
        inner = place.get(key) if key is not None else None
        if isinstance(inner, list) and inner and dice.random() < 0.7:
            inner = dice.choice(inner)
        if not isinstance(inner, dict) or dice.random() < 0.3:
            if isinstance(place, dict):
                place[key or dice.choice(KEYS)] = anything(dice)
            break
        place = inner
    return message


@pytest.mark.parametrize("start", range(0, 10_000, 500))
def test_ten_thousand_malformed_messages_leave_kernel_and_document_intact_with_an_error_each(wire, start):
    builder = Builder(CHAIN)
    line = wire(builder)
    refused, seed = 0, 1000 * start
    while refused < 500:
        seed += 1
        before, sent = json.dumps(builder.document), len(line.sent)
        answer = line.say(malformed(random.Random(seed)))
        assert len(line.sent) > sent, (seed, "no answer")
        if answer["type"] == "refused" or answer.get("problem"):
            assert answer.get("message") or answer["problem"]["message"], seed
            assert json.dumps(builder.document) == before, seed
            refused += 1
        else:  # it was a right message after all
            kit.structure.check(builder.document)
            builder.editing.document = CHAIN


def test_a_builder_is_edited_from_python_as_from_the_canvas(wire):
    builder = Builder(CHAIN)
    line = wire(builder)
    assert builder.do("insert", layer="LSTM", source="dense_1") == ["lstm_1"]
    error = line.last("builder", "state")["analysis"]["nodes"]["lstm_1"]["error"]
    assert builder.report["nodes"]["lstm_1"]["error"] == error
    assert builder.mend(error["fixes"][0])
    assert builder.report["error"] is None
    end = builder.document
    builder.undo()
    builder.undo()
    assert builder.document == CHAIN
    builder.redo()
    builder.redo()
    assert builder.document == end
    with pytest.raises(DocumentError, match="there is no operation 'insrt'"):
        builder.do("insrt", layer="Dense")


def test_the_code_of_a_builder_can_be_set(wire):
    builder = Builder(CHAIN)
    line = wire(builder)
    builder.code = "model = Sequential([Input(20), Dense(5)])"
    assert line.last("builder", "state")["analysis"]["nodes"]["dense_1"]["output"] == [5]
    with pytest.raises(ValueError, match="line 1: there is no layer 'Dnse'"):
        builder.code = "model = Sequential([Dnse(5)])"
    assert "Dense(5)" in builder.code
