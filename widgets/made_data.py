"""Data made of what ships with the kit, or drawn, for models that no data set suits as it is."""

from __future__ import annotations

import functools

import numpy as np

from kit.datasets import definitions, digits
from kit.preprocessing.sequence import make_sampling_table, skipgrams
from kit.preprocessing.text import Tokenizer

Arrays = tuple[np.ndarray, np.ndarray]
Data = tuple[Arrays, Arrays]  # to train with, to test with

COLOURS = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1), "yellow": (1, 1, 0)}
SHAPES = ("disc", "square", "cross")
RADII = {"small": 2.5, "large": 4.5}
SIDES = {"left": 4.5, "right": 10.5}
WORDS = ("a", *RADII, *COLOURS, *SHAPES, "on", "the", *SIDES)
WIDTH = 16  # of a word's vector
VOCABULARY = 1000  # words that have a vector in the couples
SAYING = ("of", "that", "which", "in", "with", "for", "from", "used", "having", "by", "on", "to", "at", "as")


def divided(X: np.ndarray, y: np.ndarray, test: float = 0.1) -> Data:
    """The last samples kept for testing."""
    count = int(len(X) * (1 - test))
    return (X[:count], y[:count]), (X[count:], y[count:])


def noisy_digits() -> Data:
    """Digits (n, 1, 8, 8) with noise on them, and for each pixel whether it is ink: 0 or 1, of the same shape."""
    generator = np.random.default_rng(1)

    def noisy(X: np.ndarray) -> Arrays:
        return (X + generator.normal(0, 0.3, X.shape)).astype("float32"), (X > 0.5).astype("float32")

    (X, _), (X_test, _) = digits.load_data()
    return noisy(X), noisy(X_test)


def digits_again() -> Data:
    """Digits (n, 1, 8, 8), and the same digits, from 0 to 1."""
    (X, _), (X_test, _) = digits.load_data()
    return (X, X), (X_test, X_test)


def drawn(generator: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    """A noisy picture (3, 16, 16) of one shape, and its caption of seven words."""
    colour, shape, size, side = (str(generator.choice(list(choices))) for choices in (COLOURS, SHAPES, RADII, SIDES))
    rows, columns = np.mgrid[:16, :16]
    down = abs(rows - 7.5 - generator.uniform(-2.5, 2.5))
    right = abs(columns - SIDES[side] - generator.uniform(-1, 1))
    radius, far, near = RADII[size], np.maximum(down, right), np.minimum(down, right)
    inside = {
        "disc": down**2 + right**2 <= radius**2,
        "square": far <= 0.85 * radius,
        "cross": (near <= 0.3 * radius) & (far <= radius),
    }[shape]
    picture = inside * np.array(COLOURS[colour])[:, None, None] + generator.normal(0, 0.05, (3, 16, 16))
    return picture.astype("float32"), ["a", size, colour, shape, "on", "the", side]


def captions(count: int = 2200) -> Data:
    """Drawn pictures (n, 3, 16, 16), and for each of the seven words of a caption its vector: (n, 7, 16)."""
    generator = np.random.default_rng(1)
    pictures, texts = zip(*[drawn(generator) for _ in range(count)], strict=True)
    vectors = generator.normal(size=(len(WORDS), WIDTH))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype("float32")
    return divided(np.stack(pictures), vectors[[[WORDS.index(word) for word in text] for text in texts]])


def couples(count: int = 60_000) -> Data:
    """Couples (n, 2) of a word and one that stands near it, or does not: y (n, 1) is 1 or 0."""
    texts, _ = definitions.load_texts()
    tokenizer = Tokenizer(num_words=VOCABULARY)
    tokenizer.fit_on_texts(texts)
    table, generator = make_sampling_table(VOCABULARY, sampling_factor=1e-3), np.random.default_rng(1)
    X: list[list[int]] = []
    y: list[int] = []
    for sequence in tokenizer.texts_to_sequences(texts):
        found, answers = skipgrams(
            sequence, VOCABULARY, window_size=4, negative_samples=2.0, sampling_table=table, seed=generator
        )
        X += found
        y += answers
    order = generator.permutation(len(X))[:count]
    return divided(np.array(X)[order], np.array(y, dtype="float32")[order, None])


def tags() -> Data:
    """Definitions as word indexes (n, 24), and for each word, as one of three numbers that is 1: (n, 24, 3).

    Whether there is no word, it names what is defined ("small east Asian insect"), or says more of it ("that damages
    fruit trees").
    """
    index = definitions.get_word_index()
    saying = [index[word] + 1 for word in SAYING]

    def tagged(X: np.ndarray) -> Arrays:
        begun = np.cumsum(np.isin(X, saying), axis=1) > 0
        return X, np.eye(3, dtype="float32")[np.where(X == 0, 0, np.where(begun, 2, 1))]

    (X, _), (X_test, _) = definitions.load_data()
    return tagged(X), tagged(X_test)


MADE = {
    "digits, noisy": functools.cache(noisy_digits),
    "digits, again": functools.cache(digits_again),
    "pictures, captions": functools.cache(captions),
    "definitions, couples of words": functools.cache(couples),
    "definitions, tags": functools.cache(tags),
}
