"""Symbols: what flows through a graph while it is being described, shapes instead of numbers."""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from kit.spelling import spelled

if TYPE_CHECKING:
    from torch import nn

Shape = tuple[int, ...]


@dataclass(eq=False)
class Symbol:
    """The output of a layer in a graph, or an input of it. shape: of one sample, without the batch axis.

    + - * make, of two of them, the symbol of Add, Subtract, Multiply; + - * / with a number, that of Rescaling.
    """

    __array_ufunc__: ClassVar[None] = None  # numbers of NumPy leave the computing to it

    shape: Shape
    layer: nn.Module | None = None
    sources: tuple[Symbol, ...] = ()
    name: str | None = None
    order: int = field(default_factory=itertools.count().__next__)  # which was made first names its layer first

    @classmethod
    def __torch_function__(cls, function: Any, kinds: Any, args: Any = (), words: Any = None) -> Any:
        raise TypeError(
            f"torch's {getattr(function, '__name__', function)} cannot compute with a symbol of a graph; write it as a "
            "layer, or put the module in a model and call that: Sequential([module])(symbol)"
        )

    def __add__(self, other: Any) -> Symbol:
        return combined(self, "Add", other) if isinstance(other, Symbol) else rescaled(self, 1, other)

    def __sub__(self, other: Any) -> Symbol:
        return combined(self, "Subtract", other) if isinstance(other, Symbol) else rescaled(self, 1, -other)

    def __mul__(self, other: Any) -> Symbol:
        return combined(self, "Multiply", other) if isinstance(other, Symbol) else rescaled(self, other, 0)

    def __truediv__(self, other: Any) -> Symbol:
        return refuse_to_compute(self, other) if isinstance(other, Symbol) else rescaled(self, 1 / other, 0)

    def __rsub__(self, other: Any) -> Symbol:
        return rescaled(self, -1, other)

    def __neg__(self) -> Symbol:
        return rescaled(self, -1, 0)

    def __getitem__(self, other: Any) -> Any:
        return refuse_to_compute(self, other)

    __radd__, __rmul__ = __add__, __mul__
    __rtruediv__ = __pow__ = __matmul__ = __getitem__

    def __repr__(self) -> str:
        made = f" from {self.layer!r}" if self.layer is not None else ""
        return f"<symbol (n, {', '.join(map(str, self.shape))}){made}>"


def refuse_to_compute(symbol: Symbol, *others: Any) -> Any:
    """Raises TypeError for what a symbol is computed with, with the way to do it."""
    raise TypeError(
        f"a symbol of a graph, {symbol!r}, takes + - * with symbols and numbers; for anything else use a layer, such "
        "as Lambda(lambda x: x[:, 1:])(symbol)"
    )


def combined(symbol: Symbol, name: str, other: Symbol) -> Symbol:
    """The symbol of what a layer of this name makes of two."""
    from kit.layers.layer import CATALOG

    return connect(CATALOG[name](), (symbol, other))


def rescaled(symbol: Symbol, scale: Any, offset: Any) -> Symbol:
    """The symbol of scale x + offset. TypeError where they are no numbers."""
    from kit.layers.layer import CATALOG

    if not isinstance(scale, numbers.Real) or not isinstance(offset, numbers.Real):
        refuse_to_compute(symbol)
    return connect(CATALOG["Rescaling"](float(scale), float(offset)), (symbol,))


class WithStates(Symbol):
    """The output of a layer with return_state=True, which unpacks into itself and the states: y, h, c = ..."""

    def __iter__(self) -> Iterator[Symbol]:
        if not hasattr(self, "states"):
            readers: Any = self.layer
            self.states = [reader(self) for reader in readers.final_states()]
        return iter([self, *self.states])

    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]


@spelled
def Input(shape: Any, name: str | None = None) -> Symbol:
    """The entrance of a graph for samples of this shape, without the batch axis: Input((1, 8, 8)), Input(20).

    name: what it is called in the graph. Raises ValueError where the shape is none.
    """
    from kit.fields import sizes

    if name is not None and not isinstance(name, str):
        raise TypeError(
            f"Input({shape!r}, {name!r}): name takes a string; a shape is one tuple, such as Input((28, 28))"
        )
    if isinstance(shape, (tuple, list)) and None in shape:
        raise ValueError(
            f"Input({tuple(shape)!r}): state a length for None, such as 100; layers that read any length, recurrent "
            "ones and convolutions, take others than that too"
        )
    try:
        return Symbol(sizes().convert(shape), name=name)
    except (TypeError, ValueError):
        raise ValueError(
            f"Input({shape!r}): shape takes whole numbers of 1 or more, one for each axis but the batch's; "
            "for example Input((1, 8, 8))"
        ) from None


def listed(given: Any, what: str) -> list[Symbol]:
    """One symbol or several that a Model is made of, as a list. TypeError for anything else."""
    symbols = list(given) if isinstance(given, (list, tuple)) else [given]
    for symbol in symbols:
        if not isinstance(symbol, Symbol):
            raise TypeError(
                f"Model takes as {what} an Input, or what layers make of one, such as Dense(10)(x), not {symbol!r}"
            )
    return symbols


def connect(layer: Any, sources: tuple[Symbol, ...]) -> Symbol:
    """The symbol of what a layer or torch module makes of these; a layer's weights are made. Raises ShapeError."""
    from kit.layers.inside import build
    from kit.layers.measuring import measure

    strangers = [source for source in sources if not isinstance(source, Symbol)]
    if strangers:
        raise TypeError(f"{layer!r} is called on graph symbols and on {strangers[0]!r}; give it symbols only")
    shapes = [source.shape for source in sources]
    shape, _ = measure(layer, *shapes)
    build(layer, *shapes)
    return (WithStates if getattr(layer, "gives_states", False) else Symbol)(shape, layer, tuple(sources))


@dataclass
class Step:
    """One call of a layer in a network: which, and on what (numbers of earlier values, inputs first)."""

    layer: nn.Module
    sources: tuple[int, ...] = field(default_factory=tuple)
