"""A run: a training in the background, steered between two batches."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

import kit
from kit import Sequential
from kit.layers import Dense
from tests.kit.training.test_steps import network, same

LONG = 100_000  # epochs that no test waits for


class Gate:
    """A callback that lets so many batches pass."""

    def __init__(self, batches: int = 0) -> None:
        self.passes = threading.Semaphore(batches)

    def __call__(self, record: kit.Record) -> None:
        assert self.passes.acquire(timeout=60)

    def open(self, batches: int = 10**6) -> None:
        self.passes.release(batches)


def background(model: Sequential, blobs, **words) -> kit.Run:
    return model.fit(blobs.X, blobs.Y, **{"epochs": 4, "seed": 5, "batch_size": 16, "background": True, **words})


@pytest.fixture(autouse=True)
def no_run_survives():
    yield
    for run in kit.runs():
        run.stop()
        run._thread.join(60)


@pytest.fixture
def one_thread():
    """torch computes with one thread meanwhile, as a run does; with more, the last bit may be another."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_a_run_ends_with_the_weights_and_the_history_of_a_fit(blobs, one_thread: None) -> None:
    fitted, ran = network(), network()
    history = fitted.fit(blobs.X, blobs.Y, epochs=4, seed=5, batch_size=16, verbose=0, validation_split=0.25)
    run = background(ran, blobs, validation_split=0.25).wait()
    assert run.state == "done"
    assert same(fitted, ran)
    assert dict(run.history) == dict(history)


def test_fit_in_the_background_returns_at_once(blobs) -> None:
    gate = Gate()
    run = background(network(), blobs, callbacks=[gate])
    assert run.state == "running"
    assert not run.ended
    gate.open()
    assert run.wait().ended


def test_a_paused_run_ends_with_the_weights_of_an_unpaused_one(blobs, until) -> None:
    straight, paused = network(), network()
    background(straight, blobs).wait()
    gate = Gate(1)
    run = background(paused, blobs, callbacks=[gate])
    for _ in range(5):
        run.pause()
        gate.open(1)
        until(lambda: run.state == "paused" or run.ended)
        run.resume()
    gate.open()
    run.wait()
    assert same(straight, paused)


def test_a_run_that_goes_step_by_step_ends_with_the_same_weights(blobs, until) -> None:
    straight, stepped = network(), network()
    background(straight, blobs).wait()
    gate = Gate()
    run = background(stepped, blobs, callbacks=[gate])
    run.pause()
    gate.open()
    until(lambda: run.state == "paused")
    assert run.step_count == 1
    for step, batches in enumerate([1, 3, 2]):
        run.step(batches)
        until(lambda wanted=[2, 5, 7][step]: run.step_count == wanted and run.state == "paused")
    run.resume()
    run.wait()
    assert run.step_count == 24
    assert same(straight, stepped)


def test_a_paused_run_rests(blobs, until) -> None:
    run = background(network(), blobs, epochs=LONG)
    run.pause()
    until(lambda: run.state == "paused")
    steps, elapsed = run.step_count, run.elapsed
    until(lambda: True)
    threading.Event().wait(0.05)
    assert (run.step_count, run.elapsed) == (steps, elapsed)
    run.stop()
    assert run.wait().state == "stopped"


def test_stop_keeps_what_was_learned(blobs, until) -> None:
    model = network()
    before = model.get_weights()
    run = background(model, blobs, epochs=LONG)
    until(lambda: run.step_count > 3)
    run.stop()
    assert run.wait().state == "stopped"
    assert not all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert run.history.steps == run.step_count


def test_abort_restores_the_start_bit_for_bit(blobs, until) -> None:
    """Weights, running averages, the optimizer's state and count, and its fields; the next fit shows it."""
    aborted, untouched = (
        network(optimizer="SGD(0.1, momentum=0.9, decay=0.01)"),
        network(optimizer="SGD(0.1, momentum=0.9, decay=0.01)"),
    )
    for model in (aborted, untouched):
        model.fit(blobs.X, blobs.Y, verbose=0, seed=1)
    run = background(aborted, blobs, epochs=LONG)
    run.set(learning_rate=0.5, momentum=0.1)
    until(lambda: run.step_count > 3)
    run.abort()
    assert run.wait().state == "stopped"
    assert same(aborted, untouched)
    assert repr(aborted.optimizer) == repr(untouched.optimizer)
    for model in (aborted, untouched):
        model.fit(blobs.X, blobs.Y, verbose=0, seed=2)
    assert same(aborted, untouched)


