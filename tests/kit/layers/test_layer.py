"""The base of all layers: being defined is enough."""

from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from kit import CATALOG, Input, Layer, Sequential, ShapeError
from kit.code import from_code, to_code
from kit.fields import InputSize, Positive, Size
from kit.forms import palette
from kit.graph import document, from_document
from kit.initializations import InitializerName
from kit.layers import BatchNormalization, Conv2D, Dense, Dropout
from kit.layers.measuring import measure
from kit.regularizers import RegularizerName


@pytest.fixture
def scaled(catalog: None) -> type[Layer]:
    """A layer of a user's, defined in one class; out of the catalog afterwards."""

    class Scaled(Layer):
        """y = factor x W.

        In (n, input_dim); out (n, units).

        units: width of the output.
        factor: what the product is multiplied by.
        """

        family: ClassVar[str] = "mine"

        units: Size
        factor: Positive = 2.0
        kernel_initializer: InitializerName = "glorot_uniform"
        kernel_regularizer: RegularizerName = None
        input_dim: InputSize = None

        def build(self, input_dim: int) -> None:
            self.add_weight("kernel", (input_dim, self.units))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.factor * (x @ self.kernel)

    return Scaled


def test_a_new_layer_is_in_the_catalog(scaled: type[Layer]) -> None:
    assert CATALOG["Scaled"] is scaled


def test_a_new_layer_is_in_the_palette_with_its_form(scaled: type[Layer]) -> None:
    entry = next(item for item in palette() if item["name"] == "Scaled")
    assert (entry["family"], entry["summary"]) == ("mine", "y = factor x W.")
    fields = {field["name"]: field for field in entry["fields"]}
    assert (fields["units"]["control"], fields["units"]["required"], fields["units"]["minimum"]) == ("integer", True, 1)
    assert fields["factor"]["help"] == "what the product is multiplied by."
    assert fields["factor"]["default"] == 2.0


def test_a_new_layer_goes_into_a_document_and_back(scaled: type[Layer]) -> None:
    model = Sequential([Input(5), scaled(3, factor=0.5), Dense(2)])
    made = document(model)
    assert made["nodes"][1] == {"id": "scaled_1", "layer": "Scaled", "config": {"units": 3, "factor": 0.5}}
    assert document(from_document(made)) == made


def test_a_new_layer_goes_into_code_and_back(scaled: type[Layer]) -> None:
    made = document(Sequential([Input(5), scaled(3, factor=0.5)]))
    text = to_code(made)
    assert "Scaled(3, factor=0.5)" in text
    assert from_code(text) == made
    names = {"Scaled": scaled}
    exec(text, names)
    assert document(names["model"]) == made


def test_a_new_layer_trains(scaled: type[Layer], blobs) -> None:
    model = Sequential([scaled(2, kernel_regularizer="l2(0.001)"), Dense(2, "softmax")])
    model.compile("adam", "categorical_crossentropy")
    history = model.fit(blobs.X, blobs.Y, epochs=10, verbose=0, seed=1)
    assert history["loss"][-1] < history["loss"][0]


def test_a_new_layer_says_what_is_wrong_like_the_others(scaled: type[Layer]) -> None:
    with pytest.raises(TypeError, match=r"Scaled has no argument 'factr'; did you mean 'factor'\?"):
        scaled(3, factr=1.0)
    with pytest.raises(ValueError, match=r"Scaled\(factor=-1\): factor takes a number above 0"):
        scaled(3, factor=-1)


def test_an_abstract_layer_stays_out_of_the_catalog(catalog: None) -> None:
    class Base(Layer, abstract=True):
        """A base."""

    assert "Base" not in CATALOG


def test_a_layer_that_defines_init_is_told_to_declare_fields(catalog: None) -> None:
    with pytest.raises(TypeError, match="Wrong defines __init__; declare its arguments as annotated fields"):

        class Wrong(Layer):
            def __init__(self) -> None:
                super().__init__()


