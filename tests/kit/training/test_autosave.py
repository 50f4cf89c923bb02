"""A training saves itself beside its work, and whatever goes wrong with the file, it goes on."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch

import kit
from kit.storage import read
from kit.training import autosave as module
from kit.training.autosave import Autosave
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


@pytest.mark.parametrize("failing", FAULTS)
def test_a_fault_at_any_call_of_the_disk_is_told_and_the_next_save_comes_through(failing, model, tmp_path, monkeypatch):
    model.fit(X, Y, epochs=1, verbose=0)
    path = tmp_path / "a.h5"
    saving = Autosave(model, path, 0.0)
    saving.begin()
    for number in range(1, 20):
        old, calls = path.read_bytes(), []
        true_call = getattr(os, failing)

        def fail(*arguments, number=number, calls=calls, true_call=true_call, **options):
            calls.append(arguments)
            if len(calls) == number:
                raise OSError(errno.EIO, "the disk is broken")
            return true_call(*arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(os, failing, fail)
            saving.now()
            saving.wait()
        if len(calls) < number:
            break
        assert isinstance(saving.error, OSError)
        assert os.listdir(tmp_path) == ["a.h5"]
        late = failing in ("open", "fsync") and number == 2  # the folder's, after the rename
        assert late or path.read_bytes() == old
        module_saves(saving)
    assert number > 1
    assert saving.error is None


def module_saves(saving: Autosave) -> None:
    """The next save comes through, whatever came before."""
    saving.now()
    saving.wait()
    assert saving.error is None
    kit.load(saving.path)


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


INTERRUPTED = """
import sys, os, signal, threading, time
sys.path.insert(0, sys.argv[2])
from tests.kit.training.test_resume import X, Y, compiled, dense, kit
model = compiled(dense, kit.optimizers.Adam(0.01))
def interrupt():
    while model.history.steps < 5: time.sleep(0.0001)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    model.fit(X, Y, epochs=100_000, batch_size=8, seed=11, verbose=0, autosave=sys.argv[1])
except KeyboardInterrupt:
    print(model.history.steps)
"""


@pytest.mark.skipif(os.name != "posix", reason="an interrupt is sent as POSIX does")
def test_an_interrupt_in_the_middle_of_a_batch_leaves_a_file_that_goes_on_bit_for_bit(tmp_path):
    torch.set_num_threads(1)
    for number in range(3):
        path = tmp_path / f"{number}.h5"
        done = subprocess.run(
            [sys.executable, "-c", INTERRUPTED, str(path), str(ROOT)],
            capture_output=True, text=True, timeout=120, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        steps = int(done.stdout)
        assert kit.load(path).history.steps == steps
        model = compiled(dense, kit.optimizers.Adam(0.01))
        straight = run_of(model, epochs=100_000, callbacks=[ends(steps + 7)])
        assert_same(kit.resume(path, X, Y, callbacks=[ends(steps + 7)]).wait(), straight.wait())


def ends(step: int):
    """A callback that ends the training after a batch."""

    def callback(record) -> None:
        if record.step == step:
            raise kit.callbacks.StopTraining

    return callback


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


TERMINATED = """
import sys
sys.path.insert(0, sys.argv[2])
from tests.kit.training.test_resume import X, Y, compiled, dense, kit
model = compiled(dense, kit.optimizers.Adam(0.01))
run = model.fit(X, Y, epochs=10**9, batch_size=8, seed=11, background=True, autosave=sys.argv[1], autosave_every=0.01)
while run.step_count < 20: pass
print("ready", flush=True)
{}
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize(
    ("last", "number", "code"),
    [("run.wait()", signal.SIGTERM, -15), ("run.wait()", signal.SIGINT, -2), ("sys.exit(3)", None, 3)],
    ids=["SIGTERM", "interrupt", "exit"],
)
def test_a_process_that_is_ended_with_a_run_at_work_leaves_a_file_that_opens(last, number, code, tmp_path):
    command = [sys.executable, "-c", TERMINATED.format(last), str(tmp_path / "a.h5"), str(ROOT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout.readline() == "ready\n"
        if number is not None:
            program.send_signal(number)
        program.wait(60)
    assert program.returncode == code
    assert kit.load(tmp_path / "a.h5").session.position.step > 0
    assert len([name for name in os.listdir(tmp_path) if not name.endswith(".tmp")]) == 1
