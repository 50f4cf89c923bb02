"""The activation layers against their formulas and torch."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from kit.layers import ELU, LeakyReLU, PReLU, Softmax, ThresholdedReLU

pytestmark = pytest.mark.usefixtures("float64")


def tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.normal(size=shape)).requires_grad_()


@pytest.mark.parametrize(("layer", "function"), [
    (LeakyReLU(), lambda x: np.where(x > 0, x, 0.3 * x)),
    (LeakyReLU(alpha=0.1), lambda x: np.where(x > 0, x, 0.1 * x)),
    (ELU(0.5), lambda x: np.where(x > 0, x, 0.5 * (np.exp(x) - 1))),
    (Softmax(), lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)),
    (Softmax(axis=1), lambda x: np.exp(x) / np.exp(x).sum(1, keepdims=True)),
], ids=repr)  # fmt: skip
def test_an_activation_layer_is_its_formula(layer, function, rng) -> None:
    x = rng.normal(size=(3, 4, 5))
    np.testing.assert_allclose(layer(torch.from_numpy(x)), function(x))


@pytest.mark.parametrize(("shared", "shape"), [(None, (4, 5, 6)), ((2, 3), (4, 1, 1)), ((1,), (1, 5, 6))])
def test_prelu_has_one_slope_a_unit_unless_shared(shared, shape, rng) -> None:
    x, layer = tensor(rng, 3, 4, 5, 6), PReLU(alpha_initializer="normal", shared_axes=shared)
    y = layer(x).detach()
    (alpha,) = layer.get_weights()
    assert alpha.shape == shape
    np.testing.assert_allclose(y, np.where(x.detach() > 0, x.detach(), alpha * x.detach().numpy()))


def test_prelu_with_one_slope_a_channel_is_torch_s(rng) -> None:
    x, layer = tensor(rng, 3, 4, 5, 6), PReLU(alpha_initializer="normal", shared_axes=(2, 3))
    torch.testing.assert_close(layer(x), F.prelu(x, layer.alpha.flatten()))


def test_thresholded_relu_lets_pass_what_exceeds_theta(rng) -> None:
    x = torch.from_numpy(rng.normal(size=(5, 4))).requires_grad_()
    y = ThresholdedReLU(theta=0.5)(x)
    y.sum().backward()
    np.testing.assert_array_equal(y.detach(), np.where(x.detach() > 0.5, x.detach(), 0))
    assert torch.equal(x.grad, (x > 0.5).to(x.dtype))
