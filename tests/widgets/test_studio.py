import numpy as np
import pytest

import kit
from kit.layers import Dense, Flatten, Input
from tests.widgets.test_monitor import until
from widgets import Studio


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def say(line, type: str, **content) -> dict:
    line.say({"part": "studio", "type": type, **content})
    return line.last("studio", "state")


def trained(line, **settings) -> dict:
    """Sets, trains, waits; the state once the result is there."""
    for name, value in settings.items():
        say(line, "set", name=name, value=value)
    say(line, "train")
    line.panel.run.wait()
    until(lambda: line.last("studio", "state").get("result") is not None)
    return line.last("studio", "state")


def test_the_digits_are_trained_saved_and_loaded_without_writing_code(wire, here):
    studio = Studio("digits")
    line = wire(studio)
    result = trained(line, epochs=3)["result"]
    assert result["samples"] == 359
    assert result["accuracy"] > 0.5
    assert say(line, "save", path="mine")["message"]["kind"] == "info"
    (_, _), (X, _) = kit.datasets.digits.load_data()
    expected = studio.model.predict(X)
    assert np.array_equal(kit.load("mine.h5").predict(X), expected)
    fresh = Studio("digits")
    other = wire(fresh)
    assert say(other, "load", path="mine")["result"] == result
    assert np.array_equal(fresh.model.predict(X), expected)
    assert len(other.points()["loss"][0]) == studio.run.history.steps


@pytest.mark.parametrize("name", kit.datasets.DATASETS)
def test_every_data_set_that_ships_is_learned_by_the_model_it_opens_with(wire, here, name):
    studio = Studio(name)
    result = trained(wire(studio), epochs=5)["result"]
    assert result["accuracy"] > 1.5 / studio.training.samples.classes


def test_training_again_goes_on_and_new_weights_start_anew(wire, here):
    studio = Studio("digits")
    line = wire(studio)
    first = trained(line, epochs=2)["result"]["loss"]
    assert trained(line)["result"]["loss"] < first
    assert trained(line, new_weights=True)["result"]["loss"] == first


def test_the_run_of_a_studio_saves_itself(wire, here):
    line = wire(Studio("digits"))
    trained(line, epochs=1, autosave="mine.h5")
    assert kit.load(here / "mine.h5").history.steps == line.panel.run.history.steps


@pytest.mark.parametrize(
    ("type", "content", "said"),
    [
        ("set", {"name": "epochs", "value": 0}, "whole number of 1 or more"),
        ("set", {"name": "nothing", "value": 0}, "no setting 'nothing'"),
        ("set", {"name": "optimizer", "value": "Best"}, "one of"),
        ("data", {"name": "digitz"}, "did you mean 'digits'"),
        ("load", {"path": "nothing.h5"}, "nothing.h5"),
        ("save", {"path": ""}, "give the file a name"),
    ],
)
def test_what_cannot_be_done_is_said(wire, here, type, content, said):
    message = say(wire(Studio("digits")), type, **content)["message"]
    assert message["kind"] == "error"
    assert said in message["text"]


def test_a_model_that_was_not_trained_yet_is_saved_as_it_stands(wire, here):
    studio = Studio("digits")
    assert say(wire(studio), "save", path="start")["message"]["kind"] == "info"
    assert repr(kit.load(here / "start.h5").layers) == repr(studio.model.layers)


def test_a_model_that_does_not_suit_the_data_is_said_at_the_start(wire, here):
    wrong = kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(4, activation="softmax")])
    message = say(wire(Studio("digits", model=wrong)), "train")["message"]
    assert "outputs, for classes 0 to 3" in message["text"]


def test_an_end_that_does_not_suit_the_data_is_an_error_on_its_node(wire, here):
    wrong = kit.Sequential([Input((1, 8, 8)), Dense(10, activation="softmax")])
    line = wire(Studio("digits", model=wrong))
    line.say({"part": "builder", "type": "hello"})
    message = line.last("builder", "state")["analysis"]["nodes"]["dense_1"]["error"]["message"]
    assert message.startswith("the data want (n, 10) of the last layer, but it gives (n, 1, 8, 10); put Flatten()")


def test_a_users_own_numbers_are_split_and_learned(wire, here):
    X = np.random.default_rng(0).normal(size=(100, 5))
    studio = Studio((X, X @ np.arange(5.0)))
    assert (len(studio.training.samples.X), len(studio.training.samples.X_test)) == (80, 20)
    assert trained(wire(studio), epochs=2)["result"]["accuracy"] is None


