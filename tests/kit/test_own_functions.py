"""A function of the user's stands wherever a name does, and a file gives it back through custom_objects."""

import numpy as np
import pytest
import torch
from torch import Tensor

import kit
from kit import Sequential, metrics
from kit.layers import Dense
from kit.storage import StorageError


def doubled(x: Tensor) -> Tensor:
    """An activation."""
    return 2 * torch.tanh(x)


def cubed_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """A loss, and a metric."""
    return (y_true - y_pred).abs().pow(3).mean(-1)


def sixteenths(weight: Tensor, generator: torch.Generator) -> None:
    """An initializer."""
    weight.fill_(1 / 16)


def smallness(w: Tensor) -> Tensor:
    """A regularizer."""
    return 0.1 * w.abs().max()


def rounded(w: Tensor) -> Tensor:
    """A constraint."""
    return (w * 128).round() / 128


class Half(kit.optimizers.Optimizer):
    """An optimizer: w = w - rate g / 2."""

    def step(self, w, g, state, rate, t) -> None:
        w.sub_(g, alpha=rate / 2)


PLACES = {  # what is compiled or built with it
    "activation": ("doubled", lambda: ({"activation": doubled}, {})),
    "loss": ("cubed_error", lambda: ({}, {"loss": cubed_error})),
    "metric": ("cubed_error", lambda: ({}, {"metrics": [cubed_error]})),
    "initializer": ("sixteenths", lambda: ({"kernel_initializer": sixteenths}, {})),
    "regularizer": ("smallness", lambda: ({"kernel_regularizer": smallness}, {})),
    "constraint": ("rounded", lambda: ({"kernel_constraint": rounded}, {})),
    "optimizer": ("Half", lambda: ({}, {"optimizer": Half(0.1)})),
}
OWN = {function.__name__: function for function in (doubled, cubed_error, sixteenths, smallness, rounded, Half)}


def trained(place: str, blobs) -> Sequential:
    """A model with a function of the user's in a place, trained a little."""
    layer, compiled = PLACES[place][1]()
    torch.manual_seed(7)
    model = Sequential([Dense(20, 8, **layer), Dense(2)])
    model.compile(**{"optimizer": "adam", "loss": "mse", **compiled})
    model.fit(blobs.X, blobs.Y, epochs=2, seed=3, verbose=0)
    return model


@pytest.mark.parametrize("place", PLACES)
def test_a_file_gives_back_a_function_of_the_user_s_that_goes_on_as_before(place: str, blobs, tmp_path) -> None:
    model = trained(place, blobs)
    model.save(tmp_path / "own.h5")
    loaded = kit.load(tmp_path / "own.h5", custom_objects=OWN)
    for each in (model, loaded):
        each.fit(blobs.X, blobs.Y, epochs=1, seed=4, verbose=0)
    assert loaded.evaluate(blobs.X, blobs.Y) == model.evaluate(blobs.X, blobs.Y)
    for ours, theirs in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("place", PLACES)
def test_a_file_without_the_function_says_which_is_missing(place: str, blobs, tmp_path) -> None:
    trained(place, blobs).save(tmp_path / "own.h5")
    with pytest.raises(StorageError, match=rf"'{PLACES[place][0]}'.*custom_objects"):
        kit.load(tmp_path / "own.h5")


def test_the_functions_do_what_they_say(blobs) -> None:
    assert np.abs(trained("constraint", blobs).get_weights()[0] * 128 % 1).max() == 0
    model = trained("metric", blobs)
    y = torch.from_numpy(model.predict(blobs.X))
    assert model.evaluate(blobs.X, blobs.Y)[1] == pytest.approx(float(cubed_error(torch.from_numpy(blobs.Y), y).mean()))
    start = Sequential([Dense(20, 8, kernel_initializer=sixteenths)])
    assert (start.get_weights()[0] == 1 / 16).all()
    assert metrics.get(cubed_error) is cubed_error


@pytest.mark.parametrize("place", ["activation", "initializer", "regularizer", "constraint"])
def test_what_can_be_called_is_as_good_as_a_function(place: str, blobs) -> None:
    class Callable:
        def __init__(self, function) -> None:
            self.function = function

        def __call__(self, *arguments):
            return self.function(*arguments)

    layer, _ = PLACES[place][1]()
    ((field, function),) = layer.items()
    torch.manual_seed(7)
    model = Sequential([Dense(20, 8, **{field: Callable(function)}), Dense(2)])
    model.compile("adam", "mse")
    model.fit(blobs.X, blobs.Y, epochs=2, seed=3, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], trained(place, blobs).get_weights()[0])
