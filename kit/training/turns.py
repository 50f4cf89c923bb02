"""Short turns of Python's threads while trainings are at work in some of them.

A training gives up the interpreter's lock at each of its many small operations on tensors, and gets it back from a busy
cell when that one's turn is over: after Python's 5 ms, in which it could have done 30 steps. With turns of 1 ms a small
model keeps half of its pace instead of a fifth, and the cell three quarters of its own.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

TURN = 0.001  # seconds
LOCK = threading.Lock()
AT_WORK: list[float] = []  # for each training, how long turns were before the first began


@contextmanager
def short_turns() -> Iterator[None]:
    """Within it turns are short; after the last they are as before, unless somebody has set them meanwhile."""
    with LOCK:
        before = AT_WORK[0] if AT_WORK else sys.getswitchinterval()
        AT_WORK.append(before)
        sys.setswitchinterval(min(before, TURN))
    try:
        yield
    finally:
        with LOCK:
            AT_WORK.pop()
            if not AT_WORK and sys.getswitchinterval() == min(before, TURN):
                sys.setswitchinterval(before)
