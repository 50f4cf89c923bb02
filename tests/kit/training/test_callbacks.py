"""What callbacks do to a training, and that a resumed one goes on with their state."""

import csv

import numpy as np
import pytest
from torchmetrics.classification import MulticlassAUROC

import kit
from kit import Sequential
from kit.callbacks import (
    CSVLogger,
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    StopTraining,
    TensorBoard,
    TerminateOnNaN,
)
from kit.layers import Dense
from kit.metrics import AUC, RootMeanSquaredError, TopKCategoricalAccuracy, name


def network(optimizer="sgd(0.05)") -> Sequential:
    model = Sequential([Dense(20, 8, activation="tanh"), Dense(8, 2, activation="softmax")])
    numbers = np.random.default_rng(3)
    model.set_weights([numbers.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


class Given:
    """A callback that puts values of its own in place of an epoch's, so that a test knows them."""

    def __init__(self, *values: float) -> None:
        self.values = iter(values)

    def __call__(self, record) -> None:
        if record.ended is not None:
            record.ended["val_loss"] = next(self.values)


def fit(model, blobs, *callbacks, **options):
    return model.fit(blobs.X, blobs.Y, **{"epochs": 8, "seed": 1, "verbose": 0, "callbacks": callbacks, **options})


@pytest.mark.parametrize(("patience", "epochs"), [(0, 3), (1, 3), (2, 6), (9, 8)])
def test_early_stopping_waits_for_a_better_value(patience: int, epochs: int, blobs) -> None:
    values = Given(3.0, 2.0, 2.5, 1.9, 2.2, 2.1, 2.3, 2.4)
    history = fit(network(), blobs, values, EarlyStopping(patience=patience))
    assert len(history.epoch) == epochs
    assert [text.split(":")[0] for _, text in history.marks] == ["stopped early"] * (epochs < 8)


def test_early_stopping_goes_back_to_the_best_weights(blobs) -> None:
    model, kept = network(), {}

    def note(record) -> None:
        if record.ended is not None:
            kept[record.epoch] = model.get_weights()

    fit(model, blobs, Given(3.0, 1.0, 2.0, 2.0, 2.0, 9.0), note, EarlyStopping(patience=3, restore_best_weights=True))
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), kept[2], strict=True))


def test_a_rising_value_is_better_by_its_name_or_by_mode() -> None:
    watching = EarlyStopping("val_accuracy", patience=1)
    assert [watching_improved(watching, value) for value in (0.5, 0.6, 0.4)] == [True, True, False]
    assert [watching_improved(EarlyStopping("gain", mode="max"), value) for value in (0.5,)] == [True]
    falling = EarlyStopping("val_loss", min_delta=0.2)
    assert [watching_improved(falling, value) for value in (1.0, 0.9, 0.7, float("nan"))] == [True, False, True, False]


@pytest.mark.parametrize(
    ("metric", "rises"),
    [
        ("mean_io_u", True),
        ("specificity", True),
        ("top_5", True),
        (AUC(name="roc"), True),
        (TopKCategoricalAccuracy(2), True),
        (RootMeanSquaredError(name="accurate"), False),
        (MulticlassAUROC(2), True),
        ("mse", False),
    ],
    ids=repr,
)
def test_what_should_rise_is_known_by_the_metric_whatever_it_is_called(metric, rises: bool, blobs) -> None:
    model = network()
    model.compile("sgd", "categorical_crossentropy", metrics=[metric])
    watching = EarlyStopping("val_" + name(metric), patience=9)
    fit(model, blobs, watching, epochs=1, validation_split=0.25)
    assert watching.rises is rises


def test_a_loss_falls_whatever_its_output_is_called() -> None:
    assert not EarlyStopping("val_auc_head_loss").rises
    assert EarlyStopping("val_mean_io_u").rises


def watching_improved(callback: EarlyStopping, value: float) -> bool:
    if not hasattr(callback, "best"):
        callback.best, callback.waited = float("nan"), 0
    return callback.improved(value)


def test_what_is_not_measured_cannot_be_monitored(blobs) -> None:
    with pytest.raises(ValueError, match="monitors 'val_loss', but an epoch gives loss, accuracy; give fit validation"):
        fit(network(), blobs, EarlyStopping())


