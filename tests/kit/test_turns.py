"""While a training is at work beside a cell, Python's threads take short turns."""

import sys
import threading

import kit
from kit.turns import SAVING, TRAINING, short_turns
from tests.kit.training.test_resume import X, Y, compiled, dense


def test_turns_are_short_while_any_run_is_at_work_and_then_as_before():
    before, seen, go = sys.getswitchinterval(), [], threading.Event()

    def look(record) -> None:
        seen.append(sys.getswitchinterval())
        go.wait(10)

    runs = [compiled(dense, kit.optimizers.SGD()).fit(X, Y, background=True, callbacks=[look]) for _ in range(2)]
    go.set()
    for run in runs:
        run.wait()
    assert set(seen) == {TRAINING}
    assert sys.getswitchinterval() == before


def test_turns_that_are_shorter_already_stay_and_what_is_set_meanwhile_is_kept():
    before = sys.getswitchinterval()
    try:
        sys.setswitchinterval(0.0005)
        with short_turns():
            assert sys.getswitchinterval() == 0.0005
            sys.setswitchinterval(0.002)
        assert sys.getswitchinterval() == 0.002
    finally:
        sys.setswitchinterval(before)


def test_the_shortest_turns_of_those_that_are_wanted_hold():
    before = sys.getswitchinterval()
    with short_turns():
        with short_turns(SAVING):
            assert round(sys.getswitchinterval(), 6) == SAVING
        assert sys.getswitchinterval() == TRAINING
    assert sys.getswitchinterval() == before
