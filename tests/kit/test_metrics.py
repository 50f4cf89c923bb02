"""Accuracy in its three forms."""

import pytest
import torch

from kit import Sequential, metrics
from kit.layers import Dense

PROBABILITIES = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3]])


@pytest.mark.parametrize("wanted", [
    torch.tensor([[1.0, 0, 0], [0, 1.0, 0], [0, 1.0, 0]]), torch.tensor([[0], [1], [1]]), torch.tensor([0, 1, 1]),
])  # fmt: skip
@pytest.mark.parametrize("name", ["accuracy", "acc", "categorical_accuracy"])
def test_categorical_accuracy_takes_one_hot_rows_and_class_numbers(wanted: torch.Tensor, name: str) -> None:
    assert metrics.get(name)(wanted, PROBABILITIES).tolist() == [1, 0, 1]


@pytest.mark.parametrize("name", ["accuracy", "binary_accuracy"])
def test_binary_accuracy_is_of_the_sides_of_one_half(name: str) -> None:
    wanted, came = torch.tensor([[1.0], [0.0], [1.0]]), torch.tensor([[0.6], [0.6], [0.1]])
    assert metrics.get(name)(wanted, came).tolist() == [1, 0, 0]


def test_binary_accuracy_is_averaged_over_the_outputs() -> None:
    assert metrics.binary_accuracy(torch.tensor([[1.0, 0.0]]), torch.tensor([[0.9, 0.9]])).tolist() == [0.5]


@pytest.mark.parametrize(("mode", "accuracy"), [("binary", 0.75), ("categorical", 0.5), (None, 0.5)])
def test_class_mode_decides_how_accuracy_is_meant(mode, accuracy: float) -> None:
    model = Sequential([Dense(2, 2)])
    model.set_weights([torch.eye(2).numpy(), torch.zeros(2).numpy()])
    model.compile("sgd", "mse", class_mode=mode)
    X, Y = [[0.9, 0.8], [0.1, 0.9]], [[0.0, 1.0], [0.0, 1.0]]
    assert model.evaluate(X, Y, show_accuracy=True)[1] == accuracy


def test_a_loss_can_be_a_metric() -> None:
    model = Sequential([Dense(2, 2)])
    model.compile("sgd", "mse", metrics=["mae", "accuracy"])
    X, Y = [[0.9, 0.8], [0.1, 0.9]], [[0.0, 1.0], [0.0, 1.0]]
    history = model.fit(X, Y, verbose=0)
    assert set(history) == {"epoch", "loss", "mae", "accuracy"}


def test_an_unknown_metric_says_what_is_near() -> None:
    with pytest.raises(ValueError, match=r"metric 'acuracy' is not known; did you mean 'accuracy'\?"):
        Sequential([Dense(2)]).compile("sgd", "mse", metrics=["acuracy"])
