"""Layers that learn a vector for each word."""

from torch import Tensor
from torch.nn import functional as F

from kit import activations
from kit.activations import ActivationName
from kit.constraints import ConstraintName
from kit.fields import Size
from kit.initializations import InitializerName
from kit.layers.layer import Layer, ShapeError
from kit.regularizers import RegularizerName
from kit.symbols import Shape


class Embedding(Layer):
    """y = E[x]: the vector of each word index.

    In (n, ...) whole numbers from 0 to input_dim - 1; out (n, ..., output_dim). Raises ValueError on another number.

    input_dim: how many words there are.
    output_dim: width of a vector.
    embeddings_initializer: how E (input_dim, output_dim) starts.
    embeddings_regularizer: penalty on E, such as "l2(0.01)".
    embeddings_constraint: what E is held to, such as "unitnorm".
    mask_zero: whether 0 stands for no word; layers behind then leave those times out.
    """

    family = "embeddings"
    takes_integers = True
    looked_up = ("embeddings",)
    seed_order = "input_dim output_dim init weights W_regularizer W_constraint"

    input_dim: Size
    output_dim: Size
    embeddings_initializer: InitializerName = "uniform"
    embeddings_regularizer: RegularizerName = None
    embeddings_constraint: ConstraintName = None
    mask_zero: bool = False

    embeddings: Tensor

    def validate(self) -> None:
        self.makes_mask = self.mask_zero  # type: ignore[misc]

    def output_mask(self, inputs: tuple[Tensor, ...], masks: tuple[Tensor | None, ...]) -> Tensor | None:
        return inputs[0] != 0 if self.mask_zero else None

    def build(self) -> None:
        self.add_weight("embeddings", (self.input_dim, self.output_dim))

    def forward(self, x: Tensor) -> Tensor:
        return look_up(self, x, self.embeddings)


class WordContextProduct(Layer):
    """y = activation(W[x1] · C[x2]): how well a word and its context go together (Mikolov et al. 2013).

    In (n, pair) whole numbers from 0 to input_dim - 1, the word first; out (n, 1).

    input_dim: how many words there are.
    proj_dim: width of a vector.
    embeddings_initializer: how the words' W and the contexts' C (input_dim, proj_dim) start.
    activation: function applied to the product; linear if none.
    """

    family = "embeddings"
    input_axes = "pair"
    takes_integers = True
    looked_up = ("words", "contexts")
    seed_order = "input_dim proj_dim init activation weights"

    input_dim: Size
    proj_dim: Size = 128
    embeddings_initializer: InitializerName = "uniform"
    activation: ActivationName = "sigmoid"

    words: Tensor
    contexts: Tensor

    def check(self, shape: Shape) -> None:
        if shape != (2,):
            raise ShapeError(f"{self.label} takes pairs (n, 2) of word and context, but (n, {shape[0]}) came")

    def build(self) -> None:
        self.add_weight("words", (self.input_dim, self.proj_dim), fields="embeddings")
        self.add_weight("contexts", (self.input_dim, self.proj_dim), fields="embeddings")

    def forward(self, x: Tensor) -> Tensor:
        words, contexts = look_up(self, x[:, 0], self.words), look_up(self, x[:, 1], self.contexts)
        return activations.get(self.activation)((words * contexts).sum(-1, keepdim=True))


def look_up(layer: Layer, x: Tensor, table: Tensor) -> Tensor:
    """The rows of a table that x numbers. ValueError where it has no such row."""
    try:
        return F.embedding(x.long(), table, sparse=layer.by_row)
    except IndexError:
        raise ValueError(
            f"{layer.label} takes whole numbers from 0 to {len(table) - 1}, but {int(x.min())} to {int(x.max())} came; "
            "give it a larger input_dim, or leave the rare words out"
        ) from None


__all__ = ["Embedding", "WordContextProduct"]
