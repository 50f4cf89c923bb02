"""What is said when a loss is no number any more."""

import numpy as np
import pytest

from kit import Sequential
from kit.layers import Activation, Dense, Rescaling

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
