"""What trains badly: one rule each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kit.analysis.view import View
from kit.structure import INPUT

Edit = tuple[str, list[dict[str, Any]]]
NOISE = {"Dropout", "GaussianDropout", "GaussianNoise", "AlphaDropout", "SpatialDropout1D", "SpatialDropout2D"}
SATURATING = {"sigmoid", "tanh", "hard_sigmoid"}
CHANNELS = (1, 3, 4)
DEEP = 5  # layers in a row


@dataclass
class Warning:
    """kind: which rule it is of. edits: what may mend it."""

    node: str
    kind: str
    message: str
    edits: list[Edit]


def removal(view: View, name: str) -> Edit:
    """Taking a layer out."""
    return f"Remove {view.node(name)}", [{"op": "remove", "nodes": [view.node(name)]}]


def activations_in_a_row(view: View) -> Iterator[Warning]:
    """softmax of a softmax, or any activation of what has just had one."""
    for name in view.layers:
        before = view.before(name)
        if before is None or view.kind(before) == INPUT:
            continue
        mine, other = view.activation(name), view.activation(before)
        if mine == other == "softmax":
            message = (
                f"softmax of a softmax: {view.node(before)} gives probabilities already, and a second softmax "
                "makes them nearly equal, so that little is learned; keep one"
            )
            edits = [removal(view, name)] if view.is_activation(name) else []
            without = (f"Take the activation of {view.node(before)} away", view.set_activation(before, None))
            yield Warning(view.node(name), "softmax twice", message, [*edits, without])
        elif view.is_activation(name) and other != "linear" and mine != "linear":
            message = f"two activations in a row: {view.node(before)} has {other}, and {mine} comes after it; keep one"
            without = (f"Take the activation of {view.node(before)} away", view.set_activation(before, None))
            yield Warning(view.node(name), "two activations", message, [removal(view, name), without])


def last_layer(view: View) -> Iterator[Warning]:
    """What stands last and should not."""
    for end in view.ends:
        kind = view.kind(end)
        if kind == "BatchNormalization":
            message = (
                "BatchNormalization after the last layer forces the outputs to mean 0; take it out, or put it earlier"
            )
            yield Warning(view.node(end), "normalized output", message, [removal(view, end)])
        elif kind in NOISE:
            message = f"{kind} is the last layer, so what the loss sees is disturbed; take it out, or put it earlier"
            yield Warning(view.node(end), "noisy output", message, [removal(view, end)])


def one_unit_softmax(view: View) -> Iterator[Warning]:
    """softmax over one number is always 1."""
    for name in view.layers:
        if view.kind(name) != INPUT and view.activation(name) == "softmax" and view.width(name) == 1:
            message = "softmax over one unit is always 1, so nothing is learned; use sigmoid, or one unit a class"
            yield Warning(
                view.node(name), "softmax of one", message, [("Use sigmoid", view.set_activation(name, "sigmoid"))]
            )


def output_for_the_loss(view: View) -> Iterator[Warning]:
    """An output that a cross-entropy cannot take for probabilities."""
    wanted = {"binary_crossentropy": "sigmoid"}.get(view.loss, "softmax")
    if not view.loss.endswith("crossentropy"):
        return
    for end in view.ends:
        name = view.last(end)
        has, width = view.activation(name), view.width(end)
        if view.kind(name) == INPUT or has == wanted or (wanted == "softmax" and width == 1):
            continue
        if wanted == "softmax" and has == "sigmoid":
            why = f"sigmoid gives each of {width} classes a probability of its own; for {view.loss} they sum to 1"
        elif has == "linear":
            why = f"the output is linear, and {view.loss} takes it for probabilities"
        elif has == "softmax":
            why = "softmax makes the outputs sum to 1, and binary_crossentropy takes each by itself"
        else:
            why = f"{has} on the output with a cross-entropy: its values are no probabilities"
        flat = len(view.layers[name].found.gives or ()) == 1  # else it would not go over what the end gives
        behind = {"op": "insert", "layer": "Activation", "config": {"activation": wanted}, "source": view.node(end)}
        edit = view.set_activation(name, wanted) if flat else [behind]
        yield Warning(view.node(name), "output", f"{why}; use {wanted}", [(f"Use {wanted}", edit)])


def idle_bias(view: View) -> Iterator[Warning]:
    """A bias that the BatchNormalization behind it takes away again."""
    for name in view.layers:
        before = view.before(name)
        if before is None or view.kind(name) != "BatchNormalization" or view.config(name).get("center") is False:
            continue
        kind = view.kind(before)
        biased = (kind == "Dense" or "Conv" in kind) and view.config(before).get("use_bias", True)
        if biased and view.activation(before) == "linear" and len(view.readers[before]) == 1:
            message = f"its bias does nothing: {view.node(name)} takes the mean away; mild, but parameters for nothing"
            edit = [{"op": "set", "node": view.node(before), "field": "use_bias", "value": False}]
            yield Warning(view.node(before), "idle bias", message, [("Leave the bias out", edit)])


def deep_saturation(view: View) -> Iterator[Warning]:
    """Many sigmoids or tanhs in a row, through which the gradient vanishes."""
    chains: dict[str, list[str]] = {}
    for name in view.layers:
        before = view.before(name)
        chain = chains.get(before, []) if before is not None else []
        saturates = view.activation(name) in SATURATING and view.layers[name].node["layer"] in ("Dense", "Activation")
        if saturates:
            chain = [*chain, name]
        elif view.kind(name) not in ("Dense", "Dropout", "Flatten", "Reshape") or view.activation(name) != "linear":
            chain = []
        chains[name] = chain
        if saturates and len(chain) == DEEP:
            message = (
                f"{DEEP} layers in a row with {view.activation(name)}: the gradient vanishes on its way back; "
                "use relu, or put BatchNormalization between"
            )
            edits = [("Use relu in them", [step for each in chain for step in view.set_activation(each, "relu")])]
            yield Warning(view.node(name), "deep saturation", message, edits)


def linear_in_a_row(view: View) -> Iterator[Warning]:
    """Two linear layers that can do no more than one."""
    for name in view.layers:
        before = view.before(name)
        if before is None or not view.kind(name) == view.kind(before) == "Dense" or len(view.readers[before]) > 1:
            continue
        width, came = view.width(before) or 0, view.layers[before].came[0] or (0,)
        narrow = width < came[-1] and width < (view.width(name) or 0)  # on purpose: fewer weights than one layer has
        if view.activation(before) == "linear" and not narrow:
            message = (
                f"two linear layers in a row do no more than one: {view.node(before)} has no activation; give it one"
            )
            edits = [("Use relu", view.set_activation(before, "relu")), removal(view, before)]
            yield Warning(view.node(before), "linear twice", message, edits)


def dense_on_images(view: View) -> Iterator[Warning]:
    """A Dense that reads images, of which it joins the numbers of one row at a time."""
    for name in view.layers:
        came = view.layers[name].came[:1]
        source = view.before(name)
        if view.kind(name) != "Dense" or source is None or came[0] is None or len(came[0]) != 3:
            continue
        while view.kind(source) in (*NOISE, "Activation", "BatchNormalization") and (before := view.before(source)):
            source = before
        if "2D" in view.kind(source) and view.kind(source) != "SpatialDropout2D":
            message = "Dense joins only the numbers of one row of an image; put Flatten before it"
            edits = [
                (f"Insert {layer}", [{"op": "insert", "layer": layer, "target": view.node(name)}])
                for layer in ("Flatten", "GlobalAveragePooling2D")
            ]
            yield Warning(view.node(name), "rows", message, edits)


def fractions_as_words(view: View) -> Iterator[Warning]:
    """An Embedding that reads what another layer computes."""
    for name in view.layers:
        source = view.before(name)
        if view.kind(name) != "Embedding" or source is None:
            continue
        while view.kind(source) in ("Flatten", "Reshape", "Permute", "RepeatVector") and (
            before := view.before(source)
        ):
            source = before
        if view.kind(source) != INPUT:
            message = (
                f"Embedding looks up whole numbers, but {view.node(source)} computes fractions; put it behind an Input"
            )
            units = {"units": view.config(name).get("output_dim", 32)}
            dense = [{"op": "replace", "node": view.node(name), "layer": "Dense", "config": units}]
            yield Warning(view.node(name), "fractions", message, [("Make it Dense", dense), removal(view, name)])


def channels_last(view: View) -> Iterator[Warning]:
    """An Input whose channels come last, which here come first."""
    for name, layer in view.layers.items():
        shape = layer.found.gives
        if layer.node["layer"] != INPUT or shape is None or len(shape) != 3:
            continue
        rows, columns, channels = shape
        images = any(("Conv" in view.kind(r) or "Pooling" in view.kind(r)) for r in view.readers[name])
        if images and channels in CHANNELS and min(rows, columns) > max(CHANNELS):
            message = (
                f"({rows}, {columns}, {channels}) looks like an image with its channels last; here they come first: "
                f"({channels}, {rows}, {columns})"
            )
            moved = {"op": "set", "node": view.node(name), "field": "shape", "value": [channels, rows, columns]}
            yield Warning(view.node(name), "channels last", message, [("Put the channels first", [moved])])


def unread(view: View) -> Iterator[Warning]:
    """A layer that nothing reads, in a model whose outputs are others."""
    for name in view.layers:
        if not view.readers[name] and name not in view.ends and view.kind(name) != INPUT:
            message = (
                "nothing reads it, and it is no output of the model, so it is never trained; connect it, remove it, "
                f"or name it in the code: Model(..., [{', '.join(view.node(each) for each in (*view.ends, name))}])"
            )
            yield Warning(view.node(name), "unread", message, [removal(view, name)])


RULES: tuple[Callable[[View], Iterator[Warning]], ...] = (
    activations_in_a_row,
    last_layer,
    one_unit_softmax,
    output_for_the_loss,
    idle_bias,
    deep_saturation,
    linear_in_a_row,
    dense_on_images,
    fractions_as_words,
    channels_last,
    unread,
)
