"""An interrupt of the notebook's cell (SIGINT) waits for the end of the batch, so that what is saved is whole."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def interrupted_between_batches() -> Iterator[Callable[[], None]]:
    """Within it, an interrupt is only noted; the function it gives, called between two batches, raises it.

    A second interrupt is raised at once. Elsewhere than in the main thread, and where somebody handles interrupts in
    another way, everything stays as it is.
    """
    standard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if threading.current_thread() is not threading.main_thread() or not standard:
        yield lambda: None
        return
    noted = False

    def note(number: int, frame: object) -> None:
        nonlocal noted
        if noted:
            raise KeyboardInterrupt
        noted = True

    def between_batches() -> None:
        if noted:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, note)
    try:
        yield between_batches
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
