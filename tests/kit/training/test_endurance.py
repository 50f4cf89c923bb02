"""Runs that are started, paused and stopped without end leave nothing behind."""

import gc
import os
import threading

import numpy as np
import pytest
import torch

import kit
from kit.layers import Dense, Dropout, Input
from tests.kit.measured import MIB, memory, needs_proc
from tests.kit.training.test_resume import X, Y, assert_same, compiled, dense, normalized, run_of


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


def cycled(times: int, folder, until) -> float:
    """Starts, pauses, resumes and stops so often; gives how many MiB more are held than after the first ten."""
    for _ in range(10):
        cycle(until, folder)
    gc.collect()
    before = memory(), threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(times):
        cycle(until, folder)
    gc.collect()
    until(lambda: threading.active_count() <= before[1])
    assert len(os.listdir("/proc/self/fd")) <= before[2]
    assert os.listdir(folder) == ["a.h5"]
    grown = (memory() - before[0]) / MIB
    assert grown < 20
    return grown


@needs_proc
def test_start_pause_resume_stop_leaves_nothing_behind(tmp_path, until):
    cycled(20, tmp_path, until)


@needs_proc
@pytest.mark.long
def test_a_thousand_times_start_pause_resume_stop_leave_nothing_behind(tmp_path, until, record_property):
    record_property("MiB grown in 1,000 cycles", round(cycled(1000, tmp_path, until), 2))


def slope(steps: int, every: int, path) -> float:
    """Bytes a step by which the memory grows in a training of so many tiny steps, saved after every so many."""
    numbers = np.random.default_rng(0)
    inputs, targets = numbers.normal(size=(8000, 4)).astype("float32"), numbers.normal(size=(8000, 1))
    model, held, saves = kit.Sequential([Input(4), Dense(6, "tanh"), Dropout(0.4), Dense(1)]), {}, []
    model.compile("sgd(0.01)", "mse")

    def save(record) -> None:
        if record.step % every == 0:
            saving = model.run.autosave
            saving.now()
            saving.wait()
            assert saving.error is None
            saves.append(record.step)
        if record.step % (steps // 20) == 0:
            held[record.step] = memory()
        if record.step == steps:
            raise kit.callbacks.StopTraining

    model.fit(inputs, targets, epochs=steps, batch_size=8, background=True, callbacks=[save], autosave=path).wait()
    assert len(saves) == steps // every
    assert kit.load(path).history.steps == steps
    return float(np.polyfit(list(held)[4:], list(held.values())[4:], 1)[0])


@needs_proc
def test_a_training_with_many_saves_holds_little_more_than_before(tmp_path):
    assert slope(10_000, 50, tmp_path / "a.h5") < 1000


@needs_proc
@pytest.mark.long
def test_a_million_steps_with_ten_thousand_saves_take_a_megabyte_for_100_000_steps(tmp_path, record_property):
    grown = slope(1_000_000, 100, tmp_path / "a.h5") * 100_000 / 1e6
    record_property("MB grown in 100,000 steps, the curve among them", round(grown, 3))
    assert grown < 1


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
