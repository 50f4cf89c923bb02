"""Two spellings, one vocabulary: the words of 2015 are read as today's, here and nowhere else."""

import difflib
import functools
import inspect
import warnings
from collections.abc import Callable, Iterable
from numbers import Integral  # NumPy's whole numbers too
from typing import Any, TypeVar

from kit import words_of_keras
from kit.fields import MISSING
from kit.names import near_miss

# 2015 (and the years between) -> today; of several words, the first that the class has
SYNONYMS = {
    "output_dim": "units",
    "nb_filter": "filters",
    "stack_size": "input_channels",
    "init": "kernel_initializer embeddings_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer embeddings_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint embeddings_constraint",
    "b_constraint": "bias_constraint",
    "border_mode": "padding",
    "subsample": "strides",
    "poolsize": "pool_size",
    "p": "rate",
    "sigma": "stddev",
    "alpha": "negative_slope",
    "dims": "target_shape",
    "lr": "learning_rate",
    "global_clipnorm": "clipnorm",
    "max_value": "m",
    "nb_epoch": "epochs",
    "nb_classes": "num_classes",
    "nb_words": "num_words",
    "l1": "l",
    "l2": "l",
    "x": "X",
    "filepath": "path",
    "filename": "path",
}
OPPOSITES = {"ignore_border": "ceil_mode"}  # True in one is False in the other
PARTS = {"nb_row": ("kernel_size", 0), "nb_col": ("kernel_size", 1)}  # one number of a pair
FORMER = {"mode", "image_shape", "kappa"}  # taken where the class had them in 2015, and nothing depends on them here


def synonym(word: str, known: Iterable[str]) -> str | None:
    """Today's name for a word, among those that are known."""
    return next((name for name in SYNONYMS.get(word, "").split() if name in known), None)


def today(words: dict[str, Any], known: Iterable[str], owner: str, former: Iterable[str] = ()) -> dict[str, Any]:
    """The same arguments under today's names; those that are `former` are left out.

    Raises TypeError for a word that is not known, with the nearest one that is, and for one said twice.
    """
    known = set(known)
    said: dict[str, Any] = {}
    pairs: dict[str, dict[int, Any]] = {}
    for word, value in words.items():
        name = word
        if word not in known:
            if word in OPPOSITES and OPPOSITES[word] in known:
                name, value = OPPOSITES[word], not value
            elif word in PARTS and PARTS[word][0] in known:
                name, index = PARTS[word]
                pairs.setdefault(name, {})[index] = value
                value = (pairs[name].get(0, value), pairs[name].get(1, value))
            elif meant := synonym(word, known):
                name = meant
            elif word in former:
                forget(word, value, owner)
                continue
            elif (of_keras := words_of_keras.about(word)) and of_keras.means_nothing(value):
                continue
            else:
                said_of_it = f": {of_keras.advice}" if of_keras else meant_instead(word, known)
                raise TypeError(f"{owner} has no argument {word!r}{said_of_it}")
        if name in said and (word not in PARTS or len(pairs.get(name, ())) == 1):
            raise TypeError(f"{owner} got {name!r} twice (once as {word!r}); say it once")
        said[name] = value
    return said


def meant_instead(word: str, known: Iterable[str]) -> str:
    """The end of an error: the nearest word, one of 2015 only where it is very near, or all of today's."""
    old = [name for name in SYNONYMS if synonym(name, known)]
    slips = difflib.get_close_matches(word, old, n=3, cutoff=0.85)
    return near_miss(word, [*known, *slips]) or f"; it takes {', '.join(sorted(known))}"


def forget(word: str, value: Any, owner: str) -> None:
    """Lets go of a word of 2015 that has no meaning here. ValueError where it had one that matters."""
    if word == "mode" and value != 0:
        raise ValueError(f"{owner}(mode={value!r}): use LayerNormalization for the statistics of each sample")
    if word == "kappa":
        warnings.warn(f"{owner}(kappa={value!r}) has no meaning any more; leave it out", stacklevel=5)


def former(cls: Any) -> set[str]:
    """The words that a class took in 2015 and that mean nothing here."""
    return FORMER & set(cls.seed_order.split())


