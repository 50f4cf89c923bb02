"""Functions of the user's as torch and Keras call them, and functions with settings."""

import functools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import kit
from kit import Sequential
from kit.layers import Dense


def squares(x, by=1.0):
    return by * x.square()


def of_shape(shape, dtype=None):
    return torch.full(shape, 0.5, dtype=dtype)


def array_of_shape(shape):
    return np.full(shape, 0.5)


def typed(shape, dtype):
    return torch.full(shape, 0.5, dtype=dtype)


def in_place(weight):
    weight.fill_(0.5)


@pytest.mark.parametrize("initializer", [of_shape, array_of_shape, typed, in_place])
def test_an_initializer_may_take_a_shape_or_a_weight_alone(initializer) -> None:
    (layer,) = Sequential([Dense(4, 3, kernel_initializer=initializer)]).layers
    assert (layer.get_weights()[0] == 0.5).all()


@pytest.mark.parametrize(
    "initializer", [nn.init.xavier_uniform_, nn.init.orthogonal_, functools.partial(nn.init.normal_, std=0.3)]
)
def test_an_initializer_of_torch_draws_from_the_training_s_own_generator(initializer) -> None:
    def weights(seed: int) -> np.ndarray:
        model = Sequential([Dense(3, kernel_initializer=initializer)])
        model.compile("sgd(1e-9)", "mse")
        model.fit(np.ones((4, 5)), np.ones((4, 3)), seed=seed, verbose=0)
        return model.get_weights()[0]

    before = torch.random.get_rng_state()
    drawn = weights(1)
    assert torch.equal(before, torch.random.get_rng_state())
    assert (drawn == weights(1)).all()
    assert not (drawn == weights(2)).any()


def test_an_initializer_that_gives_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"gives \(2,\) for a weight of shape \(4, 3\)"):
        Sequential([Dense(4, 3, kernel_initializer=lambda shape: torch.ones(2))])


def test_an_initializer_that_takes_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"takes nothing; let it take \(weight, generator\)"):
        Sequential([Dense(4, 3, kernel_initializer=lambda: 0)])


def test_a_partial_is_called_and_kept_by_the_name_of_its_function(tmp_path) -> None:
    doubled = functools.partial(squares, by=2.0)
    model = Sequential([Dense(4, 3, activation=doubled)])
    model.compile("sgd", "mse", metrics=[functools.partial(kit.objectives.mean_squared_error)])
    assert repr(model.layers[0]) == "Dense(3, activation=squares, input_dim=4)"
    model.save(tmp_path / "a.h5")
    X = np.ones((2, 4))
    loaded = kit.load(tmp_path / "a.h5", {"squares": doubled})
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


@pytest.mark.parametrize(
    ("activation", "text"),
    [
        (functools.partial(F.leaky_relu, negative_slope=0.3), r'write "leaky_relu\(negative_slope=0.3\)"'),
        (functools.partial(kit.activations.elu, alpha=0.3), r'write "elu\(alpha=0.3\)"'),
        (
            F.leaky_relu,
            r'torch\'s leaky_relu has other settings than the kit\'s; write "leaky_relu\(negative_slope=0.01',
        ),
    ],
)
def test_a_function_that_a_file_would_mix_up_is_refused_with_its_text(activation, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        Dense(3, activation=activation)
