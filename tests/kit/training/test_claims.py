"""A file that a training at work saves itself to is known as such, elsewhere too, and only while that lives."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import h5py
import pytest

import kit
from kit.storage import claim
from kit.training.autosave import InUse
from tests.kit.training.test_autosave import LONG, run_of
from tests.kit.training.test_resume import X, Y, compiled, dense

pytestmark = pytest.mark.skipif(not claim.KNOWN, reason="this system has no locks of open files")
ROOT = Path(kit.__file__).parent.parent
OTHER = """
import sys, time, kit
from tests.kit.training.test_resume import X, Y, compiled, dense
run = compiled(dense, kit.optimizers.Adam(0.01)).fit(
    X, Y, epochs=10**6, seed=1, background=True, autosave=sys.argv[1], autosave_every=0.05)
while run.step_count < 50:
    time.sleep(0.01)
run.pause()
saved = False
while not saved:
    time.sleep(0.01)
    with run._condition:  # so that no save begins meanwhile
        saved = run.state == "paused" and not run.autosave.behind
run.autosave.wait()
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def elsewhere(tmp_path):
    """A process that trains and saves itself to the file that it is given with."""
    path = tmp_path / "a.h5"
    process = subprocess.Popen([sys.executable, "-c", OTHER, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout.readline() == "ready\n"
    yield process, path
    process.kill()
    process.wait()
    process.stdout.close()


def state_of(path):
    return kit.runs(path.parent)[0].state


def test_a_training_of_another_process_is_not_resumed_until_that_was_killed(elsewhere):
    process, path = elsewhere
    assert state_of(path) == "running"
    with pytest.raises(InUse, match="in this kernel or another, saves itself to"):
        kit.resume(path, X, Y)
    with pytest.raises(InUse):
        compiled(dense, kit.optimizers.Adam(0.01)).fit(X, Y, autosave=path, verbose=0)
    with h5py.File(path) as file:  # who only reads is not hindered
        assert "weights" in file
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert state_of(path) == "resumable"
    assert os.listdir(path.parent) == ["a.h5"]
    run = kit.resume(path, X, Y)
    assert state_of(path) == "running"
    run.stop()
    assert run.wait().step_count >= 1
    assert state_of(path) == "resumable"


def test_a_training_is_taken_over_where_that_is_wanted(elsewhere):
    _, path = elsewhere
    run = kit.resume(path, X, Y, take_over=True, autosave_every=0.0)
    run.stop()
    run.wait()
    assert run.autosave.error is None
    assert state_of(path) == "resumable"


def test_a_claim_passes_from_save_to_save_and_ends_with_the_run(tmp_path):
    path = tmp_path / "a.h5"
    run = run_of(compiled(dense, kit.optimizers.Adam(0.01)), epochs=LONG, autosave=path)
    run.pause()
    for _ in range(5):
        assert claim.claimed(path)
        run.autosave.now()
        run.autosave.wait()
    run.stop()
    run.wait()
    assert not claim.claimed(path)


def test_a_resume_or_a_fit_that_is_refused_claims_nothing(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise TypeError("after the file was claimed")

    path = tmp_path / "a.h5"
    model = compiled(dense, kit.optimizers.Adam(0.01))
    run_of(model, epochs=1, autosave=path).wait()
    with pytest.raises(ValueError, match="other data") as kept:
        kit.resume(path, X + 1, Y)
    assert not claim.claimed(path)
    monkeypatch.setattr("kit.training.trainable.Steering", refuse)
    line = {"step": 1, "what": "mark", "values": {"name": "a"}}
    for background in (True, False):
        with pytest.raises(TypeError, match="after the file was claimed") as also:
            model.fit(X, Y, autosave=path, background=background, verbose=0, log=[line])
        assert not claim.claimed(path)
        assert also.traceback is not kept.traceback  # both live, and with them what they hold


def test_nothing_else_is_saved_to_the_file_of_a_training_at_work(tmp_path):
    path = tmp_path / "a.h5"
    run = run_of(compiled(dense, kit.optimizers.Adam(0.01)), epochs=LONG, autosave=path, autosave_every=0.0)
    other = compiled(dense, kit.optimizers.Adam(0.01))
    for save in (run.model.save, run.save, other.save):
        with pytest.raises(InUse, match="is the file that a training at work saves itself to"):
            save(path)
    run.stop()
    assert run.wait().autosave.error is None
    assert kit.load(path).history.steps == run.step_count
    other.save(path)


def test_a_fit_that_is_refused_takes_nothing_of_the_one_before(tmp_path):
    model = compiled(dense, kit.optimizers.Adam(0.01))
    run_of(model, epochs=1).wait()
    history, session = model.history, model.session
    for wrong in ({"autosave": tmp_path / "nowhere" / "a.h5"}, {"validation_split": 1.0}):
        with pytest.raises((OSError, ValueError)):
            run_of(model, **wrong)
        assert (model.history, model.session) == (history, session)


def test_where_a_disk_has_no_locks_the_training_is_saved_all_the_same(tmp_path, monkeypatch):
    def refuse(descriptor):
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(claim, "lock", refuse)
    path = tmp_path / "a.h5"
    run = run_of(compiled(dense, kit.optimizers.Adam(0.01)), autosave=path).wait()
    assert (run.autosave.error, state_of(path)) == (None, "done")
    assert kit.resume(path, X, Y, epochs=5).wait().state == "done"
