"""Files of others: what format a file has is told by its beginning, never by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

import torch
from torch import Tensor

from kit.layers.layer import Layer
from kit.models import Model
from kit.storage.errors import explained
from kit.storage.foreign import hdf5, keras_files, of_2015, safetensors_file
from kit.storage.foreign.hdf5 import Hdf5, refusal
from kit.storage.reader import open_ordinary
from kit.storage.seal import HDF5_MAGIC

Matched = Sequence[tuple[Tensor, Any]]


def opened(path: Any) -> BinaryIO:
    """The file, open for reading. Raises OSError with a sentence."""
    try:
        return open_ordinary(str(path))
    except OSError as error:
        raise explained(error, f"{path} could not be read", "check the path and its permissions") from error


def format_of(path: Any) -> str | None:
    """ "hdf5", "zip" or "safetensors"; None for Hornbook's own files, and for what is none of these."""
    with opened(path) as file:
        front = file.read(16)
    if front.startswith(HDF5_MAGIC):
        return "hdf5"
    if front.startswith(b"PK\x03\x04"):
        return "zip"
    return "safetensors" if len(front) > 9 and front[3:8] == bytes(5) and front[8:9] == b"{" else None


def load(path: Any, custom_objects: Mapping[str, Any] | None = None) -> Model:
    """The model of a stranger's file. StorageError where it holds none, or one that cannot be made here."""
    name = str(path)
    with opened(path) as file:
        kind = format_of(path)
        if kind == "zip":
            return keras_files.from_archive(file, name, custom_objects or {})
        held = hdf5.read(file, name) if kind == "hdf5" else None
        if held is not None and "model_config" in held.attributes.get("", {}):
            return keras_files.from_hdf5(held, custom_objects or {})
    raise refusal(name, "it holds weights without a model; make the model and call its load_weights")


def load_weights(model: Model, path: Any) -> None:
    """Copies the weights of a stranger's file into a model; where they do not fit, nothing is changed."""
    name = str(path)
    with opened(path) as file, model.lock:
        layers = [layer for layer in model.layers if isinstance(layer, Layer)]
        waiting = [layer for layer in layers if not layer.build_stated()]
        if waiting:
            raise refusal(name, "the model has no weights yet to be filled; state its input with Input(...) first")
        kind = format_of(path)
        matched = FORMATS[str(kind)](model, file, name)
        put(matched)


def from_hdf5(model: Model, file: BinaryIO, name: str) -> Matched:
    """The weights of a model with the arrays of an HDF5 file."""
    return weights_in(hdf5.read(file, name))(model)


def weights_in(file: Hdf5) -> Callable[[Model], Matched]:
    """What matches a model with the weights of an HDF5 file. StorageError where it has none of a known layout."""
    if of_2015.is_of_2015(file):
        return lambda model: of_2015.pairs(model, file)
    source = keras_files.source_of(file)
    if source is not None:
        return lambda model: keras_files.matched(model, source, file.name)
    raise refusal(file.name, "it is an HDF5 file, but holds weights in no layout that is known here")


def from_archive(model: Model, file: BinaryIO, name: str) -> Matched:
    """The weights of a model with those of a .keras file."""
    return keras_files.matched(model, keras_files.weights_of(file, name), name)


def from_safetensors(model: Model, file: BinaryIO, name: str) -> Matched:
    """The weights of a model with the tensors of a safetensors file."""
    return safetensors_file.pairs(model, safetensors_file.read(file, name), name)


FORMATS: dict[str, Callable[[Model, BinaryIO, str], Matched]] = {
    "hdf5": from_hdf5,
    "zip": from_archive,
    "safetensors": from_safetensors,
}


def put(matched: Matched) -> None:
    """Copies arrays and tensors into weights of the same shapes."""
    with torch.no_grad():
        for tensor, came in matched:
            tensor.copy_(came if isinstance(came, Tensor) else torch.from_numpy(came.copy()))
