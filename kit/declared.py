"""Classes that are declared by their fields: the constructor, its checks, the config, the repr and the form follow."""

import functools
import inspect
import json
import re
import typing
from collections.abc import Mapping
from typing import Any, ClassVar

from torch import Tensor

from kit import spelling
from kit.fields import MISSING, Field, kind_of
from kit.names import bare, name_of


class Declared:
    """A class whose annotated attributes are its constructor's arguments (but those annotated as Tensor).

    A line "units: width of the output." in the docstring is that field's help.
    leading_sizes: as 2015 ordered them. seed_order: what followed them then. all_sizes: a field that takes all of them.
    nested: under which word the class's name stands in the config of an object that holds one of these.
    """

    leading_sizes: ClassVar[tuple[str, ...]] = ()
    seed_order: ClassVar[str] = ""
    all_sizes: ClassVar[str] = ""
    nested: ClassVar[str] = ""
    declaration: ClassVar[dict[str, Field]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.declaration = declared_fields(cls)
        cls.__signature__ = signature(cls.declaration)  # type: ignore[attr-defined]

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__()
        for name, value in spelling.read(type(self), args, words).items():
            setattr(self, name, value)
        self.validate()

    def validate(self) -> None:
        """Hook: raise ValueError where the fields do not go together."""

    def settings(self) -> dict[str, Any]:
        """The fields that differ from their defaults."""
        return {
            name: getattr(self, name)
            for name, field in self.declaration.items()
            if not (getattr(self, name) is field.default or getattr(self, name) == field.default)
        }

    def get_config(self) -> dict[str, Any]:
        """All fields as plain data (numbers, strings, lists, None), from which an equal object can be made."""
        return {name: plain(getattr(self, name), full=True) for name in self.declaration}

    def __repr__(self) -> str:
        """The call that makes an equal object."""
        return call(type(self).__name__, self.declaration, self.settings())


def plain(value: Any, full: bool = False) -> Any:
    """A field's value as plain data. full: of an object inside all fields, not the call that made it."""
    if isinstance(value, (list, tuple)):
        return [plain(item, full) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item, full) for key, item in value.items()}
    if full and isinstance(value, Declared) and value.nested:
        return {value.nested: type(value).__name__, "config": value.get_config()}
    return name_of(value) if callable(value) or isinstance(value, Declared) else value


def call(name: str, fields: dict[str, Field], settings: dict[str, Any]) -> str:
    """The source text of a call: what must be given by position, the rest by name."""
    parts = []
    positional = True
    for field in fields.values():
        positional = positional and field.default is MISSING
        if field.name in settings:
            text = source(settings[field.name], field)
            parts.append(text if positional else f"{field.name}={text}")
    return f"{name}({', '.join(parts)})"


def source(value: Any, field: Field) -> str:
    """A field's value as a person would write it: "relu" for a name, 3 for the pair (3, 3)."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if field.kind.single and isinstance(value, tuple) and len(set(value)) == 1:
        return repr(value[0])
    return bare(value).__name__ if hasattr(bare(value), "__name__") else repr(value)


def declared_fields(cls: type) -> dict[str, Field]:
    """The fields of a class, in the order of their declaration, those taken by keyword only last."""
    bases: list[Any] = [base for base in cls.__mro__ if issubclass(base, Declared)]
    annotations = {name: annotation for base in reversed(bases) for name, annotation in annotated(base).items()}
    inherited = {name for base in cls.__mro__[1:] for name in getattr(base, "declaration", {})}
    found = {}
    for name, annotation in annotations.items():
        is_class_variable = annotation is ClassVar or typing.get_origin(annotation) is ClassVar
        if is_class_variable or annotation is Tensor:
            continue
        if name not in inherited and any(hasattr(base, name) for base in cls.__mro__[1:]):
            raise TypeError(f"{cls.__name__} cannot have a field {name!r}, which every one of its kind has; rename it")
        default = inspect.getattr_static(cls, name, MISSING)
        found[name] = Field(name, kind_of(annotation), default, help_for(name, cls))
    return dict(sorted(found.items(), key=lambda item: item[1].kind.keyword))


@functools.cache
def annotated(cls: type) -> dict[str, Any]:
    """The annotations of a class, without those of its bases."""
    return inspect.get_annotations(cls, eval_str=True)


def help_for(name: str, cls: type) -> str:
    """The line of a class's docstring, or of its bases', that begins with the field's name."""
    helps = (helps_in(vars(base).get("__doc__") or "") for base in cls.__mro__)
    return next((found[name] for found in helps if name in found), "")


@functools.cache
def helps_in(docstring: str) -> dict[str, str]:
    """The lines "name: text" of a docstring; the first of each name."""
    lines = re.findall(r"^\s*(\w+): (.+?)\s*$", docstring, re.MULTILINE)
    return dict(reversed(lines))


def signature(fields: dict[str, Field]) -> inspect.Signature:
    """What help() and editors show."""
    parameters = []
    by_name = False
    for field in fields.values():
        by_name = by_name or field.kind.keyword
        parameters.append(
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY if by_name else inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if field.default is MISSING else field.default,
            )
        )
    ordered = sorted(parameters, key=lambda p: (p.kind, p.default is not inspect.Parameter.empty))
    return inspect.Signature(ordered)
