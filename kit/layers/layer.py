"""The base of all layers, and the catalog they enter by being defined."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Generator, Tensor, nn

from kit import constraints, initializations, regularizers, spelling
from kit.declared import Declared, call
from kit.fields import Field, by_name, flag, sizes, text
from kit.symbols import Shape, Symbol, connect
from kit.weight_lists import WeightLists

CATALOG: dict[str, type["Layer"]] = {}


CALL = "; write `call` as `forward(self, x)`, on torch tensors, where self.training says whether it trains"


SHAPE = replace(
    sizes(keyword=True),
    wanted="a tuple of whole numbers of 1 or more, without the samples' axis; where any length may come, state one",
)


class ShapeError(ValueError):
    """A layer was given an input it cannot take; the message says which, what came and what to do."""


class Layer(WeightLists, Declared, nn.Module):
    """What every layer has.

    A layer is one class: annotated fields are its arguments, `build` makes its weights (once the sizes it asks for
    by name are known), `forward` computes. Being defined puts it into the catalog: the palette, the files, the code
    and the generic tests know it then. `class Base(Layer, abstract=True)` stays out of it.

    name: what the layer is called in its model.
    trainable: whether training changes its weights.
    input_shape: shape of one input sample, without the batch axis.
    """

    family: ClassVar[str] = "custom"
    nested = "layer"
    input_count: ClassVar[int | None] = 1  # how many tensors it takes; None for any number
    input_axes: ClassVar[str] = ""  # names of the input's axes after the first, where their number is fixed
    takes_integers: ClassVar[bool] = False  # whether its input holds whole numbers, such as word indexes
    looked_up: ClassVar[tuple[str, ...]] = ()  # weights of which forward reads single rows alone
    by_row: ClassVar[bool] = False  # whether their gradient is to hold nothing but the rows that were read
    weights_advice: ClassVar[str] = "give an array of that shape"  # what to do where set_weights is given another
    generator: ClassVar[Generator | None] = None  # where random numbers come from; None: torch's default
    further_inputs: ClassVar[str] = ""  # the word under which inputs after the first may be given
    gives_states: ClassVar[bool] = False  # whether its output has states beside it, as the attribute `states`
    makes_mask: ClassVar[bool] = False  # whether output_mask gives a mask where none came
    passes_mask: ClassVar[bool] = False  # whether the first input's mask holds for the output too
    mask_word: ClassVar[str] = ""  # forward's argument for the first input's mask, or for those of all: found by itself
    activity_penalty: ClassVar[Tensor | None] = None  # added to the loss of the batch it came from
    called: ClassVar[str | None] = None  # what its model calls it

    name: Annotated[str | None, text(keyword=True)] = None
    trainable: Annotated[bool, by_name(flag())] = True
    input_shape: Annotated[tuple[int, ...] | None, SHAPE] = None

    def __init_subclass__(cls, abstract: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        called = "call" in vars(cls)
        if "__init__" in vars(cls):
            raise TypeError(
                f"{cls.__name__} defines __init__; declare its arguments as annotated fields instead, "
                "for example `rate: float = 0.5`, and the constructor is made from them" + (CALL if called else "")
            )
        if called:
            raise TypeError(f"{cls.__name__} defines call{CALL}")
        known = ["input_shape", *(field.name for field in cls.inferred_fields())]
        if strange := [name for name in cls.wants() if name not in known]:
            raise TypeError(
                f"{cls.__name__}.build asks for {strange[0]}, which is not read from the input; let it ask for "
                "input_shape, the shape of a sample, or declare the size of the last axis as a field, "
                f"`{strange[0]}: InputSize = None` (from kit.fields)"
            )
        takes = inspect.signature(cls.forward).parameters
        cls.mask_word = next((word for word in ("mask", "masks") if word in takes), "")
        held = CATALOG.get(cls.__name__)
        if held is not None and held.__module__.startswith("kit.") and not cls.__module__.startswith("kit."):
            raise TypeError(f"the kit has a layer {cls.__name__} already; give yours another name")
        if not abstract:
            CATALOG[cls.__name__] = cls

    def __init__(self, *args: Any, **words: Any) -> None:
        nn.Module.__init__(self)
        values = spelling.read(type(self), args, words, extra=["weights"])
        self.given_weights = values.pop("weights", None)
        for name, value in values.items():
            setattr(self, name, value)
        self.built = False
        self.penalties: dict[str, Any] = {}
        self.limits: dict[str, Any] = {}
        self.validate()

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, nn.Parameter):
            for known, held in self._parameters.items():
                if held is value and known != name:
                    raise TypeError(
                        f"{type(self).__name__}: the weight {known!r} cannot be self.{name} too; "
                        f"make it as add_weight({name!r}, shape)"
                    )
        super().__setattr__(name, value)
        if name == "trainable" and "_parameters" in vars(self):
            for parameter in self.parameters(recurse=False):
                parameter.requires_grad_(value)
            for inner in self.children():
                if isinstance(inner, Layer) and not (value and "built" not in vars(self)):  # a default thaws nothing
                    inner.trainable = value

    def build(self, *args: Any, **sizes: Any) -> None:
        """Hook: make the weights. It may ask by name for the inferred fields, and for `input_shape`."""

    def check(self, shape: Shape) -> None:
        """Hook: raise ShapeError where a sample of this shape cannot be taken."""

    def final_states(self) -> list["Layer"]:
        """Hook: layers that read the states beside the output from it, one each."""
        return []

    def output_mask(self, inputs: tuple[Tensor, ...], masks: tuple[Tensor | None, ...]) -> Tensor | None:
        """Hook: which times of the output hold something, (n, time), where that is known of the inputs'."""
        return masks[0] if self.passes_mask else None

    @spelling.spelled
    def add_weight(
        self,
        name: str,
        shape: Shape,
        initializer: Any = None,
        fields: str | None = None,
        parts: Callable[[Tensor], Sequence[Tensor]] | None = None,
    ) -> nn.Parameter:
        """The new parameter `name`, as the fields `<name>_initializer`, `_regularizer` and `_constraint` say.

        initializer: taken for that field; "glorot_uniform" where there is neither.
        fields: what those fields begin with, where it is not the name.
        parts: gives the views of the weight that are initialized each by itself, such as the gates of an LSTM.
        """
        fields = fields or name
        weight = nn.Parameter(torch.empty(shape), requires_grad=self.trainable)
        fill = initializations.filling(initializer or getattr(self, f"{fields}_initializer", "glorot_uniform"))
        if not weight.is_meta:
            with torch.no_grad():
                for part in parts(weight) if parts else [weight]:
                    fill(part, self.generator)
        self.register_parameter(name, weight)
        if penalty := regularizers.get(getattr(self, f"{fields}_regularizer", None)):
            self.penalties[name] = penalty
        if limit := constraints.get(getattr(self, f"{fields}_constraint", None)):
            self.limits[name] = limit
        return weight

    def add_loss(self, loss: Tensor) -> None:
        """Adds a number, of shape (), to the loss of the batch that forward is at. An exported model has no loss."""
        if not torch.compiler.is_exporting():
            before = self.activity_penalty
            self.activity_penalty = loss if before is None else before + loss  # type: ignore[misc]

    def __call__(self, *inputs: Any, **words: Any) -> Any:
        """The output for tensors; for symbols (see Input), the symbol of the output in a graph."""
        if inputs and isinstance(inputs[0], (list, tuple)):
            inputs = tuple(inputs[0])
        if self.further_inputs in words:
            inputs = (*inputs, *words.pop(self.further_inputs))
        if words and (not inputs or isinstance(inputs[0], Symbol)):
            inputs = self.by_name(inputs, words)
        if inputs and isinstance(inputs[0], Symbol):
            spelling.today(words, [], f"a call of {type(self).__name__}")  # refuses those that are left
            return connect(self, inputs)
        for x in inputs:
            if isinstance(x, np.ndarray) or not hasattr(x, "shape"):
                raise TypeError(
                    f"{self.label} is called on tensors (torch.as_tensor(x)) or on symbols of a graph (Input(...)), "
                    f"not on {type(x).__name__}"
                )
        if not self.built:
            self.build_for(*(tuple(x.shape[1:]) for x in inputs))
        y = super().__call__(*inputs, **words)
        return (y, *y.states) if self.gives_states else y

    def by_name(self, inputs: tuple[Any, ...], words: dict[str, Any]) -> tuple[Any, ...]:
        """The inputs, those that were given by name taken from among the words and put behind the others."""
        if not inputs and "inputs" in words:  # Keras's word for the first
            given = words.pop("inputs")
            inputs = tuple(given) if isinstance(given, (list, tuple)) else (given,)
        for name in list(inspect.signature(self.forward).parameters)[len(inputs) :]:
            if name in words and name != self.mask_word:
                inputs = (*inputs, words.pop(name))
        return inputs

    def build_for(self, *shapes: Shape) -> None:
        """Makes the weights for inputs of these shapes (one sample each), once; checks them every time."""
        self.accept(*shapes)
        if not self.built:
            self._make(self.inferred(*shapes))

    def build_stated(self) -> bool:
        """Makes the weights from stated sizes alone, where they suffice; says whether they did."""
        if not self.built:
            known = {field.name: getattr(self, field.name) for field in self.inferred_fields()}
            known["input_shape"] = self.input_shape
            if any(known[name] is None for name in self.wants()):
                return False
            self._make(known)
        return True

    def _make(self, known: dict[str, Any]) -> None:
        self.build(**{name: known[name] for name in self.wants()})
        self.built = True
        if self.given_weights is not None:
            self.set_weights(self.given_weights)
            self.given_weights = None

    @classmethod
    def wants(cls) -> list[str]:
        """The sizes that `build` asks for by name."""
        parameters = list(inspect.signature(cls.build).parameters.values())[1:]
        return [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]

    @classmethod
    def inferred_fields(cls) -> list[Field]:
        """The fields that are read from the input where they are not given."""
        return [field for field in cls.declaration.values() if field.kind.axis is not None]

    def inferred(self, *shapes: Shape) -> dict[str, Any]:
        """The sizes read from the first input's shape, and that shape."""
        found: dict[str, Any] = {"input_shape": shapes[0] if shapes else self.input_shape}
        for field in self.inferred_fields():
            axis = field.kind.axis or 0
            place = axis - 1 if axis > 0 else axis
            if not -len(shapes[0]) <= place < len(shapes[0]):
                came = f"(n, {', '.join(map(str, shapes[0]))})" if shapes[0] else "(n,)"
                raise ShapeError(
                    f"{self.label} needs an axis for {field.name} in its input, but {came} came; "
                    "give an axis for the samples too: X[None] for one sample, X[:, None] for samples of one number"
                )
            found[field.name] = shapes[0][place]
        return found

    def accept(self, *shapes: Shape) -> None:
        """Raises ShapeError where inputs of these shapes do not fit the layer."""
        if self.input_count is not None and len(shapes) != self.input_count:
            own = type(self).__module__.partition(".")[0] != "kit"
            raise ShapeError(
                f"{self.label} takes {self.input_count} input{'s' if self.input_count > 1 else ''}, but {len(shapes)} "
                f"came; {f'declare `input_count = {len(shapes)}` in its class' if own else 'merge them first'}"
            )
        for shape in shapes:
            wanted = self.input_axes.split()
            if wanted and len(shape) != len(wanted):
                raise ShapeError(
                    f"{self.label} takes input (n, {', '.join(wanted)}), but (n, {', '.join(map(str, shape))}) came; "
                    + reshaping_advice(len(shape), wanted)
                )
        for name, came in self.inferred(*shapes).items():
            stated = getattr(self, name)
            if stated is not None and stated != came:
                raise ShapeError(
                    f"{self.label} expects {name}={stated} but its input has {came}; "
                    "change it, or leave it out to have it inferred"
                )
        for shape in shapes:
            self.check(shape)

    @property
    def label(self) -> str:
        """The layer in an error: what it is called in its model, and the call that made it."""
        name = self.name or self.called
        return f"{name}: {self!r}" if name else repr(self)

    def holder(self) -> nn.Module:
        return self

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Layer":
        """The layer whose get_config gave this."""
        from kit.layers.nested import construct

        return construct(cls, config)

    def twin(self) -> "Layer":
        """A layer with the same fields and no weights yet."""
        values = {name: getattr(self, name) for name in self.declaration}
        return type(self)(**{name: v.twin() if isinstance(v, Layer) else v for name, v in values.items()})

    def spoken_weights(self, held: dict[str, Tensor]) -> dict[str, Tensor]:
        """Hook: the weights as get_weights gives them, views of those that are held, where 2015 had other pieces."""
        return held

    def get_weights(self) -> list[np.ndarray]:
        """Copies of the weights (then of the running statistics, where it has any) as NumPy arrays."""
        spoken = self.spoken_weights(self.state_dict())
        return [tensor.detach().cpu().numpy().copy() for tensor in spoken.values()]

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Copies arrays into the weights, in the order of get_weights. ValueError where they do not fit."""
        for tensor, array in self.matched(weights):
            tensor.copy_(torch.as_tensor(array))

    def matched(self, weights: list[np.ndarray]) -> list[tuple[Tensor, np.ndarray]]:
        """Each weight with the array that is to be copied into it. ValueError where they do not fit.

        They come in the order of get_weights, as they are held, or without the running statistics, as in 2015.
        """
        if not isinstance(weights, (list, tuple)):
            raise TypeError(f"{self.label} takes a list of arrays, as get_weights gives it, not {weights!r:.60}")
        held = self.state_dict()
        trained = {name: tensor for name, tensor in held.items() if name in dict(self.named_parameters())}
        spoken = self.spoken_weights(held)
        wanted = next((form for form in (spoken, held, trained) if len(form) == len(weights)), None)
        if wanted is None:
            raise ValueError(f"{self.label} has {len(spoken)} weights, but {len(weights)} came: {', '.join(spoken)}")
        return paired(self, wanted, weights)

    def __repr__(self) -> str:
        """The call that makes an equal layer."""
        return call(type(self).__name__, self.declaration, self.settings())


def paired(layer: nn.Module, wanted: Mapping[str, Tensor], weights: Sequence[Any]) -> list[tuple[Tensor, np.ndarray]]:
    """Each weight of a layer or module with the array that is to be copied into it. ValueError where shapes differ."""
    arrays = [np.asarray(array) for array in weights]
    for (name, tensor), array in zip(wanted.items(), arrays, strict=True):
        if tuple(tensor.shape) != array.shape:
            label = layer.label if isinstance(layer, Layer) else type(layer).__name__
            raise ValueError(
                f"{label}: its {name} has shape {tuple(tensor.shape)}, but {array.shape} came; "
                f"{getattr(layer, 'weights_advice', Layer.weights_advice)}"
            )
    return list(zip(wanted.values(), arrays, strict=True))


def reshaping_advice(rank: int, wanted: list[str]) -> str:
    """What to put before a layer whose input has the wrong number of axes."""
    if len(wanted) == 1:
        return "put Flatten() before it"
    if rank == len(wanted) - 1 and wanted[0] == "channels":
        return "add a channels axis: Reshape((1, ...)) before it, or X[:, None]"
    return f"put Reshape(({', '.join(wanted)})) before it"
