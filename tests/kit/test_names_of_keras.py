"""The names that people coming from Keras type stand for what they stand for there."""

import inspect

import numpy as np
import pytest
import torch

import kit
from kit import initializers, losses, metrics
from kit.layers import Dense
from tests.kit.keras_reference import keras

rng = np.random.default_rng(0)
PROBABILITIES = rng.dirichlet(np.ones(4), 9).astype("float32")
ONE_HOT = np.eye(4, dtype="float32")[rng.integers(0, 4, 9)]
WITHOUT_SETTINGS = [name for name in losses.__all__ if inspect.isclass(getattr(losses, name)) and name not in (
    "Loss", "SparseCategoricalCrossentropy", "Dice", "Tversky"  # Keras's Dice and Tversky are of the whole batch
)]  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_SETTINGS)
def test_a_loss_s_class_makes_the_loss_of_keras(name: str) -> None:
    found = getattr(losses, name)()(torch.tensor(ONE_HOT), torch.tensor(PROBABILITIES)).mean()
    expected = float(getattr(keras.losses, name)()(ONE_HOT, PROBABILITIES))
    assert float(found) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("name", [name for name in initializers.__all__ if name not in ("Identity", "Orthogonal")])
def test_an_initializer_s_weights_spread_as_those_of_keras(name: str) -> None:
    model = kit.Sequential([Dense(300, 200, kernel_initializer=getattr(initializers, name)())])
    ours = model.get_weights()[0]
    theirs = getattr(keras.initializers, name)()((300, 200)).detach().numpy()
    assert ours.mean() == pytest.approx(theirs.mean(), abs=2e-3)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.02, abs=1e-9)


def test_a_seed_of_an_initializer_is_said_to_have_no_meaning() -> None:
    with pytest.warns(UserWarning, match=r"seed=3 of an initializer has no meaning here; say fit\(seed=3\)"):
        assert initializers.GlorotUniform(seed=3) == "glorot_uniform"


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        (metrics.SparseCategoricalAccuracy(), "sparse_categorical_accuracy"),
        ("sparse_categorical_accuracy", "sparse_categorical_accuracy"),
        (metrics.SparseCategoricalAccuracy(name="right"), "right"),
        (metrics.CategoricalAccuracy(), "categorical_accuracy"),
        (metrics.MeanAbsoluteError(), "mean_absolute_error"),
        (metrics.Precision(name="found"), "found"),
        ("auc(name='area')", "area"),
    ],
)
def test_a_metric_is_called_as_in_keras_and_keeps_its_name_in_a_file(metric, name: str, tmp_path) -> None:
    X, y = rng.normal(size=(20, 3)), rng.integers(0, 2, 20)
    model = kit.Sequential([Dense(3, 2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[metric])
    model.fit(X, y, verbose=0)
    assert list(model.history.history) == ["loss", name]
    model.save(tmp_path / "a.h5")
    loaded = kit.models.load_model(tmp_path / "a.h5")
    assert loaded.evaluate(X, y, return_dict=True) == pytest.approx(model.evaluate(X, y, return_dict=True))


def test_two_spellings_are_one_object() -> None:
    assert kit.regularizers.L2 is kit.regularizers.l2
    assert kit.constraints.MaxNorm is kit.constraints.maxnorm
    assert kit.activations.swish is kit.activations.silu
    assert kit.utils.to_categorical([1, 0]).tolist() == [[0, 1], [1, 0]]
