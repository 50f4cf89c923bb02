"""A training saves itself beside its work, and whatever goes wrong with the file, it goes on."""

import errno
import itertools
import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import kit
from kit.storage import read
from kit.training import autosave as module
from tests.kit.training.test_resume import X, Y, assert_same, compiled, dense

LONG = 100_000  # epochs that no test waits for
ROOT = Path(kit.__file__).parent.parent


def run_of(model, **options) -> kit.Run:
    return model.fit(X, Y, **{"epochs": 3, "batch_size": 8, "seed": 11, "background": True, **options})


@pytest.fixture(autouse=True)
def no_run_survives():
    yield
    for run in kit.runs():
        run.stop()
        run._thread.join(60)


@pytest.fixture
def model() -> kit.Sequential:
    return compiled(dense, kit.optimizers.Adam(0.01))


def threads(name: str) -> int:
    return sum(thread.name == name for thread in threading.enumerate())


def test_a_disk_that_hangs_does_not_hold_up_the_training(model, tmp_path, monkeypatch, until):
    """The write of a save waits for the test; the training goes on, and takes no second copy meanwhile."""
    disk, copies = threading.Event(), []
    run = run_of(model, epochs=LONG, autosave=tmp_path / "a.h5", autosave_every=0.0)
    true_fsync, true_copied = os.fsync, run.autosave.copied
    monkeypatch.setattr(os, "fsync", lambda descriptor: disk.wait(60) and true_fsync(descriptor))
    until(lambda: run.autosave.writer is not None)
    monkeypatch.setattr(run.autosave, "copied", lambda: copies.append(1) or true_copied())
    time.sleep(0.1)
    before = run.step_count
    copies.clear()
    until(lambda: run.step_count > before + 20)
    assert copies == []
    assert threads("hornbook autosave") == 1
    disk.set()
    run.stop()
    run.wait()
    assert read(tmp_path / "a.h5").config["session"]["step"] == run.step_count
    assert threads("hornbook autosave") == 0


@pytest.mark.parametrize("every", [float("inf"), 1e12])
def test_a_run_that_hardly_ever_saves_itself_can_rest(every, model, tmp_path, until):
    run = run_of(model, epochs=LONG, autosave=tmp_path / "a.h5", autosave_every=every)
    until(lambda: run.step_count > 5)
    run.pause()
    until(lambda: run.state == "paused")
    before = run.step_count
    run.step()
    until(lambda: run.step_count == before + 1)
    run.stop()
    assert run.wait().error is None
    assert read(tmp_path / "a.h5").config["session"]["step"] == run.step_count


def test_each_change_is_preceded_by_a_save(model, tmp_path, until):
    run = run_of(model, epochs=LONG, autosave=tmp_path / "a.h5", autosave_every=1000)
    run.pause()
    until(lambda: run.state == "paused")
    run.set(learning_rate=0.5)
    until(lambda: run.log)
    run.autosave.wait()
    config = read(tmp_path / "a.h5").config
    assert config["session"]["step"] == run.step_count
    assert config["compile"]["optimizer"]["config"]["learning_rate"] == 0.01


def test_a_file_that_was_replaced_by_something_else_is_left_and_told(model, tmp_path, until):
    path = tmp_path / "a.h5"
    run = run_of(model, epochs=LONG, autosave=path, autosave_every=0.01)
    run.pause()
    until(lambda: run.state == "paused")
    run.autosave.wait()
    (tmp_path / "other").write_text("mine")
    os.replace(tmp_path / "other", path)
    run.resume()
    until(lambda: run.autosave.error is not None)
    assert "was replaced by something else meanwhile and is left as it is" in str(run.autosave.error)
    assert path.read_text() == "mine"
    assert run.state == "running"
    path.unlink()
    until(lambda: run.autosave.error is None)
    run.stop()
    assert run.wait().state == "stopped"
    assert kit.load(path).history.steps == run.step_count


@pytest.mark.skipif(os.name != "posix", reason="a folder in use cannot be moved elsewhere")
def test_a_folder_that_goes_and_comes_back_is_saved_to_again(model, tmp_path, until):
    folder = tmp_path / "folder"
    folder.mkdir()
    run = run_of(model, epochs=LONG, autosave=folder / "a.h5", autosave_every=0.01)
    folder.rename(tmp_path / "away")
    until(lambda: run.autosave.error is not None)
    assert "make the folder first" in str(run.autosave.error)
    assert run.state == "running"
    folder.mkdir()
    until(lambda: run.autosave.error is None and (folder / "a.h5").exists())
    run.stop()
    run.wait()
    assert os.listdir(folder) == ["a.h5"]


