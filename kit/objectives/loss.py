"""The base of losses that have settings."""

from torch import Tensor

from kit.declared import Declared

EPSILON = 1e-7  # probabilities are kept this far from 0 and 1, divisors from 0 (Keras 3)


class Loss(Declared):
    """Called with y_true and y_pred (n, ..., outputs), gives the loss of each sample (n, ...)."""

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        raise NotImplementedError
