"""Goal: what training lowers and what is measured beside it, for each output of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from kit import metrics as metric_names
from kit import objectives
from kit.fields import refuse_what_cannot_be_kept
from kit.training.data import Batch

Reached = tuple[tuple[Tensor, ...], Tensor, dict[str, Tensor]]  # outputs, what is lowered, the loss of each of several
Metric = Any  # a name, a function (y_true, y_pred) -> (n, ...), or one of kit.metrics' or torchmetrics' objects


@dataclass
class End:
    """One output: its loss and its metrics. prefix: what their names begin with where there are several outputs."""

    loss: Any
    objective: Callable[..., Tensor]
    weight: float
    prefix: str
    functions: dict[str, Callable[..., Tensor]] = field(default_factory=dict)
    counted: dict[str, Any] = field(default_factory=dict)


class Goal:
    """The weighted sum of the outputs' losses, and the metrics.

    plain: whether it is one loss of the kit's, which depends on the output alone. measures: whether there are metrics.
    """

    def __init__(self, ends: Sequence[End]) -> None:
        self.ends = list(ends)
        self.single = len(self.ends) == 1
        self.plain = self.single and not objectives.is_own(self.ends[0].loss)
        self.measures = any(end.functions or end.counted for end in self.ends)

    def reach(self, outputs: tuple[Tensor, ...], batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The objective of a batch, and the loss of each output where there are several."""
        weights = batch.weights or [None] * len(self.ends)
        losses = [
            mean(per_sample(end.objective, y, output, "loss", weight), output, weight)
            for end, output, y, weight in zip(self.ends, outputs, batch.targets, weights, strict=True)
        ]
        for end, loss in zip(self.ends, losses, strict=True):
            if torch.is_grad_enabled() and not loss.requires_grad:
                raise ValueError(
                    f"the loss {metric_names.name(end.loss)} does not depend on the outputs, so nothing is learned; "
                    "compute it from y_pred, with torch's functions"
                )
        if self.single:
            return losses[0], {}
        whole = sum((loss * end.weight for end, loss in zip(self.ends, losses, strict=True)), torch.zeros(()))
        each = {f"{end.prefix}loss": loss.detach() for end, loss in zip(self.ends, losses, strict=True)}
        return whole, each

    def measured(self, outputs: tuple[Tensor, ...], batch: Batch) -> dict[str, Tensor]:
        """The metrics of a batch that are means over its samples."""
        if not self.measures:
            return {}
        return {
            name: mean(per_sample(metric, y, output, "metric"), output, None)
            for end, output, y in zip(self.ends, outputs, batch.targets, strict=True)
            for name, metric in end.functions.items()
        }

    def tallies(self, shapes: Sequence[tuple[int, ...]], device: torch.device) -> list[dict[str, Any]]:
        """For each output, the beginnings of the metrics that are counted over an epoch."""
        return [
            {name: metric.fresh(shape, device) for name, metric in end.counted.items()}
            for end, shape in zip(self.ends, shapes, strict=True)
        ]


def per_sample(
    function: Callable[..., Any], y: Tensor, output: Tensor, what: str, weight: Tensor | None = None
) -> Tensor:
    """A number for each sample, from a loss or a metric. TypeError where it gives none, ValueError for one to weigh."""
    values = function(y, output)
    if not isinstance(values, Tensor):
        raise TypeError(
            f"the {what} {metric_names.name(function)} gives {values!r}; it has to give a tensor, "
            "a number for each sample (n, ...)"
        )
    if weight is not None and values.ndim == 0:
        raise ValueError(
            f"the {what} {metric_names.name(function)} gives one number for all samples, so they cannot be weighed; "
            "let it give one for each sample (n, ...), as reduction='none' does for torch's"
        )
    return values


def mean(values: Tensor, output: Tensor, weight: Tensor | None) -> Tensor:
    """The mean of a number for each sample (or each row of outputs); weighted, and without what a mask leaves out."""
    mask = getattr(output, "mask", None)
    if mask is None and weight is None:
        return values.mean()
    if weight is not None:
        values = values * weight.reshape(weight.shape + (1,) * (values.ndim - weight.ndim))
    if mask is None or mask.ndim > values.ndim:
        return values.mean()
    kept = mask.reshape(mask.shape + (1,) * (values.ndim - mask.ndim)).expand_as(values).to(values.dtype)
    return (values * kept).sum() / kept.sum().clamp(min=1)


