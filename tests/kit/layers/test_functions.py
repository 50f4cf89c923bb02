"""Layers that pass on what comes, or what a function makes of it."""

from pathlib import Path

import numpy as np
import pytest
import torch

import kit
from kit.layers import ActivityRegularization, Dense, Identity, Input, Lambda, Layer, ShapeError
from kit.models import Model, Sequential
from kit.storage.errors import StorageError
from tests.kit.keras_reference import keras


def distance(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return (a - b).square().sum(-1, keepdim=True).sqrt()


def siamese() -> Model:
    left, right = Input((3,)), Input((3,))
    return Model([left, right], Lambda(distance)([left, right]))


def test_lambda_gives_what_its_function_gives(rng: np.random.Generator) -> None:
    a, b = rng.normal(size=(2, 5, 3)).astype("float32")
    found = siamese().predict([a, b], verbose=0)
    np.testing.assert_allclose(found, np.linalg.norm(a - b, axis=1)[:, None], rtol=1e-6)


def test_a_file_keeps_the_function_s_name_and_custom_objects_give_it_back(tmp_path: Path, rng) -> None:
    a, b = rng.normal(size=(2, 5, 3)).astype("float32")
    model = siamese()
    model.save(tmp_path / "siamese.h5")
    again = kit.load(tmp_path / "siamese.h5", custom_objects={"distance": distance})
    np.testing.assert_array_equal(again.predict([a, b], verbose=0), model.predict([a, b], verbose=0))


def test_a_file_whose_function_is_not_given_says_so(tmp_path: Path) -> None:
    siamese().save(tmp_path / "siamese.h5")
    with pytest.raises(StorageError, match=r"function 'distance' is not known.*custom_objects"):
        kit.load(tmp_path / "siamese.h5")


def test_lambda_in_a_chain_may_change_the_shape() -> None:
    model = Sequential([Input((4, 6)), Lambda(lambda x: x[:, -1]), Dense(2)])
    assert model.predict(np.zeros((3, 4, 6)), verbose=0).shape == (3, 2)


def test_a_function_that_loses_the_samples_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"must give one tensor \(n, ...\) with the n samples that came in"):
        Sequential([Input((4,)), Lambda(lambda x: x.sum())])


def test_a_function_that_mixes_samples_with_another_axis_is_refused_when_it_is_added() -> None:
    with pytest.raises(ShapeError, match="with the n samples that came in"):
        Sequential([Input(6), Lambda(lambda x: x.reshape(-1, 3))])


@pytest.mark.parametrize("wrong", [3, torch.nn.Linear(2, 2), None])
def test_what_is_no_function_is_refused(wrong) -> None:
    with pytest.raises(TypeError, match="function takes a name or a function"):
        Lambda(wrong)


def test_activity_regularization_costs_what_it_costs_in_keras(rng: np.random.Generator) -> None:
    x = torch.from_numpy(rng.normal(size=(6, 5)).astype("float32"))
    ours, theirs = ActivityRegularization(l1=0.5, l2=0.25), keras.layers.ActivityRegularization(l1=0.5, l2=0.25)
    assert torch.equal(ours.train()(x), x)
    theirs(x, training=True)
    torch.testing.assert_close(ours.activity_penalty, theirs.losses[0])


def test_each_penalty_of_a_batch_counts_and_none_of_another(catalog: None) -> None:
    class Costly(Layer):
        def forward(self, x):
            self.add_loss(torch.tensor(1.0))
            self.add_loss(x.abs().sum() * 0 + 10.0)
            return x

    X = np.ones((8, 3), "float32")
    one, shared = Sequential([Input(3), Costly(), Dense(3)]), Costly()
    left, right = Input(3), Input(3)
    two = kit.Model([left, right], Dense(3)(shared(left) + shared(right)))
    for model, given, cost in ((one, X, 11.0), (two, [X, X], 22.0)):
        model.compile("sgd(1e-9)", lambda y_true, y_pred: 0 * y_pred.sum(-1))
        model.predict(given)
        model(given)
        assert model.evaluate(given, X, batch_size=3) == cost
        assert model.train(given, X) == cost
        model.module(*map(torch.from_numpy, given if isinstance(given, list) else [given]))  # whoever calls it
        assert model.train(given, X) == cost


def test_the_penalty_is_part_of_every_loss_as_in_keras(rng: np.random.Generator) -> None:
    X, y = rng.normal(size=(8, 3)).astype("float32"), np.zeros((8, 3), "float32")
    start = Dense(3, kernel_initializer="identity")
    model = Sequential([Input((3,)), start, Identity(), ActivityRegularization(l2=2.0)])
    model.compile("sgd", "mse")
    twin = keras.Sequential([keras.Input((3,)), keras.layers.ActivityRegularization(l2=2.0)])
    twin.compile("sgd", "mse")
    measured = float(model.evaluate(X, y, verbose=0))
    assert measured == pytest.approx((X**2).mean() + 2 * (X**2).sum() / 8, rel=1e-5)
    assert measured == pytest.approx(float(twin.evaluate(X, y, verbose=0)), rel=1e-5)
    assert float(model.train(X, y)) == pytest.approx(measured, rel=1e-5)
