"""How a model is going to be trained, as far as the analysis needs to know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Training:
    """batch_size: samples an update. optimizer: its class's name. loss: its name, None where it is not known.

    outputs: how wide the last layer must be for the data; None where that is not known.
    """

    batch_size: int = 32
    optimizer: str = "Adam"
    loss: str | None = None
    outputs: int | None = None
