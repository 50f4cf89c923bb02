"""What the monitor says of a run that failed, at some batch."""

import time

import numpy as np
import pytest
import torch

import kit
from kit.layers import Dense, Input
from widgets.causes import cause

X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
Y = X.sum(1, keepdims=True)


class AtCall:
    """Raises an error at the n-th call."""

    def __init__(self, call, error):
        self.call, self.error, self.calls = call, error, 0

    def __call__(self, *given):
        self.calls += 1
        if self.calls == self.call:
            raise self.error
        return given[0]


def failed(loss="mse", layers=(), X=X, y=Y, optimizer="sgd", **options):
    """A run that has failed."""
    model = kit.Sequential([Input(4), *layers, Dense(1)])
    model.compile(optimizer, loss)
    run = model.fit(X, y, batch_size=16, epochs=50, seed=1, background=True, **options)
    while not run.ended:
        time.sleep(0.01)
    assert run.state == "failed"
    return run


def raising_loss(at):
    trap = AtCall(at, IndexError("no such class"))
    return lambda y, output: trap((output - y) ** 2)


class Rows(torch.utils.data.Dataset):
    """Samples whose row 40 cannot be read, from the third epoch on."""

    reads = 0

    def __len__(self):
        return 64

    def __getitem__(self, i):
        self.reads += 1
        if self.reads > 150 and i == 40:
            raise OSError("row 40 cannot be read")
        return X[i], Y[i]


class Broken(torch.nn.Module):
    """y = x, thirty times."""

    calls = 0

    def forward(self, x):
        self.calls += 1
        if self.calls > 30:
            raise ArithmeticError("it is worn out")
        return x


def stream():
    for start in (0, 16, 32):
        yield X[start : start + 16], Y[start : start + 16]
    raise ConnectionError("the line is dead")


@pytest.mark.parametrize(
    ("options", "begins", "ends"),
    [
        ({"callbacks": [AtCall(6, ZeroDivisionError("by zero"))]}, "A callback failed at step", "by zero"),
        ({"loss": raising_loss(9)}, "The loss or a metric failed at step", "no such class"),
        ({"X": Rows(), "y": None}, "Reading the data failed at step", "row 40 cannot be read"),
        ({"X": stream, "y": None}, "Reading the data failed at step", "the line is dead"),
        ({"augment": AtCall(7, KeyError("tilt"))}, "The augment function failed at step 7", "'tilt'"),
        ({"layers": [Broken()]}, "A layer failed at step", "it is worn out"),
    ],
    ids=["callback", "loss", "dataset", "generator", "augment", "layer"],
)
def test_the_cause_says_which_part_failed_and_where(options, begins, ends):
    run = failed(**options)
    told = cause(run)
    assert told["message"].startswith(begins)
    assert told["message"].endswith(ends)
    assert "raise" in told["where"]
    assert told["back"]["name"] in run.marks
    assert told["again"] is None


def test_after_a_nan_the_best_state_and_a_smaller_learning_rate_are_offered():
    def poisoned(record):
        if record.step == 22:
            model.optimizer.learning_rate = 1e30

    model = kit.Sequential([Input(4), Dense(1)])
    model.compile(kit.optimizers.SGD(0.01), "mse")
    run = model.fit(X, Y, batch_size=16, epochs=50, seed=1, background=True, callbacks=[poisoned])
    with pytest.raises(FloatingPointError):
        run.wait()
    told = cause(run)
    assert told["message"].startswith("The loss became NaN in epoch")
    assert told["back"] == {"name": "best", "step": 20}
    assert np.isfinite(run.marks["best"].values["loss"])
    assert told["again"]["settings"]["learning_rate"] < 1e30
    run.rollback(told["back"]["name"])
    assert np.isfinite(model.predict(X)).all()


def test_out_of_memory_is_said_in_words_and_smaller_batches_train_on():
    told = cause(run := failed(callbacks=[AtCall(10, MemoryError())]))
    assert told["message"].startswith(
        "The memory was not enough for a batch of 16: make the batches or the model smaller"
    )
    assert told["again"] == {"label": "with batches of 8", "settings": {"batch_size": 8}}
    branch = run.branch(told["back"]["name"], **told["again"]["settings"])
    branch.stop()
    assert branch.wait().session.next_batch_size == 8 or branch.session.batch_size == 8


def test_what_the_kit_refuses_is_shown_as_it_says_it():
    told = cause(failed(loss=lambda y, output: y * 0))
    assert told["message"].startswith("ValueError: the loss <lambda> does not depend on the outputs")


def test_a_failed_autosave_does_not_end_the_run(tmp_path):
    model = kit.Sequential([Input(4), Dense(1)])
    model.compile("sgd", "mse")
    (folder := tmp_path / "gone").mkdir()
    run = model.fit(X, Y, epochs=100_000, background=True, autosave=folder / "run.h5", autosave_every=0.01)
    folder.rename(tmp_path / "away")
    while run.autosave.error is None:
        run.wait(0.01)
    assert cause(run)["message"].startswith("The autosave failed, training goes on: ")
    assert run.state == "running"
    run.stop()
    run.wait()
