"""Import, edit, train on: one path."""

import os

import numpy as np
import pytest

import kit
from kit.layers import Dense, Flatten, Input
from widgets import Builder


@pytest.fixture
def trained():
    (X, y), _ = kit.datasets.digits.load_data()
    model = kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(16, activation="relu"), Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(X, y, epochs=2, verbose=0, seed=1)
    return model


def do(*operations: object) -> dict:
    return {"part": "builder", "type": "do", "revision": 1, "operations": list(operations), "what": "edit"}


NEW_HEAD = do({"op": "set", "node": "dense_2", "field": "units", "value": 5})


def test_an_imported_model_is_the_builder_s_until_it_is_edited(trained):
    builder = Builder(trained)
    assert builder.model is trained
    assert builder.kept == {"kept": 4, "reset": []}


def test_a_trained_model_gets_a_new_head_and_trains_on_with_the_rest(trained, wire):
    builder = Builder(trained)
    answer = wire(builder).say(NEW_HEAD)
    assert answer["weights"]["kept"] == 2
    assert answer["weights"]["reset"][0] == {
        "node": "dense_2",
        "weight": "kernel",
        "reason": "it was (16, 10) and is (16, 5) now",
    }
    model = builder.model
    np.testing.assert_array_equal(model.layers[1].get_weights()[0], trained.layers[1].get_weights()[0])
    (X, y), _ = kit.datasets.digits.load_data()
    losses = model.fit(X, y % 5, epochs=3, verbose=0, seed=1).epochs["loss"]
    assert losses[-1] < losses[0]
    assert builder.model is model


def test_what_was_learned_after_an_edit_outlives_the_next(trained, wire):
    builder = Builder(trained)
    line = wire(builder)
    line.say(NEW_HEAD)
    (X, y), _ = kit.datasets.digits.load_data()
    builder.model.fit(X, y % 5, epochs=1, verbose=0, seed=1)
    learned = builder.model.layers[2].get_weights()[0]
    line.say(do({"op": "insert", "layer": "Dropout", "source": "dense_1"}))
    np.testing.assert_array_equal(builder.model.layers[-1].get_weights()[0], learned)


def test_an_undone_edit_gives_the_weights_back_as_they_were(trained, wire):
    builder = Builder(trained)
    line = wire(builder)
    line.say(NEW_HEAD)
    assert builder.model.layers[-1].units == 5
    assert line.say({"part": "builder", "type": "undo"})["weights"] == {"kept": 4, "reset": []}
    assert builder.model is trained


def test_a_template_that_is_undone_gives_the_trained_model_back(trained, wire):
    builder = Builder(trained)
    line = wire(builder)
    assert line.say(do({"op": "template", "name": "mlp"}))["weights"] is None
    assert builder.model.count_params() != trained.count_params()
    assert line.say({"part": "builder", "type": "undo"})["weights"] == {"kept": 4, "reset": []}
    assert builder.model is trained


def test_a_template_that_is_refused_leaves_the_trained_model(trained, wire):
    builder = Builder(trained)
    wire(builder).say(do({"op": "template", "name": "mlp"}, {"op": "remove", "nodes": ["nobody"]}))
    assert builder.model is trained


def test_a_template_opened_again_begins_anew(wire):
    builder = Builder()
    line = wire(builder)
    line.say(do({"op": "template", "name": "mlp"}))
    (X, y), _ = kit.datasets.digits.load_data()
    builder.model.compile("adam", "sparse_categorical_crossentropy")
    first = builder.model.fit(X, y, verbose=0, seed=1) and builder.model
    line.say(do({"op": "template", "name": "mlp"}))
    assert builder.model is not first
    assert builder.model.history.steps == 0


def test_titles_notes_and_places_are_no_edit_of_the_model(trained, wire):
    builder = Builder(trained)
    wire(builder).say(do({"op": "label", "node": "dense_1", "title": "Encoder"}))
    assert builder.model is trained


def test_a_file_is_opened_with_its_weights(trained, wire, tmp_path):
    path = str(tmp_path / "model.h5")
    trained.save(path)
    opened = Builder(path)
    answer = wire(opened).say({"part": "builder", "type": "hello"})
    assert answer["weights"] == {"kept": 4, "reset": []}
    builder = Builder()
    answer = wire(builder).say({"part": "builder", "type": "open", "revision": 3, "path": path})
    assert (answer["answers"], answer["weights"]) == (3, {"kept": 4, "reset": []})
    for each in (opened, builder):
        np.testing.assert_array_equal(each.model.get_weights()[0], trained.get_weights()[0])


