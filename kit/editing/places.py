"""Where new nodes stand on the canvas, and how the others make room."""

from __future__ import annotations

from kit.editing.wires import downstream
from kit.structure import Document, Node, sources_of

STEPS = (236.0, 200.0)  # canvas pixels from one node to the next: to the right, or down
Place = list[float]


def places_of(document: Document) -> dict[str, Place]:
    """The places of the nodes that have one."""
    return {node["id"]: list(node["position"]) for node in document["nodes"] if node.get("position") is not None}


def put(document: Document, places: dict[str, Place]) -> Document:
    """The document with some nodes at other places."""
    nodes = [{**node, "position": places[node["id"]]} if node["id"] in places else node for node in document["nodes"]]
    return {**document, "nodes": nodes}


def make_room(document: Document, name: str) -> Document:
    """The document with a new node placed behind what it reads, and all that follows it moved as far as it needs."""
    places, sources = places_of(document), sources_of(document)
    readers = [reader for reader, reads in sources.items() if name in reads and reader in places]
    before = next((source for source in sources[name] if source in places), None)
    if before is None and not readers:
        return document
    if before is None:
        x, y = places[readers[0]]
        return put(document, {name: [x - STEPS[0], y]})
    start = places[before]
    axis = axis_of(start, places[readers[0]]) if readers else 0
    place = list(start)
    place[axis] += STEPS[axis]
    moved = {name: place}
    short = max((place[axis] + STEPS[axis] - places[reader][axis] for reader in readers), default=0)
    if short > 0:
        for other in downstream(document, name) - {name}:
            if other in places:
                moved[other] = list(places[other])
                moved[other][axis] += short
    return put(document, moved)


def axis_of(start: Place, end: Place) -> int:
    """Which way wires lead from one place to another: 0 to the right, 1 down."""
    return int(abs(end[1] - start[1]) > abs(end[0] - start[0]))


def place_missing(document: Document) -> Document:
    """The document with a place for each node that has none, where its neighbours have one."""
    places, sources = places_of(document), sources_of(document)
    if not places or len(places) == len(document["nodes"]):
        return document
    found: dict[str, Place] = {}
    for node in document["nodes"]:
        if node["id"] not in places:
            found[node["id"]] = places[node["id"]] = beside(node, sources, places)
    return put(document, found)


def beside(node: Node, sources: dict[str, list[str]], places: dict[str, Place]) -> Place:
    """A free place behind what a node reads, or below all others."""
    known = [places[source] for source in sources[node["id"]] if source in places]
    taken = {(round(x), round(y)) for x, y in places.values()}
    place = [known[0][0] + STEPS[0], known[0][1]] if known else [0.0, max(y for _, y in places.values()) + STEPS[1]]
    while (round(place[0]), round(place[1])) in taken:
        place[1] += STEPS[1]
    return place
