"""What a layer costs, found by running it forward and back on torch's meta device: no second formula can drift."""

from __future__ import annotations

import functools
import json
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
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
from kit.layers.recurrence import EVERY_STEP, Recurrent
from kit.optimizers import OPTIMIZERS
from kit.symbols import Shape

FEW = 8  # steps, or samples, of a sequence that are run; more cost as much each
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
    """Counts what is run in it: a multiplication and an addition as two, and the bytes alive that were made in it.

    there: what was made before.
    """

    def __init__(self, there: Iterable[Tensor]) -> None:
        super().__init__()
        self.flops = self.alive = self.peak = 0
        self.known: dict[int, Any] = {place_of(tensor): tensor for tensor in there}

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
    if is_recurrent(cls, config):
        return cost_by_step(cls, config, shapes, needed, batch)
    return cost_on("meta", cls, config, shapes, needed, batch)


def cost_on(
    device: str, cls: type[Layer], config: str, shapes: tuple[Shape, ...], needed: tuple[bool, ...], batch: int
) -> Cost | None:
    """The cost of a layer, found by running it on a device."""
    every = EVERY_STEP.set(True)
    try:
        with torch.random.fork_rng([]), torch.device(device):  # what is drawn here changes nothing elsewhere
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
    finally:
        EVERY_STEP.reset(every)


def is_recurrent(cls: type[Layer], config: str) -> bool:
    """Whether a layer reads step by step, or holds one that does."""
    try:
        layer = make_layer({"layer": cls.__name__, "config": json.loads(config)}, {cls.__name__: cls})
    except FAILURES:
        return False
    return any(isinstance(each, Recurrent) for each in [layer, *(getattr(layer, name) for name in layer.declaration)])


def cost_by_step(
    cls: type[Layer], config: str, shapes: tuple[Shape, ...], needed: tuple[bool, ...], batch: int
) -> Cost | None:
    """The cost of a layer that reads step by step: of a few steps of a few samples, and what more of them add.

    What is kept for the way back is up to the library that runs the steps: it is found with real numbers.
    """
    steps = shapes[0][0] if shapes and shapes[0] else 1

    def on(device: str, count: int, samples: int) -> Cost | None:
        short = tuple((count, *shape[1:]) if len(shape) > 1 and shape[0] == steps else shape for shape in shapes)
        return cost_on(device, cls, config, short, needed, samples)

    counted = along(lambda count: on("meta", count, 1), steps)
    kept = along(lambda samples: along(lambda count: on("cpu", count, samples), steps), batch)
    return None if counted is None or kept is None else replace(kept, flops=counted.flops)


def along(find: Callable[[int], Cost | None], count: int) -> Cost | None:
    """The cost of so many steps or samples; of more than a few, from that of a few and of twice as many."""
    if count <= 2 * FEW:
        return find(count)
    once, twice = find(FEW), find(2 * FEW)
    if once is None or twice is None:
        return None

    def reached(name: str) -> int:
        before, after = getattr(once, name), getattr(twice, name)
        return int(before + (after - before) * (count - FEW) / FEW)

    bytes_held = {name: reached(name) for name in ("output", "own", "forward", "backward")}
    return replace(twice, flops=reached("flops"), **bytes_held)  # type: ignore[arg-type]


def run(layer: Layer, inputs: list[Tensor]) -> Cost:
    """The cost of one call of a layer."""
    places = [place_of(x) for x in inputs]
    kept: set[int] = set()

    def keep(tensor: Tensor) -> Tensor:
        kept.add(place_of(tensor))
        return tensor

    with Watch([*layer.parameters(), *layer.buffers(), *inputs]) as watch:
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            output = alone(layer(*inputs))
        flops, forward, between = watch.flops, watch.peak, watch.alive
        if output.requires_grad:
            gradient = torch.ones_like(output)
            watch.peak = 0
            output.backward(gradient)
        backward = max(watch.peak - between, 0)
    end = place_of(output)
    alias = places.index(end) if end in places else None
    size = 0 if alias is not None else output.untyped_storage().nbytes()
    reads = tuple(i for i, place in enumerate(places) if place in kept)
    return Cost(
        flops // max(len(output), 1), size, alias, reads, end in kept, between - size, forward - between, backward
    )


@functools.cache
def update_cost(optimizer: str) -> tuple[float, float]:
    """For each byte of weights: bytes that an optimizer keeps, and bytes that an update takes for a while."""
    numbers = 1024
    made = {cls.__name__: cls for cls in OPTIMIZERS.values()}[optimizer]()
    with torch.device("meta"):
        w, g = torch.zeros(numbers), torch.zeros(numbers)
        state = made.state(w)
        with Watch([w, g, *state.values()]) as watch, torch.no_grad():
            made.update(w, g, state, 1)
    size = w.untyped_storage().nbytes()
    return sum(vector.untyped_storage().nbytes() for vector in state.values()) / size, watch.peak / size