def test_a_class_variable_of_a_layer_is_no_field(scaled: type[Layer]) -> None:
    assert "family" not in scaled.declaration


def test_a_field_of_an_unknown_type_is_refused_when_the_class_is_defined(catalog: None) -> None:
    with pytest.raises(TypeError, match=r"a field cannot be declared as .*complex"):

        class Odd(Layer):
            z: complex = 1j


def test_a_plain_torch_module_is_measured_without_its_weights_being_touched() -> None:
    module = nn.Linear(4, 3)
    before = module.weight.detach().clone()
    shape, _ = measure(module, (4,))
    assert shape == (3,)
    assert torch.equal(module.weight, before)


def test_a_complaint_of_torch_names_the_module_and_what_came() -> None:
    with pytest.raises(ShapeError, match=r"Linear cannot take input \(n, 5\)"):
        measure(nn.Linear(4, 3), (5,))


def test_a_layer_on_two_inputs_that_takes_one_says_to_merge() -> None:
    with pytest.raises(ShapeError, match="takes 1 input, but 2 came; merge them first"):
        Dense(3)(Input(4), Input(4))


def test_a_layer_on_symbols_and_tensors_says_which_is_wrong() -> None:
    with pytest.raises(TypeError, match="give it symbols only"):
        Dense(3)(Input(4), torch.ones(2, 4))


@pytest.mark.parametrize(
    ("layer", "first", "second"),
    [
        (Dense(8), (20,), (30,)),
        (BatchNormalization(), (20,), (30,)),
        (Conv2D(2, 3), (3, 8, 8), (1, 8, 8)),
    ],
    ids=lambda value: repr(value),
)
def test_a_layer_made_for_one_input_refuses_another_in_a_sentence(layer, first, second) -> None:
    model = Sequential([layer])
    model.predict(np.zeros((2, *first)))
    with pytest.raises(ShapeError, match=r"has weights for another input.*make a new"):
        model.predict(np.zeros((2, *second)))


def test_a_layer_with_weights_for_one_image_size_takes_another() -> None:
    model = Sequential([Conv2D(2, 3, padding="same"), BatchNormalization()])
    model.predict(np.zeros((2, 3, 8, 8)))
    assert model.predict(np.zeros((2, 3, 5, 6))).shape == (2, 2, 5, 6)


def test_set_weights_with_a_wrong_number_says_which_there_are() -> None:
    layer = Dense(3, input_dim=4)
    layer.build_stated()
    with pytest.raises(ValueError, match="has 2 weights, but 1 came: kernel, bias"):
        layer.set_weights([np.zeros((4, 3))])


def test_set_weights_that_do_not_fit_change_nothing() -> None:
    layer = Dense(3, input_dim=4)
    layer.build_stated()
    before = layer.get_weights()
    with pytest.raises(ValueError, match=r"its bias has shape \(3,\), but \(4,\) came; give an array of that shape"):
        layer.set_weights([np.ones((4, 3)), np.ones(4)])
    np.testing.assert_array_equal(layer.get_weights()[0], before[0])


def test_get_weights_are_copies() -> None:
    layer = Dense(3, input_dim=4)
    layer.build_stated()
    layer.get_weights()[0][:] = 7
    assert not (layer.kernel == 7).any()


def test_weights_come_from_the_layer_s_generator() -> None:
    layers = [Dense(3, input_dim=4) for _ in range(2)]
    for layer in layers:
        layer.generator = torch.Generator().manual_seed(3)
        layer.build_stated()
    assert torch.equal(layers[0].kernel, layers[1].kernel)


def test_a_layer_works_in_a_torch_module() -> None:
    module = nn.Sequential(nn.Linear(4, 6), Dense(3, "relu"), Dropout(0.5))
    assert module(torch.ones(2, 4)).shape == (2, 3)
    assert len(list(module.parameters())) == 4
