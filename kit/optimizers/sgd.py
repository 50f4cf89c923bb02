"""Optimizers whose steps are as long as the gradient, or of one length: SGD, Lion."""

import torch
from torch import Tensor

from kit.fields import Fraction, NonNegative
from kit.optimizers.optimizer import Decay, Optimizer, State
from kit.schedules import Rate


class SGD(Optimizer):
    """v = momentum v - rate g; w = w + v, or with nesterov w = w + momentum v - rate g.

    momentum: how much of the last step is kept, 0 to 1 (Sutskever et al. 2013).
    nesterov: whether the gradient is taken as if the step had been made.
    """

    learning_rate: Rate = 0.01
    momentum: Fraction = 0.0
    decay: NonNegative = 0.0
    nesterov: bool = False

    seed_order = "learning_rate momentum nesterov"  # Keras 3's; 2015's is that of the fields
    slots = ("velocity",)

    def state(self, w: Tensor) -> State:
        return super().state(w) if self.momentum else {}

    @property
    def fading(self) -> float | None:
        return None if self.momentum else 1.0

    def step(self, w: Tensor, g: Tensor, state: State, rate: float, t: int) -> None:
        """In one pass by torch's kernel, which leaves the rate out of v; here it is in the gradient."""
        if "velocity" not in state:
            w.add_(g, alpha=-rate)
            return
        torch._fused_sgd_(
            [w],
            [g * -rate],
            [state["velocity"]],
            lr=-1.0,
            momentum=self.momentum,
            nesterov=self.nesterov,
            dampening=0.0,
            weight_decay=0.0,
            maximize=False,
            is_first_step=False,
        )


class Lion(Optimizer):
    """w = w - rate sign(b1 m + (1 - b1) g); m = b2 m + (1 - b2) g (Chen et al. 2023).

    beta_1: b1, how much of the mean is in a step, 0 to 1.
    beta_2: b2, how much of the mean is kept, 0 to 1.
    """

    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.99
    decay: Decay = 0.0

    slots = ("mean",)

    def step(self, w: Tensor, g: Tensor, state: State, rate: float, t: int) -> None:
        m = state["mean"]
        w.add_(m.lerp(g, 1 - self.beta_1).sign_(), alpha=-rate)
        m.lerp_(g, 1 - self.beta_2)
