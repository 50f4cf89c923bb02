"""A layer inside a layer: its field, and everything that follows from the declaration."""

import numpy as np
import pytest
import torch
from torch import Tensor

from kit import Input, Layer, Sequential, load
from kit.analysis import analyse
from kit.code import CodeError, from_code, to_code
from kit.forms import form
from kit.graph import document, from_document, make_layer
from kit.layers import GRU, LSTM, Activation, Bidirectional, Dense, Dropout, TimeDistributed
from kit.layers.nested import as_layer
from kit.optimizers import SGD


@pytest.mark.parametrize("given", [
    LSTM(3, activation="relu"),
    {"layer": "LSTM", "config": {"units": 3, "activation": "relu"}},
    'LSTM(3, activation="relu")',
    "  LSTM(units=3, activation='relu')  ",
], ids=str)  # fmt: skip
def test_a_layer_is_given_as_itself_as_plain_data_or_as_text(given) -> None:
    assert repr(Bidirectional(given)) == 'Bidirectional(LSTM(3, activation="relu"))'


def test_the_config_is_plain_data_with_every_field_of_the_layer_inside() -> None:
    inside = TimeDistributed(TimeDistributed(Dense(3))).get_config()["layer"]
    assert inside["layer"] == "TimeDistributed"
    assert inside["config"]["layer"] == {"layer": "Dense", "config": Dense(3).get_config()}


@pytest.mark.parametrize(("given", "why"), [
    (3, "it takes a layer, such as LSTM"),
    (None, "takes a layer, such as LSTM"),
    ("LSTM(", "not the text of a call"),
    ("LSTM", "is not the text|takes a layer"),
    ("'LSTM'", "takes a layer"),
    ("LTSM(3)", "there is no layer 'LTSM'; did you mean 'LSTM'"),
    ("LSTM(-1)", "units takes a whole number of 1 or more"),
    ("LSTM(unit=3)", "no argument 'unit'; did you mean 'units'"),
    ("LSTM(open('x'))", "there is no layer 'open'"),
    ("kit.layers.LSTM(3)", "cannot be read here"),
    ("LSTM(2 ** 9)", "cannot be read here"),
    ({"layer": "Nothing"}, "there is no layer 'Nothing'"),
    ({"layer": "Dense", "config": {"units": {}}}, "units takes a whole number"),
    ({"layer": 3}, "takes a layer"),
    ("TimeDistributed(" * 3000 + ")" * 3000, "nested too deeply|too many nested"),
], ids=lambda value: str(value)[:30])  # fmt: skip
def test_what_is_no_layer_is_refused_with_the_reason(given, why: str) -> None:
    with pytest.raises((TypeError, ValueError), match=why) as caught:
        TimeDistributed(given)
    assert str(caught.value).startswith("TimeDistributed(layer=")


def test_plain_data_nested_without_end_is_refused() -> None:
    given: dict = {"layer": "Dense", "config": {"units": 1}}
    for _ in range(5000):
        given = {"layer": "TimeDistributed", "config": {"layer": given}}
    with pytest.raises(ValueError, match="nested too deeply"):
        as_layer(given)


def test_the_form_has_a_control_for_a_layer() -> None:
    assert (form(Bidirectional)[0]["control"], form(Bidirectional)[0]["required"]) == ("layer", True)


def test_what_is_typed_into_the_form_is_analysed_and_becomes_code() -> None:
    typed = {
        "version": 1,
        "nodes": [
            {"id": "input_1", "layer": "Input", "config": {"shape": [5, 2]}},
            {"id": "both", "layer": "Bidirectional", "config": {"layer": "GRU(units = 3)"}},
        ],
        "edges": [{"source": "input_1", "target": "both"}],
    }
    assert analyse(typed)["nodes"]["both"]["output"] == [6]
    assert 'Bidirectional(GRU(3), name="both")' in to_code(typed)
    typed["nodes"][1]["config"]["layer"] = "GRU(0)"
    assert analyse(typed)["nodes"]["both"]["error"]["field"] == "layer"


def test_the_code_imports_the_layers_inside_too() -> None:
    model = Sequential([Input((3, 4, 2)), TimeDistributed(Bidirectional(LSTM(3)))])
    assert to_code(document(model)).splitlines()[0] == (
        "from kit.layers import Bidirectional, Input, LSTM, TimeDistributed"
    )


def test_a_layer_that_is_called_cannot_go_inside_another() -> None:
    text = "d = Dense(3)\nx = Input((2, 3))\ny = d(x)\nz = TimeDistributed(d)(y)\nmodel = Model(x, z)"
    with pytest.raises(CodeError, match=r"line 4.*make a second one"):
        from_code(text)


def test_a_layer_of_one_s_own_goes_inside_and_through_a_file(tmp_path, catalog) -> None:
    class Twice(Layer):
        """y = 2 f(x).

        activation: f.
        """

        activation: str = "linear"

        def forward(self, x: Tensor) -> Tensor:
            return 2 * x

    model = Sequential([Input((4, 3)), TimeDistributed(Twice())])
    model.save(tmp_path / "model.h5")
    again = load(tmp_path / "model.h5", custom_objects={"Twice": Twice})
    assert type(again.layers[0].layer) is Twice
    assert from_document(document(model)).predict(np.ones((1, 4, 3))).tolist() == [[[2.0] * 3] * 4]


