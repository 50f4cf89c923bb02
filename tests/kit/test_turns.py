"""While a training is at work beside a cell, Python's threads take short turns."""

import sys
import threading

import pytest

import kit
from kit.turns import EXACT, GET_TIMERSLACK, SHORT, same, short_turns, timer_slack
from tests.kit.training.test_resume import X, Y, compiled, dense


def test_turns_are_short_while_a_fit_is_at_work():
    before, seen = sys.getswitchinterval(), []
    model = compiled(dense, kit.optimizers.SGD())
    model.fit(X, Y, callbacks=[lambda record: seen.append(sys.getswitchinterval())], verbose=0)
    assert seen
    assert all(same(each, SHORT) for each in seen)
    assert sys.getswitchinterval() == before


def test_turns_are_short_while_any_run_is_at_work_and_then_as_before():
    before, seen, go = sys.getswitchinterval(), [], threading.Event()

    def look(record) -> None:
        seen.append(sys.getswitchinterval())
        go.wait(10)

    runs = [compiled(dense, kit.optimizers.SGD()).fit(X, Y, background=True, callbacks=[look]) for _ in range(2)]
    go.set()
    for run in runs:
        run.wait()
    assert seen
    assert all(same(each, SHORT) for each in seen)
    assert sys.getswitchinterval() == before


def test_turns_that_are_shorter_already_stay_and_what_is_set_meanwhile_is_kept():
    before = sys.getswitchinterval()
    try:
        sys.setswitchinterval(1e-6)
        with short_turns():
            assert same(sys.getswitchinterval(), 1e-6)
            sys.setswitchinterval(0.002)
        assert sys.getswitchinterval() == 0.002
    finally:
        sys.setswitchinterval(before)


def test_turns_within_turns_stay_short_until_the_last_ends():
    before = sys.getswitchinterval()
    with short_turns():
        with short_turns():
            assert same(sys.getswitchinterval(), SHORT)
        assert same(sys.getswitchinterval(), SHORT)
    assert sys.getswitchinterval() == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what Linux alone can be asked for")
def test_a_thread_is_woken_exactly_within_short_turns_and_afterwards_as_before():
    before = timer_slack(GET_TIMERSLACK)
    with short_turns():
        assert timer_slack(GET_TIMERSLACK) == EXACT
        with short_turns():
            pass
        assert timer_slack(GET_TIMERSLACK) == EXACT
    assert timer_slack(GET_TIMERSLACK) == before > EXACT
