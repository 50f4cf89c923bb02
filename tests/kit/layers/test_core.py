"""The core layers against NumPy."""

import numpy as np
import pytest
import torch

import kit
from kit.layers import Activation, Dense, Dropout, Flatten, Reshape, ShapeError


def tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.normal(size=shape)).requires_grad_()


def test_dense_is_x_W_plus_b(rng: np.random.Generator, float64: None) -> None:
    x, layer = tensor(rng, 6, 4), Dense(3, bias_initializer="normal")
    y = layer(x)
    W, b = layer.get_weights()
    np.testing.assert_allclose(y.detach(), x.detach().numpy() @ W + b)


def test_dense_activates_the_sum(rng: np.random.Generator, float64: None) -> None:
    x, layer = tensor(rng, 6, 4), Dense(3, "tanh")
    y = layer(x)
    W, b = layer.get_weights()
    np.testing.assert_allclose(y.detach(), np.tanh(x.detach().numpy() @ W + b))


def test_the_gradient_of_dense_is_the_chain_rule(rng: np.random.Generator, float64: None) -> None:
    x, layer, dy = tensor(rng, 6, 4), Dense(3), rng.normal(size=(6, 3))
    layer(x).backward(torch.from_numpy(dy))
    W, _ = layer.get_weights()
    np.testing.assert_allclose(layer.kernel.grad, x.detach().numpy().T @ dy)
    np.testing.assert_allclose(layer.bias.grad, dy.sum(0))
    np.testing.assert_allclose(x.grad, dy @ W.T)


def test_dense_works_on_the_last_axis_of_sequences(rng: np.random.Generator, float64: None) -> None:
    x, layer = tensor(rng, 2, 5, 4), Dense(3)
    y = layer(x)
    W, b = layer.get_weights()
    np.testing.assert_allclose(y.detach(), np.einsum("nti,io->nto", x.detach(), W) + b)


def test_dense_keeps_its_kernel_as_input_by_output() -> None:
    layer = Dense(20, 64)
    assert layer.build_stated()
    assert [w.shape for w in layer.get_weights()] == [(20, 64), (64,)]


def test_dense_without_bias_has_one_weight() -> None:
    layer = Dense(3, use_bias=False, input_dim=4)
    layer.build_stated()
    assert [w.shape for w in layer.get_weights()] == [(4, 3)]


def test_a_layer_that_is_not_trainable_has_weights_without_gradient() -> None:
    layer = Dense(3, trainable=False, input_dim=4)
    layer.build_stated()
    assert not any(weight.requires_grad for weight in layer.parameters())


def test_activation_takes_a_function(rng: np.random.Generator) -> None:
    x = tensor(rng, 3, 4)
    assert torch.equal(Activation(torch.sin)(x), x.sin())


def test_dropout_does_nothing_when_not_training(rng: np.random.Generator) -> None:
    x = tensor(rng, 3, 4)
    assert torch.equal(Dropout(0.5).eval()(x), x)


def test_dropout_drops_the_stated_fraction_and_keeps_the_mean() -> None:
    layer = Dropout(0.3)
    layer.generator = torch.Generator().manual_seed(0)
    y = layer(torch.ones(200, 500))
    assert abs(float((y == 0).float().mean()) - 0.3) < 0.01  # six standard deviations are 0.009
    assert abs(float(y.mean()) - 1) < 0.02
    assert torch.allclose(y[y != 0], torch.tensor(1 / 0.7))


def test_the_gradient_of_dropout_has_the_mask_of_the_output() -> None:
    x = torch.ones(10, 10, requires_grad=True)
    y = Dropout(0.5)(x)
    y.sum().backward()
    assert torch.equal(x.grad, y.detach())


def test_dropout_draws_from_its_own_generator_only() -> None:
    layer = Dropout(0.5)
    layer.generator = torch.Generator().manual_seed(0)
    before = torch.get_rng_state()
    layer(torch.ones(10))
    assert torch.equal(torch.get_rng_state(), before)


def test_dropout_of_all_gives_zeros_with_a_gradient_of_zero() -> None:
    x = torch.ones(4, 4, requires_grad=True)
    assert torch.equal(Dropout(1.0)(x), torch.zeros(4, 4))


def test_flatten_keeps_the_order_of_the_numbers(rng: np.random.Generator) -> None:
    x = tensor(rng, 2, 3, 4, 5)
    np.testing.assert_array_equal(Flatten()(x).detach(), x.detach().numpy().reshape(2, 60))


@pytest.mark.parametrize(("target", "shape"), [((2, 6), (2, 6)), ((4, -1), (4, 3)), ((12,), (12,))])
def test_reshape_keeps_the_order_of_the_numbers(target: tuple, shape: tuple, rng: np.random.Generator) -> None:
    x = tensor(rng, 5, 3, 4)
    np.testing.assert_array_equal(Reshape(target)(x).detach(), x.detach().numpy().reshape(5, *shape))


@pytest.mark.parametrize("target", [(5, 3), (5, -1)])
def test_reshape_to_another_count_says_so(target: tuple) -> None:
    with pytest.raises(ShapeError, match="has 12; choose sizes whose product is the same"):
        Reshape(target)(torch.zeros(2, 3, 4))


@pytest.mark.parametrize("target", [(0, 3), (-1, -1), (-2,)])
def test_reshape_takes_sizes_and_one_minus_one(target: tuple) -> None:
    with pytest.raises(ValueError, match="target_shape takes"):
        Reshape(target)


def test_a_target_draws_the_mean_activations_towards_it() -> None:
    X = np.random.default_rng(0).normal(size=(64, 5)).astype("float32")
    torch.manual_seed(0)
    model = kit.Sequential([Dense(5, 8), Activation("sigmoid", target=0.1, beta=1.0), Dense(8, 1)])
    model.compile(kit.optimizers.SGD(0.05), "mse")
    first, second = model.layers[:2]
    mean = second(first(torch.from_numpy(X))).mean(0).detach()
    expected = (0.1 * (0.1 / mean).log() + 0.9 * (0.9 / (1 - mean)).log()).sum()
    output = model.predict(X)
    assert model.train(X, output) == pytest.approx(float(expected), rel=1e-5)  # what is left is the penalty
    model.fit(X, output, epochs=100, verbose=0)
    after = second(first(torch.from_numpy(X))).mean(0).detach()
    assert ((after - 0.1).abs() < (mean - 0.1).abs()).all()
