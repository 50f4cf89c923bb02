"""Penalties against NumPy, alone and in a training."""

import numpy as np
import pytest
import torch

from kit import Sequential, regularizers
from kit.layers import Dense
from kit.regularizers import l1, l1l2, l2, orthogonal

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


@pytest.mark.parametrize("mode", ["rows", "columns"])
def test_the_orthogonal_penalty_is_that_of_keras_3(keras, mode: str, rng) -> None:
    w = torch.from_numpy(rng.normal(size=(4, 3)).astype("float32"))
    theirs = keras.regularizers.OrthogonalRegularizer(0.3, mode)(w)
    assert float(orthogonal(0.3, mode)(w)) == pytest.approx(float(theirs), rel=1e-5)


def test_the_orthogonal_penalty_is_nought_for_right_angles_and_one_vector() -> None:
    assert float(orthogonal()(torch.eye(4)[:3] * 5)) == 0
    assert float(orthogonal()(torch.ones(1, 4))) == 0
    assert float(orthogonal(0.5)(torch.ones(3, 4))) == pytest.approx(0.5)


def test_the_orthogonal_penalty_takes_a_filter_as_a_row(rng) -> None:
    w = torch.from_numpy(rng.normal(size=(4, 2, 3, 3)))
    assert torch.equal(orthogonal()(w), orthogonal()(w.reshape(4, 18)))


def test_the_orthogonal_penalty_makes_the_columns_stand_at_right_angles(blobs) -> None:
    torch.manual_seed(1)
    model = Sequential([Dense(20, 4, kernel_regularizer="orthogonal(10.0, 'columns')"), Dense(2)])
    model.compile("adam(0.01)", "mse")
    model.fit(blobs.X, blobs.Y, epochs=40, seed=1, verbose=0)
    w = model.get_weights()[0]
    w = w / np.linalg.norm(w, axis=0)
    assert np.abs(w.T @ w - np.eye(4)).max() < 0.1


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
