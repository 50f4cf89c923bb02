"""Small data for the tests of the core."""

import importlib
import os
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest
import torch

from kit import CATALOG


class Samples(NamedTuple):
    """X (n, ...), the class numbers (n,), and the same one-hot (n, classes)."""

    X: np.ndarray
    classes: np.ndarray
    Y: np.ndarray


@pytest.fixture
def rng() -> np.random.Generator:
    """Numbers that are the same in every run of a test."""
    return np.random.default_rng(2015)


@pytest.fixture
def blobs(rng: np.random.Generator) -> Samples:
    """96 points in 20 dimensions around two centres; the classes can be told apart, but not perfectly."""
    classes = rng.integers(0, 2, 96)
    X = rng.normal(size=(96, 20)) + np.where(classes, 0.4, -0.4)[:, None]
    return Samples(X.astype("float32"), classes, np.eye(2, dtype="float32")[classes])


@pytest.fixture
def pictures(rng: np.random.Generator) -> Samples:
    """24 images (3, 8, 8) of three classes, each with one bright channel."""
    classes = rng.integers(0, 3, 24)
    X = rng.normal(size=(24, 3, 8, 8))
    X[np.arange(24), classes] += 1
    return Samples(X.astype("float32"), classes, np.eye(3, dtype="float32")[classes])


@pytest.fixture
def float64() -> Iterator[None]:
    """torch makes float64 weights meanwhile."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.fixture
def catalog() -> Iterator[None]:
    """The catalog is afterwards as it was."""
    before = dict(CATALOG)
    yield
    CATALOG.clear()
    CATALOG.update(before)


@pytest.fixture
def until() -> Callable[..., None]:
    """Waits until something holds; a minute is far more than any test needs."""

    def wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.001)

    return wait


@pytest.fixture(scope="session")
def keras() -> ModuleType:
    """Keras 3 on torch, to compare with."""
    os.environ["KERAS_BACKEND"] = "torch"
    return importlib.import_module("keras")
