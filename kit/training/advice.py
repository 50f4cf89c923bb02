"""What trains badly: a loss that is no number any more, and what is seen before; what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import nn

from kit.activations import ACTIVATIONS, linear, softmax
from kit.activations import get as activation_of
from kit.layers.core import Activation
from kit.layers.layer import Layer
from kit.metrics import name
from kit.names import name_of

if TYPE_CHECKING:
    from kit.network import Network
    from kit.symbols import Step
    from kit.training.steps import Record
    from kit.training.trainable import Trainable

OF_ONE = ("sigmoid", "hard_sigmoid", "sparse_sigmoid", "softmax", "sparsemax")  # what gives numbers from 0 to 1
OF_SUMS = (*OF_ONE, "softplus", "squareplus", "exponential")  # and above 0, for a loss that scales them to sum 1
ANY_NUMBERS = ("ReLU", "ThresholdedReLU", "LeakyReLU", "PReLU", "ELU", "Tanh")  # layers that give others
PASSING = ("activations", "noise", "normalization", "merging")  # families of layers that keep the axes
WITHIN = ("TransformerEncoder",)  # layers whose activation is not that of their output


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
        if shape[-1:] == (1,) and gives_softmax(layer_of(network, output)):
            return "the last layer's softmax is over one output, and so always 1; set its activation='sigmoid'"
    return ""


def across_columns(model: Trainable) -> str:
    """What to do about classes that are taken along the columns of images; empty where there are none."""
    network = model.module
    for end, output, shape in zip(model.goal().ends, network.outputs, model.output_shapes(), strict=True):
        if len(shape) < 3 or not is_image(network, output):
            continue
        if gives_softmax(layer_of(network, output)) or ("categorical" in name(end.loss) and shape[0] > 1):
            return (
                "the output is an image (channels, rows, cols), but the classes of softmax and of categorical losses "
                "are the last axis, here the columns: put Permute((2, 3, 1)) before Activation('softmax'); y is then "
                "(n, rows, cols), class numbers, or (n, rows, cols, classes)"
            )
    return ""


def step_of(network: Network, value: int) -> Step | None:
    """The step that a value of a network comes from; None for an input."""
    number = value - len(network.shapes)
    return network.steps[number] if number >= 0 else None


def layer_of(network: Network, value: int) -> nn.Module | None:
    """The layer that a value of a network comes from; None for an input."""
    step = step_of(network, value)
    return None if step is None else step.layer


def is_image(network: Network, value: int) -> bool:
    """Whether a value of a network comes from a layer of images, whose channels are the first axis."""
    while (step := step_of(network, value)) is not None:
        if isinstance(step.layer, Layer) and step.layer.input_axes.startswith("channels "):
            return True
        if getattr(step.layer, "family", "") not in PASSING and not isinstance(step.layer, Activation):
            return False
        value = step.sources[0]
    return False


def gives_softmax(layer: nn.Module | None) -> bool:
    """Whether a layer ends with a softmax."""
    function = getattr(layer, "activation", None)
    return type(layer).__name__ == "Softmax" or bool(function and activation_of(function) is softmax)


def no_probabilities(model: Trainable) -> str:
    """What to do about a loss of probabilities behind a layer that gives any numbers; empty where there is none."""
    network = model.module
    for end, output in zip(model.goal().ends, network.outputs, strict=True):
        layer = layer_of(network, output)
        if layer is None or getattr(end.objective, "from_logits", True):
            continue
        function = getattr(layer, "activation", "")
        bare = isinstance(layer, nn.Linear) or (function != "" and activation_of(function or "linear") is linear)
        usual, loss = "sigmoid" if "binary" in name(end.loss) else "softmax", name(end.loss)
        if bare:
            return (
                f"{loss} takes probabilities, which the last layer does not give: set its activation='{usual}', "
                f"or loss='{loss}(from_logits=True)'"
            )
        if gives_any_numbers(layer, OF_ONE if usual == "sigmoid" else OF_SUMS):
            last = name_of(function) or type(layer).__name__
            return f"{loss} takes probabilities, which {last} does not give as the last activation: use {usual!r} there"
    return ""


def gives_any_numbers(layer: nn.Module, fine: Sequence[str]) -> bool:
    """Whether a layer ends with an activation of the kit that is none of these; of another's nothing is known."""
    kind = type(layer).__name__
    function = "" if kind in WITHIN else getattr(layer, "activation", "")
    others = [made for word, made in ACTIVATIONS.items() if made not in [ACTIVATIONS[each] for each in fine]]
    return kind in ANY_NUMBERS or (function != "" and activation_of(function) in others)
