"""Killed, ended or interrupted at a random instant, a training is found again: nothing that was saved is lost."""

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

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and fork are POSIX's")
ROOT = Path(__file__).parents[3]
WORDS = {"epochs": 10**6, "batch_size": 8, "seed": 11}

PROGRAMS = """
import os, signal, sys, time
sys.path.insert(0, sys.argv[2])
from kit.training.autosave import Autosave
from tests.kit.training.test_kills import WORDS, X, Y, compiled, dense, kit
write = Autosave.write
def acknowledged(saving, contents):
    write(saving, contents)
    assert saving.error is None
    os.write(1, b"saved %d\\n" % contents.steps)
compiled(dense, kit.optimizers.Adam(0.01)).fit(X, Y, verbose=0, autosave=sys.argv[1] + ".first")  # imports what is late
Autosave.write = acknowledged
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background of a shell it would be ignored
for end in sys.stdin:
    program = os.fork()
    if not program:
        fit = compiled(dense, kit.optimizers.Adam(0.01)).fit
        if end == "interrupt of fit\\n":
            fit(X, Y, verbose=0, autosave=sys.argv[1], autosave_every=1000, **WORDS)
        run = fit(X, Y, background=True, autosave=sys.argv[1], autosave_every=0.0, **WORDS)
        if end == "exit\\n":
            time.sleep(0.05)
            sys.exit(3)
        run.wait()
        os._exit(0)
    os.write(1, b"started %d\\n" % program)
    os.write(1, b"ended %d\\n" % os.waitpid(program, 0)[1])
"""

ENDS = {  # the signal, and what the system then says of the process; a core dump would be 128 more
    "kill": (signal.SIGKILL, 9),
    "SIGTERM": (signal.SIGTERM, 15),
    "interrupt": (signal.SIGINT, 2),
    "interrupt of fit": (signal.SIGINT, 2),
    "exit": (None, 3 << 8),
}


class Straight(dict[int, list[np.ndarray]]):
    """The weights after each step of the training that nobody ends, made as far as they are asked for."""

    def __init__(self) -> None:
        model = compiled(dense, kit.optimizers.Adam(0.01))
        notes = [lambda record: self.update({record.step: model.get_weights()})]
        self.run = model.fit(X, Y, background=True, callbacks=notes, **WORDS)
        self.run.pause()

    def __missing__(self, step: int) -> list[np.ndarray]:
        self.run.step(step)
        while step not in self:
            time.sleep(0.001)
        return self[step]


@pytest.fixture(scope="module")
def wanted():
    wanted = Straight()
    yield wanted
    wanted.run.stop()
    wanted.run.wait()


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The process that forks them; `path` is where they save."""
    path = tmp_path_factory.mktemp("ended") / "a.h5"
    command = [sys.executable, "-c", PROGRAMS, str(path), str(ROOT)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    one_thread = os.environ | {"OMP_NUM_THREADS": "1"}  # a fork waits for ever for those of OpenMP, which it has not
    with subprocess.Popen(command, text=True, env=one_thread, **pipes) as programs:
        programs.path = path
        yield programs
        programs.stdin.close()


def ended(how: str, times: int, programs, wanted: Straight) -> int:
    """Ends so many trainings, each at the start; gives how many different steps they were found at."""
    chance, reached, path = random.Random(1), set(), programs.path
    number, status = ENDS[how]
    for _ in range(times):
        path.unlink(missing_ok=True)
        print(how, file=programs.stdin, flush=True)
        program = int(heard(programs, "started")[-1][1])
        saves = 1 if how == "interrupt of fit" else chance.randrange(1, 30)
        said = [] if how == "exit" else [heard(programs, "saved")[-1] for _ in range(saves)]
        if number is not None:
            time.sleep(chance.uniform(0.01, 0.03))
            os.kill(program, number)
        said += heard(programs, "ended")
        assert said[-1][1] == str(status)
        saved = [int(step) for word, step in said if word == "saved"]
        reached.add(resumed(path, saved[-1], wanted))
    assert how != "kill" or len(reached) > times // 10, "they were killed at the same instant"
    return len(reached)


def heard(programs, last: str) -> list[list[str]]:
    """What the programs say, as [word, number], up to this word."""
    lines = [programs.stdout.readline().split()]
    while lines[-1][0] != last:
        lines.append(programs.stdout.readline().split())
    return lines


def resumed(path: Path, acknowledged: int, wanted: Straight) -> int:
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


@pytest.mark.parametrize(("how", "times"), [(how, 50 if how == "kill" else 5) for how in ENDS])
def test_a_training_that_is_ended_is_found_again_each_time(how, times, programs, wanted):
    ended(how, times, programs, wanted)


@pytest.mark.long
def test_a_training_killed_500_times_is_found_again_each_time(programs, wanted, record_property):
    record_property("different steps it was found at", ended("kill", 500, programs, wanted))


@pytest.mark.long
@pytest.mark.parametrize("how", [how for how in ENDS if how != "kill"])
def test_a_training_ended_50_times_is_found_again_each_time(how, programs, wanted, record_property):
    record_property(f"{how}, different steps it was found at", ended(how, 50, programs, wanted))
