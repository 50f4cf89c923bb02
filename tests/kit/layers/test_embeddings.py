"""Embeddings against the rows of their tables."""

import numpy as np
import pytest
import torch

from kit.layers import Dense, Embedding, Flatten, ShapeError, WordContextProduct
from kit.models import Sequential
from kit.optimizers import Adam


def test_embedding_is_the_row_of_each_word(rng) -> None:
    layer, x = Embedding(7, 3), torch.from_numpy(rng.integers(0, 7, (4, 5)))
    y = layer(x)
    np.testing.assert_array_equal(y.detach(), layer.get_weights()[0][x])


def test_the_gradient_of_a_word_is_the_sum_over_its_places(rng, float64: None) -> None:
    layer, x, dy = Embedding(7, 3), rng.integers(0, 7, (4, 5)), rng.normal(size=(4, 5, 3))
    layer(torch.from_numpy(x)).backward(torch.from_numpy(dy))
    expected = np.zeros((7, 3))
    np.add.at(expected, x, dy)
    np.testing.assert_allclose(layer.embeddings.grad, expected)


@pytest.mark.parametrize("kind", [torch.int32, torch.uint8, torch.float32, torch.int64])
def test_word_numbers_may_be_of_any_type(kind) -> None:
    layer = Embedding(7, 3)
    assert torch.equal(layer(torch.tensor([[1, 6]], dtype=kind))[0], layer.embeddings[[1, 6]])


@pytest.mark.parametrize("wrong", [7, -1])
def test_a_word_that_is_not_there_is_named(wrong: int) -> None:
    with pytest.raises(ValueError, match=rf"Embedding\(7, 3\) takes whole numbers from 0 to 6, but .*{wrong}"):
        Embedding(7, 3)(torch.tensor([[0, wrong]]))


def test_the_words_of_2015_are_read() -> None:
    layer = Embedding(7, output_dim=3, init="normal", W_regularizer="l2(0.1)", W_constraint="unitnorm")
    assert repr(layer) == (
        'Embedding(7, 3, embeddings_initializer="normal", embeddings_regularizer="l2(0.1)", '
        'embeddings_constraint="unitnorm")'
    )
    layer.build_stated()
    assert set(layer.penalties) == set(layer.limits) == {"embeddings"}


def test_its_weights_can_be_given_in_either_order() -> None:
    table = np.arange(12.0).reshape(4, 3)
    for layer in (Embedding(4, 3, "normal", [table]), Embedding(4, 3, weights=[table])):
        layer.build_stated()
        np.testing.assert_array_equal(layer.get_weights()[0], table)


@pytest.mark.parametrize("call", [lambda: Embedding(7), lambda: Embedding(output_dim=3), lambda: Embedding()])
def test_both_sizes_are_needed(call) -> None:
    with pytest.raises(TypeError, match=r"Embedding needs (input|output)_dim"):
        call()


def test_a_word_that_it_does_not_have_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="no argument 'units'"):
        Embedding(7, units=3)


def test_it_trains_on_whole_numbers_as_they_are(rng) -> None:
    torch.manual_seed(1)  # where the weights start
    X = rng.integers(0, 50, (64, 4))
    model = Sequential([Embedding(50, 3), Flatten(), Dense(1, activation="sigmoid")])
    model.compile(Adam(0.05), "binary_crossentropy")
    history = model.fit(X, (X[:, 0] < 25).astype("float32"), epochs=20, verbose=0, seed=1)
    assert history["loss"][-1] < 0.5 * history["loss"][0]


@pytest.mark.parametrize("activation", ["sigmoid", "linear"])
def test_word_context_product_is_the_activation_of_a_dot_product(activation, rng, float64: None) -> None:
    layer, x = WordContextProduct(7, 3, init="normal", activation=activation), rng.integers(0, 7, (5, 2))
    y = layer(torch.from_numpy(x)).detach()
    words, contexts = layer.get_weights()
    dot = (words[x[:, 0]] * contexts[x[:, 1]]).sum(1, keepdims=True)
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-dot)) if activation == "sigmoid" else dot)


def test_word_context_product_takes_pairs() -> None:
    with pytest.raises(ShapeError, match=r"takes pairs \(n, 2\) of word and context, but \(n, 3\) came"):
        WordContextProduct(7)(torch.zeros(2, 3, dtype=torch.long))


def test_word_context_product_has_128_dimensions_unless_told() -> None:
    layer = WordContextProduct(7)
    layer.build_stated()
    assert [w.shape for w in layer.get_weights()] == [(7, 128), (7, 128)]