def test_weights_that_are_no_numbers_are_not_saved_over_good_ones(model, tmp_path):
    path = tmp_path / "a.h5"
    run = run_of(model, epochs=LONG, autosave=path, autosave_every=0.0)
    run.set(learning_rate=1e38)
    with pytest.raises(FloatingPointError):
        run.wait()
    assert all(np.isfinite(weight).all() for weight in kit.load(path).get_weights())


FAULTS = ("open", "write", "fsync", "replace")


class Saves(kit.callbacks.Callback):
    """Saves after each batch, and keeps what hindered it."""

    def __init__(self) -> None:
        self.errors = []

    def __call__(self, record) -> None:
        self.model.run.autosave.now()
        self.model.run.autosave.wait()
        self.errors.append(self.model.run.autosave.error)


def with_a_fault(failing, number, path, monkeypatch):
    """A training whose call of this number fails, which saves at its start, after each batch and at its end.

    Gives the run, how many calls there were, and what hindered each save; no run where the first save did not succeed.
    """
    calls, saves, true_call = [], Saves(), getattr(os, failing)

    def fail(*arguments, **options):
        calls.append(arguments)
        if len(calls) == number:
            raise OSError(errno.EIO, "the disk is broken")
        return true_call(*arguments, **options)

    model = compiled(dense, kit.optimizers.Adam(0.01))
    with monkeypatch.context() as patch:
        patch.setattr(os, failing, fail)
        try:
            run = run_of(model, callbacks=[saves], autosave=path, autosave_every=1000).wait()
        except OSError:  # told before anything is trained in vain
            return None, len(calls), []
    return run, len(calls), [*saves.errors, run.autosave.error]


@pytest.mark.parametrize("failing", FAULTS)
def test_a_fault_at_any_call_of_the_disk_is_told_and_changes_nothing_of_the_training(failing, tmp_path, monkeypatch):
    straight, told = run_of(compiled(dense, kit.optimizers.Adam(0.01))).wait(), 0
    for number in itertools.count(1):
        run, calls, errors = with_a_fault(failing, number, tmp_path / "a.h5", monkeypatch)
        assert set(os.listdir(tmp_path)) <= {"a.h5"}
        if run is None:
            continue
        assert_same(run, straight)
        claiming = failing == "open" and number == 1  # claims the file, which hinders nothing
        assert sum(error is not None for error in errors) == (calls >= number and not claiming)
        assert kit.load(tmp_path / "a.h5").history.steps >= run.step_count - (errors[-1] is not None)
        told += calls >= number
        if calls < number:
            break
    assert told > run.step_count


def test_a_fault_in_a_run_is_an_error_of_its_file_alone(model, tmp_path, monkeypatch, until):
    straight = run_of(compiled(dense, kit.optimizers.Adam(0.01)), epochs=40).wait()
    run = run_of(model, epochs=40, autosave=tmp_path / "a.h5", autosave_every=0.0)

    def full(descriptor, data):
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        until(lambda: run.autosave.error is not None or run.ended)
        assert "free some space" in str(run.autosave.error)
    assert run.wait().state == "done"
    assert_same(run, straight)


def test_a_batch_that_breaks_off_is_not_saved(model, tmp_path):
    """The weights may have moved and the count not: the file keeps the state before."""

    def broken(y, output):
        calls.append(1)
        if len(calls) == 8:
            raise RuntimeError("the loss broke")
        return ((y - output) ** 2).mean(-1)

    calls: list[int] = []
    model.compile("sgd", broken)
    with pytest.raises(RuntimeError, match="the loss broke"):
        model.fit(X, Y, epochs=5, batch_size=8, verbose=0, autosave=tmp_path / "a.h5")
    assert read(tmp_path / "a.h5").config["session"]["step"] == 0


def test_the_place_of_a_file_tells_it_from_another(tmp_path):
    (tmp_path / "a").write_text("one")
    place = module.place_of(tmp_path / "a")
    assert place == module.place_of(tmp_path / "a")
    (tmp_path / "b").write_text("one")
    os.replace(tmp_path / "b", tmp_path / "a")
    assert module.place_of(tmp_path / "a") not in (place, None)
    assert module.place_of(tmp_path / "none") is None