@pytest.mark.parametrize("how", ["stop", "abort"])
def test_a_paused_run_can_be_ended(how: str, blobs, until) -> None:
    run = background(network(), blobs, epochs=LONG)
    run.pause()
    until(lambda: run.state == "paused")
    getattr(run, how)()
    assert run.wait(60).state == "stopped"


def test_what_is_asked_of_an_ended_run_changes_nothing(blobs) -> None:
    model = network()
    run = background(model, blobs).wait()
    before = model.get_weights()
    for ask in (run.pause, run.resume, run.step, run.stop, run.abort):
        ask()
    assert run.state == "done"
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_set_changes_the_optimizer_at_the_next_batch_and_leaves_a_mark(blobs, until) -> None:
    model = network()
    run = background(model, blobs, epochs=LONG)
    run.pause()
    until(lambda: run.state == "paused")
    step = run.step_count
    run.set(lr=0.25)
    run.step()
    until(lambda: run.step_count == step + 1)
    assert model.optimizer.learning_rate == 0.25
    assert run.history.marks == [(step, "learning_rate = 0.25")]


def test_set_takes_fields_that_are_no_numbers(blobs, until) -> None:
    model = network(optimizer="sgd")
    run = background(model, blobs, epochs=LONG)
    run.set(nesterov=True, clipnorm=None)
    until(lambda: len(run.history.marks) == 2)
    assert run.state == "running"
    assert [text for _, text in run.history.marks] == ["nesterov = True", "clipnorm = None"]


def test_set_to_momentum_has_an_effect_from_the_next_batch(blobs, until) -> None:
    changed, from_the_start = network(optimizer="sgd"), network(optimizer="SGD(momentum=0.9)")
    gate = Gate()
    run = background(changed, blobs, callbacks=[gate])
    run.set(momentum=0.9)  # before the second batch; the first has no velocity to keep anyway
    gate.open()
    run.wait()
    background(from_the_start, blobs).wait()
    assert [text for _, text in run.history.marks] == ["momentum = 0.9"]
    plain = network(optimizer="sgd")
    background(plain, blobs).wait()
    assert not same(changed, plain)


@pytest.mark.parametrize(("settings", "error", "message"), [
    ({"learning_rat": 1}, TypeError, "Run.set has no argument 'learning_rat'; did you mean 'learning_rate'?"),
    ({"learning_rate": -1}, ValueError, "learning_rate takes a number above 0"),
    ({"learning_rate": "fast"}, ValueError, "schedule 'fast' is not known"),
    ({"learning_rate": None}, ValueError, "learning_rate takes a number above 0"),
])  # fmt: skip
def test_a_setting_that_cannot_be_is_refused_at_once_and_the_run_goes_on(settings, error, message, blobs) -> None:
    run = background(network(), blobs, epochs=LONG)
    with pytest.raises(error) as caught:
        run.set(**settings)
    assert message in str(caught.value)
    assert run.state == "running"
    assert run.history.marks == []


def test_an_error_in_the_thread_is_data_and_is_not_printed(blobs, capfd) -> None:
    def fail(record: kit.Record) -> None:
        if record.step == 3:
            raise KeyError("mine")

    model = network()
    run = background(model, blobs, callbacks=[fail])
    with pytest.raises(KeyError, match="mine"):
        run.wait()
    assert run.state == "failed"
    assert isinstance(run.error, KeyError)
    assert "in fail" in run.traceback
    assert capfd.readouterr() == ("", "")


def test_a_model_whose_run_failed_can_be_trained_again(blobs) -> None:
    def fail(record: kit.Record) -> None:
        raise KeyError

    model = network()
    with pytest.raises(KeyError):
        background(model, blobs, callbacks=[fail]).wait()
    assert background(model, blobs).wait().state == "done"


def test_a_loss_that_becomes_nan_fails_with_what_to_do(blobs) -> None:
    model = Sequential([Dense(20, 8), Dense(8, 2)])
    model.compile("sgd(1e30)", "mse")
    run = background(model, blobs, epochs=LONG)
    with pytest.raises(FloatingPointError, match=r"the loss became NaN in epoch .; lower the learning rate"):
        run.wait()
    assert run.state == "failed"


def test_nothing_is_printed(blobs, capfd) -> None:
    background(network(), blobs).wait()
    assert capfd.readouterr() == ("", "")


def test_two_runs_at_once_end_as_each_alone(blobs) -> None:
    alone = [network(seed=seed) for seed in (1, 2)]
    together = [network(seed=seed) for seed in (1, 2)]
    for seed, model in enumerate(alone):
        background(model, blobs, epochs=20, seed=seed).wait()
    for run in [background(model, blobs, epochs=20, seed=seed) for seed, model in enumerate(together)]:
        run.wait()
    assert same(alone[0], together[0])
    assert same(alone[1], together[1])


