"""A layer inside a layer: the kind of its field, and what stands for it in a config, a file and a form."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from kit.fields import Kind
from kit.layers.layer import CATALOG, Layer
from kit.names import near_miss

WANTED = "a layer, such as LSTM(32)"


def as_layer(given: Any, custom: Mapping[str, Any] | None = None) -> Layer:
    """The layer that a value stands for: itself, {"layer": name, "config": {...}}, or the text of its call.

    custom: layer classes and functions by name, beside the catalog's classes. Nothing in a text is run.
    Raises TypeError or ValueError, with the reason, where it stands for none.
    """
    if isinstance(given, Layer):
        return given
    known = {**CATALOG, **(custom or {})}
    try:
        if isinstance(given, str):
            return as_layer(read(ast.parse(given.strip(), mode="eval").body, known))
        if isinstance(given, Mapping) and isinstance(given.get("layer"), str):
            return construct(layer_called(given["layer"], known), given.get("config", {}), custom)
    except SyntaxError as error:
        raise ValueError(f"it takes {WANTED}, but this is not the text of a call: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise ValueError("the layers inside are nested too deeply") from None
    raise TypeError(f"it takes {WANTED}" + ("; wrap a model's layers one by one" if hasattr(given, "layers") else ""))


def layer_called(name: str, known: Mapping[str, Any]) -> type[Layer]:
    """The layer class of this name. ValueError where there is none."""
    found = known.get(name)
    if not (isinstance(found, type) and issubclass(found, Layer)):
        raise ValueError(f"there is no layer {name!r}{near_miss(name, known) or '; define it first'}")
    return found


def construct(cls: type[Layer], config: Mapping[str, Any], custom: Mapping[str, Any] | None = None) -> Layer:
    """The layer that a class makes of a config, in which names may stand for the caller's own."""

    def meant(name: str, value: Any) -> Any:
        field = cls.declaration.get(name)
        if field is None or field.kind.control != "layer":
            return own(value, custom)
        kind = replace(field.kind, convert=lambda given: as_layer(given, custom))
        return replace(field, kind=kind).convert(value, cls.__name__)

    return cls(**{name: meant(name, value) for name, value in config.items()})


def own(value: Any, custom: Mapping[str, Any] | None) -> Any:
    """The caller's function, where a config names one; else the value."""
    return custom[value] if isinstance(value, str) and custom and value in custom else value


def read(node: ast.expr, known: Mapping[str, Any]) -> Any:
    """What a parsed expression stands for: a layer, a function that is known by name, or a literal."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=args, keywords=words):
            values = [read(argument, known) for argument in args]
            return layer_called(name, known)(*values, **{str(word.arg): read(word.value, known) for word in words})
        case ast.Name(id=name) if name in known:
            return known[name]
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ValueError(f"{ast.unparse(node)!r} cannot be read here; write numbers, strings and layers") from None


LayerField = Annotated[Layer, Kind("layer", WANTED, as_layer)]