def goal(
    loss: Any, weights: Any, metrics: Any, names: Sequence[str], class_mode: str | None, accuracy: bool = False
) -> Goal:
    """What compile was asked for, for outputs of these names. TypeError or ValueError where it does not suit them.

    accuracy: measure that too, as fit(show_accuracy=True) asked in 2015.
    """
    losses = spread(loss, names, "loss")
    shares = spread(1.0 if weights is None else weights, names, "loss_weights")
    wanted = spread_metrics(metrics, names)
    ends = []
    for name, each, share, asked in zip(names, losses, shares, wanted, strict=True):
        if isinstance(share, bool) or not isinstance(share, (int, float)):
            raise ValueError(f"compile(loss_weights={weights!r}): it takes a number for each output")
        end = End(each, objectives.get(each), float(share), "" if len(names) == 1 else f"{name}_")
        for metric in [*asked, *(["accuracy"] if accuracy else [])]:
            add_metric(end, metric, class_mode)
        ends.append(end)
    return Goal(ends)


def spread(given: Any, names: Sequence[str], what: str) -> list[Any]:
    """What was given for each output: one for all, a list in their order, or a dict by their names."""
    if isinstance(given, Mapping):
        unknown = [name for name in given if name not in names]
        missing = [name for name in names if name not in given]
        if unknown or missing:
            raise ValueError(
                f"compile({what}={given!r}): the model's outputs are {', '.join(map(repr, names))}; "
                f"{f'{unknown[0]!r} is none of them' if unknown else f'{missing[0]!r} is missing'}"
            )
        return [given[name] for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ValueError(f"compile({what}={given!r}): the model has {len(names)} outputs; give one for each")
        return list(given)
    return [given] * len(names)


def spread_metrics(metrics: Any, names: Sequence[str]) -> list[list[Metric]]:
    """The metrics of each output: some for all, a list of lists in their order, or a dict by their names."""
    if metrics is None:
        return [[] for _ in names]
    if isinstance(metrics, Mapping):
        unknown = [name for name in metrics if name not in names]
        if unknown:
            raise ValueError(
                f"compile(metrics={metrics!r}): {unknown[0]!r} is no output; they are {', '.join(map(repr, names))}"
            )
        return [listed(metrics.get(name, [])) for name in names]
    if isinstance(metrics, (list, tuple)) and any(isinstance(item, (list, tuple)) for item in metrics):
        if len(metrics) != len(names):
            raise ValueError(f"compile(metrics={metrics!r}): the model has {len(names)} outputs; give a list for each")
        return [listed(item) for item in metrics]
    return [listed(metrics) for _ in names]


def listed(metrics: Any) -> list[Metric]:
    """One metric or some, as a list."""
    return list(metrics) if isinstance(metrics, (list, tuple)) else [metrics]


def add_metric(end: End, metric: Metric, class_mode: str | None) -> None:
    """Adds a metric to an output's, under a name that is free."""
    if isinstance(metric, str) and metric == "acc":
        metric = "accuracy"
    known = {**end.functions, **end.counted}
    name = end.prefix + metric_names.name(metric)
    if name in known and metric == "accuracy":
        return  # show_accuracy=True beside metrics=["accuracy"]
    if name in known:
        name = next(f"{name}_{i}" for i in range(2, 10**9) if f"{name}_{i}" not in known)
    if not isinstance(metric, nn.Module):
        refuse_what_cannot_be_kept(metric, metric_names.METRICS, "metric")
    by_mode = {"binary": "binary_accuracy", "categorical": "categorical_accuracy"}
    asked: Any = by_mode.get(class_mode or "", metric) if metric == "accuracy" else metric
    found = metric_names.get(asked)
    if hasattr(found, "fresh"):
        end.counted[name] = found
    else:
        end.functions[name] = found
