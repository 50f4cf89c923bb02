"""Scaling against NumPy, where Keras cannot be asked."""

import numpy as np
import pytest
import torch

from kit.layers import Rescaling, RMSNormalization, UnitNormalization

pytestmark = pytest.mark.usefixtures("float64")


@pytest.mark.parametrize(("axis", "shape"), [(-1, (3, 5)), (1, (3, 4, 5, 6)), (1, (3, 5))])
def test_rms_normalization_divides_by_the_root_of_the_mean_square(axis, shape, rng: np.random.Generator) -> None:
    x, layer = rng.normal(size=shape), RMSNormalization(axis=axis, gamma_initializer="normal", epsilon=0.1)
    y = layer(torch.from_numpy(x)).detach()
    along = [1] * len(shape)
    along[axis] = -1
    root = np.sqrt((x**2).mean(axis, keepdims=True) + 0.1)
    np.testing.assert_allclose(y, layer.get_weights()[0].reshape(along) * x / root)


def test_a_vector_of_zeros_has_no_direction_and_stays(rng: np.random.Generator) -> None:
    x = torch.zeros(2, 3, requires_grad=True)
    y = UnitNormalization()(x)
    y.sum().backward()
    assert torch.equal(y, torch.zeros(2, 3))
    assert torch.isfinite(x.grad).all()


def test_rescaling_brings_pixels_into_0_to_1() -> None:
    assert Rescaling(1 / 255)(torch.tensor([[0.0, 255.0]])).tolist() == [[0, 1]]
