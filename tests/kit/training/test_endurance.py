"""Runs that are started, paused and stopped without end leave nothing behind."""

import gc
import os
import sys
import threading

import numpy as np
import pytest
import torch

import kit
from tests.kit.training.test_resume import X, Y, assert_same, compiled, dense, normalized, run_of

MIB = 1 << 20


def memory() -> int:
    """Bytes that the process holds."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cycle(until, folder) -> None:
    run = compiled(dense, kit.optimizers.Adam(0.01)).fit(
        X, Y, epochs=10**6, batch_size=8, background=True, autosave=folder / "a.h5", autosave_every=0.05
    )
    run.pause()
    until(lambda: run.state == "paused")
    run.set(learning_rate=0.02)
    run.resume()
    until(lambda: run.state == "running")
    run.stop()
    run.wait()


def cycled(times: int, folder, until) -> None:
    for _ in range(10):
        cycle(until, folder)
    gc.collect()
    before = memory(), threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(times):
        cycle(until, folder)
    gc.collect()
    until(lambda: threading.active_count() <= before[1])
    assert len(os.listdir("/proc/self/fd")) <= before[2]
    assert memory() - before[0] < 20 * MIB
    assert os.listdir(folder) == ["a.h5"]


needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="memory and descriptors are read from /proc")


@needs_proc
def test_start_pause_resume_stop_leaves_nothing_behind(tmp_path, until):
    cycled(20, tmp_path, until)


@needs_proc
@pytest.mark.long
def test_a_thousand_times_start_pause_resume_stop_leave_nothing_behind(tmp_path, until):
    cycled(1000, tmp_path, until)


@needs_proc
@pytest.mark.long
def test_a_million_steps_with_saves_take_no_more_memory_than_their_curve(tmp_path):
    model, held = compiled(dense, kit.optimizers.SGD(0.01)), {}

    def note(record) -> None:
        if record.step % 100_000 == 0:
            held[record.step] = memory()
        if record.step == 1_000_000:
            raise kit.callbacks.StopTraining

    fast = {"background": True, "autosave": tmp_path / "a.h5", "autosave_every": 0.02}
    model.fit(X, Y, epochs=10**6, batch_size=22, callbacks=[note], **fast).wait()
    curve = 2 * 8  # bytes a step: the loss and the accuracy
    growth = (held[1_000_000] - held[200_000]) / 8 - 100_000 * curve
    assert growth < 16 * MIB, "the lists of the epochs, and copies of the curve on their way to the file"


DISTURBANCES = {
    "random numbers": lambda model: (torch.manual_seed(0), torch.rand(5), np.random.seed(0)),
    "predict": lambda model: model.predict(X, batch_size=5),
    "evaluate": lambda model: model.evaluate(X, Y),
    "saving": lambda model: model.get_config(),
    "another model": lambda model: compiled(normalized, kit.optimizers.Adam()).fit(X, Y, verbose=0),
    "the default type": lambda model: (torch.set_default_dtype(torch.float64), torch.set_default_dtype(torch.float32)),
    "the number of threads": lambda model: (torch.set_num_threads(2), torch.set_num_threads(1)),
}


@pytest.mark.parametrize("disturbance", DISTURBANCES.values(), ids=DISTURBANCES)
@pytest.mark.parametrize("layers", [dense, normalized])
def test_what_other_cells_do_changes_nothing(layers, disturbance):
    alone = run_of(compiled(layers, kit.optimizers.Adam(0.01))).wait()
    model = compiled(layers, kit.optimizers.Adam(0.01))
    gate = threading.Semaphore(0)
    run = run_of(model, callbacks=[lambda record: gate.acquire(timeout=60)])
    while not run.ended:
        gate.release()
        disturbance(model)
    assert_same(run.wait(), alone)


class Rows(torch.utils.data.Dataset):
    """The samples; from when it is broken on, it gives none."""

    broken = False

    def __len__(self) -> int:
        return len(X)

    def __getitem__(self, number: int):
        if self.broken:
            raise MemoryError("not enough memory")
        return X[number], Y[number]


@pytest.mark.parametrize("at", [1, 4, 7])
@pytest.mark.parametrize("where", ["callback", "loss", "data"])
def test_an_error_in_any_batch_is_a_failed_run_with_its_cause_and_the_last_good_states(where, at, tmp_path):
    rows, broken = Rows(), []

    def loss(y, output):
        if broken:
            raise MemoryError("not enough memory")
        return ((y - output) ** 2).mean(-1)

    def breaks(record) -> None:
        if record.step == at:
            rows.broken = where == "data"
            broken.extend([1] * (where == "loss"))
            if where == "callback":
                raise MemoryError("not enough memory")

    model, path = compiled(dense, kit.optimizers.Adam(0.01)), tmp_path / "a.h5"
    model.compile("sgd", loss)
    given = (rows,) if where == "data" else (X, Y)
    run = model.fit(
        *given, epochs=10**4, batch_size=8, background=True, callbacks=[breaks], autosave=path, autosave_every=0.0
    )
    with pytest.raises(MemoryError, match="not enough memory"):
        run.wait()
    assert (run.state, "not enough memory" in run.traceback) == ("failed", True)
    assert "start" in run.marks
    assert kit.load(path, {"loss": loss}).session.position.step <= run.history.steps
