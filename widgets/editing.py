"""The document under the builder's hands, and every document before and after it."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kit.analysis import Training, analyse
from kit.analysis.fitting import Fitting
from kit.carry import Kept
from kit.code import CodeError, from_code, to_code
from kit.editing import apply
from kit.editing.fragments import code_of, fragment_of, to_text
from kit.forms import palette
from kit.graph import Document, check
from kit.layers.layer import CATALOG
from kit.models import Model
from kit.objectives import OBJECTIVES
from kit.optimizers import OPTIMIZERS
from kit.structure import DocumentError, version_of
from kit.symbols import Shape
from widgets import blocks, files, templates
from widgets.files import new_file_named
from widgets.messages import asked, assumed, ends_of, labelled, names_in, sized
from widgets.panel import Message, Part, field
from widgets.placing import document_of, placed, shared
from widgets.weights import Weights

EDITINGS: weakref.WeakSet[Editing] = weakref.WeakSet()  # so that a new layer reaches every open palette
REFUSALS = (ValueError, TypeError, RecursionError, MemoryError, OSError)


class Editing(Part):
    """The document under the builder's hands, and every document before and after it.

    shape: of an input sample, for a chain without an Input. model: whose weights are kept, if there is one.
    """

    name = "builder"

    def __init__(self, start: Document, shape: Shape | None = None, model: Model | None = None) -> None:
        super().__init__()
        self.document, self.shape, self.training = check(start), shape, Training()
        self.revision = 0
        self.undone: list[tuple[str, Document]] = []
        self.done: list[tuple[str, Document]] = []
        self.layers_sent: list[type] = []
        self.weights = Weights()
        if model is not None:
            self.hold(model)
        EDITINGS.add(self)

    def hold(self, model: Model) -> None:
        """Takes a model, whose weights an edit is to keep, as that of the document as it stands."""
        with self.lock:
            self.weights.hold(model, self.document)

    def current(self, seed: int | None = None, anew: bool = False) -> tuple[Model, Kept | None]:
        """The model of the document, and what was kept of the one before it; see Weights.current."""
        with self.lock:
            return self.weights.current(self.document, seed, anew)

    def change(self, new: Document, what: str) -> None:
        """Puts a new document in place of this one, to be undone later."""
        with self.lock:
            new = shared({**new, "version": version_of(new)}, self.document)
            if new != self.document:
                self.done.append((what, self.document))
                self.document, self.undone = new, []
                self.revision += 1
                self.weights.show(new)

    def report(self) -> dict[str, Any]:
        """The analysis of the document."""
        return analyse(self.document, self.shape, self.training)

    def code(self, report: dict[str, Any] | None = None) -> str:
        """The document as Python text; a comment that says what is missing where it is not complete."""
        report = report or analyse(self.document, self.shape)
        found = [*report["nodes"].items(), *report["groups"].items()]
        errors = [f"{name}: {told_of(name, entry['error'])}" for name, entry in found if entry["error"]]
        if not errors and not report["error"]:
            try:
                return to_code(self.document)
            except (TypeError, ValueError) as error:
                errors = [f"it cannot be written down: {error}"]
        lines = [str(line) for text in errors or [report["error"]] for line in str(text).splitlines()]
        return "\n".join(["# This is not a model yet:", *(f"# {line}" for line in lines)]) + "\n"

    def tell_catalog(self) -> None:
        """Sends what can be put into a model."""
        self.layers_sent = list(CATALOG.values())
        self.send(
            "catalog",
            layers=palette(),
            templates=templates.told(),
            blocks=blocks.told(),
            optimizers=[cls.__name__ for cls in dict.fromkeys(OPTIMIZERS.values())],
            losses=list(OBJECTIVES),
        )

    def tell(
        self, answers: int | None = None, problem: dict[str, Any] | None = None, made: list[str] | None = None
    ) -> None:
        """Sends everything there is to know of the document; the palette too, when it has changed."""
        with self.lock:
            if list(CATALOG.values()) != self.layers_sent:
                self.tell_catalog()
            report, training = self.report(), self.training
            self.send(
                "state",
                revision=self.revision,
                answers=answers,
                document=self.document,
                analysis=report,
                code=self.code(None if training.outputs is not None else report),
                undo=self.done[-1][0] if self.done else None,
                redo=self.undone[-1][0] if self.undone else None,
                problem=problem,
                made=made or [],
                weights=self.weights.told(self.document, self.shape),
                training={key: getattr(training, key) for key in ("batch_size", "optimizer", "loss")},
            )

    def refresh(self) -> None:
        """Sends the palette again where layers were defined since; nothing to a builder nobody has opened."""
        if self.layers_sent and list(CATALOG.values()) != self.layers_sent:
            self.tell()

    def attempt(self, message: Message, make: Callable[[], tuple[Document, list[str]]], what: str) -> None:
        """Changes the document to what can be made, and answers; refused, it stays as it was."""
        revision, made, problem = field(message, "revision", int), list[str](), None
        try:
            new, made = make()
            self.change(check(new), what)
        except CodeError as error:
            problem = {"message": str(error), "line": error.line}
        except REFUSALS as error:
            problem = {"message": str(error) or type(error).__name__, "line": None}
        self.tell(revision, problem, made)

    def do(self, operations: Any, what: str) -> list[str]:
        """Makes edits, and shows them; gives the ids of the nodes they made. ValueError where they cannot be made."""
        with self.lock:
            new, made = self.operated(operations)
            self.change(new, what)
            self.tell(made=made)
            return made

    def replace_code(self, text: str) -> None:
        """Takes the document of a text, and shows it. CodeError where it makes no model."""
        with self.lock:
            self.change(placed(from_code(text), self.document), "edit the code")
            self.tell()

    def on_hello(self, message: Message) -> None:
        """A view has appeared."""
        self.layers_sent = []
        self.tell()

    def on_edit(self, message: Message) -> None:
        """The document after one edit."""
        self.attempt(message, lambda: (sized(message.get("document")), []), labelled(message, "edit"))

    def on_do(self, message: Message) -> None:
        """Edits that know the layers, as one."""
        self.attempt(message, lambda: self.operated(sized(message.get("operations"))), labelled(message, "edit"))

    def operated(self, operations: Any) -> tuple[Document, list[str]]:
        """The document after some operations, and the nodes they made."""
        start, anew = self.document, False
        steps: list[Any] = []
        for operation in operations if isinstance(operations, list) else [operations]:
            op = operation.get("op") if isinstance(operation, dict) else None
            name = operation.get("name") if isinstance(operation, dict) else None
            if op == "template":
                start, steps, anew = templates.template(name).document, [], True
            elif op == "block":
                saved = blocks.blocks()
                if not isinstance(name, str) or name not in saved:
                    raise DocumentError(f"there is no block {name!r}")
                steps.append({"op": "paste", "text": to_text(saved[name]), "position": operation.get("position")})
            else:
                steps.append(operation)
        made = apply(start, steps)
        if anew:
            self.weights.forget()
        return made

    def on_code(self, message: Message) -> None:
        """The document of a Python text."""
        text = field(message, "text", str)
        self.attempt(message, lambda: (placed(from_code(sized(text)), self.document), []), "edit the code")

    def on_open(self, message: Message) -> None:
        """The model of a saved file."""
        self.attempt(message, lambda: self.opened(field(message, "path", str)), "open a file")

    def opened(self, path: str) -> tuple[Document, list[str]]:
        """The document of a file's model, whose weights are kept from now on."""
        import kit

        model = kit.load(path.strip())
        new = document_of(model, self.document)
        self.weights.hold(model, {**new, "version": version_of(new)})
        return new, []

    def on_files(self, message: Message) -> None:
        """Which files there are to open."""
        self.send("files", ask=asked(message), folder=os.getcwd(), files=files.told())

    def on_save(self, message: Message) -> None:
        """The model as it stands, to a file."""
        number, path, problem = asked(message), field(message, "path", str), None
        try:
            target = new_file_named(path)
            self.current()[0].save(target)
            path = str(target)
        except REFUSALS as error:
            problem = str(error) or type(error).__name__
        self.send("saved", ask=number, path=path, problem=problem)

    def on_undo(self, message: Message) -> None:
        """One step back."""
        self.step(self.done, self.undone)
        self.tell()

    def on_redo(self, message: Message) -> None:
        """One step forward again."""
        self.step(self.undone, self.done)
        self.tell()

    def step(self, source: list[tuple[str, Document]], target: list[tuple[str, Document]]) -> None:
        """Takes the latest document of one stack, and lays the present one on the other."""
        if source:
            what, other = source.pop()
            target.append((what, self.document))
            self.document = other
            self.revision += 1
            self.weights.back(other)

    def on_training(self, message: Message) -> None:
        """How the model is going to be trained, as far as forecast and warnings ask."""
        self.training = replace(self.training, **assumed(message))
        self.tell()

    def on_save_block(self, message: Message) -> None:
        """Some nodes, kept for the palette."""
        blocks.save(field(message, "name", str), self.document, names_in(message))
        tell_all()

    def on_delete_block(self, message: Message) -> None:
        """A block less."""
        blocks.delete(field(message, "name", str))
        tell_all()

    def on_wire(self, message: Message) -> None:
        """Where a wire that is being dragged may end."""
        ends = ends_of(message)
        if len(ends) != 1:
            raise ValueError("a wire is dragged from a source, or backwards from a target")
        found = Fitting(self.document, self.shape).wire(ends.get("source"), ends.get("target"))
        self.send("wire", **{**ends, "ask": asked(message), "ends": found})  # type: ignore[arg-type]

    def on_suggest(self, message: Message) -> None:
        """Which layers fit at a place."""
        fit, others = Fitting(self.document, self.shape).suggest(**ends_of(message))
        self.send("suggest", ask=asked(message), layers=fit, others=others)

    def on_text(self, message: Message) -> None:
        """Some nodes as text."""
        fragment = fragment_of(self.document, names_in(message))
        self.send("text", ask=asked(message), fragment=to_text(fragment), code=code_of(fragment))


def told_of(name: str, error: dict[str, Any]) -> str:
    """An error without the name that is said before it."""
    return str(error["message"]).removeprefix(f"{name}: ")


def tell_all() -> None:
    """Sends the palette to every builder that is open."""
    for editing in list(EDITINGS):
        if editing.layers_sent:
            editing.tell_catalog()
