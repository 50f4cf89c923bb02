"""Objectives: the loss of each sample, from what was wanted and what came; training lowers their mean.

Each takes y_true and y_pred (n, ...) and gives the mean over the last axis: (n,) for (n, outputs).
"""

from collections.abc import Callable
from typing import Annotated

from torch import Tensor
from torch.nn import functional as F

from kit.fields import named
from kit.names import resolve

EPSILON = 1e-7  # probabilities are kept this far from 0 and 1 (Keras 3)


def mean_squared_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """mean (y_true - y_pred)²."""
    return (y_pred - y_true).square().mean(-1)


def mean_absolute_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """mean |y_true - y_pred|."""
    return (y_pred - y_true).abs().mean(-1)


def hinge(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """mean max(0, 1 - y_true y_pred), for targets -1 and 1."""
    return (1 - y_true * y_pred).clamp(min=0).mean(-1)


def squared_hinge(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """mean max(0, 1 - y_true y_pred)², for targets -1 and 1."""
    return (1 - y_true * y_pred).clamp(min=0).square().mean(-1)


def binary_crossentropy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """-mean (y_true log y_pred + (1 - y_true) log(1 - y_pred)), for probabilities.

    Right behind a sigmoid it is computed from what the sigmoid was given, so that no log(0) can arise.
    """
    logits = getattr(y_pred, "sigmoid_of", None)
    if logits is not None:
        return F.binary_cross_entropy_with_logits(logits, y_true, reduction="none").mean(-1)
    p = y_pred.clamp(EPSILON, 1 - EPSILON)
    return -(y_true * p.log() + (1 - y_true) * (1 - p).log()).mean(-1)


def log_probabilities(y_pred: Tensor) -> Tensor:
    """log y_pred with its rows scaled to sum 1; from the softmax's input where there is one."""
    logits = getattr(y_pred, "softmax_of", None)
    if logits is not None:
        return F.log_softmax(logits, dim=-1)
    p = y_pred / y_pred.sum(-1, keepdim=True)
    return p.clamp(EPSILON, 1 - EPSILON).log()


def categorical_crossentropy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """-sum y_true log y_pred, for one-hot rows (or distributions) and rows of probabilities."""
    return -(y_true * log_probabilities(y_pred)).sum(-1)


def sparse_categorical_crossentropy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """-log y_pred[y_true], for class numbers (n,) or (n, 1) and rows of probabilities."""
    classes = y_true.long().reshape(y_pred.shape[:-1])
    return -log_probabilities(y_pred).gather(-1, classes.unsqueeze(-1)).squeeze(-1)


mse, mae = mean_squared_error, mean_absolute_error

OBJECTIVES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "categorical_crossentropy": categorical_crossentropy,
    "sparse_categorical_crossentropy": sparse_categorical_crossentropy,
    "binary_crossentropy": binary_crossentropy,
    "mean_squared_error": mean_squared_error,
    "mse": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "mae": mean_absolute_error,
    "hinge": hinge,
    "squared_hinge": squared_hinge,
}
ObjectiveName = Annotated[str | Callable[[Tensor, Tensor], Tensor], named(OBJECTIVES, "loss")]


def get(objective: ObjectiveName) -> Callable[[Tensor, Tensor], Tensor]:
    """The function a loss's name stands for; a function stands for itself."""
    return resolve(objective, OBJECTIVES, "loss")


def accepts_classes(objective: ObjectiveName) -> bool:
    """Whether the targets are class numbers, one for each row of outputs."""
    return get(objective) is sparse_categorical_crossentropy
