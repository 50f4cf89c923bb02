"""Optimizers: how the weights follow the gradient.

An optimizer sees all trainable weights as one vector w and their gradients as another, g, and changes w in place.
"""

import math
from typing import Annotated, ClassVar

import torch
from torch import Tensor

from kit.declared import Declared
from kit.fields import Fraction, NonNegative, Positive, by_name, real
from kit.names import resolve

State = dict[str, Tensor]
ClipNorm = Annotated[float | None, by_name(real(above=0.0))]


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
    decay: Annotated[float, by_name(real(0.0))] = 0.0

    seed_order = "lr beta_1 beta_2 epsilon kappa"
    slots = ("mean", "mean_square")

    def update(self, w: Tensor, g: Tensor, state: State, updates: int) -> None:
        m, s = state["mean"], state["mean_square"]
        m.lerp_(g, 1 - self.beta_1)
        s.mul_(self.beta_2).addcmul_(g, g, value=1 - self.beta_2)
        t = updates + 1
        rate = self.rate(updates) * math.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        w.addcdiv_(m, s.sqrt().add_(self.epsilon), value=-rate)


class Adagrad(Optimizer):
    """s = s + g²; w = w - rate g / sqrt(s + epsilon) (Duchi et al. 2011).

    learning_rate: length of a step.
    epsilon: added to the sum of squares.
    initial_accumulator_value: what s starts at.
    decay: how fast the rate falls.
    """

    learning_rate: Positive = 0.001
    epsilon: Positive = 1e-7
    initial_accumulator_value: NonNegative = 0.1
    decay: NonNegative = 0.0

    slots = ("squares",)

    def state(self, w: Tensor) -> State:
        return {"squares": torch.full_like(w, self.initial_accumulator_value)}

    def update(self, w: Tensor, g: Tensor, state: State, updates: int) -> None:
        s = state["squares"]
        s.addcmul_(g, g)
        w.addcmul_(g, (s + self.epsilon).rsqrt_(), value=-self.rate(updates))


class Adadelta(Optimizer):
    """s = rho s + (1 - rho) g²; d = g sqrt(t + epsilon) / sqrt(s + epsilon); t = rho t + (1 - rho) d²; w = w - rate d.

    (Zeiler 2012.)

    learning_rate: length of a step; the paper has 1.
    rho: how much of the mean squares is kept, 0 to 1.
    epsilon: added to the mean squares.
    decay: how fast the rate falls.
    """

    learning_rate: Positive = 0.001
    rho: Fraction = 0.95
    epsilon: Positive = 1e-7
    decay: NonNegative = 0.0

    slots = ("mean_square", "mean_square_step")

    def update(self, w: Tensor, g: Tensor, state: State, updates: int) -> None:
        s, t = state["mean_square"], state["mean_square_step"]
        s.mul_(self.rho).addcmul_(g, g, value=1 - self.rho)
        d = (t + self.epsilon).sqrt_().mul_((s + self.epsilon).rsqrt_()).mul_(g)
        t.mul_(self.rho).addcmul_(d, d, value=1 - self.rho)
        w.add_(d, alpha=-self.rate(updates))


class AdamW(Adam):
    """Adam with w = (1 - rate weight_decay) w before each update (Loshchilov & Hutter 2017).

    weight_decay: how fast the weights shrink.
    """

    weight_decay: NonNegative = 0.004

    def update(self, w: Tensor, g: Tensor, state: State, updates: int) -> None:
        w.mul_(1 - self.rate(updates) * self.weight_decay)
        super().update(w, g, state, updates)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
}


def get(optimizer: str | Optimizer | type[Optimizer]) -> Optimizer:
    """The optimizer a name stands for, in either case ("adam", "Adam(0.01)"); an Optimizer stands for itself."""
    if isinstance(optimizer, Optimizer):
        return optimizer
    known = {**OPTIMIZERS, **{cls.__name__: cls for cls in OPTIMIZERS.values()}}
    if isinstance(optimizer, str) or (isinstance(optimizer, type) and issubclass(optimizer, Optimizer)):
        return resolve(optimizer, known, "optimizer")
    raise TypeError(f"optimizer takes a name such as 'adam' or an object from kit.optimizers, not {optimizer!r}")
