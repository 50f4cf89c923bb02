"""Layers that let every time of a sequence look at every other."""

import functools
import math

import torch
from torch import Tensor
from torch.nn import functional as F

from kit.constraints import ConstraintName
from kit.fields import Fraction, InputSize, Positive, Size
from kit.initializations import InitializerName
from kit.layers.dropping import dropped
from kit.layers.layer import Layer, ShapeError
from kit.regularizers import RegularizerName
from kit.symbols import Shape


class MultiHeadAttention(Layer):
    """y = concat_h(softmax(Q_h K_h' / sqrt(key_dim)) V_h) W_o + b_o, with Q_h = query W_q + b_q, and so on for K and V.

    In query (n, time, features), then value and key (n, other time, features): the query stands for what is left out,
    the value for the key; out (n, time, features) (Vaswani et al. 2017).

    num_heads: how many times it looks, each with weights of its own.
    key_dim: width of a query and a key in each head.
    value_dim: width of a value in each head; key_dim if none.
    dropout: fraction of the looks dropped while training, 0 to 1.
    use_bias: whether the b are added.
    causal: whether a time sees only itself and what came before.
    kernel_initializer: how the W start.
    bias_initializer: how the b start.
    kernel_regularizer: penalty on the W, such as "l2(0.01)".
    bias_regularizer: penalty on the b.
    kernel_constraint: what the W are held to.
    bias_constraint: what the b are held to.
    input_dim: width of the inputs; inferred where it is left out.
    """

    family = "attention"
    passes_mask = True
    input_axes = "time features"
    input_count = None

    num_heads: Size
    key_dim: Size
    value_dim: Size | None = None
    dropout: Fraction = 0.0
    use_bias: bool = True
    causal: bool = False
    kernel_initializer: InitializerName = "glorot_uniform"
    bias_initializer: InitializerName = "zeros"
    kernel_regularizer: RegularizerName = None
    bias_regularizer: RegularizerName = None
    kernel_constraint: ConstraintName = None
    bias_constraint: ConstraintName = None
    input_dim: InputSize = None

    def accept(self, *shapes: Shape) -> None:
        """Raises ShapeError where the inputs' shapes do not go together."""
        super().accept(*shapes)
        if not 1 <= len(shapes) <= 3:
            raise ShapeError(f"{self.label} takes query, value and key, but {len(shapes)} inputs came")
        if len({shape[1] for shape in shapes}) > 1 or len({shape[0] for shape in shapes[1:]}) > 1:
            raise ShapeError(
                f"{self.label} takes inputs of one width, and value and key of one length, but "
                f"{' and '.join(map(str, shapes))} came; bring them to one width with Dense"
            )

    def build(self, input_dim: int) -> None:
        inner, value = self.num_heads * self.key_dim, self.num_heads * (self.value_dim or self.key_dim)
        shapes = {"query": (input_dim, inner), "key": (input_dim, inner), "value": (input_dim, value)}
        for name, shape in (shapes | {"output": (value, input_dim)}).items():
            self.add_weight(f"{name}_kernel", shape, fields="kernel")
            if self.use_bias:
                self.add_weight(f"{name}_bias", shape[1:], fields="bias")
            else:
                self.register_parameter(f"{name}_bias", None)

    def forward(
        self,
        query: Tensor,
        value: Tensor | None = None,
        key: Tensor | None = None,
        masks: tuple[Tensor | None, ...] = (),
    ) -> Tensor:
        value = query if value is None else value
        key = value if key is None else key
        given = {"query": query, "key": key, "value": value}
        q, k, v = (self.heads(self.map(name, x)) for name, x in given.items())  # (n, heads, time, width)
        seen = self.seen(q, k, masks)
        y = self.look(q, k, v, seen) if self.training and self.dropout else self.look_fused(q, k, v, seen)
        return self.map("output", y.transpose(1, 2).flatten(2))

    def map(self, name: str, x: Tensor) -> Tensor:
        """x W + b with the weights of this name."""
        return F.linear(x, getattr(self, f"{name}_kernel").t(), getattr(self, f"{name}_bias"))

    def heads(self, x: Tensor) -> Tensor:
        """(n, time, heads * width) as (n, heads, time, width)."""
        return x.unflatten(2, (self.num_heads, -1)).transpose(1, 2)

    def seen(self, q: Tensor, k: Tensor, masks: tuple[Tensor | None, ...]) -> Tensor | None:
        """Which times a time may look at, (n, 1, time, other time) or a shape that repeats to it; none for all."""
        known = [mask[:, None, None] for mask in masks[1:] or masks if mask is not None]  # of the value and the key
        if self.causal and (known or (self.training and self.dropout)):
            known.append(torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=q.device).tril())
        return functools.reduce(torch.logical_and, known) if known else None

    def look_fused(self, q: Tensor, k: Tensor, v: Tensor, seen: Tensor | None) -> Tensor:
        """softmax(q k' / sqrt(key_dim)) v."""
        return F.scaled_dot_product_attention(q, k, v, seen, is_causal=self.causal and seen is None)

    def look(self, q: Tensor, k: Tensor, v: Tensor, seen: Tensor | None) -> Tensor:
        """The same, some of the looks dropped by the layer's own generator, which torch's kernel cannot take."""
        scores = q @ k.transpose(2, 3) / math.sqrt(self.key_dim)  # (n, heads, time, other time)
        if seen is not None:
            scores = scores.masked_fill(~seen, torch.finfo(scores.dtype).min)  # a time that may see none sees all
        return dropped(scores.softmax(-1), self.dropout, self.generator) @ v


