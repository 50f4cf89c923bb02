"""What cannot be meant is refused in a sentence, and what can be meant in one way only is taken."""

import numpy as np
import pytest
import torch

import kit
from kit.callbacks import EarlyStopping
from kit.layers import BatchNormalization, Dense, Flatten, GroupNormalization, LayerNormalization, Normalization

X = np.random.default_rng(0).normal(size=(40, 6)).astype("float32")
C = np.random.default_rng(1).integers(0, 3, 40)


def model() -> kit.Sequential:
    made = kit.Sequential([Dense(6, 8, activation="relu"), Dense(8, 3, activation="softmax")])
    made.compile("adam", "sparse_categorical_crossentropy")
    return made


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "X is None; give an array of samples"),
        (np.ones((40, 6)) * 1j, "X holds complex numbers; give their parts"),
        (torch.ones(40, 6, dtype=torch.complex64), "X holds complex numbers; give their parts"),
        (np.array([[1, 2], [1]], dtype=object), "X is an array of objects and holds rows of different lengths"),
        (np.full((40, 6), "a", dtype=object), "X is an array of objects and holds 'a', no number; encode it"),
        (np.full((40, 6), None), "X is an array of objects and holds None, no number"),
    ],
)
def test_data_that_are_no_numbers_are_refused(data, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        model().fit(data, C, verbose=0)


def test_numbers_in_an_array_of_objects_are_numbers() -> None:
    assert model().fit(X.astype(object), C, verbose=0)["loss"]


def test_targets_in_a_list_of_one_array_are_those_targets() -> None:
    alone, listed = model(), model()
    listed.set_weights(alone.get_weights())
    assert listed.evaluate([X], [C]) == alone.evaluate(X, C)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"verbose": 7}, r"verbose=7\): it takes 0 \(silent\), 1 or 'auto' \(a bar\) or 2"),
        ({"shuffle": "batch"}, "shuffle='batch'.: it takes True or False"),
        ({"validation_split": 0.2, "validation_data": (X, C)}, "fit got validation_data and validation_split"),
        ({"steps_per_epoch": 0}, "steps_per_epoch takes a whole number of 1 or more"),
        ({"validation_split": "a fifth"}, "validation_split takes a number from 0 to 1"),
        ({"autosave_every": -1}, "autosave_every takes a number of 0 or more"),
        ({"autosave_every": "30 s"}, "autosave_every takes a number of 0 or more"),
        ({"augment": 3}, "augment=3: it takes an ImageDataGenerator, or a function"),
        ({"queue": 3}, r"queue=3\): it takes a kit.Queue"),
        ({"queue": kit.Queue()}, "only a training in the background waits"),
        ({"log": "run.log"}, "it takes the log of another run, run.log, not 'run.log'"),
        ({"log": [{"what": "set"}]}, "it takes the log of another run, run.log, not {'what': 'set'}"),
        ({"callbacks": "EarlyStopping"}, "a function that is called with each Record, not 'EarlyStopping'"),
        ({"callbacks": [EarlyStopping]}, r"not the class EarlyStopping; write EarlyStopping\(\)"),
    ],
)
def test_options_of_fit_that_mean_nothing_are_refused(words, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        model().fit(X, C, **words)


def test_what_is_no_list_of_weights_is_refused() -> None:
    made = model()
    with pytest.raises(TypeError, match="set_weights takes a list of arrays, as get_weights gives it, not 3"):
        made.set_weights(3)
    with pytest.raises(TypeError, match="takes a list of arrays, as get_weights gives it, not 3"):
        made.layers[0].set_weights(3)


def test_fit_with_the_bar_of_keras_shows_a_bar(capsys) -> None:
    model().fit(X, C, verbose="auto")
    assert "epoch 1/1" in capsys.readouterr().err


@pytest.mark.parametrize("heads", [1, 2])
def test_class_weights_for_what_are_no_classes_are_refused(heads: int) -> None:
    x = kit.Input(6)
    made = kit.Model(x, [Dense(1)(x) for _ in range(heads)])
    made.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"weighs the classes 0 to 1 of an output, but y holds 5; .* sample_weight"):
        made.fit(X, [np.full(40, 5.0)] * heads, class_weight={0: 1, 1: 5}, verbose=0)


def test_every_output_needs_a_loss() -> None:
    x = kit.Input(6)
    made = kit.Model(x, [Dense(1, name="size")(x), Dense(2, name="place")(x)])
    with pytest.raises(ValueError, match="the output 'place' has no loss; give each output one"):
        made.compile("sgd", ["mse", None])


@pytest.mark.parametrize(
    "first",
    [Normalization(), BatchNormalization(), LayerNormalization(), GroupNormalization(1), Flatten(), Dense(3)],
    ids=repr,
)
def test_samples_of_single_numbers_are_told_that_an_axis_is_missing(first) -> None:
    made = kit.Sequential([first, Dense(1)])
    made.compile("sgd", "mse")
    with pytest.raises(
        ValueError, match=r"needs an axis .*, but \(n,\) came; .* X\[:, None\] for samples of one number"
    ):
        made.fit(X[:, 0], X[:, 0], verbose=0)


def test_a_folder_that_is_not_there_is_told_so(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no folder '.*nofolder'; give one"):
        kit.runs(tmp_path / "nofolder")
