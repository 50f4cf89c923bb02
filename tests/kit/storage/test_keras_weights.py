"""Weights alone, saved by the real Keras, go into the same layers made here; and the other way round."""

import numpy as np
import pytest
from keras_models import MODELS, L, agree, keras, saved, scatter

import kit
from kit.layers import (
    LSTM,
    Add,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Conv2D,
    Dense,
    Embedding,
    Flatten,
    GlobalAveragePooling2D,
    MaxoutDense,
    MaxPooling2D,
    MultiHeadAttention,
    Permute,
    PReLU,
    Reshape,
)
from kit.models import Input, Model, Sequential
from kit.storage import StorageError

SUFFIXES = [".weights.h5", ".keras", ".h5"]


def convnets():
    layers = [L.Conv2D(4, 3, activation="relu"), L.BatchNormalization(), L.MaxPooling2D(), L.PReLU(), L.Flatten()]
    theirs = keras.Sequential([keras.Input((8, 9, 3)), *layers, L.Dropout(0.5), L.Dense(5, "tanh"), L.Dense(2)])
    ours = Sequential([Input((3, 8, 9)), Conv2D(4, 3, activation="relu"), BatchNormalization(), MaxPooling2D()])
    for layer in (PReLU(), Flatten(), Dense(5, activation="tanh"), Dense(2)):
        ours.add(layer)
    return theirs, ours


def readers():
    layers = [L.Embedding(5, 4), L.Bidirectional(L.LSTM(3, return_sequences=True)), L.Conv1D(4, 2), L.Flatten()]
    theirs = keras.Sequential([keras.Input((7,)), *layers, L.Dense(2)])
    ours = [Embedding(5, 4), Bidirectional(LSTM(3, return_sequences=True)), Conv1D(4, 2), Flatten(), Dense(2)]
    return theirs, Sequential([Input((7,)), *ours])


def graphs():
    inputs = keras.Input((6, 7, 2))
    x = L.Conv2D(2, 3, padding="same")(inputs)
    y = L.Flatten()(L.Add()([x, inputs]))
    z = L.GlobalAveragePooling2D()(x)
    theirs = keras.Model(inputs, L.Dense(3)(L.Concatenate()([z, y])))
    ours = Input((2, 6, 7))
    u = Conv2D(2, 3, padding="same")(ours)
    joined = Concatenate()(GlobalAveragePooling2D()(u), Flatten()(Add()(u, ours)))
    return theirs, Model(ours, Dense(3)(joined))


def attentive():
    inputs = keras.Input((5, 4))
    theirs = keras.Model(inputs, L.Dense(2)(L.MultiHeadAttention(2, 3)(inputs, inputs)))
    ours = Input((5, 4))
    return theirs, Model(ours, Dense(2)(MultiHeadAttention(2, 3)(ours)))


def images_flattened_at_once():
    theirs = keras.Sequential([keras.Input((4, 3, 2)), L.Flatten(), L.Dense(2)])
    return theirs, Sequential([Input((2, 4, 3)), Flatten(), Dense(2)])


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("pair", [convnets, readers, graphs, attentive, images_flattened_at_once])
def test_weights_go_into_the_same_layers_made_here(pair, suffix, tmp_path, rng):
    theirs, ours = pair()
    ours.load_weights(saved(scatter(theirs, rng), tmp_path / f"model{suffix}"))
    agree(theirs, ours, rng)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_later_checkpoint_goes_into_a_model_that_was_imported(suffix, tmp_path, rng):
    theirs = scatter(MODELS["residual"](), rng)
    ours = kit.load(saved(theirs, tmp_path / "first.keras"))
    ours.load_weights(saved(scatter(theirs, rng), tmp_path / f"second{suffix}"))
    agree(theirs, ours, rng)


def refused(model, path):
    before = model.get_weights()
    with pytest.raises(StorageError) as caught:
        model.load_weights(path)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    return str(caught.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_all_that_does_not_fit_is_named_at_once_and_nothing_is_changed(suffix, tmp_path):
    theirs = keras.Sequential([keras.Input((5,)), L.Dense(4), L.Dense(3), L.Dense(2)])
    path = saved(theirs, tmp_path / f"model{suffix}")
    said = refused(Sequential([Input((5,)), Dense(4), Dense(7), Dense(2, use_bias=False)]), path)
    assert "dense_2" in said
    assert "dense_3" in said
    assert "dense_1" not in said


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_with_other_layers_is_refused(suffix, tmp_path):
    theirs = keras.Sequential([keras.Input((5,)), L.Dense(4)])
    path = saved(theirs, tmp_path / f"model{suffix}")
    assert "dense_2" in refused(Sequential([Input((5,)), Dense(4), Dense(4)]), path)


def test_where_keras_would_have_another_order_the_file_is_refused(tmp_path):
    path = saved(keras.Sequential([keras.Input((5,)), L.Dense(4)]), tmp_path / "model.weights.h5")
    decoder = Sequential([Input((5,)), Dense(24), Reshape((4, 3, 2)), Conv2D(2, 1)])
    assert "conv2d_1: it reads images that Keras would have in another order" in refused(decoder, path)
    turned = Sequential([Input((2, 3, 4)), Conv2D(2, 1), Permute((3, 1, 2)), Flatten(), Dense(2)])
    assert "permute_1: it orders axes that Keras has in another order" in refused(turned, path)
    assert "Keras has no layer MaxoutDense" in refused(Sequential([Input((5,)), MaxoutDense(3)]), path)
    unknown = Sequential([Conv2D(2, 3, input_channels=1), Flatten(), Dense(8, 2)])
    assert "state it with Input(...)" in refused(unknown, path)
