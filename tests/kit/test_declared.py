"""Declared classes: constructor, config, repr and signature from the fields."""

import inspect
from typing import Literal

import pytest

from kit.declared import Declared, plain
from kit.fields import Fraction, Pair, Size
from kit.initializations import InitializerName


class Thing(Declared):
    """A thing.

    size: how large it is.
    rate: how fast it is.
    """

    size: Size
    window: Pair = (2, 2)
    rate: Fraction = 0.5
    mode: Literal["a", 'b"'] = "a"
    start: InitializerName = "zeros"


class Child(Thing):
    """A thing with more."""

    extra: int = 7


def own(weight, generator=None) -> None:
    """An initialization of the user's."""


@pytest.mark.parametrize(("thing", "text"), [
    (Thing(3), "Thing(3)"),
    (Thing(3, 4), "Thing(3, window=4)"),
    (Thing(3, (4, 5), rate=0.25), "Thing(3, window=(4, 5), rate=0.25)"),
    (Thing(3, mode='b"'), 'Thing(3, mode="b\\"")'),
    (Thing(3, start="normal"), 'Thing(3, start="normal")'),
    (Thing(3, window=(2, 2)), "Thing(3)"),
    (Child(3, extra=8), "Child(3, extra=8)"),
])  # fmt: skip
def test_the_repr_is_the_call_that_makes_it(thing: Thing, text: str) -> None:
    assert repr(thing) == text
    assert repr(eval(text)) == text
    assert eval(text).get_config() == thing.get_config()


def test_the_config_is_all_fields_as_plain_data() -> None:
    assert Thing(3).get_config() == {"size": 3, "window": [2, 2], "rate": 0.5, "mode": "a", "start": "zeros"}


def test_settings_are_the_fields_that_are_not_as_by_default() -> None:
    assert Thing(3, rate=0.5, window=3).settings() == {"size": 3, "window": (3, 3)}


def test_a_function_of_the_users_is_kept_and_written_by_its_name() -> None:
    thing = Thing(3, start=own)
    assert thing.start is own
    assert repr(thing) == "Thing(3, start=own)"
    assert thing.get_config()["start"] == "own"


def test_a_child_has_the_fields_of_its_parent_first() -> None:
    assert list(Child.declaration) == ["size", "window", "rate", "mode", "start", "extra"]


def test_help_comes_from_the_docstring_of_the_class_or_its_parent() -> None:
    assert Child.declaration["size"].help == "how large it is."
    assert Child.declaration["extra"].help == ""


def test_help_and_editors_see_the_fields_as_the_signature() -> None:
    assert str(inspect.signature(Thing)).startswith("(size, window=(2, 2), rate=0.5")


@pytest.mark.parametrize(
    ("value", "data"), [((1, (2, 3)), [1, [2, 3]]), (own, "own"), ("a", "a"), (None, None), (1.5, 1.5)]
)
def test_plain_makes_lists_and_names(value, data) -> None:
    assert plain(value) == data
