"""The block that transformers are made of."""

from typing import TypeVar

from torch import Tensor

from kit.activations import ActivationName
from kit.fields import Fraction, InputSize, Positive, Size
from kit.initializations import InitializerName
from kit.layers.attention import MultiHeadAttention
from kit.layers.core import Dense, Dropout
from kit.layers.layer import Layer, ShapeError
from kit.layers.normalization import LayerNormalization
from kit.symbols import Shape

Part = TypeVar("Part", bound=Layer)


class TransformerEncoder(Layer):
    """y = norm(z + W_2 activation(W_1 z + b_1) + b_2), with z = norm(x + attention(x)).

    In (n, time, features); out the same shape (Vaswani et al. 2017).

    intermediate_dim: width between W_1 and W_2.
    num_heads: how many times the attention looks, each with features / num_heads numbers.
    dropout: fraction dropped of the looks and of what is added to x and to z while training, 0 to 1.
    activation: function between W_1 and W_2.
    epsilon: added to the variance where it normalizes.
    kernel_initializer: how the W start.
    bias_initializer: how the b start.
    normalize_first: whether what is added is made of norm(x) and norm(z), and the sums are left as they are.
    causal: whether a time sees only itself and what came before, as a language model must.
    input_dim: width of the input; inferred where it is left out.
    """

    family = "attention"
    input_axes = "time features"
    passes_mask = True

    intermediate_dim: Size
    num_heads: Size
    dropout: Fraction = 0.0
    activation: ActivationName = "relu"
    epsilon: Positive = 1e-5
    kernel_initializer: InitializerName = "glorot_uniform"
    bias_initializer: InitializerName = "zeros"
    normalize_first: bool = False
    causal: bool = False
    input_dim: InputSize = None

    def check(self, shape: Shape) -> None:
        if shape[-1] % self.num_heads:
            raise ShapeError(
                f"{self.label} cannot give {self.num_heads} heads as many of {shape[-1]} features; "
                "change num_heads, or bring the features to a multiple of it with Dense"
            )

    def build(self, input_dim: int) -> None:
        starts = {"kernel_initializer": self.kernel_initializer, "bias_initializer": self.bias_initializer}
        width = input_dim // self.num_heads
        attention = MultiHeadAttention(self.num_heads, width, dropout=self.dropout, causal=self.causal, **starts)
        self.attention = self.part(attention, (1, input_dim))
        self.attention_norm = self.part(LayerNormalization(epsilon=self.epsilon), (input_dim,))
        self.widen = self.part(Dense(self.intermediate_dim, self.activation, **starts), (input_dim,))
        self.narrow = self.part(Dense(input_dim, **starts), (self.intermediate_dim,))
        self.norm = self.part(LayerNormalization(epsilon=self.epsilon), (input_dim,))
        self.drop = self.part(Dropout(self.dropout), (input_dim,))

    def part(self, layer: Part, shape: Shape) -> Part:
        """A layer with its weights made, which draws from this one's generator and is frozen where this one is."""
        layer.generator, layer.trainable = self.generator, self.trainable  # type: ignore[misc]
        layer.build_for(shape)
        return layer

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if self.normalize_first:
            z = x + self.drop(self.attention(self.attention_norm(x), masks=(mask,)))
            return z + self.drop(self.narrow(self.widen(self.norm(z))))
        z = self.attention_norm(x + self.drop(self.attention(x, masks=(mask,))))
        return self.norm(z + self.drop(self.narrow(self.widen(z))))


__all__ = ["TransformerEncoder"]
