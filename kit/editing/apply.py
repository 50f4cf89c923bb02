"""Operations: edits said as plain data, {"op": "insert", ...}; docs/protocol.md lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kit.editing import fragments, groups, nodes, wires
from kit.names import near_miss
from kit.structure import Document, DocumentError, check, is_pair, version_of

MOST = 10_000  # operations at once
Edit = Callable[..., tuple[Document, list[str]]]
TEXT, TEXTS, WHOLE, FLAG = "a string", "a list of strings", "a whole number", "true or false"
CONFIG, PLACE, ANY = "names and values", "two numbers", ""
PLACED = {"source": TEXT, "target": TEXT, "id": TEXT, "position": PLACE}
OPERATIONS: dict[str, tuple[Edit, dict[str, str], dict[str, str]]] = {  # fields that are needed, and that may be given
    "insert": (nodes.insert, {"layer": TEXT}, {"config": CONFIG, **PLACED}),
    "remove": (nodes.remove, {"nodes": TEXTS}, {}),
    "replace": (nodes.replace, {"node": TEXT, "layer": TEXT}, {"config": CONFIG}),
    "set": (nodes.set_field, {"node": TEXT, "field": TEXT}, {"value": ANY}),
    "label": (nodes.label, {"node": TEXT}, {"title": TEXT, "comment": TEXT}),
    "bypass": (nodes.bypass, {"nodes": TEXTS, "on": FLAG}, {}),
    "freeze": (nodes.freeze, {"nodes": TEXTS, "on": FLAG}, {}),
    "connect": (wires.connect, {"source": TEXT, "target": TEXT}, {}),
    "disconnect": (wires.disconnect, {"source": TEXT, "target": TEXT}, {}),
    "group": (groups.group, {"nodes": TEXTS}, {"id": TEXT, "title": TEXT, "repeat": WHOLE}),
    "repeat": (groups.repeat, {"group": TEXT, "times": WHOLE}, {}),
    "ungroup": (groups.ungroup, {"group": TEXT}, {}),
    "paste": (fragments.paste, {"text": TEXT}, {"position": PLACE}),
}  # fmt: skip
KINDS: dict[str, Callable[[Any], bool]] = {
    TEXT: lambda value: isinstance(value, str),
    TEXTS: lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    WHOLE: lambda value: isinstance(value, int) and not isinstance(value, bool),
    FLAG: lambda value: isinstance(value, bool),
    CONFIG: lambda value: isinstance(value, dict) and all(isinstance(key, str) for key in value),
    PLACE: is_pair,
    ANY: lambda value: True,
}


def apply(document: Document, operations: Any) -> tuple[Document, list[str]]:
    """The document after some operations, and the ids of the nodes they made. DocumentError where one cannot be."""
    if not isinstance(operations, list) or len(operations) > MOST:
        raise DocumentError(f"operations is a list, of {MOST:,} at most")
    made: list[str] = []
    for operation in operations:
        document, new = step(document, operation)
        made += new
    there = {node["id"] for node in document["nodes"]}
    return check({**document, "version": version_of(document)}), [name for name in made if name in there]


def step(document: Document, operation: Any) -> tuple[Document, list[str]]:
    """The document after one operation."""
    name = operation.get("op") if isinstance(operation, dict) else None
    if not isinstance(name, str) or name not in OPERATIONS:
        raise DocumentError(f"there is no operation {name!r}{near_miss(str(name), OPERATIONS)}")
    edit, needed, optional = OPERATIONS[name]
    fields = {key: value for key, value in operation.items() if key != "op" and value is not None}
    for key in needed:
        if key not in fields:
            raise DocumentError(f"the operation {name} needs {key}")
    for key, value in fields.items():
        kind = needed.get(key, optional.get(key))
        if kind is None:
            raise DocumentError(f"the operation {name} has no {key!r}{near_miss(key, [*needed, *optional])}")
        if not KINDS[kind](value):
            raise DocumentError(f"the operation {name}: {key} is {kind}")
    return edit(document, **fields)
