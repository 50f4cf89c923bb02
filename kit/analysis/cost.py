"""What a layer costs, found by running it forward and back on torch's meta device: no second formula can drift."""

from __future__ import annotations

import functools
import json
import weakref
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

from kit.graph import make_layer
from kit.layers.layer import Layer
from kit.layers.masking import alone
from kit.layers.measuring import reads_integers
from kit.optimizers import OPTIMIZERS
from kit.symbols import Shape

FAILURES = (RuntimeError, TypeError, ValueError, IndexError, KeyError, AttributeError, NotImplementedError)


@dataclass(frozen=True)
class Cost:
    """What one call of a layer on a batch takes.

    flops: of one sample, forward. output: bytes of what it gives. alias: which input the output is a view of, or None.
    inputs: which inputs are kept for the way back. keeps_output: whether its output is. own: bytes kept besides.
    forward, backward: bytes that are held for a while, beyond what is kept and given.
    """

    flops: int
    output: int
    alias: int | None
    inputs: tuple[int, ...]
    keeps_output: bool
    own: int
    forward: int
    backward: int


class Watch(TorchDispatchMode):
    """Counts what is run in it: a multiplication and an addition as two, and the bytes alive that were made in it."""

    def __init__(self) -> None:
        super().__init__()
        self.flops = self.alive = self.peak = 0
        self.known: dict[int, Any] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = func(*args, **(kwargs or {}))
        count = flop_registry.get(func._overloadpacket)
        if count is not None:
            self.flops += int(count(*args, **(kwargs or {}), out_val=found))
        for tensor in tree_leaves(found):
            if isinstance(tensor, Tensor):
                self.notice(tensor)
        return found

    def notice(self, tensor: Tensor) -> None:
        """Counts the memory of a tensor until it is given back."""
        storage = tensor.untyped_storage()
        place, size = storage._cdata, storage.nbytes()
        if place in self.known:
            return

        def gone(_: Any) -> None:
            self.alive -= size
            self.known.pop(place, None)

        self.known[place] = weakref.ref(storage, gone)
        self.alive += size
        self.peak = max(self.peak, self.alive)


def place_of(tensor: Tensor) -> int:
    """Which memory a tensor lies in."""
    return tensor.untyped_storage()._cdata


@functools.lru_cache(maxsize=20_000)
def cost(cls: type[Layer], config: str, shapes: tuple[Shape, ...], needed: tuple[bool, ...], batch: int) -> Cost | None:
    """The cost of a layer; None where it cannot be found without numbers. needed: whether inputs want a gradient."""
    try:
        with torch.device("meta"):
            twin = make_layer({"layer": cls.__name__, "config": json.loads(config)}, {cls.__name__: cls})
            kind = torch.long if reads_integers(twin) else torch.get_default_dtype()
            inputs = [
                torch.zeros((batch, *shape), dtype=kind, requires_grad=wants and kind != torch.long)
                for shape, wants in zip(shapes, needed, strict=True)
            ]
            twin.build_for(*shapes)
            return run(twin.train(), inputs)
    except FAILURES:
        return None


def run(layer: Layer, inputs: list[Tensor]) -> Cost:
    """The cost of one call of a layer on inputs that hold no numbers."""
    held = {place_of(tensor) for tensor in [*layer.parameters(), *layer.buffers()]}
    places = [place_of(x) for x in inputs]
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        kept[place_of(tensor)] = tensor.untyped_storage().nbytes()
        return tensor

    with Watch() as watch:
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            output = alone(layer(*inputs))
        flops, forward, between = watch.flops, watch.peak, watch.alive
        if output.requires_grad:
            gradient = torch.ones_like(output)
            watch.peak = 0
            output.backward(gradient)
        backward = max(watch.peak - between, 0)
    end = place_of(output)
    own = sum(size for place, size in kept.items() if place not in {*held, *places, end})
    alias = places.index(end) if end in places else None
    size = output.untyped_storage().nbytes()
    return Cost(
        flops // max(len(output), 1),
        0 if alias is not None else size,
        alias,
        tuple(i for i, place in enumerate(places) if place in kept),
        end in kept,
        own,
        max(forward - own - (0 if alias is not None else size), 0),
        backward,
    )


@functools.cache
def update_cost(optimizer: str) -> tuple[float, float]:
    """For each byte of weights: bytes that an optimizer keeps, and bytes that an update takes for a while."""
    numbers = 1024
    made = {cls.__name__: cls for cls in OPTIMIZERS.values()}[optimizer]()
    with torch.device("meta"):
        w, g = torch.zeros(numbers), torch.zeros(numbers)
        state = made.state(w)
        with Watch() as watch, torch.no_grad():
            made.update(w, g, state, 1)
    size = w.untyped_storage().nbytes()
    return sum(vector.untyped_storage().nbytes() for vector in state.values()) / size, watch.peak / size
