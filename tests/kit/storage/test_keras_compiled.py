"""How a model of Keras was compiled: what is taken over evaluates and trains here as there; the rest is noted."""

import warnings

import numpy as np
import pytest
from keras_models import L, keras, saved, scatter

import kit

METRICS, LOSSES, OPTIMIZERS = keras.metrics, keras.losses, keras.optimizers
SCHEDULES = keras.optimizers.schedules
X = np.random.default_rng(0).normal(size=(40, 4)).astype("float32")
WEIGHTS = np.random.default_rng(1).uniform(0, 2, 40).astype("float32")


def classifier(outputs, rng):
    return scatter(
        keras.Sequential([keras.Input((4,)), L.Dense(outputs, "sigmoid" if outputs == 1 else "softmax")]), rng
    )


def targets(outputs):
    classes = np.random.default_rng(2).integers(0, max(outputs, 2), 40)
    return (classes[:, None] if outputs == 1 else np.eye(outputs)[classes]).astype("float32")


def two_outputs(rng):
    inputs = keras.Input((4,))
    return scatter(keras.Model(inputs, [L.Dense(1, name="a")(inputs), L.Dense(2, name="keys")(inputs)]), rng)


def loaded(theirs, tmp_path, suffix=".keras"):
    return kit.load(saved(theirs, tmp_path / f"model{suffix}"))


