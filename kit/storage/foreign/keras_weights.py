"""The weights in Keras's files, for each layer of a model: Keras 3 by paths, Keras 2 by the names of layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from kit.layers.layer import Layer
from kit.models import Model
from kit.storage.foreign.hdf5 import Hdf5
from kit.storage.foreign.keras_config import Placed
from kit.storage.foreign.keras_layers import Slot, Weight, slots
from kit.storage.foreign.keras_options import Obstacle
from kit.storage.foreign.layout import arranged, shape_in_keras

STATISTICS = ("moving_mean", "moving_variance")
CUDNN_GATES = {"CuDNNLSTM": 4, "CuDNNGRU": 3}
Found = dict[str, np.ndarray]  # weights by their names in the state_dict of a model's layers


class Source(Protocol):
    """A file's weights, for each layer as Keras counts them."""

    def ordered(self, placed: Sequence[Placed]) -> list[Placed]:
        """The same layers, of a model that was made here, where they are in this file."""
        ...

    def arrays(self, placed: Sequence[Placed], held: Sequence[Sequence[Slot]]) -> list[list[np.ndarray]]:
        """The arrays of each layer, in the order of its slots. Raises Obstacle where they are not there."""
        ...


def slots_of(layer: Layer) -> list[Slot]:
    """The weights of a layer in the order of Keras; of a layer of the caller's own in the order of its state_dict."""
    known = slots(layer)
    if known is not None:
        return known
    state = {name: tuple(tensor.shape) for name, tensor in layer.state_dict().items()}
    return [Slot(name, Weight(name), f"vars/{i}", s, s) for i, (name, s) in enumerate(state.items())]


def weights(model: Model, placed: Sequence[Placed], source: Source) -> tuple[Found, list[str]]:
    """The weights of a model's layers from a file, and every obstacle."""
    found: Found = {}
    obstacles: list[str] = []
    layers = {name: layer for name, layer in model.module.layers.items() if isinstance(layer, Layer)}
    groups: dict[str, list[tuple[Placed, list[Slot]]]] = {}
    for each in placed:
        if held := slots_of(layers[each.node]):
            groups.setdefault(each.names[0] if each.names else each.path, []).append((each, held))
    for group in groups.values():
        try:
            arrays = source.arrays([each for each, _ in group], [held for _, held in group])
            for (each, held), given in zip(group, arrays, strict=True):
                for slot, array in zip(held, of_cudnn(each, given), strict=True):
                    check(each, slot, array)
                    found[f"{each.node}.{slot.name}"] = arranged(slot, slot.from_keras(array), each.layout)
        except Obstacle as obstacle:
            obstacles.append(str(obstacle))
    return found, obstacles


