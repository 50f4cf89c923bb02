"""Repeated groups found again in a document that was written out: by the names of their copies."""

from __future__ import annotations

import re

from kit.code.loops import Folding, Loop
from kit.structure import Document

COPY = re.compile(r"(.+?)_([1-9]\d*)_(.+)", re.DOTALL)


def folded(document: Document) -> Document:
    """The document with its layers block_1_dense_1, block_2_dense_1, ... as one node that is repeated.

    Only what does the same in each copy, one behind the other, is folded; weights keep their names.
    """
    turns: dict[str, dict[int, list[int]]] = {}
    for place, node in enumerate(document["nodes"]):
        if found := COPY.fullmatch(node["id"]):
            turns.setdefault(found[1], {}).setdefault(int(found[2]), []).append(place)
    loops = []
    for group, copies in turns.items():
        numbers, places = sorted(copies), [place for number in sorted(copies) for place in copies[number]]
        together = places == list(range(places[0], places[0] + len(places)))
        if together and numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 1:
            ranges = [range(copies[number][0], copies[number][-1] + 1) for number in numbers]
            loops.append(Loop(group, None, ranges))
    if not loops or document.get("groups"):
        return document
    try:
        return Folding(document, set(), {}).fold(loops)
    except ValueError:  # a name would be taken twice
        return document
