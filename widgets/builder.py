"""Builder: a model made by hand, on a canvas, in a list or as code."""

from __future__ import annotations

import json
import weakref
from typing import Any

import numpy as np

from kit.analysis import analyse
from kit.code import CodeError, from_code, to_code
from kit.forms import palette
from kit.graph import Document, check, document, from_document, sinks
from kit.layers.layer import CATALOG
from kit.models import Model
from kit.plotting import diagram
from kit.symbols import Shape
from widgets.panel import Message, Panel, Part, field

LARGEST_MESSAGE = 4_000_000  # characters of a document or of code


EDITINGS: weakref.WeakSet[Editing] = weakref.WeakSet()  # so that a new layer reaches every open palette


def bare(document: Document) -> Document:
    """A document without what is only for the eye."""
    nodes = [{key: value for key, value in node.items() if key != "position"} for node in document["nodes"]]
    return {**document, "nodes": nodes}


class Editing(Part):
    """The document under the builder's hands, and every document before and after it."""

    name = "builder"

    def __init__(self, start: Document, shape: Shape | None = None, outputs: int | None = None) -> None:
        super().__init__()
        self.document, self.shape, self.outputs = check(start), shape, outputs
        self.revision = 0
        self.undone: list[tuple[str, Document]] = []
        self.done: list[tuple[str, Document]] = []
        self.layers_sent: list[type] = []
        EDITINGS.add(self)

    def change(self, new: Document, what: str) -> None:
        """Puts a new document in place of this one, to be undone later."""
        with self.lock:
            if new != self.document:
                self.done.append((what, self.document))
                self.document, self.undone = new, []
                self.revision += 1

    def report(self) -> dict[str, Any]:
        """The analysis of the document; where the data want so many outputs, an end that gives others is an error."""
        report = analyse(self.document, self.shape)
        ends = sinks(self.document)
        if self.outputs is not None and not report["error"] and len(ends) == 1:
            last = report["nodes"][ends[0]]
            if last["output"] not in (None, [self.outputs]):
                first = "put Flatten() before the last layer, and " if len(last["output"]) > 1 else ""
                message = (
                    f"the data want (n, {self.outputs}) of the last layer, but it gives "
                    f"(n, {', '.join(map(str, last['output']))}); {first}give it {self.outputs} units"
                )
                last["error"], report["error"] = {"message": message, "field": None}, message
        return report

    def code(self) -> str:
        """The document as Python text; a comment that says what is missing where it is not complete."""
        report = analyse(self.document, self.shape)
        errors = [f"{name}: {node['error']['message']}" for name, node in report["nodes"].items() if node["error"]]
        if not errors and not report["error"]:
            return to_code(self.document)
        lines = [str(line) for text in errors or [report["error"]] for line in str(text).splitlines()]
        return "\n".join(["# This is not a model yet:", *(f"# {line}" for line in lines)]) + "\n"

    def tell(self, answers: int | None = None, problem: dict[str, Any] | None = None) -> None:
        """Sends everything there is to know of the document; the palette too, when it has changed."""
        with self.lock:
            if list(CATALOG.values()) != self.layers_sent:
                self.layers_sent = list(CATALOG.values())
                self.send("catalog", layers=palette())
            self.send(
                "state",
                revision=self.revision,
                answers=answers,
                document=self.document,
                analysis=self.report(),
                code=self.code(),
                undo=self.done[-1][0] if self.done else None,
                redo=self.undone[-1][0] if self.undone else None,
                problem=problem,
            )

    def refresh(self) -> None:
        """Sends the palette again where layers were defined since; nothing to a builder nobody has opened."""
        if self.layers_sent and list(CATALOG.values()) != self.layers_sent:
            self.tell()

    def on_hello(self, message: Message) -> None:
        """A view has appeared."""
        self.layers_sent = []
        self.tell()

    def on_edit(self, message: Message) -> None:
        """The document after one edit; refused, it stays as it was."""
        revision = field(message, "revision", int)
        try:
            if len(json.dumps(message.get("document"))) > LARGEST_MESSAGE:
                raise ValueError("the model is too large for the builder")
            self.change(check(message.get("document")), str(message.get("what", "edit"))[:80])
        except (ValueError, TypeError, RecursionError) as error:
            self.tell(revision, {"message": str(error), "line": None})
        else:
            self.tell(revision)

    def on_code(self, message: Message) -> None:
        """The document of a Python text; refused, the one from before stays."""
        revision, text = field(message, "revision", int), field(message, "text", str)
        try:
            if len(text) > LARGEST_MESSAGE:
                raise ValueError("the text is too long")
            self.change(self.placed(from_code(text)), "edit the code")
        except CodeError as error:
            self.tell(revision, {"message": str(error), "line": error.line})
        except (ValueError, TypeError, RecursionError, MemoryError) as error:
            self.tell(revision, {"message": str(error), "line": None})
        else:
            self.tell(revision)

    def placed(self, new: Document) -> Document:
        """A new document whose nodes stand where those of the same name stand now."""
        places = {node["id"]: node["position"] for node in self.document["nodes"] if "position" in node}
        if not all(node["id"] in places for node in new["nodes"]):
            return new
        return {**new, "nodes": [{**node, "position": places[node["id"]]} for node in new["nodes"]]}

    def on_undo(self, message: Message) -> None:
        """One step back."""
        self.step(self.done, self.undone)

    def on_redo(self, message: Message) -> None:
        """One step forward again."""
        self.step(self.undone, self.done)

    def step(self, source: list[tuple[str, Document]], target: list[tuple[str, Document]]) -> None:
        """Takes the latest document of one stack, and lays the present one on the other."""
        if source:
            what, other = source.pop()
            target.append((what, self.document))
            self.document = other
            self.revision += 1
        self.tell()


def start_document(start: Any, shape: Shape | None) -> Document:
    """The document to begin with: of a model, of a text, a document itself, or an Input alone."""
    if start is None:
        nodes = [] if shape is None else [{"id": "input_1", "layer": "Input", "config": {"shape": list(shape)}}]
        return {"version": 1, "nodes": nodes, "edges": []}
    if isinstance(start, Model):
        return document(start)
    if isinstance(start, str):
        return from_code(start)
    return check(start)


class Builder(Panel):
    """A canvas on which a model is made: drag layers from the palette, connect them, change their fields.

    start: a Model, a graph document or Python text to begin with. input_shape: of one sample, without the batch axis.
    `model` is the model as it stands, `code` its Python text, `document` its graph document.
    """

    def __init__(self, start: Any = None, input_shape: Shape | int | None = None) -> None:
        shape = None if input_shape is None else tuple(int(size) for size in np.atleast_1d(input_shape))
        self.editing = Editing(start_document(start, shape), shape)
        super().__init__("builder", self.editing)

    @property
    def document(self) -> Document:
        """The graph document as it stands."""
        return self.editing.document

    @property
    def code(self) -> str:
        """The Python text that makes the model."""
        return self.editing.code()

    @property
    def model(self) -> Model:
        """A new model, as it stands on the canvas. ValueError, with the reason, where it is not complete."""
        return from_document(bare(self.document))

    def picture(self) -> bytes:
        """A PNG of the diagram."""
        return diagram(bare(self.document))._repr_png_()

    def __repr__(self) -> str:
        return f"<Builder of {len(self.document['nodes'])} nodes>"
