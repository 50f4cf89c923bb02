"""Adam and its kin: a mean of the gradient, divided by a mean of its size."""

import math
from itertools import accumulate
from operator import mul
from typing import Annotated

import torch
from torch import Tensor

from kit.fields import Fraction, Positive, by_name, flag
from kit.optimizers.optimizer import Decay, Optimizer, State


class Moments(Optimizer):
    """m = b1 m + (1 - b1) g, and how much of it is kept.

    beta_1: b1, how much of the mean is kept, 0 to 1.
    beta_2: b2, how much of the mean size is kept, 0 to 1.
    epsilon: added to the size.
    """

    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999
    epsilon: Positive = 1e-7
    decay: Decay = 0.0

    def validate(self) -> None:
        if self.beta_1 == 1 or self.beta_2 == 1:
            raise ValueError(
                f"{self!r}: with a beta of 1 nothing new is ever learned; choose one below 1, such as 0.999"
            )


class Adam(Moments):
    """m = b1 m + (1 - b1) g; s = b2 s + (1 - b2) g²; w = w - rate' m / (sqrt(s) + epsilon) (Kingma & Ba 2014).

    rate' = rate sqrt(1 - b2^t) / (1 - b1^t) at update t.

    amsgrad: whether the greatest s so far is taken for s (Reddi et al. 2018).
    """

    amsgrad: Annotated[bool, by_name(flag())] = False

    seed_order = "lr beta_1 beta_2 epsilon kappa"
    slots = ("mean", "mean_square")

    def state(self, w: Tensor) -> State:
        state = super().state(w)
        return {**state, "greatest_mean_square": w.new_zeros(w.shape)} if self.amsgrad else state

    def step(self, w: Tensor, g: Tensor, state: State, rate: float, t: int) -> None:
        """In one pass by torch's kernel, which adds its eps after dividing sqrt(s) by sqrt(1 - b2^t)."""
        torch._fused_adam_(
            [w],
            [g],
            [state["mean"]],
            [state["mean_square"]],
            [state["greatest_mean_square"]] if self.amsgrad else [],
            [torch.full((), t, dtype=torch.float32, device=w.device)],
            lr=rate,
            beta1=self.beta_1,
            beta2=self.beta_2,
            weight_decay=0.0,
            eps=self.epsilon / math.sqrt(1 - self.beta_2**t),
            amsgrad=self.amsgrad,
            maximize=False,
        )


class AdamW(Adam):
    """Adam with weight_decay (Loshchilov & Hutter 2017)."""

    weight_decay: Decay = 0.004


class Adamax(Moments):
    """m = b1 m + (1 - b1) g; u = max(b2 u, |g|); w = w - rate / (1 - b1^t) m / (u + epsilon) (Kingma & Ba 2014)."""

    slots = ("mean", "greatest")

    def step(self, w: Tensor, g: Tensor, state: State, rate: float, t: int) -> None:
        m, u = state["mean"], state["greatest"]
        m.lerp_(g, 1 - self.beta_1)
        torch.maximum(u.mul_(self.beta_2), g.abs(), out=u)
        w.addcdiv_(m, u + self.epsilon, value=-rate / (1 - self.beta_1**t))


class Nadam(Moments):
    """Adam with Nesterov's momentum: m and s as there, b(t) = b1 (1 - 0.96^t / 2), B(t) = b(1) ... b(t) (Dozat 2016).

    n = b(t+1) m / (1 - B(t+1)) + (1 - b(t)) g / (1 - B(t)); w = w - rate n / (sqrt(s / (1 - b2^t)) + epsilon).
    """

    slots = ("mean", "mean_square")

    def step(self, w: Tensor, g: Tensor, state: State, rate: float, t: int) -> None:
        m, s = state["mean"], state["mean_square"]
        m.lerp_(g, 1 - self.beta_1)
        s.mul_(self.beta_2).addcmul_(g, g, value=1 - self.beta_2)
        now, later = (self.beta_1 * (1 - 0.96**i / 2) for i in (t, t + 1))
        product = self.beta_1**t * PRODUCTS[min(t, len(PRODUCTS)) - 1]
        n = (m * (later / (1 - product * later))).add_(g, alpha=(1 - now) / (1 - product))
        w.addcdiv_(n, (s / (1 - self.beta_2**t)).sqrt_().add_(self.epsilon), value=-rate)


PRODUCTS = list(accumulate((1 - 0.96**i / 2 for i in range(1, 1001)), mul))  # 0.96^1000 / 2 is lost beside 1
