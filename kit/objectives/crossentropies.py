"""Losses of probabilities.

Right behind a sigmoid or a softmax they are computed from what that was given, so that no log(0) can arise.
"""

from torch import Tensor
from torch.nn import functional as F

from kit.fields import Fraction, NonNegative
from kit.objectives.loss import EPSILON, Loss


def log_yes_and_no(y_pred: Tensor, from_logits: bool = False) -> tuple[Tensor, Tensor]:
    """log p and log(1 - p), for probabilities p; from the sigmoid's input where there is one."""
    logits = y_pred if from_logits else getattr(y_pred, "sigmoid_of", None)
    if logits is not None:
        return F.logsigmoid(logits), F.logsigmoid(-logits)
    p = y_pred.clamp(EPSILON, 1 - EPSILON)
    return p.log(), (1 - p).log()


def log_probabilities(y_pred: Tensor, from_logits: bool = False) -> Tensor:
    """log y_pred with its rows scaled to sum 1; from the softmax's input where there is one."""
    logits = y_pred if from_logits else getattr(y_pred, "softmax_of", None)
    if logits is not None:
        return F.log_softmax(logits, dim=-1)
    p = y_pred / y_pred.sum(-1, keepdim=True)
    return p.clamp(EPSILON, 1 - EPSILON).log()


class BinaryCrossentropy(Loss):
    """-mean (y_true log y_pred + (1 - y_true) log(1 - y_pred)), for probabilities.

    from_logits: whether y_pred is what a sigmoid would be given.
    label_smoothing: e, with which (1 - e) y_true + e / 2 is wanted.
    """

    from_logits: bool = False
    label_smoothing: Fraction = 0.0

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        wanted = (1 - self.label_smoothing) * y_true + self.label_smoothing / 2 if self.label_smoothing else y_true
        logits = y_pred if self.from_logits else getattr(y_pred, "sigmoid_of", None)
        if logits is not None:
            return F.binary_cross_entropy_with_logits(logits, wanted, reduction="none").mean(-1)
        yes, no = log_yes_and_no(y_pred)
        return -(wanted * yes + (1 - wanted) * no).mean(-1)


class BinaryFocalCrossentropy(Loss):
    """Binary crossentropy, each term times (1 - q)^gamma, q the probability of what is wanted (Lin et al. 2017).

    apply_class_balancing: whether a yes counts alpha times, a no 1 - alpha times.
    alpha: weight of a yes.
    gamma: how much what is easy counts less; 0 is the plain crossentropy.
    from_logits: whether y_pred is what a sigmoid would be given.
    label_smoothing: e, with which (1 - e) y_true + e / 2 is wanted.
    """

    apply_class_balancing: bool = False
    alpha: Fraction = 0.25
    gamma: NonNegative = 2.0
    from_logits: bool = False
    label_smoothing: Fraction = 0.0

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        wanted = (1 - self.label_smoothing) * y_true + self.label_smoothing / 2
        yes, no = log_yes_and_no(y_pred, self.from_logits)
        p = yes.exp()
        missing = (1 - wanted * p - (1 - wanted) * (1 - p)).clamp(min=EPSILON)  # above 0: a root has no slope there
        loss = -(missing**self.gamma) * (wanted * yes + (1 - wanted) * no)
        if self.apply_class_balancing:
            loss = (wanted * self.alpha + (1 - wanted) * (1 - self.alpha)) * loss
        return loss.mean(-1)


class CategoricalCrossentropy(Loss):
    """-sum y_true log y_pred, for one-hot rows (or distributions) and rows of probabilities.

    from_logits: whether y_pred is what a softmax would be given.
    label_smoothing: e, with which (1 - e) y_true + e / classes is wanted.
    """

    from_logits: bool = False
    label_smoothing: Fraction = 0.0

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        log_p = log_probabilities(y_pred, self.from_logits)
        loss = -(y_true * log_p).sum(-1)
        return smoothed(loss, log_p, self.label_smoothing)


class SparseCategoricalCrossentropy(Loss):
    """-log y_pred[y_true], for class numbers (n,) or (n, 1) and rows of probabilities.

    from_logits: whether y_pred is what a softmax would be given.
    label_smoothing: e, with which every class is wanted by e / classes, and 1 - e more that of y_true.
    """

    from_logits: bool = False
    label_smoothing: Fraction = 0.0

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        log_p = log_probabilities(y_pred, self.from_logits)
        classes = y_true.long().reshape(y_pred.shape[:-1])
        loss = -log_p.gather(-1, classes.unsqueeze(-1)).squeeze(-1)
        return smoothed(loss, log_p, self.label_smoothing)


def smoothed(loss: Tensor, log_p: Tensor, smoothing: float) -> Tensor:
    """The crossentropy, as if a part of what is wanted were spread over all classes."""
    return (1 - smoothing) * loss - smoothing * log_p.mean(-1) if smoothing else loss


class CategoricalFocalCrossentropy(Loss):
    """-alpha sum y_true (1 - y_pred)^gamma log y_pred, for one-hot rows and rows of probabilities (Lin et al. 2017).

    alpha: weight of the whole.
    gamma: how much what is easy counts less; 0 is the plain crossentropy.
    from_logits: whether y_pred is what a softmax would be given.
    label_smoothing: e, with which (1 - e) y_true + e / classes is wanted.
    """

    alpha: Fraction = 0.25
    gamma: NonNegative = 2.0
    from_logits: bool = False
    label_smoothing: Fraction = 0.0

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        log_p = log_probabilities(y_pred, self.from_logits)
        wanted = (1 - self.label_smoothing) * y_true + self.label_smoothing / y_pred.shape[-1]
        missing = (1 - log_p.exp()).clamp(min=EPSILON)
        return -self.alpha * (wanted * missing**self.gamma * log_p).sum(-1)


def kl_divergence(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """sum y_true log(y_true / y_pred), for rows of probabilities."""
    wanted = y_true.clamp(EPSILON, 1)
    exact = getattr(y_pred, "softmax_of", None) is not None
    log_p = log_probabilities(y_pred) if exact else y_pred.clamp(EPSILON, 1).log()
    return (wanted * (wanted.log() - log_p)).sum(-1)


class Tversky(Loss):
    """1 - TP / (TP + alpha FN + beta FP), TP, FN and FP summed over a sample's outputs (Salehi et al. 2017).

    For probabilities and targets 0 and 1: TP = y_true y_pred, FN = y_true (1 - y_pred), FP = (1 - y_true) y_pred.

    alpha: weight of what is missed.
    beta: weight of what is said wrongly.
    """

    alpha: NonNegative = 0.5
    beta: NonNegative = 0.5

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        axes = tuple(range(1, y_pred.ndim))
        hit, wanted, said = (y.sum(axes) for y in (y_true * y_pred, y_true, y_pred))
        return 1 - hit / (hit + self.alpha * (wanted - hit) + self.beta * (said - hit) + EPSILON)


def dice(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """1 - 2 TP / (2 TP + FN + FP), summed over a sample's outputs; for probabilities and targets 0 and 1."""
    axes = tuple(range(1, y_pred.ndim))
    return 1 - 2 * (y_true * y_pred).sum(axes) / ((y_true + y_pred).sum(axes) + EPSILON)
