"""Autosave: a training saves itself, at the start, every so often, and at the end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kit.training.trainable import Trainable


class Autosave:
    """Saves a model to a path between two batches; nothing where there is no path.

    every: seconds between two saves. error: what hindered the last one; training goes on without it.
    """

    def __init__(self, model: Trainable, path: Any, every: float) -> None:
        self.model, self.path, self.every = model, path, every
        self.error: Exception | None = None
        self.saved = time.monotonic()

    def now(self) -> None:
        """Saves; what hinders it is kept in `error`."""
        if self.path is None:
            return
        try:
            self.model.save(self.path)
            self.error = None
        except (OSError, ValueError) as error:
            self.error = error
        self.saved = time.monotonic()

    def if_due(self) -> None:
        """Saves where the last time is long enough ago."""
        if self.path is not None and time.monotonic() - self.saved > self.every:
            self.now()
