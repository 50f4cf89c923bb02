"""Texts, made into word indexes and arrays."""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from kit.spelling import spelled

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'  # all punctuation but the apostrophe
MODES = ("binary", "count", "tfidf", "freq")


def base_filter() -> str:
    """The characters that are left out of texts, if one says no others (2015)."""
    return FILTERS


def text_to_word_sequence(text: str, filters: str = FILTERS, lower: bool = True, split: str = " ") -> list[str]:
    """The words of a text.

    filters: characters that count as the space between words. lower: in small letters. split: what is between words.
    """
    text = text.lower() if lower else text
    if filters:
        text = text.translate({ord(character): split for character in filters})
    return [word for word in text.split(split) if word]


def one_hot(text: str, n: int, filters: str = FILTERS, lower: bool = True, split: str = " ") -> list[int]:
    """The words of a text as numbers from 1 to n - 1, by their checksum; several words may share a number.

    filters, lower, split: as text_to_word_sequence. The same in every session, unlike Python's hash.
    """
    if n < 2:
        raise ValueError(f"one_hot(n={n}): it takes 2 or more, since 0 stands for no word")
    words = text_to_word_sequence(text, filters, lower, split)
    return [zlib.crc32(word.encode()) % (n - 1) + 1 for word in words]


class Tokenizer:
    """Gives the words of texts their indexes: 1 is the most frequent, 0 stands for none.

    num_words: only words with an index below are kept; all if none. filters, lower, split: as text_to_word_sequence.
    oov_token: what stands for words that are left out or not known; it has the index 1 then, the most frequent word 2.
    Afterwards: word_counts (how often), word_docs (in how many texts), word_index, document_count.
    A text may also be a list of words.
    """

    @spelled
    def __init__(
        self,
        num_words: int | None = None,
        filters: str = FILTERS,
        lower: bool = True,
        split: str = " ",
        oov_token: str | None = None,
    ) -> None:
        if num_words is not None and num_words < 2:
            raise ValueError(f"Tokenizer(num_words={num_words}): it takes 2 or more, since 0 stands for no word")
        self.num_words, self.filters, self.lower, self.split = num_words, filters, lower, split
        self.nb_words, self.oov_token = num_words, oov_token  # nb_words: as it was called in 2015
        self.word_counts: Counter[str] = Counter()
        self.word_docs: Counter[str] = Counter()
        self.word_index: dict[str, int] = {}
        self.index_docs: Counter[int] = Counter()
        self.document_count = 0

    def words(self, text: str | Sequence[str]) -> list[str]:
        """The words of one text."""
        if not isinstance(text, str):
            return [word.lower() for word in text] if self.lower else list(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts: Iterable[str | Sequence[str]]) -> None:
        """Counts the words of texts, and numbers them by frequency; as often called, as there are more texts."""
        refuse_one_text(texts)
        for text in texts:
            words = self.words(text)
            self.document_count += 1
            self.word_counts.update(words)
            self.word_docs.update(set(words))
        ranked = [word for word, _ in self.word_counts.most_common()]
        if self.oov_token is not None:
            ranked = [self.oov_token, *(word for word in ranked if word != self.oov_token)]
        self.word_index = {word: i for i, word in enumerate(ranked, 1)}
        self.index_docs = Counter({self.word_index[word]: count for word, count in self.word_docs.items()})

    def fit_on_sequences(self, sequences: Iterable[Sequence[int]]) -> None:
        """Counts in how many sequences of indexes each index is; for tfidf where there are no texts."""
        for sequence in sequences:
            self.document_count += 1
            self.index_docs.update({int(index) for index in sequence})

    def texts_to_sequences(self, texts: Iterable[str | Sequence[str]]) -> list[list[int]]:
        """Each text as the indexes of its words; words that are not known are left out, or oov_token."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[str | Sequence[str]]) -> Iterator[list[int]]:
        """The same, a text at a time."""
        refuse_one_text(texts)
        known = self.word_index
        limit = self.num_words or len(known) + 1
        rest = known.get(self.oov_token, 0) if self.oov_token is not None else 0
        for text in texts:
            found = (index if (index := known.get(word, limit)) < limit else rest for word in self.words(text))
            yield [index for index in found if index]

    def texts_to_matrix(self, texts: Iterable[str | Sequence[str]], mode: str = "binary") -> np.ndarray:
        """A row a text, a column an index (n, num_words), float32; mode: as in sequences_to_matrix."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences: Sequence[Sequence[int]], mode: str = "binary") -> np.ndarray:
        """The sequences as a matrix: a row each, a column an index (n, num_words), float32.

        mode: "binary" 1 where the index is there; "count" how often, c; "freq" c / length of the sequence; "tfidf"
        (1 + log c) log(1 + texts / (1 + texts with it)). Indexes from num_words on are left out.
        """
        if mode not in MODES:
            raise ValueError(f"mode={mode!r} is not known; known are {', '.join(MODES)}")
        width = self.num_words or (len(self.word_index) + 1 if self.word_index else 0)
        if not width:
            raise ValueError("Tokenizer does not know how many columns to make; give num_words, or call fit_on_texts")
        if mode == "tfidf" and not self.document_count:
            raise ValueError("tfidf needs to know all texts; call fit_on_texts or fit_on_sequences first")
        matrix = np.zeros((len(sequences), width), "float32")
        weight = self.rarity(width) if mode == "tfidf" else np.ones(width)
        for row, sequence in zip(matrix, sequences, strict=True):
            indexes = np.asarray(sequence, dtype="int64")
            if len(indexes) and indexes.min() < 0:
                raise ValueError(f"an index is {indexes.min()}; word indexes are 0 or more")
            found, counts = np.unique(indexes[indexes < width], return_counts=True)
            row[found] = values(counts, len(indexes), mode) * weight[found]
        return matrix

    def rarity(self, width: int) -> np.ndarray:
        """log(1 + texts / (1 + texts with it)) for each index (width,)."""
        docs = np.array([self.index_docs.get(index, 0) for index in range(width)])
        return np.log(1 + self.document_count / (1 + docs))


def values(counts: np.ndarray, length: int, mode: str) -> Any:
    """What stands in a matrix for indexes that are in a sequence so many times."""
    if mode == "binary":
        return 1.0
    if mode == "count":
        return counts
    return counts / length if mode == "freq" else 1 + np.log(counts)


def refuse_one_text(texts: Any) -> None:
    """Raises TypeError for a single text, whose letters would be taken for texts."""
    if isinstance(texts, str):
        raise TypeError("Tokenizer takes a list of texts, but one text came; put it in a list: [text]")


__all__ = ["Tokenizer", "base_filter", "one_hot", "text_to_word_sequence"]
