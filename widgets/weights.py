"""What a model has learned, while its document is being edited."""

from __future__ import annotations

from typing import Any

from kit.analysis.survey import survey
from kit.carry import Kept, Wanted, carry, kept, names_before
from kit.graph import Document, from_document, layer_class
from kit.models import Model
from kit.structure import INPUT
from kit.symbols import Shape
from widgets.placing import bare


class Weights:
    """The model that was last made of a document, or given, whose weights the next is to keep.

    modelled: what it is the model of. learned: whether it is more than a beginning, though it was not trained here.
    """

    def __init__(self) -> None:
        self.model: Model | None = None
        self.modelled: Document | None = None
        self.learned = False

    def hold(self, model: Model, document: Document) -> None:
        """Takes a model as that of a document."""
        self.model, self.modelled, self.learned = model, bare(document), True

    def forget(self) -> None:
        """What comes is another model."""
        self.model, self.modelled, self.learned = None, None, False

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
        elif wanted != self.modelled:
            made, found = carry(self.model, wanted, seed=seed)
            self.model, self.learned = made, self.has_learned
        self.modelled = wanted
        return self.model, found

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
        return kept(self.model, wanted).told()
