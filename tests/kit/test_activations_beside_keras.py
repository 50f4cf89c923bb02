"""Activations, and their settings, against Keras 3: values and gradients."""

import numpy as np
import pytest
import torch

from kit import activations
from kit.layers import Dense
from kit.names import parse_call
from tests.kit.keras_reference import keras

OTHERWISE = {  # see test_activations.py
    "hard_sigmoid",  # of 2015
    "time_distributed_softmax",  # of 2015
    "sparsemax",  # Keras 3.15's does not add up to 1 where more than one number stays above 0
}
CALLS = [
    *sorted(activations.ACTIVATIONS.keys() - OTHERWISE),
    "relu(negative_slope=0.1, max_value=1.5, threshold=0.5)",
    "relu(max_value=2)",
    "leaky_relu(0.3)",
    "softmax(axis=1)",
    "log_softmax(axis=0)",
    "elu(0.5)",
    "celu(alpha=2.0)",
    "gelu(approximate=True)",
    "squareplus(1.0)",
    "glu(1)",
    "threshold(0.3, -2)",
    "hard_shrink(1.0)",
    "soft_shrink(1.0)",
]


@pytest.mark.parametrize("call", CALLS)
def test_value_and_gradient_are_those_of_keras(call: str, rng: np.random.Generator) -> None:
    name, arguments, settings = parse_call("threshold(0, 0)" if call == "threshold" else call)
    x, dy = torch.from_numpy(3 * rng.normal(size=(4, 6, 8))).requires_grad_(), None
    results = []
    for function in (
        activations.get(call),
        lambda x: getattr(keras.activations, name)(x, *arguments, **settings),
    ):
        y = function(x)
        dy = torch.from_numpy(rng.normal(size=y.shape)) if dy is None else dy
        results.append((y, *torch.autograd.grad(y, x, dy)))
    torch.testing.assert_close(results[0], results[1], rtol=1e-12, atol=1e-12)


def test_a_call_is_kept_as_it_was_said() -> None:
    layer = Dense(3, activation="gelu(approximate=True)")
    assert repr(layer) == 'Dense(3, activation="gelu(approximate=True)")'
    assert layer.get_config()["activation"] == "gelu(approximate=True)"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("gelu(aproximate=True)", "unexpected keyword argument 'aproximate'; it takes approximate"),
        ("tanh(0.1)", "too many positional arguments; it takes no settings"),
        ("leaky_relu(0.1, 0.2)", "too many positional arguments; it takes negative_slope"),
        ("elu(x=0.1)", "multiple values for argument 'x'; it takes alpha"),
    ],
)
def test_a_call_with_settings_that_there_are_not_is_refused(call: str, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Dense(3, activation=call)
