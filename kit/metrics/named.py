"""Metrics under the names that Keras has for their classes; name: what they are called in a history."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from torch import Tensor

from kit.declared import Declared
from kit.fields import text
from kit.metrics.per_sample import accuracy, binary_accuracy, categorical_accuracy, cosine_similarity
from kit.objectives import mean_absolute_error, mean_squared_error

Name = Annotated[str | None, text(keyword=True)]


class Named(Declared):
    """A metric that is a function of y_true and y_pred, under a name.

    name: what it is called in a history.
    """

    name: Name = None
    function: ClassVar[Any]
    usual_name: ClassVar[str] = ""

    def __call__(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        found: Tensor = type(self).function(y_true, y_pred)
        return found


class Accuracy(Named):
    """The fraction that is right: of classes where there are several outputs, of yes or no where there is one."""

    function = staticmethod(accuracy)
    usual_name = "accuracy"


class BinaryAccuracy(Named):
    """1 where output and target are on the same side of one half, else 0; averaged over the outputs."""

    function = staticmethod(binary_accuracy)
    usual_name = "binary_accuracy"


class CategoricalAccuracy(Named):
    """1 where the greatest output is the one of the wanted class, else 0; for one-hot rows or class numbers."""

    function = staticmethod(categorical_accuracy)
    usual_name = "categorical_accuracy"


class SparseCategoricalAccuracy(CategoricalAccuracy):
    """1 where the greatest output is the one of the wanted class, else 0; for class numbers."""

    usual_name = "sparse_categorical_accuracy"


class CosineSimilarity(Named):
    """The cosine of the angle between y_true and y_pred: 1 for the same direction, -1 for the opposite one."""

    function = staticmethod(cosine_similarity)
    usual_name = "cosine_similarity"


class MeanAbsoluteError(Named):
    """mean |y_true - y_pred|."""

    function = staticmethod(mean_absolute_error)
    usual_name = "mean_absolute_error"


class MeanSquaredError(Named):
    """mean (y_true - y_pred)²."""

    function = staticmethod(mean_squared_error)
    usual_name = "mean_squared_error"


NAMED = (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    CosineSimilarity,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalAccuracy,
)
