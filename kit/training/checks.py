"""What a user gives becomes tensors that suit a model; what cannot be trained on is refused in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from kit import objectives
from kit.training.streams import has_numbers


def tensor(values: Any, name: str, keep_integers: bool = False) -> Tensor:
    """An array of numbers as a tensor: torch's default float type, integers kept where that is asked for.

    values: a NumPy array, a tensor, nested lists, or a table with `to_numpy` such as pandas has.
    Raises ValueError where it is empty, not numbers, or not finite.
    """
    if not isinstance(values, Tensor):
        array = numbers(from_table(values, name) if hasattr(values, "to_numpy") else as_array(values, name), name)
        if array.dtype.kind == "u" and array.dtype.itemsize > 1:
            array = array.astype(np.int64)
        elif array.dtype.itemsize > 8 or not array.dtype.isnative:  # torch has no such numbers
            array = array.astype(np.float64 if array.dtype.kind == "f" else np.int64)
        if array.ndim == 0:
            raise ValueError(f"{name} is the number {array}, not an array of samples; give one of shape (n, ...)")
        values = torch.from_numpy(np.ascontiguousarray(array) if array.flags.writeable else array.copy())
    values = values.detach()
    if values.is_complex():
        raise ValueError(f"{name} holds complex numbers; give their parts, numpy.stack((z.real, z.imag), -1)")
    if values.ndim == 0 or len(values) == 0:
        raise ValueError(f"{name} is empty; give at least one sample")
    if values.dtype.is_floating_point or not keep_integers:
        values = values.to(torch.get_default_dtype())
    if values.dtype.is_floating_point:
        refuse_not_finite(values, name)
    return values


def as_array(values: Any, name: str) -> np.ndarray:
    """Lists or what says that it is an array, as one. TypeError, ValueError for anything else with rows."""
    one = values[0] if isinstance(values, (list, tuple)) and values else values
    if has_numbers(one):  # NumPy would ask it for item after item, for ever where it has no end
        raise TypeError(
            f"{name} is a {type(one).__name__}, no array: where it gives batches (X, y), give it alone, as "
            "fit(batches); else make it one with numpy.stack"
        )
    if hasattr(values, "tocsr"):
        return values.toarray()
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} cannot be made one array ({error}); give samples of one shape") from None


def numbers(array: np.ndarray, name: str) -> np.ndarray:
    """The same numbers; those that lie in an array of objects, in one of floats. ValueError where it holds others."""
    if array.dtype.kind in "biuf":
        return array
    if array.ndim == 0 and array.item() is None:
        raise ValueError(f"{name} is None; give an array of samples (n, ...)")
    if array.dtype.kind == "c":
        raise ValueError(f"{name} holds complex numbers; give their parts, numpy.stack((z.real, z.imag), -1)")
    if array.dtype.kind == "O":
        wrong = [item for item in array.flat if not isinstance(item, (int, float, np.number))]
        if not wrong:
            return array.astype(np.float64)
        ragged = isinstance(wrong[0], (list, tuple, np.ndarray))
        advice = encoding_advice(name) if isinstance(wrong[0], str) else "encode it first"
        said = "rows of different lengths; pad them" if ragged else f"{wrong[0]!r:.60}, no number; {advice}"
        raise ValueError(f"{name} is an array of objects and holds {said}")
    if array.dtype.kind == "U":
        raise ValueError(f"{name} holds text, {str(array.flat[0])!r:.60}; {encoding_advice(name)}")
    raise ValueError(f"{name} holds {array.dtype}, not numbers; encode it as numbers first")


def encoding_advice(name: str) -> str:
    """How texts become numbers."""
    if name.startswith("y"):
        return "encode classes: classes, y = numpy.unique(y, return_inverse=True)"
    return "encode it: kit.preprocessing.text.Tokenizer for words, pandas.get_dummies for categories"


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


def from_table(table: Any, name: str) -> np.ndarray:
    """The numbers of a table or a column (pandas), what is missing as NaN. ValueError where a column has no numbers."""
    kinds = dict(getattr(table, "dtypes", {})) if getattr(table, "ndim", 2) == 2 else {}
    columns = [column for column, kind in kinds.items() if getattr(kind, "kind", "O") not in "biuf"]
    if columns:
        listed = ", ".join(repr(column) for column in columns[:5]) + (" ..." if len(columns) > 5 else "")
        raise ValueError(
            f"{name} has columns without numbers: {listed}; encode them (pandas.get_dummies) or leave them out"
        )
    array = table.to_numpy()
    if array.dtype.kind == "O" and kinds:  # pandas' own whole numbers, which may be missing
        array = table.to_numpy(dtype="float64", na_value=np.nan)
    return array


def each(values: Any, names: Sequence[str], what: str, thing: str) -> list[Any]:
    """One value for each input or output, of a list or a dict of them. ValueError where there are more or fewer."""
    if isinstance(values, Mapping):
        unknown = [name for name in values if name not in names]
        missing = [name for name in names if name not in values]
        if unknown or missing:
            said = f"{unknown[0]!r} is none of them" if unknown else f"{missing[0]!r} is missing"
            raise ValueError(f"{what} is for the {thing}s {', '.join(names)}, but {said}; give an array for each")
        return [values[name] for name in names]
    if not isinstance(values, (list, tuple)) or len(values) != len(names):
        came = f"{len(values)} came" if isinstance(values, (list, tuple)) else f"one {type(values).__name__} came"
        raise ValueError(
            f"the model has {len(names)} {thing}s, but {came}; give a list of {len(names)} arrays for {what}"
        )
    return list(values)


def is_one(values: Any, count: int) -> bool:
    """Whether an array stands for all there is, and is no list of arrays."""
    if isinstance(values, Mapping):
        return False
    wrapped = isinstance(values, (list, tuple)) and len(values) == 1 and getattr(values[0], "ndim", 0) > 1
    return count == 1 and not wrapped


def inputs(X: Any, integers: Sequence[bool], names: Sequence[str] = ("X",)) -> list[Tensor]:
    """X as the tensors of a model's inputs: one array, or a list or a dict of them where the model has several inputs.

    integers: for each input, whether it takes whole numbers; else they become floats.
    """
    if is_one(X, len(integers)):
        return [tensor(X, "X", integers[0])]
    labels = [f"X[{name!r}]" if isinstance(X, Mapping) else f"X[{i}]" for i, name in enumerate(names)]
    given = zip(each(X, names, "X", "input"), labels, integers, strict=True)
    found = [tensor(x, label, whole) for x, label, whole in given]
    if len({len(x) for x in found}) > 1:
        raise ValueError(f"the inputs have {', '.join(str(len(x)) for x in found)} samples; give as many of each")
    return found


def weight(values: Any, by_class: Mapping[Any, float] | None, y: Tensor, outputs: tuple[int, ...]) -> Tensor | None:
    """How much each sample counts, by itself and by its class; None where all count the same."""
    own = None if values is None else sample_weights(values, y, outputs)
    if by_class is None:
        return own
    table = class_weights(by_class, y, outputs)
    return table if own is None else table * own.reshape(own.shape + (1,) * (table.ndim - own.ndim))


def sample_weights(values: Any, y: Tensor, outputs: tuple[int, ...]) -> Tensor:
    """How much each sample counts, (n,) or a number for each row of outputs (n, time).

    Raises ValueError where there are not as many as samples, or some are below 0.
    """
    found = tensor(values, "sample_weight")
    rows = (len(y), *outputs[:-1])
    if found.shape == (len(y), 1):
        found = found[:, 0]
    if tuple(found.shape) != rows[: found.ndim]:
        raise ValueError(
            f"sample_weight has shape {tuple(found.shape)} for {len(y)} samples; give one number a sample ({len(y)},)"
            + (f", or one for each row of outputs {rows}" if len(rows) > 1 else "")
        )
    if float(found.min()) < 0:
        raise ValueError(f"sample_weight holds {float(found.min()):g}; a weight is 0 or more")
    return found


def class_weights(weights: Mapping[Any, float], y: Tensor, outputs: tuple[int, ...]) -> Tensor:
    """The weight of each sample by its class: {0: 1.0, 1: 5.0}; a class that is not named counts 1.

    Raises TypeError for what is no dict, ValueError for a class the model does not have, or a weight below 0.
    """
    if not isinstance(weights, Mapping):
        raise TypeError(
            f"class_weight={weights!r}: it takes a dict of class numbers and weights, such as {{0: 1.0, 1: 5.0}}"
        )
    classes = max(outputs[-1], 2)
    table = torch.ones(classes)
    for number, value in weights.items():
        if isinstance(number, bool) or number not in range(classes) or not value >= 0:
            raise ValueError(
                f"class_weight={{{number!r}: {value!r}}}: it takes class numbers from 0 to {classes - 1} "
                "and weights of 0 or more"
            )
        table[int(number)] = float(value)
    one_hot = y.shape[1:] == outputs and outputs[-1] > 1
    chosen = y.argmax(-1) if one_hot else y.reshape(len(y), *outputs[:-1]).round().long().clamp(min=0)
    if int(chosen.max()) >= classes:
        raise ValueError(
            f"class_weight={dict(weights)!r:.60}: it weighs the classes 0 to {classes - 1} of an output, but y holds "
            f"{int(chosen.max())}; where the model gives numbers, or has several outputs, weigh with sample_weight"
        )
    return table[chosen]


def target(y: Any, samples: int, outputs: tuple[int, ...], loss: Any, name: str = "y") -> Tensor:
    """y as the target of an output that has the shape `outputs` for a sample.

    Raises ValueError where there are not as many targets as samples, or they do not suit the loss.
    """
    own_loss = objectives.is_own(loss)
    found = tensor(y, name, keep_integers=own_loss or objectives.accepts_classes(loss))
    if len(found) != samples:
        raise ValueError(f"X has {samples} samples but {name} has {len(found)}; each sample needs one target")
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
