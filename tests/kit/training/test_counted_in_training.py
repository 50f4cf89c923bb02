"""Metrics that are counted, in a training: their names, their files, and going on in the middle of an epoch."""

import numpy as np
import pytest
from torchmetrics.classification import MulticlassAccuracy, MulticlassAUROC

import kit
from kit import Sequential, metrics
from kit.layers import Dense
from kit.metrics import AUC, F1Score, Precision, TopKCategoricalAccuracy
from kit.objectives import Huber


def compiled(asked, blobs) -> Sequential:
    """A model that starts from nought, with these metrics."""
    model = Sequential([Dense(20, 2, activation="softmax")])
    model.set_weights([weights * 0 for weights in model.get_weights()])
    model.compile("adam(0.01)", "categorical_crossentropy", metrics=asked)
    return model


NAMES = [
    ("accuracy", "accuracy"),
    ("f1", "f1"),
    ("f1_score", "f1_score"),
    ("f1(average='micro')", "f1"),
    ("F1Score(average='micro')", "f1"),
    (F1Score("micro"), "f1"),
    (F1Score, "f1"),
    (TopKCategoricalAccuracy(k=1), "top_k_categorical_accuracy"),
    ("top_k_categorical_accuracy(k=1)", "top_k_categorical_accuracy"),
    ("huber(0.5)", "huber"),
    (Huber(0.5), "huber"),
    ("mse", "mse"),
    (metrics.categorical_accuracy, "categorical_accuracy"),
    (MulticlassAccuracy(2), "MulticlassAccuracy"),
]


@pytest.mark.parametrize(("asked", "name"), NAMES, ids=[repr(asked) for asked, _ in NAMES])
def test_a_metric_has_the_same_name_however_it_is_said_and_after_loading(asked, name: str, blobs, tmp_path) -> None:
    model = compiled([asked], blobs)
    model.fit(blobs.X, blobs.Y, verbose=0)
    assert set(model.history) == {"epoch", "loss", name}
    model.save(tmp_path / "model.h5")
    loaded = kit.load(tmp_path / "model.h5", {"MulticlassAccuracy": MulticlassAccuracy(2)})
    assert set(loaded.fit(blobs.X, blobs.Y, seed=1, verbose=0)) == {"epoch", "loss", name}
    model.fit(blobs.X, blobs.Y, seed=1, verbose=0)
    assert loaded.evaluate(blobs.X, blobs.Y) == model.evaluate(blobs.X, blobs.Y)


def test_one_metric_in_two_ways_has_two_names(blobs) -> None:
    model = compiled(["f1(average='macro')", "f1(average='micro')", Precision(), Precision("micro")], blobs)
    assert set(model.fit(blobs.X, blobs.Y, verbose=0)) == {"epoch", "loss", "f1", "f1_2", "precision", "precision_2"}


def test_one_metric_needs_no_list(blobs) -> None:
    assert set(compiled(AUC(), blobs).fit(blobs.X, blobs.Y, verbose=0)) == {"epoch", "loss", "auc"}


def test_a_count_goes_on_in_the_middle_of_an_epoch(blobs, tmp_path) -> None:
    asked = [Precision("macro"), "auc", "rmse", MulticlassAUROC(2)]
    whole = (
        compiled(asked, blobs).fit(blobs.X, blobs.Y, batch_size=10, epochs=2, seed=1, background=True).wait().history
    )
    model = compiled(asked, blobs)
    run = model.fit(blobs.X, blobs.Y, batch_size=10, epochs=2, seed=1, background=True, callbacks=[stop_at(4)])
    run.wait()
    model.save(tmp_path / "half.h5")
    custom = {"MulticlassAUROC": MulticlassAUROC(2)}
    resumed = kit.resume(tmp_path / "half.h5", blobs.X, blobs.Y, custom_objects=custom).wait().history
    assert len(resumed["auc"]) == 2
    for name in whole:
        np.testing.assert_array_equal(whole[name], resumed[name])


def stop_at(step: int):
    """A callback that ends the training after a batch."""
    return lambda record: record.step == step and kit.runs()[0].stop()