def test_any_callback_can_end_a_training_by_raising_stop_training(blobs) -> None:
    def enough(record) -> None:
        if record.step == 5:
            raise StopTraining("enough")

    history = fit(network(), blobs, enough)
    assert history.steps == 5
    assert history.marks == [(5, "enough")]
    run = fit(network(), blobs, enough, background=True).wait()
    assert (run.state, run.history.steps) == ("done", 5)


def test_only_a_better_model_is_kept(blobs, tmp_path) -> None:
    path = str(tmp_path / "best-{epoch}.h5")
    fit(
        network(),
        blobs,
        Given(3.0, 1.0, float("nan"), 2.0, 0.5, *[9.0] * 3),
        ModelCheckpoint(path, save_best_only=True),
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["best-1.h5", "best-2.h5", "best-5.h5"]
    assert kit.load(tmp_path / "best-2.h5").history.steps == 6


def test_a_checkpoint_is_named_by_the_values_of_its_epoch(blobs, tmp_path) -> None:
    fit(network(), blobs, Given(1.25, 1.5), ModelCheckpoint(str(tmp_path / "{epoch}-{val_loss:.2f}.h5")), epochs=2)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["1-1.25.h5", "2-1.50.h5"]
    with pytest.raises(ValueError, match="there is no value 'val_acuracy' in an epoch; it has loss"):
        fit(network(), blobs, ModelCheckpoint(str(tmp_path / "{val_acuracy}.h5")))


def test_the_rate_falls_on_a_plateau_and_leaves_a_mark(blobs) -> None:
    model = network()
    falling = ReduceLROnPlateau(factor=0.5, patience=2, min_lr=0.01)
    history = fit(model, blobs, Given(3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0), falling)
    assert [text for _, text in history.marks] == [
        "learning_rate = 0.025",
        "learning_rate = 0.0125",
        "learning_rate = 0.01",
    ]
    assert model.optimizer.learning_rate == 0.01


def test_a_scheduler_sets_the_rate_of_each_epoch(blobs) -> None:
    model, rates = network(), []
    seen = [lambda record: rates.append(model.optimizer.learning_rate)]
    fit(model, blobs, *seen, LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)), epochs=3, batch_size=96)
    assert rates == [0.1, 0.05, pytest.approx(0.1 / 3)]
    halving = network("sgd(0.4)")
    fit(halving, blobs, LearningRateScheduler(lambda epoch, rate: rate / 2), epochs=3)
    assert halving.optimizer.learning_rate == pytest.approx(0.4 / 8)
    fit(halving, blobs, LearningRateScheduler(lambda epoch, rate: rate / 2), epochs=2)
    assert halving.optimizer.learning_rate == pytest.approx(0.4 / 32)


def test_a_scheduler_is_asked_for_each_epoch_once_those_added_meanwhile_too(blobs) -> None:
    model, asked, rates = network(), [], []
    scheduler = LearningRateScheduler(lambda epoch: asked.append(epoch) or 0.1 / (epoch + 1))
    longer = [{"step": 2, "what": "set", "values": {"epochs": 4}}]
    seen = [lambda record: rates.append(model.optimizer.learning_rate)]
    fit(model, blobs, *seen, scheduler, epochs=2, batch_size=96, log=longer)
    assert asked == [0, 1, 2, 3]
    assert rates == pytest.approx([0.1, 0.05, 0.1 / 3, 0.025])


@pytest.mark.parametrize("step", [1, 3, 4, 6])
def test_a_resumed_training_has_the_rates_of_the_unbroken_one(step: int, blobs, tmp_path) -> None:
    scheduler = [LearningRateScheduler(lambda epoch, rate: rate / 2)]
    model = network("sgd(0.5)")
    saving = [lambda record: record.step == step and model.save(tmp_path / "a.h5")]
    whole = fit(model, blobs, *scheduler, *saving, epochs=3, background=True).wait()
    resumed = kit.resume(tmp_path / "a.h5", blobs.X, blobs.Y, callbacks=scheduler).wait()
    assert resumed.model.optimizer.learning_rate == model.optimizer.learning_rate == 0.5 / 8
    assert resumed.history.epochs == whole.history.epochs


def test_a_scheduler_that_gives_no_number_is_told_so(blobs) -> None:
    with pytest.raises(TypeError, match=r"LearningRateScheduler\(<lambda>\) gives 'x' as the learning rate of epoch 0"):
        fit(network(), blobs, LearningRateScheduler(lambda epoch: "x"))


