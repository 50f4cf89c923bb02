"""Kinds of field: what a declared class may be given, how that is checked, and which control edits it in a form."""

import inspect
import math
import numbers
import operator
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from torch import nn

from kit.names import bare, name_of, resolve

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING"})()


@dataclass(frozen=True)
class Kind:
    """What a field takes.

    control: which control edits it (see docs/protocol.md). wanted: the same in words, for errors.
    convert: a function from what was given to what is kept; raises TypeError or ValueError on what does not fit.
    axis: for a size that is inferred, the axis of the input (batch first) it is read from.
    keyword: taken by name only. single: one number may stand for a tuple of equal ones.
    """

    control: str
    wanted: str
    convert: Callable[[Any], Any]
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] | None = None
    axis: int | None = None
    keyword: bool = False
    single: bool = False


def whole(minimum: int | None = None, axis: int | None = None) -> Kind:
    """A whole number of at least minimum."""

    def convert(value: Any) -> int:
        if isinstance(value, bool) or (minimum is not None and operator.index(value) < minimum):
            raise ValueError(value)
        return operator.index(value)

    wanted = "a whole number" + (f" of {minimum} or more" if minimum is not None else "")
    return Kind("integer", wanted, convert, minimum=minimum, axis=axis)


def real(minimum: float | None = None, maximum: float | None = None, above: float | None = None) -> Kind:
    """A finite number from minimum to maximum, or greater than above."""

    def convert(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise TypeError(value)
        number = float(value)
        low = number >= minimum if minimum is not None else above is None or number > above
        if not (low and (maximum is None or number <= maximum) and math.isfinite(number)):
            raise ValueError(value)
        return number

    if (minimum, maximum) == (0.0, 1.0):
        return Kind("fraction", "a number from 0 to 1", convert, minimum=0, maximum=1)
    wanted = "a number"
    wanted += f" of {minimum:g} or more" if minimum is not None else f" above {above:g}" if above is not None else ""
    wanted += f" up to {maximum:g}" if maximum is not None else ""
    return Kind("number", wanted, convert, minimum=minimum if minimum is not None else above, maximum=maximum)


def sizes(count: int | None = None, minimum: int = 1, keyword: bool = False) -> Kind:
    """A tuple of whole numbers; with a count, one number stands for that many."""
    one = whole(minimum).convert

    def convert(value: Any) -> tuple[int, ...]:
        single = not isinstance(value, (tuple, list)) and not hasattr(value, "__len__")
        given = (value,) * (count or 1) if single else tuple(value)
        if count is not None and len(given) != count:
            raise ValueError(value)
        return tuple(one(size) for size in given)

    wanted = f"{count} whole number{'s' if count > 1 else ''}" if count else "a tuple of whole numbers"
    return Kind(
        "sizes", f"{wanted} of {minimum} or more", convert, minimum=minimum, keyword=keyword, single=bool(count)
    )


def choice(*options: Any) -> Kind:
    """One of some given values."""

    def convert(value: Any) -> Any:
        if value not in options:
            raise ValueError(value)
        return value

    return Kind("choice", "one of " + ", ".join(repr(option) for option in options), convert, choices=options)


def flag() -> Kind:
    """True or False."""

    def convert(value: Any) -> bool:
        if not isinstance(value, bool) and value not in (0, 1):
            raise ValueError(value)
        return bool(value)

    return Kind("flag", "True or False", convert)


def text(keyword: bool = False) -> Kind:
    """A string."""

    def convert(value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError(value)
        return value

    return Kind("text", "a string", convert, keyword=keyword)


def named(known: Mapping[str, Any], kind: str, given: int = 0, needed: bool = False) -> Kind:
    """A name out of a registry, a call of one ("l2(0.01)"), or a function of the user's.

    given: how many arguments a known function is called with; a call of one sets those after them.
    needed: whether None is refused.
    """

    def convert(value: Any) -> Any:
        if value is None and needed:
            raise TypeError(f"{kind} takes a name or a function, not None")
        resolve(value, known, kind, given)
        refuse_what_cannot_be_kept(value, known, kind)
        return value if callable(value) and not hasattr(value, "declaration") else name_of(value)

    return Kind("suggest", f"the name of a known {kind}, or a function", convert, choices=tuple(known))


def by_name(kind: Kind) -> Kind:
    """The same kind, taken by keyword only."""
    return Kind(**{**vars(kind), "keyword": True})


def refuse_what_cannot_be_kept(value: Any, known: Mapping[str, Any], kind: str) -> None:
    """Raises TypeError for a torch module, and for a user's function that a file would take for a built-in one."""
    if isinstance(value, nn.Module):
        raise TypeError(f"{kind} takes a name or a function; add the module as a layer of its own")
    inner = bare(value)
    name, home = getattr(inner, "__name__", None), getattr(inner, "__module__", None) or "torch"
    if not isinstance(name, str) or name not in known or known[name] is value:
        return
    if inner is not value:
        words = ", ".join(
            [*map(repr, value.args), *(f"{word}={setting!r}" for word, setting in value.keywords.items())]
        )
        raise TypeError(
            f'{kind}: a file would take this functools.partial for {name!r}; write "{name}({words})" instead'
        )
    if not home.startswith(("torch", "kit.")):
        raise TypeError(f"{kind} {name!r} of your own has the name of a built-in one; rename it, or files mix them up")
    if other := other_defaults(inner, known[name]):
        raise TypeError(f"{kind}: torch's {name} has other settings than the kit's; write \"{name}({other})\" instead")


def other_defaults(function: Any, ours: Any) -> str:
    """The settings of a function of torch that differ from those of ours by default: "negative_slope=0.01"."""
    try:
        theirs, own = inspect.signature(function).parameters, inspect.signature(ours).parameters
    except (TypeError, ValueError):  # made in C, it does not tell
        return ""
    both = [(name, parameter.default) for name, parameter in theirs.items() if name in own]
    return ", ".join(f"{name}={default!r}" for name, default in both if own[name].default != default)


Size = Annotated[int, whole(1)]
Single = Annotated[tuple[int], sizes(1)]
Pair = Annotated[tuple[int, int], sizes(2)]
Triple = Annotated[tuple[int, int, int], sizes(3)]
Fraction = Annotated[float, real(0.0, 1.0)]
Positive = Annotated[float, real(above=0.0)]
NonNegative = Annotated[float, real(0.0)]
InputSize = Annotated[int | None, whole(1, axis=-1)]
InputChannels = Annotated[int | None, whole(1, axis=1)]


@dataclass(frozen=True)
class Field:
    """One declared field: its name, its kind, its default (MISSING where it must be given) and a line of help."""

    name: str
    kind: Kind
    default: Any = MISSING
    help: str = ""

    def convert(self, value: Any, owner: str) -> Any:
        """The value to keep, or a ValueError (TypeError for a wrong type) that names the owner and what is wanted."""
        if value is None and self.default is None:
            return None
        try:
            return self.kind.convert(value)
        except (TypeError, ValueError) as error:
            explained = self.kind.control in ("suggest", "layer")
            said = str(error) if explained else f"{self.name} takes {self.kind.wanted}"
            raise type(error)(f"{owner}({self.name}={value!r}): {said}") from None

    def fits(self, value: Any) -> bool:
        """Whether a value is one that this field takes."""
        try:
            self.convert(value, "")
        except (TypeError, ValueError):
            return False
        return True


def kind_of(annotation: Any) -> Kind:
    """The kind an annotation declares: a Kind given with Annotated, or the plain types' own."""
    for extra in getattr(annotation, "__metadata__", ()):
        if isinstance(extra, Kind):
            return extra
    if typing.get_origin(annotation) is Literal:
        return choice(*typing.get_args(annotation))
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(annotation) if option is not type(None)]
        if len(options) == 1:
            return kind_of(options[0])
    origin = typing.get_origin(annotation) or annotation
    plain = {bool: flag, int: whole, float: real, str: text, tuple: sizes, list: sizes}
    if origin in plain:
        return plain[origin]()
    raise TypeError(
        f"a field cannot be declared as {annotation!r}; use int, float, bool, str, Literal[...] "
        "or a kind from kit.fields such as Size or Fraction"
    )
