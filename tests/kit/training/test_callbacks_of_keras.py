"""Callbacks as Keras has them are called where Keras calls them, beside Keras itself."""

import numpy as np
import pytest
import torch

import kit
from kit import Sequential
from kit.callbacks import Callback, EarlyStopping, LambdaCallback, ModelCheckpoint, ReduceLROnPlateau
from kit.layers import Dense
from tests.kit.keras_reference import keras

X = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")
Y = X.sum(1, keepdims=True)


def model() -> Sequential:
    made = Sequential([Dense(4, 1)])
    made.compile("sgd", "mse")
    return made


def told(base: type) -> tuple[list[tuple], object]:
    """A list, and a callback of a class that writes into it what it is told."""
    calls: list[tuple] = []

    class Tells(base):
        def on_train_begin(self, logs=None):
            calls.append(("train begin",))

        def on_epoch_begin(self, epoch, logs=None):
            calls.append(("epoch begin", epoch))

        def on_train_batch_end(self, batch, logs=None):
            calls.append(("batch end", batch, sorted(logs)))

        def on_epoch_end(self, epoch, logs=None):
            calls.append(("epoch end", epoch, sorted(logs)))

        def on_train_end(self, logs=None):
            calls.append(("train end", sorted(logs)))

    return calls, Tells()


@pytest.mark.parametrize("base", [object, Callback, keras.callbacks.Callback])
def test_the_methods_are_called_in_keras_s_order(base: type) -> None:
    calls, callback = told(base)
    model().fit(X, Y, epochs=2, batch_size=10, validation_split=0.2, verbose=0, callbacks=[callback])
    expected, theirs = told(keras.callbacks.Callback)
    reference = keras.Sequential([keras.layers.Dense(1)])
    reference.compile("sgd", "mse")
    reference.fit(X, Y, epochs=2, batch_size=10, validation_split=0.2, verbose=0, callbacks=[theirs])
    assert calls == expected


def test_a_callback_sees_the_model_and_may_end_the_training() -> None:
    class Ends(Callback):
        def on_epoch_end(self, epoch, logs):
            self.model.stop_training = epoch == 1

    made = model()
    assert len(made.fit(X, Y, epochs=9, verbose=0, callbacks=[Ends()]).epoch) == 2
    assert made.history.marks == [(2, "stopped by a callback")]
    assert len(made.fit(X, Y, epochs=3, verbose=0).epoch) == 3


def test_a_lambda_callback_calls_its_functions_in_the_background_too() -> None:
    seen = []
    callback = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append((epoch, logs["loss"])))
    history = model().fit(X, Y, epochs=2, callbacks=[callback], background=True).wait().history
    assert seen == list(enumerate(history["loss"]))
    assert repr(callback) == "LambdaCallback(on_epoch_end)"


def test_a_lambda_callback_takes_functions_alone() -> None:
    with pytest.raises(TypeError, match=r"on_epoch_end=3\): it takes a function"):
        LambdaCallback(on_epoch_end=3)


def test_a_method_for_which_there_is_no_moment_is_refused() -> None:
    class Early(Callback):
        def on_train_batch_begin(self, batch, logs=None):
            pass

    with pytest.raises(TypeError, match="has on_train_batch_begin, which is not called here"):
        model().fit(X, Y, callbacks=[Early()])


def test_a_resumed_training_begins_no_epoch_twice(tmp_path) -> None:
    calls, callback = told(Callback)
    saving = [lambda record: record.step == 1 and record.ended is None and made.save(tmp_path / "a.h5")]
    made = model()
    made.fit(X, Y, epochs=2, batch_size=10, verbose=0, callbacks=saving)
    kit.resume(tmp_path / "a.h5", X, Y, callbacks=[callback]).wait()
    assert [call[:2] for call in calls[1:4]] == [("batch end", 1), ("epoch end", 0), ("epoch begin", 1)]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (EarlyStopping("loss", 0.5, 3, 1, "min"), keras.callbacks.EarlyStopping("loss", 0.5, 3, 1, "min")),
        (ReduceLROnPlateau("loss", 0.5, 3, 1), keras.callbacks.ReduceLROnPlateau("loss", 0.5, 3, 1)),
    ],
    ids=["EarlyStopping", "ReduceLROnPlateau"],
)
def test_arguments_without_names_are_meant_as_in_keras(ours, theirs) -> None:
    for name in ("patience", "min_delta", "verbose"):
        assert getattr(ours, name) == abs(getattr(theirs, name))


def test_a_checkpoint_takes_keras_s_words_and_tells_where_it_saves(tmp_path, capsys) -> None:
    checkpoint = ModelCheckpoint(filepath=str(tmp_path / "{epoch:02d}.h5"), monitor="loss", verbose=1)
    model().fit(X, Y, verbose=0, callbacks=[checkpoint])
    assert (tmp_path / "01.h5").is_file()
    assert "epoch 1: saved to" in capsys.readouterr().out


@pytest.mark.parametrize("base", [object, Callback, keras.callbacks.Callback])
def test_a_callback_knows_what_the_training_was_asked_for(base: type) -> None:
    class Knows(base):
        def on_train_begin(self, logs=None):
            known.append((self.params["epochs"], self.params["steps"]))

    known: list[tuple] = []
    callback = Knows()
    for epochs in (2, 3):
        model().fit(X, Y, epochs=epochs, batch_size=10, verbose=0, callbacks=[callback])
    assert known == [(2, 2), (3, 2)]


def test_a_callback_may_take_what_was_asked_for_itself_and_keeps_what_is_its_own() -> None:
    class Takes(Callback):
        def set_params(self, params):
            super().set_params({**params, "mine": 1})

        def on_train_begin(self, logs=None):
            pass

    class Own:
        params = "its own"

        def on_train_begin(self, logs=None):
            pass

    takes, own = Takes(), Own()
    model().fit(X, Y, verbose=0, callbacks=[takes, own])
    assert takes.params == {"verbose": 0, "epochs": 1, "steps": 1, "mine": 1}
    assert own.params == "its own"


def test_numbers_that_a_callback_adds_are_in_the_history_and_seen_behind_it() -> None:
    class Scores(Callback):
        def on_epoch_end(self, epoch, logs):
            logs.update(tensor=torch.tensor(2), said="no number")
            if epoch:
                logs["val_f1"] = np.float32(1 / epoch)

    history = model().fit(X, Y, epochs=9, verbose=0, callbacks=[Scores(), EarlyStopping("tensor", patience=2)])
    assert history["tensor"] == [2.0, 2.0, 2.0]
    assert history["val_f1"] == [pytest.approx(np.nan, nan_ok=True), 1.0, 0.5]
    assert list(history) == ["epoch", "loss", "tensor", "val_f1"]
