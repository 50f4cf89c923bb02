"""Data on its way into a model: arrays become tensors, and what cannot be trained on is refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kit import objectives

BLOCK_BYTES = 16 << 20  # this much is gathered at once when samples are shuffled


@dataclass
class Data:
    """Samples: the inputs (n, ...) of a model, and its target (n, ...) or None."""

    inputs: list[Tensor]
    target: Tensor | None = None

    def __len__(self) -> int:
        return len(self.inputs[0])

    def tensors(self) -> list[Tensor]:
        """The inputs, and the target if there is one."""
        return [*self.inputs, *([self.target] if self.target is not None else [])]

    def split(self, fraction: float) -> tuple[Data, Data]:
        """The samples without the last fraction of them, and that fraction."""
        kept = len(self) - round(len(self) * fraction)
        if not 0 < kept < len(self):
            raise ValueError(
                f"validation_split={fraction} of {len(self)} samples leaves {kept} to train on and "
                f"{len(self) - kept} to validate with; choose a fraction that leaves some of each"
            )
        parts = [tensor.tensor_split([kept]) for tensor in self.tensors()]
        count = len(self.inputs)
        first, last = ([part[i] for part in parts] for i in (0, 1))
        return tuple(Data(part[:count], part[count] if self.target is not None else None) for part in (first, last))  # type: ignore[return-value]

    def batches(self, size: int, order: Tensor | None = None, first: int = 0) -> Iterator[Data]:
        """The samples in batches, in the order given and from the first wanted on, a block gathered at a time."""
        tensors = self.tensors()
        count = len(self.inputs)
        sample = sum(tensor[0].numel() * tensor.element_size() for tensor in tensors)
        block = size * max(1, BLOCK_BYTES // max(size * sample, 1))
        for start in range(first * size, len(self), block):
            if order is None:
                gathered = [tensor[start : start + block] for tensor in tensors]
            else:
                gathered = [tensor.index_select(0, order[start : start + block]) for tensor in tensors]
            for parts in zip(*(tensor.split(size) for tensor in gathered), strict=True):
                yield Data(list(parts[:count]), parts[count] if len(parts) > count else None)

    def to(self, device: torch.device) -> Data:
        """The same samples on a device."""
        target = self.target.to(device, non_blocking=True) if self.target is not None else None
        return Data([tensor.to(device, non_blocking=True) for tensor in self.inputs], target)


def tensor(values: Any, name: str, keep_integers: bool = False) -> Tensor:
    """An array of numbers as a tensor: torch's default float type, integers kept where that is asked for.

    Raises ValueError where it is empty, not numbers, or not finite.
    """
    if not isinstance(values, Tensor):
        try:
            array = np.asarray(values)
        except ValueError as error:
            raise ValueError(f"{name} cannot be made one array ({error}); give samples of one shape") from None
        if array.dtype.kind not in "biuf":
            raise ValueError(f"{name} holds {array.dtype}, not numbers; encode it as numbers first")
        if array.dtype.kind == "u" and array.dtype.itemsize > 1:
            array = array.astype(np.int64)
        elif array.dtype.itemsize > 8 or not array.dtype.isnative:  # torch has no such numbers
            array = array.astype(np.float64 if array.dtype.kind == "f" else np.int64)
        if array.ndim == 0:
            raise ValueError(f"{name} is the number {array}, not an array of samples; give one of shape (n, ...)")
        values = torch.from_numpy(np.ascontiguousarray(array) if array.flags.writeable else array.copy())
    values = values.detach()
    if values.ndim == 0 or len(values) == 0:
        raise ValueError(f"{name} is empty; give at least one sample")
    if values.dtype.is_floating_point or not keep_integers:
        values = values.to(torch.get_default_dtype())
    if values.dtype.is_floating_point:
        refuse_not_finite(values, name)
    return values


def refuse_not_finite(values: Tensor, name: str) -> None:
    """Raises ValueError where there is NaN or infinity, saying where."""
    if torch.isfinite(values.sum()):  # one pass without a copy; a sum that overflows is looked at again
        return
    bad = ~torch.isfinite(values)
    count = int(bad.sum())
    if count:
        first = int(bad.reshape(len(values), -1).any(1).nonzero()[0])
        raise ValueError(
            f"{name} holds NaN or infinity in {count} place{'s' if count > 1 else ''}, first in sample {first}; "
            "replace them (numpy.nan_to_num) or drop those samples"
        )


def inputs(X: Any, integers: list[bool]) -> list[Tensor]:
    """X as the tensors of a model's inputs: one array, or a list of them where the model has several inputs.

    integers: for each input, whether it takes whole numbers; else they become floats.
    """
    count = len(integers)
    if count == 1 and not (isinstance(X, (list, tuple)) and len(X) == 1 and hasattr(X[0], "ndim") and X[0].ndim > 1):
        return [tensor(X, "X", integers[0])]
    if not isinstance(X, (list, tuple)) or len(X) != count:
        came = f"{len(X)} came" if isinstance(X, (list, tuple)) else f"one {type(X).__name__} came"
        raise ValueError(f"the model has {count} inputs, but {came}; give a list of {count} arrays")
    found = [tensor(x, f"X[{i}]", integers[i]) for i, x in enumerate(X)]
    if len({len(x) for x in found}) > 1:
        raise ValueError(f"the inputs have {', '.join(str(len(x)) for x in found)} samples; give as many of each")
    return found


def target(y: Any, samples: int, outputs: tuple[int, ...], loss: Any) -> Tensor:
    """y as the target of a model whose output for a sample has the shape `outputs`.

    Raises ValueError where there are not as many targets as samples, or they do not suit the loss.
    """
    own_loss = objectives.is_own(loss)
    found = tensor(y, "y", keep_integers=own_loss or objectives.accepts_classes(loss))
    if len(found) != samples:
        raise ValueError(f"X has {samples} samples but y has {len(found)}; each sample needs one target")
    if found.ndim == 1:
        found = found.unsqueeze(1)
    if objectives.accepts_classes(loss):
        check_classes(found, outputs)
    elif objectives.wants_probabilities(loss) and (float(found.min()) < 0 or float(found.max()) > 1):
        raise ValueError(
            f"y holds {float(found.min()):g} to {float(found.max()):g}, but binary_crossentropy takes 0 and 1 "
            "(or probabilities); recode y, for example (y > 0).astype(int)"
        )
    elif not own_loss and found.shape[1:] != outputs:
        raise ValueError(shape_advice(found, outputs))
    return found


def check_classes(y: Tensor, outputs: tuple[int, ...]) -> None:
    """Raises ValueError where class numbers do not suit the outputs, or lie outside them."""
    if y.shape[1:].numel() != torch.Size(outputs[:-1]).numel():
        raise ValueError(
            f"sparse_categorical_crossentropy takes a class number for each row of outputs, but y is {tuple(y.shape)} "
            f"and the output (n, {', '.join(map(str, outputs))}); for one-hot rows use loss='categorical_crossentropy'"
        )
    if y.is_floating_point() and not bool((y == y.round()).all()):
        raise ValueError(
            "sparse_categorical_crossentropy takes class numbers 0, 1, 2 ..., but y holds fractions; "
            "use loss='mean_squared_error' for numbers, or make y whole"
        )
    low, high, classes = float(y.min()), float(y.max()), outputs[-1]
    if low < 0 or high >= classes:
        raise ValueError(
            f"y holds class {low if low < 0 else high:g}, but the model's last layer has {classes} outputs, "
            f"for classes 0 to {classes - 1}; give it more units or correct the labels"
        )


def shape_advice(y: Tensor, outputs: tuple[int, ...]) -> str:
    """What to do where the targets have another shape than the outputs."""
    said = f"the model gives (n, {', '.join(map(str, outputs))}) but y is {tuple(y.shape)}; "
    if len(outputs) == 1 and y.shape[1:].numel() == 1 and outputs[0] > 1:
        high, low = float(y.max()), float(y.min())
        if (low < 0 or high >= outputs[0]) and bool((y == y.round()).all()):
            return said + (
                f"it holds class {low if low < 0 else high:g}, outside 0 to {outputs[0] - 1}: give the last layer "
                "more units or correct the labels"
            )
        return said + (
            "if y holds class numbers, use loss='sparse_categorical_crossentropy', "
            "or make them one-hot with kit.utils.np_utils.to_categorical(y)"
        )
    if len(outputs) == 1 and y.ndim == 2:
        return said + f"give the last layer {y.shape[1]} units, or change y"
    return said + "change the last layer (Flatten, Reshape) or y so that they are the same"
