"""Sequences: padded, cut, and made into skip-grams."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.preprocessing.sequence import make_sampling_table, pad_sequences, skipgrams

ROWS = [[1], [2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [[0, 0, 1], [0, 2, 3], [4, 5, 6]]),
        ({"padding": "post"}, [[1, 0, 0], [2, 3, 0], [4, 5, 6]]),
        ({"maxlen": 2}, [[0, 1], [2, 3], [5, 6]]),
        ({"maxlen": 2, "truncating": "post"}, [[0, 1], [2, 3], [4, 5]]),
        ({"maxlen": 2, "padding": "post", "truncating": "post"}, [[1, 0], [2, 3], [4, 5]]),
        ({"maxlen": 4, "value": 9}, [[9, 9, 9, 1], [9, 9, 2, 3], [9, 4, 5, 6]]),
        ({"maxlen": 0}, [[], [], []]),
    ],
)
def test_sequences_are_padded_and_cut_on_the_side_that_is_asked_for(options, expected):
    padded = pad_sequences(ROWS, **options)
    assert padded.dtype == "int32"
    assert padded.tolist() == expected


def test_steps_may_be_vectors():
    padded = pad_sequences([[[1.5, 2]], [], [[3, 4], [5, 6]]], dtype="float32")
    assert padded.tolist() == [[[0, 0], [1.5, 2]], [[0, 0], [0, 0]], [[3, 4], [5, 6]]]


@given(st.lists(st.lists(st.integers(1, 2**31 - 1), max_size=9)), st.integers(1, 12), st.sampled_from(["pre", "post"]))
def test_nothing_but_what_is_cut_is_lost(rows, maxlen, side):
    padded = pad_sequences(rows, maxlen, padding=side, truncating=side)
    assert padded.shape == (len(rows), maxlen)
    for row, out in zip(rows, padded, strict=True):
        assert out[out != 0].tolist() == (row[-maxlen:] if side == "pre" else row[:maxlen])


@pytest.mark.parametrize(
    ("sequences", "options", "message"),
    [
        (ROWS, {"padding": "left"}, "padding='left'.*'pre'"),
        (ROWS, {"truncating": 1}, "truncating=1"),
        (ROWS, {"maxlen": -1}, "maxlen=-1"),
        ([1, 2], {}, "sequence 0 is 1, not a sequence"),
        (["abc"], {}, "sequence 0 is 'abc'"),
        ([[1], [[1], [2, 3]]], {}, "sequence 1"),
        ([[0.5]], {}, "sequence 0 holds numbers that int32 cannot"),
        ([[2**40]], {}, "int32 cannot"),
        ([[[1, 2]], [3]], {}, "sequence 1 has steps of shape"),
    ],
)
def test_what_cannot_be_padded_is_refused_in_a_sentence(sequences, options, message):
    with pytest.raises(ValueError, match=message):
        pad_sequences(sequences, **options)


def test_skipgrams_are_the_words_within_the_window():
    couples, labels = skipgrams([1, 2, 0, 3], 4, window_size=2, negative_samples=0, shuffle=False)
    assert couples == [[1, 2], [2, 1], [2, 3], [3, 2]]
    assert labels == [1, 1, 1, 1]


def test_negative_couples_have_pivots_of_the_sequence_and_any_word():
    couples, labels = skipgrams([5, 6, 7], 100, window_size=1, negative_samples=2.0, shuffle=False, seed=1)
    assert labels == [1] * 4 + [0] * 8
    assert sorted(pivot for pivot, _ in couples[4:]) == [5, 5, 6, 6, 6, 6, 7, 7]
    assert all(1 <= other < 100 for _, other in couples)


def test_categorical_labels_are_pairs():
    _, labels = skipgrams([1, 2], 3, categorical=True, shuffle=False, seed=1)
    assert labels == [[0, 1], [0, 1], [1, 0], [1, 0]]


def test_shuffling_keeps_couples_and_labels_together():
    plain = skipgrams(range(1, 20), 50, shuffle=False, negative_samples=0)
    couples, labels = skipgrams(range(1, 20), 50, seed=3)
    assert sorted(couple for couple, label in zip(couples, labels, strict=True) if label) == sorted(plain[0])


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 5), st.integers(0, 2**31))
def test_every_positive_couple_stands_within_the_window(sequence, window, seed):
    couples, labels = skipgrams(sequence, 10, window, seed=seed)
    near = [
        [sequence[i], sequence[j]]
        for i in range(len(sequence))
        for j in range(max(0, i - window), min(len(sequence), i + window + 1))
        if i != j and sequence[i] and sequence[j]
    ]
    assert sorted(couple for couple, label in zip(couples, labels, strict=True) if label) == sorted(near)
    assert len(couples) == 2 * len(near)


def test_frequent_words_are_left_out_as_the_sampling_table_says():
    couples, _ = skipgrams([1, 2] * 20, 3, sampling_table=[0, 0, 1], negative_samples=0, seed=1)
    assert {pivot for pivot, _ in couples} == {2}


def test_a_seed_gives_the_same_skipgrams_and_leaves_the_global_generators_alone():
    random.seed(1)
    before = random.getstate(), np.random.get_state()[1].tolist()
    first = skipgrams(range(1, 30), 40, seed=7)
    assert first == skipgrams(range(1, 30), 40, seed=7)
    assert first == skipgrams(range(1, 30), 40, seed=np.random.default_rng(7))
    assert first != skipgrams(range(1, 30), 40, seed=8)
    skipgrams(range(1, 30), 40)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 5], 5), "from 0 to 4"),
        (([-1], 5), "from 0 to 4"),
        (([1], 5, 0), "window_size=0"),
        (([1], 1), "vocabulary_size=1"),
        (([1, 3], 5, 1, 1.0, True, False, [1, 1]), "sampling_table ends at word 1"),
    ],
)
def test_skipgrams_of_nonsense_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        skipgrams(*arguments)


def test_the_sampling_table_is_the_formula():
    table = make_sampling_table(10_000, sampling_factor=1e-3)
    rank = 5000
    frequency = 1 / (rank * (np.log(rank) + 0.577) + 0.5 - 1 / (12 * rank))
    assert table[rank] == pytest.approx(min(1, np.sqrt(1e-3 / frequency)))
    assert table[0] == table[1]
    assert (np.diff(table) >= 0).all()
    assert table.max() == 1
