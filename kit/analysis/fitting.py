"""Before an edit is made: where a wire may end, and which layers fit at a place."""

from __future__ import annotations

from typing import Any

from kit.analysis.survey import Survey, survey
from kit.analysis.usual_next import likeliest
from kit.analysis.weighing import weighed
from kit.blocks import block_of
from kit.declared import plain
from kit.editing.usual import usual_config
from kit.editing.wires import connect, downstream, inputs_of
from kit.graph import layer_class
from kit.structure import INPUT, Document, DocumentError, Node, in_order, repeated, sources_of
from kit.symbols import Shape

WHOLE = (None, INPUT, "Flatten", "Reshape", "Permute", "RepeatVector")  # what may give whole numbers


class Fitting:
    """A document that somebody is about to edit. shape: of an input sample, for a chain without an Input."""

    def __init__(self, document: Document, shape: Shape | None = None) -> None:
        self.found: Survey = survey(document, shape)
        self.document = document = self.found.open
        self.nodes: dict[str, Node] = {node["id"]: node for node in document["nodes"]}
        self.sources = sources_of(document)
        self.first: dict[str, str] = {}  # of a node, its first layer; for its last see gives
        self.gives: dict[str, Shape | None] = {}
        for name, layer in self.found.layers.items():
            node = self.found.origin[name].node
            self.first.setdefault(node, name)
            self.gives[node] = layer.found.gives

    def node(self, name: Any) -> Node:
        """A node. DocumentError where there is none."""
        if name not in self.nodes:
            raise DocumentError(f"there is no node {name!r}")
        return self.nodes[name]

    def given(self, name: str) -> Shape | None:
        """The shape that a node gives to others; what a bypassed one passes on."""
        seen = set()
        while name not in self.gives and self.sources[name] and name not in seen:
            seen.add(name)
            name = self.sources[name][0]
        return self.gives.get(name)

    def wire(self, source: str | None = None, target: str | None = None) -> dict[str, str | None]:
        """For every other node, None where a wire from the source (or to the target) may end there, else why not."""
        end = source if source is not None else target
        self.node(end)
        others = [name for name in self.nodes if name != end]
        if source is not None:
            upstream = {name for name in others if source in downstream(self.document, name)}
            return {name: self.refusal(source, name, circle=name in upstream) for name in others}
        after = downstream(self.document, str(target))
        return {name: self.refusal(name, str(target), circle=name in after) for name in others}

    def refusal(self, source: str, target: str, circle: bool) -> str | None:
        """Why no wire may lead from one node to another; None where it may."""
        node = self.nodes[target]
        if node["layer"] == INPUT:
            return f"{target} is an Input and takes no wire"
        if circle:
            return f"a wire from {source} to {target} would close a circle"
        try:
            inputs = inputs_of(self.document, target)
        except DocumentError as error:
            return str(error)
        if inputs == 1 and self.sources[target] == [source]:
            return f"{target} reads {source} already"
        reads = [source] if inputs == 1 else [*self.sources[target], source]
        if node.get("bypass") and len(reads) > 1:
            return f"{target} is bypassed and passes on one input; take its layer in again first"
        owner = self.nodes.get(node.get("shared_with", ""), node)
        came = tuple(self.given(name) for name in reads)
        if not node.get("bypass") and (message := weighed(owner, came, target).error):
            return message
        return self.refusal_of_order(source, target)

    def refusal_of_order(self, source: str, target: str) -> str | None:
        """Why a repeated group, or a shared layer, forbids a wire."""
        groups = [g for g in repeated(self.document) if (source in g["nodes"]) != (target in g["nodes"])]
        groups = [group for group in groups if group["id"] not in self.found.groups]
        shares = self.found.error is None and any(node.get("shared_with") for node in self.nodes.values())
        if not groups and not shares:
            return None
        after, _ = connect(self.document, source, target)
        try:
            for group in groups:
                block_of(after, group)
            if shares:
                in_order(after)
        except DocumentError as error:
            return str(error)
        return None

    def suggest(
        self, source: str | None = None, target: str | None = None
    ) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """The layers that fit after a node, before one, or between the two, likeliest first; and why the others do not.

        Each with a config that suits, and the shape it gives.
        """
        for end in (source, target):
            if end is not None:
                self.node(end)
        reads = [source] if source is not None else self.sources[target] if target is not None else []
        came = tuple(self.given(name) for name in reads) or (None,)
        before = self.nodes[reads[0]]["layer"] if reads else None
        fit: list[dict[str, Any]] = []
        others: dict[str, str] = {}
        for name in likeliest(before, came[0]):
            if name == INPUT:
                if not reads:
                    fit.append({"layer": INPUT, "config": {"shape": [1, 8, 8]}, "output": [1, 8, 8]})
                else:
                    others[INPUT] = "an Input is an entrance; it takes no wire"
                continue
            config, gives, error = self.tried(name, came, between=target is not None)
            if error is None and layer_class(name).takes_integers and before not in WHOLE:
                error = f"{name} looks up whole numbers, but {reads[0]} gives fractions"
            if error is None and target is not None:
                error = self.tried_before(target, source, gives)
            if error is None:
                fit.append({"layer": name, "config": config, "output": None if gives is None else list(gives)})
            else:
                others[name] = error
        return fit, others

    def tried(
        self, layer: str, came: tuple[Shape | None, ...], between: bool
    ) -> tuple[dict[str, Any], Shape | None, str | None]:
        """A config for a layer at a place, what it gives there, and why it does not fit, or None."""
        config, cls = usual_config(layer), layer_class(layer)
        if cls.input_count is None and not between:  # it merges what it has now with what comes later
            came = came * 2
        weight = weighed({"id": layer, "layer": layer, "config": config}, came)
        if weight.error is not None and None not in came:
            windows = [cls.declaration[field] for field in ("kernel_size", "pool_size") if field in cls.declaration]
            if windows:
                plainer = {**config, **{field.name: plain(field.convert(1, layer)) for field in windows}}
                second = weighed({"id": layer, "layer": layer, "config": plainer}, came)
                if second.error is None:
                    return plainer, second.gives, None
        return config, weight.gives, weight.error

    def tried_before(self, target: str, source: str | None, gives: Shape | None) -> str | None:
        """Why a node cannot read a new layer that gives this; None where it can."""
        node = self.nodes[target]
        if node["layer"] == INPUT:
            return f"{target} is an Input and takes no wire"
        owner = self.nodes.get(node.get("shared_with", ""), node)
        reads = self.sources[target] if source is not None else []
        came = tuple(gives if name == source else self.given(name) for name in reads) or (gives,)
        error = weighed(owner, came, target).error
        return None if error is None else f"then {error}"
