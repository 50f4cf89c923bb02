"""Batches that flow over the same data again and again."""

from collections.abc import Callable, Iterator

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]


class Flow:
    """Batches (X, y): each `for`, and each epoch of fit, is a new pass over all of them; next() goes on without end.

    pass_over: makes the batches of one pass. count: how many there are, which is its length.
    """

    def __init__(self, pass_over: Callable[[], Iterator[Pair]], count: int) -> None:
        self.pass_over, self.count = pass_over, count
        self.running: Iterator[Pair] | None = None

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Pair]:
        return self.pass_over()

    def __next__(self) -> Pair:
        batch = None if self.running is None else next(self.running, None)
        if batch is None:
            self.running = self.pass_over()
            batch = next(self.running)
        return batch
