"""Graphs as people coming from Keras write them."""

import numpy as np
import pytest
import torch
from torch import nn

import kit
from kit import Input, Model, Sequential, ShapeError
from kit.layers import (
    LSTM,
    BatchNormalization,
    Bidirectional,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPooling2D,
    MultiHeadAttention,
    TimeDistributed,
)

A = np.random.default_rng(0).normal(size=(6, 5)).astype("float32")
B = np.random.default_rng(1).normal(size=(6, 5)).astype("float32")


@pytest.mark.parametrize(
    "function",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: 2 * a + b / 4 - 1,
        lambda a, b: 1 - a + -b,
        lambda a, b: np.float32(2) * a + b,
    ],
)
def test_symbols_compute_as_arrays_do(function, tmp_path) -> None:
    a, b = Input(5), Input(5)
    model = Model([a, b], function(a, b))
    np.testing.assert_allclose(model.predict([A, B]), function(A, B), rtol=1e-6)
    model.save(tmp_path / "a.h5")
    np.testing.assert_array_equal(kit.load(tmp_path / "a.h5").predict([A, B]), model.predict([A, B]))


@pytest.mark.parametrize(
    "function", [lambda a: a / a, lambda a: a**2, lambda a: a[:, 1:], lambda a: a @ a, lambda a: 1 / a]
)
def test_what_symbols_do_not_compute_is_told_with_a_layer(function) -> None:
    with pytest.raises(TypeError, match=r"takes \+ - \* with symbols and numbers; for anything else use .*Lambda"):
        function(Input(5))


def test_inputs_of_a_layer_may_come_by_name() -> None:
    q, v = Input((7, 8)), Input((9, 8))
    attention = MultiHeadAttention(2, 4)
    for symbol in (attention(query=q, value=v, key=v), attention(q, value=v), attention(key=v, query=q, value=v)):
        assert (symbol.sources[:2], symbol.shape) == ((q, v), (7, 8))
    assert Dense(3)(inputs=q).shape == (7, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda q: Dropout(0.5)(q, training=True), "a call of Dropout has no argument 'training': leave it out: fit"),
        (lambda q: MultiHeadAttention(2, 4)(q, q, use_causal_mask=True), "say causal=True where the layer is made"),
        (lambda q: Sequential([Dense(3)])(q, training=False), "a call of a model has no argument 'training'"),
        (lambda q: Dense(3)(q, foo=1), "a call of Dense has no argument 'foo'"),
        (lambda q: TimeDistributed(Sequential([Dense(3)])), "it takes a layer, .*; wrap a model's layers one by one"),
    ],
)
def test_a_word_in_a_call_that_would_be_lost_is_refused(call, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call(Input((7, 8)))


def test_a_merge_mode_that_merges_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="merge_mode takes one of 'concat', 'sum', 'ave', 'mul'"):
        Bidirectional(LSTM(3), merge_mode=None)


@pytest.mark.parametrize("shape", [(None,), (None, 8)])
def test_an_open_length_is_to_be_stated(shape) -> None:
    with pytest.raises(ValueError, match=r"state a length for None, such as 100; .*take others than that too"):
        Input(shape)
    with pytest.raises(TypeError, match="where any length may come, state one"):
        LSTM(3, input_shape=shape)


def test_another_length_than_the_stated_one_is_read() -> None:
    model = Sequential([Input((10, 8)), LSTM(3), Dense(1)])
    assert model.predict(np.ones((2, 25, 8))).shape == (2, 1)


@pytest.mark.parametrize(
    "layers",
    [
        lambda: [Input((28, 28, 1)), Conv2D(8, 3, padding="same"), MaxPooling2D()],
        lambda: [Conv2D(8, 3, input_shape=(28, 28, 1))],
        lambda: [Conv2D(8, 3, input_shape=(32, 32, 3)), MaxPooling2D()],
    ],
)
def test_channels_that_come_last_are_told_to_come_first(layers) -> None:
    with pytest.raises(ShapeError, match=r"\(n, channels, rows, cols\) here: .* numpy.moveaxis\(X, -1, 1\)"):
        Sequential(layers())


def test_images_with_their_channels_last_are_warned_of_where_they_fit_all_the_same() -> None:
    model = Sequential([Conv2D(8, 3, padding="same"), Flatten(), Dense(1)])
    with pytest.warns(UserWarning, match=r"finds 28 channels of 28x1; .* numpy.moveaxis\(X, -1, 1\)"):
        model.predict(np.zeros((2, 28, 28, 1)))


def of_numpy(y_true, y_pred):
    return np.mean(np.square(y_true - y_pred), axis=-1)


def by_array(y_true, y_pred):
    return np.abs(np.asarray(y_true) - np.asarray(y_pred))


@pytest.mark.parametrize("function", [of_numpy, by_array])
def test_a_loss_in_numpy_is_told_to_be_written_in_torch(function) -> None:
    model = Sequential([Dense(5, 1)])
    model.compile("sgd", function)
    with pytest.raises(TypeError, match=rf"the loss {function.__name__} computes with NumPy, .*torch's functions"):
        model.fit(A, A[:, :1], verbose=0)


def test_a_metric_in_numpy_is_told_to_be_written_in_torch() -> None:
    model = Sequential([Dense(5, 1)])
    model.compile("sgd", "mse", metrics=[by_array])
    with pytest.raises(TypeError, match=r"it has to give a tensor, .* write it with torch's functions"):
        model.fit(A, A[:, :1], verbose=0)


def test_an_error_of_one_s_own_in_a_loss_is_left_as_it_is() -> None:
    def wrong(y_true, y_pred):
        raise TypeError("mine")

    model = Sequential([Dense(5, 1)])
    model.compile("sgd", wrong)
    with pytest.raises(TypeError, match=r"^mine$"):
        model.fit(A, A[:, :1], verbose=0)


def test_frozen_batch_normalization_goes_by_its_statistics_and_keeps_them() -> None:
    base = Sequential([Input(5), BatchNormalization()])
    base.layers[0].set_weights([np.ones(5), np.zeros(5), np.full(5, 3.0), np.full(5, 4.0)])
    base.trainable = False
    model = Sequential([base, nn.Linear(5, 1)])
    model.compile("sgd(0.001)", "mse")
    loss = model.evaluate(A, A[:, :1])
    assert model.fit(A, A[:, :1], verbose=0)["loss"] == [pytest.approx(loss)]
    np.testing.assert_array_equal(base.layers[0].get_weights()[2], np.full(5, 3.0))
    base.trainable = True
    assert model.train(A, A[:, :1]) != pytest.approx(loss, rel=1e-3)
    assert not torch.equal(base.layers[0].moving_mean, torch.full((5,), 3.0))
