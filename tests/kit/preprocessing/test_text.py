"""Texts become word indexes and matrices."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.preprocessing.text import Tokenizer, one_hot, text_to_word_sequence

TEXTS = ["The cat sat.", "The dog, the dog!", "A cat"]


def fitted(**options) -> Tokenizer:
    tokenizer = Tokenizer(**options)
    tokenizer.fit_on_texts(TEXTS)
    return tokenizer


def test_words_are_what_stands_between_spaces_and_punctuation():
    assert text_to_word_sequence("It's a-b\tc,\n  D!") == ["it's", "a", "b", "c", "d"]
    assert text_to_word_sequence("A.b|C", filters=".", lower=False, split="|") == ["A", "b", "C"]
    assert text_to_word_sequence("") == []


@given(st.text())
def test_no_word_is_empty_or_has_a_character_that_is_filtered(text):
    for word in text_to_word_sequence(text):
        assert word
        assert not set(word) & set('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n ')


def test_one_hot_gives_the_same_numbers_in_every_process():
    numbers = one_hot("the cat the", 1000)
    assert numbers[0] == numbers[2]
    assert all(1 <= number < 1000 for number in numbers)
    script = "from kit.preprocessing.text import one_hot; print(one_hot('the cat the', 1000))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(numbers)
    with pytest.raises(ValueError, match="2 or more"):
        one_hot("a", 1)


def test_a_tokenizer_counts_words_and_numbers_them_by_frequency():
    tokenizer = fitted()
    assert tokenizer.document_count == 3
    assert tokenizer.word_counts == {"the": 3, "cat": 2, "sat": 1, "dog": 2, "a": 1}
    assert tokenizer.word_docs == {"the": 2, "cat": 2, "sat": 1, "dog": 1, "a": 1}
    assert tokenizer.word_index == {"the": 1, "cat": 2, "dog": 3, "sat": 4, "a": 5}


def test_texts_become_the_indexes_of_the_known_words():
    assert fitted().texts_to_sequences(["a bird, the cat", ""]) == [[5, 1, 2], []]
    assert fitted(nb_words=3).texts_to_sequences(TEXTS) == [[1, 2], [1, 1], [2]]
    assert fitted().texts_to_sequences([["The", "cat"]]) == [[1, 2]]
    assert list(fitted().texts_to_sequences_generator(iter(["a cat"]))) == [[5, 2]]


def test_a_matrix_has_a_row_a_text_and_a_column_a_word():
    texts = ["the dog the", "a"]
    tokenizer = fitted()
    assert tokenizer.texts_to_matrix(texts).tolist() == [[0, 1, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1]]
    assert tokenizer.texts_to_matrix(texts, "count").tolist() == [[0, 2, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1]]
    freq = tokenizer.texts_to_matrix(texts, "freq")
    assert freq.dtype == "float32"
    np.testing.assert_allclose(freq[0], [0, 2 / 3, 0, 1 / 3, 0, 0], rtol=1e-6)
    tfidf = tokenizer.texts_to_matrix(texts, "tfidf")  # "the" is in 2 of 3 texts, "dog" in 1
    np.testing.assert_allclose(tfidf[0, 1], (1 + np.log(2)) * np.log(1 + 3 / 3), rtol=1e-6)
    np.testing.assert_allclose(tfidf[0, 3], np.log(1 + 3 / 2), rtol=1e-6)


def test_sequences_become_a_matrix_without_texts():
    tokenizer = Tokenizer(nb_words=4)
    assert tokenizer.sequences_to_matrix([[1, 1, 9], np.array([3]), []]).tolist() == [
        [0, 1, 0, 0],
        [0, 0, 0, 1],
        [0] * 4,
    ]
    with pytest.raises(ValueError, match="fit_on_sequences"):
        tokenizer.sequences_to_matrix([[1]], "tfidf")
    tokenizer.fit_on_sequences([[1, 1, 2], [1]])
    np.testing.assert_allclose(tokenizer.sequences_to_matrix([[2]], "tfidf")[0, 2], np.log(1 + 2 / 2), rtol=1e-6)


def test_counting_goes_on_where_it_ended():
    tokenizer = Tokenizer()
    for text in TEXTS:
        tokenizer.fit_on_texts([text])
    assert tokenizer.word_index == fitted().word_index
    assert tokenizer.document_count == 3


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=8), min_size=1))
def test_counts_of_a_matrix_are_counts_of_the_text(texts):
    tokenizer = Tokenizer()
    tokenizer.fit_on_texts(texts)
    if not tokenizer.word_index:
        return
    matrix = tokenizer.texts_to_matrix(texts, "count")
    for row, text in zip(matrix, texts, strict=True):
        assert {w: int(row[i]) for w, i in tokenizer.word_index.items() if row[i]} == {w: text.count(w) for w in text}


def test_wrong_use_is_said_in_a_sentence():
    with pytest.raises(TypeError, match="put it in a list"):
        Tokenizer().fit_on_texts("one text")
    with pytest.raises(TypeError, match="put it in a list"):
        fitted().texts_to_sequences("one text")
    with pytest.raises(ValueError, match="mode='onehot' is not known; known are binary"):
        fitted().texts_to_matrix(TEXTS, "onehot")
    with pytest.raises(ValueError, match="num_words"):
        Tokenizer().sequences_to_matrix([[1]])
    with pytest.raises(ValueError, match="an index is -1"):
        Tokenizer(nb_words=5).sequences_to_matrix([[-1]])
    with pytest.raises(ValueError, match="num_words=0"):
        Tokenizer(nb_words=0)
