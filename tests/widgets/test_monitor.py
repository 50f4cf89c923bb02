import time

import numpy as np
import pytest

import kit
from kit.layers import Dense, Input
from widgets import Monitor


@pytest.fixture
def model():
    model = kit.Sequential([Input(4), Dense(8, activation="tanh"), Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


@pytest.fixture
def data():
    X = np.random.default_rng(0).normal(size=(64, 4))
    return X, X.sum(1, keepdims=True)


def until(condition, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def state(line) -> str | None:
    return (line.last("monitor", "status").get("run") or {}).get("state")


def test_the_points_that_arrive_are_the_history(wire, model, data):
    run = model.fit(*data, epochs=200, batch_size=8, background=True, validation_split=0.25)
    line = wire(Monitor(run))
    line.say({"part": "monitor", "type": "hello"})
    run.wait()
    until(lambda: state(line) == "done")
    until(lambda: len(line.points()["loss"][0]) == run.history.steps)
    held = line.points()
    np.testing.assert_array_equal(held["loss"][0], np.arange(1, run.history.steps + 1))
    np.testing.assert_allclose(held["loss"][1], run.history.batch("loss"), rtol=1e-6)
    np.testing.assert_allclose(held["mae"][1], run.history.batch("mae"), rtol=1e-6)
    np.testing.assert_array_equal(held["val_loss"][0], run.history.epoch_steps)
    np.testing.assert_allclose(held["val_loss"][1], run.history["val_loss"], rtol=1e-6)


def test_a_view_that_appears_late_gets_everything(wire, model, data):
    run = model.fit(*data, epochs=5, background=True).wait()
    line = wire(Monitor(run))
    line.sent.clear()
    line.say({"part": "monitor", "type": "hello"})
    assert state(line) == "done"
    assert len(line.points()["loss"][0]) == run.history.steps


def test_the_buttons_steer_the_run(wire, model, data):
    run = model.fit(*data, epochs=100_000, background=True)
    line = wire(Monitor(run))
    line.say({"part": "monitor", "type": "pause"})
    until(lambda: run.state == "paused")
    steps = run.step_count
    line.say({"part": "monitor", "type": "step", "batches": 3})
    until(lambda: run.step_count == steps + 3)
    line.say({"part": "monitor", "type": "set", "learning_rate": 0.02})
    line.say({"part": "monitor", "type": "resume"})
    until(lambda: run.step_count > steps + 3)
    assert run.model.optimizer.learning_rate == 0.02
    line.say({"part": "monitor", "type": "stop"})
    run.wait()
    assert run.state == "stopped"
    until(lambda: line.last("monitor", "points").get("marks") == [{"step": steps + 3, "label": "learning_rate = 0.02"}])


def test_an_impossible_learning_rate_is_refused_with_a_sentence(wire, model, data):
    run = model.fit(*data, epochs=100_000, background=True)
    line = wire(Monitor(run))
    for rate in (-1, "fast", None, True, float("nan")):
        line.sent.clear()
        line.panel._received(None, {"part": "monitor", "type": "set", "learning_rate": rate}, [])
        assert line.last("monitor", "refused")["message"]
    run.stop()
    run.wait()


def test_a_run_that_fails_is_told_with_its_cause(wire, model, data):
    def callback(record):
        raise RuntimeError("the callback broke")

    run = model.fit(*data, epochs=5, background=True, callbacks=[callback])
    line = wire(Monitor(run))
    line.say({"part": "monitor", "type": "hello"})
    until(lambda: state(line) == "failed")
    error = line.last("monitor", "status")["run"]["error"]
    assert error["message"] == "A callback failed at step 1: RuntimeError: the callback broke"
    assert error["where"].endswith('of callback: raise RuntimeError("the callback broke")')
    assert "in callback" in error["traceback"]
    assert error["back"] == {"name": "start", "step": 0}


def test_the_publisher_ends_with_the_run(wire, model, data):
    import threading

    run = model.fit(*data, epochs=2, background=True)
    Monitor(run)
    run.wait()
    until(lambda: not any(thread.name == f"hornbook monitor of {run.name}" for thread in threading.enumerate()))


def test_a_view_freezes_a_layer_gives_more_epochs_and_goes_to_the_end_of_one(wire, model, data):
    run = model.fit(*data, epochs=100_000, batch_size=16, background=True)
    line = wire(Monitor(run))
    line.say({"part": "monitor", "type": "set", "settings": {"epochs": 200_000, "trainable": {"dense_1": False}}})
    line.say({"part": "monitor", "type": "step_epoch"})
    until(lambda: state(line) == "paused" and run.step_count % 4 == 0)
    status = line.last("monitor", "status")["run"]
    assert status["epochs"] == 200_000
    assert status["layers"] == {"dense_1": False, "dense_2": True}
    line.say({"part": "monitor", "type": "set", "settings": {"trainable": {"dense_3": True}}})
    assert "did you mean 'dense_2'" in line.last("monitor", "refused")["message"]
    run.stop()
    run.wait()


def test_a_view_that_goes_back_gets_the_curve_that_is_left_and_one_that_branches_sees_the_new_run(wire, model, data):
    run = model.fit(*data, epochs=100_000, batch_size=16, background=True)
    line = wire(Monitor(run))
    line.say({"part": "monitor", "type": "hello"})
    line.say({"part": "monitor", "type": "mark", "name": "mine"})
    until(lambda: "mine" in run.marks)
    until(lambda: run.step_count > run.marks["mine"].step + 10)
    line.say({"part": "monitor", "type": "pause"})
    until(lambda: state(line) == "paused")
    line.say({"part": "monitor", "type": "rollback", "name": "mine"})
    step = run.marks["mine"].step
    until(lambda: len(line.points().get("loss", ([], []))[0]) == step)
    assert {"name": "mine", "step": step} in [
        {"name": mark["name"], "step": mark["step"]} for mark in line.last("monitor", "status")["run"]["held"]
    ]
    line.say({"part": "monitor", "type": "branch", "name": "mine"})
    branch = line.panel.run
    assert branch is not run
    until(lambda: (line.last("monitor", "status").get("run") or {}).get("parent") == {
        "run": run.name, "mark": "mine", "step": step,
    })  # fmt: skip
    run.resume()
    until(lambda: len(line.points()["parent loss"][0]) > step + 100)  # beyond the mark, while it goes on
    np.testing.assert_array_equal(
        line.points()["parent loss"][1][:step], run.history.batch("loss")[:step].astype("float32")
    )
    for each in (run, branch):
        each.stop()
        each.wait()


def test_a_target_is_told_with_the_epoch_that_reached_it_and_the_run_goes_on(wire, model, data):
    run = model.fit(*data, epochs=100_000, validation_split=0.25, background=True)
    line = wire(Monitor(run, notify=True, target=("val_loss", 0.5)))
    line.say({"part": "monitor", "type": "hello"})
    until(lambda: line.last("monitor", "status")["run"]["target"]["epoch"] is not None)
    told = line.last("monitor", "status")["run"]
    losses = run.history["val_loss"]
    first = next(epoch for epoch, loss in enumerate(losses, 1) if loss <= 0.5)
    assert told["target"] == {"metric": "val_loss", "value": 0.5, "rises": False, "epoch": first}
    assert told["notify"] is True
    assert run.state == "running"
    line.say({"part": "monitor", "type": "target", "metric": "acc", "value": 0.95})
    target = line.last("monitor", "status")["run"]["target"]
    assert target == {"metric": "accuracy", "value": 0.95, "rises": True, "epoch": None}
    line.say({"part": "monitor", "type": "target", "metric": "loss", "value": "low"})
    assert "it takes a finite number" in line.last("monitor", "refused")["message"]
    line.say({"part": "monitor", "type": "target", "metric": None})
    assert line.last("monitor", "status")["run"]["target"] is None
    run.stop()
    run.wait()


def test_an_error_in_the_monitor_is_told_and_does_not_touch_the_run(wire, model, data):
    run = model.fit(*data, epochs=100_000, background=True)
    line = wire(monitor := Monitor(run))
    monitor.watching.target = "no target"  # what no handler would let in
    until(lambda: "the monitor cannot show all" in line.last("monitor", "refused").get("message", ""))
    steps = run.step_count
    until(lambda: run.step_count > steps + 10)
    assert [message["type"] for message, _ in line.sent].count("refused") == 1
    monitor.watching.target = None
    line.sent.clear()
    line.say({"part": "monitor", "type": "hello"})
    assert state(line) == "running"
    run.stop()
    run.wait()


def test_a_branch_with_other_settings_is_made_from_the_monitor(wire, model, data):
    run = model.fit(*data, epochs=3, background=True).wait()
    line = wire(Monitor(run))
    line.say({"part": "monitor", "type": "branch", "name": "start", "settings": {"learning_rate": 0.002}})
    branch = line.panel.run
    assert branch.wait().model.optimizer.learning_rate == 0.002
    assert run.model.optimizer.learning_rate != 0.002
