"""The objectives under the names of Keras: losses.MeanSquaredError() is kit.objectives.mean_squared_error."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from kit.objectives import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    Huber,
    Loss,
    SparseCategoricalCrossentropy,
    Tversky,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    cosine_similarity,
    dice,
    get,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mae,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    mse,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
    tversky,
)
from kit.spelling import today


def made(name: str, loss: Callable[[Tensor, Tensor], Tensor]) -> type:
    """A class of this name that makes the loss, which has no settings."""

    def new(cls: type, **words: Any) -> Callable[[Tensor, Tensor], Tensor]:
        today(words, [], name)  # refuses those that would be lost
        return loss

    return type(name, (), {"__new__": new, "__doc__": loss.__doc__})


CategoricalHinge = made("CategoricalHinge", categorical_hinge)
CosineSimilarity = made("CosineSimilarity", cosine_similarity)
Dice = made("Dice", dice)
Hinge = made("Hinge", hinge)
KLDivergence = made("KLDivergence", kl_divergence)
LogCosh = made("LogCosh", log_cosh)
MeanAbsoluteError = made("MeanAbsoluteError", mean_absolute_error)
MeanAbsolutePercentageError = made("MeanAbsolutePercentageError", mean_absolute_percentage_error)
MeanSquaredError = made("MeanSquaredError", mean_squared_error)
MeanSquaredLogarithmicError = made("MeanSquaredLogarithmicError", mean_squared_logarithmic_error)
Poisson = made("Poisson", poisson)
SquaredHinge = made("SquaredHinge", squared_hinge)

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Dice",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
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
]
