"""Goal: what training lowers and what is measured beside it, for each output of a model."""

from __future__ import annotations

import traceback
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
    """One output: its loss and its metrics.

    prefix: what their names begin with where there are several outputs. functions: metrics that are means; weighted:
    those of them that weigh the samples. counted: metrics that are no means.
    """

    loss: Any
    objective: Callable[..., Tensor]
    weight: float
    prefix: str
    functions: dict[str, Callable[..., Tensor]] = field(default_factory=dict)
    weighted: set[str] = field(default_factory=set)
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

    @property
    def metrics(self) -> dict[str, Any]:
        """The metrics of all outputs by their names in a history."""
        return {name: metric for end in self.ends for name, metric in {**end.functions, **end.counted}.items()}

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

    def measured(self, outputs: tuple[Tensor, ...], batch: Batch) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """The metrics of a batch that are means, and the weight of those that are not over its samples alike."""
        values: dict[str, Tensor] = {}
        weights: dict[str, Tensor] = {}
        if not self.measures:
            return values, weights
        given = batch.weights or [None] * len(self.ends)
        for end, output, y, weight in zip(self.ends, outputs, batch.targets, given, strict=True):
            for name, metric in end.functions.items():
                share = (
                    (torch.ones(len(y)).to(y.device) if weight is None else weight) if name in end.weighted else None
                )
                found = average(per_sample(metric, y, output, "metric", share), output, share)
                values[name] = found[0]
                weights.update({} if found[1] is None else {name: found[1]})
        return values, weights

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
    try:
        values = function(y, output)
    except (TypeError, RuntimeError) as error:
        if not of_numpy(error):
            raise
        raise TypeError(
            f"the {what} {metric_names.name(function)} computes with NumPy, which cannot take what is trained; write "
            "it with torch's functions, such as torch.log, or methods: (y_true - y_pred).square().mean(-1)"
        ) from error
    if not isinstance(values, Tensor):
        raise TypeError(
            f"the {what} {metric_names.name(function)} gives {values!r:.60}; it has to give a tensor, "
            "a number for each sample (n, ...): write it with torch's functions"
        )
    if weight is not None and values.ndim == 0:
        raise ValueError(
            f"the {what} {metric_names.name(function)} gives one number for all samples, so they cannot be weighed; "
            "let it give one for each sample (n, ...), as reduction='none' does for torch's"
        )
    return values


def of_numpy(error: BaseException) -> bool:
    """Whether an error was raised in NumPy, or on the way of a tensor into it."""
    frames = [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__)]
    return "numpy" in str(error) or any(name.partition(".")[0] == "numpy" for name in frames)


def mean(values: Tensor, output: Tensor, weight: Tensor | None) -> Tensor:
    """The mean of a number for each sample (or each row of outputs); weighted, and without what a mask leaves out."""
    kept = kept_of(values, output)
    if weight is not None:
        values = values * spread_over(weight, values)
    return values.mean() if kept is None else (values * kept).sum() / kept.sum().clamp(min=1)


