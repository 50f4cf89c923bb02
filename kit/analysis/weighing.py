"""One layer by itself: the shape it gives, its parameters, or why it cannot work."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, replace
from typing import Any

from kit.carry import shapes_of
from kit.graph import layer_class, make_layer
from kit.layers.layer import Layer
from kit.layers.measuring import measure
from kit.structure import DocumentError, Node
from kit.symbols import Shape


@dataclass(frozen=True)
class Weighed:
    """gives: the output's shape, None where it is not known. numbers: parameters and running statistics.

    weights: their names and shapes. error: why it cannot work, and field: which of its fields is to blame; or None.
    """

    gives: Shape | None = None
    parameters: int | None = None
    trainable: int = 0
    numbers: int = 0
    weights: tuple[tuple[str, Shape], ...] = ()
    error: str | None = None
    field: str | None = None


def weighed(node: Node, came: tuple[Shape | None, ...], name: str | None = None) -> Weighed:
    """A node's layer for inputs of these shapes. name: what an error calls it."""
    try:
        cls: Any = layer_class(node["layer"])
        text = json.dumps(node.get("config", {}), sort_keys=True)
    except (DocumentError, TypeError, ValueError) as error:
        return Weighed(error=str(error))
    found = weigh(cls, text, came)
    if found.error is None or name is None or not found.error.startswith(f"{cls.__name__}("):
        return found
    named = f"{name}: {found.error}" if found.field is None else found.error
    return replace(found, error=named)


@functools.lru_cache(maxsize=20_000)
def weigh(cls: type[Layer], config: str, came: tuple[Shape | None, ...]) -> Weighed:
    """A layer for inputs of these shapes."""
    settings: dict[str, Any] = json.loads(config)
    try:
        layer = make_layer({"layer": cls.__name__, "config": settings}, {cls.__name__: cls})
    except (TypeError, ValueError) as error:
        return Weighed(error=str(error), field=field_to_blame(cls, settings, str(error)))
    known = tuple(shape for shape in came if shape is not None)
    if len(known) < len(came):
        return Weighed()
    try:
        shape, twin = measure(layer, *known)
    except ValueError as error:
        return Weighed(error=str(error))
    parameters = list(twin.parameters())
    count = sum(parameter.numel() for parameter in parameters)
    trainable = sum(parameter.numel() for parameter in parameters if parameter.requires_grad)
    numbers = count + sum(buffer.numel() for buffer in twin.buffers())
    return Weighed(shape, count, trainable, numbers, shapes_of(twin))


def field_to_blame(cls: type[Layer], settings: dict[str, Any], message: str) -> str | None:
    """The field that the message of a constructor is about."""
    for name in settings:
        if f"({name}=" in message or f"argument {name!r}" in message:
            return name
    return next((name for name in cls.declaration if message.startswith(f"{cls.__name__} needs {name}")), None)
