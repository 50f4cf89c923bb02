"""Losses against NumPy, also right behind the activation they are meant for."""

import numpy as np
import pytest
import torch

from kit import activations, objectives


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def binary(t: np.ndarray, p: np.ndarray) -> np.ndarray:
    return -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean(-1)


def categorical(t: np.ndarray, p: np.ndarray) -> np.ndarray:
    return -(t * np.log(p / p.sum(-1, keepdims=True))).sum(-1)


def tensors(*arrays: np.ndarray) -> list[torch.Tensor]:
    return [torch.from_numpy(np.asarray(array)) for array in arrays]


REAL = {
    "mean_squared_error": lambda t, y: ((t - y) ** 2).mean(-1),
    "mse": lambda t, y: ((t - y) ** 2).mean(-1),
    "mean_absolute_error": lambda t, y: np.abs(t - y).mean(-1),
    "mae": lambda t, y: np.abs(t - y).mean(-1),
    "hinge": lambda t, y: np.maximum(0, 1 - t * y).mean(-1),
    "squared_hinge": lambda t, y: (np.maximum(0, 1 - t * y) ** 2).mean(-1),
}
LATER = {"binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"}


def test_every_loss_has_a_formula_here() -> None:
    assert {*REAL, *LATER} == set(objectives.OBJECTIVES)


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("shape", [(5, 3), (4, 6, 2), (5, 1)])
def test_a_loss_is_its_formula(name: str, shape: tuple, rng) -> None:
    t, y = np.sign(rng.normal(size=shape)), rng.normal(size=shape)
    np.testing.assert_allclose(objectives.get(name)(*tensors(t, y)), REAL[name](t, y))


def test_binary_crossentropy_is_its_formula(rng) -> None:
    t, p = rng.integers(0, 2, (6, 3)).astype(float), rng.uniform(0.01, 0.99, (6, 3))
    np.testing.assert_allclose(objectives.binary_crossentropy(*tensors(t, p)), binary(t, p))


def test_categorical_crossentropy_is_its_formula_with_the_rows_scaled_to_one(rng) -> None:
    t, p = softmax(rng.normal(size=(6, 3))), rng.uniform(0.01, 0.99, (6, 3))
    np.testing.assert_allclose(objectives.categorical_crossentropy(*tensors(t, p)), categorical(t, p))


@pytest.mark.parametrize("shape", [(6,), (6, 1)])
def test_the_sparse_form_is_the_categorical_one_of_one_hot_rows(shape: tuple, rng) -> None:
    classes, p = rng.integers(0, 3, 6), softmax(rng.normal(size=(6, 3)))
    sparse = objectives.sparse_categorical_crossentropy(*tensors(classes.reshape(shape), p))
    np.testing.assert_allclose(sparse, categorical(np.eye(3)[classes], p))


def test_the_sparse_form_works_step_by_step_on_sequences(rng) -> None:
    classes, p = rng.integers(0, 3, (4, 5)), softmax(rng.normal(size=(4, 5, 3)))
    sparse = objectives.sparse_categorical_crossentropy(*tensors(classes, p))
    np.testing.assert_allclose(sparse, categorical(np.eye(3)[classes], p))


LOGITS = np.array([[2.0, -1.0, 0.5], [800.0, 0.0, -800.0], [0.0, 1e4, -1e4], [-700.0, -700.0, 0.0]])


def exact_log_softmax(x: np.ndarray) -> np.ndarray:
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


@pytest.mark.parametrize("wanted", range(3))
def test_crossentropy_right_behind_a_softmax_is_exact_for_extreme_logits(wanted: int) -> None:
    x = torch.from_numpy(LOGITS).requires_grad_()
    one_hot = np.eye(3)[[wanted] * 4]
    for name, t in (("categorical_crossentropy", one_hot), ("sparse_categorical_crossentropy", np.full(4, wanted))):
        loss = objectives.get(name)(torch.from_numpy(np.asarray(t)), activations.softmax(x))
        np.testing.assert_allclose(loss.detach(), -exact_log_softmax(LOGITS)[:, wanted], atol=1e-12)
        (gradient,) = torch.autograd.grad(loss.sum(), x)
        np.testing.assert_allclose(gradient, softmax(LOGITS) - one_hot, atol=1e-12)


@pytest.mark.parametrize("wanted", [0.0, 1.0, 0.3])
def test_crossentropy_right_behind_a_sigmoid_is_exact_for_extreme_logits(wanted: float) -> None:
    x = torch.from_numpy(LOGITS).requires_grad_()
    loss = objectives.binary_crossentropy(torch.full_like(x, wanted), activations.sigmoid(x))
    exact = np.maximum(LOGITS, 0) - wanted * LOGITS + np.log1p(np.exp(-np.abs(LOGITS)))
    np.testing.assert_allclose(loss.detach(), exact.mean(-1))
    (gradient,) = torch.autograd.grad(loss.sum(), x)
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(gradient, (sigmoid(LOGITS) - wanted) / 3, atol=1e-12)


def test_binary_crossentropy_behind_a_softmax_is_of_the_probabilities(rng) -> None:
    t, x = rng.integers(0, 2, (6, 3)).astype(float), rng.normal(size=(6, 3))
    loss = objectives.binary_crossentropy(torch.from_numpy(t), activations.softmax(torch.from_numpy(x)))
    np.testing.assert_allclose(loss, binary(t, softmax(x)))


def test_categorical_crossentropy_behind_a_sigmoid_is_of_the_probabilities(rng) -> None:
    t, x = np.eye(3)[rng.integers(0, 3, 6)], rng.normal(size=(6, 3))
    loss = objectives.categorical_crossentropy(torch.from_numpy(t), activations.sigmoid(torch.from_numpy(x)))
    np.testing.assert_allclose(loss, categorical(t, sigmoid(x)))


@pytest.mark.parametrize("name", ["binary_crossentropy", "categorical_crossentropy"])
def test_probabilities_of_nought_and_one_give_a_finite_loss_and_gradient(name: str) -> None:
    p = torch.tensor([[0.0, 1.0], [1.0, 0.0]], requires_grad=True)
    loss = objectives.get(name)(torch.tensor([[1.0, 0.0], [1.0, 0.0]]), p).sum()
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(p.grad).all()


@pytest.mark.parametrize("name", [*REAL, "binary_crossentropy", "categorical_crossentropy"])
def test_the_gradient_is_that_of_finite_differences(name: str, rng) -> None:
    t = np.eye(3)[rng.integers(0, 3, 5)]
    y = torch.from_numpy(rng.uniform(0.1, 0.9, (5, 3))).requires_grad_()
    assert torch.autograd.gradcheck(lambda y: objectives.get(name)(torch.from_numpy(t), y), (y,))


def test_a_function_is_a_loss() -> None:
    assert objectives.get(torch.dist) is torch.dist
