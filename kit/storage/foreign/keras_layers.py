"""The layers that Keras has too: what they are called here, how they treat axes, and how Keras holds their weights.

This table is all that is said of them; whoever reads, places or writes weights reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from kit.layers.layer import Layer
from kit.layers.wrappers import Wrapper
from kit.symbols import Shape

# plain: works on Keras's axes. each: number by number. image: the channels have an axis of their own.
# along: along one axis that is an option. join: the same, of several inputs. The others are by themselves.
Kind = Literal["plain", "each", "image", "along", "join", "dense", "flatten", "permute", "wrapper"]


@dataclass(frozen=True)
class Weight:
    """How one weight of a layer, in the order of Keras, is held there and here.

    name: what it is called here. turn: "kernel" and "depthwise" have their window last here, first in Keras.
    heads: which axis Keras splits into heads. group: the part of the layer that holds it in a file of Keras 3.
    follows: "rows" where its first axis are the features that come in, "sample" where it has a sample's axes.
    """

    name: str
    turn: Literal["", "kernel", "depthwise"] = ""
    heads: int | None = None
    group: str = ""
    follows: Literal["", "rows", "sample"] = ""


@dataclass(frozen=True)
class Known:
    """What there is to say of a layer of Keras.

    here: its name here, where it is another. words: its options that are called otherwise here.
    """

    kind: Kind = "plain"
    weights: tuple[Weight, ...] = ()
    here: str = ""
    words: tuple[tuple[str, str], ...] = ()


KERNEL, BIAS = Weight("kernel", "kernel"), Weight("bias")
CONVOLUTION = Known("image", (KERNEL, BIAS))
SEPARABLE = Known("image", (Weight("depthwise_kernel", "depthwise"), Weight("pointwise_kernel", "kernel"), BIAS))
RECURRENT = Known("plain", tuple(Weight(name, group="cell/") for name in ("kernel", "recurrent_kernel", "bias")))
NORMALIZED = tuple(Weight(name, follows="rows") for name in ("gamma", "beta", "moving_mean", "moving_variance"))
ATTENTION = tuple(
    Weight(f"{name}_{what}", heads=None if (name, what) == ("output", "bias") else axis, group=f"{name}_dense/")
    for name, axes in (("query", (1, 0)), ("key", (1, 0)), ("value", (1, 0)), ("output", (0, 0)))
    for what, axis in zip(("kernel", "bias"), axes, strict=True)
)
EACH, IMAGE, ALONG = Known("each"), Known("image"), Known("along")

KERAS: dict[str, Known] = {
    "CuDNNLSTM": Known("plain", RECURRENT.weights, here="LSTM"),
    "CuDNNGRU": Known("plain", RECURRENT.weights, here="GRU"),
    "Dense": Known("dense", (Weight("kernel", follows="rows"), BIAS)),
    "Embedding": Known("plain", (Weight("embeddings"),)),
    **dict.fromkeys([f"Conv{n}D{way}" for n in (1, 2, 3) for way in ("", "Transpose")], CONVOLUTION),
    **dict.fromkeys([f"DepthwiseConv{n}D" for n in (1, 2)], Known("image", (Weight("kernel", "depthwise"), BIAS))),
    **dict.fromkeys([f"SeparableConv{n}D" for n in (1, 2)], SEPARABLE),
    **dict.fromkeys(["SimpleRNN", "GRU", "LSTM"], RECURRENT),
    "MultiHeadAttention": Known("plain", ATTENTION),
    "BatchNormalization": Known("along", NORMALIZED),
    "LayerNormalization": Known("along", NORMALIZED[:2]),
    "RMSNormalization": Known("along", (Weight("gamma", follows="rows"),)),
    "GroupNormalization": Known("along", (Weight("gamma"), Weight("beta"))),
    "PReLU": Known("each", (Weight("alpha", follows="sample"),)),
    "LeakyReLU": Known("each", words=(("alpha", "negative_slope"),)),
    **dict.fromkeys(["Activation", "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout", "ELU"], EACH),
    **dict.fromkeys(["ThresholdedReLU", "ReLU", "Identity", "ActivityRegularization", "Rescaling"], EACH),
    **dict.fromkeys(["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"], EACH),
    **dict.fromkeys(["Softmax", "UnitNormalization"], ALONG),
    **dict.fromkeys([f"{way}Pooling{n}D" for n in (1, 2, 3) for way in ("Max", "Average")], IMAGE),
    **dict.fromkeys([f"Global{way}Pooling{n}D" for n in (1, 2, 3) for way in ("Max", "Average")], IMAGE),
    **dict.fromkeys([f"Adaptive{way}Pooling{n}D" for n in (1, 2) for way in ("Max", "Average")], IMAGE),
    **dict.fromkeys([f"{what}{n}D" for n in (1, 2, 3) for what in ("ZeroPadding", "Cropping", "UpSampling")], IMAGE),
    **dict.fromkeys([f"SpatialDropout{n}D" for n in (1, 2, 3)], IMAGE),
    "Concatenate": Known("join"),
    "Dot": Known("plain"),
    "Flatten": Known("flatten"),
    "Permute": Known("permute"),
    "Reshape": Known("plain"),
    "RepeatVector": Known("plain"),
    "Masking": Known("plain"),
    "TimeDistributed": Known("wrapper"),
    "Bidirectional": Known("wrapper"),
}
IN_KERAS = {known.here or name: name for name, known in KERAS.items()} | {"TimeDistributedDense": "Dense"}
WRAPPED = {"layer": "forward_layer/", "backward": "backward_layer/"}  # the parts of a Bidirectional, in Keras 3's files


def known_of(layer: Layer) -> Known | None:
    """What the table says of a layer here; None where Keras has no such layer."""
    name = IN_KERAS.get(type(layer).__name__)
    return KERAS[name] if name else None


@dataclass(frozen=True)
class Slot:
    """One weight of a layer: its name here, what the table says of it, its place in Keras 3's files, its shapes."""

    name: str
    weight: Weight
    path: str
    shape: Shape
    split: Shape  # the shape, with heads and the like apart, whose axes are turned

    @property
    def role(self) -> str:
        """What Keras calls it, where it can be told by a name alone."""
        return re.sub(r"^(query|key|value|output|depthwise|pointwise)_(?=bias|kernel)", "", self.weight.name)

    @property
    def turn(self) -> tuple[int, ...]:
        """For each axis here, the axis of Keras it was."""
        window = tuple(range(len(self.split) - 2))
        first, second = len(window), len(window) + 1
        turns = {"kernel": (second, first, *window), "depthwise": (first, second, *window)}
        return turns.get(self.weight.turn, tuple(range(len(self.split))))

    @property
    def keras_shape(self) -> Shape:
        """The shape in which Keras holds it."""
        return tuple(self.split[axis] for axis in np.argsort(self.turn))

    def from_keras(self, array: np.ndarray) -> np.ndarray:
        """The array of Keras as it is held here."""
        turned = array.transpose(self.turn)
        return turned if self.split == self.shape else turned.reshape(self.shape)

    def to_keras(self, array: np.ndarray) -> np.ndarray:
        """The array that is held here as Keras holds it."""
        return array.reshape(self.split).transpose(np.argsort(self.turn))


