"""Copies of models, paths of files, and the little things people try first."""

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import kit
from kit.layers import BatchNormalization, Dense, Dropout

X = np.random.default_rng(0).normal(size=(40, 6)).astype("float32")
Y = np.eye(2)[(X.sum(1) > 0).astype(int)]


@pytest.fixture
def model() -> kit.Sequential:
    model = kit.Sequential([Dense(6, 8), BatchNormalization(), Dropout(0.2), Dense(8, 2, activation="softmax")])
    model.compile(kit.optimizers.SGD(0.1, momentum=0.9), "categorical_crossentropy")
    return model


def test_a_copy_of_a_trained_model_trains_on_by_itself_in_the_same_way(model):
    model.fit(X, Y, epochs=2, seed=1, verbose=0)
    twin = copy.deepcopy(model)
    before = model.predict(X)
    twin.fit(X, Y, epochs=2, seed=2, verbose=0)
    np.testing.assert_array_equal(model.predict(X), before)
    model.fit(X, Y, epochs=2, seed=2, verbose=0)
    np.testing.assert_array_equal(model.predict(X), twin.predict(X))


def test_a_model_can_be_copied_while_it_trains(model):
    run = model.fit(X, Y, epochs=100_000, background=True)
    twin = [copy.deepcopy(model) for _ in range(50)][-1]
    run.stop()
    run.wait()
    assert twin.run is None
    assert twin.predict(X).shape == (40, 2)


THERE = """
import pickle, sys
model, X, Y = pickle.load(sys.stdin.buffer)
model.fit(X, Y, epochs=2, seed=2, verbose=0)
sys.stdout.buffer.write(pickle.dumps(model.predict(X)))
"""


@pytest.mark.parametrize("trained", [False, True])
def test_a_model_goes_to_another_process_by_pickle_and_trains_on_there_in_the_same_way(model, trained: bool):
    if trained:
        model.fit(X, Y, epochs=2, seed=1, verbose=0)
    packed = pickle.dumps((model, X, Y))
    done = subprocess.run([sys.executable, "-c", THERE], input=packed, capture_output=True, check=True)
    model.fit(X, Y, epochs=2, seed=2, verbose=0)
    np.testing.assert_array_equal(pickle.loads(done.stdout), model.predict(X))


def test_a_graph_and_a_recurrent_model_can_be_pickled():
    words = kit.Input((7,), name="words")
    states = kit.layers.LSTM(4)(kit.layers.Embedding(20, 5)(words))
    graph = kit.Model(inputs=words, outputs=[Dense(2, activation="softmax")(states), Dense(1)(states)])
    graph.compile("rmsprop", ["categorical_crossentropy", "mse"])
    rows = np.random.default_rng(0).integers(1, 20, (12, 7))
    graph.fit(rows, [Y[:12], X[:12, :1]], epochs=1, verbose=0)
    for ours, theirs in zip(graph.predict(rows), pickle.loads(pickle.dumps(graph)).predict(rows), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_tilde_is_the_home_folder(model, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    model.save("~/model.h5")
    assert (tmp_path / "model.h5").exists()
    np.testing.assert_array_equal(kit.load(Path("~/model.h5")).predict(X), model.predict(X))


def test_what_is_no_path_is_said(model):
    with pytest.raises(TypeError, match="a file's path is a string"):
        model.save(3)


def test_an_activation_of_ones_own_is_asked_for_by_name(tmp_path):
    def twice(x: torch.Tensor) -> torch.Tensor:
        return 2 * x

    model = kit.Sequential([Dense(6, 3, activation=twice)])
    model.save(tmp_path / "a.h5")
    with pytest.raises(kit.storage.StorageError, match=r"'twice' is not known.*custom_objects"):
        kit.load(tmp_path / "a.h5")
    again = kit.load(tmp_path / "a.h5", custom_objects={"twice": twice})
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_a_model_without_layers_says_so():
    with pytest.raises(ValueError, match="no layer yet"):
        kit.Sequential().predict(X)


def test_one_callback_needs_no_list(model):
    seen = []
    model.fit(X, Y, verbose=0, callbacks=seen.append)
    assert [record.step for record in seen] == [1, 2]
    with pytest.raises(TypeError, match="a callback is a function"):
        model.fit(X, Y, verbose=0, callbacks=[3])


def test_validation_data_are_a_pair(model):
    with pytest.raises(ValueError, match=r"validation_data takes \(X, y\)"):
        model.fit(X, Y, verbose=0, validation_data=X)