class PositionEmbedding(Layer):
    """y_t = x_t + P_t, with a learned vector for each place in the sequence.

    In (n, time, features); out the same shape.

    sequence_length: the longest sequence it can take.
    embeddings_initializer: how P (sequence_length, features) starts.
    embeddings_regularizer: penalty on P, such as "l2(0.01)".
    embeddings_constraint: what P is held to.
    input_dim: width of the input; inferred where it is left out.
    """

    family = "attention"
    passes_mask = True
    input_axes = "time features"

    sequence_length: Size
    embeddings_initializer: InitializerName = "uniform"
    embeddings_regularizer: RegularizerName = None
    embeddings_constraint: ConstraintName = None
    input_dim: InputSize = None

    embeddings: Tensor

    def check(self, shape: Shape) -> None:
        if shape[0] > self.sequence_length:
            raise ShapeError(
                f"{self.label} knows {self.sequence_length} places, but a sequence of {shape[0]} came; "
                "give it a larger sequence_length, or cut the sequences"
            )

    def build(self, input_dim: int) -> None:
        self.add_weight("embeddings", (self.sequence_length, input_dim))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.embeddings[: x.shape[1]]


class SinePositionEncoding(Layer):
    """y_t = x_t + P_t, with P_t of sin(t / w_i) and cos(t / w_i) in turn, w_i = max_wavelength^(2i / features).

    In (n, time, features); out the same shape (Vaswani et al. 2017). It has no weights, and takes any length.

    max_wavelength: the longest wave divided by 2 pi, in times.
    """

    family = "attention"
    passes_mask = True
    input_axes = "time features"

    max_wavelength: Positive = 10_000.0

    def forward(self, x: Tensor) -> Tensor:
        time, features = x.shape[1:]
        kind = torch.promote_types(x.dtype, torch.float32)
        times = torch.arange(time, dtype=kind, device=x.device)
        exponents = torch.arange(0, features, 2, dtype=kind, device=x.device) / features
        angles = times[:, None] / self.max_wavelength**exponents  # (time, features / 2)
        positions = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :features]
        return x + positions.to(x.dtype)


__all__ = ["MultiHeadAttention", "PositionEmbedding", "SinePositionEncoding"]
