"""The sets that ship with the kit are there offline, and suit a studio."""

from collections import Counter

import numpy as np
import pytest

from kit.datasets import DATASETS, breast_cancer, definitions, digits

NAMES = sorted(DATASETS)


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_numbers_and_targets_are_class_numbers(name):
    (X, y), (X_test, y_test) = DATASETS[name].load_data()
    assert X.dtype.kind in "fi"
    assert np.isfinite(X).all()
    assert (y.dtype, y_test.dtype) == ("int64", "int64")
    assert X.shape[1:] == X_test.shape[1:]
    assert set(y) == set(y_test) == set(range(len(DATASETS[name].CLASSES)))
    assert len(X_test) == len(y_test) == round(0.2 * (len(y) + len(y_test)))


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_and_the_fraction_decide_what_is_kept_for_testing(name):
    load = DATASETS[name].load_data
    first, again, other = (load(test_split=0.25, seed=seed)[1] for seed in (1, 1, 2))
    assert np.array_equal(first[0], again[0])
    assert not np.array_equal(first[0], other[0])
    for fraction in (0, 1, -0.1):
        with pytest.raises(ValueError, match="a fraction between 0 and 1"):
            load(test_split=fraction)


def test_the_split_of_the_digits_stays_what_it_was():
    (_, y), (_, y_test) = digits.load_data()
    order = np.random.default_rng(113).permutation(1797)
    everything = np.empty(1797, "int64")
    everything[order] = [*y_test, *y]
    assert everything[:10].tolist() == list(range(10))  # the file begins with the digits in turn


def test_the_tumours_are_as_uci_has_them():
    assert len(breast_cancer.FEATURES) == len(set(breast_cancer.FEATURES)) == 30
    (X, y), (X_test, y_test) = breast_cancer.load_data(scaled=False)
    everything = np.concatenate([X, X_test])
    assert np.bincount([*y, *y_test]).tolist() == [212, 357]  # as the repository describes it
    first = everything[np.argwhere(np.isclose(everything[:, breast_cancer.FEATURES.index("mean area")], 1001))[0, 0]]
    assert first[breast_cancer.FEATURES.index("mean radius")] == pytest.approx(17.99)
    assert first[breast_cancer.FEATURES.index("worst fractal dimension")] == pytest.approx(0.1189)


def test_scaled_columns_have_mean_0_and_deviation_1_over_the_training_samples():
    (X, _), (X_test, _) = breast_cancer.load_data()
    np.testing.assert_allclose(X.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(X.std(0), 1, atol=1e-5)
    assert X_test.dtype == "float32"
    assert abs(X_test.mean()) < 0.2


def test_definitions_are_many_short_and_all_different():
    texts, y = definitions.load_texts()
    assert len(texts) == len(set(texts)) == len(y) == 4312
    assert Counter(y.tolist()) == {0: 900, 1: 900, 2: 900, 3: 900, 4: 712}
    assert all(5 <= len(text.split()) <= 24 for text in texts)


def test_definitions_become_rows_of_word_indexes():
    (X, y), (X_test, y_test) = definitions.load_data()
    assert X.shape[1] == 24
    assert X.max() == 1999
    texts, topics = definitions.load_texts()
    index = definitions.get_word_index()
    words = ["a", "city", "in", "north", "central", "nigeria"]
    row = [index[word] + 1 if index[word] + 1 < 2000 else 1 for word in words]
    place = next(i for i, text in enumerate(texts) if text.startswith("a city in north central Nigeria"))
    found = [i for i, x in enumerate(np.concatenate([X, X_test])) if [*x[x > 0][:6]] == row]
    assert topics[place] == definitions.CLASSES.index("place")
    assert np.concatenate([y, y_test])[found[0]] == topics[place]
    assert definitions.load_data(nb_words=None)[0][0].max() > 2000


def test_a_few_words_tell_the_topics_apart():
    (X, y), (X_test, y_test) = definitions.load_data()
    counts = np.ones((5, 2000))
    for row, topic in zip(X, y, strict=True):
        counts[topic, np.unique(row[row > 0])] += 1
    weights = np.log(counts / counts.sum(1, keepdims=True))  # naive Bayes
    guesses = [weights[:, np.unique(row[row > 0])].sum(1).argmax() for row in X_test]
    assert np.mean(guesses == y_test) > 0.85
