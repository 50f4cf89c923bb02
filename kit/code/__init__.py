"""A model as Python text: written as a person would write it, read without being run."""

from kit.code.normal import normal
from kit.code.reader import from_code
from kit.code.refolding import folded
from kit.code.values import CodeError
from kit.code.writer import to_code

__all__ = ["CodeError", "folded", "from_code", "normal", "to_code"]
