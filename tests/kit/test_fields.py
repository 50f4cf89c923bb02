"""Kinds of field: what each takes and what it says to the rest."""

import math
from typing import Annotated, Literal

import numpy as np
import pytest

from kit import fields
from kit.fields import Field, Fraction, NonNegative, Pair, Positive, Size, kind_of

TAKES = [
    (Size, 3, 3), (Size, np.int64(3), 3), (Fraction, 0, 0.0), (Fraction, 1, 1.0), (Fraction, np.float32(0.5), 0.5),
    (Positive, 1e-9, 1e-9), (NonNegative, 0, 0.0), (Pair, 3, (3, 3)), (Pair, [2, 3], (2, 3)), (Pair, (2, 3), (2, 3)),
    (bool, True, True), (bool, 0, False), (str, "a", "a"), (Literal["a", "b"], "b", "b"), (float, -2, -2.0),
    (int, -5, -5), (tuple[int, ...], (3, 4), (3, 4)), (tuple[int, ...], 3, (3,)), (int | None, 3, 3),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "given", "kept"), TAKES)
def test_a_value_that_fits_is_kept_as_its_type(annotation, given, kept) -> None:
    value = Field("f", kind_of(annotation)).convert(given, "Owner")
    assert value == kept
    assert type(value) is type(kept)


REFUSES = [
    (Size, 0), (Size, -1), (Size, 2.5), (Size, "3"), (Size, True), (Size, None), (Fraction, 1.5), (Fraction, -0.1),
    (Fraction, "half"), (Fraction, math.nan), (Positive, 0), (Positive, math.inf), (NonNegative, -1e-9),
    (NonNegative, math.nan), (float, math.nan), (float, math.inf), (Pair, (1, 2, 3)), (Pair, 0), (Pair, "33"),
    (Pair, (1.5, 2)), (bool, "yes"), (bool, 2), (bool, None), (str, 3), (Literal["a", "b"], "c"),
    (Literal["a", "b"], ["a"]), (tuple[int, ...], "abc"),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "given"), REFUSES)
def test_a_value_that_does_not_fit_is_refused_with_owner_value_and_what_is_wanted(annotation, given) -> None:
    field = Field("size", kind_of(annotation))
    with pytest.raises((TypeError, ValueError)) as caught:
        field.convert(given, "Owner")
    assert str(caught.value) == f"Owner(size={given!r}): size takes {field.kind.wanted}"
    assert not field.fits(given)


def test_none_is_taken_where_it_is_the_default() -> None:
    assert Field("f", kind_of(Size), None).convert(None, "Owner") is None


WORDS = [
    (Size, "a whole number of 1 or more"), (int, "a whole number"), (Fraction, "a number from 0 to 1"),
    (Positive, "a number above 0"), (NonNegative, "a number of 0 or more"), (Pair, "2 whole numbers of 1 or more"),
    (Literal["a", "b"], "one of 'a', 'b'"), (bool, "True or False"), (str, "a string"),
    (Annotated[float, fields.real(1, 5)], "a number of 1 or more up to 5"),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "wanted"), WORDS)
def test_a_kind_says_in_words_what_it_wants(annotation, wanted: str) -> None:
    assert kind_of(annotation).wanted == wanted


def test_a_type_without_a_kind_is_refused_with_what_there_is() -> None:
    with pytest.raises(TypeError, match=r"a field cannot be declared as .*; use int, float, bool, str, Literal"):
        kind_of(dict)


def test_a_named_kind_passes_on_what_the_registry_says() -> None:
    field = Field("activation", fields.named({"relu": abs}, "activation"))
    with pytest.raises(
        ValueError, match=r"Owner\(activation='rellu'\): activation 'rellu' is not known; did you mean 'relu'\?"
    ):
        field.convert("rellu", "Owner")
