"""Runs that wait for their turn, and those that wait on the disk."""

import numpy as np
import pytest
import torch

import kit
from tests.kit.training.test_resume import X, Y, assert_same, compiled, dense

LONG = 100_000  # epochs that no test waits for


def run_of(**options) -> kit.Run:
    model = compiled(dense, kit.optimizers.Adam(0.01))
    return model.fit(X, Y, **{"epochs": 3, "batch_size": 8, "seed": 11, "background": True, **options})


@pytest.fixture(autouse=True)
def no_run_survives():
    yield
    for run in kit.runs():
        run.stop()
        run._thread.join(60)


@pytest.mark.parametrize("workers", [1, 2])
def test_so_many_runs_train_at_a_time_in_the_order_they_came(workers: int, until):
    queue = kit.Queue(workers)
    runs = [run_of(queue=queue, epochs=LONG) for _ in range(4)]
    for first in range(4):
        at_work = runs[first : first + workers]
        until(lambda at_work=at_work: all(run.state == "running" and run.step_count for run in at_work))
        assert [run.state for run in runs[first + workers :]] == ["waiting"] * max(0, 4 - first - workers)
        assert all(run.step_count == 0 for run in runs[first + workers :])
        runs[first].stop()
        runs[first].wait()
    assert repr(queue) == f"<Queue of {workers} at a time: empty>"


def test_a_run_that_waited_is_the_run_that_did_not():
    queue, alone = kit.Queue(), run_of().wait()
    for run in [run_of(queue=queue) for _ in range(3)]:
        assert_same(run.wait(), alone)


def test_a_run_keeps_its_threads_though_others_are_asked_for_before_it_begins(until):
    queue, threads, counted = kit.Queue(), torch.get_num_threads(), []
    first = run_of(queue=queue, epochs=LONG)
    second = run_of(queue=queue, callbacks=[lambda record: counted.append(torch.get_num_threads())])
    until(lambda: second.state == "waiting")
    torch.set_num_threads(threads + 1)  # in this thread
    first.stop()
    second.wait()
    torch.set_num_threads(threads)
    assert set(counted) == {queue.threads}


def test_a_waiting_run_can_be_ended_and_what_failed_makes_room(until):
    def fail(record) -> None:
        raise KeyError("mine")

    queue = kit.Queue()
    first, second = run_of(queue=queue, epochs=LONG), run_of(queue=queue)
    second.stop()
    assert second.wait(60).state == "stopped"
    assert (second.step_count, first.state) == (0, "running")
    first.stop()
    failing, last = run_of(queue=queue, callbacks=[fail]), run_of(queue=queue)
    assert last.wait(60).state == "done"
    assert failing.state == "failed"


def test_only_a_background_training_waits():
    with pytest.raises(ValueError, match="say background=True"):
        run_of(queue=kit.Queue(), background=False)
    with pytest.raises(ValueError, match=r"Queue\(workers=0\): workers takes a whole number of 1 or more"):
        kit.Queue(0)


def test_the_trainings_of_a_folder_are_told_without_loading_them(tmp_path):
    done = run_of(autosave=tmp_path / "done.h5").wait()

    def stop(record) -> None:
        if record.step == 4:
            raise KeyError

    half = run_of(autosave=tmp_path / "half.h5", autosave_every=0.0, callbacks=[stop])
    with pytest.raises(KeyError):
        half.wait()
    (tmp_path / "other.h5").write_bytes(b"something else")
    done.model.save_weights(tmp_path / "weights.h5")
    told = {run.path.name: run for run in kit.runs(tmp_path)}
    assert set(told) == {"done.h5", "half.h5"}
    assert (told["done.h5"].state, told["done.h5"].epoch, told["done.h5"].step) == ("done", 3, done.step_count)
    assert (told["half.h5"].state, told["half.h5"].epochs) == ("resumable", 3)
    assert told["done.h5"].values["loss"] == done.history["loss"][-1]
    assert list(told["done.h5"].losses) == done.history["loss"]
    assert told["half.h5"].fingerprint == told["done.h5"].fingerprint == done.session.fingerprint
    assert told["half.h5"].code == f"kit.resume({str(tmp_path / 'half.h5')!r}, X, y)"
    resumed = eval(told["half.h5"].code, {"kit": kit, "X": X, "y": Y})
    assert np.isfinite(resumed.wait().history["loss"]).all()
