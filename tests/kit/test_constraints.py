"""What weights are held to, alone and in a training."""

import numpy as np
import pytest
import torch

from kit import Sequential, constraints
from kit.constraints import maxnorm, nonneg, unitnorm
from kit.layers import Dense


def test_maxnorm_scales_long_columns_down_and_leaves_short_ones(rng) -> None:
    w = rng.normal(size=(5, 4)) * np.array([0.1, 1, 5, 10])
    came = maxnorm(2)(torch.from_numpy(w)).numpy()
    length = np.linalg.norm(w, axis=0)
    np.testing.assert_allclose(came, w * np.minimum(1, 2 / length), rtol=1e-5)


def test_nonneg_is_the_positive_part(rng) -> None:
    w = rng.normal(size=(5, 4))
    np.testing.assert_array_equal(nonneg()(torch.from_numpy(w)), np.maximum(w, 0))


def test_unitnorm_scales_along_the_last_axis(rng) -> None:
    w = rng.normal(size=(3, 5, 4))
    came = unitnorm()(torch.from_numpy(w)).numpy()
    np.testing.assert_allclose(came, w / np.linalg.norm(w, axis=-1, keepdims=True), rtol=1e-5)


@pytest.mark.parametrize("constraint", [maxnorm(), nonneg(), unitnorm()], ids=repr)
def test_zeros_stay_finite(constraint) -> None:
    assert torch.equal(constraint(torch.zeros(3, 3)), torch.zeros(3, 3))


@pytest.mark.parametrize("what", ["nonneg", nonneg, nonneg(), "nonneg()"], ids=repr)
def test_a_constraint_is_passed_by_name_class_object_or_call(what) -> None:
    assert isinstance(constraints.get(what), nonneg)


@pytest.mark.parametrize(("today", "kind"), [("max_norm(3.0)", maxnorm), ("non_neg", nonneg), ("unit_norm", unitnorm)])
def test_the_names_of_today_stand_for_the_same(today, kind) -> None:
    assert isinstance(constraints.get(today), kind)


CASES = [
    ("nonneg", lambda w: (w >= 0).all()),
    ("maxnorm(0.5)", lambda w: (np.linalg.norm(w, axis=0) <= 0.5 + 1e-5).all()),
    ("unitnorm", lambda w: np.allclose(np.linalg.norm(w, axis=-1), 1, atol=1e-4)),
]


@pytest.mark.parametrize(("name", "holds"), CASES, ids=[name for name, _ in CASES])
def test_the_weights_are_held_to_it_after_every_update(name: str, holds, blobs) -> None:
    model = Sequential([Dense(20, 8, activation="tanh", W_constraint=name), Dense(2)])
    model.compile("sgd(0.5)", "mse")
    seen = []
    model.fit(blobs.X, blobs.Y, epochs=2, verbose=0, callbacks=[lambda _: seen.append(holds(model.get_weights()[0]))])
    assert len(seen) == 6
    assert all(seen)


def test_the_bias_is_held_too(blobs) -> None:
    model = Sequential([Dense(20, 2, b_constraint="nonneg")])
    model.compile("sgd", "mse")
    model.fit(blobs.X, -blobs.Y - 5, epochs=2, verbose=0)
    assert (model.get_weights()[1] == 0).all()
