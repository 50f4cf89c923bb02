"""Texts as sequences of word indexes by frequency, for the data sets of texts."""

from collections.abc import Iterable, Sequence

import numpy as np

from kit.preprocessing.text import text_to_word_sequence


def ranked(texts: Iterable[str]) -> tuple[list[np.ndarray], dict[str, int]]:
    """Each text as the ranks of its words, and the rank of each word.

    1 is the most frequent word of all texts; equally frequent ones are in the order of the alphabet.
    """
    first: dict[str, int] = {}
    rows = []
    for text in texts:
        rows.append(np.array([first.setdefault(word, len(first)) for word in text_to_word_sequence(text)], "int32"))
    words = list(first)
    counts = np.bincount(np.concatenate([*rows, np.zeros(0, "int32")]), minlength=len(words))
    order = sorted(range(len(words)), key=lambda i: (-counts[i], words[i]))
    ranks = np.empty(len(words), "int32")
    ranks[order] = np.arange(1, len(words) + 1)
    return [ranks[row] for row in rows], {words[i]: rank for rank, i in enumerate(order, 1)}


def indexed(
    rows: Sequence[np.ndarray],
    num_words: int | None = None,
    skip_top: int = 0,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> list[np.ndarray]:
    """The ranks of words as indexes: each is its rank + index_from.

    num_words: indexes from here on become oov_char, and so do those below skip_top; they are left out where it is None.
    start_char: put before each sequence. 0 is left for padding.
    """
    found = []
    for row in rows:
        start = [] if start_char is None else [start_char]
        indexes = np.concatenate([np.array(start, "int32"), row + np.int32(index_from)])
        kept = (indexes >= skip_top) & (indexes < (num_words or indexes.max(initial=0) + 1))
        found.append(indexes[kept] if oov_char is None else np.where(kept, indexes, np.int32(oov_char)))
    return found


def shorter(rows: Sequence[np.ndarray], y: np.ndarray, maxlen: int | None) -> tuple[list[np.ndarray], np.ndarray]:
    """The sequences of less than maxlen words with their labels; all if none. ValueError where that leaves nothing."""
    kept = [i for i, row in enumerate(rows) if maxlen is None or len(row) < maxlen]
    if not kept:
        raise ValueError(f"load_data(maxlen={maxlen}): every text has as many words or more; give a greater one")
    return [rows[i] for i in kept], y[kept]