def average(values: Tensor, output: Tensor, weight: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """sum w v / sum w of such numbers v, and sum w; w is 0 where a mask leaves out. None where all count the same."""
    kept = kept_of(values, output)
    if weight is not None:
        weighed = spread_over(weight, values)
        kept = weighed if kept is None else weighed * kept
    if kept is None:
        return values.mean(), None
    whole = kept.sum()
    return (values * kept).sum() / torch.where(whole > 0, whole, 1), whole


def kept_of(values: Tensor, output: Tensor) -> Tensor | None:
    """1 for what the output's mask keeps of these numbers, else 0; None where it has none for them."""
    mask = getattr(output, "mask", None)
    return None if mask is None or mask.ndim > values.ndim else spread_over(mask, values)


def spread_over(weights: Tensor, values: Tensor) -> Tensor:
    """Weights of samples or of their rows (n, ...), one for each number."""
    return weights.reshape(weights.shape + (1,) * (values.ndim - weights.ndim)).expand_as(values).to(values.dtype)


def goal(
    loss: Any,
    weights: Any,
    metrics: Any,
    weighted: Any,
    names: Sequence[str],
    class_mode: str | None,
    accuracy: bool = False,
) -> Goal:
    """What compile was asked for, for outputs of these names. TypeError or ValueError where it does not suit them.

    weighted: metrics that weigh the samples. accuracy: measure that too, as fit(show_accuracy=True) asked in 2015.
    """
    losses = spread(loss, names, "loss")
    if None in losses:
        raise ValueError(
            f"compile(loss={loss!r}): the output {names[losses.index(None)]!r} has no loss; give each output one, "
            "or train a model that has the others alone: its layers are the same"
        )
    shares = spread(1.0 if weights is None else weights, names, "loss_weights")
    wanted = zip(spread_metrics(metrics, names), spread_metrics(weighted, names, "weighted_metrics"), strict=True)
    ends = []
    for name, each, share, (asked, weighed) in zip(names, losses, shares, wanted, strict=True):
        if isinstance(share, bool) or not isinstance(share, (int, float)):
            raise ValueError(f"compile(loss_weights={weights!r}): it takes a number for each output")
        end = End(each, objectives.get(each), float(share), "" if len(names) == 1 else f"{name}_")
        for metric in [*asked, *(["accuracy"] if accuracy else [])]:
            add_metric(end, metric, class_mode)
        for metric in weighed:
            add_metric(end, metric, class_mode, weighted=True)
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


def spread_metrics(metrics: Any, names: Sequence[str], what: str = "metrics") -> list[list[Metric]]:
    """The metrics of each output: some for all, a list of lists in their order, or a dict by their names."""
    if metrics is None:
        return [[] for _ in names]
    if isinstance(metrics, Mapping):
        unknown = [name for name in metrics if name not in names]
        if unknown:
            raise ValueError(
                f"compile({what}={metrics!r}): {unknown[0]!r} is no output; they are {', '.join(map(repr, names))}"
            )
        return [listed(metrics.get(name, [])) for name in names]
    if isinstance(metrics, (list, tuple)) and any(isinstance(item, (list, tuple)) for item in metrics):
        if len(metrics) != len(names):
            raise ValueError(f"compile({what}={metrics!r}): the model has {len(names)} outputs; give a list for each")
        return [listed(item) for item in metrics]
    return [listed(metrics) for _ in names]


def listed(metrics: Any) -> list[Metric]:
    """One metric or some, as a list."""
    return list(metrics) if isinstance(metrics, (list, tuple)) else [metrics]


def add_metric(end: End, metric: Metric, class_mode: str | None, weighted: bool = False) -> None:
    """Adds a metric to an output's, under a name that is free. ValueError for a counted one that is to be weighted."""
    if isinstance(metric, str) and metric == "acc":
        metric = "accuracy"
    known = {**end.functions, **end.counted}
    name = end.prefix + metric_names.name(metric)
    if name in known and weighted:
        name = f"{end.prefix}weighted_{metric_names.name(metric)}"
    if name in known and metric == "accuracy":
        return  # show_accuracy=True beside metrics=["accuracy"]
    if name in known:
        name = next(f"{name}_{i}" for i in range(2, 10**9) if f"{name}_{i}" not in known)
    if not isinstance(metric, nn.Module):
        refuse_what_cannot_be_kept(metric, metric_names.METRICS, "metric")
    by_mode = {"binary": "binary_accuracy", "categorical": "categorical_accuracy"}
    asked: Any = by_mode.get(class_mode or "", metric) if metric == "accuracy" else metric
    found = metric_names.get(asked)
    if hasattr(found, "fresh") and weighted:
        raise ValueError(
            f"compile(weighted_metrics=...): {metric_names.name(metric)} is counted, not a mean over samples, so it "
            "cannot weigh them; give it in metrics="
        )
    if weighted:
        end.weighted.add(name)
    if hasattr(found, "fresh"):
        end.counted[name] = found
    else:
        end.functions[name] = found
