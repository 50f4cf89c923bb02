"""What a model is written as for others: ONNX, torch.export, weights for Keras 3, safetensors; by the file's suffix."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from kit.layers.inside import evaluating
from kit.layers.recurrence import Recurrent
from kit.models import Model
from kit.storage.errors import StorageError, explained
from kit.storage.foreign.keras_places import places
from kit.storage.foreign.keras_weights import slots_of
from kit.storage.foreign.layout import disarranged
from kit.storage.foreign.obstacles import refuse_all
from kit.storage.replace import replace
from kit.storage.writer import remedy

LIBVER = ("v108", "v108")


def export(model: Model, path: str | os.PathLike[str]) -> None:
    """Writes a model for others, whole or not at all; see Model.export."""
    name = os.fsdecode(path)
    write = next((write for suffix, write in FORMATS.items() if name.endswith(suffix)), None)
    if write is None:
        raise ValueError(f"{name} says no format to export to; its name ends with one of {', '.join(FORMATS)}")
    if not model.module.built or not model.module.steps:
        raise StorageError(f"{name} cannot be written: the model has no weights yet; state its input with Input(...)")
    with model.lock:
        content = write(model, name)
    try:
        replace(name, [content])
    except OSError as error:
        raise explained(error, f"{name} could not be saved", remedy(error)) from error


def safetensors(model: Model, name: str) -> bytes:
    """The weights under the names of `model.module.state_dict()`."""
    from safetensors.torch import save

    state = model.module.state_dict()
    return save({key: value.detach().cpu().contiguous().clone() for key, value in state.items()})


def keras_weights(model: Model, name: str) -> memoryview:
    """The weights as Keras 3 keeps those of the same layers with the channels last."""
    import h5py

    placed, obstacles = places(model)
    refuse_all(name, obstacles, "the model has what Keras has not")
    memory = io.BytesIO()
    with h5py.File(memory, "w", libver=LIBVER) as file:
        for each in placed:
            layer: Any = model.module.layers[each.node]
            file.create_group(f"{each.path}/vars").attrs["name"] = each.node
            state = layer.state_dict()
            for slot in slots_of(layer):
                array = state[slot.name].detach().cpu().numpy()
                data = slot.to_keras(disarranged(slot, array, each.layout))
                file.create_dataset(f"{each.path}/{slot.path}", data=data, track_times=False)
    return memory.getbuffer()


def example(model: Model) -> tuple[Tensor, ...]:
    """Two samples for the model, all numbers 0."""
    shapes = model.module.shapes
    if any(shape is None for shape in shapes):
        raise StorageError("the shape of the model's input is not known; state it with Input(...), or predict once")
    kinds = [torch.long if words else torch.get_default_dtype() for words in model.module.integer_inputs()]
    known = [shape for shape in shapes if shape is not None]
    return tuple(torch.zeros((2, *s), dtype=k, device=model.device) for s, k in zip(known, kinds, strict=True))


@contextmanager
def states_put_aside(model: Model) -> Iterator[None]:
    """Within it stateful layers start from 0; afterwards they hold the states that they held before."""
    held = {part: part.held for part in model.module.modules() if isinstance(part, Recurrent) and part.stateful}
    for layer in held:
        layer.reset_states()
    try:
        yield
    finally:
        for layer, states in held.items():
            layer.held = states  # type: ignore[misc]


def traced(model: Model) -> torch.export.ExportedProgram:
    """The model as torch.export has it, for any number of samples."""
    inputs = example(model)
    samples = torch.export.Dim("n")
    with evaluating(model.module), states_put_aside(model), torch.no_grad():
        return torch.export.export(model.module, inputs, dynamic_shapes=(tuple({0: samples} for _ in inputs),))


def torch_program(model: Model, name: str) -> bytes:
    """The archive of torch.export."""
    memory = io.BytesIO()
    torch.export.save(traced(model), memory)
    return memory.getvalue()


def onnx(model: Model, name: str) -> bytes:
    """The ONNX model, for any number of samples."""
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ImportError(f"{name} cannot be written: {error}; run `pip install hornbook[export]`") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the exporter's own parts
        warnings.simplefilter("ignore", FutureWarning)
        program = torch.onnx.export(traced(model), dynamo=True, verbose=False)
    assert program is not None
    return program.model_proto.SerializeToString()


FORMATS: dict[str, Callable[[Model, str], bytes | memoryview]] = {
    ".weights.h5": keras_weights,
    ".safetensors": safetensors,
    ".onnx": onnx,
    ".pt2": torch_program,
}
