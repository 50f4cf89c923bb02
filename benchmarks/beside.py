"""The kernel's half of benchmarks.live: trainings by turns, alone and in the background with their monitor."""

from __future__ import annotations

import statistics
import threading
import time
from typing import Any

import torch

from benchmarks.models_of_kit import model
from benchmarks.works import WORKS

EPOCHS = {"W1": 400, "W3": 12}  # in a round of about four seconds


class Rounds:
    """A work trained again and again, in a thread, so that the kernel is as free as in a notebook.

    alone, watched: (seconds on the clock, processor seconds of the kernel) of each round.
    """

    def __init__(self, name: str) -> None:
        torch.set_num_threads(1)
        self.work, self.data = WORKS[name], WORKS[name].data()
        self.model = model(self.work)
        self.alone: list[tuple[float, float]] = []
        self.watched: list[tuple[float, float]] = []
        self.at_work: threading.Thread | None = None

    def fit(self, **words: Any) -> Any:
        return self.model.fit(*self.data, self.work.batch, epochs=EPOCHS[self.work.name], verbose=0, **words)

    def start(self, watching: Any, rounds: int, alone: bool = True) -> None:
        """Trains so many rounds. watching: what of the monitor shows a run. alone: whether in the foreground too."""
        self.alone, self.watched = self.alone if not alone else [], []

        def turns() -> None:
            torch.set_num_threads(1)
            self.fit()
            for _ in range(rounds):
                if alone:
                    self.alone.append(timed(self.fit))
                self.watched.append(timed(lambda: self.watch(watching)))

        self.at_work = threading.Thread(target=turns)
        self.at_work.start()

    def watch(self, watching: Any) -> None:
        run = self.fit(background=True)
        watching.watch(run)
        run.wait()

    def busy(self) -> None:
        """Pure Python, until the rounds are over."""
        while self.at_work is not None and self.at_work.is_alive():
            pass

    def told(self) -> str:
        """Time of a watched round / time of one alone: on the clock and of the processor."""
        ratios = [
            [watched[i] / (self.alone[turn] if len(self.alone) > turn else self.alone[-1])[i] for i in (0, 1)]
            for turn, watched in enumerate(self.watched)
        ]
        clock, processor = zip(*ratios, strict=True)
        return (
            f"clock {statistics.median(clock):.3f} ({min(clock):.3f}-{max(clock):.3f}), "
            f"processor {statistics.median(processor):.3f} ({min(processor):.3f}-{max(processor):.3f})"
        )


def timed(action: Any) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - clock, time.process_time() - processor