def test_a_file_that_is_none_is_refused(wire, tmp_path):
    builder = Builder()
    answer = wire(builder).say({"part": "builder", "type": "open", "revision": 3, "path": str(tmp_path / "none.h5")})
    assert "none.h5" in answer["problem"]["message"]
    assert builder.document["nodes"] == []


def test_a_model_that_has_learned_nothing_has_nothing_to_keep(wire):
    builder = Builder("model = Sequential([Input(4), Dense(3)])")
    assert builder.model.count_params() == 15
    assert wire(builder).say({"part": "builder", "type": "hello"})["weights"] is None


def test_a_given_model_that_was_never_trained_has_nothing_to_tell_of(wire):
    model = kit.Sequential([Input(4), Dense(8), Dense(3)])
    builder = Builder(model)
    answer = wire(builder).say(do({"op": "set", "node": "dense_2", "field": "units", "value": 5}))
    assert answer["weights"] is None
    np.testing.assert_array_equal(builder.model.get_weights()[0], model.get_weights()[0])


@pytest.mark.parametrize("way", ["set", "loaded", "opened"])
def test_weights_that_were_given_are_told_of_though_nothing_was_trained(way, wire, tmp_path):
    model = kit.Sequential([Input(4), Dense(8), Dense(3)])
    if way == "set":
        model.set_weights([weight + 1 for weight in model.get_weights()])
    elif way == "loaded":
        model.save_weights(tmp_path / "weights.h5")
        model.load_weights(tmp_path / "weights.h5")
    else:
        model.save(tmp_path / "model.h5")
        model = kit.load(tmp_path / "model.h5")
    answer = wire(Builder(model)).say(do({"op": "set", "node": "dense_2", "field": "units", "value": 5}))
    assert answer["weights"]["kept"] == 2


def test_opening_a_file_is_undone_with_the_weights_of_the_model_before(trained, wire, tmp_path):
    kit.Sequential([Input(4), Dense(3)]).save(tmp_path / "other.h5")
    builder = Builder(trained)
    line = wire(builder)
    line.say({"part": "builder", "type": "open", "revision": 1, "path": str(tmp_path / "other.h5")})
    assert builder.model.count_params() == 15
    line.say({"part": "builder", "type": "undo"})
    assert builder.model is trained


def ask(type: str, **fields: object) -> dict:
    return {"part": "builder", "type": type, "ask": 5, **fields}


def test_the_files_of_models_in_the_kernel_s_folder_are_told_latest_first(wire, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for age, name in enumerate(["new.h5", "old.keras", "older.hdf5"]):
        (tmp_path / name).write_bytes(b"123")
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    (tmp_path / "notes.txt").write_text("no model")
    (tmp_path / "folder.h5").mkdir()
    answer = wire(Builder()).say(ask("files"))
    assert (answer["ask"], answer["folder"]) == (5, str(tmp_path))
    assert [file["name"] for file in answer["files"]] == ["new.h5", "old.keras", "older.hdf5"]
    assert answer["files"][0] == {"name": "new.h5", "bytes": 3, "modified": 1e9}


def test_a_trained_model_is_opened_edited_saved_and_opened_again_with_its_weights(trained, wire, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trained.save("trained.h5")
    line = wire(Builder())
    line.say({"part": "builder", "type": "open", "revision": 1, "path": "trained.h5"})
    line.say(do({"op": "insert", "layer": "Dropout", "source": "dense_1"}))
    assert line.say(ask("save", path="edited")) == {
        "part": "builder", "type": "saved", "ask": 5, "path": "edited.h5", "problem": None,
    }  # fmt: skip
    again = Builder("edited.h5").model
    np.testing.assert_array_equal(again.get_weights()[0], trained.get_weights()[0])
    (X, y), _ = kit.datasets.digits.load_data()
    losses = again.fit(X, y, epochs=2, verbose=0, seed=1).epochs["loss"]
    assert losses[-1] < trained.history["loss"][0]


@pytest.mark.parametrize("path", ["", "nowhere/model.h5", "x.h5"])
def test_a_model_that_cannot_be_saved_says_why(path, wire, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = wire(Builder() if path == "x.h5" else Builder("model = Sequential([Input(4), Dense(3)])")).say(
        ask("save", path=path)
    )
    assert answer["problem"]
    assert list(tmp_path.iterdir()) == []
