"""569 breast tumours, each described by 30 measures of its cells' nuclei; ships with the kit, so it needs no network.

"Breast Cancer Wisconsin (Diagnostic)", W. Wolberg, O. Mangasarian, N. Street & W. Street, 1993, UCI Machine Learning
Repository (doi 10.24432/C5DW2B, licence CC BY 4.0), as scikit-learn distributes it.
"""

from importlib import resources

import numpy as np

from kit.datasets.dividing import Split, divided

CLASSES = ("malignant", "benign")
MEASURES = (
    "radius", "texture", "perimeter", "area", "smoothness",
    "compactness", "concavity", "concave points", "symmetry", "fractal dimension",
)  # fmt: skip
FEATURES = tuple(pattern.format(measure) for pattern in ("mean {}", "{} error", "worst {}") for measure in MEASURES)


def load_data(test_split: float = 0.2, seed: int = 113, scaled: bool = True) -> tuple[Split, Split]:
    """(X_train, y_train), (X_test, y_test): X (n, 30) float32, its columns named by FEATURES; y (n,) int64, 0 or 1.

    test_split: fraction of the samples, drawn at random, that is kept for testing. seed: of that draw.
    scaled: each column of X has mean 0 and standard deviation 1 over the training samples; else it is as measured.
    """
    with resources.files(__package__).joinpath("breast_cancer.npz").open("rb") as file, np.load(file) as arrays:
        X, y = arrays["X"], arrays["y"].astype("int64")
    (X_train, y_train), (X_test, y_test) = divided(X, y, test_split, seed)
    if scaled:
        mean, std = X_train.mean(0, dtype="float64"), X_train.std(0, dtype="float64")
        X_train, X_test = (((part - mean) / std).astype("float32") for part in (X_train, X_test))
    return (X_train, y_train), (X_test, y_test)


__all__ = ["CLASSES", "load_data"]
