"""The masks that Keras 3 writes down as operations in a functional model, as terms that can be compared.

A mask travels with the numbers here, as it does in Keras before it is written down. So it needs no layer of its own,
but what is written down must be the mask that travels.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kit.storage.foreign.keras_calls import Reference, tensors
from kit.storage.foreign.keras_options import Obstacle

if TYPE_CHECKING:
    from kit.storage.foreign.keras_graph import Entry

Term = frozenset[str]  # a mask is where one of these holds something; two masks are the same where their terms are

ALL: Term = frozenset(["all"])  # every time holds something
NONE: Term = frozenset()
CONSTANTS = {"OnesLike": ALL, "ZerosLike": NONE}


def term(what: str, *parts: Any) -> Term:
    """A mask of its own, made of these parts; short, however much they hold."""
    said = repr((what, *(sorted(part) if isinstance(part, frozenset) else part for part in parts)))
    return frozenset([hashlib.sha256(said.encode(errors="replace")).hexdigest()])


def unlike(of: Reference, value: float, whole: bool = False) -> Term:
    """Where a value is not this number; whole: where not all of its last axis is."""
    return term("unlike", of, float(value), whole)


def either(terms: Iterable[Term]) -> Term:
    """Where one of some masks holds something."""
    found = NONE.union(*terms)
    return ALL if found >= ALL else found


def joined(terms: Iterable[Term], axis: int, rank: int) -> Term | None:
    """The mask of what joins values of this rank along an axis; None where there is none."""
    axis %= rank
    if rank != 3 or not axis:
        return None
    return term("one behind the other", *terms) if axis == 1 else either(terms)


class Masks:
    """The masks among the operations of a model. nodes: the calls of each entry, as they are written."""

    def __init__(self, entries: Mapping[str, Entry], nodes: Mapping[str, list[Any]]) -> None:
        self.entries, self.nodes = entries, nodes
        self.terms: dict[str, Term | None] = {}

    def of(self, value: Any) -> Term | tuple[Term | None, ...] | None:
        """The mask that a call is given, or those for several inputs; None for what is no mask."""
        if isinstance(value, list):
            return tuple(None if each is None else self.of_one(each) for each in value)
        return self.of_one(value)

    def of_one(self, value: Any) -> Term | None:
        """The mask that is the output of an operation; None for what is no mask."""
        try:
            ((name, _, _),) = tensors(value)
        except (Obstacle, KeyError, TypeError, ValueError):
            return None
        return self.named(name)

    def named(self, name: str) -> Term | None:
        """The mask that an operation gives; None where it gives none."""
        if name not in self.terms:
            self.terms[name] = None  # what reads itself gives none
            with contextlib.suppress(Obstacle, KeyError, TypeError, ValueError, IndexError, OverflowError):
                self.terms[name] = self.read(self.entries[name], self.nodes[name])
        return self.terms[name]

    def read(self, entry: Entry, calls: list[Any], whole: bool = False) -> Term | None:
        """The mask that a call of an operation gives; whole: along its last axis."""
        if entry.known is not None or len(calls) != 1:
            return None
        args, axis = calls[0]["args"], entry.config.get("axis", -1)
        if entry.cls == "NotEqual":
            (of,) = tensors(args[0])
            return unlike(of, args[1], whole) if isinstance(args[1], int | float) else None
        if entry.cls in CONSTANTS:
            return CONSTANTS[entry.cls]
        names = [name for name, _, _ in tensors(args)]
        if entry.cls == "Any" and axis == -1 and not entry.config.get("keepdims"):
            of_numbers = self.entries[names[0]].cls == "NotEqual"
            return self.read(self.entries[names[0]], self.nodes[names[0]], True) if of_numbers else self.named(names[0])
        found = [self.named(name) for name in names]
        terms = [each for each in found if each is not None]
        if len(terms) < len(found):
            return None
        if entry.cls == "LogicalOr":
            return either(terms)
        if entry.cls == "Concatenate":
            return joined(terms, axis, len(args[0][0]["config"]["shape"]))
        return terms[0] if entry.cls == "ExpandDims" and axis == -1 else None

    def written(self) -> set[str]:
        """The operations that are there for masks alone."""
        calls = [call for calls in self.nodes.values() for call in calls if isinstance(call, Mapping)]
        given = [call["kwargs"] for call in calls if isinstance(call.get("kwargs"), Mapping)]
        waiting = [value for words in given for word, value in words.items() if word.endswith("mask")]
        found: set[str] = set()
        while waiting:
            for name in names_in(waiting.pop()) - found:
                if name in self.entries and self.entries[name].known is None:
                    found.add(name)
                    waiting += [call.get("args") for call in self.nodes[name] if isinstance(call, Mapping)]
        return found


def names_in(value: Any) -> set[str]:
    """The layers and operations whose outputs are in the arguments of a call."""
    if isinstance(value, list):
        return {name for each in value for name in names_in(each)}
    try:
        return {name for name, _, _ in tensors(value)}
    except (Obstacle, KeyError, TypeError, ValueError):
        return set()
