"""About 11,000 newswires of 1987 in 46 topics, the most frequent ones; 0 is the most frequent of all.

"Reuters-21578, Distribution 1.0", D. D. Lewis, 1997. A newswire with several topics counts for the one named first.
The archive of texts is found as kit.datasets.files says. The words of all these newswires are indexed by frequency.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from kit.datasets import words
from kit.datasets.archives import members
from kit.datasets.dividing import Texts, drawn, picked
from kit.datasets.files import Source, find
from kit.spelling import spelled

SOURCE = Source(
    "reuters21578.tar.gz",
    "https://kdd.ics.uci.edu/databases/reuters21578/reuters21578.tar.gz",
    "3bae43c9b14e387f76a61b6d82bf98a4fb5d3ef99ef7e7075ff2ccbcf59f9d30",
)
TOPICS = 46
PARTS = 22  # files of newswires in the archive
LIMIT = 1 << 27  # bytes of the whole archive, unpacked


@spelled
def load_data(
    path: Any = None,
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> tuple[Texts, Texts]:
    """(X_train, y_train), (X_test, y_test): X a list of word indexes (words,) int32 for each newswire, y (n,) int64.

    num_words: indexes from here on become oov_char, and so do those below skip_top. maxlen: newswires of as many words
    or more are left out. test_split: fraction, drawn at random, kept for testing. seed: of that draw.
    start_char begins each newswire; a word's index is its rank + index_from.
    path: the archive, or a folder that has it. kit.preprocessing.text.Tokenizer makes a matrix of X.
    """
    rows, y, _, _ = read(path)
    rows, y = words.shorter(words.indexed(rows, num_words, skip_top, start_char, oov_char, index_from), y, maxlen)
    train, test = (picked(rows, y, part) for part in drawn(len(rows), test_split, seed))
    return train, test


def get_word_index(path: Any = None) -> dict[str, int]:
    """The rank of each word: 1 is the most frequent. Its index in load_data is index_from (3) more.

    path: as of load_data.
    """
    return read(path)[3]


def get_topics(path: Any = None) -> list[str]:
    """The names of the topics 0 to 45, such as "earn". path: as of load_data."""
    return read(path)[2]


def read(path: Any) -> tuple[list[np.ndarray], np.ndarray, list[str], dict[str, int]]:
    """The ranks of each newswire's words, its topic; the names of the topics, and the rank of each word."""
    archive = find("reuters", SOURCE, path)
    parts = sorted(members(archive, r"reut2-0\d\d\.sgm", LIMIT))
    if len(parts) != PARTS:
        raise ValueError(f"{str(archive)!r} has {len(parts)} of its {PARTS} files of newswires; get it again")
    wires = [wire for _, data in parts for wire in newswires(data.decode("latin-1"))]
    counts = Counter(topic for topic, _ in wires)
    topics = sorted(counts, key=lambda topic: (-counts[topic], topic))[:TOPICS]
    number = {topic: i for i, topic in enumerate(topics)}
    wires = [(topic, text) for topic, text in wires if topic in number]
    rows, index = words.ranked(text for _, text in wires)
    return rows, np.array([number[topic] for topic, _ in wires], "int64"), topics, index


def newswires(text: str) -> Iterator[tuple[str, str]]:
    """The first topic, and title and body, of each newswire in an SGML text that has both a topic and a text."""
    for wire in text.split("</REUTERS>"):
        topic = re.search(r"<TOPICS><D>([^<]+)</D>", wire)
        found = [between(wire, f"<{tag}>", f"</{tag}>") for tag in ("TITLE", "BODY")]
        words_of_it = " ".join(part for part in found if part)
        if topic and words_of_it.strip():
            yield topic.group(1), html.unescape(words_of_it)


def between(text: str, begin: str, end: str) -> str:
    """What stands between two marks in a text; nothing where they are not there."""
    return text.partition(begin)[2].partition(end)[0]


__all__ = ["get_topics", "get_word_index", "load_data"]
