"""Optimizers: how the weights follow the gradient.

An optimizer sees all trainable weights as one vector w and their gradients as another, g, and changes w in place.
"""

import math
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from kit.declared import Declared
from kit.fields import Fraction, Kind, NonNegative, Positive, real
from kit.names import resolve

State = dict[str, Tensor]
ClipNorm = Annotated[float | None, Kind(**{**vars(real(above=0.0)), "keyword": True})]


class Optimizer(Declared):
    """Fields, the vectors it keeps (`slots`, each starting at 0), and one formula.

    clipnorm: greatest Euclidean length of the whole gradient; a longer one is scaled down to it.
    """

    slots: ClassVar[tuple[str, ...]] = ()
    clipnorm: ClipNorm = None

    def state(self, w: Tensor) -> State:
        """The vectors kept beside w, as they are before the first update."""
        return {name: torch.zeros_like(w) for name in self.slots}

    def rate(self, updates: int) -> float:
        """The learning rate after so many updates."""
        return self.learning_rate / (1 + self.decay * updates)  # type: ignore[attr-defined]

    def clip(self, gradients: list[Tensor]) -> None:
        """Scales the gradients down, together, to length clipnorm at most."""
        if self.clipnorm is not None:
            length = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients]))
            for g in gradients:
                g.mul_((self.clipnorm / (length + 1e-12)).clamp(max=1.0))

    def update(self, w: Tensor, g: Tensor, state: State, updates: int) -> None:
        """Changes w and the state in place; updates: how many came before."""
        raise NotImplementedError


class SGD(Optimizer):
    """v = momentum v - rate g; w = w + v, or with nesterov w = w + momentum v - rate g.

    learning_rate: length of a step; rate is learning_rate / (1 + decay updates).
    momentum: how much of the last step is kept, 0 to 1 (Sutskever et al. 2013).
    decay: how fast the rate falls.
    nesterov: whether the gradient is taken as if the step had been made.
    """

    learning_rate: Positive = 0.01
    momentum: Fraction = 0.0
    decay: NonNegative = 0.0
    nesterov: bool = False

    slots = ("velocity",)

    def state(self, w: Tensor) -> State:
        return super().state(w) if self.momentum else {}

    def update(self, w: Tensor, g: Tensor, state: State, updates: int) -> None:
        rate = self.rate(updates)
        if "velocity" not in state:
            w.add_(g, alpha=-rate)
            return
        v = state["velocity"]
        v.mul_(self.momentum).add_(g, alpha=-rate)
        if self.nesterov:
            w.add_(v, alpha=self.momentum).add_(g, alpha=-rate)
        else:
            w.add_(v)


class RMSprop(Optimizer):
    """s = rho s + (1 - rho) g²; w = w - rate g / sqrt(s + epsilon) (Tieleman & Hinton 2012).

    learning_rate: length of a step.
    rho: how much of the mean square is kept, 0 to 1.
    epsilon: added to the mean square.
    decay: how fast the rate falls.
    """

    learning_rate: Positive = 0.001
    rho: Fraction = 0.9
    epsilon: Positive = 1e-7
    decay: NonNegative = 0.0

    slots = ("mean_square",)

    def update(self, w: Tensor, g: Tensor, state: State, updates: int) -> None:
        s = state["mean_square"]
        s.mul_(self.rho).addcmul_(g, g, value=1 - self.rho)
        w.addcmul_(g, (s + self.epsilon).rsqrt_(), value=-self.rate(updates))


class Adam(Optimizer):
    """m = b1 m + (1 - b1) g; s = b2 s + (1 - b2) g²; w = w - rate' m / (sqrt(s) + epsilon) (Kingma & Ba 2014).

    rate' = rate sqrt(1 - b2^t) / (1 - b1^t) at update t.

    learning_rate: length of a step.
    beta_1: b1, how much of the mean is kept, 0 to 1.
    beta_2: b2, how much of the mean square is kept, 0 to 1.
    epsilon: added to the root of the mean square.
    decay: how fast the rate falls.
    """

    learning_rate: Positive = 0.001
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999
    epsilon: Positive = 1e-7
    decay: NonNegative = 0.0

    slots = ("mean", "mean_square")

    def update(self, w: Tensor, g: Tensor, state: State, updates: int) -> None:
        m, s = state["mean"], state["mean_square"]
        m.lerp_(g, 1 - self.beta_1)
        s.mul_(self.beta_2).addcmul_(g, g, value=1 - self.beta_2)
        t = updates + 1
        rate = self.rate(updates) * math.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        w.addcdiv_(m, s.sqrt().add_(self.epsilon), value=-rate)


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam}


def get(optimizer: str | Optimizer | type[Optimizer]) -> Optimizer:
    """The optimizer a name stands for, in either case ("adam", "Adam(0.01)"); an Optimizer stands for itself."""
    if isinstance(optimizer, Optimizer):
        return optimizer
    known = {**OPTIMIZERS, **{cls.__name__: cls for cls in OPTIMIZERS.values()}}
    if isinstance(optimizer, str) or (isinstance(optimizer, type) and issubclass(optimizer, Optimizer)):
        return resolve(optimizer, known, "optimizer")
    raise TypeError(f"optimizer takes a name such as 'adam' or an object from kit.optimizers, not {optimizer!r}")
