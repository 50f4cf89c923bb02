"""What weights are held to, alone and in a training."""

import numpy as np
import pytest
import torch

from kit import Sequential, constraints
from kit.constraints import maxnorm, min_max_norm, nonneg, unitnorm
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


PEERS = [
    (maxnorm(0.8), lambda k: k.MaxNorm(0.8)),
    (maxnorm(0.8, axis=(1, 2)), lambda k: k.MaxNorm(0.8, axis=[1, 2])),
    (unitnorm(axis=0), lambda k: k.UnitNorm()),
    (unitnorm(axis=(1, 2)), lambda k: k.UnitNorm(axis=[1, 2])),
    (nonneg(), lambda k: k.NonNeg()),
    (min_max_norm(0.5, 0.8), lambda k: k.MinMaxNorm(0.5, 0.8)),
    (min_max_norm(0.5, 0.8, 0.3, axis=(0, 2)), lambda k: k.MinMaxNorm(0.5, 0.8, 0.3, axis=[0, 2])),
]


@pytest.mark.parametrize(("ours", "theirs"), PEERS, ids=[repr(ours) for ours, _ in PEERS])
def test_a_constraint_is_that_of_keras_3(keras, ours, theirs, rng) -> None:
    w = torch.from_numpy((rng.normal(size=(4, 3, 2)) * rng.uniform(0.1, 2, (4, 3, 2))).astype("float32"))
    np.testing.assert_allclose(ours(w), theirs(keras.constraints)(w).cpu(), rtol=1e-5, atol=1e-7)


WITH_AXES = ["maxnorm(m=0.5, axis=1)", "min_max_norm(0.1, 0.2, axis=(1, 2))", "unit_norm(axis=[0])"]


@pytest.mark.parametrize("text", WITH_AXES)
def test_a_constraint_with_an_axis_is_written_as_it_is_read(text: str) -> None:
    found = constraints.get(text)
    assert repr(constraints.get(repr(found))) == repr(found)
    assert repr(constraints.get(Dense(3, kernel_constraint=found).kernel_constraint)) == repr(found)


@pytest.mark.parametrize(("text", "message"), [
    ("maxnorm(axis=0.5)", r"maxnorm\(axis=0.5\): axis takes an axis, or a tuple of axes"),
    ("min_max_norm(2, 1)", "min_value is greater than max_value; swap them"),
])  # fmt: skip
def test_what_cannot_be_a_constraint_is_refused(text: str, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        Dense(3, kernel_constraint=text)


@pytest.mark.parametrize("constraint", [maxnorm(), nonneg(), unitnorm(), min_max_norm(0.5, 1.0)], ids=repr)
def test_zeros_stay_finite(constraint) -> None:
    assert torch.equal(constraint(torch.zeros(3, 3)), torch.zeros(3, 3))


@pytest.mark.parametrize("what", ["nonneg", nonneg, nonneg(), "nonneg()"], ids=repr)
def test_a_constraint_is_passed_by_name_class_object_or_call(what) -> None:
    assert isinstance(constraints.get(what), nonneg)


@pytest.mark.parametrize(
    ("today", "kind"), [("max_norm(max_value=3.0)", maxnorm), ("non_neg", nonneg), ("unit_norm", unitnorm)]
)
def test_the_names_of_today_stand_for_the_same(today, kind) -> None:
    assert isinstance(constraints.get(today), kind)


CASES = [
    ("nonneg", lambda w: (w >= 0).all()),
    ("maxnorm(0.5)", lambda w: (np.linalg.norm(w, axis=0) <= 0.5 + 1e-5).all()),
    ("min_max_norm(0.3, 0.5)", lambda w: (np.abs(np.linalg.norm(w, axis=0) - 0.4) <= 0.1 + 1e-5).all()),
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
