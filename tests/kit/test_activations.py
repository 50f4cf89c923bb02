"""Activations against NumPy."""

import math

import numpy as np
import pytest
import torch

from kit import activations


def normal_distribution(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


FORMULAS = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True),
    "time_distributed_softmax": lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True),
    "softplus": lambda x: np.log1p(np.exp(x)),
    "hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    "gelu": lambda x: x * normal_distribution(x),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "swish": lambda x: x / (1 + np.exp(-x)),
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * (np.exp(x) - 1)),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "softsign": lambda x: x / (1 + abs(x)),
    "exponential": np.exp,
    "log_softmax": lambda x: x - np.log(np.exp(x).sum(-1, keepdims=True)),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "sparse_plus": lambda x: np.where(x >= 1, x, (np.clip(x, -1, 1) + 1) ** 2 / 4),
}
EVERY = pytest.mark.parametrize("name", activations.ACTIVATIONS)


@pytest.mark.parametrize("name", FORMULAS)
def test_the_activation_is_its_formula(name: str, rng, float64: None) -> None:
    x = 3 * rng.normal(size=(4, 5, 6))
    np.testing.assert_allclose(activations.get(name)(torch.from_numpy(x)), FORMULAS[name](x), rtol=1e-10, atol=1e-12)


@EVERY
def test_the_gradient_is_that_of_finite_differences(name: str, rng, float64: None) -> None:
    x = torch.from_numpy(3 * rng.normal(size=(4, 6))).requires_grad_()
    assert torch.autograd.gradcheck(activations.get(name), (x,))


@pytest.mark.parametrize("name", sorted(activations.ACTIVATIONS.keys() - {"exponential"}))
def test_extreme_numbers_stay_finite(name: str) -> None:
    assert torch.isfinite(activations.get(name)(torch.tensor([[-1e4, 0.0, 1.0, 1e4]]))).all()


def test_none_is_linear() -> None:
    assert activations.get(None) is activations.linear


def test_sparsemax_is_the_nearest_point_of_the_simplex(rng, float64: None) -> None:
    """At the nearest point y, no corner e_k of the simplex is further on: <x - y, e_k - y> <= 0."""
    x = torch.from_numpy(rng.normal(size=(20, 6)))
    y = activations.sparsemax(x)
    assert (y >= 0).all()
    torch.testing.assert_close(y.sum(-1), torch.ones(20))
    torch.testing.assert_close(activations.sparsemax(x.T, axis=0), y.T)
    towards = (x - y)[:, None] @ (torch.eye(6) - y[:, None]).mT  # (20, 1, corners)
    assert (towards < 1e-12).all()
