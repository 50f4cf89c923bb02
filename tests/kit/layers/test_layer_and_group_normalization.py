"""Layer and group normalization against NumPy."""

import numpy as np
import pytest
import torch

from kit.layers import GroupNormalization, LayerNormalization, ShapeError

pytestmark = pytest.mark.usefixtures("float64")


def tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.normal(size=shape)).requires_grad_()


@pytest.mark.parametrize(("axis", "shape"), [(-1, (3, 5)), (-1, (3, 4, 5)), (1, (3, 4, 5, 6)), (1, (3, 5))])
def test_layer_normalization_goes_over_one_axis(axis, shape, rng) -> None:
    x, layer = tensor(rng, *shape), LayerNormalization(axis=axis, gamma_initializer="normal", beta_initializer="normal")
    y, given = layer(x).detach(), x.detach().numpy()
    along = [1] * len(shape)
    along[axis] = -1
    gamma, beta = (w.reshape(along) for w in layer.get_weights())
    centred = given - given.mean(axis, keepdims=True)
    np.testing.assert_allclose(y, gamma * centred / np.sqrt(given.var(axis, keepdims=True) + 1e-3) + beta, atol=1e-12)


@pytest.mark.parametrize(
    ("groups", "shape", "axis"),
    [(2, (3, 4, 5, 6), None), (-1, (3, 4, 5, 6), 1), (2, (3, 5, 4), None), (2, (3, 4), None)],
)
def test_group_normalization_goes_over_groups_of_channels(groups, shape, axis, rng) -> None:
    x, layer = tensor(rng, *shape), GroupNormalization(groups, axis=axis, beta_initializer="normal")
    y = layer(x).detach().numpy()
    first = len(shape) == 4
    given = x.detach().numpy() if first else np.moveaxis(x.detach().numpy(), -1, 1)
    count = groups if groups > 0 else shape[1]
    parts = given.reshape(shape[0], count, -1)
    parts = (parts - parts.mean(-1, keepdims=True)) / np.sqrt(parts.var(-1, keepdims=True) + 1e-3)
    expected = parts.reshape(given.shape) + layer.get_weights()[1].reshape(-1, *[1] * (given.ndim - 2))
    np.testing.assert_allclose(y, expected if first else np.moveaxis(expected, 1, -1), atol=1e-12)


def test_groups_that_do_not_divide_the_channels_are_refused() -> None:
    with pytest.raises(ShapeError, match="cannot make 3 equal groups of 4 channels"):
        GroupNormalization(3).build_for((4, 2, 2))
