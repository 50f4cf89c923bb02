"""50,000 reviews of films, half of them for (1), half against (0): 25,000 to train on, 25,000 to test with.

A. L. Maas et al., "Learning word vectors for sentiment analysis", 2011. The archive of texts is found as
kit.datasets.files says; reading it takes some ten seconds. The words of all reviews are indexed by frequency.
"""

import re
from typing import Any

import numpy as np

from kit.datasets import words
from kit.datasets.archives import members
from kit.datasets.dividing import Texts, drawn, picked
from kit.datasets.files import Source, find
from kit.spelling import spelled

CLASSES = ("against", "for")
SOURCE = Source(
    "aclImdb_v1.tar.gz",
    "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
    "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
)
REVIEW = r"aclImdb/(train|test)/(neg|pos)/\d+_\d+\.txt"
LIMIT = 1 << 30  # bytes of the whole archive, unpacked


@spelled
def load_data(
    path: Any = None,
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> tuple[Texts, Texts]:
    """(X_train, y_train), (X_test, y_test): X a list of word indexes (words,) int32 for each review, y (n,) int64.

    num_words: indexes from here on become oov_char, and so do those below skip_top. maxlen: reviews of as many words or
    more are left out. test_split: fraction of all, drawn at random, kept for testing; the authors' half if none.
    seed: of that draw and of the order. start_char begins each review; a word's index is its rank + index_from.
    path: the archive, or a folder that has it. kit.preprocessing.sequence.pad_sequences makes an array of X.
    """
    rows, y, test, _ = read(path)
    rows = words.indexed(rows, num_words, skip_top, start_char, oov_char, index_from)
    if test_split is None:
        generator = np.random.default_rng(seed)
        places = [generator.permutation(np.nonzero(test == part)[0]) for part in (False, True)]
    else:
        places = list(drawn(len(rows), test_split, seed))
    train, held = (words.shorter(*picked(rows, y, part), maxlen) for part in places)
    return train, held


def get_word_index(path: Any = None) -> dict[str, int]:
    """The rank of each word: 1 is the most frequent. Its index in load_data is index_from (3) more.

    path: as of load_data.
    """
    return read(path)[3]


def read(path: Any) -> tuple[list[np.ndarray], np.ndarray, np.ndarray, dict[str, int]]:
    """The ranks of each review's words, its label, whether it is for testing; and the rank of each word."""
    archive = find("imdb", SOURCE, path)
    reviews = sorted(members(archive, REVIEW, LIMIT))
    labels = [re.fullmatch(REVIEW, name).groups() for name, _ in reviews]  # type: ignore[union-attr]
    if len(set(labels)) < 4:
        raise ValueError(f"{str(archive)!r} has no reviews of both kinds, to train on and to test with; get it again")
    rows, index = words.ranked(data.decode("utf-8", "replace").replace("<br />", " ") for _, data in reviews)
    y = np.array([kind == "pos" for _, kind in labels], "int64")
    return rows, y, np.array([part == "test" for part, _ in labels]), index


__all__ = ["CLASSES", "get_word_index", "load_data"]