def slots(layer: Layer) -> list[Slot] | None:
    """The weights of a layer, in the order of Keras; None where Keras has no such layer."""
    known = known_of(layer)
    if known is None:
        return None
    if known.kind == "wrapper":
        assert isinstance(layer, Wrapper)
        inside = layer.inside()
        several = len(inside) > 1
        found = []
        for name, inner in inside.items():
            part = WRAPPED[name] if several else "layer/"
            own = slots(inner)
            if own is None:
                return None
            found += [replace(slot, name=f"{name}.{slot.name}", path=part + slot.path) for slot in own]
        return found
    return list(slots_held(layer, known))


def slots_held(layer: Layer, known: Known) -> Iterator[Slot]:
    """The weights of the table that the layer has."""
    held = layer.state_dict()
    counts: dict[str, int] = {}
    for weight in known.weights:
        if weight.name in held:
            place = counts[weight.group] = counts.get(weight.group, -1) + 1
            shape = tuple(held[weight.name].shape)
            yield Slot(weight.name, weight, f"{weight.group}vars/{place}", shape, apart(layer, weight, shape))


def apart(layer: Any, weight: Weight, shape: Shape) -> Shape:
    """The shape of a weight with the axes apart that are one here."""
    if weight.turn == "depthwise":
        return (shape[0] // layer.depth_multiplier, layer.depth_multiplier, *shape[2:])
    if weight.heads is not None:
        axis = weight.heads
        return (*shape[:axis], layer.num_heads, shape[axis] // layer.num_heads, *shape[axis + 1 :])
    return shape


def snake_case(name: str) -> str:
    """A class's name as Keras writes it in files: "max_pooling2d" of MaxPooling2D."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
