"""Losses of torch are called as torch calls them: outputs first, class numbers without an axis of their own."""

import functools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from kit import Sequential
from kit.layers import Dense, Reshape


def head(units: int, loss, *more, **words) -> Sequential:
    torch.manual_seed(1)
    model = Sequential([Dense(20, units), *more])
    model.compile("sgd", loss, **words)
    return model


ASYMMETRIC = [
    nn.BCEWithLogitsLoss(),
    nn.PoissonNLLLoss(),
    F.binary_cross_entropy_with_logits,
    functools.partial(F.poisson_nll_loss, log_input=True),
]


@pytest.mark.parametrize("loss", ASYMMETRIC)
def test_a_loss_of_torch_is_given_the_outputs_first(loss, blobs) -> None:
    model, wanted = head(2, loss), torch.as_tensor(blobs.Y, dtype=torch.float32)
    expected = float(loss(torch.as_tensor(model.predict(blobs.X)), wanted))
    assert model.evaluate(blobs.X, blobs.Y, batch_size=10**6) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    "loss", [nn.CrossEntropyLoss(weight=torch.tensor([1.0, 3.0])), F.cross_entropy, nn.MultiMarginLoss()]
)
def test_a_loss_of_classes_takes_class_numbers(loss, blobs) -> None:
    model, classes = head(2, loss), blobs.Y.argmax(1)
    expected = float(loss(torch.as_tensor(model.predict(blobs.X)), torch.as_tensor(classes)))
    assert model.evaluate(blobs.X, classes, batch_size=10**6) == pytest.approx(expected, rel=1e-5)
    model.fit(blobs.X, classes, epochs=2, verbose=0)
    assert model.evaluate(blobs.X, classes) < expected


def test_a_crossentropy_of_torch_finds_the_classes_of_a_sequence_on_the_last_axis(rng) -> None:
    model = head(12, nn.CrossEntropyLoss(), Reshape((4, 3)))
    X, classes = rng.normal(size=(5, 20)), rng.integers(0, 3, (5, 4))
    logits = torch.as_tensor(model.predict(X)).reshape(-1, 3)
    expected = float(F.cross_entropy(logits, torch.as_tensor(classes).reshape(-1)))
    assert model.evaluate(X, classes) == pytest.approx(expected, rel=1e-5)


def test_one_hot_rows_are_taken_too(blobs) -> None:
    numbers = head(2, nn.CrossEntropyLoss()).evaluate(blobs.X, blobs.Y.argmax(1))
    assert head(2, nn.CrossEntropyLoss()).evaluate(blobs.X, blobs.Y) == pytest.approx(numbers, rel=1e-5)


def test_whole_numbers_become_of_the_outputs_type_where_no_classes_are_wanted(blobs) -> None:
    yes = blobs.Y[:, :1] > 0
    loss = head(1, nn.BCEWithLogitsLoss()).evaluate(blobs.X, yes)
    assert loss == pytest.approx(head(1, "binary_crossentropy(from_logits=True)").evaluate(blobs.X, yes), rel=1e-5)


def test_a_loss_of_torch_is_a_metric_too(blobs) -> None:
    model = head(2, "mse", metrics=[nn.BCEWithLogitsLoss(), F.cross_entropy])
    values = model.evaluate(blobs.X, blobs.Y, return_dict=True)
    logits, wanted = torch.as_tensor(model.predict(blobs.X)), torch.as_tensor(blobs.Y, dtype=torch.float32)
    assert list(values) == ["loss", "BCEWithLogitsLoss", "cross_entropy"]
    assert values["BCEWithLogitsLoss"] == pytest.approx(float(nn.BCEWithLogitsLoss()(logits, wanted)), rel=1e-5)
    assert np.isfinite(values["cross_entropy"])
