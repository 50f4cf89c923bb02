"""What is said when a loss is no number any more."""

import numpy as np
import pytest

from kit import Sequential
from kit.layers import Activation, BatchNormalization, Conv2D, Dense, Input, Permute, ReLU, Rescaling, Softmax

X, C = np.ones((4, 3)), np.array([0, 1, 0, 1])


def fitted(*layers, loss: str) -> None:
    model = Sequential([Dense(3, 2, kernel_initializer="zeros"), *layers])
    model.compile("sgd", loss)
    model.fit(X, C, verbose=0)


@pytest.mark.parametrize("layers", [(), (Activation("linear"),)])
def test_a_loss_of_probabilities_behind_any_numbers_is_told_with_what_mends_it(layers) -> None:
    advised = r"set its activation='softmax', or loss='sparse_categorical_crossentropy\(from_logits=True\)'"
    with pytest.warns(UserWarning, match=advised):
        fitted(*layers, loss="sparse_categorical_crossentropy")


def test_what_mends_it_does() -> None:
    fitted(loss="sparse_categorical_crossentropy(from_logits=True)")
    fitted(Activation("softmax"), loss="sparse_categorical_crossentropy")


def test_another_loss_that_became_nan_is_told_with_what_may_help() -> None:
    with pytest.warns(UserWarning, match="lower the learning rate, scale the inputs, or set the optimizer's clipnorm"):
        fitted(Dense(1, bias_initializer="constant(1e30)"), Rescaling(1e30), Rescaling(0.0), Dense(1), loss="mse")


@pytest.mark.parametrize("last", [Activation("relu"), Activation("tanh"), ReLU(), Dense(2, activation="elu")], ids=repr)
def test_an_activation_that_gives_no_probabilities_is_told_before_a_crossentropy(last) -> None:
    with pytest.warns(UserWarning, match=r"does not give as the last activation: use 'softmax' there"):
        fitted(last, loss="sparse_categorical_crossentropy")


@pytest.mark.parametrize("last", ["sigmoid", "softplus", "exponential", "sparsemax", "time_distributed_softmax"])
def test_an_activation_whose_numbers_can_be_scaled_to_sum_1_is_fine(last: str) -> None:
    fitted(Activation(last), loss="sparse_categorical_crossentropy")


IMAGES, PIXELS = np.ones((4, 1, 5, 6), "float32"), np.arange(120).reshape(4, 5, 6) % 3
ONE_HOT = np.moveaxis(np.eye(3, dtype="float32")[PIXELS], -1, 1)


def segmenting(*layers, loss: str) -> Sequential:
    model = Sequential([Input((1, 5, 6)), Conv2D(3, 1), *layers])
    model.compile("sgd", loss, metrics=["accuracy"])
    return model


@pytest.mark.parametrize(
    "layers",
    [(Activation("softmax"),), (BatchNormalization(), Softmax()), (Conv2D(3, 1, activation="softmax"),)],
    ids=repr,
)
def test_classes_along_the_columns_of_images_are_told_with_what_mends_it(layers) -> None:
    with pytest.warns(UserWarning, match=r"put Permute\(\(2, 3, 1\)\) before Activation\('softmax'\)"):
        segmenting(*layers, loss="categorical_crossentropy").fit(IMAGES, ONE_HOT, verbose=0)


def test_classes_of_pixels_are_learned_behind_a_permute() -> None:
    model = segmenting(Permute((2, 3, 1)), Activation("softmax"), loss="sparse_categorical_crossentropy")
    model.fit(IMAGES, PIXELS, verbose=0)
    _, accuracy = model.evaluate(IMAGES, PIXELS)
    assert accuracy == pytest.approx((model.predict(IMAGES).argmax(-1) == PIXELS).mean())


def test_a_mask_of_yes_and_no_needs_no_advice() -> None:
    segmenting(Conv2D(1, 1, activation="sigmoid"), loss="binary_crossentropy").fit(IMAGES, IMAGES, verbose=0)