def evaluated(theirs, ours, y, **words):
    """The numbers that both evaluate, the least first, for Keras orders them by their names."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array", DeprecationWarning)  # Keras's own
        wanted = theirs.evaluate(X, y, verbose=0, batch_size=40, return_dict=True, **words)
    found = ours.evaluate(X, y, batch_size=40, return_dict=True, **words)
    return sorted(found.values()), sorted(np.ravel(value)[0] for value in wanted.values())


@pytest.mark.parametrize(
    ("outputs", "loss", "metrics"),
    [
        (1, LOSSES.BinaryFocalCrossentropy(gamma=0), [METRICS.Precision(thresholds=0.0), METRICS.Recall(0.25)]),
        (1, "mse", ["accuracy", METRICS.Precision(), METRICS.AUC(), METRICS.R2Score(), METRICS.BinaryAccuracy()]),
        (1, "mse", [METRICS.F1Score(threshold=0.5), METRICS.BinaryCrossentropy(label_smoothing=0.1)]),
        (3, LOSSES.CategoricalFocalCrossentropy(gamma=0.0, alpha=1.0), ["accuracy", METRICS.Precision()]),
        (3, "mse", [METRICS.Recall(0.25), METRICS.AUC(multi_label=True), METRICS.TopKCategoricalAccuracy(2)]),
        (3, "mse", [METRICS.F1Score(average="weighted"), METRICS.MeanIoU(3, sparse_y_true=False, sparse_y_pred=False)]),
        (3, "mse", [METRICS.F1Score("micro", 0.25), METRICS.RootMeanSquaredError(), METRICS.R2Score()]),
    ],
)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_settings_of_losses_and_metrics_count_here_as_there(outputs, loss, metrics, suffix, tmp_path, rng):
    theirs = classifier(outputs, rng)
    theirs.compile("sgd", loss, metrics=metrics)
    ours = loaded(theirs, tmp_path, suffix)
    assert ours.notes == ()
    found, wanted = evaluated(theirs, ours, targets(outputs))
    assert found == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(
    ("outputs", "metric", "said"),
    [
        (1, METRICS.BinaryAccuracy(threshold=0.0), "'BinaryAccuracy' with threshold=0.0"),
        (1, METRICS.AUC(num_thresholds=50), "'AUC' with num_thresholds=50"),
        (1, METRICS.AUC(curve="PR"), "'AUC' with curve='PR'"),
        (3, METRICS.AUC(), "'AUC' with multi_label=False"),
        (3, METRICS.F1Score(), "'F1Score' with average=None"),
        (1, METRICS.F1Score(), "'F1Score' with average=None, threshold=None"),
        (1, METRICS.MeanIoU(2), "'MeanIoU' with num_classes=2"),
        (3, METRICS.MeanIoU(3), "'MeanIoU' with sparse_y_pred=True"),
        (3, METRICS.R2Score(class_aggregation=None, num_regressors=2), "'R2Score' with num_regressors=2"),
        (3, METRICS.Precision(class_id=1), "'Precision' with class_id=1"),
        (3, METRICS.Precision([0.2, 0.4]), "threshold"),
        (1, METRICS.Accuracy(), "'Accuracy' counts outputs that equal their targets"),
        (1, METRICS.SensitivityAtSpecificity(0.5), "'SensitivityAtSpecificity' is not known here"),
    ],
)
def test_a_metric_that_is_another_here_is_left_out_with_a_note(outputs, metric, said, tmp_path, rng):
    theirs = classifier(outputs, rng)
    theirs.compile("sgd", "mse", metrics=[metric, "mae"])
    ours = loaded(theirs, tmp_path)
    assert ours.metrics == ["mae"]
    (note,) = ours.notes
    assert note.startswith("a metric is left out: ")
    assert said in note


def test_weighted_metrics_are_taken_over_and_weigh(tmp_path, rng):
    theirs = classifier(1, rng)
    theirs.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mape", METRICS.Precision(), "accuracy"])
    ours = loaded(theirs, tmp_path)
    assert ours.notes == ("a metric is left out: 'Precision' does not weigh samples here",)
    theirs.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mape", "accuracy"])
    found, wanted = evaluated(theirs, ours, targets(1), sample_weight=WEIGHTS)
    assert found == pytest.approx(wanted, rel=1e-5)


def trained(theirs, tmp_path, y):
    """The weights that both have after the same two epochs."""
    ours = loaded(theirs, tmp_path)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array", DeprecationWarning)
        theirs.fit(X, y, batch_size=10, epochs=2, shuffle=False, verbose=0)
    ours.fit(X, y, batch_size=10, epochs=2, shuffle=False, verbose=0)
    return (
        ours,
        [np.asarray(w) for w in ours.layers[-1].state_dict().values()],
        [w.value.detach().numpy() for w in theirs.weights],
    )


@pytest.mark.parametrize(
    "schedule",
    [
        SCHEDULES.ExponentialDecay(0.5, 2, 0.5, staircase=True),
        SCHEDULES.CosineDecay(0.5, 6.0, 0.1, warmup_target=0.75, warmup_steps=2),
        SCHEDULES.CosineDecayRestarts(0.5, 3, 1.5, 0.5, 0.1),
        SCHEDULES.PiecewiseConstantDecay([1, 4], [0.5, 0.25, 0.125]),
        SCHEDULES.PolynomialDecay(0.5, 3, 0.1, 2.0, cycle=True),
        SCHEDULES.InverseTimeDecay(0.5, 2, 0.5),
    ],
    ids=lambda schedule: type(schedule).__name__,
)
def test_a_schedule_is_taken_over(schedule, tmp_path, rng):
    theirs = classifier(3, rng)
    theirs.compile(OPTIMIZERS.SGD(schedule), "mse")
    ours, found, wanted = trained(theirs, tmp_path, targets(3))
    assert ours.notes == ()
    assert f"{type(schedule).__name__}(0.5" in repr(ours.optimizer) or "(1, 4)" in repr(ours.optimizer)
    for mine, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)


def test_the_norm_of_all_gradients_together_is_clipped_as_in_keras(tmp_path, rng):
    theirs = classifier(3, rng)
    theirs.compile(OPTIMIZERS.SGD(0.5, global_clipnorm=0.01), "mse")
    ours, found, wanted = trained(theirs, tmp_path, targets(3))
    assert (ours.optimizer.clipnorm, ours.notes) == (0.01, ())
    for mine, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)


def test_that_the_norm_of_each_gradient_is_clipped_in_keras_is_noted(tmp_path, rng):
    theirs = classifier(3, rng)
    theirs.compile(OPTIMIZERS.SGD(0.5, clipnorm=0.01), "mse")
    ours = loaded(theirs, tmp_path)
    assert ours.optimizer.clipnorm == 0.01
    (note,) = ours.notes
    assert note.startswith("clipnorm=0.01 clips the norm of all gradients together here, that of each in Keras")


ABSOLUTE = METRICS.MeanAbsoluteError


@pytest.mark.parametrize(
    "words",
    [
        {"loss": {"a": "mse", "keys": "mae"}, "loss_weights": {"a": 0.5, "keys": 2.0}, "metrics": {"keys": ["mse"]}},
        {"loss": ["mae", LOSSES.LogCosh()], "loss_weights": [2.0, 0.5], "metrics": [["mae", "mse"], [ABSOLUTE()]]},
        {"loss": ["mae", "mse"], "metrics": ["mse", "mae"], "weighted_metrics": [["mape"], []]},
        {"loss": "mse", "weighted_metrics": {"a": ["mae"]}},
    ],
)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_what_was_asked_of_each_output_is_taken_over(words, suffix, tmp_path, rng):
    theirs = two_outputs(rng)
    theirs.compile("sgd", **words)
    ours = loaded(theirs, tmp_path, suffix)
    assert ours.notes == ()
    y = [np.ones((40, 1), "float32"), np.ones((40, 2), "float32")]
    found, wanted = evaluated(theirs, ours, y)
    assert found == pytest.approx(wanted, rel=1e-5)


def test_what_cannot_be_asked_of_outputs_here_is_said(tmp_path, rng):
    theirs = two_outputs(rng)
    theirs.compile("sgd", {"a": "mse"}, metrics={"b": ["mae"]})
    assert loaded(theirs, tmp_path).notes == ("left uncompiled: the output 'keys' has no loss",)
    theirs.compile("sgd", "mse", metrics={"b": ["mae"]})
    ours = loaded(theirs, tmp_path)
    assert ours.compiled
    assert ours.notes == ("the metrics are left out: metrics for 'b', which is no output",)
    theirs = classifier(1, rng)
    theirs.compile("sgd", "mse", loss_weights=[2.0])
    assert loaded(theirs, tmp_path).notes == ("loss_weights=2.0 is left out, since the model has one output",)
