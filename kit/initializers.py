"""The initializations under the names of Keras: each gives the text that a layer takes, Zeros() "zeros".

seed: taken for Keras's sake; the weights are drawn by the training's own generator, fit(seed=1).
"""

from __future__ import annotations

import warnings


def forget(seed: int | None) -> None:
    """Says that a seed has no meaning here."""
    if seed is not None:
        warnings.warn(f"seed={seed!r} of an initializer has no meaning here; say fit(seed={seed!r})", stacklevel=3)


def Constant(value: float = 0.0) -> str:
    """value."""
    return f"constant({value!r})"


def Zeros() -> str:
    """0."""
    return "zeros"


def Ones() -> str:
    """1."""
    return "ones"


def Identity(gain: float = 1.0) -> str:
    """gain on the diagonal, else 0."""
    return f"identity({gain!r})"


def RandomNormal(mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> str:
    """Normal with this mean and standard deviation stddev."""
    forget(seed)
    return f"normal(stddev={stddev!r}, mean={mean!r})"


def TruncatedNormal(mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> str:
    """Normal, drawn again where it is more than two standard deviations stddev from the mean."""
    forget(seed)
    return f"truncated_normal(stddev={stddev!r}, mean={mean!r})"


def RandomUniform(minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> str:
    """Uniform from minval to maxval."""
    forget(seed)
    return f"random_uniform(minval={minval!r}, maxval={maxval!r})"


def VarianceScaling(
    scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal", seed: int | None = None
) -> str:
    """Of mean 0 and variance scale / fan; mode and distribution as those of variance_scaling."""
    forget(seed)
    return f"variance_scaling({scale!r}, {mode!r}, {distribution!r})"


def Orthogonal(gain: float = 1.0, seed: int | None = None) -> str:
    """gain times a random matrix with orthonormal rows or columns (Saxe et al. 2013)."""
    forget(seed)
    return f"orthogonal({gain!r})"


def GlorotUniform(seed: int | None = None) -> str:
    """Uniform within ±sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010)."""
    forget(seed)
    return "glorot_uniform"


def GlorotNormal(seed: int | None = None) -> str:
    """Variance 2 / (fan_in + fan_out), cut off at two deviations as in Keras (Glorot & Bengio 2010)."""
    return VarianceScaling(1.0, "fan_avg", seed=seed)


def HeUniform(seed: int | None = None) -> str:
    """Uniform within ±sqrt(6 / fan_in) (He et al. 2015)."""
    forget(seed)
    return "he_uniform"


def HeNormal(seed: int | None = None) -> str:
    """Variance 2 / fan_in, cut off at two deviations as in Keras (He et al. 2015)."""
    return VarianceScaling(2.0, seed=seed)


def LecunUniform(seed: int | None = None) -> str:
    """Uniform within ±sqrt(3 / fan_in) (LeCun et al. 1998)."""
    forget(seed)
    return "lecun_uniform"


def LecunNormal(seed: int | None = None) -> str:
    """Variance 1 / fan_in, cut off at two deviations as in Keras (LeCun et al. 1998)."""
    return VarianceScaling(seed=seed)


__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
]
