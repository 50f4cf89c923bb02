"""The base of optimizers: the learning rate, clipping and weight decay, which all have."""

from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from kit.declared import Declared
from kit.fields import by_name, flag, real
from kit.schedules import Rate, rate_at

State = dict[str, Tensor]
Limit = Annotated[float | None, by_name(real(above=0.0))]
Decay = Annotated[float, by_name(real(0.0))]


class Optimizer(Declared):
    """Fields, the vectors it keeps (`slots`, each starting at 0), and one formula.

    learning_rate: length of a step; a number, a schedule ("CosineDecay(0.1, 1000)"), or a function of the updates made.
    decay: how fast the rate falls; it is divided by 1 + decay updates.
    clipnorm: greatest Euclidean length of the whole gradient; a longer one is scaled down to it.
    clipvalue: greatest absolute value in the gradient; what is beyond is cut off.
    weight_decay: how fast the weights shrink; before each update, w = (1 - rate weight_decay) w.
    lazy: whether rows of an embedding that a batch does not look up rest, also where the formula would move them on.
    """

    slots: ClassVar[tuple[str, ...]] = ()
    learning_rate: Rate = 0.001
    clipnorm: Limit = None
    clipvalue: Limit = None
    weight_decay: Decay = 0.0
    lazy: Annotated[bool, by_name(flag())] = False

    @property
    def lr(self) -> Any:
        """The learning rate, as it was called in 2015; being set, it is set."""
        return self.learning_rate

    @lr.setter
    def lr(self, rate: Any) -> None:
        self.learning_rate = rate

    @property
    def fading(self) -> float | None:
        """Hook: by what its state is multiplied in an update with gradient 0, where w then stays; None where it moves.

        A momentum moves it. Where nothing does, an embedding is updated only in the rows that were looked up, which is
        exact: the factor is caught up when a row is touched again.
        """
        return None

    @property
    def by_row(self) -> bool:
        """Whether what has no gradient may be left alone."""
        return (self.lazy or self.fading is not None) and not self.weight_decay

    def state(self, w: Tensor) -> State:
        """The vectors kept beside w, as they are before the first update."""
        return {name: w.new_zeros(w.shape) for name in self.slots}

    def rate(self, updates: int) -> float:
        """The learning rate after so many updates."""
        return rate_at(self.learning_rate, updates) / (1 + getattr(self, "decay", 0.0) * updates)

    def clip(self, gradients: list[Tensor]) -> None:
        """Scales the gradients down, together, to length clipnorm at most; then cuts them off at clipvalue."""
        if self.clipnorm is not None:
            length = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients]))
            for g in gradients:
                g.mul_((self.clipnorm / (length + 1e-12)).clamp(max=1.0))
        if self.clipvalue is not None:
            for g in gradients:
                g.clamp_(-self.clipvalue, self.clipvalue)

    def update(self, w: Tensor, g: Tensor, state: State, updates: int) -> None:
        """Changes w and the state in place; updates: how many came before."""
        rate = self.rate(updates)
        if self.weight_decay:
            w.mul_(1 - rate * self.weight_decay)
        self.step(w, g, state, rate, updates + 1)

    def step(self, w: Tensor, g: Tensor, state: State, rate: float, t: int) -> None:
        """Hook: the formula, in place. t: which update it is, from 1."""
        raise NotImplementedError
