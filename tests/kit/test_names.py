"""From a name to the object it stands for."""

import pytest

from kit import names


def penalty(l: float = 0.01) -> tuple:  # noqa: E741
    return "l2", l


KNOWN = {"relu": abs, "l2": penalty}


def test_a_name_stands_for_its_object() -> None:
    assert names.resolve("relu", KNOWN, "activation") is abs


def test_a_call_is_made_with_its_literals() -> None:
    assert names.resolve("l2(0.5)", KNOWN, "regularizer") == ("l2", 0.5)
    assert names.resolve("l2(l=0.25)", KNOWN, "regularizer") == ("l2", 0.25)


def test_a_call_of_what_is_called_later_sets_what_comes_after() -> None:
    assert names.resolve("power(3)", {"power": lambda x, exponent=2: x**exponent}, "activation", given=1)(2) == 8


def test_a_function_stands_for_itself() -> None:
    assert names.resolve(len, KNOWN, "activation") is len


def test_an_unknown_name_says_what_is_near() -> None:
    with pytest.raises(ValueError, match=r"activation 'rellu' is not known; did you mean 'relu'\?"):
        names.resolve("rellu", KNOWN, "activation")


def test_an_unknown_name_with_nothing_near_says_what_there_is() -> None:
    with pytest.raises(ValueError, match="activation 'zzzzz' is not known; known are l2, relu"):
        names.resolve("zzzzz", KNOWN, "activation")


def test_what_is_no_name_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="activation takes a name or a function, not 3"):
        names.resolve(3, KNOWN, "activation")


@pytest.mark.parametrize("text", [
    "__import__('os').system('x')", "l2(__import__('os'))", "l2(open('x'))", "lambda: 1", "l2(1)(2)", "(", "l2(x)", "",
])  # fmt: skip
def test_nothing_but_a_name_with_literals_is_read_and_nothing_is_run(text: str) -> None:
    with pytest.raises(ValueError, match="is not known"):
        names.resolve(text, KNOWN, "regularizer")


@pytest.mark.parametrize(("what", "name"), [("relu", "relu"), (None, None), (len, "len"), (3, "3")])
def test_name_of_is_what_stands_for_it_in_a_file(what, name) -> None:
    assert names.name_of(what) == name
