"""A training that was killed goes on as if it had not been."""

import numpy as np
import pytest
import torch

import kit
from kit.layers import LSTM, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input
from kit.training.resume import OtherData

X = np.random.default_rng(0).normal(size=(22, 4)).astype("float32")
Y = np.eye(3, dtype="float32")[np.random.default_rng(1).integers(0, 3, 22)]


def dense() -> list:
    return [Input(4), Dense(6, activation="tanh", kernel_regularizer="l2(0.01)"), Dropout(0.4), Dense(3, "softmax")]


def normalized() -> list:
    return [Input(4), Dense(6, "relu", kernel_constraint="maxnorm(1)"), BatchNormalization(), Dense(3, "softmax")]


def both() -> list:
    return [Input(4), Dense(6, "tanh"), BatchNormalization(), Dropout(0.4), Dense(3, "softmax")]


def convolutional() -> list:
    layers = [Input(4), kit.layers.Reshape((1, 2, 2)), Conv2D(3, 2, padding="same"), Flatten()]
    return [*layers, Dropout(0.2), Dense(3, activation="softmax")]


def recurrent() -> list:
    return [Input(4), kit.layers.Reshape((4, 1)), LSTM(3), Dense(3, activation="softmax")]


OPTIMIZERS = [
    kit.optimizers.SGD(0.1, momentum=0.9, decay=0.1, nesterov=True),
    kit.optimizers.RMSprop(0.01),
    kit.optimizers.Adam(0.05, clipnorm=0.5),
    kit.optimizers.Adagrad(0.1),
    kit.optimizers.Adadelta(1.0),
]


def compiled(layers, optimizer) -> kit.Sequential:
    torch.manual_seed(7)
    model = kit.Sequential(layers())
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


def run_of(model, **options) -> kit.Run:
    return model.fit(X, Y, epochs=3, batch_size=8, seed=11, validation_split=0.1, background=True, **options)


def assert_same(run: kit.Run, other: kit.Run) -> None:
    for ours, theirs in zip(run.model.get_weights(), other.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert run.step_count == other.step_count
    assert run.history.epochs == other.history.epochs
    assert run.history.epoch_steps == other.history.epoch_steps
    for name in other.history.batch_names():
        np.testing.assert_array_equal(run.history.batch(name), other.history.batch(name))
    for ours, theirs in zip(run.model.update.states, other.model.update.states, strict=True):
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: type(optimizer).__name__)
@pytest.mark.parametrize("layers", [dense, normalized, convolutional, recurrent])
def test_a_run_resumed_at_any_step_is_the_run_that_was_never_interrupted(layers, optimizer, tmp_path):
    model = compiled(layers, optimizer)
    whole = run_of(model, callbacks=[lambda record: model.save(tmp_path / f"{record.step}.h5")]).wait()
    for step in range(1, whole.steps + 1):
        assert_same(kit.resume(tmp_path / f"{step}.h5", X, Y).wait(), whole)


def varied(x, generator):
    return x + 0.1 * torch.randn(x.shape, generator=generator)


def everything() -> list:
    """Layers with running statistics, random numbers, and a recurrence."""
    layers = [Input(4), kit.layers.Reshape((2, 2)), LSTM(3), BatchNormalization()]
    return [*layers, Dense(5, "tanh"), Dropout(0.4), Dense(3, "softmax")]


def first_is_best() -> list:
    """A callback with a state, which at the end takes the model back to its first epoch."""
    return [kit.callbacks.EarlyStopping("loss", patience=1, mode="max", restore_best_weights=True)]


def without(stored, key: str) -> tuple[dict, dict]:
    """The arrays and the config of a file without one array, or one value of its session."""
    arrays = {name: np.array(array) for name, array in stored.arrays.items() if name != key}
    session = {name: value for name, value in stored.config["session"].items() if name != key}
    return arrays, {**stored.config, "session": session}


def altered(stored, key: str) -> tuple[dict, dict]:
    """The same with another first number in one array."""
    arrays = {name: np.array(array) for name, array in stored.arrays.items()}
    arrays[key].flat[0] += 1
    return arrays, stored.config


@pytest.mark.parametrize(
    "optimizer",
    [OPTIMIZERS[0], *(pytest.param(each, marks=pytest.mark.long) for each in OPTIMIZERS[1:])],
    ids=lambda optimizer: type(optimizer).__name__,
)
def test_each_item_of_the_state_is_needed(optimizer, tmp_path):
    """Without it, or with another, the resumed run is refused or is not the same: the tests above would notice."""
    from kit.storage import read, write

    path = tmp_path / "5.h5"
    model = compiled(everything, optimizer)
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy", "auc"])
    saving = [*first_is_best(), lambda record: record.step == 5 and model.save(path)]
    words = {"epochs": 3, "batch_size": 4, "seed": 11, "validation_split": 0.4, "augment": varied}
    whole = model.fit(X, Y, callbacks=saving, background=True, **words).wait()

    def is_same() -> bool:
        try:
            assert_same(kit.resume(path, X, Y, callbacks=first_is_best(), augment=varied).wait(), whole)
        except (AssertionError, ValueError, KeyError, RuntimeError):
            return False
        return True

    stored = read(path)  # before the run that goes on from it saves itself there
    assert is_same()
    keys = [*stored.arrays, *(name for name, value in stored.config["session"].items() if value)]
    changed = {key: without(stored, key) for key in keys}
    floats = [key for key, array in stored.arrays.items() if array.dtype.kind == "f"]
    changed |= {f"another {key}": altered(stored, key) for key in floats}
    unnoticed = [key for key, held in changed.items() if write(path, *held) or is_same()]
    assert unnoticed == []


def test_other_data_are_refused_unless_that_is_wanted(tmp_path):
    run_of(compiled(dense, kit.optimizers.SGD()), autosave=tmp_path / "a.h5").wait()
    with pytest.raises(OtherData, match="was trained on other data"):
        kit.resume(tmp_path / "a.h5", X + 1, Y)
    assert kit.resume(tmp_path / "a.h5", X + 1, Y, other_data=True).wait().state == "done"


def test_a_model_that_was_never_trained_cannot_be_resumed(tmp_path):
    compiled(dense, kit.optimizers.SGD()).save(tmp_path / "a.h5")
    with pytest.raises(ValueError, match="not saved in training"):
        kit.resume(tmp_path / "a.h5", X, Y)


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path):
    whole = run_of(compiled(dense, kit.optimizers.Adam())).wait()
    model = compiled(dense, kit.optimizers.Adam())
    run_of(model, autosave=tmp_path / "a.h5", callbacks=[lambda record: record.step == 4 and model.run.stop()]).wait()
    resumed = kit.resume(tmp_path / "a.h5", X, Y).wait()
    assert resumed.history.steps == whole.steps
    assert_same(resumed, whole)


def test_an_interrupted_fit_in_the_foreground_is_resumed_too(tmp_path):
    def interrupt(record):
        if record.step == 5:
            raise KeyboardInterrupt

    torch.set_num_threads(1)
    options = {"epochs": 3, "batch_size": 8, "seed": 11, "verbose": 0}
    whole = compiled(dense, kit.optimizers.Adam())
    whole.fit(X, Y, **options)
    with pytest.raises(KeyboardInterrupt):
        compiled(dense, kit.optimizers.Adam()).fit(X, Y, callbacks=[interrupt], autosave=tmp_path / "a.h5", **options)
    resumed = kit.resume(tmp_path / "a.h5", X, Y).wait()
    assert resumed.history.epochs == whole.history.epochs
