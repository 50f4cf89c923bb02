"""A layer of Keras in our words: its class here, and its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kit.graph import layer_class
from kit.layers.layer import Layer
from kit.storage.foreign.keras_graph import Entry, entry_of
from kit.storage.foreign.keras_layers import Known
from kit.storage.foreign.keras_options import Config, Obstacle, fields, own

KERAS_2_DEFAULTS: dict[str, Config] = {"GRU": {"reset_after": False}}


@dataclass(frozen=True)
class Words:
    """Says layers of Keras here. version: of Keras, 2 or 3. custom: the caller's own classes and functions by name."""

    version: int
    custom: Mapping[str, Any]

    def said(self, entry: Entry, causal: bool = False) -> tuple[type[Layer], Known | None, dict[str, Any]]:
        """The class of a layer here, what the table says of it, and its fields. Raises Obstacle."""
        mine = own(entry.cls, self.custom)
        known = None if mine else entry.known
        if mine is None and known is None:
            raise Obstacle(unknown(entry))
        cls = layer_class(mine or (known.here if known else "") or entry.cls, self.custom)
        config = {**(KERAS_2_DEFAULTS.get(entry.cls, {}) if self.version < 3 else {}), **entry.config}
        if known and known.kind == "wrapper":
            return cls, known, self.wrapped(cls, config)
        said = dict(fields(cls, known, config, self.version, self.custom))
        if causal:
            said["causal"] = True
        return cls, known, said

    def wrapped(self, cls: type[Layer], config: Config) -> dict[str, Any]:
        """The fields of a layer that holds another."""
        parts = {
            name: self.inside(config[name]) for name in ("layer", "backward_layer") if config.get(name) is not None
        }
        rest = {name: value for name, value in config.items() if name not in ("layer", "backward_layer")}
        back = parts.pop("backward_layer", None)
        if back is not None:
            other = {**parts["layer"]["config"], "go_backwards": True}
            if back["layer"] != parts["layer"]["layer"] or back["config"] != other:
                raise Obstacle("its layer that runs backwards is another than the one that runs forwards")
        return {**fields(cls, None, rest, self.version, self.custom), **parts}

    def inside(self, config: Any) -> dict[str, Any]:
        """A layer inside another, as the field of a document."""
        cls, _, said = self.said(entry_of(config, {}, 0))
        return {"layer": cls.__name__, "config": said}


def unknown(entry: Entry) -> str:
    """What there is to say of a layer that is not known."""
    if entry.cls == "Lambda":
        return (
            "a Lambda holds code, which is not run; write the layer as a class and pass custom_objects={'Lambda': it}"
        )
    name = entry.cls.rpartition(">")[2]
    if name == "Normalization":
        return "a Normalization is not read from Keras's files; make the layers anew, and call its adapt(X)"
    return f"there is no layer {entry.cls!r:.80} here; write one and pass it in custom_objects={{{name!r:.80}: it}}"
