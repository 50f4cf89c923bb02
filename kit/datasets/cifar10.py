"""60,000 colour photographs of 32 by 32 pixels in ten classes: 50,000 to train on, 10,000 to test with.

A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009. The archive of the "binary version" is
found as kit.datasets.files says.
"""

from pathlib import Path
from typing import Any

import numpy as np

from kit.datasets.archives import members
from kit.datasets.dividing import Split, divided
from kit.datasets.files import Source, find

CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
SOURCE = Source(
    "cifar-10-binary.tar.gz",
    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
)
BATCHES = ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch")
SHAPE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32  # bytes: the class, then red, green and blue, row by row
LIMIT = 1 << 28  # bytes of the whole archive, unpacked


def load_data(test_split: float | None = None, seed: int = 113, path: Any = None) -> tuple[Split, Split]:
    """(X_train, y_train), (X_test, y_test): X (n, 3, 32, 32) uint8, y (n,) int64 from 0 to 9.

    test_split: fraction of all 60,000, drawn at random, that is kept for testing; the authors' 10,000 if none.
    seed: of that draw. path: the archive, or a folder that has it.
    """
    archive = find("cifar10", SOURCE, path)
    found = dict(members(archive, r"cifar-10-batches-bin/(data_batch_[1-5]|test_batch)\.bin", LIMIT))
    parts = [batch(found.get(f"cifar-10-batches-bin/{name}.bin"), name, archive) for name in BATCHES]
    X, y = (np.concatenate(column) for column in zip(*parts[:-1], strict=True))
    if test_split is None:
        return (X, y), parts[-1]
    return divided(np.concatenate([X, parts[-1][0]]), np.concatenate([y, parts[-1][1]]), test_split, seed)


def batch(data: bytes | None, name: str, archive: Path) -> Split:
    """The images and classes in one file of the archive."""
    if not data or len(data) % RECORD:
        raise ValueError(f"{str(archive)!r} has no whole {name}.bin; get it again")
    records = np.frombuffer(data, "uint8").reshape(-1, RECORD)
    if records[:, 0].max() >= len(CLASSES):
        raise ValueError(f"{name}.bin in {str(archive)!r} has the class {records[:, 0].max()}, beyond 9; get it again")
    return records[:, 1:].reshape(-1, *SHAPE).copy(), records[:, 0].astype("int64")


__all__ = ["CLASSES", "load_data"]
