"""How a model is laid out on the canvas is kept by its file, and is data like all else there."""

import json
import random
from pathlib import Path

import pytest

import kit
from kit.layers import Dense, Input
from kit.storage.checkpoint import contents
from kit.storage.writer import write
from tests.kit.random_documents import rich_document
from widgets import Builder
from widgets.studio import Studio

GOLDEN = Path(__file__).parents[1] / "kit" / "storage" / "golden" / "layout-1.h5"


def annotated() -> Builder:
    """A builder whose model has all that can be said of one."""
    builder = Builder(kit.Sequential([Input(8), *[Dense(8, "relu") for _ in range(3)], Dense(2)]))
    builder.do("label", node="dense_4", title="Answer", comment="two lines\nof it")
    builder.do("group", nodes=["dense_1"], id="block", title="Thinking", repeat=3)
    builder.do("group", nodes=["dense_2", "dense_3"], id="pair", title="Pair")
    nodes = [{**node, "position": [10.5 * i, -3]} for i, node in enumerate(builder.document["nodes"])]
    groups = [{**group, "collapsed": True} for group in builder.document["groups"]]
    notes = [{"id": "note_1", "text": "try GELU", "position": [0, 90], "size": [120, 60]}]
    builder.editing.change({**builder.document, "nodes": nodes, "groups": groups, "notes": notes}, "look")
    return builder


def by_id(document: dict) -> dict:
    """A document in an order that no file needs to keep."""
    return {key: sorted(value, key=json.dumps) if isinstance(value, list) else value for key, value in document.items()}


def bare_configs(document: dict) -> dict:
    """A document with the fields of its layers as they stand after a file: with no default said."""
    return by_id(kit.graph.check({**document, "nodes": [{**n, "config": {}} for n in document["nodes"]]}))


def test_titles_comments_notes_groups_and_places_come_back_from_a_file(tmp_path):
    builder = annotated()
    builder.model.save(tmp_path / "model.h5")
    opened = Builder(str(tmp_path / "model.h5"))
    assert by_id(opened.document) == by_id(builder.document)
    assert opened.model.layout == builder.model.layout


def test_a_title_given_after_the_training_is_in_the_next_file(tmp_path):
    builder = annotated()
    model = builder.model
    builder.do("label", node="dense_4", title="Verdict")
    assert builder.model is model
    model.save(tmp_path / "model.h5")
    titles = [node.get("title") for node in Builder(str(tmp_path / "model.h5")).document["nodes"]]
    assert "Verdict" in titles
    builder.undo()
    assert "Answer" in json.dumps(model.layout)


@pytest.mark.parametrize("start", range(0, 120, 40))
def test_random_documents_look_the_same_after_a_file(start, tmp_path):
    seen = 0
    for seed in range(start, start + 40):
        dice, document = random.Random(seed), rich_document(seed)
        nodes = [{**node, "position": [dice.randint(0, 999), dice.randint(0, 999)]} for node in document["nodes"]]
        builder = Builder({**document, "nodes": nodes})
        if any(node.get("bypass") or node.get("shared_with") for node in nodes) or any(
            group.get("repeat") for group in document.get("groups", [])
        ):
            continue
        builder.model.save(tmp_path / "model.h5")
        after = Builder(str(tmp_path / "model.h5")).document
        assert bare_configs(after) == bare_configs(builder.document)
        seen += 1
    assert seen > 3


def test_a_file_opened_in_a_studio_has_its_own_layout_not_that_of_the_model_before(tmp_path, wire):
    annotated().model.save(tmp_path / "model.h5")
    studio = Studio("digits", kit.Sequential([Input((1, 8, 8)), kit.layers.Flatten(), Dense(10)]))
    wire(studio).say({"part": "studio", "type": "load", "path": str(tmp_path / "model.h5")})
    assert studio.editing.document["notes"][0]["text"] == "try GELU"


def test_a_model_that_was_changed_since_keeps_the_layout_of_what_is_left(tmp_path):
    model = annotated().model
    model.pop()
    model.save(tmp_path / "model.h5")
    document = Builder(str(tmp_path / "model.h5")).document
    assert [group["id"] for group in document["groups"]] == ["block", "pair"]
    assert "dense_4" not in [node["id"] for node in document["nodes"]]


MALFORMED = [
    7,
    "x",
    [],
    {},
    {"nodes": 5},
    {"nodes": [3]},
    {"nodes": [{"id": "a"}, {"id": "a"}]},
    {"nodes": [{"id": "dense_1", "position": [1, "2"]}]},
    {"nodes": [{"id": "dense_1", "position": [1e999, 0]}]},
    {"nodes": [{"id": "dense_1", "title": "two\nlines"}]},
    {"nodes": [{"id": "dense_1", "comment": "x" * 10_001}]},
    {"nodes": [{"id": "dense_1"}], "groups": [{"id": "g", "nodes": ["gone"]}]},
    {"nodes": [{"id": "dense_1"}], "groups": [{"id": "g", "nodes": ["dense_1"], "repeat": 10**9}]},
    {"nodes": [{"id": "dense_1"}], "notes": [{"id": "n", "text": "\x00"}]},
    {"nodes": [], "notes": "all"},
    {"nodes": [{"id": f"n{i}"} for i in range(10_001)]},
]


@pytest.mark.parametrize("number", range(len(MALFORMED)))
def test_a_malformed_layout_is_left_out_with_a_note(number, tmp_path):
    whole = contents(kit.Sequential([Input(4), Dense(3)]))
    history = {"epochs": {}, "epoch_steps": [], "marks": [], "steps": 0, "batch": []}
    write(tmp_path / "model.h5", whole.arrays, {**whole.config, "history": history, "layout": MALFORMED[number]})
    model = kit.load(tmp_path / "model.h5")
    assert model.layout is None
    assert "laid out" in model.notes[0]
    assert len(Builder(model).document["nodes"]) == 2


def test_a_layout_takes_no_more_from_a_file_than_there_is_in_one(tmp_path):
    whole = contents(kit.Sequential([Input(4), Dense(3)]))
    history = {"epochs": {}, "epoch_steps": [], "marks": [], "steps": 0, "batch": []}
    layout = {"version": 9, "edges": [1], "outputs": ["?"], "nodes": [{"id": "dense_1", "title": "T", "layer": "Evil"}]}
    write(tmp_path / "model.h5", whole.arrays, {**whole.config, "history": history, "layout": layout})
    assert kit.load(tmp_path / "model.h5").layout == {"nodes": [{"id": "dense_1", "title": "T"}]}


def test_a_layout_saved_by_version_1_is_laid_out():
    document = Builder(str(GOLDEN)).document
    assert by_id(document) == by_id(annotated().document)
