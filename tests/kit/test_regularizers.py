"""Penalties against NumPy, alone and in a training."""

import numpy as np
import pytest
import torch

from kit import Sequential, regularizers
from kit.layers import Dense
from kit.regularizers import l1, l1l2, l2

FORMULAS = [
    (l1(0.1), lambda w: 0.1 * np.abs(w).sum()),
    (l2(0.1), lambda w: 0.1 * (w**2).sum()),
    (l1l2(0.1, 0.2), lambda w: 0.1 * np.abs(w).sum() + 0.2 * (w**2).sum()),
    (l1(), lambda w: 0.01 * np.abs(w).sum()),
]


@pytest.mark.parametrize(("regularizer", "formula"), FORMULAS, ids=[repr(r) for r, _ in FORMULAS])
def test_a_penalty_is_its_formula(regularizer, formula, rng) -> None:
    w = rng.normal(size=(4, 3))
    assert float(regularizer(torch.from_numpy(w))) == pytest.approx(formula(w))


@pytest.mark.parametrize(
    ("what", "made"),
    [
        ("l2", "l2()"),
        ("l2(0.5)", "l2(l=0.5)"),
        (l1, "l1()"),
        (l1(0.3), "l1(l=0.3)"),
        ("l1l2(0.1, 0.2)", "l1l2(l1=0.1, l2=0.2)"),
        ("l1_l2(0.1, 0.2)", "l1l2(l1=0.1, l2=0.2)"),
    ],
)
def test_a_name_a_call_a_class_or_an_object_stands_for_a_regularizer(what, made: str) -> None:
    assert repr(regularizers.get(what)) == made


def test_none_is_no_regularizer() -> None:
    assert regularizers.get(None) is None


def test_a_penalty_adds_its_gradient_to_the_step_and_its_value_to_the_loss(rng, float64: None) -> None:
    X, Y, W = rng.normal(size=(8, 4)), rng.normal(size=(8, 3)), rng.normal(size=(4, 3))
    model = Sequential([Dense(4, 3, use_bias=False, W_regularizer=l2(0.1))])
    model.set_weights([W])
    model.compile("sgd", "mse")
    loss = model.train(X, Y)
    error = X @ W - Y
    assert loss == pytest.approx((error**2).mean() + 0.1 * (W**2).sum())
    gradient = 2 * X.T @ error / error.size + 2 * 0.1 * W
    np.testing.assert_allclose(model.get_weights()[0], W - 0.01 * gradient)


def test_evaluate_counts_the_penalty_as_training_does(rng) -> None:
    X, Y = rng.normal(size=(8, 4)), rng.normal(size=(8, 3))
    model = Sequential([Dense(4, 3, kernel_regularizer="l1(0.1)", bias_regularizer=l2)])
    model.compile("sgd", "mse")
    assert model.evaluate(X, Y) == pytest.approx(model.train(X, Y))


def test_a_function_is_a_penalty(rng) -> None:
    model = Sequential([Dense(4, 3, kernel_regularizer=lambda w: 7 + 0 * w.sum())])
    model.compile("sgd", "mse")
    assert model.evaluate(np.zeros((2, 4)), np.zeros((2, 3))) == pytest.approx(7)
