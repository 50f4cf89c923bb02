"""Forms: what an editor needs to know of a declared class, as plain data (see docs/protocol.md)."""

from __future__ import annotations

import inspect
from typing import Any

from kit.declared import Declared, plain
from kit.fields import MISSING, Field
from kit.graph import INPUT
from kit.layers.layer import CATALOG, Layer

FAMILIES = (  # the palette's order
    "input",
    "core",
    "convolutional",
    "pooling",
    "recurrent",
    "embeddings",
    "attention",
    "normalization",
    "activations",
    "noise",
    "merging",
)
USUAL = (  # those most models have, first in their families
    *("Dense", "Dropout", "Flatten", "Activation", "Reshape", "Conv2D", "Conv1D", "MaxPooling2D", "LSTM", "GRU"),
    *("Embedding", "BatchNormalization", "Add", "Concatenate"),
)
ADVANCED = ("initializer", "regularizer", "constraint", "truncate_gradient")
COMMON = ("name", "input_shape")  # the canvas has its own means for these


def field_form(field: Field) -> dict[str, Any]:
    """One field's control, bounds, choices and help."""
    kind, required = field.kind, field.default is MISSING
    return {
        "name": field.name,
        "control": kind.control,
        "required": required,
        "default": None if required else plain(field.default),
        "minimum": kind.minimum,
        "maximum": kind.maximum,
        "choices": list(kind.choices) if kind.choices is not None else None,
        "help": field.help,
        "advanced": field.name.endswith(ADVANCED) or kind.axis is not None or kind.keyword,
    }


def form(cls: type[Declared]) -> list[dict[str, Any]]:
    """The fields of a declared class, in order."""
    return [field_form(field) for name, field in cls.declaration.items() if name not in COMMON]


def entry(cls: type[Layer]) -> dict[str, Any]:
    """A layer's place in the palette."""
    text = inspect.getdoc(cls) or ""
    return {
        "name": cls.__name__,
        "family": cls.family,
        "summary": text.split("\n")[0],
        "help": text,
        "inputs": cls.input_count,
        "fields": form(cls),
        "usual": USUAL.index(cls.__name__) if cls.__name__ in USUAL else None,
    }


def palette() -> list[dict[str, Any]]:
    """All layers of the catalog and Input, by family."""
    start = {
        "name": INPUT,
        "family": "input",
        "summary": "The entrance of a graph.",
        "help": "The entrance of a graph.\n\nshape: of one sample, without the batch axis.",
        "inputs": 0,
        "usual": None,
        "fields": [
            {
                "name": "shape",
                "control": "sizes",
                "required": True,
                "default": None,
                "minimum": 1,
                "maximum": None,
                "choices": None,
                "help": "of one sample, without the batch axis, such as 1, 8, 8",
                "advanced": False,
            }
        ],
    }
    entries = [start, *(entry(cls) for cls in CATALOG.values())]
    rank = {family: i for i, family in enumerate(FAMILIES)}
    last = len(USUAL)
    return sorted(
        entries,
        key=lambda item: (rank.get(item["family"], len(rank)), last if item["usual"] is None else item["usual"]),
    )