def test_nan_ends_a_training_at_its_batch(blobs) -> None:
    model = Sequential([Dense(20, 2)])
    model.compile("sgd(1e30)", "mse")
    history = fit(model, blobs, TerminateOnNaN(), epochs=50)
    assert history.steps < 10
    assert history.marks[-1][1].startswith("the loss is")


def test_values_are_written_as_lines(blobs, tmp_path) -> None:
    history = fit(network(), blobs, CSVLogger(str(tmp_path / "log.csv")), epochs=3)
    with open(tmp_path / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["loss"]) for row in rows] == history["loss"]
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]


def test_tensorboard_shows_every_value_once_though_the_training_was_resumed(blobs, tmp_path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def die(record) -> None:
        if record.step == 20:
            raise KeyError("as if it were killed")

    logs, path = str(tmp_path / "logs"), tmp_path / "run.h5"
    with pytest.raises(KeyError):
        fit(network(), blobs, ModelCheckpoint(str(path)), TensorBoard(logs), die)
    assert 0 < kit.load(path).session.position.step < 19
    history = kit.resume(path, blobs.X, blobs.Y, callbacks=[TensorBoard(logs)]).wait().history
    seen = EventAccumulator(logs)
    seen.Reload()
    steps, values = zip(*[(each.step, each.value) for each in seen.Scalars("batch_loss")], strict=True)
    assert steps == tuple(range(1, history.steps + 1))
    np.testing.assert_array_equal(values, np.float32(history.batch("loss")))
    epochs = {each.step: each.value for each in seen.Scalars("epoch_accuracy")}
    np.testing.assert_array_equal(list(epochs.values()), np.float32(history["accuracy"]))


def test_tensorboard_that_is_not_installed_is_asked_for(blobs, tmp_path, monkeypatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "tensorboard", None)
    monkeypatch.delitem(sys.modules, "torch.utils.tensorboard", raising=False)
    with pytest.raises(ImportError, match="needs the package tensorboard"):
        fit(network(), blobs, TensorBoard(str(tmp_path)))


def test_a_class_is_no_callback(blobs) -> None:
    for wrong, said in (([EarlyStopping], "not the class EarlyStopping"), (3, "a callback is a function")):
        with pytest.raises(TypeError, match=said):
            fit(network(), blobs, **{"callbacks": wrong})


@pytest.mark.parametrize("step", [1, 4, 7, 11])
def test_callbacks_go_on_with_their_state(step: int, blobs, tmp_path) -> None:
    def callbacks():
        return [
            ReduceLROnPlateau(factor=0.5, patience=0, min_delta=0.05),
            EarlyStopping(patience=2, min_delta=0.02, restore_best_weights=True),
        ]

    model, data = network("sgd(0.5)"), {"validation_split": 0.25}
    saving = [lambda record: record.step == step and model.save(tmp_path / "a.h5")]
    whole = fit(model, blobs, *callbacks(), *saving, background=True, **data).wait()
    resumed = kit.resume(tmp_path / "a.h5", blobs.X, blobs.Y, callbacks=callbacks()).wait()
    assert resumed.history.epochs == whole.history.epochs
    assert resumed.history.marks == whole.history.marks
    for ours, theirs in zip(resumed.model.get_weights(), whole.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_training_that_stopped_early_ends_at_once_when_it_is_resumed(blobs, tmp_path) -> None:
    def patient(patience: int = 1) -> EarlyStopping:
        return EarlyStopping("loss", min_delta=9.0, patience=patience, restore_best_weights=True)

    path = tmp_path / "a.h5"
    model = network()
    fit(model, blobs, patient(), autosave=path)
    assert len(model.history.epoch) == 2
    for _ in range(2):
        run = kit.resume(path, blobs.X, blobs.Y, callbacks=[patient()]).wait()
        assert (run.history.epochs, run.history.marks) == (model.history.epochs, model.history.marks)
        assert all(np.array_equal(a, b) for a, b in zip(run.model.get_weights(), model.get_weights(), strict=True))
    assert len(kit.resume(path, blobs.X, blobs.Y, callbacks=[patient(3)]).wait().history.epoch) == 4
