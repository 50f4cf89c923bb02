"""What the layers of a document cost, and what training it will take."""

from __future__ import annotations

import json
import math
from typing import Any

from kit.analysis.cost import Cost, cost
from kit.analysis.memory import BYTES, Call, forecast
from kit.analysis.survey import Layer, Survey
from kit.analysis.training import Training
from kit.blocks import outputs_of
from kit.graph import layer_class
from kit.structure import INPUT


def costs_of(found: Survey, training: Training) -> dict[str, Cost | None]:
    """The cost of each layer that works, for a batch; None where it cannot be told."""
    wants: dict[str, bool] = {}  # whether a gradient is wanted of what a layer gives
    costs: dict[str, Cost | None] = {}
    for name, layer in found.layers.items():
        needed = tuple(wants.get(source, False) for source in found.sources[name]) or (False,)
        wants[name] = layer.found.trainable > 0 or any(needed)
        if layer.node["layer"] != INPUT and layer.found.gives is not None:
            cls: Any = layer_class(layer.config["layer"])
            text = json.dumps(layer.config.get("config", {}), sort_keys=True)
            shapes = tuple(shape for shape in layer.came if shape is not None)
            costs[name] = cost(cls, text, shapes, needed, training.batch_size)
    return costs


def memory_of(found: Survey, costs: dict[str, Cost | None], training: Training) -> dict[str, Any] | None:
    """The forecast of training's memory; None where something is unknown or wrong."""
    if found.wrong or any(layer.found.gives is None for layer in found.layers.values()):
        return None
    inputs, calls = {}, []
    for name, layer in found.layers.items():
        if layer.node["layer"] == INPUT:
            inputs[name] = BYTES * training.batch_size * math.prod(layer.found.gives or ())
        elif (taken := costs[name]) is None:
            return None
        else:
            calls.append(Call(name, found.sources[name] or ["entrance"], taken))
    if not inputs:
        first = next(iter(found.layers.values()))
        inputs["entrance"] = BYTES * training.batch_size * math.prod(first.came[0] or ())
    own = [layer.found for layer in found.layers.values() if layer.own]
    numbers, trained = sum(weight.numbers for weight in own), sum(weight.trainable for weight in own)
    return forecast(inputs, calls, outputs_of(found.whole), numbers, trained, training)


def parameters(layer: Layer) -> int:
    """The parameters that are a layer's own."""
    return (layer.found.parameters or 0) if layer.own else 0
