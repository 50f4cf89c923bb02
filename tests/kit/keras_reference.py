"""Keras 3 on its torch backend, an independent reference for tests: `from tests.kit.keras_reference import keras`."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras  # it reads its backend when it is imported

__all__ = ["keras"]
