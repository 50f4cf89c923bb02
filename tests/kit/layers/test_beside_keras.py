"""Every layer that Keras 3 has too, on its torch backend: outputs, gradients, statistics and shapes are the same."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from kit import CATALOG, Layer
from tests.kit.keras_reference import float64_in_keras  # noqa: F401
from tests.kit.layers.examples import ALL, Example
from tests.kit.layers.keras_twins import for_keras, in_keras, keras_twin

pytestmark = pytest.mark.usefixtures("float64", "float64_in_keras")

ELSEWHERE = {  # layers that Keras does not have, or that are random: which test compares them with a formula
    "MaxoutDense": "test_maxout_repeat_permute.py",
    "PositionEmbedding": "test_attention.py",
    "SinePositionEncoding": "test_attention.py",
    "ThresholdedReLU": "test_advanced_activations.py",
    "TransformerEncoder": "test_transformer.py",
    "Lambda": "test_functions.py",
    "Normalization": "test_adapting.py",
    "WordContextProduct": "test_embeddings.py",
    "Activation": "test_core.py",
    **dict.fromkeys(["Bidirectional", "TimeDistributed"], "test_wrappers.py"),
    "FinalState": "test_recurrent_state.py",
    **dict.fromkeys(["SimpleRNN", "SimpleDeepRNN", "GRU", "LSTM"], "test_recurrent.py"),
}
RANDOM = ("Dropout", "Noise")
MORE = [  # what the examples leave out
    Example('Conv1D(3, 4, padding="causal", activation="gelu")', ((3, 2),)),
    Example('Conv2D(4, (2, 3), strides=(3, 2), padding="same", activation="silu")', ((3, 7, 4),)),
    Example('Conv2DTranspose(2, (4, 3), strides=(3, 1), padding="same")', ((3, 2, 5),)),
    Example('Conv2DTranspose(2, (1, 2), strides=(3, 3), padding="valid")', ((3, 2, 5),)),
    Example('Conv1D(4, 3, padding="same", dilation_rate=3, activation="softmax")', ((4, 2),)),
    Example("Conv2D(4, (3, 2), dilation_rate=(1, 2), groups=4)", ((8, 3, 5),)),
    Example('Conv3D(2, (2, 1, 3), padding="same", dilation_rate=2)', ((3, 3, 2, 4),)),
    Example('Conv2DTranspose(2, (2, 3), dilation_rate=(3, 2), padding="valid")', ((3, 2, 5),)),
    Example('Conv1DTranspose(2, 3, dilation_rate=2, padding="same")', ((5, 2),)),
    Example('Conv3DTranspose(2, (2, 3, 4), strides=(3, 2, 1), padding="same")', ((3, 2, 1, 4),)),
    Example('DepthwiseConv1D(4, strides=3, padding="same", depth_multiplier=2)', ((7, 3),)),
    Example("DepthwiseConv2D(2, dilation_rate=(2, 1), depth_multiplier=2)", ((3, 5, 4),)),
    Example('SeparableConv1D(3, 3, strides=2, padding="same", activation="softmax")', ((6, 2),)),
    Example("SeparableConv2D(3, 2, dilation_rate=(2, 3))", ((2, 4, 5),)),
    Example('DepthwiseConv2D((2, 3), strides=2, padding="same", depth_multiplier=3, activation="elu")', ((2, 5, 6),)),
    Example('SeparableConv2D(3, (4, 1), strides=2, padding="same", depth_multiplier=2)', ((2, 7, 6),)),
    Example('MaxPooling1D(4, strides=3, padding="same")', ((8, 2),)),
    Example("Dot((1, 2), normalize=True)", ((3, 4), (5, 3))),
    Example("Dot(axes=(3, 1))", ((2, 3, 4), (4, 5))),
    Example("LayerNormalization(epsilon=0.5)", ((3, 4),)),
    Example("MultiHeadAttention(3, 2, causal=True)", ((5, 4), (5, 4))),
    Example('Dense(3, activation="log_softmax", use_bias=False)', ((2, 3, 4),)),
    Example("ELU(alpha=2.5)", ((7,),)),
]
COMPARED = [example for example in [*ALL, *MORE] if in_keras(example.make())]


def is_random(example: Example) -> bool:
    layer = example.make()
    return any(word in type(layer).__name__ for word in RANDOM) or bool(getattr(layer, "dropout", 0))


def scatter(layer: Layer) -> None:
    """Gives a layer other weights than those it starts with, such as biases that are not 0."""
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for weight in layer.parameters():
            weight.normal_(generator=generator)
        for statistic in layer.buffers():
            statistic.uniform_(0.5, 2, generator=generator)


CASES = [
    (example, training) for example in COMPARED for training in (False, True) if not (training and is_random(example))
]


def compared_names() -> set[str]:
    return {type(example.make()).__name__ for example in COMPARED}


def outcome(call: Any, inputs: list[torch.Tensor], weights: list[torch.Tensor]) -> list[Any]:
    """The output, then its gradients in inputs and weights where its own is cos(1), cos(2), ..."""
    xs = [x.clone().requires_grad_(x.is_floating_point()) for x in inputs]
    y = call(*xs)
    slope = torch.arange(1.0, y.numel() + 1).cos().reshape(y.shape)
    wanted = [tensor for tensor in (*xs, *weights) if tensor.requires_grad]
    return [y.detach(), *(torch.autograd.grad(y, wanted, slope) if wanted else ())]


@pytest.mark.parametrize(("example", "training"), CASES, ids=[f"{e.call}-{len(e.shapes)}-{t}" for e, t in CASES])
def test_output_and_gradients_are_those_of_keras(example: Example, training: bool) -> None:
    ours, inputs = example.make().train(training), example.samples()
    ours.build_for(*example.shapes)
    scatter(ours)
    theirs = keras_twin(ours, inputs[0].ndim)
    words = {"use_causal_mask": True} if getattr(ours, "causal", False) else {}
    given = inputs * 2 if type(ours).__name__ == "MultiHeadAttention" and len(inputs) == 1 else inputs

    def call(*xs: torch.Tensor) -> torch.Tensor:
        several = ours.input_count is None and "Attention" not in type(ours).__name__
        return theirs(list(xs) if several else xs[0], *([] if several else xs[1:]), training=training, **words)

    call(*given)
    for variable, array in zip(theirs.weights, for_keras(ours, ours.get_weights()), strict=True):
        variable.assign(torch.from_numpy(array))  # Keras would round an array to float32
    ours_found = outcome(ours, given, list(ours.parameters()))
    theirs_found = outcome(call, given, [variable.value for variable in theirs.trainable_variables])
    count = len(given)
    ours_found[count + 1 :] = for_keras(ours, [gradient.numpy() for gradient in ours_found[count + 1 :]])
    for a, b in zip(ours_found, theirs_found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11)
    for a, b in zip(for_keras(ours, ours.get_weights()), theirs.weights, strict=True):
        np.testing.assert_allclose(a, b.value.detach(), rtol=1e-9)  # running statistics


@pytest.mark.parametrize("name", [name for name, cls in CATALOG.items() if cls.__module__.startswith("kit.")])
def test_it_is_compared_with_keras_or_with_a_formula_elsewhere(name: str) -> None:
    if name not in compared_names():
        assert name in ELSEWHERE, f"Keras has no {name}: test it against a formula, and say where in ELSEWHERE"
        assert f"{name}(" in (Path(__file__).parent / ELSEWHERE[name]).read_text(encoding="utf-8")
