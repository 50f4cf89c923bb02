"""Which axes the layers of a config of Keras go along, and in which order they take them here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kit.layers.layer import Layer
from kit.storage.foreign import layout as axes
from kit.storage.foreign.keras_graph import Entry, Graph
from kit.storage.foreign.keras_layers import KERAS, Known
from kit.storage.foreign.keras_options import Config, Obstacle, along
from kit.storage.foreign.layout import Layout, straight

AXES_OF_CLASS = {
    "BatchNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "GroupNormalization",
    "UnitNormalization",
}


def wanted(known: Known | None, cls: str, config: Config, rank: int) -> Layout:
    """The layout in which a layer here takes what Keras's layer takes."""
    if known is not None and known.kind == "image":
        last_in_keras = config.get("data_format") != "channels_first"
        last_here = "1D" in cls
        if last_in_keras == last_here:
            return straight(rank)
        return axes.channels_last(rank) if last_here else axes.channels_first(rank)
    inner = config.get("layer")
    if (
        cls == "TimeDistributed"
        and isinstance(inner, Mapping)
        and isinstance(inner.get("config"), Mapping)
        and rank > 1
    ):
        name = str(inner.get("class_name"))
        inside = wanted(KERAS.get(name), name, inner["config"], rank - 1)
        return Layout((0, *(axis + 1 for axis in inside.axes)))
    return straight(rank)


def wanted_by_readers(graph: Graph, name: str, rank: int) -> Layout:
    """The layout in which the first layers that care take a value."""
    waiting, seen = [(name, 0)], set()
    while waiting:
        value = waiting.pop()
        for reader in graph.readers.get(value, ()) if value not in seen else ():
            entry = graph.entries[reader[0]]
            known = entry.known
            if entry.graph is not None:
                place = graph.calls[reader[0]][reader[1]].inputs.index((*value, 0))
                inside = entry.graph.inputs
                layout = wanted_by_readers(entry.graph, inside[place], rank) if place < len(inside) else straight(rank)
            elif known and known.kind in ("each", "along", "join"):
                waiting.append(reader)
                continue
            else:
                layout = wanted(known, entry.cls, entry.config, rank)
            if not layout.plain:
                return layout
        seen.add(value)
    return straight(rank)


def foldable(graph: Graph, name: str) -> bool:
    """Whether all that reads a Flatten is, at last, a Dense: then the rows of its W can be put in order instead."""
    waiting = [(name, 0)]
    while waiting:
        value = waiting.pop()
        readers = graph.readers.get(value, [])
        if not readers or (*value, 0) in graph.outputs or len(graph.calls[value[0]]) > 1:
            return False
        for reader, i in readers:
            entry = graph.entries[reader]
            kind = entry.known.kind if entry.known else ""
            if (
                kind in ("each", "along")
                and len(graph.calls[reader][i].inputs) == 1
                and entry.cls != "GroupNormalization"
            ):
                waiting.append((reader, i))
            elif kind != "dense" or len(graph.calls[reader]) > 1:
                return False
    return True


def along_elsewhere(entry: Entry, layout: Layout) -> bool:
    """Whether a layer goes along an axis along which ours cannot go where it lies here."""
    axis = single(entry.config.get("axis", -1))
    return entry.cls in AXES_OF_CLASS and type(axis) is int and place(layout, axis) not in (1, -1)


def single(axis: Any) -> Any:
    """The one axis of a list of one."""
    return axis[0] if isinstance(axis, list) and len(axis) == 1 else axis


def place(layout: Layout, axis: Any) -> int:
    """Where an axis of Keras is here. Raises Obstacle where it has none such."""
    rank = len(layout.axes)
    if type(axis) is not int or axis == 0 or not -rank <= axis <= rank:
        raise Obstacle(f"axis={axis!r:.80} is not one axis of the input")
    return layout.axis(axis)


def placed_along(known: Known | None, cls: type[Layer], config: dict[str, Any], layout: Layout) -> dict[str, Any]:
    """The fields of a layer whose axes Keras has in another order."""
    config = dict(config)
    kind = known.kind if known else ""
    if kind in ("along", "join"):
        config["axis"] = place(layout, single(config.get("axis", -1)))
    if isinstance(config.get("activation"), str) and kind in ("image", "each"):
        config["activation"] = along(config["activation"], layout.axis(-1))
    if config.get("shared_axes"):
        config["shared_axes"] = sorted(place(layout, axis) % (len(layout.axes) + 1) for axis in config["shared_axes"])
    return config
