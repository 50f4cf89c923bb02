"""MaxoutDense, RepeatVector and Permute against NumPy."""

import numpy as np
import pytest
import torch

from kit.layers import MaxoutDense, Permute, RepeatVector, ShapeError

pytestmark = pytest.mark.usefixtures("float64")


def tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.normal(size=shape)).requires_grad_()


def test_maxout_is_the_greatest_of_its_linear_maps(rng) -> None:
    x, layer = tensor(rng, 3, 4), MaxoutDense(4, 5, nb_feature=3, bias_initializer="normal")
    y = layer(x).detach()
    W, b = layer.get_weights()
    assert (W.shape, b.shape) == ((3, 4, 5), (3, 5))
    np.testing.assert_allclose(y, (np.einsum("ni,kio->nko", x.detach(), W) + b).max(1))


def test_each_map_of_maxout_is_initialized_by_itself() -> None:
    layer = MaxoutDense(4, 4, init="orthogonal")
    layer.build_stated()
    for W in layer.get_weights()[0]:
        np.testing.assert_allclose(W.T @ W, 1.1**2 * np.eye(4), atol=1e-12)


def test_repeat_vector_and_permute_move_the_numbers(rng) -> None:
    x = rng.normal(size=(2, 3))
    np.testing.assert_array_equal(RepeatVector(4)(torch.from_numpy(x)), np.stack([x] * 4, 1))
    x = rng.normal(size=(2, 3, 4, 5))
    np.testing.assert_array_equal(Permute((3, 1, 2))(torch.from_numpy(x)), x.transpose(0, 3, 1, 2))


def test_permute_takes_every_axis_once() -> None:
    with pytest.raises(ValueError, match="takes each number from 1 to 2 once"):
        Permute((1, 1))
    with pytest.raises(ShapeError, match="orders 2 axes"):
        Permute((2, 1)).build_for((2, 3, 4))
