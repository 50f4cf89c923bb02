"""Losses of numbers: how far what came is from what was wanted. Each is the mean over the last axis."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from kit.fields import Positive
from kit.objectives.loss import EPSILON, Loss


def mean_squared_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """mean (y_true - y_pred)²."""
    return (y_pred - y_true).square().mean(-1)


def mean_absolute_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """mean |y_true - y_pred|."""
    return (y_pred - y_true).abs().mean(-1)


def mean_absolute_percentage_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """100 mean |y_true - y_pred| / |y_true|; a wanted 0 counts as 1e-7."""
    return 100 * ((y_pred - y_true) / y_true.abs().clamp(min=EPSILON)).abs().mean(-1)


def mean_squared_logarithmic_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """mean (log(1 + y_true) - log(1 + y_pred))², for numbers above 0; what is not counts as 1e-7."""
    wanted, came = (y.clamp(min=EPSILON).log1p() for y in (y_true, y_pred))
    return (came - wanted).square().mean(-1)


class Huber(Loss):
    """mean of e² / 2 where |e| <= delta, else delta (|e| - delta / 2), for the errors e (Huber 1964).

    delta: from where on an error counts in proportion.
    """

    delta: Positive = 1.0

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return F.huber_loss(y_pred, y_true, reduction="none", delta=self.delta).mean(-1)


def log_cosh(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """mean log((exp(e) + exp(-e)) / 2), for the errors e: like e² / 2 where small, |e| - log 2 where great."""
    error = y_pred - y_true
    return (torch.logaddexp(error, -error) - math.log(2)).mean(-1)


def poisson(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """mean (y_pred - y_true log y_pred), for counts y_true and rates y_pred above 0."""
    return (y_pred - y_true * (y_pred + EPSILON).log()).mean(-1)


def cosine_similarity(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Minus the cosine of the angle between y_true and y_pred: -1 for the same direction."""
    return -F.cosine_similarity(y_true, y_pred, dim=-1, eps=EPSILON)


def hinge(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """mean max(0, 1 - y_true y_pred), for targets -1 and 1; where all are 0 or 1, a 0 is read as -1 (Keras 3)."""
    return (1 - signs(y_true) * y_pred).clamp(min=0).mean(-1)


def squared_hinge(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """mean max(0, 1 - y_true y_pred)², for targets as those of hinge."""
    return (1 - signs(y_true) * y_pred).clamp(min=0).square().mean(-1)


def signs(y_true: Tensor) -> Tensor:
    """-1 and 1 of targets that are all 0 or 1, others as they are."""
    binary = ((y_true == 0) | (y_true == 1)).all()
    return torch.where(binary, 2 * y_true - 1, y_true)


def categorical_hinge(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """max(0, 1 + the greatest output of another class - that of the wanted one), for one-hot rows."""
    wanted, other = (y_true * y_pred).sum(-1), ((1 - y_true) * y_pred).amax(-1)
    return (1 + other - wanted).clamp(min=0)
