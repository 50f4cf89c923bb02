"""Saving: arrays and a config into one sealed file."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from kit.storage import payload, seal
from kit.storage.claim import Claim
from kit.storage.config_text import to_text
from kit.storage.errors import explained
from kit.storage.replace import replace
from kit.turns import short_turns


@short_turns()
def write(
    path: str | os.PathLike[str],
    arrays: Mapping[str, np.ndarray],
    config: Mapping[str, Any],
    claim: Claim | None = None,
) -> None:
    """Save the arrays under their slash paths, and the config, to `path`; the file is replaced whole or not at all.

    claim: what a training holds of that file.
    Dtypes: bool, integers, float16, float32, float64. Equal content gives equal bytes.
    Raises StorageError for what a file cannot hold, OSError where the disk or the folder refuses.
    """
    name = os.fsdecode(path)
    whole = payload.build(arrays, to_text(config))
    body = whole[seal.SIZE :]
    try:
        replace(name, [seal.header(body), body], claim)
    except OSError as error:
        raise explained(error, f"{name} could not be saved", remedy(error)) from error


def remedy(error: OSError) -> str:
    """What to do about a failed save."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "make the folder first, or save somewhere else"
    if isinstance(error, PermissionError):
        return "change the permissions of the file and its folder, or save somewhere else"
    return "free some space or mend the disk, or save somewhere else"
