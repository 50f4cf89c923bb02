"""Images: varied at random while a model trains, and brought to one scale."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from kit.names_of_keras import absent
from kit.preprocessing.flowing import Flow
from kit.preprocessing.sequence import Seed
from kit.spelling import spelled

EPSILON = 1e-6
CHUNK = 256  # images looked at together by fit


class ImageDataGenerator:
    """Yields batches of images (n, channels, rows, cols), each turned, moved and flipped at random, then standardized.

    featurewise_center, featurewise_std_normalization: subtract the mean of each channel over all images, divide by its
    standard deviation; call fit first. samplewise_center, samplewise_std_normalization: the same, by each image's own.
    zca_whitening: pixels that vary together are made independent (Krizhevsky 2009); call fit first.
    rotation_range: degrees to either side, 0 to 180. width_shift_range, height_shift_range: fractions of the width and
    height to either side, 0 to 1. horizontal_flip, vertical_flip: every other image, at random.
    What comes in at an edge repeats the edge.
    """

    @spelled
    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        rotation_range: float = 0.0,
        width_shift_range: float = 0.0,
        height_shift_range: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
    ) -> None:
        limits = {"rotation_range": 180, "width_shift_range": 1, "height_shift_range": 1}
        given = (rotation_range, width_shift_range, height_shift_range)
        for (name, most), value in zip(limits.items(), given, strict=True):
            if not 0 <= value <= most:
                unit = "degrees" if most == 180 else "a fraction"
                raise ValueError(f"ImageDataGenerator({name}={value!r}): it takes {unit} from 0 to {most}")
        self.featurewise_center = featurewise_center
        self.samplewise_center = samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.mean: np.ndarray | None = None  # (channels, 1, 1)
        self.std: np.ndarray | None = None  # (channels, 1, 1)
        self.principal_components: np.ndarray | None = None  # (pixels, pixels)

    def fit(self, X: Any, augment: bool = False, rounds: int = 1, seed: Seed = None) -> None:
        """Measures the images X: mean and standard deviation of each channel, and what zca_whitening needs.

        augment: measure images varied at random, `rounds` times each. seed: of that; a number or a generator.
        """
        X = images(X)
        if rounds < 1:
            raise ValueError(f"fit(rounds={rounds!r}): it takes a whole number of 1 or more")
        generator = np.random.default_rng(seed)
        pixels = int(np.prod(X.shape[1:]))
        total, squares = torch.zeros(2, pixels, dtype=torch.float64)
        products = torch.zeros((pixels, pixels) if self.zca_whitening else (0, 0), dtype=torch.float64)
        rounds = rounds if augment else 1
        for _ in range(rounds):
            for start in range(0, len(X), CHUNK):
                chunk = as_tensor(X[start : start + CHUNK])
                chunk = self.centred(self.varied(chunk, generator) if augment else chunk)
                flat = chunk.flatten(1).double()
                total += flat.sum(0)
                squares += flat.square().sum(0)
                if self.zca_whitening:
                    products += flat.T @ flat
        count = rounds * len(X)
        mean = (total / count).reshape(X.shape[1], -1).mean(1)
        variance = (squares / count).reshape(X.shape[1], -1).mean(1) - mean.square()
        std = variance.clamp(min=0).sqrt()
        self.mean, self.std = (value.reshape(-1, 1, 1).numpy().astype("float32") for value in (mean, std))
        if self.zca_whitening:
            each = X[0, 0].size
            shift = mean.repeat_interleave(each)
            scale = std.repeat_interleave(each) + EPSILON if self.featurewise_std_normalization else torch.ones(1)
            cross = torch.outer(total, shift)
            covariance = (products - cross - cross.T) / count + torch.outer(shift, shift)
            self.principal_components = whitening(covariance / scale / scale[:, None]).numpy()

    def flow(
        self,
        X: Any,
        y: Any,
        batch_size: int = 32,
        shuffle: bool = True,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
        seed: Seed = None,
    ) -> Flow:
        """Batches (X, y) of all images, varied and standardized; X float32. Each pass over them varies them anew.

        batch_size: images in a batch. shuffle: in random order.
        save_to_dir: a folder that gets each image as it was yielded, named by save_prefix and its place in X;
        save_format: "jpeg" or "png". seed: of the order and of what is varied; a number or a generator.
        """
        X, y = images(X), np.asarray(y)
        if len(X) != len(y):
            raise ValueError(f"X has {len(X)} images but y has {len(y)}; each image needs one target")
        if batch_size < 1:
            raise ValueError(f"flow(batch_size={batch_size!r}): it takes a whole number of 1 or more")
        self.check_fitted(X.shape)
        if save_to_dir is not None:
            check_saving(X.shape[1], save_format)
            os.makedirs(save_to_dir, exist_ok=True)
        generator = np.random.default_rng(seed)

        def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
            order = generator.permutation(len(X)) if shuffle else np.arange(len(X))
            for start in range(0, len(X), batch_size):
                chosen = order[start : start + batch_size]
                batch = self.standardized(self.varied(as_tensor(X[chosen]), generator)).numpy()
                if save_to_dir is not None:
                    for index, image in zip(chosen, batch, strict=True):
                        name = f"{save_prefix}_{index}.{save_format}" if save_prefix else f"{index}.{save_format}"
                        save(image, Path(save_to_dir) / name)
                yield batch, y[chosen]

        return Flow(batches, -(-len(X) // batch_size))

    def standardize(self, X: Any) -> np.ndarray:
        """Images X (n, channels, rows, cols) brought to the scale of flow, but not varied; float32."""
        X = images(X)
        self.check_fitted(X.shape)
        return self.standardized(as_tensor(X)).numpy()

    def random_transform(self, X: Any, seed: Seed = None) -> np.ndarray:
        """Images X (n, channels, rows, cols) varied as flow does by this seed, but not standardized; float32."""
        return self.varied(as_tensor(images(X)), np.random.default_rng(seed)).numpy()

    def __call__(self, X: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Images X (n, channels, rows, cols) varied and standardized where they are; fit(augment=...) calls this.

        generator: where the random numbers come from; torch's default if none.
        """
        self.check_fitted(tuple(X.shape))

        def draw(count: int) -> Tensor:
            return torch.rand(count, generator=generator, device=X.device)

        return self.standardized(self.varied_by(X, draw))

    def varied(self, X: Tensor, generator: np.random.Generator) -> Tensor:
        """Each image of X turned, moved and flipped as the generator draws."""
        return self.varied_by(X, lambda count: torch.from_numpy(generator.random(count)).float())

    def varied_by(self, X: Tensor, draw: Callable[[int], Tensor]) -> Tensor:
        """Each image of X turned, moved and flipped; draw: gives so many numbers from 0 to 1."""
        ranges = (self.rotation_range, self.width_shift_range, self.height_shift_range)
        if any(ranges):
            degrees, right, down = (r * (2 * draw(len(X)) - 1) for r in ranges)
            X = moved(X, degrees, right, down)
        for wanted, axis in ((self.horizontal_flip, 3), (self.vertical_flip, 2)):
            if wanted:
                X = torch.where((draw(len(X)) < 0.5)[:, None, None, None], X.flip(axis), X)
        return X

    def centred(self, X: Tensor) -> Tensor:
        """Each image of X by its own mean and standard deviation, where that is asked for."""
        if self.samplewise_center:
            X = X - X.mean((1, 2, 3), keepdim=True)
        if self.samplewise_std_normalization:
            X = X / (X.std((1, 2, 3), correction=0, keepdim=True) + EPSILON)
        return X

    def standardized(self, X: Tensor) -> Tensor:
        """Images X on the scale that is asked for."""
        X = self.centred(X)
        if self.featurewise_center or self.zca_whitening:
            X = X - torch.as_tensor(self.mean, device=X.device)
        if self.featurewise_std_normalization:
            X = X / (torch.as_tensor(self.std, device=X.device) + EPSILON)
        if self.zca_whitening:
            X = (X.flatten(1) @ torch.as_tensor(self.principal_components, device=X.device)).reshape(X.shape)
        return X

    def check_fitted(self, shape: tuple[int, ...]) -> None:
        """Raises ValueError where fit is needed first, or saw images of another shape."""
        names = ("featurewise_center", "featurewise_std_normalization", "zca_whitening")
        wanted = [name for name in names if getattr(self, name)]
        if wanted and (self.mean is None or (self.zca_whitening and self.principal_components is None)):
            raise ValueError(f"ImageDataGenerator needs to know the images for {wanted[0]}; call fit(X) first")
        seen = None if self.mean is None else len(self.mean)
        if wanted and seen != shape[1]:
            raise ValueError(
                f"fit saw images of {seen} channels, these have {shape[1]}; call fit with images like these"
            )
        pixels = 0 if self.principal_components is None else len(self.principal_components)
        if self.zca_whitening and pixels != int(np.prod(shape[1:])):
            raise ValueError(
                f"fit saw images of {pixels} pixels, these are {shape[1:]}; call fit with images like these"
            )


