"""What a model does with one batch, in the words of 2015 and of Keras."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from torch import Tensor

from kit.layers.inside import evaluating, forget_losses
from kit.spelling import spelled
from kit.training import checks
from kit.training.data import Batch, Data
from kit.training.feeding import batch_for, inputs_for
from kit.training.session import Means
from kit.training.steps import begin_tallies, measure

if TYPE_CHECKING:
    from kit.training.trainable import Trainable


class Batchwise:
    """Updates on, and the loss of, one batch. In every method X are samples (n, ...) and y targets (n, ...).

    sample_weight, class_weight: as fit takes them. return_dict: give a dict of the values by their names.
    """

    @spelled
    def train(self: Any, X: Any, y: Any, accuracy: bool = False) -> float | tuple[float, float]:
        """One update on one batch; the loss before it, or (loss, accuracy)."""
        values = updated(self, X, y, accuracy=accuracy)
        return (values["loss"], values["accuracy"]) if accuracy else values["loss"]

    @spelled
    def test(self: Any, X: Any, y: Any, accuracy: bool = False) -> float | tuple[float, ...]:
        """The loss on one batch, or (loss, accuracy); nothing is changed."""
        return told(measured(self, X, y, accuracy=accuracy))

    @spelled
    def train_on_batch(
        self: Any,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        class_weight: Mapping[Any, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """One update on one batch; the loss before it, with metrics a tuple (loss, metric, ...) of this batch alone."""
        return told(updated(self, X, y, sample_weight, class_weight), return_dict)

    @spelled
    def test_on_batch(self: Any, X: Any, y: Any, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """The loss on one batch, with metrics a tuple (loss, metric, ...); nothing is changed."""
        return told(measured(self, X, y, sample_weight), return_dict)

    @spelled
    def predict_on_batch(self: Any, X: Any) -> Any:
        """The outputs for one batch, as a NumPy array (n, ...); a list of them where there are several outputs."""
        return self.predict(X, 2**31)


def updated(
    model: Trainable,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    class_weight: Mapping[Any, float] | None = None,
    accuracy: bool = False,
) -> dict[str, float]:
    """The loss and the metrics on a batch, from before the update on it that is made."""
    model._check_compiled("train")
    model._refuse_while_running("train")
    batch, goal, means = batch_for(model, X, y, sample_weight, class_weight), model.goal(accuracy), Means()
    begin_tallies(model, goal, means)
    with model.lock:
        model.update.prepare()
        model.update(batch.to(model.device), goal, means)
    return means.read()


def called(model: Trainable, X: Any, training: bool | None = False) -> Any:
    """The outputs for one batch, as tensors with their gradient; a list of them where there are several.

    training: whether the layers do as in training, which changes the statistics of some.
    """
    if training:
        model._refuse_while_running("call it with training=True")
    conformed, names = inputs_for(model, X), model.module.input_labels
    given = [X] if checks.is_one(X, len(names)) else checks.each(X, names, "X", "input")
    inputs = [
        own.to(x.dtype).reshape(x.shape) if isinstance(own, Tensor) else x
        for own, x in zip(given, conformed, strict=True)
    ]
    with model.lock, nullcontext() if training else evaluating(model.module):
        if training:
            model.module.train()
        outputs = model.computed(Batch(inputs).to(model.device))
        forget_losses(model.module.modules())
    return outputs[0] if len(outputs) == 1 else list(outputs)


def measured(model: Trainable, X: Any, y: Any, sample_weight: Any = None, accuracy: bool = False) -> dict[str, float]:
    """The loss and the metrics on a batch."""
    model._check_compiled("evaluate")
    batch = batch_for(model, X, y, sample_weight)
    with model.lock:
        model.update.find_penalties()
    return measure(model, Data(**vars(batch)), len(batch), model.goal(accuracy))


def told(values: dict[str, float], return_dict: bool = False) -> Any:
    """Values as evaluate gives them: the loss alone, or a tuple of it and the metrics, or a dict."""
    return values if return_dict else values["loss"] if len(values) == 1 else tuple(values.values())
