"""What goes wrong in any batch makes a failed run that says why, and the last good states are kept."""

import random
import re
import threading

import numpy as np
import pytest
import torch

import kit
from tests.kit.training.test_resume import X, Y, assert_same, compiled, dense, run_of
from widgets import Monitor


class Rows(torch.utils.data.Dataset):
    """The samples; what `go_wrong` gives or raises comes in place of each target, from when there is one."""

    go_wrong = None

    def __len__(self) -> int:
        return len(X)

    def __getitem__(self, number: int):
        return X[number], self.go_wrong() if self.go_wrong else Y[number]


def out_of_memory() -> None:
    torch.empty(1 << 60)


def broken() -> None:
    raise ZeroDivisionError("division by zero")


def no_number() -> np.ndarray:
    return np.full(3, np.nan, "float32")


CAUSES = {  # where it goes wrong, what does, and what the monitor says
    "a callback that breaks": ("callback", broken, "ZeroDivisionError: division by zero"),
    "a callback without memory": ("callback", out_of_memory, "RuntimeError: .*allocate"),
    "a loss that breaks": ("loss", broken, "ZeroDivisionError: division by zero"),
    "a loss without memory": (
        "loss",
        out_of_memory,
        "memory was not enough for a batch of 8: .*MemoryError",
    ),
    "data that break": ("data", broken, "ZeroDivisionError: division by zero"),
    "data without memory": ("data", out_of_memory, "RuntimeError: .*allocate"),
    "data that are no numbers": ("data", no_number, "holds NaN or infinity in .*; replace them"),
    "a loss that is no number": ("loss", no_number, "he loss became NaN in epoch .*; lower the learning rate"),
}


def failed(cause: str, at: int, path) -> None:
    """A training in which this goes wrong in the batch after so many."""
    where, what, said = CAUSES[cause]
    rows, wrong = Rows(), []

    def loss(y, output):
        given = what() if wrong else None
        return ((y - output) ** 2).mean(-1) * (1 if given is None else float(given[0]))

    def callback(record) -> None:
        if record.step == at:
            rows.go_wrong = what if where == "data" else None
            wrong.extend([1] * (where == "loss"))
            if where == "callback":
                what()

    model = compiled(dense, kit.optimizers.Adam(0.01))
    model.compile("sgd", loss)
    words = {"epochs": 10**6, "batch_size": 8, "background": True, "autosave": path, "autosave_every": 0.0}
    run = model.fit(rows, callbacks=[callback], **words)
    with pytest.raises((ArithmeticError, MemoryError, RuntimeError, ValueError)):
        run.wait()
    monitor = Monitor(run)
    assert run.state == monitor.watching.status()["state"] == "failed"
    assert re.search(said, monitor.watching.status()["error"]["message"])
    monitor.close()
    found = kit.load(path, {"loss": loss})
    assert found.session.position.step <= run.history.steps
    assert all(np.isfinite(weight).all() for weight in found.get_weights())
    assert all(torch.isfinite(each).all() for mark in run.marks.values() for each in mark.snapshot.weights.values())
    assert all(np.isfinite(mark.values.get("loss", 0)) for mark in run.marks.values())


@pytest.mark.parametrize("cause", CAUSES)
def test_what_goes_wrong_is_a_failed_run_with_its_cause_and_its_last_good_states(cause, tmp_path):
    for at in (1, 5):
        failed(cause, at, tmp_path / "a.h5")


@pytest.mark.long
@pytest.mark.parametrize("cause", CAUSES)
def test_what_goes_wrong_in_any_of_50_batches_is_a_failed_run(cause, tmp_path, record_property):
    chance = random.Random(cause)
    for _ in range(50):
        failed(cause, chance.randrange(1, 40), tmp_path / "a.h5")
    record_property(cause, "50 times")


def test_a_widget_that_breaks_changes_nothing_of_the_run(until):
    straight = run_of(compiled(dense, kit.optimizers.Adam(0.01))).wait()
    gate, told = threading.Event(), []
    run = run_of(compiled(dense, kit.optimizers.Adam(0.01)), callbacks=[lambda record: gate.wait(60)])
    monitor = Monitor(run)
    monitor.watching.status = broken
    monitor.watching.carry = lambda message, buffers: told.append(str(message))
    gate.set()
    assert run.wait().state == "done"
    assert_same(run, straight)
    until(lambda: any("the run, which goes on: division by zero" in each for each in told))
    monitor.close()


def test_a_run_whose_loss_is_no_number_from_the_first_has_no_best_state():
    model = compiled(dense, "sgd")
    model.compile("sgd", lambda y, output: ((y - output) ** 2).mean(-1) * float("nan"))
    run = model.fit(X, Y, epochs=3, background=True)
    with pytest.raises(FloatingPointError):
        run.wait()
    assert "best" not in run.marks
