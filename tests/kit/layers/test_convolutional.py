"""Convolution and pooling against loops in NumPy."""

import itertools

import numpy as np
import pytest
import torch

from kit.layers import Conv2D, Convolution2D, MaxPooling2D, ShapeError


def tensorflow_padding(size: int, window: int, stride: int) -> tuple[int, int]:
    """As TensorFlow's documentation of padding="SAME" has it."""
    total = max(window - stride, 0) if size % stride == 0 else max(window - size % stride, 0)
    return total // 2, total - total // 2


def padded(x: np.ndarray, window: tuple, strides: tuple, padding: str, value: float) -> np.ndarray:
    margins = {
        "valid": [(0, 0), (0, 0)],
        "full": [(k - 1, k - 1) for k in window],
        "same": [tensorflow_padding(n, k, s) for n, k, s in zip(x.shape[2:], window, strides, strict=True)],
    }[padding]
    return np.pad(x, [(0, 0), (0, 0), *margins], constant_values=value)


def correlate(x: np.ndarray, W: np.ndarray, b: np.ndarray, strides: tuple, padding: str) -> np.ndarray:
    """y[n, f, i, j] = b[f] + sum over c, k, l of x[n, c, i s + k, j s + l] W[f, c, k, l]."""
    x = padded(x, W.shape[2:], strides, padding, 0.0)
    rows, cols = ((n - k) // s + 1 for n, k, s in zip(x.shape[2:], W.shape[2:], strides, strict=True))
    y = np.empty((len(x), len(W), rows, cols))
    for i, j in itertools.product(range(rows), range(cols)):
        top, left = i * strides[0], j * strides[1]
        patch = x[:, :, top : top + W.shape[2], left : left + W.shape[3]]
        y[:, :, i, j] = np.einsum("nckl,fckl->nf", patch, W) + b
    return y


CASES = list(itertools.product([(3, 3), (2, 4), (1, 1)], [(1, 1), (2, 3)], ["valid", "same", "full"]))


@pytest.mark.parametrize(("window", "strides", "padding"), CASES)
def test_conv2d_is_cross_correlation(window: tuple, strides: tuple, padding: str, float64: None, rng) -> None:
    x = rng.normal(size=(2, 3, 7, 6))
    layer = Conv2D(4, window, strides=strides, padding=padding, bias_initializer="normal")
    y = layer(torch.from_numpy(x))
    np.testing.assert_allclose(y.detach(), correlate(x, *layer.get_weights(), strides, padding), atol=1e-12)


@pytest.mark.parametrize(("window", "strides", "padding"), CASES)
def test_the_gradients_of_conv2d_are_the_adjoint(
    window: tuple, strides: tuple, padding: str, float64: None, rng
) -> None:
    """For a linear map y = A(x), <dy, A(v)> = <A'(dy), v>; the same in W and b."""
    x, v = rng.normal(size=(2, 2, 3, 7, 6))
    layer = Conv2D(4, window, strides=strides, padding=padding)
    given = torch.from_numpy(x).requires_grad_()
    y = layer(given)
    dy = rng.normal(size=y.shape)
    y.backward(torch.from_numpy(dy))
    W, b = layer.get_weights()
    V, u = rng.normal(size=W.shape), rng.normal(size=b.shape)
    zero = np.zeros_like(b)
    np.testing.assert_allclose((given.grad.numpy() * v).sum(), (dy * correlate(v, W, zero, strides, padding)).sum())
    np.testing.assert_allclose(
        (layer.kernel.grad.numpy() * V).sum() + (layer.bias.grad.numpy() * u).sum(),
        (dy * correlate(x, V, u, strides, padding)).sum(),
    )


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize(("window", "stride"), [(1, 1), (2, 1), (3, 1), (3, 2), (2, 3), (5, 2), (4, 4)])
def test_same_gives_size_over_stride_rounded_up(size: int, window: int, stride: int) -> None:
    conv = Conv2D(1, window, strides=stride, padding="same")
    pool = MaxPooling2D(window, strides=stride, padding="same")
    for layer in (conv, pool):
        assert layer(torch.zeros(1, 1, size, size)).shape == (1, 1, -(-size // stride), -(-size // stride))


def test_full_grows_by_the_window_less_one() -> None:
    assert Conv2D(2, (3, 4), padding="full")(torch.zeros(1, 1, 5, 5)).shape == (1, 2, 7, 8)


def test_conv2d_keeps_its_kernel_as_filters_channels_rows_cols() -> None:
    layer = Convolution2D(32, 3, 5, 4)
    layer.build_stated()
    assert [w.shape for w in layer.get_weights()] == [(32, 3, 5, 4), (32,)]


def pooled(x: np.ndarray, window: tuple, strides: tuple, ceil_mode: bool) -> np.ndarray:
    """The maximum of each window; with ceil_mode also of windows that begin inside and reach over the border."""
    counts = []
    for n, k, s in zip(x.shape[2:], window, strides, strict=True):
        count = (n - k) // s + 1
        counts.append(count + (ceil_mode and (n - k) % s != 0 and count * s < n))
    y = np.empty((*x.shape[:2], *counts))
    for i, j in itertools.product(*map(range, counts)):
        top, left = i * strides[0], j * strides[1]
        y[:, :, i, j] = x[:, :, top : top + window[0], left : left + window[1]].max((2, 3))
    return y


POOLS = list(itertools.product([(2, 2), (3, 2)], [None, (1, 1), (2, 3)], [False, True], ["valid", "same"]))


@pytest.mark.parametrize(("window", "strides", "ceil_mode", "padding"), POOLS)
def test_max_pooling_is_the_maximum_of_each_window(window, strides, ceil_mode, padding, float64: None, rng) -> None:
    x = rng.normal(size=(2, 3, 7, 6))
    layer = MaxPooling2D(window, strides=strides, ceil_mode=ceil_mode, padding=padding)
    steps = strides or window
    wanted = pooled(padded(x, window, steps, padding, -np.inf), window, steps, ceil_mode)
    np.testing.assert_array_equal(layer(torch.from_numpy(x)), wanted)


def test_the_gradient_of_max_pooling_goes_to_the_greatest(float64: None, rng) -> None:
    x = torch.from_numpy(rng.permutation(36).reshape(1, 1, 6, 6).astype(float)).requires_grad_()
    y = MaxPooling2D()(x)
    y.backward(torch.ones_like(y))
    assert sorted(x.detach()[x.grad == 1].tolist()) == sorted(y.detach().flatten().tolist())
    assert float(x.grad.sum()) == 9


def test_max_pooling_with_same_ignores_its_border_among_negative_numbers() -> None:
    assert float(MaxPooling2D(3, padding="same")(torch.full((1, 1, 4, 4), -5.0)).max()) == -5


def test_ignore_border_false_keeps_the_partial_window() -> None:
    x = torch.arange(9.0).reshape(1, 1, 3, 3)
    assert MaxPooling2D((2, 2), False)(x).tolist() == [[[[4, 5], [7, 8]]]]
    assert MaxPooling2D((2, 2), True)(x).tolist() == [[[[4]]]]


@pytest.mark.parametrize("layer", [Conv2D(3, 5), MaxPooling2D(5)], ids=repr)
def test_a_window_greater_than_the_image_is_refused(layer) -> None:
    with pytest.raises(
        ShapeError, match=r"moves a 5x5 window over an image of 4x6, which is smaller; use a smaller window"
    ):
        layer(torch.zeros(1, 2, 4, 6))


def test_an_image_without_channels_is_told_how_to_get_them() -> None:
    with pytest.raises(
        ShapeError, match=r"takes input \(n, channels, rows, cols\), but \(n, 8, 8\) came; .*X\[:, None\]"
    ):
        Conv2D(3, 3)(torch.zeros(2, 8, 8))


def test_another_number_of_channels_than_stated_is_refused() -> None:
    with pytest.raises(ShapeError, match="expects input_channels=3 but its input has 1"):
        Conv2D(8, 3, input_channels=3)(torch.zeros(2, 1, 8, 8))
