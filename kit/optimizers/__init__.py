"""Optimizers: how the weights follow the gradient.

An optimizer sees all trainable weights as one vector w and their gradients as another, g, and changes w in place.
"""

from typing import TYPE_CHECKING

from kit.names import resolve
from kit.names_of_keras import absent
from kit.optimizers import schedules
from kit.optimizers.adam import Adam, Adamax, AdamW, Nadam
from kit.optimizers.adaptive import Adadelta, Adagrad, RMSprop
from kit.optimizers.optimizer import Optimizer
from kit.optimizers.sgd import SGD, Lion

OPTIMIZERS: dict[str, type[Optimizer]] = {
    cls.__name__.lower(): cls for cls in (SGD, RMSprop, Adam, AdamW, Adagrad, Adadelta, Adamax, Nadam, Lion)
}


def get(optimizer: str | Optimizer | type[Optimizer]) -> Optimizer:
    """The optimizer a name stands for, in either case ("adam", "Adam(0.01)"); an Optimizer stands for itself."""
    if isinstance(optimizer, Optimizer):
        return optimizer
    known = {**OPTIMIZERS, **{cls.__name__: cls for cls in OPTIMIZERS.values()}}
    if isinstance(optimizer, str) or (isinstance(optimizer, type) and issubclass(optimizer, Optimizer)):
        return resolve(optimizer, known, "optimizer")
    cls = optimizer if isinstance(optimizer, type) else type(optimizer)
    if cls.__name__ in known:
        rate = getattr(optimizer, "defaults", {}).get("lr", "")
        raise TypeError(
            f"optimizer takes one of the kit's, not {cls.__name__} of {cls.__module__.split('.')[0]}; "
            f"write kit.optimizers.{cls.__name__}({rate})"
        )
    raise TypeError(f"optimizer takes a name such as 'adam' or an object from kit.optimizers, not {optimizer!r:.80}")


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Lion",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "get",
    "schedules",
]
