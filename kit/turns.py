"""Short turns of Python's threads while trainings, or saves, are at work in some of them.

A training gives up the interpreter's lock at each of its many small operations on tensors, a save in each call of the
HDF5 library, and a busy cell that waits for it has it at once. They get it back when the cell's turn is over: after
Python's 5 ms, in which a small model could have done 30 steps. Shorter turns help only where the system wakes a thread
as exactly; Linux rounds to 50 microseconds unless a thread asks for better.
"""

import ctypes
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SHORT = 5e-6  # seconds
EXACT = 1  # nanosecond
SET_TIMERSLACK, GET_TIMERSLACK = 29, 30  # of Linux's prctl
LOCK = threading.Lock()
WANTED = 0  # how many threads want short turns now
USUAL = 0.0  # and how long they were before


@contextmanager
def short_turns() -> Iterator[None]:
    """Within it turns are short, and this thread is woken when they end.

    After the last they are as before, unless somebody has set them since.
    """
    change(+1)
    slack = timer_slack(GET_TIMERSLACK)
    timer_slack(SET_TIMERSLACK, EXACT)
    try:
        yield
    finally:
        timer_slack(SET_TIMERSLACK, max(slack, 0))  # 0 is the usual, should it not have been told
        change(-1)


def change(by: int) -> None:
    """One more, or one less, wants short turns."""
    global WANTED, USUAL
    with LOCK:
        if not WANTED:
            USUAL = sys.getswitchinterval()
        short = min(SHORT, USUAL)
        untouched = same(sys.getswitchinterval(), short if WANTED else USUAL)
        WANTED += by
        if untouched:
            sys.setswitchinterval(short if WANTED else USUAL)


def same(one: float, other: float) -> bool:
    """Whether they are equal to the microsecond, which is what Python keeps."""
    return abs(one - other) < 5e-7


def timer_slack(what: int, nanoseconds: int = 0) -> int:
    """Sets, or gives, by how much this thread may be woken late; 0 where that is not Linux's to say."""
    if not sys.platform.startswith("linux"):
        return 0
    return ctypes.pythonapi.prctl(what, ctypes.c_ulong(nanoseconds), 0, 0, 0)
