"""Losses of torch: they take what came before what was wanted, and class numbers without an axis of their own."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

from kit.names import bare

CLASSIFIERS = (nn.CrossEntropyLoss, nn.NLLLoss, F.cross_entropy, F.nll_loss)  # they have the classes on axis 1


class OfTorch:
    """A torch module, or a function of torch.nn.functional, as a loss or a metric: called with (outputs, targets).

    Targets that are whole numbers come as it takes them: class numbers (n,) where each sample has a row of outputs,
    else numbers of the outputs' type.
    """

    def __init__(self, loss: Any) -> None:
        self.loss, self.__name__ = loss, getattr(bare(loss), "__name__", type(loss).__name__)
        self.classifies = bare(loss) in CLASSIFIERS or isinstance(loss, CLASSIFIERS[:2])

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if isinstance(self.loss, nn.Module):
            self.loss.to(y_pred.device)  # the weights of its classes, where it has some
        if self.classifies and y_true.numel() * y_pred.shape[-1] == y_pred.numel() and y_true.shape != y_pred.shape:
            return self.loss(y_pred.movedim(-1, 1), y_true.reshape(y_pred.shape[:-1]).long())
        if self.classifies:  # one-hot rows, or classes that lie on axis 1 already
            rows = y_true.shape == y_pred.shape
            return self.loss(*(y.movedim(-1, 1) for y in (y_pred, y_true))) if rows else self.loss(y_pred, y_true)
        if not y_true.is_floating_point():
            y_true = y_true.squeeze(1) if y_true.shape[1:] == (1,) != y_pred.shape[1:] else y_true.to(y_pred.dtype)
        return self.loss(y_pred, y_true)


def as_ours(loss: Any) -> Any:
    """A loss of torch as one of (y_true, y_pred); any other itself."""
    of_torch = isinstance(loss, nn.Module) or getattr(bare(loss), "__module__", None) == F.__name__
    return OfTorch(loss) if of_torch else loss
