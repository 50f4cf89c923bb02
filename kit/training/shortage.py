"""Shortage: a batch for which there was no memory, and what to do then."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

import torch

Result = TypeVar("Result")
SAID = ("can't allocate memory", "not enough memory", "out of memory")  # by torch, in a RuntimeError


def within_memory(compute: Callable[[], Result], samples: int) -> Result:
    """What is computed of a batch of so many samples.

    Raises MemoryError that proposes a smaller batch where there was no memory for it; what it held is given back.
    """
    try:
        return compute()
    except (MemoryError, RuntimeError) as error:
        if not is_shortage(error):
            raise
        traceback.clear_frames(error.__traceback__)  # they hold what was computed so far
        said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    advice = f"batch_size={samples // 2}" if samples > 1 else "a smaller model"
    raise MemoryError(f"there is no memory for a batch of {samples} samples; try {advice} ({said})")


def is_shortage(error: BaseException) -> bool:
    """Whether an error says that there is no memory."""
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or any(words in str(error) for words in SAID)
