"""A loss that is no number any more: when that is seen, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from kit.activations import get as activation_of
from kit.activations import linear, softmax
from kit.metrics import name

if TYPE_CHECKING:
    from kit.training.steps import Record
    from kit.training.trainable import Trainable


def became_nan(record: Record) -> bool:
    """Whether an epoch ended with a loss that is no number."""
    return record.ended is not None and record.ended["loss"] != record.ended["loss"]


def advice(record: Record, model: Trainable) -> str:
    """What to do then, for this model."""
    return f"the loss became NaN in epoch {record.epoch}; " + (
        no_probabilities(model) or "lower the learning rate, scale the inputs, or set the optimizer's clipnorm=1.0"
    )


def always_one(model: Trainable) -> str:
    """What to do about a softmax over a single output, which is 1 whatever comes; empty where there is none."""
    network = model.module
    for output, shape in zip(network.outputs, model.output_shapes(), strict=True):
        layer = network.steps[output - len(network.shapes)].layer if output >= len(network.shapes) else None
        function = getattr(layer, "activation", None)
        if shape[-1:] == (1,) and (
            type(layer).__name__ == "Softmax" or (function and activation_of(function) is softmax)
        ):
            return "the last layer's softmax is over one output, and so always 1; set its activation='sigmoid'"
    return ""


def no_probabilities(model: Trainable) -> str:
    """What to do about a loss of probabilities behind a layer that gives any numbers; empty where there is none."""
    network = model.module
    for end, output in zip(model.goal().ends, network.outputs, strict=True):
        if getattr(end.objective, "from_logits", True) or output < len(network.shapes):
            continue
        layer = network.steps[output - len(network.shapes)].layer
        function = getattr(layer, "activation", "")
        bare = isinstance(layer, nn.Linear) or (function != "" and activation_of(function or "linear") is linear)
        if bare:
            usual, loss = "sigmoid" if "binary" in name(end.loss) else "softmax", name(end.loss)
            return (
                f"{loss} takes probabilities, which the last layer does not give: set its activation='{usual}', "
                f"or loss='{loss}(from_logits=True)'"
            )
    return ""
