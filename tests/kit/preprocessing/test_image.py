"""Images are varied and standardized as they flow."""

import numpy as np
import pytest
import torch

from kit.preprocessing.image import ImageDataGenerator, moved


@pytest.fixture
def X() -> np.ndarray:
    return np.random.default_rng(2015).integers(0, 256, (12, 3, 6, 8)).astype("uint8")


Y = np.arange(12)


def one(generator: ImageDataGenerator, X: np.ndarray, **options) -> np.ndarray:
    """All images in one batch, in order."""
    batches = list(generator.flow(X, np.arange(len(X)), batch_size=len(X), shuffle=False, **options))
    assert len(batches) == 1
    return batches[0][0]


def move(X: np.ndarray, degrees: float = 0, right: float = 0, down: float = 0) -> np.ndarray:
    each = (torch.full((len(X),), float(value)) for value in (degrees, right, down))
    return moved(torch.from_numpy(X.astype("float32")), *each).numpy()


def test_without_options_images_flow_unchanged_in_batches(X):
    batches = list(ImageDataGenerator().flow(X, Y, batch_size=5, shuffle=False))
    assert [len(x) for x, _ in batches] == [5, 5, 2]
    assert batches[0][0].dtype == "float32"
    assert np.array_equal(np.concatenate([x for x, _ in batches]), X)
    assert np.array_equal(np.concatenate([y for _, y in batches]), Y)


def test_shuffling_keeps_images_and_targets_together(X):
    (x, y), *_ = ImageDataGenerator().flow(X, Y, batch_size=12, seed=1)
    assert not np.array_equal(y, Y)
    assert np.array_equal(x, X[y])


@pytest.mark.parametrize("quarters", [1, 2, 3, -1])
def test_turning_by_quarters_is_numpys_anticlockwise_turn(quarters):
    X = np.random.default_rng(0).normal(size=(2, 3, 5, 5)).astype("float32")
    np.testing.assert_allclose(move(X, 90 * quarters), np.rot90(X, quarters, axes=(2, 3)), atol=1e-4)


def test_a_half_turn_of_a_picture_that_is_not_square_keeps_its_shape(X):
    np.testing.assert_allclose(move(X, 180), X[:, :, ::-1, ::-1], atol=0.1)


def test_turning_a_wide_picture_does_not_stretch_it():
    X = np.zeros((1, 1, 5, 9))
    X[..., 2, 6] = 1  # two columns right of the centre
    turned = move(X, 90)[0, 0]
    assert turned[0, 4] == pytest.approx(1, abs=1e-4)  # two rows above it
    assert turned.sum() == pytest.approx(1, abs=1e-4)


def test_shifts_are_fractions_of_the_size_and_repeat_the_edge(X):
    right = move(X, right=2 / 8)
    np.testing.assert_allclose(right[..., 2:], X[..., :-2], atol=1e-2)
    np.testing.assert_allclose(right[..., 0], X[..., 0], atol=1e-2)
    down = move(X, down=1 / 6)
    np.testing.assert_allclose(down[..., 1:, :], X[..., :-1, :], atol=1e-2)


def test_half_a_pixel_is_the_mean_of_two(X):
    np.testing.assert_allclose(move(X, right=0.5 / 8)[..., 1:], (X[..., 1:] / 2 + X[..., :-1] / 2), atol=1e-2)


@pytest.mark.parametrize(("option", "axis"), [("horizontal_flip", 3), ("vertical_flip", 2)])
def test_flips_turn_about_half_of_the_images_and_nothing_else(option, axis):
    X = np.random.default_rng(0).normal(size=(400, 1, 3, 4)).astype("float32")
    out = one(ImageDataGenerator(**{option: True}), X, seed=1)
    flipped = [np.array_equal(a, b) for a, b in zip(out, np.flip(X, axis), strict=True)]
    kept = [np.array_equal(a, b) for a, b in zip(out, X, strict=True)]
    assert all(a != b for a, b in zip(flipped, kept, strict=True))
    assert 150 < sum(flipped) < 250


def test_each_image_is_varied_by_itself_within_the_ranges():
    ramp = np.tile(np.arange(100.0), (50, 1, 1, 1))  # one row, its values are its columns
    out = one(ImageDataGenerator(width_shift_range=0.1), ramp, seed=1)
    shifts = out[:, 0, 0, 50] - 50
    assert len(np.unique(shifts.round(3))) > 40
    assert 5 < np.abs(shifts).max() <= 10


def test_featurewise_numbers_are_those_of_each_channel(X):
    generator = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True)
    generator.fit(X)
    mean, std = X.mean((0, 2, 3)), X.std((0, 2, 3))
    np.testing.assert_allclose(generator.mean.reshape(-1), mean, rtol=1e-6)
    np.testing.assert_allclose(generator.std.reshape(-1), std, rtol=1e-6)
    expected = (X - mean[:, None, None]) / std[:, None, None]
    np.testing.assert_allclose(one(generator, X), expected, atol=1e-5)
    np.testing.assert_allclose(generator.standardize(X), expected, atol=1e-5)


