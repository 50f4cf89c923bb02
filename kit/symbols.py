"""Symbols: what flows through a graph while it is being described, shapes instead of numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kit.spelling import spelled

if TYPE_CHECKING:
    from torch import nn

Shape = tuple[int, ...]


@dataclass(eq=False)
class Symbol:
    """The output of a layer in a graph, or an input of it. shape: of one sample, without the batch axis."""

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

    def __repr__(self) -> str:
        made = f" from {self.layer!r}" if self.layer is not None else ""
        return f"<symbol (n, {', '.join(map(str, self.shape))}){made}>"


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
