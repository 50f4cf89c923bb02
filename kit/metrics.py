"""Metrics: what people read beside the loss. Each gives one number a sample, from y_true and y_pred (n, ...)."""

from collections.abc import Callable

from torch import Tensor

from kit.names import resolve


def categorical_accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """1 where the greatest output is the one of the wanted class, else 0."""
    wanted = y_true.argmax(-1) if y_true.shape == y_pred.shape else y_true.reshape(y_pred.shape[:-1])
    return (y_pred.argmax(-1) == wanted).float()


def binary_accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """1 where output and target are on the same side of one half, else 0; averaged over the outputs."""
    return ((y_pred > 0.5) == (y_true > 0.5)).float().mean(-1)


def accuracy(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """The fraction that is right: of classes where there are several outputs, of yes or no where there is one."""
    return (binary_accuracy if y_pred.shape[-1] == 1 else categorical_accuracy)(y_true, y_pred)


METRICS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "accuracy": accuracy,
    "acc": accuracy,
    "categorical_accuracy": categorical_accuracy,
    "binary_accuracy": binary_accuracy,
}


def get(metric: str | Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    """The function a metric's name stands for: one of these or a loss; a function stands for itself."""
    from kit.objectives import OBJECTIVES

    return resolve(metric, {**OBJECTIVES, **METRICS}, "metric")