def test_samplewise_numbers_are_those_of_each_image(X):
    out = one(ImageDataGenerator(samplewise_center=True, samplewise_std_normalization=True), X)
    np.testing.assert_allclose(out.mean((1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(out.std((1, 2, 3)), 1, atol=1e-5)


def test_whitened_pixels_are_independent():
    rng = np.random.default_rng(1)
    X = (rng.normal(size=(600, 16)) @ rng.normal(size=(16, 16)) + 3).reshape(600, 1, 4, 4)
    for scaled in (False, True):
        generator = ImageDataGenerator(zca_whitening=True, featurewise_std_normalization=scaled)
        generator.fit(X)
        flat = generator.standardize(X).reshape(600, -1)
        np.testing.assert_allclose(flat.T @ flat / 600, np.eye(16), atol=0.02)
        assert np.array_equal(generator.principal_components, generator.principal_components.T)


def test_fit_on_varied_images_is_repeatable_and_differs(X):
    plain, first, second = (ImageDataGenerator(featurewise_center=True, height_shift_range=0.5) for _ in range(3))
    plain.fit(X)
    first.fit(X, augment=True, rounds=2, seed=4)
    second.fit(X, augment=True, rounds=2, seed=4)
    assert np.array_equal(first.mean, second.mean)
    assert not np.array_equal(first.mean, plain.mean)
    np.testing.assert_allclose(first.mean, plain.mean, rtol=0.2)


def test_a_seed_repeats_a_flow_and_the_global_generators_stay_as_they_are(X):
    generator = ImageDataGenerator(rotation_range=20, width_shift_range=0.2, horizontal_flip=True)
    before = np.random.get_state()[1].tolist(), torch.get_rng_state()
    flows = [list(generator.flow(X, Y, batch_size=5, seed=seed)) for seed in (3, 3, 4)]
    list(generator.flow(X, Y))
    assert np.random.get_state()[1].tolist() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])
    same = [all(np.array_equal(a[0], b[0]) for a, b in zip(flows[0], other, strict=True)) for other in flows[1:]]
    assert same == [True, False]
    assert not np.array_equal(generator.random_transform(X, seed=1), X)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("save_format", ["png", "jpeg"])
def test_pictures_are_saved_as_they_flow(tmp_path, X, channels, save_format):
    from PIL import Image

    folder = tmp_path / "pictures"
    one(ImageDataGenerator(), X[:, :channels], save_to_dir=folder, save_prefix="aug", save_format=save_format)
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"aug_{i}.{save_format}" for i in range(12))
    with Image.open(folder / f"aug_7.{save_format}") as picture:
        pixels = np.asarray(picture)
    assert pixels.shape == ((6, 8) if channels == 1 else (6, 8, 3))
    if save_format == "png":
        low, high = X[7, :channels].min(), X[7, :channels].max()
        wanted = (X[7, :channels].astype(float) - low) * 255 / (high - low)
        np.testing.assert_allclose(pixels.reshape(6, 8, -1), np.moveaxis(wanted, 0, -1), atol=0.51)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rotation_range": 181}, "rotation_range=181.*degrees from 0 to 180"),
        ({"width_shift_range": 2}, "width_shift_range=2.*a fraction from 0 to 1"),
        ({"height_shift_range": -0.1}, "height_shift_range"),
    ],
)
def test_ranges_outside_their_bounds_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        ImageDataGenerator(**options)


def test_wrong_use_is_said_at_the_call_before_the_first_batch(X, tmp_path):
    flow = ImageDataGenerator().flow
    with pytest.raises(ValueError, match=r"\(n, channels, rows, cols\)"):
        flow(X[0], Y)
    with pytest.raises(ValueError, match="12 images but y has 3"):
        flow(X, Y[:3])
    with pytest.raises(ValueError, match="batch_size=0"):
        flow(X, Y, batch_size=0)
    with pytest.raises(ValueError, match="save_format='gif'"):
        flow(X, Y, save_to_dir=tmp_path, save_format="gif")
    with pytest.raises(ValueError, match="2 channels cannot be saved"):
        flow(X[:, :2], Y, save_to_dir=tmp_path)
    for option in ("featurewise_center", "featurewise_std_normalization", "zca_whitening"):
        generator = ImageDataGenerator(**{option: True})
        with pytest.raises(ValueError, match=rf"{option}; call fit\(X\) first"):
            generator.flow(X, Y)
        generator.fit(X)
        with pytest.raises(ValueError, match="fit saw images"):
            generator.flow(X[:, :1], Y)
    with pytest.raises(ValueError, match="rounds=0"):
        ImageDataGenerator().fit(X, rounds=0)


def test_a_generator_varies_the_batches_of_a_training_by_the_runs_own_numbers(pictures) -> None:
    from kit import Sequential
    from kit.layers import Dense, Flatten

    def trained(seed: int, augment) -> list[np.ndarray]:
        torch.manual_seed(0)
        model = Sequential([Flatten(), Dense(3, activation="softmax")])
        model.build(pictures.X.shape[1:])
        model.compile("sgd", "categorical_crossentropy")
        model.fit(pictures.X, pictures.Y, epochs=2, verbose=0, seed=seed, shuffle=False, augment=augment)
        return model.get_weights()

    augment = ImageDataGenerator(rotation_range=20, width_shift_range=0.1, horizontal_flip=True)
    one, again, other, plain = (trained(1, augment), trained(1, augment), trained(2, augment), trained(1, None))
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert not np.array_equal(one[0], other[0])
    assert not np.array_equal(one[0], plain[0])


def test_a_generator_standardizes_what_it_varies(pictures) -> None:
    generator = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True)
    with pytest.raises(ValueError, match="call fit"):
        generator(torch.as_tensor(pictures.X))
    generator.fit(pictures.X)
    np.testing.assert_allclose(generator(torch.as_tensor(pictures.X)), generator.standardize(pictures.X), rtol=1e-6)
