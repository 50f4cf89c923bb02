"""Templates: whole architectures, each with data it learns and how; a builder opens them, a studio trains them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from kit.code import from_code
from kit.graph import Document
from kit.names import near_miss
from widgets import template_texts as texts

CLASSES, ONE_OF_THREE = "sparse_categorical_crossentropy", "categorical_crossentropy"
NUMBERS, YES_OR_NO = "mean_squared_error", "binary_crossentropy"


@dataclass(frozen=True)
class Template:
    """An architecture. data: the name of what it learns; loss and batch_size: how."""

    title: str
    summary: str
    code: str
    data: str
    loss: str
    batch_size: int = 32

    @functools.cached_property
    def document(self) -> Document:
        """The graph document."""
        return from_code(self.code)


TEMPLATES = {
    "mlp": Template("MLP", "Two hidden layers with dropout, as in 2015", texts.MLP, "digits", CLASSES),
    "vgg": Template("VGG-like convnet", "Pairs of convolutions, then pooling", texts.VGG, "digits", CLASSES),
    "lenet": Template("LeNet", "The convnet of LeCun et al. 1998, for small digits", texts.LENET, "digits", CLASSES),
    "resnet": Template("ResNet", "Three residual blocks (He et al. 2015)", texts.RESNET, "digits", CLASSES),
    "unet": Template("U-Net", "Finds the ink in noisy digits", texts.UNET, "digits, noisy", YES_OR_NO),
    "autoencoder": Template("Autoencoder", "Digits as eight numbers", texts.AUTOENCODER, "digits, again", NUMBERS),
    "lstm": Template("LSTM classifier", "The topic of a text, word by word", texts.LSTM, "definitions", CLASSES),
    "tagger": Template("GRU tagger", "A tag for each word", texts.TAGGER, "definitions, tags", ONE_OF_THREE),
    "transformer": Template("Transformer", "Two encoder blocks", texts.TRANSFORMER, "definitions", CLASSES),
    "captions": Template("Captions", "A convnet sees, a GRU says", texts.CAPTIONS, "pictures, captions", NUMBERS),
    "otto": Template("Otto MLP", "PReLU and normalization for tables", texts.OTTO, "breast_cancer", CLASSES),
    "skip_gram": Template(
        "Skip-gram", "Word vectors", texts.SKIP_GRAM, "definitions, couples of words", YES_OR_NO, 256
    ),
}


def template(name: Any) -> Template:
    """The template of this name. ValueError where there is none."""
    if not isinstance(name, str) or name not in TEMPLATES:
        raise ValueError(f"there is no template {name!r}{near_miss(str(name), TEMPLATES)}")
    return TEMPLATES[name]


def told() -> list[dict[str, str]]:
    """What a view shows of the templates."""
    return [
        {"name": name, "title": each.title, "summary": each.summary, "data": each.data}
        for name, each in TEMPLATES.items()
    ]
