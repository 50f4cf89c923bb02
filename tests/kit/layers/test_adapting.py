"""Normalization by what it was given, beside NumPy and Keras."""

import numpy as np
import pytest

import kit
from kit import Sequential
from kit.layers import Dense, Normalization
from tests.kit.keras_reference import keras

X = np.random.default_rng(0).normal(3.0, 2.0, size=(50, 5)).astype("float32")


def test_normalization_brings_what_it_was_given_to_a_mean_of_0_and_a_deviation_of_1(tmp_path) -> None:
    layer = Normalization()
    layer.adapt(X)
    model = Sequential([layer, Dense(1)])
    np.testing.assert_allclose(Sequential([layer]).predict(X), (X - X.mean(0)) / X.std(0), atol=1e-5)
    theirs = keras.layers.Normalization()
    theirs.adapt(X)
    np.testing.assert_allclose(Sequential([layer]).predict(X), theirs(X).detach(), atol=1e-5)
    model.save(tmp_path / "a.h5")
    np.testing.assert_array_equal(kit.load(tmp_path / "a.h5").predict(X), model.predict(X))


def test_normalization_of_images_goes_by_channels_and_leaves_what_is_all_the_same_finite() -> None:
    images = np.stack([np.full((4, 6, 7), 2.0), np.random.default_rng(2).normal(5, 3, (4, 6, 7))], axis=1)
    layer = Normalization()
    layer.adapt(images)
    found = Sequential([layer]).predict(images)
    np.testing.assert_allclose(found.mean((0, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(found.std((0, 2, 3)), [0, 1], atol=1e-5)


def test_normalization_refuses_what_is_not_finite() -> None:
    with pytest.raises(ValueError, match="adapt was given NaN or infinity"):
        Normalization().adapt([[1.0, np.nan]])