def test_looking_at_a_model_while_it_trains_changes_nothing(blobs) -> None:
    watched, alone = network(), network()
    background(alone, blobs, epochs=30).wait()
    run = background(watched, blobs, epochs=30)
    looks = 0
    while not run.ended or looks < 3:
        watched.predict(blobs.X, batch_size=13)
        watched.evaluate(blobs.X, blobs.Y)
        watched.get_weights()
        watched.get_config()
        looks += 1
    run.wait()
    assert same(watched, alone)
    assert all(part.training for part in watched.module.modules())


def test_what_the_notebook_draws_meanwhile_changes_nothing(blobs) -> None:
    disturbed, alone = network(), network()
    background(alone, blobs, epochs=30).wait()
    run = background(disturbed, blobs, epochs=30)
    while not run.ended:
        torch.manual_seed(0)
        torch.rand(10)
    assert same(disturbed, alone)


REFUSED = {
    "fit": lambda m, s: m.fit(s.X, s.Y),
    "a second run": lambda m, s: m.fit(s.X, s.Y, background=True),
    "train": lambda m, s: m.train(s.X, s.Y),
    "compile": lambda m, s: m.compile("sgd", "mse"),
    "add": lambda m, s: m.add(Dense(3)),
}


@pytest.mark.parametrize("call", REFUSED.values(), ids=REFUSED)
def test_what_would_disturb_a_run_is_refused_with_what_to_do(call, blobs) -> None:
    model = network()
    background(model, blobs, epochs=LONG)
    with pytest.raises(RuntimeError, match=r"a run is training this model; stop it \(model.run.stop\(\)\) or wait"):
        call(model, blobs)


def test_a_model_can_be_trained_again_as_soon_as_its_run_is_over(blobs) -> None:
    model = network()
    for _ in range(20):
        assert background(model, blobs, epochs=1).wait().state == "done"
        model.train(blobs.X, blobs.Y)


def test_the_runs_of_the_process_are_listed_the_latest_first(blobs) -> None:
    first = background(network(), blobs, epochs=LONG)
    second = background(network(), blobs, epochs=LONG)
    assert kit.runs()[:2] == [second, first]
    assert len({run.name for run in kit.runs()}) == len(kit.runs())


def test_a_run_at_work_is_listed_though_nobody_holds_it(blobs) -> None:
    background(network(), blobs, epochs=LONG)
    assert any(not run.ended for run in kit.runs())


def test_progress_can_be_read_at_any_time(blobs, until) -> None:
    gate = Gate()
    run = background(network(), blobs, callbacks=[gate])
    assert (run.step_count, run.eta, run.throughput) == (0, None, 0.0)
    gate.open(4)
    until(lambda: run.step_count == 4)
    assert run.throughput > 0
    assert run.eta > 0
    assert (run.epochs, run.batches, run.steps) == (4, 6, 24)
    gate.open()
    run.wait()
    assert (run.eta, run.epoch) == (None, 4)
    assert repr(run).startswith("<Run done, epoch 4 of 4: loss ")


def test_wait_with_a_timeout_comes_back(blobs) -> None:
    run = background(network(), blobs, epochs=LONG)
    assert run.wait(0.01) is run
    assert not run.ended


EXIT = """
import numpy as np, kit
from kit.layers import Dense, Dropout
model = kit.Sequential([Dense(20, 8), Dropout(0.5), Dense(8, 2)])
model.compile("adam", "mse")
run = model.fit(np.ones((64, 20)), np.ones((64, 2)), epochs=10**9, background=True)
while run.step_count < 3: pass
{}
print("end")
"""


@pytest.mark.parametrize(
    "last",
    ["", "run.pause()\nwhile run.state != 'paused': pass", "del model, run"],
    ids=["running", "paused", "forgotten"],
)
def test_a_process_that_exits_with_a_run_at_work_ends_cleanly(last: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", EXIT.format(last)],
        capture_output=True, text=True, timeout=120, cwd=Path(kit.__file__).parent.parent, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "end\n", "")


def test_an_error_in_the_main_program_is_shown_though_a_run_is_at_work() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EXIT.format("1 / 0")],
        capture_output=True, text=True, timeout=120, cwd=Path(kit.__file__).parent.parent, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip().endswith("ZeroDivisionError: division by zero")


def test_a_run_leaves_the_number_of_threads_to_others(blobs) -> None:
    before = torch.get_num_threads()
    background(network(), blobs).wait()
    assert torch.get_num_threads() == before
