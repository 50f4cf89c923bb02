"""What an editor is told of the classes."""

import json

import pytest

from kit import CATALOG
from kit.forms import form, palette
from kit.layers import Conv2D
from kit.optimizers import SGD


def test_the_palette_is_plain_json() -> None:
    assert json.loads(json.dumps(palette())) == palette()


def test_the_palette_has_every_layer_and_input_once() -> None:
    names = [entry["name"] for entry in palette()]
    assert sorted(names) == sorted(["Input", *CATALOG])
    assert names[0] == "Input"


def test_a_field_has_its_control_bounds_and_choices() -> None:
    fields = {field["name"]: field for field in form(Conv2D)}
    assert (fields["filters"]["control"], fields["filters"]["minimum"], fields["filters"]["required"]) == (
        "integer",
        1,
        True,
    )
    assert fields["padding"]["choices"] == ["valid", "same", "full"]
    assert fields["use_bias"]["control"] == "flag"
    assert "relu" in fields["activation"]["choices"]
    assert fields["kernel_size"]["control"] == "sizes"


def test_what_few_people_change_is_marked_as_advanced() -> None:
    fields = {field["name"]: field["advanced"] for field in form(Conv2D)}
    assert not fields["filters"]
    assert fields["kernel_initializer"]
    assert fields["input_channels"]


def test_optimizers_have_forms_too() -> None:
    fields = {field["name"]: field for field in form(SGD)}
    usual = [name for name, field in fields.items() if not field["advanced"]]
    assert usual == ["learning_rate", "momentum", "decay", "nesterov"]
    assert [*fields][len(usual) :] == ["clipnorm", "clipvalue", "weight_decay", "lazy"]


@pytest.mark.parametrize("typed", ["0.05", 0.05, *form(SGD)[0]["choices"]])
def test_a_learning_rate_is_typed_as_a_number_or_a_schedule(typed) -> None:
    assert form(SGD)[0]["default"] == 0.01
    assert SGD(learning_rate=typed).rate(0) > 0
