"""Where Keras would keep the weights of a model that was made here, if it had the channels of images last."""

from __future__ import annotations

from torch import nn

from kit.layers.layer import Layer
from kit.layers.wrappers import TimeDistributed
from kit.models import Model
from kit.network import Network
from kit.storage.foreign import layout as axes
from kit.storage.foreign.keras_config import Placed
from kit.storage.foreign.keras_layers import IN_KERAS, known_of, slots, snake_case
from kit.storage.foreign.layout import Layout, Misfit, flow, straight
from kit.symbols import Shape


def places(model: Model) -> tuple[list[Placed], list[str]]:
    """The place in a file of Keras 3 of each layer that Keras has, by order, and why others have none.

    A layer that Keras does not have is an obstacle where it has weights.
    """
    placed, obstacles = [], []
    counts: dict[str, int] = {}
    try:
        layouts = layouts_of(model.module)
    except Misfit as misfit:
        return [], [str(misfit)]
    for name, layer in model.module.layers.items():
        if not isinstance(layer, Layer) or slots(layer) is None:
            if layer.state_dict():
                obstacles.append(f"{name}: Keras has no layer {type(layer).__name__} that holds the same weights")
            continue
        cls = IN_KERAS[type(layer).__name__]
        kind = snake_case(cls)
        counts[kind] = counts.get(kind, -1) + 1
        path = f"layers/{kind}_{counts[kind]}" if counts[kind] else f"layers/{kind}"
        placed.append(Placed(name, (name,), path, layouts[name], cls, {"trainable": layer.trainable}))
    return placed, obstacles


def layouts_of(network: Network) -> dict[str, Layout]:
    """The layout of what each layer reads, by its name. Raises Misfit where Keras could not have the same layers."""
    if any(shape is None for shape in network.shapes):
        if any(matters(layer) for layer in network.layers.values()):
            raise Misfit("the shape of the model's input is not known; state it with Input(...) first")
        return {name: straight(1) for name in network.layers}
    shapes: list[Shape] = [shape for shape in network.shapes if shape is not None]
    values = [wanted_by_readers(network, i, len(shape)) for i, shape in enumerate(shapes)]
    found: dict[str, Layout] = {}
    for step, came, given in network.measured(network.shapes):
        name = network.name_of(step.layer)
        layouts = [values[source] for source in step.sources]
        try:
            wanted = wanted_by(step.layer, len(came[0]))
            if wanted is not None and not layouts[0].same(wanted):
                raise Misfit("it reads images that Keras would have in another order")
            if found.setdefault(name, layouts[0]) is not layouts[0] and not found[name].same(layouts[0]):
                raise Misfit("it is called on values whose axes have different orders in Keras")
            values.append(flow(step.layer, layouts, came, given))  # type: ignore[arg-type]
        except Misfit as misfit:
            raise Misfit(f"{name}: {misfit}") from None
    return found


def matters(layer: nn.Module) -> bool:
    """Whether a layer has its axes elsewhere than Keras."""
    known = known_of(layer) if isinstance(layer, Layer) else None
    return known is not None and (known.kind == "flatten" or wanted_by(layer, 3) not in (None, straight(3)))


def wanted_by(layer: nn.Module, rank: int) -> Layout | None:
    """The layout in which a layer reads what Keras has with the channels last; None where it does not care."""
    if isinstance(layer, TimeDistributed) and rank > 1:
        inside = wanted_by(layer.layer, rank - 1)
        return None if inside is None else Layout((0, *(axis + 1 for axis in inside.axes)))
    known = known_of(layer) if isinstance(layer, Layer) else None
    if known is None or known.kind != "image":
        return None
    return straight(rank) if "1D" in type(layer).__name__ else axes.channels_first(rank)


def wanted_by_readers(network: Network, value: int, rank: int) -> Layout:
    """The layout of an input, as the first layers that care read it; what is flattened at once are images too."""
    waiting, seen = [value], set()
    while waiting:
        source = waiting.pop()
        for i, step in enumerate(network.steps):
            if source in seen or source not in step.sources:
                continue
            layer = step.layer
            known = known_of(layer) if isinstance(layer, Layer) else None
            if known is not None and known.kind == "flatten" and rank >= 3:
                return axes.channels_first(rank)
            if (wanted := wanted_by(layer, rank)) is not None:
                return wanted
            if known is not None and known.kind in ("each", "along", "join"):
                waiting.append(len(network.shapes) + i)
        seen.add(source)
    return straight(rank)