def images(X: Any) -> np.ndarray:
    """X as an array of images. ValueError where it is none."""
    X = np.asarray(X)
    if X.ndim != 4 or 0 in X.shape or X.dtype.kind not in "biuf":
        raise ValueError(
            f"ImageDataGenerator takes images (n, channels, rows, cols), but {X.dtype} {X.shape} came; "
            "reshape them, for example X.reshape(-1, 1, 28, 28)"
        )
    return X


def as_tensor(X: np.ndarray) -> Tensor:
    """Images as a float32 tensor of its own."""
    return torch.from_numpy(X.astype("float32"))


def moved(X: Tensor, degrees: Tensor, right: Tensor, down: Tensor) -> Tensor:
    """Each image turned anticlockwise about its centre, then moved by fractions of its size; edges are repeated.

    Where a pixel of the result comes from is R (pixel - shift), in units of half the width and half the height.
    """
    rows, cols = X.shape[2:]
    angle = torch.deg2rad(degrees)
    cos, sin = angle.cos(), angle.sin()
    turn = torch.stack([cos, -sin * rows / cols, sin * cols / rows, cos], 1).reshape(-1, 2, 2)
    shift = 2 * torch.stack([right, down], 1)[:, :, None]  # (n, 2, 1); the image spans from -1 to 1
    theta = torch.cat([turn, -turn @ shift], 2)  # (n, 2, 3)
    grid = affine_grid(theta, list(X.shape), align_corners=False)
    return grid_sample(X, grid, mode="bilinear", padding_mode="border", align_corners=False)


