"""The shape a layer gives, measured by running it, so no second formula can drift.

It is run on a batch of no samples, which takes neither time nor memory; where that may not work, on torch's meta
device, whose first operation in a process takes a second or more: it imports torch's compiler.
"""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from kit.layers.layer import Layer, ShapeError
from kit.layers.masking import alone
from kit.symbols import Shape

Found = tuple[Shape, nn.Module]  # the shape of one output sample, and the twin that was run
LARGE = 1 << 26  # numbers in the weights of a layer for which no memory is asked, though it would not be touched


def measure(layer: nn.Module, *shapes: Shape) -> Found:
    """The shape of one output sample, and the twin that was run to find it; its weights have no values.

    Raises ShapeError where the layer cannot take such inputs.
    """
    if isinstance(layer, Layer):
        try:
            layer.accept(*shapes)
        except IndexError as error:  # of a layer that looks for an axis
            raise refused(layer, shapes, error) from error
    shape, twin = without_samples(layer, shapes) or on_meta(layer, shapes)
    if isinstance(layer, Layer) and layer.built:
        refuse_other_weights(layer, twin, shapes)
    return shape, twin


def without_samples(layer: nn.Module, shapes: tuple[Shape, ...]) -> Found | None:
    """What a batch of no samples gives; None where that does not say it, or the weights are large."""
    if not all(map(is_ours, layer.modules())):
        return None
    twin = layer
    try:
        if isinstance(layer, Layer):
            with torch.device("meta"):
                twin = layer.twin().eval()
                twin.build_for(*shapes)
        if without_weights(twin):
            return None
        held = {**dict(twin.named_parameters()), **dict(twin.named_buffers())}
        if sum(tensor.numel() for tensor in held.values()) > LARGE:
            return None
        with torch.device("cpu"), torch.no_grad():
            weights = {name: torch.empty(each.shape, dtype=each.dtype) for name, each in held.items()}
            output = alone(torch.func.functional_call(twin, weights, tuple(made(layer, 0, shapes, "cpu"))))
    except Exception:  # whatever it was, it is said where there are samples
        return None
    fine = isinstance(output, Tensor) and output.ndim > 0 and len(output) == 0
    return (tuple(output.shape[1:]), twin) if fine else None


def without_weights(module: nn.Module) -> list[Layer]:
    """The layers in a module, itself included, whose weights are not made yet."""
    return [layer for layer in module.modules() if isinstance(layer, Layer) and not layer.built]


def is_ours(part: nn.Module) -> bool:
    """Whether a layer or module is the kit's or torch's, and so are the functions it was given.

    Another's may confuse the axis of the samples with a further one, which is not seen where there are none.
    """
    fields = part.declaration if isinstance(part, Layer) else {}
    given = [value for value in (getattr(part, name) for name in fields) if callable(value)]
    return all(origin(thing) in ("kit", "torch") for thing in (type(part), *given))


def origin(thing: Any) -> str:
    """The package that a class, a function or an object is from."""
    return str(getattr(thing, "__module__", None)).partition(".")[0]


def on_meta(layer: nn.Module, shapes: tuple[Shape, ...]) -> Found:
    """What torch's meta device gives for two samples. Raises ShapeError."""
    twin, samples = layer, made(layer, 2, shapes, "meta")
    if isinstance(layer, Layer):
        with torch.device("meta"):
            twin = layer.twin().eval()
            output = run(layer, twin, samples, shapes)
    else:
        if without_weights(layer):
            layer = copy.deepcopy(layer)  # in which they are made to be thrown away
        held = {**dict(layer.named_parameters()), **dict(layer.named_buffers())}
        weights = {name: torch.empty_like(value, device="meta") for name, value in held.items()}
        with torch.device("meta"):
            output = run(layer, lambda *x: torch.func.functional_call(layer, weights, x), samples, shapes)
    output = alone(output)
    if not isinstance(output, Tensor) or output.ndim < 1 or len(output) != 2:
        raise ShapeError(f"{label(layer)} must give one tensor (n, ...) with the n samples that came in")
    return tuple(output.shape[1:]), twin


def made(layer: nn.Module, count: int, shapes: tuple[Shape, ...], device: str) -> list[Tensor]:
    """So many samples of these shapes, of the kind of numbers that a layer or module reads."""
    kind = torch.long if reads_integers(layer) else torch.get_default_dtype()
    return [torch.zeros((count, *shape), dtype=kind, device=device) for shape in shapes]


def refuse_other_weights(layer: Layer, twin: nn.Module, shapes: tuple[Shape, ...]) -> None:
    """Raises ShapeError where inputs of these shapes would need other weights than those the layer has."""
    needed = twin.state_dict()
    for name, weight in layer.state_dict().items():
        if weight.shape != needed[name].shape:
            came = " and ".join(f"(n, {', '.join(map(str, shape))})" for shape in shapes)
            raise ShapeError(
                f"{layer.label} has weights for another input: its {name} is {tuple(weight.shape)}, and for {came} "
                f"it would be {tuple(needed[name].shape)}; give it the input it was made for, or make a new model"
            )


def run(layer: nn.Module, function: Any, samples: list[Tensor], shapes: tuple[Shape, ...]) -> Any:
    """What the function gives for the samples; torch's complaint becomes a ShapeError that names the layer."""
    try:
        return function(*samples)
    except ShapeError:
        raise
    except (RuntimeError, IndexError, ValueError, TypeError) as error:
        raise refused(layer, shapes, error) from error


def refused(layer: nn.Module, shapes: tuple[Shape, ...], error: Exception) -> ShapeError:
    """The error for inputs that a layer cannot take, from the one that they led to."""
    if () in shapes:
        return ShapeError(
            f"{label(layer)} needs an axis behind that of the samples, but (n,) came; give an axis for the samples "
            "too: X[None] for one sample, X[:, None] for samples of one number"
        )
    came = " and ".join(f"(n, {', '.join(map(str, shape))})" for shape in shapes)
    return ShapeError(f"{label(layer)} cannot take input {came}: {error}")


def reads_integers(layer: nn.Module) -> bool:
    """Whether a layer's or module's input holds whole numbers."""
    return isinstance(layer, nn.Embedding) or getattr(layer, "takes_integers", False)


def label(layer: nn.Module) -> str:
    """A layer or module in an error."""
    return layer.label if isinstance(layer, Layer) else type(layer).__name__


def stated_shape(layer: nn.Module) -> Shape | None:
    """The shape of one input sample, where a first layer says it."""
    if not isinstance(layer, Layer):
        return None
    if layer.input_shape is not None or len(layer.input_axes.split()) > 1:
        return layer.input_shape
    for field in layer.inferred_fields():
        if field.kind.axis == -1 and (size := getattr(layer, field.name)) is not None:
            return (size,)
    return None
