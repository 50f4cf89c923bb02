"""Helpers for arrays, against numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.utils.np_utils import (
    accuracy,
    binary_logloss,
    multiclass_logloss,
    normalize,
    probas_to_classes,
    to_categorical,
)


def test_class_numbers_become_one_hot_rows():
    assert to_categorical([2, 0]).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert to_categorical(np.array([[1], [0]]), 3).tolist() == [[0, 1, 0], [1, 0, 0]]
    with pytest.raises(ValueError, match="class 3, but num_classes=3"):
        to_categorical([3], 3)
    with pytest.raises(ValueError, match="class numbers"):
        to_categorical([-1])
    with pytest.raises(ValueError, match="class numbers"):
        to_categorical([np.nan])
    with pytest.raises(ValueError, match="y holds 'a'; number the classes before: classes, y = "):
        to_categorical(["a"])


@given(st.lists(st.integers(0, 20), min_size=1))
def test_one_hot_rows_are_read_back_as_the_classes_they_stand_for(classes):
    assert probas_to_classes(to_categorical(classes, 21)).tolist() == classes


def test_vectors_are_divided_by_their_norm():
    assert normalize([[3, 4], [0, 0]]).tolist() == [[0.6, 0.8], [0, 0]]
    np.testing.assert_allclose(normalize([[3, 0], [4, 3]], axis=0), [[0.6, 0], [0.8, 1]])
    np.testing.assert_allclose(normalize([[1, -3]], order=1), [[0.25, -0.75]])
    assert normalize([3, 4]).tolist() == [0.6, 0.8]


def test_probabilities_become_classes():
    assert probas_to_classes([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]]).tolist() == [1, 0]
    assert probas_to_classes([[0.4], [0.6], [0.5]]).tolist() == [0, 1, 0]
    assert probas_to_classes([0.4, 0.6]).tolist() == [0, 1]


def test_accuracy_is_the_fraction_that_is_right():
    assert accuracy([1, 2, 3, 4], [1, 0, 3, 0]) == 0.5
    with pytest.raises(ValueError, match="one shape"):
        accuracy([1, 2], [1])


def test_losses_are_minus_the_mean_log_of_what_was_given_to_the_truth():
    assert binary_logloss([0.8, 0.4], [1, 0]) == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)
    assert binary_logloss([[1.0], [0.0]], [1, 1]) == pytest.approx(-np.log(1e-15) / 2)
    assert multiclass_logloss([[0.5, 0.5], [0.1, 0.9]], [0, 1]) == pytest.approx(-(np.log(0.5) + np.log(0.9)) / 2)
    assert np.isfinite(multiclass_logloss([[1.0, 0.0]], [1]))


def test_both_losses_agree_on_two_classes():
    p, y = np.array([0.2, 0.7, 0.5]), np.array([0, 1, 1])
    assert multiclass_logloss(np.stack([1 - p, p], 1), y) == pytest.approx(binary_logloss(p, y))


def test_losses_of_what_does_not_match_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        binary_logloss([0.1, 0.2], [1])
    with pytest.raises(ValueError, match=r"P \(n, classes\)"):
        multiclass_logloss([0.1], [0])
    with pytest.raises(ValueError, match="from 0 to 1"):
        multiclass_logloss([[0.5, 0.5]], [2])
