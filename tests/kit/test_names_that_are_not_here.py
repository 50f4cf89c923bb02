"""What people coming from Keras look for in modules, models and layers: it is there, or the way here is told."""

import importlib

import numpy as np
import pytest
from torch import nn

import kit
from kit import names_of_keras
from kit.layers import LSTM, BatchNormalization, Dense, Input
from kit.models import Model, Sequential, clone_model

X = np.random.default_rng(0).normal(3.0, 2.0, size=(50, 5)).astype("float32")
Y = np.random.default_rng(1).integers(0, 3, 50)


def of_two() -> Model:
    entrance = Input((5,), name="row")
    seen = Dense(4)(entrance)
    return Model(entrance, [Dense(3, activation="softmax", name="kind")(seen), Dense(1, name="size")(seen)])


def test_a_model_tells_its_shapes_and_names() -> None:
    one, two = Sequential([Dense(3)]), of_two()
    assert (one.input_shape, one.output_shape, one.built, one.metrics_names) == (None, None, False, [])
    one.predict(X)
    assert (one.input_shape, one.output_shape, one.built) == ((None, 5), (None, 3), True)
    assert (two.input_shape, two.output_shape) == ((None, 5), [(None, 3), (None, 1)])
    assert (two.input_names, two.output_names) == (["row"], ["kind", "size"])


def test_the_names_of_metrics_are_those_that_evaluate_gives() -> None:
    two = of_two()
    two.compile(
        "adam", ["sparse_categorical_crossentropy", "mse"], metrics={"kind": ["accuracy"], "size": ["r2", "mae"]}
    )
    assert two.metrics_names == list(two.evaluate(X, [Y, X[:, :1]], return_dict=True))


def test_a_layer_tells_its_weights() -> None:
    layer, norm = Sequential([Input(5), Dense(3), BatchNormalization()]).layers
    assert (layer.weights, layer.count_params()) == ([layer.kernel, layer.bias], 18)
    assert norm.non_trainable_weights == [norm.moving_mean, norm.moving_variance]
    layer.trainable = False
    assert (layer.trainable_weights, layer.non_trainable_weights) == ([], [layer.kernel, layer.bias])


def test_a_layer_is_made_from_its_config() -> None:
    layer = kit.layers.Bidirectional(LSTM(3, name="inner"))
    assert repr(type(layer).from_config(layer.get_config())) == repr(layer)


@pytest.mark.parametrize(
    "make", [of_two, lambda: Sequential([Input(5), nn.Linear(5, 4), Dense(2)]), lambda: Sequential([Dense(2)])]
)
def test_a_clone_has_the_same_layers_and_weights_of_its_own(make) -> None:
    model = make()
    made = clone_model(model)
    assert (type(made), list(map(repr, made.layers)), made.compiled) == (
        type(model),
        list(map(repr, model.layers)),
        False,
    )
    assert made.output_shape == model.output_shape
    assert not {id(weight) for weight in made.weights} & {id(weight) for weight in model.weights}
    if model.built:
        assert not np.array_equal(made.get_weights()[-2], model.get_weights()[-2])
        made.set_weights(model.get_weights())
        np.testing.assert_array_equal(np.hstack(made.predict(X)), np.hstack(model.predict(X)))


def test_the_schedules_are_where_keras_has_them() -> None:
    from kit.optimizers.schedules import CosineDecay

    assert CosineDecay is kit.schedules.CosineDecay is kit.optimizers.schedules.CosineDecay


NAMES = [(module, name) for module, names in names_of_keras.IN_MODULES.items() for name in names]


@pytest.mark.parametrize(("module", "name"), NAMES, ids=".".join)
def test_a_name_that_is_not_here_is_told_the_way_also_where_it_is_imported(module: str, name: str) -> None:
    assert name not in vars(importlib.import_module(module))
    with pytest.raises(ImportError, match=f"{module} has no {name}; "):
        exec(f"from {module} import {name}")


def test_a_slip_in_the_name_of_a_layer_is_told_and_any_other_name_is_just_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Conv2d'; did you mean 'Conv2D'"):
        kit.layers.Conv2d  # noqa: B018
    assert not hasattr(kit, "__wrapped__")
    assert not hasattr(kit.layers, "qqqq")


@pytest.mark.parametrize("name", list(names_of_keras.OF_MODELS))
def test_what_a_model_does_not_have_is_told_the_way(name: str) -> None:
    with pytest.raises(AttributeError, match=f"'Sequential' object has no attribute '{name}'; "):
        getattr(Sequential([Dense(3)]), name)


def test_a_slip_in_what_a_model_has_is_told() -> None:
    with pytest.raises(AttributeError, match="no attribute 'sumary'; did you mean 'summary'"):
        Sequential([Dense(3)]).sumary()
    assert not hasattr(Sequential(), "qqqq")