def whitening(covariance: Tensor) -> Tensor:
    """U (S + epsilon)^(-1/2) U^T of a covariance U S U^T (pixels, pixels), as float32."""
    values, vectors = torch.linalg.eigh(covariance)
    return ((vectors / (values.clamp(min=0) + EPSILON).sqrt()) @ vectors.T).float()


def check_saving(channels: int, save_format: str) -> None:
    """Raises ValueError where images of so many channels cannot be saved in this format."""
    if save_format not in ("jpeg", "png"):
        raise ValueError(f"flow(save_format={save_format!r}): it takes 'jpeg' or 'png'")
    if channels not in (1, 3):
        raise ValueError(f"images of {channels} channels cannot be saved as pictures; save_to_dir needs 1 or 3")


def save(image: np.ndarray, path: Path) -> None:
    """Writes one image (1 or 3, rows, cols) to a file, its darkest value black and its brightest white."""
    from PIL import Image  # comes with matplotlib

    low, high = float(image.min()), float(image.max())
    pixels = ((image - low) * (255 / max(high - low, EPSILON))).round().astype("uint8")
    Image.fromarray(pixels[0] if len(pixels) == 1 else np.moveaxis(pixels, 0, -1)).save(path)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)

__all__ = ["ImageDataGenerator"]
