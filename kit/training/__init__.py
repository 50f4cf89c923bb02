"""Training: a generator of steps, a history of what came of them, and a run that drives it in the background."""

from kit.training.history import History
from kit.training.queue import Queue
from kit.training.resume import resume
from kit.training.run import Run, runs
from kit.training.steps import Record, steps

__all__ = ["History", "Queue", "Record", "Run", "resume", "runs", "steps"]
