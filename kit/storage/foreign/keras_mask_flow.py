"""Which mask goes with what a layer of Keras gives here, and where Keras would have another."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from kit.layers.layer import Layer
from kit.layers.merging import Concatenate, Merging
from kit.storage.foreign.keras_calls import MASKS, Call
from kit.storage.foreign.keras_graph import Entry
from kit.storage.foreign.keras_masks import ALL, Term, either, joined, term, unlike
from kit.storage.foreign.keras_options import Obstacle
from kit.symbols import Shape

OF_OTHERS = ("Multiply", "Maximum", "Minimum")  # in Keras 3 they leave out what is masked in one input alone


LOST = frozenset(["lost"])  # in the term of a mask that goes with a value here, and not in Keras


def is_lost(mask: Term | None) -> bool:
    """Whether a mask goes with a value here, and not in Keras."""
    return mask is not None and mask >= LOST


def moved(mask: Term | None, place: str) -> Term | None:
    """A mask that goes into a model inside, or comes out of one, where others may have its names."""
    return mask if mask is None or is_lost(mask) else term("moved", place, mask)


def check_masks(call: Call, masks: Sequence[Term | None]) -> None:
    """Raises Obstacle where a call is given other masks than those that go with its inputs."""
    for word, given in call.masks:
        here = tuple(masks) if isinstance(given, tuple) else masks[min(MASKS[word], len(masks) - 1)]
        if given is None or given != here:
            raise Obstacle("it is given another mask than that of what it reads, which alone goes with it here")


def mask_after(
    layer: Layer, entry: Entry, call: Call, masks: Sequence[Term | None], shapes: Sequence[Shape], version: int
) -> Term | None:
    """The mask that goes with what a layer gives, for inputs with these masks; None where none does.

    Raises Obstacle where the layer treats a mask otherwise than Keras of this version, 2 or 3.
    """
    if any(mask is not None for mask in masks):
        if difference := unlike_keras(layer, masks, version):
            raise Obstacle(difference)
    elif not layer.makes_mask:
        return None
    if not gives_mask(layer, masks, shapes):
        return None
    if layer.makes_mask and entry.known:
        return unlike(call.inputs[0], getattr(layer, "mask_value", 0), type(layer).__name__ == "Masking")
    if isinstance(layer, Concatenate):
        return joined([ALL if mask is None else mask for mask in masks], layer.axis, len(shapes[0]) + 1)
    if isinstance(layer, Merging):
        found = either(mask for mask in masks if mask is not None)
        return found | LOST if entry.operation and version >= 3 else found
    return masks[0] if entry.known else term("of", entry.name, call.inputs)


def unlike_keras(layer: Layer, masks: Sequence[Term | None], version: int) -> str:
    """How a layer treats masks otherwise than Keras's, or nothing."""
    name, several = type(layer).__name__, len(masks) > 1
    if (layer.mask_word or several) and any(map(is_lost, masks)):
        return "it reads a mask here that an operation before it, such as +, has dropped in Keras"
    if name == "GlobalMaxPooling1D":
        return "behind a mask it leaves the masked times out here, and not in Keras"
    if getattr(layer, "go_backwards", False) and getattr(layer, "return_sequences", False):
        return "the mask of what it read backwards runs backwards here, and forwards in Keras"
    if version >= 3 and layer.further_inputs and several and masks[0] is not None:
        return "behind a mask it leaves the masked times out here, and not in Keras where states are given"
    if version >= 3 and name in OF_OTHERS and len(set(masks)) > 1:
        return "it takes what a mask leaves out of one of its inputs from the others in Keras, and as it is here"
    return ""


def gives_mask(layer: Layer, masks: Sequence[Term | None], shapes: Sequence[Shape]) -> bool:
    """Whether a mask goes with what a layer gives."""
    samples = tuple(torch.zeros((2, *shape), device="meta") for shape in shapes)
    held = tuple(
        None if mask is None else torch.ones((2, shape[0]), device="meta").bool()
        for mask, shape in zip(masks, shapes, strict=True)
    )
    return layer.output_mask(samples, held) is not None
