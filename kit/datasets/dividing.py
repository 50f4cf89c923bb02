"""Samples divided at random: some to train on, some to test with."""

from collections.abc import Sequence

import numpy as np

Split = tuple[np.ndarray, np.ndarray]
Texts = tuple[list[np.ndarray], np.ndarray]


def drawn(count: int, test_split: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The places of the samples to train on, and of those to test with, both in random order.

    test_split: fraction that is kept for testing. seed: of the draw.
    """
    if not 0 < test_split < 1:
        raise ValueError(f"load_data(test_split={test_split!r}): it takes a fraction between 0 and 1, such as 0.2")
    order = np.random.default_rng(seed).permutation(count)
    test = round(count * test_split)
    return order[test:], order[:test]


def divided(X: np.ndarray, y: np.ndarray, test_split: float, seed: int) -> tuple[Split, Split]:
    """(X_train, y_train), (X_test, y_test) of all samples."""
    train, test = drawn(len(X), test_split, seed)
    return (X[train], y[train]), (X[test], y[test])


def picked(sequences: Sequence[np.ndarray], y: np.ndarray, places: np.ndarray) -> Texts:
    """The sequences and labels at these places."""
    return [sequences[place] for place in places], y[places]
