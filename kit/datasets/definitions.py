"""4,312 short definitions of nouns on five topics; it ships with the kit, so it needs no network.

"small east Asian insect that damages fruit trees" is an animal, "a city in north central Nigeria" a place. Up to 900
of each topic, of 5 to 24 words, drawn at random from WordNet 3.0 (G. A. Miller et al., Princeton University, 2006),
without those on war, crime, religion or sex; WordNet's licence, which allows any use, is in definitions-licence.txt.
"""

from importlib import resources

import numpy as np

from kit.datasets import words
from kit.datasets.dividing import Split, divided
from kit.preprocessing.sequence import pad_sequences
from kit.spelling import spelled

CLASSES = ("animal", "food", "place", "plant", "time")
UNKNOWN = 1  # the index of every word that is not among the num_words; 0 is padding


@spelled
def load_data(
    num_words: int | None = 2000, maxlen: int = 24, test_split: float = 0.2, seed: int = 113
) -> tuple[Split, Split]:
    """(X_train, y_train), (X_test, y_test): X (n, maxlen) int64 word indexes, y (n,) int64 from 0 to 4.

    num_words: indexes from here on become 1; the words of all texts if none. maxlen: words of a text, the last ones
    kept, 0 before short ones. test_split: fraction of the texts, drawn at random, kept for testing. seed: of that draw.
    """
    texts, y = load_texts()
    rows = words.indexed(words.ranked(texts)[0], num_words, 0, None, UNKNOWN, UNKNOWN)
    return divided(pad_sequences(rows, maxlen, "int64"), y, test_split, seed)


def load_texts() -> tuple[list[str], np.ndarray]:
    """All texts, and their topics y (n,) int64 from 0 to 4."""
    with resources.files(__package__).joinpath("definitions.npz").open("rb") as file, np.load(file) as arrays:
        return arrays["texts"].tobytes().decode("ascii").split("\n"), arrays["y"].astype("int64")


def get_word_index() -> dict[str, int]:
    """The rank of each word: 1 is the most frequent. Its index in load_data is 1 more."""
    return words.ranked(load_texts()[0])[1]


__all__ = ["CLASSES", "get_word_index", "load_data", "load_texts"]
