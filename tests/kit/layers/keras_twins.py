"""The layer of Keras 3 that one of ours must agree with, and how Keras holds the same weights."""

import inspect
from typing import Any

import numpy as np

from kit import Layer
from tests.kit.keras_reference import keras

NAMES = {"TimeDistributedDense": "Dense"}  # what Keras calls a layer, where it has another name for it
TRAINING_ONLY = ("name", "trainable", "input_shape", "regularizer", "constraint")  # what changes no output


def in_keras(layer: Any) -> bool:
    """Whether Keras has this layer with these settings, and computes it rightly on torch."""
    kind, padding = type(layer).__name__, getattr(layer, "padding", None)
    not_there = (
        layer.family == "recurrent",  # see test_recurrent.py
        padding == "full",
        padding == "causal" and kind != "Conv1D",
        getattr(layer, "ceil_mode", False),
        "Transpose" in kind and layer.groups > 1,
        kind == "Normalization",  # has a third weight, the count; see test_adapting.py
        kind == "Lambda",  # computes whatever it is given
        kind in ("LayerNormalization", "RMSNormalization") and layer.axis != -1,  # raises an error
        kind.startswith("AveragePooling") and padding == "same",  # takes a border of repeated numbers for part of it
    )
    return hasattr(keras.layers, keras_name(layer)) and not any(not_there)


def keras_name(layer: Layer) -> str:
    return NAMES.get(type(layer).__name__, type(layer).__name__)


def keras_twin(layer: Layer, rank: int) -> Any:
    """Keras's layer with the same settings, for inputs of that many axes, the batch among them."""
    cls = getattr(keras.layers, keras_name(layer))
    known = inspect.signature(cls.__init__).parameters
    config = {name: value for name, value in layer.get_config().items() if not name.endswith(TRAINING_ONLY)}
    words = {name: tuple(value) if isinstance(value, list) else value for name, value in config.items()}
    words = {name: value for name, value in words.items() if name in known}
    if keras_name(layer) == "UpSampling1D":
        (words["size"],) = words["size"]
    if "data_format" in known and layer.input_axes.startswith("channels"):
        words["data_format"] = "channels_first"
    if cls.__name__ in ("BatchNormalization", "GroupNormalization") and words["axis"] is None:
        words["axis"] = 1 if rank >= 4 else -1
    for name in {"padding", "cropping"} & words.keys():
        if isinstance(words[name], tuple) and rank > 3:
            words[name] = tuple(zip(words[name][::2], words[name][1::2], strict=True))
    twin = cls(**words)
    twin.trainable = layer.trainable
    return twin


def for_keras(layer: Layer, weights: list[np.ndarray]) -> list[np.ndarray]:
    """Weights, or their gradients, in the shapes in which Keras holds them."""
    kind = type(layer).__name__
    if kind == "MultiHeadAttention":
        return [split_heads(layer, name, array) for name, array in zip(names_of(layer), weights, strict=True)]
    if kind.startswith(("Depthwise", "Separable")):
        window = weights[0].ndim - 2
        channels = weights[0].reshape(-1, layer.depth_multiplier, *layer.kernel_size)  # (c, multiplier, *window)
        depthwise = np.moveaxis(channels, (0, 1), (window, window + 1))
        return [depthwise, *(kernel_last(array) for array in weights[1:])]
    if "Conv" in kind:
        return [kernel_last(array) for array in weights]
    return weights


def kernel_last(array: np.ndarray) -> np.ndarray:
    """(a, b, *window) as (*window, b, a); a bias as it is."""
    return np.moveaxis(array, (1, 0), (-2, -1)) if array.ndim > 1 else array


def names_of(layer: Layer) -> list[str]:
    return [name for name, _ in layer.named_parameters()]


def split_heads(layer: Any, name: str, array: np.ndarray) -> np.ndarray:
    """(input_dim, heads * width) as (input_dim, heads, width), the output's kernel the other way round."""
    if name.startswith("output"):
        return array.reshape(layer.num_heads, -1, array.shape[-1]) if array.ndim > 1 else array
    return array.reshape(*array.shape[:-1], layer.num_heads, -1)
