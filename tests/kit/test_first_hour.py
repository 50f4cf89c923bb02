"""What people do in their first hour, and what must not go wrong without a word."""

import copy
import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch

import kit
from kit.layers import Activation, Dense, Flatten, Input

X = np.random.default_rng(0).normal(size=(40, 6)).astype("float32")
C = np.random.default_rng(1).integers(0, 3, 40)


def model() -> kit.Sequential:
    made = kit.Sequential([Input(6), Dense(8, activation="relu"), Dense(3, activation="softmax")])
    made.compile("adam", "sparse_categorical_crossentropy")
    return made


@pytest.mark.parametrize("module", [torch.nn.ReLU(), torch.nn.PReLU()], ids=repr)
def test_a_torch_module_as_activation_is_refused_not_ignored(module):
    for layer in (Dense, Activation):
        with pytest.raises(TypeError, match="add the module as a layer of its own"):
            layer(**({"units": 3} if layer is Dense else {}), activation=module)


def test_a_layer_frozen_after_it_was_built_stays_as_it_is_and_learns_again_when_thawed():
    made = model()
    first = made.layers[0]
    start = first.get_weights()
    first.trainable = False
    made.fit(X, C, verbose=0)
    assert all((a == b).all() for a, b in zip(start, first.get_weights(), strict=True))
    first.trainable = True
    made.fit(X, C, verbose=0)
    assert any((a != b).any() for a, b in zip(start, first.get_weights(), strict=True))


def test_a_function_with_a_built_ins_name_is_refused_before_a_file_mixes_them_up():
    def relu(x):
        return x * 0 + 7

    def mse(y_true, y_pred):
        return (y_true - y_pred).abs().mean(-1)

    with pytest.raises(TypeError, match="rename it"):
        Dense(3, activation=relu)
    with pytest.raises(TypeError, match="rename it"):
        model().compile("adam", mse)
    assert Dense(3, activation=torch.tanh).units == 3


def test_two_metrics_without_a_name_are_two():
    made = model()
    made.compile("adam", "mse", metrics=[lambda t, p: p.mean(-1), lambda t, p: -p.mean(-1)])
    history = made.fit(X, np.eye(3)[C], verbose=0)
    assert history["<lambda>"][0] == -history["<lambda>_2"][0]


def test_labels_that_do_not_suit_binary_crossentropy_are_said():
    made = kit.Sequential([Dense(6, 1, activation="sigmoid")])
    made.compile("adam", "binary_crossentropy")
    with pytest.raises(ValueError, match=r"y holds -1 to 1, but binary_crossentropy takes 0 and 1"):
        made.fit(X, np.where(C > 1, 1, -1), verbose=0)


def test_a_fit_within_a_fit_is_refused():
    made = model()
    with pytest.raises(RuntimeError, match="a fit of this model is at work"):
        made.fit(X, C, verbose=0, callbacks=lambda record: made.fit(X, C, verbose=0))
    made.fit(X, C, verbose=0)


def test_a_layer_cannot_take_the_name_of_one_of_the_kits():
    with pytest.raises(TypeError, match="has a layer Dense already"):
        type("Dense", (kit.Layer,), {"__module__": "notebook", "forward": lambda self, x: x})
    assert kit.CATALOG["Dense"] is Dense


def test_two_models_compiled_with_one_optimizer_are_steered_each_alone():
    optimizer = kit.optimizers.SGD(0.1)
    one, other = model(), model()
    for made in (one, other):
        made.compile(optimizer, "sparse_categorical_crossentropy")
    one.optimizer.learning_rate = 0.5
    assert other.optimizer.learning_rate == 0.1


def test_images_of_another_size_are_said_with_the_size_that_is_wanted():
    made = kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(3)])
    with pytest.raises(ValueError, match=r"the model takes \(n, 1, 8, 8\), but X is \(n, 1, 4, 8\)"):
        made.predict(np.zeros((2, 1, 4, 8)))


@pytest.mark.parametrize("seed", [1.5, "a", -1, 2**64, True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match="whole number"):
        model().fit(X, C, verbose=0, seed=seed)


@pytest.mark.parametrize("batches", [0, -1, 1.5, "x", True])
def test_a_run_steps_whole_batches(batches):
    run = model().fit(X, C, epochs=100_000, background=True)
    with pytest.raises(ValueError, match="whole number of 1 or more"):
        run.step(batches)
    run.stop()
    run.wait()


def test_a_run_cannot_wait_for_itself():
    made = model()
    run = made.fit(X, C, background=True, callbacks=lambda record: made.run.wait())
    with pytest.raises(RuntimeError, match="cannot wait for itself"):
        run.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts differ")
def test_an_interrupted_wait_waits_again():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may have it ignored
    made = model()
    run = made.fit(X, C, epochs=100_000, background=True)
    threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
    with pytest.raises(KeyboardInterrupt):
        run.wait()
    assert run.wait(timeout=0.1).state == "running"
    run.stop()
    assert run.wait().state == "stopped"


PROGRAM = """
import sys, threading, signal, os
import numpy as np, kit
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may have it ignored
model = kit.Sequential([kit.layers.Dense(4, 2)])
model.compile("sgd", "mse")
run = model.fit(np.zeros((64, 4)), np.zeros((64, 2)), epochs=10**7, background=True, autosave=sys.argv[1])
threading.Timer(1.0, os.kill, [os.getpid(), signal.SIGINT]).start()
run.wait()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts differ")
def test_a_script_interrupted_in_wait_ends_without_a_crash_and_saves(tmp_path):
    ended = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path / "a.h5")], capture_output=True, text=True)
    assert "KeyboardInterrupt" in ended.stderr
    assert "terminate called" not in ended.stderr
    assert ended.returncode in (1, 130, -signal.SIGINT)
    assert kit.load(tmp_path / "a.h5").history.steps > 0


def test_weights_cannot_be_loaded_into_a_model_that_trains(tmp_path):
    made = model()
    copy.deepcopy(made).save_weights(tmp_path / "a.h5")
    run = made.fit(X, C, epochs=100_000, background=True)
    with pytest.raises(RuntimeError, match="a run is training this model"):
        made.load_weights(tmp_path / "a.h5")
    run.stop()
    run.wait()
