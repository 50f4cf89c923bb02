"""The noise layers: what they do to the numbers, and whose random numbers they use."""

import numpy as np
import pytest
import torch

from kit.layers import (
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)

LAYERS = [GaussianNoise(0.5), GaussianDropout(0.3), SpatialDropout1D(0.3), SpatialDropout2D(0.3), SpatialDropout3D(0.3)]
every_layer = pytest.mark.parametrize("layer", LAYERS, ids=repr)


def ones(layer) -> torch.Tensor:
    axes = {SpatialDropout1D: 1, SpatialDropout3D: 3}.get(type(layer), 2)
    return torch.ones(4000, 10, *[2] * axes)


@every_layer
def test_nothing_is_disturbed_when_not_training(layer) -> None:
    assert torch.equal(layer.eval()(ones(layer)), ones(layer))


@every_layer
def test_the_mean_is_kept(layer) -> None:
    layer.generator = torch.Generator().manual_seed(1)
    assert layer.train()(ones(layer)).mean().item() == pytest.approx(1, abs=0.02)


@every_layer
def test_its_random_numbers_come_from_its_own_generator(layer) -> None:
    outputs = []
    before = torch.get_rng_state()
    for _ in range(2):
        layer.generator = torch.Generator().manual_seed(7)
        outputs.append(layer.train()(ones(layer)))
    assert torch.equal(*outputs)
    assert torch.equal(before, torch.get_rng_state())


def test_the_noise_has_the_stated_deviation() -> None:
    layer = GaussianNoise(0.5)
    layer.generator = torch.Generator().manual_seed(1)
    assert layer(torch.zeros(100_000)).std().item() == pytest.approx(0.5, rel=0.02)


def test_gaussian_dropout_varies_as_much_as_dropout() -> None:
    deviations = []
    for layer in (GaussianDropout(0.3), Dropout(0.3)):
        layer.generator = torch.Generator().manual_seed(1)
        deviations.append(layer(torch.ones(100_000)).std().item())
    np.testing.assert_allclose(deviations, np.sqrt(0.3 / 0.7), rtol=0.02)


def test_spatial_dropout_1d_drops_a_feature_at_all_times() -> None:
    y = SpatialDropout1D(0.5)(torch.ones(20, 7, 9))
    assert torch.equal(y, y[:, :1].expand(-1, 7, -1))
    assert set(y.unique().tolist()) == {0.0, 2.0}


def test_spatial_dropout_2d_drops_a_channel_at_all_pixels() -> None:
    y = SpatialDropout2D(0.5)(torch.ones(20, 9, 3, 4))
    assert torch.equal(y, y[:, :, :1, :1].expand(-1, -1, 3, 4))
    assert set(y.unique().tolist()) == {0.0, 2.0}


def test_spatial_dropout_3d_drops_a_channel_at_all_voxels() -> None:
    y = SpatialDropout3D(0.5)(torch.ones(20, 9, 3, 4, 2))
    assert torch.equal(y, y[:, :, :1, :1, :1].expand(-1, -1, 3, 4, 2))
    assert set(y.unique().tolist()) == {0.0, 2.0}


def test_alpha_dropout_keeps_mean_0_and_variance_1() -> None:
    layer, x = AlphaDropout(0.3), torch.randn(200_000, generator=torch.Generator().manual_seed(2))
    layer.generator = torch.Generator().manual_seed(1)
    y = layer(x)
    assert y.mean().item() == pytest.approx(0, abs=0.01)
    assert y.std().item() == pytest.approx(1, rel=0.01)


def test_alpha_dropout_drops_to_where_selu_ends() -> None:
    layer, x = AlphaDropout(0.3), torch.randn(10_000)
    layer.generator = torch.Generator().manual_seed(1)
    y = layer(x)
    a = (0.7 * (1 + 0.3 * 1.7580993408473766**2)) ** -0.5
    dropped = y == y.mode().values
    assert dropped.float().mean().item() == pytest.approx(0.3, abs=0.02)
    assert y.mode().values.item() == pytest.approx(a * -1.7580993408473766 * 0.7, rel=1e-5)
    torch.testing.assert_close(y[~dropped], a * x[~dropped] + a * 1.7580993408473766 * 0.3)


@pytest.mark.parametrize("cls", [GaussianDropout, AlphaDropout])
def test_dropping_everything_is_refused(cls) -> None:
    with pytest.raises(ValueError, match="rate takes a number from 0 to less than 1"):
        cls(1)


def test_sigma_and_p_are_the_words_of_2015() -> None:
    assert repr(GaussianNoise(sigma=0.5)) == "GaussianNoise(0.5)"
    assert repr(GaussianDropout(p=0.5)) == "GaussianDropout(0.5)"
