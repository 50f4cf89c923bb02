"""Network: layers and what each of them reads, as an ordinary torch module."""

import itertools
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from torch import Tensor, nn

from kit.layers.inside import build
from kit.layers.layer import Layer
from kit.layers.masking import Mask, alone, run_masked
from kit.layers.measuring import measure, reads_integers, without_weights
from kit.layers.windows import CHANNELS_FIRST, Spatial, seems_channels_last
from kit.symbols import Shape, Step, Symbol, connect


class Network(nn.Module):
    """Runs its steps in order; values are numbered, the inputs first, then each step's result.

    shapes: the inputs' shapes of one sample, None where not known yet.
    """

    def __init__(self, shapes: Sequence[Shape | None] = (None,)) -> None:
        super().__init__()
        self.shapes: list[Shape | None] = list(shapes)
        self.input_names: list[str | None] = [None] * len(self.shapes)
        self.layers = nn.ModuleDict()
        self.steps: list[Step] = []
        self.outputs: list[int] = [0]
        self.reached = self.shapes[0] if len(self.shapes) == 1 else None  # the shape of the last value, if known
        self.masked = False  # whether a layer makes a mask
        self.fits: dict[tuple[Shape, ...], list[Shape]] = {}  # the outputs' shapes for inputs that were checked

    def add(self, layer: nn.Module, sources: tuple[int, ...] | None = None, name: str | None = None) -> int:
        """Adds a call of a layer; by default on the last value. Gives the number of the new value.

        name: what to call the layer; its own name, or its class's with a number, if none.
        """
        if not isinstance(layer, nn.Module):
            raise TypeError(f"{layer!r} is no layer; add one from kit.layers, or any torch.nn.Module")
        known = next((name for name, held in self.layers.items() if held is layer), None)
        if known is None:
            name = self.free_name(layer, name)
            self.layers[name] = layer
            if isinstance(layer, Layer):
                layer.called = name  # type: ignore[misc]
        self.masked = self.masked or getattr(layer, "makes_mask", False)
        last = len(self.shapes) + len(self.steps) - 1
        self.steps.append(Step(layer, sources if sources is not None else (last,)))
        self.outputs = [last + 1]
        self.fits.clear()
        return last + 1

    def integer_inputs(self) -> list[bool]:
        """For each input, whether the layers that read it take whole numbers."""
        readers: list[list[bool]] = [[] for _ in self.shapes]
        for step in self.steps:
            for source in step.sources:
                if source < len(readers):
                    readers[source].append(reads_integers(step.layer))
        return [bool(found) and all(found) for found in readers]

    def extend(self, other: "Network") -> None:
        """Adds the steps of another network, of one input and output, to the last value; the layers are the same."""
        numbers = [self.outputs[0]]
        for step in other.steps:
            numbers.append(self.add(step.layer, tuple(numbers[source] for source in step.sources)))
        self.outputs = [numbers[other.outputs[0]]]

    def called_on(self, *symbols: Symbol) -> list[Symbol]:
        """The symbols of the outputs for other inputs: the same layers, called again. Raises ShapeError."""
        if len(symbols) != len(self.shapes):
            raise ValueError(f"the model takes {len(self.shapes)} inputs, but was called on {len(symbols)}")
        self.build(*(symbol.shape for symbol in symbols))
        values = list(symbols)
        for step in self.steps:
            values.append(connect(step.layer, tuple(values[source] for source in step.sources)))
        return [values[output] for output in self.outputs]

    def start(self, symbol: Symbol) -> None:
        """Takes the shape and the name of an Input, before there are layers."""
        if symbol.layer is not None:
            raise TypeError("a Sequential begins with Input(...), not with what a layer made of it")
        self.shapes, self.input_names, self.reached = [symbol.shape], [symbol.name], symbol.shape

    def drop_last(self) -> None:
        """Takes the last step away again."""
        step = self.steps.pop()
        if all(step.layer is not other.layer for other in self.steps):
            del self.layers[self.name_of(step.layer)]
        self.masked = any(getattr(layer, "makes_mask", False) for layer in self.layers.values())
        self.outputs = [len(self.shapes) + len(self.steps) - 1]
        self.fits.clear()

    def free_name(self, layer: nn.Module, wanted: str | None = None) -> str:
        """The layer's own name, or its class's with the first free number: dense_1, dense_2."""
        own = wanted or getattr(layer, "name", None)
        if isinstance(own, str):
            if not own or "." in own or "/" in own or own in self.layers or hasattr(self.layers, own):
                raise ValueError(
                    f"a layer cannot be called {own!r} here; choose a name that is free, without dots and slashes"
                )
            return own
        kind = type(layer).__name__.lower()
        return next(name for i in range(1, 10**9) if (name := f"{kind}_{i}") not in self.layers)

    def name_of(self, layer: nn.Module) -> str:
        """What the network calls a layer."""
        return next(name for name, held in self.layers.items() if held is layer)

    @property
    def input_labels(self) -> list[str]:
        """What the inputs are called."""
        return [name or f"input_{i + 1}" for i, name in enumerate(self.input_names)]

    @property
    def output_names(self) -> list[str]:
        """What the outputs are called: by the layers they come from, with a number where one gives several."""
        inputs, found = len(self.shapes), []
        for output in self.outputs:
            name = self.input_labels[output] if output < inputs else self.name_of(self.steps[output - inputs].layer)
            free = itertools.chain([name], (f"{name}_{i}" for i in itertools.count(2)))
            found.append(next(name for name in free if name not in found))
        return found

    @property
    def is_chain(self) -> bool:
        """Whether each step reads the one before it, from one input to one output, each layer once."""
        straight = all(step.sources == (i,) for i, step in enumerate(self.steps))
        once = len(self.layers) == len(self.steps)
        return straight and once and len(self.shapes) == 1 and self.outputs == [len(self.steps)]

    @property
    def built(self) -> bool:
        """Whether every layer has its weights."""
        return not without_weights(self)

    def measured(self, shapes: Sequence[Shape | None]) -> Iterator[tuple[Step, list[Any], Any]]:
        """For inputs of these shapes: each step, the shapes it reads, the shape it gives (None where unknown).

        Raises ShapeError at the first step that does not fit.
        """
        values: list[Shape | None] = list(shapes)
        for step in self.steps:
            came = [values[source] for source in step.sources]
            known = [shape for shape in came if shape is not None]
            values.append(measure(step.layer, *known)[0] if len(known) == len(came) else None)
            yield step, came, values[-1]

    def build(self, *shapes: Shape) -> list[Shape]:
        """Makes the weights that are still missing; the outputs' shapes for inputs of these shapes.

        Raises ShapeError where a layer cannot take what comes.
        """
        if shapes not in self.fits:
            declared = self.built and None not in self.shapes  # other sizes are then tried, not declared
            values = list(shapes)
            for step, came, gives in list(self.measured(shapes)):  # all are checked before any weight is made
                if isinstance(step.layer, Spatial) and step.sources[0] < len(shapes) and seems_channels_last(came[0]):
                    channels, rows, cols = came[0]
                    warnings.warn(
                        f"{step.layer.label} finds {channels} channels of {rows}x{cols}; {CHANNELS_FIRST}", stacklevel=2
                    )
                build(step.layer, *came)
                values.append(gives)
            if not declared:
                self.shapes, self.reached = list(shapes), values[-1]
            self.fits[shapes] = [values[output] for output in self.outputs]
        return self.fits[shapes]

    def build_known(self) -> None:
        """Makes the weights where the inputs' shapes, or sizes that layers state, are enough to know theirs."""
        if all(shape is not None for shape in self.shapes):
            self.build(*(shape for shape in self.shapes if shape is not None))
        else:
            for step in self.steps:
                if isinstance(step.layer, Layer):
                    step.layer.build_stated()

    def forward(self, *inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        """The outputs; one whose mask is known has it as its attribute `mask`, for the loss behind."""
        if self.masked:
            return self.forward_masked(*inputs)
        values: list[Tensor] = list(inputs)
        for step in self.steps:
            values.append(alone(step.layer(*[values[source] for source in step.sources])))
        results = [values[output] for output in self.outputs]
        return results[0] if len(results) == 1 else tuple(results)

    def forward_masked(self, *inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        """The same where a layer makes a mask: beside each value travels its mask, or None."""
        values: list[Tensor] = list(inputs)
        masks: list[Mask] = [None] * len(inputs)
        for step in self.steps:
            came = [values[source] for source in step.sources]
            value, mask = run_masked(step.layer, came, [masks[source] for source in step.sources])
            values.append(value)
            masks.append(mask)
        for output in self.outputs:
            if masks[output] is not None:
                values[output].mask = masks[output]  # type: ignore[attr-defined]
        results = [values[output] for output in self.outputs]
        return results[0] if len(results) == 1 else tuple(results)


def from_symbols(inputs: Sequence[Symbol], outputs: Sequence[Symbol]) -> Network:
    """The network between some inputs and outputs of a graph of symbols.

    Raises ValueError where an output depends on an input that is not given, or an input is used by none.
    """
    network = Network([symbol.shape for symbol in inputs])
    network.input_names = [symbol.name for symbol in inputs]
    number = {id(symbol): i for i, symbol in enumerate(inputs)}
    used: set[int] = set()
    for symbol in in_order(outputs):
        if id(symbol) in number:
            continue
        if symbol.layer is None:
            raise ValueError(f"the outputs depend on an Input of shape {symbol.shape} that is not among inputs; add it")
        used.update(number[id(source)] for source in symbol.sources)
        number[id(symbol)] = network.add(symbol.layer, tuple(number[id(source)] for source in symbol.sources))
    idle = [symbol.shape for i, symbol in enumerate(inputs) if i not in used and symbol not in outputs]
    if idle:
        raise ValueError(f"no output depends on the Input of shape {idle[0]}; connect it, or leave it out of inputs")
    network.outputs = [number[id(output)] for output in outputs]
    return network


def merged(networks: Sequence[Network], merger: nn.Module) -> Network:
    """One network of several side by side, whose last values are merged; the layers are the same objects."""
    whole = Network([shape for network in networks for shape in network.shapes])
    whole.input_names = [None] * len(whole.shapes)
    ends, reached, inputs = [], [], 0
    for network in networks:
        numbers = list(range(inputs, inputs + len(network.shapes)))
        for step in network.steps:
            numbers.append(whole.add(step.layer, tuple(numbers[source] for source in step.sources)))
        inputs += len(network.shapes)
        ends.append(numbers[-1])
        reached.append(network.reached)
    whole.add(merger, tuple(ends))
    known = [shape for shape in reached if shape is not None]
    whole.reached = measure(merger, *known)[0] if len(known) == len(reached) else None
    return whole


def in_order(outputs: Sequence[Symbol]) -> list[Symbol]:
    """All symbols that some outputs depend on, and those themselves, in the order in which they were made."""
    found: dict[int, Symbol] = {}
    stack = list(outputs)
    while stack:
        symbol = stack.pop()
        if id(symbol) not in found:
            found[id(symbol)] = symbol
            stack.extend(symbol.sources)
    return sorted(found.values(), key=lambda symbol: symbol.order)
