"""Queue: runs that wait for their turn, so that so many at a time share the machine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import torch

from kit.fields import Field, whole

if TYPE_CHECKING:
    from kit.training.run import Run


class Queue:
    """Lets so many runs train at a time, in the order they came: `model.fit(..., background=True, queue=queue)`.

    The others are "waiting". A paused run keeps its place.
    workers: how many at a time; each gets its share of torch's threads.
    """

    def __init__(self, workers: int = 1) -> None:
        self.workers: int = Field("workers", whole(1)).convert(workers, "Queue")
        self.threads = max(1, torch.get_num_threads() // self.workers)
        self.runs: list[Run] = []  # at work, then waiting
        self.lock = threading.Lock()

    def enter(self, run: Run) -> None:
        """A run takes its place at the end."""
        with self.lock:
            self.runs.append(run)

    def admits(self, run: Run) -> bool:
        """Whether it is a run's turn."""
        with self.lock:
            return run in self.runs[: self.workers]

    def leave(self, run: Run) -> None:
        """A run is over; the next one is called."""
        with self.lock:
            self.runs.remove(run)
            called = self.runs[: self.workers]
        for other in called:
            other.wake()

    def __repr__(self) -> str:
        return f"<Queue of {self.workers} at a time: {', '.join(run.name for run in list(self.runs)) or 'empty'}>"
