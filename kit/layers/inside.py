"""Layers that others hold: in `build` of a layer of one's own, or in a torch module."""

from collections.abc import Iterable

import torch
from torch import nn

from kit.layers.layer import Layer
from kit.layers.measuring import made, without_weights
from kit.symbols import Shape


def build(layer: nn.Module, *shapes: Shape) -> None:
    """Makes the weights of a layer for inputs of these shapes, and of the layers that it, or a torch module, holds.

    What is inside is told its shapes by running the whole on a sample of zeros.
    """
    if isinstance(layer, Layer):
        layer.build_for(*shapes)
    waiting = without_weights(layer)
    if not waiting:
        return
    device = torch.get_default_device()
    if not isinstance(layer, Layer):  # the caller's, which is where it is
        device = next((weight.device for weight in layer.parameters()), torch.device("cpu"))
    for inner in waiting:
        inner.generator = inner.generator or getattr(layer, "generator", None)  # type: ignore[misc]
    with torch.device(device), torch.no_grad(), evaluating(layer):
        layer(*made(layer, 1, shapes, str(device)))


def forget_losses(layers: Iterable[nn.Module]) -> None:
    """Drops what layers have added to the loss of a batch that is over."""
    for layer in layers:
        if isinstance(layer, Layer) and layer.activity_penalty is not None:
            layer.activity_penalty = None  # type: ignore[misc]


class evaluating:
    """With this, a module and all in it are as for prediction; afterwards each is as it was."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module

    def __enter__(self) -> None:
        self.training = [part for part in self.module.modules() if part.training]
        if self.training:
            self.module.eval()

    def __exit__(self, *error: object) -> None:
        for part in self.training:
            part.training = True
