"""Weight files of Keras of 2015: `layer_K/param_0` and so on, for every layer in order."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from kit.layers.convolutional import Conv2D
from kit.layers.layer import Layer
from kit.layers.merging import Merging
from kit.models import Model
from kit.storage.foreign.hdf5 import Hdf5, refusal
from kit.storage.foreign.obstacles import refuse_all

Pairs = list[tuple[Tensor, np.ndarray]]


def is_of_2015(file: Hdf5) -> bool:
    """Whether a file is one of these."""
    return "nb_layers" in file.attributes.get("", {})


def pairs(model: Model, file: Hdf5) -> Pairs:
    """Each weight of the model with the array that is to be copied into it.

    Raises StorageError, with everything that does not fit, where the file is of another model.
    """
    held, found, problems = groups(model), parameters(file), []
    if len(held) != len(found):
        raise refusal(
            file.name,
            f"it has {len(found)} layers, and the model {len(held)} ({', '.join(', '.join(names(g)) for g in held)}); "
            "in 2015 each Activation, Dropout and Flatten was a layer of its own: build the model the same way",
        )
    matched: Pairs = []
    for i, (layers, arrays) in enumerate(zip(held, found, strict=True)):
        try:
            matched += matched_group(layers, arrays)
        except ValueError as error:
            problems.append(f"layer_{i}: {error}")
    refuse_all(file.name, problems)
    return matched


def groups(model: Model) -> list[list[Layer]]:
    """The layers as 2015 counted them: what comes before a Merge, and it, are one; every other is by itself."""
    steps = model.module.steps
    mergers = [i + 1 for i, step in enumerate(steps) if isinstance(step.layer, Merging)]
    merge = max(mergers, default=0)
    layers = [step.layer for step in steps if isinstance(step.layer, Layer)]
    return ([layers[:merge]] if merge else []) + [[layer] for layer in layers[merge:]]


def names(layers: Sequence[Layer]) -> list[str]:
    """What the model calls the layers."""
    return [str(layer.called) for layer in layers]


def parameters(file: Hdf5) -> list[list[np.ndarray]]:
    """The arrays of each layer, in order. StorageError where the file lacks one that it announces."""
    announced = file.attributes[""]["nb_layers"]
    if not isinstance(announced, int) or not 0 <= announced <= 10_000:
        raise refusal(file.name, f"it announces {announced!r:.40} layers")
    found = []
    for k in range(announced):
        count = file.attributes.get(f"layer_{k}", {}).get("nb_params")
        if not isinstance(count, int) or any(f"layer_{k}/param_{i}" not in file.arrays for i in range(count)):
            raise refusal(file.name, f"its layer_{k} lacks nb_params, or a parameter that this announces")
        found.append([file.arrays[f"layer_{k}/param_{i}"] for i in range(count)])
    return found


def matched_group(layers: Sequence[Layer], arrays: Sequence[np.ndarray]) -> Pairs:
    """The weights of some layers with these arrays, in order. ValueError where they do not fit."""
    counts = [len(layer.spoken_weights(dict(layer.named_parameters()))) for layer in layers]
    if len(layers) == 1:
        counts = [len(arrays)]  # the layer itself says what does not fit
    if sum(counts) != len(arrays):
        raise ValueError(f"{', '.join(names(layers))} have {sum(counts)} weights, but {len(arrays)} came")
    matched: Pairs = []
    for layer, count in zip(layers, counts, strict=True):
        mine, arrays = arrays[:count], arrays[count:]
        matched += layer.matched([unflipped(layer, array) for array in mine])
    return matched


def unflipped(layer: Layer, array: np.ndarray) -> np.ndarray:
    """The kernel with which cross-correlation computes what Theano, which flips it, computed with this one."""
    return array[:, :, ::-1, ::-1] if isinstance(layer, Conv2D) and array.ndim == 4 else array
