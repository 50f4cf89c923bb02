"""70,000 handwritten digits of 28 by 28 pixels: 60,000 to train on, 10,000 by other people to test with.

Y. LeCun, C. Cortes & C. J. C. Burges, 1998. Its files are found as kit.datasets.files says.
"""

from typing import Any

from kit.datasets import idx
from kit.datasets.dividing import Split

CLASSES = tuple(str(digit) for digit in range(10))
SOURCES = idx.sources(
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    {
        "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
)


def load_data(path: Any = None) -> tuple[Split, Split]:
    """(X_train, y_train), (X_test, y_test): X (n, 28, 28) uint8 from 0 (paper) to 255 (ink), y (n,) int64, 0 to 9.

    path: a folder with the four .gz files. For a convolution, X.reshape(-1, 1, 28, 28).
    """
    return idx.load("mnist", SOURCES, len(CLASSES), path)


__all__ = ["CLASSES", "load_data"]
