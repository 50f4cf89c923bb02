"""Weights in the safetensors format, under the names of torch's state_dict."""

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

from torch import Tensor

from kit.models import Model
from kit.storage.foreign.hdf5 import refusal
from kit.storage.foreign.obstacles import refuse_all

MAX_HEADER = 1 << 24  # bytes
MAX_TENSORS = 100_000
PREFIX = "layers."


def header(file: BinaryIO, name: str) -> dict[str, Any]:
    """The table at the beginning of the file. StorageError where it is none."""
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= MAX_HEADER:
        raise refusal(name, f"its header would have {length} bytes; safetensors with up to {MAX_HEADER} are read")
    try:
        table = json.loads(file.read(length), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise refusal(name, f"its header cannot be read ({error!s:.100})") from None
    if not isinstance(table, dict) or len(table) > MAX_TENSORS:
        raise refusal(name, "its header is no table of tensors, or of too many")
    return table


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. ValueError where it has a key twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands there twice")
    return found


def read(file: BinaryIO, name: str) -> dict[str, Tensor]:
    """The tensors of an open file. Raises StorageError where the format does not hold."""
    from safetensors import SafetensorError, safe_open

    file.seek(0)
    header(file, name)
    try:
        with safe_open(name, framework="pt") as opened:  # it checks that the tensors fill the file without overlaps
            return {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError, OverflowError) as error:
        raise refusal(name, f"the safetensors library refuses it ({error!s:.200})") from None


def pairs(model: Model, tensors: Mapping[str, Tensor], name: str) -> list[tuple[Tensor, Tensor]]:
    """Each weight of the model with the tensor that is to be copied into it.

    The names are those of `model.module.state_dict()`, with or without the "layers." before them. Raises StorageError
    with every weight that is missing, left over, or of another shape.
    """
    held = model.module.layers.state_dict()
    short = {key.removeprefix(PREFIX): key for key in tensors}
    if len(short) < len(tensors):
        raise refusal(name, f"it has a weight twice, with and without {PREFIX!r} before its name")
    problems = [f"it lacks {key} {tuple(held[key].shape)}" for key in held if key not in short]
    problems += [f"it has {key}, which the model has not" for key in short if key not in held]
    for key in held.keys() & short.keys():
        came, wanted = tensors[short[key]], held[key]
        if came.shape != wanted.shape:
            problems.append(f"{key} has shape {tuple(came.shape)}, and the model wants {tuple(wanted.shape)}")
        elif came.dtype.is_complex or came.dtype.is_floating_point != wanted.dtype.is_floating_point:
            problems.append(f"{key} holds {came.dtype}, and the model wants {wanted.dtype}")
    refuse_all(name, sorted(problems))
    return [(tensor, tensors[short[key]]) for key, tensor in held.items()]
