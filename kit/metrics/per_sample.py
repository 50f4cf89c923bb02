"""Metrics whose value over many samples is their mean: one number a sample, from y_true and y_pred (n, ...)."""

from collections.abc import Sequence

from torch import Tensor
from torch.nn import functional as F

from kit.declared import Declared
from kit.fields import Size


def class_numbers(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """The wanted class of each row of outputs, from one-hot rows or class numbers. Out (n, ...)."""
    return y_true.argmax(-1) if y_true.shape == y_pred.shape else y_true.reshape(y_pred.shape[:-1]).long()


def categorical_accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """1 where the greatest output is the one of the wanted class, else 0."""
    return (y_pred.argmax(-1) == class_numbers(y_true, y_pred)).float()


def binary_accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """1 where output and target are on the same side of one half, else 0; averaged over the outputs."""
    return ((y_pred > 0.5) == (y_true > 0.5)).float().mean(-1)


def of_one_channel(shape: Sequence[int]) -> bool:
    """Whether outputs of this shape for one sample are images of one channel: a yes or no at each place."""
    return len(shape) >= 3 and shape[0] == 1


def accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """The fraction that is right: of classes where there are several outputs, of yes or no where there is one."""
    binary = y_pred.shape[-1] == 1 or (of_one_channel(y_pred.shape[1:]) and y_true.shape == y_pred.shape)
    return (binary_accuracy if binary else categorical_accuracy)(y_true, y_pred)


class TopKCategoricalAccuracy(Declared):
    """1 where fewer than k outputs are greater than that of the wanted class, else 0.

    k: how many of the greatest outputs count as right.
    """

    k: Size = 5

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        wanted = y_pred.gather(-1, class_numbers(y_true, y_pred).unsqueeze(-1))  # (n, ..., 1)
        return ((y_pred > wanted).sum(-1) < self.k).float()


def cosine_similarity(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """The cosine of the angle between y_true and y_pred: 1 for the same direction, -1 for the opposite one."""
    return F.cosine_similarity(y_true, y_pred, dim=-1, eps=1e-12)
