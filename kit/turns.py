"""Short turns of Python's threads while trainings are at work in some of them.

A training gives up the interpreter's lock at each of its many small operations on tensors, and gets it back from a busy
cell when that one's turn is over: after Python's 5 ms, in which it could have done 30 steps. With turns of 1 ms a small
model keeps half of its pace instead of a fifth, and the cell three quarters of its own. A copy of a training's state, and
a save, which gives up the lock in each call of the HDF5 library, take shorter turns still: they are over the sooner.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TRAINING, SAVING = 1e-3, 1e-5  # seconds
LOCK = threading.Lock()
WANTED: list[float] = []  # the turns that are wanted now
USUAL: list[float] = []  # and how long they were before


@contextmanager
def short_turns(seconds: float = TRAINING) -> Iterator[None]:
    """Within it turns are no longer than so; after the last they are as before, unless somebody has set them since."""
    change(WANTED.append, seconds)
    try:
        yield
    finally:
        change(WANTED.remove, seconds)


def change(how: Callable[[float], None], seconds: float) -> None:
    """Takes up, or drops, what is wanted, and sets the turns accordingly."""
    with LOCK:
        if not WANTED:
            USUAL[:] = [sys.getswitchinterval()]
        untouched = same(sys.getswitchinterval(), min(USUAL + WANTED))
        how(seconds)
        if untouched:
            sys.setswitchinterval(min(USUAL + WANTED))


def same(one: float, other: float) -> bool:
    """Whether they are equal to the microsecond, which is what Python keeps."""
    return abs(one - other) < 1.5e-6