def edit(line, text: str) -> None:
    line.say({"part": "builder", "type": "code", "revision": 1, "text": text})


EDITED = """
model = Sequential([Input((1, 8, 8)), Flatten(), Dense(7, activation="relu"), Dense(10, activation="softmax")])
"""


def test_what_is_saved_is_what_stands_on_the_canvas(wire, here):
    studio = Studio("digits")
    line = wire(studio)
    trained(line, epochs=1)
    say(line, "save", path="trained")
    assert kit.load("trained.h5").history.steps == studio.run.history.steps
    edit(line, EDITED)
    say(line, "save", path="edited")
    assert [getattr(layer, "units", None) for layer in kit.load("edited.h5").layers] == [None, 7, 10]


def test_a_branch_is_what_is_measured_saved_and_trained_on(wire, here):
    studio = Studio("digits")
    line = wire(studio)
    trained(line, epochs=1)
    first = studio.model
    line.say({"part": "monitor", "type": "branch", "name": "start", "settings": {"epochs": 2}})
    branch = studio.run.wait()
    assert branch.model is studio.model is not first
    until(lambda: line.last("studio", "state").get("result") is not None)
    say(line, "save", path="branch")
    saved = kit.load("branch.h5")
    assert saved.history.steps == branch.history.steps == 2 * first.history.steps
    assert np.array_equal(saved.get_weights()[0], branch.model.get_weights()[0])
    learned = branch.model.get_weights()[0]
    trained(line, epochs=1)
    assert studio.model is branch.model
    assert 0 < np.abs(studio.model.get_weights()[0] - learned).max() < 0.2


def test_a_run_saves_itself_over_no_training_of_another_studio(wire, here):
    one, other = Studio("digits"), Studio("digits")
    line = wire(one)
    trained(line, epochs=1)
    trained(line)  # goes on, in its own file
    kept = (here / "studio.h5").read_bytes()
    second = wire(other)
    trained(second, epochs=1)
    assert (here / "studio.h5").read_bytes() == kept
    assert kit.load("studio-2.h5").history.steps == other.run.history.steps
    assert other.training.settings.autosave == "studio-2.h5"
    trained(second)
    assert sorted(path.name for path in here.glob("*.h5")) == ["studio-2.h5", "studio.h5"]
    other.training.settings.autosave = ""
    trained(second)


def test_nothing_is_saved_over_a_file_of_another_kind_or_one_a_run_saves_itself_to(wire, here):
    (here / "results.csv").write_text("1,2")
    line = wire(Studio("digits"))
    assert "is no file of a model" in say(line, "save", path="results.csv")["message"]["text"]
    line.say({"part": "builder", "type": "save", "ask": 1, "path": "results.csv"})
    assert "is no file of a model" in line.last("builder", "saved")["problem"]
    assert (here / "results.csv").read_text() == "1,2"
    say(line, "set", name="epochs", value=100_000)
    say(line, "train")
    run = line.panel.run
    if kit.storage.claim.KNOWN:
        assert "saves itself to, again and again" in say(line, "save", path="studio")["message"]["text"]
    assert say(line, "save", path="beside")["message"]["kind"] == "info"
    run.stop()
    assert run.wait().autosave.error is None


def test_data_are_not_changed_under_a_run(wire, here):
    studio = Studio("digits")
    line = wire(studio)
    say(line, "set", name="epochs", value=100_000)
    say(line, "train")
    for type, name in (("data", "breast_cancer"), ("template", "LeNet")):
        assert "a run is at work; stop it first" in say(line, type, name=name)["message"]["text"]
    studio.run.stop()
    studio.run.wait()
    until(lambda: line.last("studio", "state").get("result") is not None)


def test_a_training_that_is_refused_takes_nothing_away(wire, here):
    studio = Studio("digits")
    line = wire(studio)
    trained(line, epochs=1)
    steps = studio.model.history.steps
    say(line, "set", name="autosave", value="nowhere/run.h5")
    assert say(line, "train")["message"]["kind"] == "error"
    assert studio.model.history.steps == steps
    say(line, "set", name="autosave", value="")
    assert "goes on with what the model has learned" in say(line, "train")["message"]["text"]
    studio.run.wait()
