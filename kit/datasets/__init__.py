"""Data sets. Each has `load_data()`, which gives (X_train, y_train), (X_test, y_test).

DATASETS has those that ship with the kit; `files` says where the files of the others come from.
"""

from typing import TYPE_CHECKING

from kit.datasets import breast_cancer, cifar10, definitions, digits, fashion_mnist, imdb, mnist, reuters
from kit.names_of_keras import absent

DATASETS = {"digits": digits, "breast_cancer": breast_cancer, "definitions": definitions}

if not TYPE_CHECKING:
    __getattr__ = absent(__name__)

__all__ = [
    "DATASETS",
    "breast_cancer",
    "cifar10",
    "definitions",
    "digits",
    "fashion_mnist",
    "imdb",
    "mnist",
    "reuters",
]