def of_cudnn(placed: Placed, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """The weights of CuDNNLSTM and CuDNNGRU as those of LSTM and GRU; others as they are.

    W of a gate lies there as (units, input_dim), U transposed, and there are two b, one behind the other.
    """
    gates = CUDNN_GATES.get(placed.cls)
    if gates is None or len(arrays) != 3:
        return arrays
    kernel, recurrent, bias = arrays
    units = recurrent.shape[0] if recurrent.ndim else 0
    if kernel.ndim != 2 or recurrent.shape != (units, gates * units) or bias.shape != (2 * gates * units,):
        raise Obstacle(f"{placed.node}: its weights have not the shapes of a {placed.cls}")
    kernels = [gate.reshape(units, -1).T for gate in np.split(kernel, gates, axis=1)]
    recurrents = [gate.T for gate in np.split(recurrent, gates, axis=1)]
    biases = bias.reshape(2, -1)
    return [np.hstack(kernels), np.hstack(recurrents), biases if placed.cls == "CuDNNGRU" else biases.sum(0)]


def check(placed: Placed, slot: Slot, array: np.ndarray) -> None:
    """Raises Obstacle where an array is not what the weight wants."""
    wanted = shape_in_keras(slot, placed.layout)
    if array.shape != wanted:
        raise Obstacle(f"{placed.node}: its {slot.name} is {wanted} in Keras, but the file has {array.shape}")
    if array.dtype.kind not in "iuf":
        raise Obstacle(f"{placed.node}: its {slot.name} holds {array.dtype}, not numbers")


@dataclass(frozen=True)
class Keras3:
    """A file of Keras 3: layers/dense/vars/0 and so on; a group's attribute `name` says which layer it is."""

    file: Hdf5

    def ordered(self, placed: Sequence[Placed]) -> list[Placed]:
        with_names = {self.name_at(path): path for path in self.beside("layers/") if self.has_weights(path)}
        if {each.names[0] for each in placed} == with_names.keys():
            return [replace(each, path=with_names[each.names[0]]) for each in placed]
        return [replace(each, names=()) for each in placed]

    def has_weights(self, path: str) -> bool:
        """Whether the file has weights at a path, other than the states of random generators."""
        found = [name for name in self.file.arrays if name.startswith(f"{path}/")]
        return any("seed_generator" not in name for name in found)

    def arrays(self, placed: Sequence[Placed], held: Sequence[Sequence[Slot]]) -> list[list[np.ndarray]]:
        return [self.of_layer(each, mine) for each, mine in zip(placed, held, strict=True)]

    def of_layer(self, placed: Placed, held: Sequence[Slot]) -> list[np.ndarray]:
        """The arrays of one layer."""
        path = self.path(placed)
        lost = [f"{path}/{slot.path}" for slot in held if f"{path}/{slot.path}" not in self.file.arrays]
        groups = {slot.path.rpartition("/")[0] for slot in held}
        there = [
            name for name in self.file.arrays if name.rpartition("/")[0] in {f"{path}/{group}" for group in groups}
        ]
        if lost or len(there) != len(held):
            raise Obstacle(
                f"{placed.node}: it has {len(held)} weights, but the file has {len(there)} of them at {path}"
                + (f" and lacks {lost[0]}" if lost else "")
            )
        return [self.file.arrays[f"{path}/{slot.path}"] for slot in held]

    def path(self, placed: Placed) -> str:
        """Where a layer's weights are: where its name is written, or else its place among those of its class."""
        if not placed.names:
            return placed.path
        parts = placed.path.split("/")
        found = ""
        for level, name in enumerate(placed.names):
            place = "/".join(parts[2 * level : 2 * level + 2])
            if self.name_at(f"{found}{place}") not in (None, name):
                place = next(
                    (each for each in self.beside(f"{found}layers/") if self.name_at(found + each) == name), place
                )
            found += f"{place}/"
        return found.removesuffix("/")

    def name_at(self, path: str) -> str | None:
        """The name of the layer at a path, where the file says it."""
        return self.file.text(f"{path}/vars", "name")

    def beside(self, start: str) -> list[str]:
        """The groups of layers at a path."""
        rest = [path.removeprefix(start) for path in self.file.attributes if path.startswith(start)]
        return [f"layers/{name}" for name in dict.fromkeys(path.split("/")[0] for path in rest)]


@dataclass(frozen=True)
class Keras2:
    """A file of Keras 2: groups with the layers' names, each with the names of its weights in order.

    group: where they are in the file, "" or "model_weights".
    """

    file: Hdf5
    group: str

    def names(self) -> list[str]:
        """The layers' names. Raises Obstacle where the file does not say them."""
        found = self.file.texts(self.group, "layer_names")
        if found is None:
            raise Obstacle("it does not name its layers (layer_names)")
        return found

    def stored(self, name: str) -> list[tuple[str, np.ndarray]]:
        """The weights of a layer by name, in order. Raises Obstacle where the file lacks one it names."""
        path = f"{self.group}/{name}".removeprefix("/")
        words = self.file.texts(path, "weight_names")
        lost = [word for word in words or () if f"{path}/{word}" not in self.file.arrays]
        if words is None or lost:
            raise Obstacle(f"{name}: the file does not hold the weights it names {lost[:3]}")
        return [(word, self.file.arrays[f"{path}/{word}"]) for word in words]

    def ordered(self, placed: Sequence[Placed]) -> list[Placed]:
        names = [name for name in self.names() if self.stored(name)]
        if {each.names[0] for each in placed} == set(names):
            return list(placed)
        if len(names) != len(placed):
            raise Obstacle(
                f"it has {len(names)} layers with weights ({', '.join(names)[:300]}), and the model {len(placed)} "
                f"({', '.join(each.node for each in placed)[:300]})"
            )
        return [replace(each, names=(name,)) for each, name in zip(placed, names, strict=True)]

    def arrays(self, placed: Sequence[Placed], held: Sequence[Sequence[Slot]]) -> list[list[np.ndarray]]:
        label = placed[0].node if len(placed) == 1 else placed[0].names[0]
        stored = self.stored(placed[0].names[0])
        pairs = [(each, slot) for each, mine in zip(placed, held, strict=True) for slot in mine]
        if len(stored) != len(pairs):
            raise Obstacle(f"{label}: it has {len(pairs)} weights, but {len(stored)} are in the file")
        trained = [pair for pair in pairs if pair[0].trainable and not pair[1].name.endswith(STATISTICS)]
        orders = [trained + [pair for pair in pairs if pair not in trained], pairs]
        order = next((order for order in orders if fit(order, stored)), orders[0])
        for (_, slot), (word, _) in zip(order, stored, strict=True):
            if not named(slot, word):
                raise Obstacle(f"{label}: the file has {word!r:.80} where its {slot.name} is due")
        by_slot = {(each.node, slot.name): array for (each, slot), (_, array) in zip(order, stored, strict=True)}
        return [[by_slot[each.node, slot.name] for slot in mine] for each, mine in zip(placed, held, strict=True)]


def fit(order: Sequence[tuple[Placed, Slot]], stored: Sequence[tuple[str, np.ndarray]]) -> bool:
    """Whether weights have the names and the shapes of those in a file."""
    return all(
        named(slot, word) and shape_in_keras(slot, each.layout) == array.shape
        for (each, slot), (word, array) in zip(order, stored, strict=True)
    )


ROLES = {"kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance", "embeddings", "recurrent_kernel", "alpha"}


def named(slot: Slot, word: str) -> bool:
    """Whether a weight may have this name in a file: dense_1/kernel:0. A name of no kind that is known passes."""
    said = word.rpartition("/")[2].partition(":")[0]
    said = said.removeprefix("depthwise_").removeprefix("pointwise_")
    role = slot.role.rpartition(".")[2]
    return said not in ROLES or role not in ROLES or said == role
