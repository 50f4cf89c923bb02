"""A loop that applies the same layers again and again, each time to what it gave before, is a repeated group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kit.blocks import copy_name
from kit.code.names import AutomaticNames, next_group_name
from kit.structure import INPUT, MAXIMUM_REPEAT, Document, sinks, sources_of, version_of


@dataclass
class Loop:
    """A loop of the text; group and title are from its comments.

    turns: which nodes each turn made. inside: the loops in it.
    """

    group: str | None = None
    title: str | None = None
    turns: list[range] = field(default_factory=list)
    inside: list[Loop] = field(default_factory=list)


class Folding:
    """Finds the loops of a document that are repeated groups, and folds each into one.

    automatic: the ids that no one has given. names: ids that are to be given in place of others.
    """

    def __init__(self, document: Document, automatic: set[str], names: dict[str, str]) -> None:
        self.document, self.automatic, self.names = document, automatic, dict(names)
        self.sources = sources_of(document)
        self.readers: dict[str, list[str]] = {name: [] for name in self.sources}
        for edge in document["edges"]:
            self.readers[edge["source"]].append(edge["target"])
        self.outputs = set(document.get("outputs") or sinks(document))
        self.sharers: dict[str, list[str]] = {}
        for node in document["nodes"]:
            if node.get("shared_with") is not None:
                self.sharers.setdefault(node["shared_with"], []).append(node["id"])
        self.gone: set[str] = set()
        self.instead: dict[str, str] = {}
        self.groups: list[dict[str, Any]] = []

    def fold(self, loops: list[Loop]) -> Document:
        """The document with its loops folded, its automatic ids counted anew."""
        for loop in loops:
            self.try_loop(loop)
        return self.renamed() if self.groups or self.names else self.document

    def try_loop(self, loop: Loop) -> None:
        """Folds a loop; if that cannot be, the loops in it."""
        turns = [[self.document["nodes"][i] for i in turn] for turn in loop.turns]
        found = self.matched(turns)
        bases = self.bases(turns, loop) if found is not None else None
        if found is None or bases is None:
            for inner in loop.inside:
                self.try_loop(inner)
            return
        first, last = [node["id"] for node in turns[0]], [node["id"] for node in turns[-1]]
        self.gone |= {node["id"] for turn in turns[1:] for node in turn}
        self.instead[last[found]] = first[found]
        self.names.update(bases)
        group = {"id": loop.group, "nodes": first, "repeat": len(turns)}
        self.groups.append(group | ({"title": loop.title} if loop.title else {}))

    def matched(self, turns: list[list[dict[str, Any]]]) -> int | None:
        """The place of the exit in each turn, where all turns do the same; else None."""
        if not 2 <= len(turns) <= MAXIMUM_REPEAT or not turns[0] or any(len(turn) != len(turns[0]) for turn in turns):
            return None
        place = {node["id"]: (number, i) for number, turn in enumerate(turns) for i, node in enumerate(turn)}
        end = self.exit_of(turns, place)
        if end is None:
            return None
        for number, turn in enumerate(turns):
            before = turns[number - 1][end]["id"] if number else None
            for i, (model, node) in enumerate(zip(turns[0], turn, strict=True)):
                alike = content(model) == content(node) and self.reads_alike(model, node, turn, before, place)
                if not alike or not self.read_rightly(node, i == end, number, len(turns), place):
                    return None
        return end

    def exit_of(self, turns: list[list[dict[str, Any]]], place: dict[str, tuple[int, int]]) -> int | None:
        """The place of the node that the second turn reads of the first, where the first reads one node outside."""
        entrances, ends = set(), set()
        for model, node in zip(turns[0], turns[1], strict=True):
            reads: list[str | None] = [*self.sources[model["id"]]] or [None]  # None: a model's unknown input
            if model["layer"] == INPUT or len(self.sources[node["id"]]) != len(reads):
                return None
            for mine, other in zip(reads, self.sources[node["id"]], strict=True):
                if mine not in place:
                    entrances.add(mine)
                    ends.add(place.get(other, (1, 0)))
        only = ends.pop() if len(ends) == len(entrances) == 1 else (1, 0)
        return only[1] if only[0] == 0 else None

    def reads_alike(
        self,
        model: dict[str, Any],
        node: dict[str, Any],
        turn: list[dict[str, Any]],
        before: str | None,
        place: dict[str, tuple[int, int]],
    ) -> bool:
        """Whether a node reads and shares in its turn what its model does in the first."""
        if before is None:
            return True
        reads = [turn[place[source][1]]["id"] if source in place else before for source in self.sources[model["id"]]]
        owner = model.get("shared_with")
        shared = turn[place[owner][1]]["id"] if owner in place else owner
        return self.sources[node["id"]] == (reads or [before]) and node.get("shared_with") == shared

    def read_rightly(
        self, node: dict[str, Any], is_exit: bool, number: int, count: int, place: dict[str, tuple[int, int]]
    ) -> bool:
        """Whether a node is read within its turn; the exit by the next turn, that of the last by anyone."""
        name, readers = node["id"], self.readers[node["id"]]
        if any(sharer not in place for sharer in self.sharers.get(name, [])):
            return False
        if is_exit and number == count - 1:
            return not any(reader in place for reader in readers)
        turn = number + 1 if is_exit else number
        return bool(readers) and name not in self.outputs and all(place.get(r, (-1, 0))[0] == turn for r in readers)

    def bases(self, turns: list[list[dict[str, Any]]], loop: Loop) -> dict[str, str] | None:
        """The names that the nodes of a block were given, without its copies' prefix; None where they have others."""
        found: dict[str, str] = {}
        for nodes in zip(*turns, strict=True):
            if "shared_with" in nodes[0]:  # a comment says what it is called, in each turn the same
                if len({self.names.get(node["id"]) for node in nodes}) > 1:
                    return None
                continue
            names = [node["id"] for node in nodes]
            if all(name in self.automatic for name in names):
                continue
            for group in [loop.group] if loop.group else prefixes(names[0]):
                base = names[0].removeprefix(copy_name(group, 1, ""))
                if base and names == [copy_name(group, i, base) for i in range(1, len(names) + 1)]:
                    loop.group = group
                    found[nodes[0]["id"]] = base
                    break
            else:
                return None
        own = {node["id"] for node in self.document["nodes"]} - self.automatic
        known = [*found.values(), *own]
        return found if len(set(known)) == len(known) else None

    def renamed(self) -> Document:
        """The document without the copies, under the ids it has then."""
        kept = [node for node in self.document["nodes"] if node["id"] not in self.gone]
        new = self.new_names(kept)
        nodes = []
        for node in kept:
            made = {**node, "id": new[node["id"]]}
            if "shared_with" in node:
                made["shared_with"] = new[node["shared_with"]]
            nodes.append(made)
        ends = {**new, **{last: new[first] for last, first in self.instead.items()}}
        edges = [
            {"source": ends[edge["source"]], "target": new[edge["target"]]}
            for edge in self.document["edges"]
            if edge["target"] not in self.gone
        ]
        made = {"version": 1, "nodes": nodes, "edges": edges}
        if "outputs" in self.document:
            outputs = [ends[output] for output in self.document["outputs"]]
            made.update({"outputs": outputs} if outputs != sinks(made) else {})
        if self.groups:
            made["groups"] = list(self.named_groups(new))
        made["version"] = version_of(made)
        return made

    def new_names(self, kept: list[dict[str, Any]]) -> dict[str, str]:
        """For each node that stays its id, the automatic ones counted anew. ValueError where two would be the same."""
        names, found = AutomaticNames(), dict[str, str]()
        for node in kept:
            name = node["id"]
            if name in self.names or name not in self.automatic:
                found[name] = self.names.get(name, name)
            elif "shared_with" in node:
                found[name] = names.next_again(found[node["shared_with"]])
            else:
                found[name] = names.next(node["layer"])
            if found[name] in names.taken:
                raise ValueError(f"two layers are called {found[name]!r}; give each its own name")
            names.taken.add(found[name])
        return found

    def named_groups(self, new: dict[str, str]) -> Iterator[dict[str, Any]]:
        """The groups with their ids, the missing ones made up, and the ids of their nodes."""
        taken = set(new.values())
        for group in self.groups:
            name = group["id"] or next_group_name(taken)
            if name in taken:
                raise ValueError(f"a group is called {name!r}, as something else is; give it its own name")
            taken.add(name)
            yield {**group, "id": name, "nodes": [new[node] for node in group["nodes"]]}


def content(node: dict[str, Any]) -> dict[str, Any]:
    """What a node says but for its name and what it shares."""
    return {key: value for key, value in node.items() if key not in ("id", "shared_with")}


def prefixes(name: str) -> list[str]:
    """What the group of a first copy may be called: of "a_1_b_1_c", a and a_1_b."""
    parts = name.split("_1_")
    return ["_1_".join(parts[:i]) for i in range(1, len(parts))]
