"""Windows of any size over inputs of any size: the measured shape is the real one, and Keras's."""

from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kit import CATALOG
from kit.layers import Layer, ShapeError
from kit.layers.measuring import measure
from tests.kit.layers.keras_twins import in_keras, keras_twin

FEW = st.integers(1, 4)
PADDED = ("valid", "same", "full")


def pairs(axes: int) -> st.SearchStrategy:
    return st.tuples(*[FEW] * axes)


@st.composite
def convolutions(draw: Any) -> Layer:
    name, axes = draw(st.sampled_from([(f"Conv{n}D", n) for n in (1, 2, 3)]))
    groups = draw(st.integers(1, 2))
    words = {"dilation_rate": draw(pairs(axes)), "strides": draw(pairs(axes)), "padding": draw(st.sampled_from(PADDED))}
    return CATALOG[name](2 * groups, draw(pairs(axes)), groups=groups, **words)


@st.composite
def depthwise(draw: Any) -> Layer:
    name, axes = draw(st.sampled_from([(f"{kind}Conv{n}D", n) for kind in ("Depthwise", "Separable") for n in (1, 2)]))
    words = {"dilation_rate": draw(pairs(axes)), "strides": draw(FEW), "padding": draw(st.sampled_from(PADDED))}
    words |= {"kernel_size": draw(pairs(axes)), "depth_multiplier": draw(FEW)}
    return CATALOG[name](**words, **({"filters": 3} if name.startswith("Separable") else {}))


@st.composite
def transposed(draw: Any) -> Layer:
    axes = draw(st.integers(1, 3))
    words = {"strides": draw(pairs(axes)), "padding": draw(st.sampled_from(["valid", "same"]))}
    return CATALOG[f"Conv{axes}DTranspose"](2, draw(pairs(axes)), dilation_rate=draw(pairs(axes)), **words)


@st.composite
def poolings(draw: Any) -> Layer:
    kind, axes = draw(st.sampled_from(["Max", "Average"])), draw(st.integers(1, 3))
    words = {"strides": draw(st.none() | pairs(axes)), "padding": draw(st.sampled_from(["valid", "same"]))}
    words |= {"ceil_mode": draw(st.booleans())} if kind == "Max" else {}
    return CATALOG[f"{kind}Pooling{axes}D"](draw(pairs(axes)), **words)


@st.composite
def resizings(draw: Any) -> Layer:
    kind, axes = draw(st.sampled_from(["UpSampling", "ZeroPadding", "Cropping"])), draw(st.integers(1, 3))
    sizes = pairs(axes) if kind == "UpSampling" else st.tuples(*[st.integers(0, 3)] * (2 * axes))
    return CATALOG[f"{kind}{axes}D"](draw(sizes))


KINDS = {
    "convolution": convolutions(),
    "depthwise": depthwise(),
    "transposed": transposed(),
    "pooling": poolings(),
    "resizing": resizings(),
}
SIZES = st.lists(st.integers(1, 7), min_size=3, max_size=3)
every_kind = pytest.mark.parametrize("kind", KINDS)


def sample_shape(layer: Layer, channels: int, sizes: list[int]) -> tuple[int, ...]:
    axes = len(layer.input_axes.split()) - 1
    return (sizes[0], channels) if axes == 1 else (channels, *sizes[:axes])


@every_kind
@settings(deadline=None)
@given(data=st.data(), channels=st.sampled_from([2, 4]), sizes=SIZES)
def test_the_measured_shape_is_the_real_one_and_that_of_keras(kind: str, data: Any, channels: int, sizes: Any) -> None:
    layer = data.draw(KINDS[kind])
    shape = sample_shape(layer, channels, sizes)
    try:
        measured = measure(layer, shape)[0]
    except ShapeError:
        assume(False)
    assert tuple(layer(torch.zeros(2, *shape)).shape) == (2, *measured)
    dilated = max(getattr(layer, "dilation_rate", (1,))) > 1 and max(layer.strides) > 1  # Keras has no both at once
    if in_keras(layer) and not dilated:
        twin = keras_twin(layer, len(shape) + 1)
        assert tuple(twin.compute_output_shape((2, *shape))) == (2, *measured)


@every_kind
@settings(deadline=None)
@given(data=st.data(), channels=FEW, sizes=st.lists(st.integers(1, 3), min_size=3, max_size=3))
def test_an_input_too_small_is_refused_by_the_layer_not_by_torch(
    kind: str, data: Any, channels: int, sizes: Any
) -> None:
    layer = data.draw(KINDS[kind])
    message = refusal(layer, torch.zeros(1, *sample_shape(layer, channels, sizes)))
    assert message is None or repr(layer) in message


def refusal(layer: Layer, x: torch.Tensor) -> str | None:
    """What a layer says of an input that it cannot take; None where it takes it."""
    try:
        layer(x)
    except ShapeError as error:
        return str(error)
    return None
