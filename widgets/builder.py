"""Builder: a model made by hand, on a canvas, in a list or as code."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

import kit
from kit.code import from_code
from kit.graph import Document, check
from kit.models import Model
from kit.plotting import diagram
from kit.symbols import Shape
from widgets.editing import Editing
from widgets.files import is_file_name
from widgets.panel import Panel
from widgets.placing import document_of


def start_document(start: Any, shape: Shape | None) -> Document:
    """The document to begin with: of a model, of a text, a document itself, or an Input alone."""
    if start is None:
        nodes = [] if shape is None else [{"id": "input_1", "layer": "Input", "config": {"shape": list(shape)}}]
        return {"version": 1, "nodes": nodes, "edges": []}
    if isinstance(start, Model):
        return document_of(start)
    if isinstance(start, str):
        return from_code(start)
    return check(start)


def is_path(start: Any) -> bool:
    """Whether something names a saved file, not the text of a model."""
    return isinstance(start, os.PathLike) or (isinstance(start, str) and is_file_name(start))


class Builder(Panel):
    """A canvas on which a model is made: drag layers from the palette, connect them, change their fields.

    start: a Model, the path of a saved one, a graph document or Python text to begin with.
    input_shape: of one sample, without the batch axis.
    `model` is the model as it stands, `code` its Python text, `document` its graph document. Edits keep every weight
    that still fits, so that a trained model can be changed and trained on; `kept` says which.
    """

    def __init__(self, start: Any = None, input_shape: Shape | int | None = None) -> None:
        shape = None if input_shape is None else tuple(int(size) for size in np.atleast_1d(input_shape))
        start = kit.load(start) if is_path(start) else start
        model = start if isinstance(start, Model) else None
        self.editing = Editing(start_document(start, shape), shape, model)
        super().__init__("builder", self.editing)

    @property
    def document(self) -> Document:
        """The graph document as it stands."""
        return self.editing.document

    @property
    def code(self) -> str:
        """The Python text that makes the model. Set to another text, the canvas follows; CodeError where it cannot."""
        return self.editing.code()

    @code.setter
    def code(self, text: str) -> None:
        self.editing.replace_code(text)

    @property
    def report(self) -> dict[str, Any]:
        """What the canvas shows of the model: shapes, parameters, costs, errors and warnings with their fixes."""
        return self.editing.report()

    def do(self, op: str, **fields: Any) -> list[str]:
        """One edit, as a person would make it on the canvas; gives the ids of the nodes it made.

        op: "insert", "remove", "replace", "set", "connect", "disconnect", "bypass", "freeze", "label", "group",
        "repeat", "ungroup", "paste", "block" or "template"; docs/protocol.md says what each takes.
        ValueError, and no change, where it cannot be made.
        """
        return self.editing.do([{"op": op, **fields}], op)

    def mend(self, fix: dict[str, Any]) -> list[str]:
        """Makes the edits of a fix that the report offers; gives the ids of the nodes they made."""
        return self.editing.do(fix["operations"], fix["label"])

    def undo(self) -> None:
        """One step back."""
        self.editing.on_undo({})

    def redo(self) -> None:
        """One step forward again."""
        self.editing.on_redo({})

    @property
    def model(self) -> Model:
        """The model as it stands on the canvas: the same one as long as that is not edited.

        After an edit it is a new one, with every weight of the one before that still fits, compiled in the same way.
        ValueError, with the reason, where it is not complete.
        """
        return self.editing.current()[0]

    @property
    def kept(self) -> dict[str, Any] | None:
        """How many weights the model on the canvas takes along, which begin anew, and why; None if none has learned."""
        return self.editing.weights.told(self.document, self.editing.shape)

    def picture(self) -> bytes:
        """A PNG of the diagram."""
        return diagram(self.document)._repr_png_()

    def __repr__(self) -> str:
        return f"<Builder of {len(self.document['nodes'])} nodes>"
