"""The shape a layer gives, measured by running it on torch's meta device, so no second formula can drift."""

from typing import Any

import torch
from torch import Tensor, nn

from kit.layers.layer import Layer, ShapeError
from kit.layers.masking import alone
from kit.symbols import Shape


def measure(layer: nn.Module, *shapes: Shape) -> tuple[Shape, nn.Module]:
    """The shape of one output sample, and the weightless twin that was run on torch's meta device to find it.

    Raises ShapeError where the layer cannot take such inputs.
    """
    batch = 2
    kind = torch.long if reads_integers(layer) else torch.get_default_dtype()
    samples = [torch.zeros((batch, *shape), dtype=kind, device="meta") for shape in shapes]
    if isinstance(layer, Layer):
        layer.accept(*shapes)
        with torch.device("meta"):
            twin: nn.Module = layer.twin().eval()
            output = run(layer, twin, samples, shapes)
        if layer.built:
            refuse_other_weights(layer, twin, shapes)
    else:
        held = {**dict(layer.named_parameters()), **dict(layer.named_buffers())}
        weights = {name: torch.empty_like(value, device="meta") for name, value in held.items()}
        twin = layer
        output = run(layer, lambda *x: torch.func.functional_call(layer, weights, x), samples, shapes)
    output = alone(output)
    if not isinstance(output, Tensor) or output.ndim < 1 or output.shape[0] != batch:
        raise ShapeError(f"{label(layer)} must give one tensor (n, ...) with the n samples that came in")
    return tuple(output.shape[1:]), twin


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
        came = " and ".join(f"(n, {', '.join(map(str, shape))})" for shape in shapes)
        raise ShapeError(f"{label(layer)} cannot take input {came}: {error}") from error


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
