"""The losses and the metrics of Keras in the words of those here, where they compute the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kit import metrics, objectives
from kit.storage.foreign.keras_layers import snake_case
from kit.storage.foreign.keras_options import Obstacle, class_and_config, own

Settings = dict[str, Any]

WITHOUT_EFFECT = {"name", "dtype", "fn"}
NEUTRAL: dict[str, tuple[Any, ...]] = {  # settings that are not known here: with these values they do nothing
    "reduction": ("sum_over_batch_size", "auto"),
    "axis": (-1,),
    "threshold": (0.5,),
}


def loss(value: Any, custom: Mapping[str, Any]) -> Any:
    """A loss here. Raises Obstacle where there is none."""
    return called(value, objectives.OBJECTIVES, custom)


def metric(value: Any, custom: Mapping[str, Any], width: int, weighted: bool = False) -> Any:
    """A metric here of an output so wide. Raises Obstacle where there is none, or none that weighs samples."""
    name, config = class_and_config(value)
    if name == "Accuracy" and isinstance(value, Mapping) and not own(name, custom):
        raise Obstacle("'Accuracy' counts outputs that equal their targets in Keras; 'accuracy' is what you may want")
    if (said := SAID.get(snake_case(name))) and not own(name, custom):
        value = {"class_name": name, "config": said(dict(config), width)}
    found = called(value, {**objectives.OBJECTIVES, **metrics.METRICS}, custom)
    if weighted and hasattr(metrics.get(found), "fresh"):
        raise Obstacle(f"{name!r:.80} does not weigh samples here")
    return found


def called(value: Any, known: Mapping[str, Any], custom: Mapping[str, Any]) -> Any:
    """The name of a loss or a metric here, with the settings that differ from the defaults here. Raises Obstacle."""
    name, config = class_and_config(value)
    if mine := own(name, custom):
        return custom[mine]
    here = next((each for each in (name, snake_case(name)) if each in known), None)
    if here is None:
        raise Obstacle(f"{name!r:.80} is not known here")
    fields = getattr(known[here], "declaration", {})
    settings = []
    for word, setting in config.items():
        if word in WITHOUT_EFFECT or setting is None:
            continue
        if word not in fields and setting not in NEUTRAL.get(word, ()):
            raise Obstacle(f"{name!r:.80} with {word}={setting!r:.60} is not known here")
        if word in fields and setting != fields[word].default:
            settings.append(f"{word}={setting!r:.60}")
    text = f"{here}({', '.join(settings)})" if settings else here
    try:
        metrics.get(text)  # it knows the losses too
    except (ValueError, TypeError) as error:
        raise Obstacle(str(error)) from None
    return text


def precision_or_recall(config: Settings, width: int) -> Settings:
    """One count over all outputs, each of which says yes above the threshold."""
    threshold = config.pop("thresholds", None)
    threshold = threshold[0] if isinstance(threshold, list) and len(threshold) == 1 else threshold
    threshold = 0.5 if threshold is None else threshold
    return config if width == 1 and threshold == 0.5 else {**config, "average": "micro", "threshold": threshold}


def f1_score(config: Settings, width: int) -> Settings:
    """Of each class, and averaged; Keras gives a number for each class where no average is chosen."""
    average, threshold = config.get("average"), config.get("threshold")
    if (average is None and width > 1) or (threshold is None and width == 1):
        raise Obstacle(f"'F1Score' with average={average!r:.40}, threshold={threshold!r:.40} is not known here")
    return config


def auc(config: Settings, width: int) -> Settings:
    """By 200 thresholds; of several outputs the mean of theirs."""
    usual = {
        "num_thresholds": 200, "curve": "ROC", "summation_method": "interpolation", "from_logits": False,
        "multi_label": width > 1, "num_labels": width,
    }  # fmt: skip
    if width > 1:
        config = {"multi_label": False, **config}
    return {word: value for word, value in config.items() if word not in usual or value != usual[word]}


def mean_io_u(config: Settings, width: int) -> Settings:
    """Of the greatest output; of class numbers or one-hot rows alike."""
    usual = {"num_classes": width, "sparse_y_pred": False} if width > 1 else {}
    left = {word: value for word, value in config.items() if word not in usual or value != usual[word]}
    left.pop("sparse_y_true", None)
    return left if "sparse_y_pred" in config else {**left, "sparse_y_pred": True}


def r2_score(config: Settings, width: int) -> Settings:
    """The mean over the outputs, not adjusted."""
    usual = {"class_aggregation": "uniform_average", "num_regressors": 0}
    return {word: value for word, value in config.items() if word not in usual or value != usual[word]}


SAID: dict[str, Callable[[Settings, int], Settings]] = {  # the settings here for those of Keras
    "precision": precision_or_recall,
    "recall": precision_or_recall,
    "f1_score": f1_score,
    "auc": auc,
    "mean_io_u": mean_io_u,
    "r2_score": r2_score,
}
