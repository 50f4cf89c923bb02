"""Objectives: the loss of each sample, from what was wanted and what came; training lowers their mean.

Each takes y_true and y_pred (n, ..., outputs) and gives (n, ...). Where one has settings, its name can be called with
them, as text, "huber(delta=0.5)", or as a class, Huber(delta=0.5).
"""

from collections.abc import Callable
from typing import Annotated, Any

from torch import Tensor

from kit.fields import named
from kit.names import resolve
from kit.objectives.crossentropies import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    SparseCategoricalCrossentropy,
    Tversky,
    dice,
    kl_divergence,
)
from kit.objectives.distances import (
    Huber,
    categorical_hinge,
    cosine_similarity,
    hinge,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    squared_hinge,
)
from kit.objectives.loss import EPSILON, Loss
from kit.objectives.of_torch import as_ours

binary_crossentropy = BinaryCrossentropy()
binary_focal_crossentropy = BinaryFocalCrossentropy()
categorical_crossentropy = CategoricalCrossentropy()
categorical_focal_crossentropy = CategoricalFocalCrossentropy()
sparse_categorical_crossentropy = SparseCategoricalCrossentropy()
huber = Huber()
tversky = Tversky()
mse, mae = mean_squared_error, mean_absolute_error

OBJECTIVES: dict[str, Callable[..., Any]] = {
    "categorical_crossentropy": CategoricalCrossentropy,
    "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
    "binary_crossentropy": BinaryCrossentropy,
    "mean_squared_error": mean_squared_error,
    "mse": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "mae": mean_absolute_error,
    "mean_absolute_percentage_error": mean_absolute_percentage_error,
    "mape": mean_absolute_percentage_error,
    "mean_squared_logarithmic_error": mean_squared_logarithmic_error,
    "msle": mean_squared_logarithmic_error,
    "huber": Huber,
    "log_cosh": log_cosh,
    "logcosh": log_cosh,
    "poisson": poisson,
    "kl_divergence": kl_divergence,
    "kld": kl_divergence,
    "cosine_similarity": cosine_similarity,
    "hinge": hinge,
    "squared_hinge": squared_hinge,
    "categorical_hinge": categorical_hinge,
    "binary_focal_crossentropy": BinaryFocalCrossentropy,
    "categorical_focal_crossentropy": CategoricalFocalCrossentropy,
    "dice": dice,
    "tversky": Tversky,
}
KNOWN = {**OBJECTIVES, **{loss.__name__: loss for loss in OBJECTIVES.values()}}  # classes by their own names too
ObjectiveName = Annotated[str | Callable[[Tensor, Tensor], Tensor], named(OBJECTIVES, "loss")]


def get(objective: ObjectiveName) -> Callable[[Tensor, Tensor], Tensor]:
    """The function (y_true, y_pred) that the name of an objective stands for; a function stands for itself.

    A loss module or function of torch, which takes (outputs, targets), stands for one that calls it so.
    """
    return as_ours(resolve(objective, KNOWN, "loss", given=2))


def is_own(objective: ObjectiveName) -> bool:
    """Whether an objective is a function of the user's, of which nothing is known."""
    found = get(objective)
    return not isinstance(found, Loss) and found not in OBJECTIVES.values()


def accepts_classes(objective: ObjectiveName) -> bool:
    """Whether the targets of an objective are class numbers, one for each row of outputs."""
    return isinstance(get(objective), SparseCategoricalCrossentropy)


def wants_probabilities(objective: ObjectiveName) -> bool:
    """Whether the targets of an objective are yes and no, 1 and 0, or probabilities of yes."""
    return isinstance(get(objective), (BinaryCrossentropy, BinaryFocalCrossentropy))


__all__ = [
    "EPSILON",
    "OBJECTIVES",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "Huber",
    "Loss",
    "SparseCategoricalCrossentropy",
    "Tversky",
    "accepts_classes",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "cosine_similarity",
    "dice",
    "get",
    "hinge",
    "huber",
    "is_own",
    "kl_divergence",
    "log_cosh",
    "mae",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "mse",
    "poisson",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
    "wants_probabilities",
]
