"""Sequences of word indexes, made into arrays."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.names_of_keras import absent

GAMMA = 0.577  # Euler's constant, as precisely as word2vec takes it
SIDES = ("pre", "post")

Seed = int | np.random.Generator | None


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: float = 0.0,
) -> np.ndarray:
    """Sequences of several lengths as one array (n, maxlen, ...): short ones are filled up, long ones cut.

    maxlen: the length of every row; that of the longest sequence if none.
    padding, truncating: "pre" fills or cuts at the beginning, "post" at the end (as in 2015). value: what is filled in.
    Raises ValueError where the sequences do not agree in the shape of a step, or their numbers do not fit the dtype.
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in SIDES:
            raise ValueError(f"pad_sequences({name}={side!r}): it takes 'pre' (the beginning) or 'post' (the end)")
    rows = [as_array(row, i) for i, row in enumerate(sequences)]
    length = max((len(row) for row in rows), default=0) if maxlen is None else int(maxlen)
    if length < 0:
        raise ValueError(f"pad_sequences(maxlen={maxlen!r}): it takes a number of steps, 0 or more")
    step = next((row.shape[1:] for row in rows if len(row)), ())
    padded = np.full((len(rows), length, *step), value, dtype)
    for i, row in enumerate(rows):
        if not len(row) or not length:
            continue
        if row.shape[1:] != step:
            raise ValueError(
                f"sequence {i} has steps of shape {row.shape[1:]}, the ones before it {step}; use one shape"
            )
        kept = row[-length:] if truncating == "pre" else row[:length]
        part = padded[i, length - len(kept) :] if padding == "pre" else padded[i, : len(kept)]
        with np.errstate(invalid="ignore"):  # what does not fit is said below
            part[...] = kept.astype(padded.dtype)
        if padded.dtype.kind in "iu" and not np.array_equal(part, kept):
            raise ValueError(f"sequence {i} holds numbers that {padded.dtype} cannot; give dtype='float32' or 'int64'")
    return padded


def as_array(row: Any, i: int) -> np.ndarray:
    """One sequence as an array (steps, ...)."""
    try:
        array = np.asarray(row)
    except ValueError:
        array = np.empty((), object)
    if array.ndim == 0 or (array.dtype.kind not in "biuf" and len(array)):
        raise ValueError(f"sequence {i} is {row!r:.60}, not a sequence of numbers; give a list of lists of numbers")
    return array


def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Any = None,
    seed: Seed = None,
) -> tuple[list[list[int]], list[Any]]:
    """Couples [word, other word] and their labels: 1 where the other stood near it, 0 where it was drawn at random.

    sequence: word indexes; 0 is no word. vocabulary_size: drawn are words from 1 to vocabulary_size - 1.
    window_size: how many words away is near. negative_samples: couples labelled 0 for each labelled 1.
    shuffle: in random order. categorical: labels [0, 1] and [1, 0].
    sampling_table: the probability of each word to be kept, by its index.
    seed: of all that is drawn; a number or a generator. Mikolov et al. 2013.
    """
    if window_size < 1 or negative_samples < 0 or (negative_samples and vocabulary_size < 2):
        raise ValueError(
            f"skipgrams(vocabulary_size={vocabulary_size}, window_size={window_size}, "
            f"negative_samples={negative_samples}): the vocabulary needs 2 or more, the window 1, the samples 0"
        )
    generator = np.random.default_rng(seed)
    words = np.asarray(sequence, dtype="int64")
    if words.ndim != 1 or (len(words) and (words.min() < 0 or words.max() >= vocabulary_size)):
        raise ValueError(f"skipgrams takes one sequence of word indexes from 0 to {vocabulary_size - 1}")
    kept = words != 0
    if sampling_table is not None:
        table = np.asarray(sampling_table, dtype="float64")
        if len(words) and words.max() >= len(table):
            raise ValueError(f"sampling_table ends at word {len(table) - 1}, but the sequence holds {words.max()}")
        kept &= generator.random(len(words)) < table[words]
    offsets = np.r_[-window_size:0, 1 : window_size + 1]
    near = np.arange(len(words))[:, None] + offsets  # (words, 2 * window_size)
    there = (near >= 0) & (near < len(words)) & kept[:, None]
    pivot = np.nonzero(there)[0]
    others = words[near[there]]
    couples = np.stack([words[pivot], others], 1)[others != 0]
    count = int(len(couples) * negative_samples)
    drawn = generator.permutation(couples[:, 0])[np.arange(count) % max(len(couples), 1)]
    couples = np.concatenate([couples, np.stack([drawn, generator.integers(1, max(vocabulary_size, 2), count)], 1)])
    labels = np.arange(len(couples)) < len(couples) - count
    if shuffle:
        order = generator.permutation(len(couples))
        couples, labels = couples[order], labels[order]
    return couples.tolist(), (np.stack([~labels, labels], 1) if categorical else labels).astype(int).tolist()


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray:
    """min(1, sqrt(sampling_factor / frequency)) for the words 0 to size - 1, the most frequent first; (size,).

    Their frequencies are taken to follow Zipf's law: 1 / frequency = rank (log(rank) + 0.577) + 1/2 - 1/(12 rank).
    Mikolov et al. 2013.
    """
    rank = np.maximum(np.arange(size), 1)
    return np.minimum(1.0, np.sqrt(sampling_factor * (rank * (np.log(rank) + GAMMA) + 0.5 - 1 / (12 * rank))))


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)

__all__ = ["make_sampling_table", "pad_sequences", "skipgrams"]