def cube(x: Tensor) -> Tensor:
    """x³."""
    return x**3


@pytest.mark.parametrize("full", [True, False])
def test_a_function_of_one_s_own_is_found_for_the_layer_inside(full) -> None:
    model = Sequential([Input((4, 3)), TimeDistributed(Dense(2, cube))])
    made = document(model, full=full)
    layer = from_document(made, {"cube": cube}).layers[0].layer
    assert layer.activation is cube
    with pytest.raises(ValueError, match=r"TimeDistributed\(layer=.*'cube'"):
        make_layer(made["nodes"][1])


def fitted(*layers: Layer, seed: int = 1, drawn: int = 1) -> Sequential:
    """A model trained for a few steps, after so many numbers were drawn from torch's own generator."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(16, 4, 3)).astype("float32"), rng.normal(size=(16, 4, 2)).astype("float32")
    torch.manual_seed(0)
    model = Sequential([Input((4, 3)), *layers])
    model.compile(SGD(0.1), "mse")
    torch.rand(drawn)
    model.fit(X, y, epochs=2, batch_size=4, seed=seed, verbose=0)
    return model


def test_dropout_inside_is_drawn_from_the_run_s_generator() -> None:
    def kernel(**words) -> np.ndarray:
        return fitted(TimeDistributed(Dropout(0.5)), Dense(2), **words).get_weights()[0]

    assert (kernel(drawn=1) == kernel(drawn=17)).all()
    assert (kernel(seed=1) != kernel(seed=2)).any()


def test_weights_inside_that_are_made_late_start_from_the_run_s_generator() -> None:
    def kernel(seed: int) -> np.ndarray:
        model = Sequential([TimeDistributed(Dense(2))])
        model.compile(SGD(1e-9), "mse")
        model.fit(np.zeros((2, 4, 3)), np.zeros((2, 4, 2)), seed=seed, verbose=0)
        return model.get_weights()[0]

    assert (kernel(1) == kernel(1)).all()
    assert (kernel(1) != kernel(2)).any()


def test_a_constraint_inside_holds_in_training() -> None:
    free, held = (fitted(TimeDistributed(Dense(2, kernel_constraint=word))) for word in (None, "nonneg"))
    assert free.get_weights()[0].min() < 0
    assert held.get_weights()[0].min() >= 0


def test_a_penalty_inside_is_part_of_the_loss() -> None:
    plain, penalized = (TimeDistributed(Dense(2, kernel_regularizer=word)) for word in (None, "l2(1.0)"))
    lengths = [np.abs(fitted(layer).get_weights()[0]).sum() for layer in (plain, penalized)]
    assert lengths[1] < 0.5 * lengths[0]


def test_a_target_activation_inside_adds_its_penalty() -> None:
    pushed = fitted(Dense(2), TimeDistributed(Activation("sigmoid", target=0.9, beta=10.0)))
    free = fitted(Dense(2), TimeDistributed(Activation("sigmoid")))
    assert pushed.get_weights()[1].mean() > free.get_weights()[1].mean() + 0.1


@pytest.mark.parametrize("layer", [
    lambda: TimeDistributed(Dense(2), trainable=False),
    lambda: TimeDistributed(Dense(2, trainable=False)),
    lambda: Bidirectional(LSTM(2, return_sequences=True), "sum", trainable=False),
], ids=["the outer", "the inner", "two"])  # fmt: skip
def test_a_frozen_layer_inside_is_not_trained(layer) -> None:
    frozen = layer()
    torch.manual_seed(0)
    untouched = Sequential([Input((4, 3)), layer()]).get_weights()
    fitted(frozen, Dense(2))
    assert all((a == b).all() for a, b in zip(frozen.get_weights(), untouched, strict=True))


def test_freezing_and_thawing_reaches_the_layers_inside() -> None:
    layer = Bidirectional(LSTM(2))
    layer.build_for((3, 2))
    layer.trainable = False
    assert not any(parameter.requires_grad for parameter in layer.parameters())
    layer.trainable = True
    assert all(parameter.requires_grad for parameter in layer.parameters())


def test_the_weights_are_the_inner_layers_in_order() -> None:
    layer = Bidirectional(LSTM(2))
    layer.build_for((3, 4))
    wanted = [*layer.layer.get_weights(), *layer.backward.get_weights()]
    assert all((a == b).all() for a, b in zip(wanted, layer.get_weights(), strict=True))
    names = ["kernel", "recurrent_kernel", "bias"]
    assert list(layer.state_dict()) == [f"{inner}.{name}" for inner in ("layer", "backward") for name in names]


def test_a_model_with_layers_inside_goes_through_a_file(tmp_path) -> None:
    model = fitted(Bidirectional(GRU(2, return_sequences=True)), TimeDistributed(Dense(2, name="head")))
    model.save(tmp_path / "model.h5")
    again = load(tmp_path / "model.h5")
    X = np.random.default_rng(1).normal(size=(3, 4, 3)).astype("float32")
    assert (model.predict(X) == again.predict(X)).all()
    assert document(again) == document(model)