def read(cls: Any, args: tuple[Any, ...], words: dict[str, Any], extra: Iterable[str] = ()) -> dict[str, Any]:
    """The fields that a call of a declared class gives, by today's names, defaults filled in, each checked.

    extra: words that are no fields but are passed on as they are.
    """
    owner, fields = cls.__name__, cls.declaration
    placed = positional(cls, args, words)
    if twice := next((word for word in words if word in placed), None):
        raise TypeError(f"{owner} got {twice!r} twice; say it once")
    said = today({**placed, **words}, [*fields, *extra], owner, former(cls))
    for name, field in fields.items():
        if name not in said:
            if field.default is MISSING:
                raise TypeError(f"{owner} needs {name}: {field.help or field.kind.wanted}")
            said[name] = field.default
        else:
            said[name] = field.convert(said[name], owner)
    return said


def positional(cls: Any, args: tuple[Any, ...], words: Iterable[str] = ()) -> dict[str, Any]:
    """The words that the arguments without a name stand for, in the first order in which each fits where it stands."""
    fields = cls.declaration
    if cls.all_sizes and args and all(isinstance(size, Integral) for size in args):
        return {cls.all_sizes: args}
    readings = []
    for order in orders(cls, args, words):
        if len(args) <= len(order):
            placed = dict(zip(order, args, strict=False))
            meant = {word: value for word, value in placed.items() if word not in former(cls)}
            said = today(meant, [*fields, "weights"], cls.__name__)
            if all(fields[name].fits(value) for name, value in said.items() if name in fields):
                return placed
            readings.append(placed)
    if not readings:
        house = [name for name, field in fields.items() if not field.kind.keyword]
        raise TypeError(f"{cls.__name__} takes {len(house)} arguments at most ({', '.join(house)}), not {len(args)}")
    return readings[0]


def orders(cls: Any, args: tuple[Any, ...], words: Iterable[str] = ()) -> list[list[str]]:
    """The orders in which positional arguments can be meant, likeliest first.

    Leading sizes go from input to output as in 2015 ("Dense(20, 64)"); with fewer, the input's is inferred
    ("Dense(64)"), and what follows is in today's order. The last sizes may be said by name
    ("Dense(20, output_dim=64)").
    """
    fields = cls.declaration
    house = [name for name, field in fields.items() if not field.kind.keyword]
    seed = cls.seed_order.split()
    leading = 0
    while leading < len(args) and isinstance(args[leading], Integral) and not isinstance(args[leading], bool):
        leading += 1
    inferred = {name for name, field in fields.items() if field.kind.axis is not None}
    needed = [size for size in cls.leading_sizes if size not in inferred and not synonym(size, inferred)]
    found = []
    rest = cls.leading_sizes[leading:]
    if cls.leading_sizes and (not rest or (leading == len(args) > 0 and set(rest) <= set(words))):
        found.append([*cls.leading_sizes, *seed])
    elif len(needed) > 2 and leading == len(needed):
        if args[leading - 1] != args[leading - 2]:
            raise TypeError(
                f"{cls.__name__}{args!r} can be read two ways; write the window by name, "
                "for example kernel_size=(3, 2) or kernel_size=3, strides=2"
            )
        found.append([*needed, *seed])
    found.append(house)
    if not cls.leading_sizes:
        found.append(seed)
    return found


F = TypeVar("F", bound=Callable[..., Any])


def spelled(method: F) -> F:
    """A method or function that takes its keywords in either spelling, and says which word it does not know."""
    signature = inspect.signature(method)
    known = [name for name in signature.parameters if name != "self"]
    of_object = "self" in signature.parameters

    @functools.wraps(method)
    def wrapper(*args: Any, **words: Any) -> Any:
        owner = method.__name__
        if of_object:
            owner = type(args[0]).__name__ + (f".{owner}" if owner != "__init__" else "")
        words = today(words, known, owner) if words else words
        try:
            signature.bind(*args, **words)
        except TypeError as error:
            raise TypeError(f"{owner}: {error}; it takes {', '.join(known)}") from None
        return method(*args, **words)

    return wrapper  # type: ignore[return-value]
