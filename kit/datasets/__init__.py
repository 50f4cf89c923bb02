"""Data sets. Each has `load_data()`, which gives (X_train, y_train), (X_test, y_test)."""

from kit.datasets import digits

DATASETS = {"digits": digits}

__all__ = ["DATASETS", "digits"]
