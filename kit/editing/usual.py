"""What a new node is called, and what its layer is given where it must be given something."""

from __future__ import annotations

import re
from typing import Any

from kit.fields import MISSING, Field
from kit.graph import layer_class
from kit.structure import INPUT, Document

USUAL: dict[str, Any] = {
    "units": 64,
    "filters": 32,
    "kernel_size": 3,
    "input_dim": 1000,
    "output_dim": 32,
    "rate": 0.5,
    "stddev": 0.1,
    "num_heads": 4,
    "key_dim": 16,
    "activation": "relu",
    "target_shape": [-1],
    "dims": [1],
    "n": 2,
}
BY_CONTROL: dict[str, Any] = {"flag": False, "fraction": 0.5, "number": 1.0, "integer": 2, "sizes": 2, "text": ""}


def new_id(document: Document, layer: str) -> str:
    """conv2d_1 for the first Conv2D: the layer's name in lower case and a number that nobody has."""
    taken = {node["id"] for node in document["nodes"]} | {group["id"] for group in document.get("groups", [])}
    stem = re.sub(r"[^a-z0-9_]+", "_", layer.lower())
    return next(name for i in range(1, 10**9) if (name := f"{stem}_{i}") not in taken)


def usual_config(layer: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
    """A config for a layer: what is given, and a usual value for each other field that must have one."""
    given = dict(given or {})
    if layer == INPUT:
        return {"shape": [1], **given}
    fields = layer_class(layer).declaration.values()
    missing = [field for field in fields if field.default is MISSING and field.name not in given]
    return {**given, **{field.name: usual_value(field) for field in missing}}


def usual_value(field: Field) -> Any:
    """A value that a field takes."""
    kind = field.kind
    candidates = [
        USUAL.get(field.name),
        *(kind.choices or ())[:1],
        BY_CONTROL.get(kind.control),
        kind.minimum,
        "LSTM(32)",
    ]
    for candidate in candidates:
        for value in (candidate, [candidate]):
            if candidate is not None and field.fits(value):
                converted = field.convert(value, "")
                return list(converted) if isinstance(converted, tuple) else value
    return candidates[0]


def carried(value: Any, field: Field) -> Any:
    """A setting of another layer as this field takes it: [3] for [3, 3] and back. MISSING where it takes none of it."""
    candidates = [value]
    if isinstance(value, (list, tuple)) and len(set(map(str, value))) == 1:
        candidates.append(value[0])
    for candidate in candidates:
        if field.fits(candidate):
            converted = field.convert(candidate, "")
            return list(converted) if isinstance(converted, tuple) else candidate
    return MISSING
