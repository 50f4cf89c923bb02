"""Circles of wires: what each is made of, and the wire that closed it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from kit.structure import Document, DocumentError, ordered

Wire = tuple[str, str]
MOST_NAMED = 5  # nodes of a circle that its message names


@dataclass(frozen=True)
class Circle:
    """Nodes that read each other. closing: the latest of its wires, without which there is no circle.

    way: its nodes, from one that the closing wire leads to, to the one it comes from. wires: all of it.
    """

    closing: Wire
    way: tuple[str, ...]
    wires: frozenset[Wire]

    @property
    def message(self) -> str:
        """What is wrong, in words."""
        names = [*self.way, self.way[0]]
        if len(names) > MOST_NAMED:
            names = [*names[: MOST_NAMED - 2], "…", *names[-2:]]
        return f"it reads what it gives, in a circle ({' → '.join(names)}); remove a wire of it"


def without_circles(document: Document) -> tuple[Document, list[Circle]]:
    """A document without the wires that close circles, and those circles."""
    wires = [(edge["source"], edge["target"]) for edge in document["edges"]]
    try:
        ordered([node["id"] for node in document["nodes"]], wires)
    except DocumentError:
        kept, circles = opened(wires)
        return {**document, "edges": [document["edges"][i] for i in kept]}, circles
    return document, []


def opened(wires: list[Wire]) -> tuple[list[int], list[Circle]]:
    """The places of the wires that close no circle when they are drawn in order, and the circles of the others."""
    readers: dict[str, list[str]] = {}
    kept, circles = [], []
    for i, (source, target) in enumerate(wires):
        before = reached(readers, target)
        if source in before:
            circles.append(circle(readers, before, (source, target)))
        else:
            readers.setdefault(source, []).append(target)
            kept.append(i)
    return kept, circles


def reached(readers: dict[str, list[str]], start: str) -> dict[str, str]:
    """Each node that wires lead to from one, with the node before it on a shortest way."""
    found, waiting = {start: start}, [start]
    for name in waiting:
        for reader in readers.get(name, []):
            if reader not in found:
                found[reader] = name
                waiting.append(reader)
    return found


def circle(readers: dict[str, list[str]], before: dict[str, str], closing: Wire) -> Circle:
    """The circle that a wire closes. before: of the nodes that its target leads to, the ones before them."""
    source, target = closing
    way = [source]
    while way[-1] != target:
        way.append(before[way[-1]])
    way.reverse()
    return Circle(closing, tuple(way), frozenset([*pairwise(way), closing]))
