"""IMDB and Reuters: words become indexes by frequency."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.datasets import imdb, reuters, words
from kit.preprocessing.sequence import pad_sequences
from kit.preprocessing.text import Tokenizer
from tests.kit.datasets.made import IMDB_FILES, reuters_files, tar_gz


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    return tar_gz(tmp_path_factory.mktemp("imdb") / imdb.SOURCE.name, IMDB_FILES)


@pytest.fixture(scope="module")
def newswires(tmp_path_factory):
    return tar_gz(tmp_path_factory.mktemp("reuters") / reuters.SOURCE.name, reuters_files())


def spoken(rows, index, index_from=3):
    """The texts of indexes."""
    names = {rank + index_from: word for word, rank in index.items()} | {0: "-", 1: ">", 2: "?"}
    return sorted(" ".join(names[int(i)] for i in row) for row in rows)


def test_words_are_ranked_by_frequency_then_alphabet():
    rows, index = words.ranked(["b a, b!", "", "c a b d"])
    assert index == {"b": 1, "a": 2, "c": 3, "d": 4}
    assert [row.tolist() for row in rows] == [[1, 2, 1], [], [3, 2, 1, 4]]


@given(st.lists(st.lists(st.sampled_from(["the", "a", "cat", "dog's", "7"]), max_size=6).map(" ".join)))
def test_texts_can_be_read_back_from_their_ranks(texts):
    rows, index = words.ranked(texts)
    names = {rank: word for word, rank in index.items()}
    assert [" ".join(names[int(rank)] for rank in row) for row in rows] == texts
    assert sorted(index.values()) == list(range(1, len(index) + 1))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [1, 4, 5, 6, 13]),
        ({"num_words": 6}, [1, 4, 5, 2, 2]),
        ({"skip_top": 5}, [2, 2, 5, 6, 13]),
        ({"num_words": 6, "oov_char": None}, [1, 4, 5]),
        ({"start_char": None, "index_from": 0}, [1, 2, 3, 10]),
    ],
)
def test_ranks_become_indexes_as_keras_makes_them(options, expected):
    (found,) = words.indexed([np.array([1, 2, 3, 10], "int32")], **options)
    assert found.tolist() == expected
    assert found.dtype == "int32"


def test_reviews_are_read_with_the_authors_halves(reviews):
    (X, y), (X_test, y_test) = imdb.load_data(reviews)
    index = imdb.get_word_index(reviews)
    assert index == {"the": 1, "bad": 2, "film": 3, "good": 4, "café": 5, "one": 6}
    assert spoken(X, index) == ["> good film", "> the bad café", "> the film the film good"]
    assert spoken(X_test, index) == ["> bad bad the", "> the good one"]
    labels = {spoken([row], index)[0]: label for row, label in zip(X, y, strict=True)}
    assert labels == {"> good film": 1, "> the bad café": 0, "> the film the film good": 1}
    assert sorted(y_test) == [0, 1]
    assert pad_sequences(X, 4).shape == (3, 4)


def test_reviews_may_be_divided_anew_and_chosen_by_words_and_length(reviews):
    (X, y), (X_test, y_test) = imdb.load_data(reviews, nb_words=6, test_split=0.4)
    assert (len(X), len(y), len(X_test), len(y_test)) == (3, 3, 2, 2)
    assert max(row.max() for row in [*X, *X_test]) <= 5
    (X, _), (X_test, _) = imdb.load_data(reviews, maxlen=5)
    assert sorted(len(row) for row in X) == [3, 4]
    with pytest.raises(ValueError, match="maxlen=2"):
        imdb.load_data(reviews, maxlen=2)


def test_the_seed_of_reviews_is_that_of_their_order(reviews):
    orders = {tuple(imdb.load_data(reviews, seed=seed)[0][1].tolist()) for seed in range(12)}
    assert len(orders) > 1
    first, again = (imdb.load_data(reviews, seed=5)[0][0] for _ in range(2))
    assert [row.tolist() for row in first] == [row.tolist() for row in again]


def test_newswires_are_those_of_the_46_most_frequent_topics(newswires):
    (X, y), (X_test, y_test) = reuters.load_data(newswires)
    counts = np.bincount([*y, *y_test])
    assert counts.tolist() == [51, *range(49, 4, -1)]  # topic00 has one more, which is also of another topic
    assert len(X_test) == round(0.2 * counts.sum())
    topics = reuters.get_topics(newswires)
    assert topics == [f"topic{k:02}" for k in range(46)]
    index = reuters.get_word_index(newswires)
    assert [index[word] for word in ("5", "reuter", "the")] == [1, 2, 3]
    assert "nothing" not in index
    said = {spoken([x], index)[0]: label for x, label in zip([*X, *X_test], [*y, *y_test], strict=True)}
    assert said["> on topic 7 word7 5 the reuter"] == 7
    assert said["> both café the reuter"] == 0


def test_newswires_become_a_matrix_as_in_the_example_of_2015(newswires):
    (X, y), _ = reuters.load_data(newswires, nb_words=20, test_split=0.1)
    matrix = Tokenizer(nb_words=20).sequences_to_matrix(X, mode="binary")
    assert matrix.shape == (len(y), 20)
    assert (matrix[:, 1] == 1).all()
    assert len(reuters.load_data(newswires, maxlen=6)[0][0]) == 1


@pytest.mark.parametrize(
    ("dataset", "files", "message"),
    [
        (imdb, {name: data for name, data in IMDB_FILES.items() if "test/pos" not in name}, "no reviews of both kinds"),
        (imdb, {"x": b""}, "no reviews"),
        (reuters, dict(list(reuters_files().items())[:-1]), "21 of its 22 files"),
    ],
)
def test_an_archive_with_parts_missing_is_refused(tmp_path, dataset, files, message):
    with pytest.raises(ValueError, match=message):
        dataset.load_data(tar_gz(tmp_path / "a.tar.gz", files))


@pytest.mark.parametrize("dataset", [imdb, reuters])
def test_an_archive_that_is_cut_short_is_refused(tmp_path, dataset, reviews, newswires):
    whole = (reviews if dataset is imdb else newswires).read_bytes()
    for end in range(0, len(whole), max(1, len(whole) // 15)):
        (tmp_path / "cut.tar.gz").write_bytes(whole[:end])
        with pytest.raises(ValueError, match="get it again"):
            dataset.load_data(tmp_path / "cut.tar.gz")
