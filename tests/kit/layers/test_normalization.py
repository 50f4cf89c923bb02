"""Batch normalization against NumPy and torch."""

import numpy as np
import pytest
import torch
from torch import nn

from kit.layers import BatchNormalization, ShapeError

SHAPES = [((16, 5), (0,), 1), ((4, 3, 5), (0, 1), 2), ((4, 3, 6, 5), (0, 2, 3), 1)]


def along(values: np.ndarray, axis: int, rank: int) -> np.ndarray:
    shape = [1] * rank
    shape[axis] = -1
    return values.reshape(shape)


@pytest.mark.parametrize(("shape", "axes", "kept"), SHAPES)
def test_in_training_it_normalizes_by_the_batch_with_biased_variance(shape, axes, kept, float64: None, rng) -> None:
    x = rng.normal(2, 3, size=shape)
    layer = BatchNormalization(epsilon=0.01, gamma_initializer="normal", beta_initializer="normal")
    y = layer(torch.from_numpy(x))
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    gamma, beta = (along(w, kept, x.ndim) for w in layer.get_weights()[:2])
    np.testing.assert_allclose(y.detach(), gamma * (x - mean) / np.sqrt(variance + 0.01) + beta, atol=1e-12)


@pytest.mark.parametrize(("shape", "axes", "kept"), SHAPES)
def test_the_running_averages_follow_mean_and_biased_variance(shape, axes, kept, float64: None, rng) -> None:
    layer = BatchNormalization(momentum=0.8)
    features = shape[kept]
    mean, variance = np.zeros(features), np.ones(features)
    for _ in range(3):
        x = rng.normal(2, 3, size=shape)
        layer(torch.from_numpy(x))
        mean = 0.8 * mean + 0.2 * x.mean(axes)
        variance = 0.8 * variance + 0.2 * x.var(axes)
    np.testing.assert_allclose(layer.moving_mean, mean)
    np.testing.assert_allclose(layer.moving_variance, variance)


@pytest.mark.parametrize(("shape", "axes", "kept"), SHAPES)
def test_when_not_training_it_normalizes_by_the_running_averages(shape, axes, kept, float64: None, rng) -> None:
    layer = BatchNormalization(epsilon=0.01)
    layer(torch.from_numpy(rng.normal(2, 3, size=shape)))
    layer.eval()
    x = rng.normal(size=shape)
    mean, variance = (along(v.numpy(), kept, x.ndim) for v in (layer.moving_mean, layer.moving_variance))
    y = layer(torch.from_numpy(x))
    np.testing.assert_allclose(y.detach(), (x - mean) / np.sqrt(variance + 0.01), atol=1e-12)


def test_when_not_training_nothing_is_remembered(rng) -> None:
    layer = BatchNormalization()
    layer.build_for((4,))
    layer.eval()
    layer(torch.from_numpy(rng.normal(5, 5, size=(8, 4)).astype("float32")))
    assert torch.equal(layer.moving_mean, torch.zeros(4))
    assert torch.equal(layer.moving_variance, torch.ones(4))


def test_the_gradients_are_those_of_torch(float64: None, rng) -> None:
    x, dy = rng.normal(size=(2, 6, 3, 4, 4))
    ours, theirs = BatchNormalization(epsilon=1e-5), nn.BatchNorm2d(3, eps=1e-5)
    gradients = []
    for layer in (ours, theirs):
        given = torch.from_numpy(x).requires_grad_()
        layer(given).backward(torch.from_numpy(dy))
        weights = (ours.gamma, ours.beta) if layer is ours else (theirs.weight, theirs.bias)
        gradients.append([given.grad, *(w.grad for w in weights)])
    for our, their in zip(*gradients, strict=True):
        torch.testing.assert_close(our, their)


def test_a_batch_of_equal_samples_stays_finite(rng) -> None:
    layer = BatchNormalization()
    assert torch.isfinite(layer(torch.ones(4, 3))).all()
    assert torch.isfinite(layer(torch.ones(1, 3))).all()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ({}, ["gamma", "beta", "moving_mean", "moving_variance"]),
        ({"scale": False}, ["beta", "moving_mean", "moving_variance"]),
        ({"center": False}, ["gamma", "moving_mean", "moving_variance"]),
    ],
)
def test_its_weights_are_gamma_and_beta_then_the_averages(words, names) -> None:
    layer = BatchNormalization(**words)
    layer.build_for((4,))
    assert list(layer.state_dict()) == names


def test_gamma_and_beta_alone_can_be_set() -> None:
    layer = BatchNormalization()
    layer.build_for((2,))
    layer.set_weights([np.array([2.0, 3.0]), np.array([4.0, 5.0])])
    assert [w.tolist() for w in layer.get_weights()] == [[2, 3], [4, 5], [0, 0], [1, 1]]


def test_another_input_than_stated_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"expects input_shape=\(64,\) but its input has \(32,\)"):
        BatchNormalization((64,))(torch.zeros(2, 32))
