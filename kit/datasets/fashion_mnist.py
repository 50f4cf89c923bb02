"""70,000 pictures of clothes of 28 by 28 pixels, in the form of MNIST: 60,000 to train on, 10,000 to test with.

H. Xiao, K. Rasul & R. Vollgraf, Zalando, 2017 (licence MIT). Its files are found as kit.datasets.files says; Debian's
package dataset-fashion-mnist has them too: HORNBOOK_DATA=/usr/share/datasets.
"""

from typing import Any

from kit.datasets import idx
from kit.datasets.dividing import Split

CLASSES = (
    "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip
SOURCES = idx.sources(
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    {
        "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
)


def load_data(path: Any = None) -> tuple[Split, Split]:
    """(X_train, y_train), (X_test, y_test): X (n, 28, 28) uint8 from 0 (black) to 255 (white), y (n,) int64, 0 to 9.

    path: a folder with the four .gz files. For a convolution, X.reshape(-1, 1, 28, 28).
    """
    return idx.load("fashion_mnist", SOURCES, len(CLASSES), path)


__all__ = ["CLASSES", "load_data"]
