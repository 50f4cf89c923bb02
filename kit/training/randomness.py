"""Randomness of one training: its own generators, so that what others draw changes nothing."""

import torch
from torch import Generator, nn

from kit.layers.layer import Layer


class Randomness:
    """host: orders the samples and starts the weights. device: drops units, next to the data.

    seed: makes both repeatable; drawn from torch's default generator if none.
    """

    def __init__(self, seed: int | None, device: torch.device) -> None:
        self.seed = int(torch.randint(2**62, ()).item()) if seed is None else int(seed)
        self.host = Generator().manual_seed(self.seed)
        self.device = self.host if device.type == "cpu" else Generator(device).manual_seed(self.seed)

    def start(self, module: nn.Module) -> None:
        """Lends the host's generator to the layers that still have to make their weights."""
        for layer in module.modules():
            if isinstance(layer, Layer) and not layer.built:
                layer.generator = self.host  # type: ignore[misc]

    def lend(self, module: nn.Module) -> None:
        """Lends the device's generator to every layer of a module."""
        for layer in module.modules():
            if isinstance(layer, Layer):
                layer.generator = self.device  # type: ignore[misc]
