"""1,797 handwritten digits of 8 by 8 pixels, by 13 people; it ships with the kit, so it needs no network.

The test part of "Optical Recognition of Handwritten Digits", E. Alpaydin & C. Kaynak, 1998, UCI Machine Learning
Repository (doi 10.24432/C50P49, licence CC BY 4.0), as scikit-learn distributes it.
"""

from importlib import resources

import numpy as np

from kit.datasets.dividing import Split, divided

CLASSES = tuple(str(digit) for digit in range(10))


def load_data(test_split: float = 0.2, seed: int = 113) -> tuple[Split, Split]:
    """(X_train, y_train), (X_test, y_test): X (n, 1, 8, 8) float32 from 0 (paper) to 1 (ink), y (n,) int64 from 0 to 9.

    test_split: fraction of the samples, drawn at random, that is kept for testing. seed: of that draw.
    """
    with resources.files(__package__).joinpath("digits.npz").open("rb") as file, np.load(file) as arrays:
        X = arrays["X"].astype("float32")[:, None] / 16
        y = arrays["y"].astype("int64")
    return divided(X, y, test_split, seed)


__all__ = ["CLASSES", "load_data"]
