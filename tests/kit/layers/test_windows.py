"""Convolution, pooling and resizing beside Conv2D, against torch's own and NumPy."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from kit.layers import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Cropping1D,
    Cropping2D,
    Cropping3D,
    DepthwiseConv1D,
    DepthwiseConv2D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    MaxPooling1D,
    MaxPooling2D,
    SeparableConv2D,
    ShapeError,
    UpSampling1D,
    UpSampling2D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
)

pytestmark = pytest.mark.usefixtures("float64")


def tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.normal(size=shape)).requires_grad_()


def agree(layer, x: torch.Tensor, expected: torch.Tensor) -> None:
    """The output and the gradients of input and weights are those of an expression in the same tensors."""
    y = layer(x)
    torch.testing.assert_close(y, expected)
    dy = torch.randn(y.shape, generator=torch.Generator().manual_seed(1))
    wanted = [x, *layer.parameters()]
    for a, b in zip(torch.autograd.grad(y, wanted, dy), torch.autograd.grad(expected, wanted, dy), strict=True):
        torch.testing.assert_close(a, b)


def built(layer, x: torch.Tensor):
    layer.build_for(tuple(x.shape[1:]))
    return layer


@pytest.mark.parametrize("strides", [1, 2])
def test_conv_1d_slides_over_time(strides, rng) -> None:
    x = tensor(rng, 3, 7, 4)
    layer = built(Conv1D(5, 3, strides=strides, bias_initializer="normal"), x)
    W, b = layer.get_weights()
    y = layer(x).detach().numpy()
    for i, t in enumerate(range(0, 5, strides)):
        window = x.detach().numpy()[:, t : t + 3]  # (n, 3, 4)
        np.testing.assert_allclose(y[:, i], np.einsum("nki,oik->no", window, W) + b)


@pytest.mark.parametrize(
    ("padding", "margin"), [("valid", (0, 0)), ("same", (1, 1)), ("full", (2, 2)), ("causal", (2, 0))]
)
def test_conv_1d_grows_the_borders_as_padding_says(padding, margin, rng) -> None:
    x = tensor(rng, 3, 7, 4)
    layer = built(Conv1D(5, 3, padding=padding, bias_initializer="normal"), x)
    agree(layer, x, F.conv1d(F.pad(x.transpose(1, 2), margin), layer.kernel, layer.bias).transpose(1, 2))


def test_a_causal_convolution_sees_no_later_time(rng) -> None:
    x = tensor(rng, 1, 7, 2)
    built(layer := Conv1D(3, 3, padding="causal"), x)
    layer(x)[:, 3].sum().backward()
    assert (x.grad.abs().sum((0, 2)) > 0).tolist() == [False, True, True, True, False, False, False]


@pytest.mark.parametrize(("padding", "margin"), [("valid", 0), ("same", 1), ("full", 2)])
def test_conv_3d_is_torch_s(padding, margin, rng) -> None:
    x = tensor(rng, 2, 3, 4, 5, 6)
    layer = built(Conv3D(2, 3, padding=padding), x)
    agree(layer, x, F.conv3d(x, layer.kernel, layer.bias, padding=margin))


@pytest.mark.parametrize("multiplier", [1, 3])
def test_depthwise_convolution_convolves_each_channel_by_itself(multiplier, rng) -> None:
    x = tensor(rng, 2, 3, 5, 6)
    layer = built(DepthwiseConv2D(2, depth_multiplier=multiplier, bias_initializer="normal"), x)
    parts = [
        F.conv2d(x[:, c : c + 1], layer.kernel[multiplier * c : multiplier * (c + 1)]) for c in range(3)
    ]  # fmt: skip
    agree(layer, x, torch.cat(parts, 1) + layer.bias[:, None, None])


def test_separable_convolution_is_depthwise_then_pointwise(rng) -> None:
    x = tensor(rng, 2, 3, 5, 6)
    layer = built(SeparableConv2D(4, 3, strides=2, padding="same", activation="tanh"), x)
    between = DepthwiseConv2D(3, strides=2, padding="same", use_bias=False)
    built(between, x).kernel = layer.depthwise_kernel
    mixed = torch.einsum("nchw,fc->nfhw", between(x), layer.pointwise_kernel[:, :, 0, 0])
    agree(layer, x, torch.tanh(mixed + layer.bias[:, None, None]))


@pytest.mark.parametrize("strides", [1, 2, (2, 3)])
def test_conv_2d_transpose_is_the_gradient_of_conv_2d(strides, rng) -> None:
    small, large = tensor(rng, 2, 5, 4, 3), None
    layer = built(Conv2DTranspose(3, (3, 4), strides=strides, use_bias=False), small)
    large = torch.zeros(layer(small).shape, requires_grad=True)
    forwards = built(Conv2D(5, (3, 4), strides=strides, use_bias=False), large)
    forwards.kernel.data = layer.kernel.data
    (expected,) = torch.autograd.grad(forwards(large), large, small)
    torch.testing.assert_close(layer(small), expected)


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("strides", [1, 2, 3])
def test_conv_2d_transpose_with_same_padding_is_the_gradient_of_the_same(kernel, strides, rng) -> None:
    small = tensor(rng, 2, 5, 4, 3)
    layer = built(Conv2DTranspose(3, kernel, strides=strides, padding="same", use_bias=False), small)
    large = torch.zeros(2, 3, 4 * strides, 3 * strides, requires_grad=True)
    forwards = built(Conv2D(5, kernel, strides=strides, padding="same", use_bias=False), large)
    forwards.kernel.data = layer.kernel.data
    (expected,) = torch.autograd.grad(forwards(large), large, small)
    torch.testing.assert_close(layer(small), expected)


def test_conv_2d_transpose_in_groups_is_torch_s(rng) -> None:
    x = tensor(rng, 2, 4, 3, 5)
    layer = built(Conv2DTranspose(6, 3, strides=(2, 1), groups=2, dilation_rate=2, bias_initializer="normal"), x)
    agree(layer, x, F.conv_transpose2d(x, layer.kernel, layer.bias, (2, 1), groups=2, dilation=2))


@pytest.mark.parametrize("dilation", [1, 2])
def test_a_causal_depthwise_convolution_is_torch_s_behind_zeros(dilation, rng) -> None:
    x = tensor(rng, 2, 5, 3)
    layer = built(DepthwiseConv1D(3, padding="causal", dilation_rate=dilation), x)
    behind = F.pad(x.transpose(1, 2), (2 * dilation, 0))
    expected = F.conv1d(behind, layer.kernel, layer.bias, dilation=dilation, groups=3)
    agree(layer, x, expected.transpose(1, 2))


@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_full_reaches_wherever_a_dilated_window_meets_the_image(dilation, rng) -> None:
    x = tensor(rng, 2, 3, 4, 5)
    layer = built(Conv2D(2, 3, border_mode="full", dilation_rate=dilation), x)
    agree(layer, x, F.conv2d(x, layer.kernel, layer.bias, padding=2 * dilation, dilation=dilation))


def test_groups_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match=r"filters takes a multiple of groups"):
        Conv2D(5, 3, groups=2)
    with pytest.raises(ShapeError, match="cannot make 2 equal groups of 3 channels"):
        Conv2D(4, 3, groups=2).build_for((3, 8, 8))


def test_a_dilated_window_is_as_large_as_it_reaches() -> None:
    with pytest.raises(ShapeError, match="moves a 7x7 window over an image of 6x6"):
        Conv2D(4, 3, dilation_rate=3).build_for((3, 6, 6))


def means(x: np.ndarray, size: int, stride: int, before: int, count: int) -> np.ndarray:
    """Means along the last axis of the parts of windows that lie inside."""
    starts = [i * stride - before for i in range(count)]
    return np.stack([x[..., max(s, 0) : s + size].mean(-1) for s in starts], -1)


def test_average_pooling_leaves_the_border_out_of_the_mean(rng) -> None:
    x = tensor(rng, 2, 3, 5, 6)
    y = AveragePooling2D(3, strides=2, padding="same")(x).detach()
    cols = means(x.detach().numpy(), 3, 2, 0, 3)
    rows = means(np.moveaxis(cols, 2, 3), 3, 2, 1, 3)
    np.testing.assert_allclose(y, np.moveaxis(rows, 3, 2))


def test_average_pooling_1d_goes_over_time(rng) -> None:
    x = tensor(rng, 2, 6, 3)
    moved = np.moveaxis(x.detach().numpy(), 1, 2)
    for layer, before, count in (
        (AveragePooling1D(3, strides=2), 0, 2),
        (AveragePooling1D(3, strides=2, padding="same"), 0, 3),
    ):
        np.testing.assert_allclose(layer(x).detach(), np.moveaxis(means(moved, 3, 2, before, count), 2, 1))


@pytest.mark.parametrize(("cls", "axes", "pool"), [
    (AveragePooling1D, 1, F.avg_pool1d), (AveragePooling2D, 2, F.avg_pool2d), (AveragePooling3D, 3, F.avg_pool3d),
])  # fmt: skip
def test_average_pooling_with_same_padding_is_torch_s_without_its_border(cls, axes, pool, rng) -> None:
    x = tensor(rng, 2, 3, 4, 5, 6)[(..., *[0] * (3 - axes))].detach().requires_grad_()
    expected = pool(x, 3, 1, padding=1, count_include_pad=False)
    given, turned = (x.movedim(1, -1), expected.movedim(1, -1)) if axes == 1 else (x, expected)
    y = cls(3, strides=1, padding="same")(given)
    torch.testing.assert_close(y, turned)
    dy = torch.randn(y.shape, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(*(torch.autograd.grad(output, x, dy) for output in (y, turned)))


def test_max_pooling_1d_goes_over_time(rng) -> None:
    x = tensor(rng, 2, 7, 3)
    agree(MaxPooling1D(3), x, torch.stack([x[:, :3].amax(1), x[:, 3:6].amax(1)], 1))
    agree(MaxPooling1D(4, padding="same"), x, torch.stack([x[:, :4].amax(1), x[:, 4:].amax(1)], 1))


@pytest.mark.parametrize(("layer", "function", "shape"), [
    (GlobalMaxPooling1D(), lambda x: x.amax(1), (2, 5, 3)),
    (GlobalAveragePooling1D(), lambda x: x.mean(1), (2, 5, 3)),
    (GlobalMaxPooling2D(), lambda x: x.flatten(2).amax(2), (2, 5, 3, 4)),
    (GlobalAveragePooling2D(), lambda x: x.flatten(2).mean(2), (2, 5, 3, 4)),
])  # fmt: skip
def test_global_pooling_keeps_one_number_a_channel(layer, function, shape, rng) -> None:
    x = tensor(rng, *shape)
    agree(layer, x, function(x))


def test_up_sampling_repeats(rng) -> None:
    x = tensor(rng, 2, 3, 4)
    np.testing.assert_array_equal(UpSampling1D(3)(x).detach(), x.detach().numpy().repeat(3, 1))
    x = tensor(rng, 2, 3, 4, 5)
    expected = x.detach().numpy().repeat(2, 2).repeat(3, 3)
    np.testing.assert_array_equal(UpSampling2D((2, 3))(x).detach(), expected)


def test_bilinear_up_sampling_keeps_a_constant_and_a_slope(rng) -> None:
    slope = torch.arange(6.0).expand(1, 1, 4, 6)
    y = UpSampling2D(2, interpolation="bilinear")(slope)
    assert tuple(y.shape) == (1, 1, 8, 12)
    np.testing.assert_allclose(y[0, 0, :, 1:-1].diff(dim=1), 0.5)


@pytest.mark.parametrize(("given", "kept"), [
    (2, (2, 2, 2, 2)), ((1, 2), (1, 1, 2, 2)), (((1, 0), (2, 3)), (1, 0, 2, 3)), ([1, 0, 2, 3], (1, 0, 2, 3)),
    ([[1, 0], 2], (1, 0, 2, 2)),
])  # fmt: skip
def test_borders_are_read_in_every_form_of_today(given, kept) -> None:
    assert ZeroPadding2D(given).padding == Cropping2D(given).cropping == kept


@pytest.mark.parametrize(("given", "kept"), [(2, (2, 2)), ((1, 2), (1, 2)), ([[1, 2]], (1, 2))])
def test_a_pair_of_ends_is_before_and_after(given, kept) -> None:
    assert ZeroPadding1D(given).padding == Cropping1D(given).cropping == kept


@pytest.mark.parametrize(("given", "kept"), [
    (2, (2, 2, 2, 2, 2, 2)), ((1, 2, 3), (1, 1, 2, 2, 3, 3)), (((1, 2), 3, (4, 5)), (1, 2, 3, 3, 4, 5)),
])  # fmt: skip
def test_three_borders_are_of_depth_rows_and_cols(given, kept) -> None:
    assert ZeroPadding3D(given).padding == Cropping3D(given).cropping == kept


@pytest.mark.parametrize("wrong", [-1, (1, 2, 3), "1", ((1, 2, 3), 1)])
def test_borders_of_another_form_are_refused(wrong) -> None:
    with pytest.raises((ValueError, TypeError), match="padding takes one number, one for each of rows, cols"):
        ZeroPadding2D(wrong)


def test_cropping_undoes_padding(rng) -> None:
    x = tensor(rng, 2, 3, 4, 5)
    padded = ZeroPadding2D((1, 0, 2, 3))(x)
    assert tuple(padded.shape) == (2, 3, 5, 10)
    assert padded.sum().item() == pytest.approx(x.sum().item())
    assert torch.equal(Cropping2D((1, 0, 2, 3))(padded), x)


@pytest.mark.parametrize(("layer", "shape", "message"), [
    (Conv1D(3, 5), (4, 2), "moves a 5 window over a sequence of length 4, which is smaller"),
    (Conv3D(3, 3), (1, 4, 2, 4), "moves a 3x3x3 window over a volume of 4x2x4, which is smaller"),
    (MaxPooling1D(5), (4, 2), "moves a 5 window over a sequence of length 4"),
    (MaxPooling2D(4, strides=2, ceil_mode=True), (1, 2, 2), "moves a 4x4 window over an image of 2x2"),
    (AveragePooling2D(5), (1, 4, 4), "moves a 5x5 window over an image of 4x4"),
    (Cropping2D(2), (1, 4, 9), "leaves nothing of an image of 4x9"),
    (Cropping1D((1, 2)), (3, 4), "leaves nothing of a sequence of length 3"),
    (GlobalMaxPooling1D(), (4,), r"takes input \(n, time, features\), but \(n, 4\) came"),
], ids=repr)  # fmt: skip
def test_an_input_that_is_too_small_is_refused_with_its_size(layer, shape, message) -> None:
    with pytest.raises(ShapeError, match=message):
        layer.build_for(shape)
