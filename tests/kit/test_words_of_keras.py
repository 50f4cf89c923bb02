"""Arguments of Keras: they work, change nothing where they would change nothing, or are told the way here."""

import numpy as np
import pytest

import kit
from kit import words_of_keras
from kit.callbacks import EarlyStopping, LearningRateScheduler, TensorBoard
from kit.layers import LSTM, Conv2D, Dense, Dropout, Embedding, Input, Lambda
from kit.optimizers import Adam
from kit.utils import to_categorical

X = np.random.default_rng(0).normal(size=(40, 5)).astype("float32")
Y = np.random.default_rng(1).integers(0, 3, 40)


def model() -> kit.Sequential:
    made = kit.Sequential([Dense(5, 3, activation="softmax")])
    made.compile("adam", "sparse_categorical_crossentropy")
    return made


def test_a_model_has_the_name_it_is_given_and_its_file_keeps_it(tmp_path) -> None:
    entrance = Input((5,))
    for made in (kit.Model(entrance, Dense(3)(entrance), name="mine"), kit.Sequential([Dense(5, 3)], name="mine")):
        made.save(tmp_path / "a.h5")
        assert (made.name, kit.load(tmp_path / "a.h5").name) == ("mine", "mine")


def test_to_categorical_takes_today_s_word_and_that_of_2015() -> None:
    expected = np.eye(10, dtype="float32")[Y]
    np.testing.assert_array_equal(to_categorical(Y, num_classes=10), expected)
    np.testing.assert_array_equal(to_categorical(Y, nb_classes=10), expected)


def test_steps_end_evaluate_and_predict() -> None:
    made = model()
    assert made.evaluate(X, Y, batch_size=8, steps=2) == pytest.approx(made.evaluate(X[:16], Y[:16]))
    np.testing.assert_array_equal(made.predict(X, batch_size=8, steps=2), made.predict(X[:16]))


def test_epochs_that_are_done_are_counted_and_not_done_again() -> None:
    made, rates = model(), []
    schedule = LearningRateScheduler(lambda epoch: rates.append(epoch) or 0.01)
    history = made.fit(X, Y, epochs=5, initial_epoch=3, callbacks=[schedule], verbose=0)
    assert (history.epoch, rates[:2], history.steps) == ([3, 4], [3, 4], 4)


@pytest.mark.parametrize("initial", [-1, 2, 0.5, True])
def test_an_initial_epoch_is_one_of_the_epochs(initial) -> None:
    with pytest.raises(ValueError, match=r"takes a whole number from 0 to 1: epochs=2 counts those that are done too"):
        model().fit(X, Y, epochs=2, initial_epoch=initial)


def test_a_scheduler_tells_the_rate(capsys) -> None:
    model().fit(X, Y, verbose=0, callbacks=[LearningRateScheduler(lambda epoch: 0.5, verbose=1)])
    assert "epoch 1: learning_rate = 0.5\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Input(shape=(5,), dtype="int32").shape, "(5,)"),
        (lambda: Conv2D(8, 3, data_format="channels_first"), "Conv2D(8, 3)"),
        (lambda: Embedding(100, 8, input_length=10), "Embedding(100, 8)"),
        (lambda: LSTM(3, implementation=2, unroll=False, time_major=False), "LSTM(3)"),
        (lambda: Lambda(abs, output_shape=(5,)), "Lambda(abs)"),
        (lambda: Adam(name="Adam", use_ema=False), "Adam()"),
        (lambda: EarlyStopping(baseline=None), "EarlyStopping()"),
        (lambda: model().compile("adam", "mse", run_eagerly=False, jit_compile="auto"), "None"),
    ],
)
def test_what_changes_nothing_is_left_out(make, text: str) -> None:
    assert repr(make()) == text


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Input((5,), batch_size=4), "^Input has no argument 'batch_size': leave it out; any number of samples"),
        (lambda: Input((5,), nme="a"), "^Input has no argument 'nme'; did you mean 'name'"),
        (lambda: kit.Sequential(nme="a"), "^Sequential has no argument 'nme'; did you mean 'name'"),
        (
            lambda: Conv2D(8, 3, data_format="channels_last"),
            r"\(n, channels, rows, columns\) here, .* numpy.moveaxis\(X, -1",
        ),
        (lambda: Dense(3, activity_regularizer="l1"), r"add a layer behind it: ActivityRegularization\(l1=0.01\)"),
        (lambda: LSTM(3, batch_input_shape=(None, 10, 8)), "give input_shape, without the axis of the samples"),
        (lambda: Dropout(0.5, seed=1), r"a training's randomness is its own: fit\(seed=1\)"),
        (lambda: model().fit(X, Y, validation_freq=2), "validation comes after each epoch"),
        (lambda: model().fit(X, Y, workers=4), "a torch DataLoader, which fit takes, has num_workers"),
        (lambda: model().compile("adam", "mse", run_eagerly=True), "how a step is computed is chosen by what is fast"),
        (lambda: TensorBoard("logs", histogram_freq=1), "losses and metrics are written"),
        (lambda: Adam(use_ema=True), "averages of the weights are not kept here"),
    ],
)
def test_what_is_said_otherwise_here_is_told_in_one_sentence(call, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: Dense(3, activity_regulariser="l1"), "bias_regularizer"),
        (lambda: model().fit(X, Y, epoch=3), "epochs"),
        (lambda: model().fit(X, Y, nb_epochs=3), "nb_epoch"),
    ],
)
def test_a_slip_is_told_today_s_word_unless_it_is_very_near_one_of_2015(call, word: str) -> None:
    with pytest.raises(TypeError, match=f"did you mean '{word}'"):
        call()


@pytest.mark.parametrize(
    "cls", [*kit.CATALOG.values(), *kit.optimizers.OPTIMIZERS.values()], ids=lambda cls: cls.__name__
)
def test_no_word_that_is_said_to_be_unknown_is_a_field(cls) -> None:
    assert not set(words_of_keras.ARGUMENTS) & set(cls.declaration)
