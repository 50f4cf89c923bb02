"""Metrics: what people read beside the loss.

Most give one number a sample, from y_true and y_pred (n, ...), and their value is the mean. A `Counted` one is counted
batch by batch and read at the end.
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torch import Tensor

from kit.metrics.counted import (
    AUC,
    Counted,
    F1Score,
    Given,
    MeanIoU,
    Precision,
    R2Score,
    Recall,
    RootMeanSquaredError,
    Specificity,
    Tally,
)
from kit.metrics.matrix import confusion_matrix
from kit.metrics.named import (
    NAMED,
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    CosineSimilarity,
    MeanAbsoluteError,
    MeanSquaredError,
    Named,
    SparseCategoricalAccuracy,
)
from kit.metrics.per_sample import (
    TopKCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    cosine_similarity,
)
from kit.names import bare, parse_call, resolve
from kit.names_of_keras import absent

METRICS: dict[str, Any] = {
    "accuracy": accuracy,
    "acc": accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": SparseCategoricalAccuracy,
    "binary_accuracy": binary_accuracy,
    "top_k_categorical_accuracy": TopKCategoricalAccuracy,
    "top_5": TopKCategoricalAccuracy,
    "sparse_top_k_categorical_accuracy": TopKCategoricalAccuracy,
    "precision": Precision,
    "recall": Recall,
    "f1": F1Score,
    "f1_score": F1Score,
    "specificity": Specificity,
    "auc": AUC,
    "mean_io_u": MeanIoU,
    "r2": R2Score,
    "r2_score": R2Score,
    "root_mean_squared_error": RootMeanSquaredError,
    "rmse": RootMeanSquaredError,
    "cosine_similarity": cosine_similarity,
}
KNOWN = {**METRICS, **{metric.__name__: metric for metric in (*METRICS.values(), *NAMED)}}  # classes by their names too


def name(metric: Any) -> str:
    """What a metric is called in a history: "precision" for Precision(average="micro"), and for the text of that."""
    from kit import objectives

    made = bare(metric)
    word, _, settings = parse_call(made) if isinstance(made, str) else (class_name(made), [], vars_of(made))
    if settings.get("name"):
        return str(settings["name"])
    known = KNOWN.get(word)
    usual = (name for name, known in {**objectives.OBJECTIVES, **METRICS}.items() if known.__name__ == word)
    return word if word in METRICS else getattr(known, "usual_name", None) or next(usual, word)


def class_name(made: Any) -> str:
    """The name of a function or a class, or of the class of an object."""
    return str(getattr(made, "__name__", type(made).__name__))


def vars_of(made: Any) -> dict[str, Any]:
    """The settings of a metric that has some."""
    return vars(made) if isinstance(made, (Counted, Named)) else {}


def get(metric: str | Callable[[Tensor, Tensor], Tensor] | Counted) -> Any:
    """What a metric's name stands for: a function, or a Counted; a loss is a metric too.

    A function of the user's stands for itself, a metric of torchmetrics for a Counted that counts with it.
    """
    from kit import objectives

    found = metric if isinstance(metric, Counted) else resolve(metric, {**objectives.KNOWN, **KNOWN}, "metric", given=2)
    torchmetrics = sys.modules.get("torchmetrics")  # a metric of theirs cannot exist before it is imported
    return Given(found) if torchmetrics and isinstance(found, torchmetrics.Metric) else objectives.as_ours(found)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)

__all__ = [
    "AUC",
    "METRICS",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "CosineSimilarity",
    "Counted",
    "F1Score",
    "MeanAbsoluteError",
    "MeanIoU",
    "MeanSquaredError",
    "Precision",
    "R2Score",
    "Recall",
    "RootMeanSquaredError",
    "SparseCategoricalAccuracy",
    "Specificity",
    "Tally",
    "TopKCategoricalAccuracy",
    "accuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "confusion_matrix",
    "cosine_similarity",
    "get",
    "name",
]
