"""Metrics that are counted: their value over many samples is no mean over them. torchmetrics does the counting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import torch
from torch import Tensor

from kit.declared import Declared
from kit.fields import Fraction, text
from kit.metrics.per_sample import class_numbers, of_one_channel

if TYPE_CHECKING:
    from torchmetrics import Metric

THRESHOLDS = 200  # of the area under a curve (Keras 3)


class Counted(Declared):
    """What is counted (a metric of torchmetrics), of what, and the number that is read from it.

    name: what it is called in a history.
    """

    name: Annotated[str | None, text(keyword=True)] = None

    def fresh(self, outputs: tuple[int, ...], device: torch.device) -> Tally:
        """A tally at 0, for outputs of this shape for one sample."""
        return Tally(self, self.metric(1 if of_one_channel(outputs) else outputs[-1]).to(device))

    def metric(self, classes: int) -> Metric:
        """Hook: a metric of torchmetrics, for rows of so many outputs."""
        raise NotImplementedError

    def arguments(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        """Hook: what that metric takes, from targets and outputs."""
        raise NotImplementedError

    def value(self, metric: Metric) -> Tensor:
        """Hook: the number read from it."""
        return type(metric).compute(metric)


class Tally:
    """What a counted metric has counted so far. It stays on the device until it is read.

    counted: the metric as it was declared. metric: torchmetrics' own, which counts.
    """

    def __init__(self, counted: Counted, metric: Metric) -> None:
        self.counted, self.metric = counted, metric

    # the class's own update and compute: the instance's add work for groups of processes, and wait for the device

    @torch.no_grad()
    def add(self, y_true: Tensor, y_pred: Tensor) -> None:
        """Counts targets y_true and outputs y_pred (n, ...), without the steps that their mask leaves out."""
        mask, y_pred = getattr(y_pred, "mask", None), y_pred.detach()
        if mask is not None and mask.shape == y_pred.shape[:-1]:
            y_true, y_pred = y_true.reshape(*mask.shape, -1)[mask], y_pred[mask]
        if of_one_channel(y_pred.shape[1:]) and y_true.shape == y_pred.shape:
            y_true, y_pred = y_true.reshape(-1, 1), y_pred.reshape(-1, 1)
        type(self.metric).update(self.metric, *self.counted.arguments(y_true, y_pred))

    @torch.no_grad()
    def read(self) -> float:
        """The value over all that was counted."""
        value = self.counted.value(self.metric)
        if not isinstance(value, Tensor) or value.numel() != 1:
            raise ValueError(f"{self.counted!r} gives {value}, not one number; choose how it is averaged")
        return float(value)

    def state(self) -> dict[str, Tensor]:
        """What was counted, to go on from."""
        from torchmetrics.utilities import dim_zero_cat

        return {
            name: (dim_zero_cat(value) if value else torch.empty(0)) if isinstance(value, list) else value.clone()
            for name, value in self.metric.metric_state.items()
        }

    def go_on(self, state: dict[str, Tensor]) -> None:
        """Puts back a state of what was counted. KeyError, and no change, where that is not of this metric."""
        found = {name: state[name].to(self.metric.device, copy=True) for name in self.metric.metric_state}
        for name, value in found.items():
            setattr(self.metric, name, [value] if isinstance(getattr(self.metric, name), list) else value)


class Given(Counted):
    """A metric of torchmetrics that the user made; it is called with (outputs, targets) as it takes them."""

    def __init__(self, metric: Metric) -> None:
        super().__init__()
        self.given = metric
        self.__name__ = type(metric).__name__

    def metric(self, classes: int) -> Metric:
        copied = self.given.clone()
        copied.reset()
        return copied

    def arguments(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        """Rows of outputs (or one number each), and class numbers where it wants classes."""
        classes = y_pred.shape[-1]
        wants_classes = ".classification" in type(self.given).__module__
        if wants_classes and classes > 1 and not hasattr(self.given, "num_labels"):
            return y_pred.reshape(-1, classes), class_numbers(y_true, y_pred).reshape(-1)
        shape = (-1,) if classes == 1 else (-1, classes)
        return y_pred.reshape(shape), (y_true.long() if wants_classes else y_true).reshape(shape)

    def __repr__(self) -> str:
        return self.__name__


class OfClasses(Counted):
    """A metric of yes and no, for each class or label.

    One output says yes above a half. Of several, the greatest says yes; with a threshold, each that is above it.

    average: "macro" weighs the classes alike, "weighted" by how often each is wanted, "micro" counts all as one.
    threshold: above which an output says yes; needed where a sample can have several labels.
    """

    average: Literal["macro", "micro", "weighted"] = "macro"
    threshold: Fraction | None = None

    library: ClassVar[str] = ""

    def metric(self, classes: int) -> Metric:
        from torchmetrics import classification

        return getattr(classification, self.library)(classes, average=self.average, validate_args=False)

    def arguments(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        return yes_and_no(y_true, y_pred, self.threshold)


def yes_and_no(y_true: Tensor, y_pred: Tensor, threshold: float | None = None) -> tuple[Tensor, Tensor]:
    """What was said and what was wanted, as rows of yes and no, a column for each class. Out (rows, classes)."""
    classes = y_pred.shape[-1]
    said, numbers = y_pred.reshape(-1, classes), torch.arange(classes, device=y_pred.device)
    if classes == 1 or (threshold is not None and y_true.shape == y_pred.shape):
        wanted = y_true.reshape(-1, classes) > 0.5
    else:
        wanted = class_numbers(y_true, y_pred).reshape(-1, 1) == numbers
    if classes == 1 or threshold is not None:
        return said > (0.5 if threshold is None else threshold), wanted
    return said.argmax(-1, keepdim=True) == numbers, wanted


class Precision(OfClasses):
    """TP / (TP + FP): of those said to be of a class, the fraction that is."""

    library = "MultilabelPrecision"


class Recall(OfClasses):
    """TP / (TP + FN): of those of a class, the fraction that is said to be."""

    library = "MultilabelRecall"


class F1Score(OfClasses):
    """2 TP / (2 TP + FP + FN): the harmonic mean of precision and recall."""

    library = "MultilabelF1Score"


class Specificity(OfClasses):
    """TN / (TN + FP): of those not of a class, the fraction that is not said to be."""

    library = "MultilabelSpecificity"


class MeanIoU(Counted):
    """TP / (TP + FP + FN) of each class, averaged over those that came up. One output has two classes, no and yes."""

    def metric(self, classes: int) -> Metric:
        return counts_for(max(classes, 2))

    def arguments(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        said, wanted = yes_and_no(y_true, y_pred)
        return (said, wanted) if said.shape[1] > 1 else (torch.cat([~said, said], 1), torch.cat([~wanted, wanted], 1))

    def value(self, metric: Metric) -> Tensor:
        tp, fp, _, fn, _ = type(metric).compute(metric).T
        either = tp + fp + fn
        return (tp / either)[either > 0].mean()


class AUC(Counted):
    """The area under the curve of TP / (TP + FN) over FP / (FP + TN), by 200 thresholds from 0 to 1.

    For outputs that are probabilities. Of several outputs, the mean over those with both a yes and a no.
    """

    def metric(self, classes: int) -> Metric:
        return counts_for(classes * THRESHOLDS)

    def arguments(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        _, wanted = yes_and_no(y_true, y_pred, threshold=0.5)
        outputs = y_pred.reshape(-1, y_pred.shape[-1], 1)
        thresholds = torch.linspace(0, 1, THRESHOLDS, device=y_pred.device, dtype=y_pred.dtype)
        said = (outputs > thresholds) | (thresholds == 0)  # (rows, classes, thresholds)
        return said.flatten(1), wanted.unsqueeze(-1).expand_as(said).flatten(1)

    def value(self, metric: Metric) -> Tensor:
        tp, fp, tn, fn, _ = type(metric).compute(metric).reshape(-1, THRESHOLDS, 5).double().unbind(-1)
        areas = -torch.trapezoid(tp / (tp + fn), fp / (fp + tn))
        return areas[areas.isfinite()].mean()


def counts_for(columns: int) -> Metric:
    """Counts TP, FP, TN, FN of each column of yes and no."""
    from torchmetrics.classification import MultilabelStatScores

    return MultilabelStatScores(columns, average=None, validate_args=False)


class OfNumbers(Counted):
    """A metric of numbers, summed in float64 where the device has it."""

    library: ClassVar[str] = ""
    options: ClassVar[dict[str, Any]] = {}

    def fresh(self, outputs: tuple[int, ...], device: torch.device) -> Tally:
        tally = super().fresh(outputs, device)
        if device.type != "mps":
            tally.metric.set_dtype(torch.float64)
        return tally

    def metric(self, classes: int) -> Metric:
        from torchmetrics import regression

        return getattr(regression, self.library)(**self.options)

    def arguments(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        rows = (-1, y_pred.shape[-1])
        exact = torch.float32 if y_pred.device.type == "mps" else torch.float64
        return y_pred.to(exact).reshape(rows), y_true.to(exact).reshape(rows)


class R2Score(OfNumbers):
    """1 - sum (y_true - y_pred)² / sum (y_true - mean y_true)², averaged over the outputs; 0 for a constant target."""

    library = "R2Score"

    def value(self, metric: Any) -> Tensor:
        spread = metric.sum_squared_error - metric.sum_error**2 / metric.total
        return torch.where(spread > 0, 1 - metric.residual / spread, 0.0).mean()


class RootMeanSquaredError(OfNumbers):
    """sqrt(mean (y_true - y_pred)²), over all samples and outputs."""

    library, options = "MeanSquaredError", {"squared": False}
