"""Accuracy in its three forms."""

import numpy as np
import pytest
import torch

from kit import Sequential, metrics
from kit.layers import Dense
from kit.plotting import confusion

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


@pytest.mark.parametrize("k", [1, 2, 3])
def test_top_k_is_that_of_keras(k: int, keras, rng) -> None:
    wanted, p = rng.integers(0, 5, 40), rng.random((40, 5))
    found = metrics.get(f"top_k_categorical_accuracy(k={k})")
    theirs = keras.metrics.sparse_top_k_categorical_accuracy(wanted, p, k=k).cpu()
    for given in (wanted[:, None], np.eye(5)[wanted]):
        np.testing.assert_array_equal(found(torch.from_numpy(given), torch.from_numpy(p)), theirs)


def test_the_cosine_is_its_formula(rng) -> None:
    y, came = rng.normal(size=(2, 6, 4))
    expected = (y * came).sum(-1) / np.linalg.norm(y, axis=-1) / np.linalg.norm(came, axis=-1)
    np.testing.assert_allclose(metrics.get("cosine_similarity")(torch.from_numpy(y), torch.from_numpy(came)), expected)


CONFUSION = [[1, 1, 0], [0, 2, 0], [1, 0, 0]]


@pytest.mark.parametrize("wanted", [[0, 0, 1, 1, 2], [[0], [0], [1], [1], [2]], np.eye(3)[[0, 0, 1, 1, 2]]])
@pytest.mark.parametrize("said", [[0, 1, 1, 1, 0], np.eye(3)[[0, 1, 1, 1, 0]] * 0.4])
def test_the_confusion_matrix_counts_what_is_taken_for_what(wanted, said) -> None:
    assert metrics.confusion_matrix(wanted, said).tolist() == CONFUSION


def test_the_confusion_matrix_of_yes_and_no_takes_probabilities() -> None:
    assert metrics.confusion_matrix([[0], [1], [1]], [[0.2], [0.7], [0.4]]).tolist() == [[1, 0], [1, 1]]


def test_the_confusion_matrix_can_have_classes_that_do_not_come_up() -> None:
    assert metrics.confusion_matrix([0, 1], [1, 1], classes=3).tolist() == [[0, 1, 0], [0, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize(("wanted", "said", "message"), [
    ([0, 1], [0], "y_true has 2 samples but y_pred has 1"),
    ([0, 5], [0, 1], "y_true holds classes 0 to 5, outside 0 to 1"),
    ([0, 1], [-1, 1], "y_pred holds classes -1 to 1, outside 0 to 1"),
])  # fmt: skip
def test_the_confusion_matrix_refuses_what_is_no_class(wanted, said, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        metrics.confusion_matrix(wanted, said, classes=2)


def test_a_confusion_matrix_has_a_picture(tmp_path) -> None:
    drawn = confusion(metrics.confusion_matrix([0, 0, 1, 1, 2], [0, 1, 1, 1, 0]), labels=["cat", "dog", "cow"])
    drawn.save(tmp_path / "confusion.png")
    assert (tmp_path / "confusion.png").stat().st_size > 1000
    axes = drawn.figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["1", "1", "0", "0", "2", "0", "1", "0", "0"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["cat", "dog", "cow"]
    assert repr(drawn) == "<confusion matrix of 3 classes, 3 of 5 right>"
