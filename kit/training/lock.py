"""The lock of a model: whoever waits for it gets it next, however fast the training thread comes back."""

import threading
from types import TracebackType


class FairLock:
    """Re-entrant. A waiter holds the turnstile, so that the last owner cannot pass it again before the waiter."""

    def __init__(self) -> None:
        self._turnstile = threading.Lock()
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        if self._lock._is_owned():  # type: ignore[attr-defined]
            self._lock.acquire()
            return
        with self._turnstile:
            self._lock.acquire()

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._lock.release()
