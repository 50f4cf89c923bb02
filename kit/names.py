"""From a name to the object it stands for."""

import ast
import difflib
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from torch import nn


def near_miss(word: str, words: Iterable[str]) -> str:
    """'; did you mean "relu"?' where some word is close to this one, else nothing."""
    close = nearest(word, words)
    return f"; did you mean {close[0]!r}?" if close else ""


def nearest(word: str, words: Iterable[str]) -> list[str]:
    """The words that are close to this one, the closest first, three at most."""
    words = list(words)
    if same := [other for other in words if other.lower() == word.lower()]:
        return same
    close = difflib.get_close_matches(word, words, n=3, cutoff=0.6)
    return sorted(close, key=lambda other: sorted(other) != sorted(word))  # the likeliest slip: "adma" for "adam"


def resolve(what: Any, known: Mapping[str, Any], kind: str, given: int = 0) -> Any:
    """The object a name stands for: "relu", or "l2(0.01)" for a call.

    A class stands for what it makes by default, anything else that can be called for itself.
    given: what a known function is called with; a call in a name gives the parameters after those.

    Raises ValueError for a name that is not known, TypeError for what is neither a name nor callable.
    """
    if what is None or callable(what):
        return resolved(what)
    if not isinstance(what, str):
        raise TypeError(f"{kind} takes a name or a function, not {what!r}")
    if what in known:
        return resolved(known[what])
    name, arguments, keywords = parse_call(what)
    if name not in known:
        near = near_miss(name, known)
        raise ValueError(f"{kind} {what!r} is not known{near or '; known are ' + ', '.join(sorted(known))}")
    if isinstance(known[name], type) or not given:
        return known[name](*arguments, **keywords)
    return with_settings(known[name], given, arguments, keywords)


def with_settings(function: Any, given: int, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """A function whose parameters after the first `given` are set. TypeError where it has no such parameters."""
    signature = inspect.signature(function)
    try:
        bound = signature.bind(*[None] * given, *arguments, **keywords).arguments
    except TypeError as error:
        settings = ", ".join(list(signature.parameters)[given:]) or "no settings"
        raise TypeError(f"{function.__name__}: {error}; it takes {settings}") from None
    return functools.partial(function, **dict(list(bound.items())[given:]))


def resolved(found: Any) -> Any:
    """A class stands for what it makes by default, anything else for itself."""
    return found() if isinstance(found, type) else found


def parse_call(text: str) -> tuple[str, list[Any], dict[str, Any]]:
    """("l2", [0.01], {}) of "l2(0.01)": a name, and the literals it is called with; nothing is run."""
    try:
        node = ast.parse(text.strip(), mode="eval").body
        if isinstance(node, ast.Name):
            return node.id, [], {}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            arguments = [ast.literal_eval(argument) for argument in node.args]
            keywords = {word.arg: ast.literal_eval(word.value) for word in node.keywords if word.arg}
            return node.func.id, arguments, keywords
    except (SyntaxError, ValueError):
        pass
    return text, [], {}


def bare(what: Any) -> Any:
    """The function inside a functools.partial; anything else itself."""
    while isinstance(what, functools.partial):
        what = what.func
    return what


def name_of(what: Any) -> Any:
    """What stands for an object in a file, in code and in a form: its name, or the call that made it.

    Of a module of torch that is no declared one, the name of its class.
    """
    if what is None or isinstance(what, str):
        return what
    what = bare(what)
    if isinstance(what, nn.Module) and not hasattr(what, "declaration"):
        return type(what).__name__
    if isinstance(what, Callable) and hasattr(what, "__name__"):  # type: ignore[arg-type]
        return what.__name__
    return repr(what)
