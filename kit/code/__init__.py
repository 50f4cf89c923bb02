"""A model as Python text: written as a person would write it, read without being run."""

from kit.code.normal import normal
from kit.code.reader import CodeError, from_code
from kit.code.writer import to_code

__all__ = ["CodeError", "from_code", "normal", "to_code"]
