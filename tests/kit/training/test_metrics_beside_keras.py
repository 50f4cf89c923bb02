"""Metrics beside Keras: what a mask leaves out, what weights weigh, and batches of different sizes."""

import numpy as np
import pytest

import kit
from kit import Sequential
from kit.layers import Dense, Embedding, TimeDistributed
from tests.kit.keras_reference import keras

numbers = np.random.default_rng(0)
X = numbers.integers(1, 9, (21, 7))
X[np.arange(7) >= numbers.integers(1, 8, 21)[:, None]] = 0  # sequences end in zeros
Y = numbers.normal(size=(21, 7, 1)).astype("float32")
OF_STEPS = numbers.uniform(0, 2, (21, 7))
WEIGHTS = [numbers.normal(size=(9, 4)), numbers.normal(size=(4, 1)), numbers.normal(size=1)]


def ours(masked: bool = True, **words) -> Sequential:
    model = Sequential([Embedding(9, 4, mask_zero=masked), TimeDistributed(Dense(4, 1))])
    model.build((7,))
    model.set_weights(WEIGHTS)
    model.compile("sgd(0.01)", "mse", **words)
    return model


def theirs(masked: bool = True, **words):
    layers = keras.layers
    model = keras.Sequential([layers.Embedding(9, 4, mask_zero=masked), layers.TimeDistributed(layers.Dense(1))])
    model.build((None, 7))
    model.set_weights(WEIGHTS)
    model.compile("sgd", "mse", **words)
    return model


@pytest.mark.parametrize("size", [4, 21])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("weights", [None, OF_STEPS])
def test_a_metric_is_the_mean_over_what_no_mask_leaves_out(size: int, masked: bool, weights) -> None:
    options = {"sample_weight": weights, "batch_size": size, "return_dict": True}
    found = ours(masked, metrics=["mae", "mse"]).evaluate(X, Y, **options)
    expected = theirs(masked, metrics=["mae", "mse"]).evaluate(X, Y, verbose=0, **options)
    assert found == pytest.approx({name: float(value) for name, value in expected.items()}, rel=1e-5)


@pytest.mark.parametrize("size", [4, 21])
def test_a_weighted_metric_is_the_weighted_mean_over_all_samples(size: int) -> None:
    words = {"metrics": ["mae"], "weighted_metrics": ["mae", "mse"]}
    options = {"sample_weight": OF_STEPS, "batch_size": size, "return_dict": True}
    found = ours(False, **words).evaluate(X, Y, **options)
    expected = theirs(False, **words).evaluate(X, Y, verbose=0, **options)
    assert found == pytest.approx({name: float(value) for name, value in expected.items()}, rel=1e-5)


@pytest.mark.parametrize("size", [4, 21])
def test_what_a_mask_leaves_out_weighs_nothing(size: int) -> None:
    model = ours(weighted_metrics=["mae"])
    errors, kept = np.abs(model.predict(X) - Y)[..., 0], OF_STEPS * (X > 0)
    found = model.evaluate(X, Y, sample_weight=OF_STEPS, batch_size=size, return_dict=True)
    assert found["mae"] == pytest.approx((errors * kept).sum() / kept.sum(), rel=1e-5)


def test_class_weights_weigh_in_weighted_metrics_alone(blobs) -> None:
    model = Sequential([Dense(20, 2, activation="softmax")])
    model.compile("sgd(1e-9)", "categorical_crossentropy", ["accuracy"], weighted_metrics=["accuracy"])
    history = model.fit(blobs.X, blobs.Y, class_weight={1: 3.0}, batch_size=7, verbose=0)
    right, weights = model.predict_classes(blobs.X) == blobs.classes, np.where(blobs.classes, 3, 1)
    assert history["accuracy"][0] == pytest.approx(right.mean(), rel=1e-6)
    assert history["weighted_accuracy"][0] == pytest.approx((right * weights).sum() / weights.sum(), rel=1e-6)


def test_weights_that_are_all_zero_weigh_to_zero() -> None:
    assert ours(weighted_metrics=["mae"]).evaluate(X, Y, sample_weight=np.zeros(21))[1] == 0


def test_a_counted_metric_cannot_weigh() -> None:
    with pytest.raises(ValueError, match="auc is counted, not a mean over samples, so it cannot weigh them"):
        ours(weighted_metrics=["auc"])


def test_a_resumed_training_goes_on_with_the_weights_of_its_metrics(tmp_path) -> None:
    words = {"epochs": 2, "batch_size": 4, "seed": 2, "sample_weight": OF_STEPS}
    model = ours(metrics=["mae"], weighted_metrics=["mse"])
    saving = [lambda record: record.step == 3 and model.save(tmp_path / "a.h5")]
    whole = model.fit(X, Y, callbacks=saving, background=True, **words).wait()
    resumed = kit.resume(tmp_path / "a.h5", X, Y, sample_weight=OF_STEPS).wait()
    assert resumed.history.epochs == whole.history.epochs
    assert kit.load(tmp_path / "a.h5").weighted_metrics == ["mse"]
