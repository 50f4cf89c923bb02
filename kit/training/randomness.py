"""Randomness of one training: its own generators, so that what others draw changes nothing."""

import numpy as np
import torch
from torch import Generator, nn

from kit.layers.layer import Layer


class Randomness:
    """host: orders the samples and starts the weights. device: drops units, next to the data.

    seed: makes both repeatable; drawn from torch's default generator if none.
    """

    def __init__(self, seed: int | None, device: torch.device) -> None:
        if seed is not None and (isinstance(seed, bool) or not hasattr(seed, "__index__") or not 0 <= seed < 2**63):
            raise ValueError(f"seed={seed!r}: it takes a whole number from 0 to 2**63 - 1")
        self.seed = int(torch.randint(2**62, ()).item()) if seed is None else int(seed)
        self.host = Generator().manual_seed(self.seed)
        self.device = self.host if device.type == "cpu" else Generator(device).manual_seed(self.seed)

    def states(self) -> dict[str, np.ndarray]:
        """The generators' states, as bytes."""
        generators = {"host": self.host} if self.device is self.host else {"host": self.host, "device": self.device}
        return {name: generator.get_state().numpy().copy() for name, generator in generators.items()}

    def go_on(self, states: dict[str, np.ndarray]) -> None:
        """Puts the generators where they were. ValueError where these are no states of theirs."""
        for name, generator in (("host", self.host), ("device", self.device)):
            if name in states:
                try:
                    generator.set_state(torch.from_numpy(np.array(states[name], dtype="uint8")))
                except RuntimeError as error:
                    raise ValueError(f"the saved random state does not fit this machine: {error}") from None

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
