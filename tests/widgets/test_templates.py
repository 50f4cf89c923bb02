"""Each template opens complete, is said in code, trains offline in one click, and takes the memory that is forecast."""

import numpy as np
import pytest

import kit
from kit.analysis import Training, analyse
from kit.code import from_code, normal, to_code
from kit.graph import from_document
from tests.widgets.measured_memory import peak_of_training
from tests.widgets.test_builder_edits import do, own_blocks  # noqa: F401
from tests.widgets.test_monitor import until
from widgets import Builder, Studio
from widgets.samples import named
from widgets.templates import TEMPLATES

NAMES = list(TEMPLATES)


def assumed(name: str, optimizer: str = "Adam", batch_size: int | None = None) -> Training:
    template = TEMPLATES[name]
    outputs = named(template.data).outputs
    return Training(batch_size or template.batch_size, optimizer, template.loss, outputs)


def executed(text: str):
    names: dict = {}
    exec(text, names)
    return names["model"]


@pytest.mark.parametrize("name", NAMES)
def test_a_template_opens_without_an_error_or_a_warning(name):
    report = analyse(TEMPLATES[name].document, None, assumed(name))
    warnings = [warning["message"] for node in report["nodes"].values() for warning in node["warnings"]]
    assert (report["error"], warnings) == (None, [])
    assert report["parameters"] > 1000
    assert report["memory"]["total"] > 4 * report["parameters"]


@pytest.mark.parametrize("name", NAMES)
def test_the_code_of_a_template_is_its_document_and_written_as_it_stands(name):
    made = TEMPLATES[name].document
    assert from_code(to_code(made)) == made == normal(made)
    assert to_code(made).strip() == TEMPLATES[name].code.strip()


@pytest.mark.parametrize("name", NAMES)
def test_the_code_of_a_template_makes_its_weights_and_outputs(name):
    import torch

    made, X = TEMPLATES[name].document, named(TEMPLATES[name].data).X[:5]
    models = []
    for make in (lambda: from_document(made), lambda: executed(to_code(made))):
        torch.manual_seed(3)
        models.append(make())
    ours, theirs = models
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_trains_in_one_click_and_its_loss_falls(wire, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    studio = Studio()
    line = wire(studio)
    line.say({"part": "studio", "type": "set", "name": "epochs", "value": 1})
    line.say({"part": "studio", "type": "template", "name": name})
    line.say({"part": "studio", "type": "set", "name": "epochs", "value": 1})
    assert line.last("studio", "state")["data"]["name"] == TEMPLATES[name].data
    assert line.last("builder", "state")["analysis"]["error"] is None
    line.say({"part": "studio", "type": "train"})
    studio.run.wait()
    until(lambda: line.last("studio", "state").get("result") is not None)
    losses = studio.run.history.batch("loss")
    part = max(len(losses) // 4, 1)
    assert np.mean(losses[-part:]) < np.mean(losses[:part])
    assert line.last("studio", "state")["result"]["loss"] is not None


@pytest.mark.parametrize(("optimizer", "batch_size"), [("Adam", 32), ("SGD", 128)])
@pytest.mark.parametrize("name", NAMES)
def test_the_forecast_is_within_a_quarter_of_the_memory_that_training_takes(name, optimizer, batch_size):
    template, samples = TEMPLATES[name], named(TEMPLATES[name].data)
    forecast = analyse(template.document, None, assumed(name, optimizer, batch_size))["memory"]
    parts = ("weights", "gradients", "state", "activations", "workspace")
    assert sum(forecast[part] for part in parts) == forecast["total"]
    taken = peak_of_training(template.document, samples.X, samples.y, template.loss, optimizer, batch_size)
    assert 0.75 < forecast["total"] / taken < 1.25


def test_a_template_is_opened_in_a_builder_and_undone(wire):
    builder = Builder("model = Sequential([Input(4), Dense(3)])")
    before, line = builder.document, wire(builder)
    answer = line.say(do({"op": "template", "name": "resnet"}, what="open ResNet"))
    assert (answer["problem"], answer["undo"]) == (None, "open ResNet")
    assert "for _ in range(3):" in answer["code"]
    line.say({"part": "builder", "type": "undo"})
    assert builder.document == before


def test_the_palette_shows_the_templates(wire):
    line = wire(Builder())
    line.say({"part": "builder", "type": "hello"})
    shown = line.last("builder", "catalog")["templates"]
    assert [each["name"] for each in shown] == NAMES
    assert all(each["title"] and each["summary"] and each["data"] for each in shown)


def test_a_template_that_is_not_there_is_refused(wire):
    builder = Builder()
    assert (
        "there is no template 'resnt'; did you mean 'resnet'?"
        in (wire(builder).say(do({"op": "template", "name": "resnt"}))["problem"]["message"])
    )
    studio = Studio()
    answer = wire(studio).say({"part": "studio", "type": "template", "name": ["mlp"]})
    assert answer["message"]["kind"] == "error"


def test_a_template_forgets_what_another_model_learned(wire):
    model = kit.graph.from_document(TEMPLATES["mlp"].document, seed=1)
    builder = Builder(model)
    answer = wire(builder).say(do({"op": "template", "name": "lenet"}))
    assert answer["weights"] is None
