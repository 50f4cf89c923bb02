"""The numbers of a text: arithmetic and counting, within reason."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
}
LARGEST = 2**62


def compute(function: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """The result of arithmetic. ValueError where there is none, or it is too large."""
    try:
        result = function(left, right)
    except (ZeroDivisionError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if abs(result) > LARGEST:
        raise ValueError("the number is too large")
    return result


def counted(bounds: list[Any]) -> range:
    """What range(*bounds) goes through. ValueError where that is nothing to count."""
    if not all(isinstance(bound, int) for bound in bounds) or not 1 <= len(bounds) <= 3:
        raise ValueError("range takes one to three whole numbers")
    if 0 in bounds[2:] or any(abs(bound) > LARGEST for bound in bounds):
        raise ValueError("a loop goes through range(...) with a step, and no further than it can count")
    return range(*bounds)
