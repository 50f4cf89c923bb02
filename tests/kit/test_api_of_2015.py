"""Every name of 2015's API is there, under its path of then, with its arguments of then in their order of then."""

import importlib
import inspect
from typing import Any

import numpy as np
import pytest

from kit import Sequential
from kit.layers import BatchNormalization, Dense
from kit.optimizers import Adam
from kit.spelling import SYNONYMS
from tests.kit.api_of_2015 import (
    DATASETS,
    FUNCTIONS,
    HOLDERS,
    LAYERS,
    METHODS,
    MODEL,
    OBJECTS,
    REGISTRIES,
    Call,
)

NAMES = [(path, name) for path, names in REGISTRIES.items() for name in names.split()]
EVERY = [*LAYERS, *OBJECTS, *FUNCTIONS, *HOLDERS]


def found(call: Call) -> Any:
    return getattr(importlib.import_module(call.module), call.name)


def by_name(call: Call) -> Any:
    return found(call)(**call.arguments)


def by_position(call: Call) -> Any:
    return found(call)(*call.arguments.values())


def held(layer: Any) -> list[np.ndarray]:
    """The weights of a layer whose sizes are stated."""
    layer.build_stated()
    return layer.get_weights()


@pytest.mark.parametrize("call", LAYERS, ids=str)
def test_a_layer_is_the_same_with_arguments_by_position_and_by_name(call: Call) -> None:
    one, other = by_position(call), by_name(call)
    assert type(one) is found(call)
    assert repr(one) == repr(other)
    given = call.arguments.get("weights")
    if given is not None:
        for layer in (one, other):
            for array, wanted in zip(held(layer), given, strict=False):
                np.testing.assert_array_equal(array, wanted)


@pytest.mark.parametrize("call", LAYERS, ids=str)
def test_no_argument_of_a_layer_is_lost(call: Call) -> None:
    layer = by_name(call)
    unset = found(call)(**dict(list(call.arguments.items())[: call.needed]))
    without_meaning = {"weights", "image_shape", "mode"}
    changed = [word for word in list(call.arguments)[call.needed :] if word not in without_meaning]
    assert len(layer.settings()) - len(unset.settings()) == len(changed)


@pytest.mark.parametrize("call", OBJECTS, ids=str)
def test_an_optimizer_a_regularizer_and_a_constraint_too(call: Call) -> None:
    assert repr(by_position(call)) == repr(by_name(call))
    assert len(by_name(call).settings()) == len(call.arguments)
    found(call)()


@pytest.mark.parametrize("call", FUNCTIONS, ids=str)
def test_a_function_gives_the_same_with_arguments_by_position_and_by_name(call: Call) -> None:
    one, other = by_position(call), by_name(call)
    np.testing.assert_equal(one, other)
    assert np.size(one) > 0


@pytest.mark.parametrize("call", HOLDERS, ids=str)
def test_an_object_holds_the_same_with_arguments_by_position_and_by_name(call: Call) -> None:
    one, other = vars(by_position(call)), vars(by_name(call))
    assert one == other
    assert {name: one[name] for name in call.arguments} == call.arguments
    assert one != vars(found(call)())


@pytest.mark.parametrize("call", EVERY, ids=str)
def test_what_had_a_default_may_be_left_out(call: Call) -> None:
    found(call)(*list(call.arguments.values())[: call.needed])


@pytest.mark.parametrize(("path", "name"), NAMES)
def test_a_registry_knows_the_name_and_its_module_has_it(path: str, name: str) -> None:
    module = importlib.import_module(path)
    if path == "kit.optimizers":
        classes = {other.lower(): getattr(module, other) for other in REGISTRIES[path].split()[:5]}
        assert type(module.get(name)) is classes[name.lower()]
    else:
        assert callable(module.get(name))
        assert callable(getattr(module, name))


@pytest.mark.parametrize("path", REGISTRIES)
def test_a_registry_takes_an_object_as_itself(path: str) -> None:
    module = importlib.import_module(path)
    given = module.SGD(lr=0.3) if path == "kit.optimizers" else abs
    assert module.get(given) is given


def spoken(method: Any) -> list[str]:
    """The arguments of a method that may come by position, without self."""
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = inspect.signature(method).parameters.values()
    return [p.name for p in parameters if p.kind is positional and p.name != "self"]


@pytest.mark.parametrize("name", MODEL)
def test_a_model_has_the_method_with_its_arguments_in_order(name: str) -> None:
    words = MODEL[name].split()
    if name == "compile":  # whose third argument may be today's metrics
        words[2] = "metrics"
    assert spoken(getattr(Sequential, name))[: len(words)] == [SYNONYMS.get(word, word) for word in words]


@pytest.mark.parametrize(("owner", "name"), [(owner, name) for owner in METHODS for name in METHODS[owner]])
def test_a_class_has_the_method_with_its_arguments_in_order(owner: tuple[str, str], name: str) -> None:
    cls = getattr(importlib.import_module(owner[0]), owner[1])
    words = METHODS[owner][name].split()
    assert spoken(getattr(cls, name))[: len(words)] == words


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_is_loaded_with_the_arguments_of_then(name: str) -> None:
    module = importlib.import_module(f"kit.datasets.{name}")
    words = DATASETS[name].split()
    assert spoken(module.load_data)[: len(words)] == [SYNONYMS.get(word, word) for word in words]


def test_reuters_has_its_word_index() -> None:
    from kit.datasets import reuters

    assert callable(reuters.get_word_index)


def test_the_kappa_of_adam_is_let_go_with_a_warning() -> None:
    for make in (lambda: Adam(0.1, 0.8, 0.99, 1e-5, 1 - 1e-8), lambda: Adam(0.1, 0.8, 0.99, 1e-5, kappa=0.5)):
        with pytest.warns(UserWarning, match="kappa") as told:
            assert repr(make()) == repr(Adam(0.1, 0.8, 0.99, 1e-5))
        assert [warning.filename for warning in told] == [__file__]


def test_a_word_without_meaning_is_taken_only_where_it_was_an_argument() -> None:
    for word in ("mode", "image_shape", "kappa"):
        with pytest.raises(TypeError, match=f"Dense has no argument '{word}'"):
            Dense(3, **{word: 0})


def test_the_mode_of_a_batch_normalization_that_was_another_layer_is_refused() -> None:
    with pytest.raises(ValueError, match=r"BatchNormalization\(mode=1\): use LayerNormalization"):
        BatchNormalization((3,), mode=1)
