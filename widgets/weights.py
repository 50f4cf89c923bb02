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

    modelled: what it is the model of. before: earlier ones, with what they are models of, so that an edit that is
    undone gives them back as they were.
    """

    def __init__(self) -> None:
        self.model: Model | None = None
        self.modelled: Document | None = None
        self.before: list[tuple[Document, Model]] = []

    def put(self, model: Model | None, modelled: Document | None) -> None:
        """Takes a model of a bare document in place of the one there is, which is kept among the earlier ones."""
        if self.model is not None and self.modelled is not None and self.model is not model:
            self.before = [*self.before, (self.modelled, self.model)][-MOST:]
        self.model, self.modelled = model, modelled

    def hold(self, model: Model, document: Document) -> None:
        """Takes a model as that of a document."""
        self.put(model, bare(document))

    def forget(self) -> None:
        """What comes is another model."""
        self.put(None, None)

    def back(self, document: Document) -> None:
        """An edit is undone or redone: the model that the document had is that of it again."""
        wanted = bare(document)
        if wanted != self.modelled and (earlier := self.earlier(wanted)) is not None:
            self.put(earlier, wanted)
        self.show(document)

    def earlier(self, wanted: Document) -> Model | None:
        """The latest earlier model of this very document."""
        return next((model for document, model in reversed(self.before) if document == wanted), None)

    @property
    def has_learned(self) -> bool:
        """Whether there are weights worth keeping."""
        return has_learned(self.model)

    def current(self, document: Document, seed: int | None = None, anew: bool = False) -> tuple[Model, Kept | None]:
        """The model of a document, and what was kept of the one before it, None where it is the same or all new.

        seed: makes new weights repeatable. anew: forget what was learned. Raises what from_document raises.
        """
        wanted, model, found = bare(document), self.model, None
        if model is None or anew:
            model = from_document(wanted, seed=seed)
        elif wanted != self.modelled:
            earlier = self.earlier(wanted)
            model, found = (earlier, None) if earlier is not None else carry(model, wanted, seed=seed)
            if earlier is None:
                model.weights_given = self.has_learned
        self.put(model, wanted)
        self.show(document)
        return model, found

    def show(self, document: Document) -> None:
        """The model keeps how its document looks now, and so does a file that it is saved to."""
        if self.model is not None and bare(document) == self.modelled:
            self.model.layout = layout_of(document)

    def told(self, document: Document, shape: Shape | None) -> dict[str, Any] | None:
        """Which weights an edit keeps, as docs/protocol.md has it; None where nothing has been learned."""
        model = self.model if bare(document) == self.modelled else self.earlier(bare(document)) or self.model
        if model is None or not has_learned(model):
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
        return kept(model, wanted).told()


def has_learned(model: Model | None) -> bool:
    """Whether a model has weights that were trained, loaded, set, or kept of one that had."""
    return model is not None and (model.weights_given or model.history.steps > 0)
