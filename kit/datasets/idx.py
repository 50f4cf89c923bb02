"""Images and labels in IDX files, the form of MNIST."""

import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kit.datasets.archives import unzipped
from kit.datasets.dividing import Split
from kit.datasets.files import Source, find

LIMIT = 1 << 28  # bytes of numbers in one file
BYTES = 8  # IDX's code for unsigned bytes
FILES = (
    ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
)


def sources(address: str, sha256: Mapping[str, str]) -> dict[str, Source]:
    """The four files of a data set in the form of MNIST, by name."""
    return {name: Source(name, address + name, digest) for name, digest in sha256.items()}


def load(dataset: str, files: Mapping[str, Source], classes: int, path: Any = None) -> tuple[Split, Split]:
    """(X_train, y_train), (X_test, y_test) of a data set in the form of MNIST."""
    found = {name: find(dataset, source, path) for name, source in files.items()}
    train, test = (images_and_labels(found[images], found[labels], classes) for images, labels in FILES)
    return train, test


def images_and_labels(images: Path, labels: Path, classes: int) -> Split:
    """X (n, rows, cols) uint8 and y (n,) int64 from two files. ValueError where they do not belong together."""
    X, y = read(images, 3), read(labels, 1).astype("int64")
    if len(X) != len(y):
        raise ValueError(f"{str(images)!r} has {len(X)} images, but {str(labels)!r} {len(y)} labels; get both again")
    if len(y) and y.max() >= classes:
        raise ValueError(f"{str(labels)!r} has the label {y.max()}, but there are {classes} classes; get it again")
    return X, y


def read(path: Path, ndim: int) -> np.ndarray:
    """The uint8 array in a .gz file of IDX form: 0, 0, code of the type, number of axes, their lengths, the data.

    Raises ValueError where it is of another form, damaged or cut short.
    """
    with unzipped(path, LIMIT) as stream:
        header = stream.read(4 + 4 * ndim)
        if header[:4] != bytes([0, 0, BYTES, ndim]) or len(header) < 4 + 4 * ndim:
            raise ValueError(f"{str(path)!r} is no IDX file of bytes with {ndim} axes; get it again")
        shape = struct.unpack(f">{ndim}I", header[4:])
        size = math.prod(shape)
        if size > LIMIT:
            raise ValueError(f"{str(path)!r} claims to hold {size} numbers, more than it should; get it again")
        data = stream.read(size + 1)
    if len(data) != size:
        raise ValueError(f"{str(path)!r} says it holds {size} numbers, but it does not; get it again")
    return np.frombuffer(data, "uint8").reshape(shape).copy()
