"""Keras 3 on its torch backend, an independent reference for tests: `from tests.kit.keras_reference import keras`."""

import os
from collections.abc import Iterator

import pytest

os.environ["KERAS_BACKEND"] = "torch"  # read when Keras is imported

import keras
from keras.src.backend.common import dtypes


@pytest.fixture
def float64_in_keras(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keras computes in float64 meanwhile; on torch it rounds to float32 otherwise, whatever a layer's dtype says."""
    monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)


__all__ = ["float64_in_keras", "keras"]
