"""Killed at a random instant of training or saving, a run is found again: nothing that was saved is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import kit
from tests.kit.training.test_resume import X, Y, compiled, dense

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 and fork are POSIX's")
ROOT = Path(__file__).parents[3]
STEPS = 2500  # more than a run makes before it is killed
WORDS = {"epochs": STEPS, "batch_size": 8, "seed": 11, "background": True}

PROGRAMS = """
import os, sys
sys.path.insert(0, sys.argv[2])
from kit.training.autosave import Autosave
from tests.kit.training.test_kills import WORDS, X, Y, compiled, dense, kit
write = Autosave.write
def acknowledged(saving, contents):
    write(saving, contents)
    assert saving.error is None
    os.write(1, b"%d\\n" % contents.steps)
compiled(dense, kit.optimizers.Adam(0.01)).fit(X, Y, verbose=0, autosave=sys.argv[1] + ".first")  # imports what is late
Autosave.write = acknowledged
for _ in sys.stdin:
    program = os.fork()
    if not program:
        model = compiled(dense, kit.optimizers.Adam(0.01))
        model.fit(X, Y, autosave=sys.argv[1], autosave_every=0.0, **WORDS).wait()
        os._exit(0)
    os.write(1, b"started %d\\n" % program)
    os.waitpid(program, 0)
    os.write(1, b"killed\\n")
"""


def straight() -> dict[int, list[np.ndarray]]:
    """The weights after each step of the run that nobody kills."""
    model, weights = compiled(dense, kit.optimizers.Adam(0.01)), {}

    def note(record) -> None:
        weights[record.step] = model.get_weights()
        if record.step == STEPS:
            raise kit.callbacks.StopTraining

    model.fit(X, Y, callbacks=[note], **WORDS).wait()
    return weights


def killed(times: int, path: Path) -> int:
    """Kills a training so often, each time one from the start; gives how many different saves it was found at."""
    chance, wanted, reached = random.Random(1), straight(), set()
    command = [sys.executable, "-c", PROGRAMS, str(path), str(ROOT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as programs:
        for _ in range(times):
            path.unlink(missing_ok=True)
            print("start", file=programs.stdin, flush=True)
            lines = [programs.stdout.readline()]
            while not lines[-1].startswith("started"):
                lines.append(programs.stdout.readline())
            while not path.exists():
                time.sleep(0.0005)
            time.sleep(chance.uniform(0, 0.1))
            os.kill(int(lines[-1].split()[1]), signal.SIGKILL)
            while lines[-1] != "killed\n":
                lines.append(programs.stdout.readline())
            saved = [int(line) for line in lines if line.strip().isdigit()]
            reached.add(resumed(path, max(saved, default=0), wanted))
    assert len(reached) > times // 10, "the kills came at the same instant"
    return len(reached)


def resumed(path: Path, acknowledged: int, wanted: dict[int, list[np.ndarray]]) -> int:
    """Opens the file, which holds what was saved, and goes on from it bit for bit; gives the step it was at."""
    after = []

    def end(record) -> None:
        after.append(record.step)
        if len(after) == 3:
            raise kit.callbacks.StopTraining

    run = kit.resume(path, X, Y, callbacks=[end], autosave_every=1000).wait()
    assert after[0] > acknowledged, "a save was lost"
    assert run.step_count == after[0] + 2
    assert all(map(np.array_equal, run.model.get_weights(), wanted[run.step_count]))
    return after[0] - 1


def test_a_training_killed_50_times_is_found_again_each_time(tmp_path):
    killed(50, tmp_path / "killed.h5")


@pytest.mark.long
def test_a_training_killed_500_times_is_found_again_each_time(tmp_path, record_property):
    record_property("different steps it was found at", killed(500, tmp_path / "killed.h5"))
