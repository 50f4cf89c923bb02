"""What a model has learned, while its document is being edited."""

from __future__ import annotations

from typing import Any

from kit.analysis.survey import survey
from kit.carry import Kept, Wanted, carry, kept, names_before
from kit.graph import Document, from_document, layer_class
from kit.layout import bare, layout_of
from kit.models import Model
from kit.structure import INPUT
from kit.symbols import Shape

MOST = 4  # earlier models that are kept


class Weights:
    """The model that was last made of a document, or given, whose weights the next is to keep.

    modelled: what it is the model of. learned: whether it is more than a beginning, though it was not trained here.
    before: earlier ones, with what they are models of, so that an edit that is undone gives them back as they were.
    """

    def __init__(self) -> None:
        self.model: Model | None = None
        self.modelled: Document | None = None
        self.learned = False
        self.before: list[tuple[Document, Model]] = []

    def hold(self, model: Model, document: Document) -> None:
        """Takes a model as that of a document; the one before it is given back by undo."""
        if self.model is not None and self.modelled is not None:
            self.before = [*self.before, (self.modelled, self.model)][-MOST:]
        self.model, self.modelled, self.learned = model, bare(document), model.weights_given

    def forget(self) -> None:
        """What comes is another model."""
        self.model, self.modelled, self.learned, self.before = None, None, False, []

    def earlier(self, wanted: Document) -> Model | None:
        """The latest earlier model of this very document."""
        return next((model for document, model in reversed(self.before) if document == wanted), None)

    @property
    def has_learned(self) -> bool:
        """Whether there are weights worth keeping."""
        return self.model is not None and (self.learned or self.model.history.steps > 0)

    def current(self, document: Document, seed: int | None = None, anew: bool = False) -> tuple[Model, Kept | None]:
        """The model of a document, and what was kept of the one before it, None where it is the same or all new.

        seed: makes new weights repeatable. anew: forget what was learned. Raises what from_document raises.
        """
        wanted, found = bare(document), None
        if self.model is None or anew:
            self.model, self.learned = from_document(wanted, seed=seed), False
        elif wanted != self.modelled and self.modelled is not None:
            learned, earlier = self.has_learned, self.earlier(wanted)
            made, found = (earlier, None) if earlier is not None else carry(self.model, wanted, seed=seed)
            self.before = [*self.before, (self.modelled, self.model)][-MOST:]
            self.model, self.learned = made, learned
        self.modelled = wanted
        self.show(document)
        return self.model, found

    def show(self, document: Document) -> None:
        """The model keeps how its document looks now, and so does a file that it is saved to."""
        if self.model is not None and bare(document) == self.modelled:
            self.model.layout = layout_of(document)

    def told(self, document: Document, shape: Shape | None) -> dict[str, Any] | None:
        """Which weights an edit keeps, as docs/protocol.md has it; None where nothing has been learned."""
        if self.model is None or not self.has_learned:
            return None
        found = survey(document, shape)
        if found.error:
            return None
        before = names_before(found.whole)
        wanted = [
            Wanted(name, before[name], layer_class(layer.node["layer"]).__name__, layer.found.weights)
            for name, layer in found.layers.items()
            if layer.own and layer.node["layer"] != INPUT and layer.found.gives is not None
        ]
        model = self.model if bare(document) == self.modelled else self.earlier(bare(document)) or self.model
        return kept(model, wanted).told()
