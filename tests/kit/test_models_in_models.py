"""A model as part of another: its layers, with their weights, are layers of both."""

import copy

import numpy as np
import pytest
from torch import nn

import kit
from kit import Input, Model, Sequential, ShapeError
from kit.layers import LSTM, Add, Dense, Dropout, Embedding, GlobalAveragePooling1D


def encoder() -> Sequential:
    return Sequential([Dense(20, 6, activation="tanh"), Dense(6, 3)])


def residual() -> Model:
    x = Input(20)
    return Model(x, Dense(4)(Add()(x, Dense(20)(x))))


def fitted(model: Model, blobs) -> Model:
    model.compile("sgd(0.1)", "mse")
    model.fit(blobs.X, blobs.Y, epochs=2, seed=1, verbose=0)
    return model


def in_a_sequential(inner: Model) -> Model:
    return Sequential([inner, Dense(2)])


def in_a_graph(inner: Model) -> Model:
    x = Input(20)
    return Model(x, Dense(2)(inner(x)))


PLACES, INNERS = [in_a_sequential, in_a_graph], [encoder, residual]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("inner", INNERS)
def test_a_model_inside_another_is_trained_with_it(place, inner, blobs) -> None:
    part = inner()
    before = part.predict(blobs.X)
    whole = fitted(place(part), blobs)
    last = whole.layers[-1].get_weights()
    assert not np.allclose(part.predict(blobs.X), before)
    np.testing.assert_allclose(part.predict(blobs.X) @ last[0] + last[1], whole.predict(blobs.X), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("inner", INNERS)
def test_a_file_and_the_code_keep_a_model_with_another_inside(place, inner, blobs, tmp_path) -> None:
    whole = fitted(place(inner()), blobs)
    whole.save(tmp_path / "nested.h5")
    np.testing.assert_array_equal(kit.load(tmp_path / "nested.h5").predict(blobs.X), whole.predict(blobs.X))
    made: dict = {}
    exec(whole.to_code(), made)
    made["model"].set_weights(whole.get_weights())
    np.testing.assert_array_equal(made["model"].predict(blobs.X), whole.predict(blobs.X))


def test_a_chain_of_chains_is_a_chain_whose_sizes_are_inferred(blobs) -> None:
    model = Sequential([Sequential([Dense(6, "tanh"), Dropout(0.1)]), Sequential([Dense(4)]), Dense(2)])
    fitted(model, blobs)
    assert [w.shape for w in model.get_weights()] == [(20, 6), (6,), (6, 4), (4,), (4, 2), (2,)]
    assert model.module.is_chain
    assert len(copy.deepcopy(model).layers) == 4


def test_a_model_called_twice_reads_both_inputs_with_the_same_weights(blobs) -> None:
    tower, a, b = encoder(), Input(20), Input(20)
    twins = Model([a, b], Add()(tower(a), tower(b)))
    assert twins.count_params() == tower.count_params()
    found = twins.predict([blobs.X, blobs.X])
    np.testing.assert_allclose(found, 2 * tower.predict(blobs.X), rtol=1e-5)


def test_a_model_of_several_inputs_and_outputs_is_called_on_a_list(blobs) -> None:
    a, b = Input(20), Input(20)
    inner = Model([a, b], [Add()(a, b), Dense(3)(a)])
    x = Input(20)
    total, three = inner([x, Dense(20)(x)])
    assert [value.shape for value in Model(x, [total, three]).predict(blobs.X)] == [blobs.X.shape, (len(blobs.X), 3)]
    with pytest.raises(ValueError, match="the model takes 2 inputs, but was called on 1"):
        inner(x)
    with pytest.raises(ValueError, match="a model of 2 inputs and 2 outputs is no part of a chain"):
        Sequential([inner])


def test_masks_and_states_pass_through_a_model_inside(rng) -> None:
    inner = Sequential([Embedding(9, 4, mask_zero=True), LSTM(5, return_sequences=True)])
    words = rng.integers(1, 9, (6, 7))
    padded = np.concatenate([words, np.zeros((6, 3), int)], 1)
    x = Input(7)
    model = Sequential([inner, GlobalAveragePooling1D()])
    np.testing.assert_allclose(model.predict(padded), model.predict(words), rtol=1e-5)
    assert Model(x, GlobalAveragePooling1D()(inner(x))).predict(words).shape == (6, 5)


def test_a_torch_module_in_a_model_is_called_on_symbols(blobs) -> None:
    x, module = Input(20), nn.Linear(20, 2)
    with pytest.raises(TypeError, match=r"torch's linear cannot compute with a symbol .* Sequential\(\[module\]\)"):
        module(x)
    fitted(Model(x, Sequential([module, nn.Tanh()])(x)), blobs)


def test_a_frozen_model_keeps_its_weights_while_what_follows_learns(blobs) -> None:
    part = Sequential([Input(20), nn.Linear(20, 4), Dense(3)])
    part.trainable = False
    before, whole = part.predict(blobs.X), Sequential([part, Dense(2)])
    start = whole.layers[-1].get_weights()[0]
    fitted(whole, blobs)
    np.testing.assert_array_equal(part.predict(blobs.X), before)
    assert not np.allclose(whole.layers[-1].get_weights()[0], start)
    assert not part.trainable
    assert whole.trainable
    part.trainable = True
    assert all(p.requires_grad for p in whole.module.parameters())


def test_pop_takes_the_last_layer_away(blobs) -> None:
    model = fitted(Sequential([Dense(20, 6, activation="tanh"), Dense(6, 2)]), blobs)
    last, first = model.layers[-1], model.layers[0].get_weights()
    assert model.pop() is last
    assert model.predict(blobs.X).shape == (len(blobs.X), 6)
    model.add(Dense(2))
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], first[0])
    with pytest.raises(ShapeError):
        model.add(Dense(7, 3))
    fitted(model, blobs)
    with pytest.raises(ValueError, match="no layer to take away"):
        Sequential().pop()


def test_a_layer_is_got_by_its_name() -> None:
    model = Sequential([Dense(20, 6, name="wide"), Dense(6, 2)])
    assert model.get_layer("wide") is model.layers[0]
    assert model.get_layer("dense_1") is model.layers[1]
    with pytest.raises(ValueError, match="no layer 'dense_2'; did you mean 'dense_1'"):
        model.get_layer("dense_2")


def test_a_size_that_does_not_fit_is_refused_when_the_model_is_added() -> None:
    model = Sequential([Dense(20, 7)])
    with pytest.raises(ShapeError):
        model.add(encoder())
    assert len(model.layers) == 1


@pytest.mark.parametrize("wrong", [np.ones((2, 20)), 3, "x", None])
def test_a_layer_called_on_what_is_no_tensor_is_named(wrong) -> None:
    with pytest.raises(TypeError, match=r"Dense\(3\) is called on tensors .* or on symbols"):
        Dense(3)(wrong)


def test_what_is_no_list_of_layers_or_symbols_is_refused_in_a_sentence() -> None:
    with pytest.raises(TypeError, match=r"Sequential takes a list of layers, not Dense\(3\)"):
        Sequential(Dense(3))
    with pytest.raises(TypeError, match=r"Model takes as outputs .*, not Dense\(3\)"):
        Model(Input(3), Dense(3))
    with pytest.raises(TypeError, match=r"Model takes as inputs .*, not 3"):
        Model(3, Dense(3)(Input(4)))
