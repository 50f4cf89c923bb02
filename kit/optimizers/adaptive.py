"""Optimizers that divide the gradient by its size so far: RMSprop, Adagrad, Adadelta."""

from torch import Tensor

from kit.fields import Fraction, NonNegative, Positive
from kit.optimizers.optimizer import Decay, Optimizer, State


class RMSprop(Optimizer):
    """s = rho s + (1 - rho) g²; w = w - rate g / sqrt(s + epsilon) (Tieleman & Hinton 2012).

    Centered, with a = rho a + (1 - rho) g, it has s - a² for s. With momentum, the steps d are v = momentum v + d.

    rho: how much of the mean square is kept, 0 to 1.
    epsilon: added to the mean square.
    momentum: how much of the last step is kept, 0 to 1.
    centered: whether the variance of the gradient is taken for its mean square.
    """

    rho: Fraction = 0.9
    epsilon: Positive = 1e-7
    decay: Decay = 0.0
    momentum: Fraction = 0.0
    centered: bool = False

    def state(self, w: Tensor) -> State:
        kept = {"mean_square": True, "mean": self.centered, "velocity": bool(self.momentum)}
        return {name: w.new_zeros(w.shape) for name, wanted in kept.items() if wanted}

    @property
    def fading(self) -> float | None:
        return None if self.momentum else self.rho

    def step(self, w: Tensor, g: Tensor, state: State, rate: float, t: int) -> None:
        s = state["mean_square"]
        s.mul_(self.rho).addcmul_(g, g, value=1 - self.rho)
        divisor = s + self.epsilon
        if "mean" in state:
            a = state["mean"].lerp_(g, 1 - self.rho)
            divisor.addcmul_(a, a, value=-1)
        if "velocity" not in state:
            w.addcmul_(g, divisor.rsqrt_(), value=-rate)
            return
        v = state["velocity"]
        v.mul_(self.momentum).addcmul_(g, divisor.rsqrt_(), value=rate)
        w.sub_(v)


class Adagrad(Optimizer):
    """s = s + g²; w = w - rate g / sqrt(s + epsilon) (Duchi et al. 2011).

    epsilon: added to the sum of squares.
    initial_accumulator_value: what s starts at.
    """

    epsilon: Positive = 1e-7
    initial_accumulator_value: NonNegative = 0.1
    decay: Decay = 0.0

    def state(self, w: Tensor) -> State:
        return {"squares": w.new_full(w.shape, self.initial_accumulator_value)}

    @property
    def fading(self) -> float | None:
        return 1.0

    def step(self, w: Tensor, g: Tensor, state: State, rate: float, t: int) -> None:
        s = state["squares"]
        s.addcmul_(g, g)
        w.addcmul_(g, (s + self.epsilon).rsqrt_(), value=-rate)


class Adadelta(Optimizer):
    """s = rho s + (1 - rho) g²; d = g sqrt(t + epsilon) / sqrt(s + epsilon); t = rho t + (1 - rho) d²; w = w - rate d.

    (Zeiler 2012; there, the rate is 1.)

    rho: how much of the mean squares is kept, 0 to 1.
    epsilon: added to the mean squares.
    """

    rho: Fraction = 0.95
    epsilon: Positive = 1e-7
    decay: Decay = 0.0

    slots = ("mean_square", "mean_square_step")

    @property
    def fading(self) -> float | None:
        return self.rho

    def step(self, w: Tensor, g: Tensor, state: State, rate: float, t: int) -> None:
        s, d2 = state["mean_square"], state["mean_square_step"]
        s.mul_(self.rho).addcmul_(g, g, value=1 - self.rho)
        d = (d2 + self.epsilon).sqrt_().mul_((s + self.epsilon).rsqrt_()).mul_(g)
        d2.mul_(self.rho).addcmul_(d, d, value=1 - self.rho)
        w.add_(d, alpha=-rate)
