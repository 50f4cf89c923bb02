"""The recurrent layers and what runs them beside Keras 3, forward and backward, with masks and given states."""

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from kit.layers import GRU, LSTM, Bidirectional, SimpleRNN
from tests.kit.keras_reference import float64_in_keras, keras  # noqa: F401

pytestmark = pytest.mark.usefixtures("float64", "float64_in_keras")

KINDS = {"SimpleRNN": SimpleRNN, "GRU": GRU, "LSTM": LSTM}
STATES = {"SimpleRNN": 1, "GRU": 1, "LSTM": 2}
MASKS = {
    "none": None,
    "at the end": [[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [1, 1, 1, 0, 0]],
    "at the start": [[0, 0, 1, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 1]],
    "anywhere": [[0, 1, 0, 1, 0], [1, 0, 1, 1, 0], [0, 0, 1, 0, 0]],
    "one of nothing": [[0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 1, 1, 1]],
}
UNUSUAL = {
    "SimpleRNN": [{"activation": "relu"}, {"activation": "linear"}, {"activation": "sigmoid", "use_bias": False}],
    "GRU": [
        {"reset_after": False},
        {"activation": "relu", "recurrent_activation": "hard_sigmoid"},
        {"activation": "sigmoid", "recurrent_activation": "hard_sigmoid", "reset_after": False},
        {"use_bias": False},
    ],
    "LSTM": [
        {"activation": "sigmoid", "recurrent_activation": "hard_sigmoid"},
        {"activation": "relu", "recurrent_activation": "tanh"},
        {"use_bias": False, "unit_forget_bias": False},
    ],
}
WAYS = [dict(zip(("return_sequences", "go_backwards"), way, strict=True)) for way in itertools.product([0, 1], [0, 1])]


def random(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def keras_words(words: dict[str, Any]) -> dict[str, Any]:
    """The same settings; Keras 3's hard_sigmoid is another function than that of 2015."""
    if words.get("recurrent_activation") == "hard_sigmoid":
        return {**words, "recurrent_activation": lambda x: keras.ops.clip(0.2 * x + 0.5, 0, 1)}
    return words


def pair(kind: str, words: dict[str, Any], wrap: dict[str, Any] | None = None) -> tuple[Any, Any]:
    """Our layer and Keras's, with the same random weights."""
    ours, theirs = KINDS[kind](4, **words), getattr(keras.layers, kind)(4, **keras_words(words))
    if wrap is not None:
        ours, theirs = Bidirectional(ours, **wrap), keras.layers.Bidirectional(theirs, **wrap)
    ours.build_for((5, 3))
    theirs.build((3, 5, 3))
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weight, variable in zip(ours.parameters(), theirs.weights, strict=True):
            variable.assign(weight.normal_(generator=generator))
    return ours, theirs


def assert_same(ours: Any, theirs: Any, given: list[torch.Tensor], mask: Any) -> None:
    """Outputs, and gradients in inputs, states and weights, are equal to the last digits."""
    held = None if mask is None else torch.tensor(mask, dtype=torch.bool)
    y = ours(*given, **({} if held is None else {"mask": held}))
    wanted = theirs(given[0], initial_state=given[1:] or None, mask=held)
    torch.testing.assert_close(y, wanted, rtol=1e-10, atol=1e-12)
    slope = torch.arange(1.0, y.numel() + 1).cos().reshape(y.shape)
    found = torch.autograd.grad(y, [*given, *ours.parameters()], slope)
    others = torch.autograd.grad(wanted, [*given, *(variable.value for variable in theirs.weights)], slope)
    for a, b in zip(found, others, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_with_any_mask_in_either_direction_it_is_keras(kind, way, mask) -> None:
    assert_same(*pair(kind, way), [random(3, 5, 3)], mask)


@pytest.mark.parametrize("mask", ["none", "anywhere"])
@pytest.mark.parametrize(("kind", "words"), [(kind, words) for kind in KINDS for words in UNUSUAL[kind]], ids=str)
def test_with_other_activations_and_without_a_bias_it_is_keras(kind, words, mask) -> None:
    assert_same(*pair(kind, {**words, "return_sequences": True}), [random(3, 5, 3)], MASKS[mask])


@pytest.mark.parametrize("mask", ["none", "at the start", "one of nothing"])
@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_from_given_states_it_is_keras(kind, way, mask) -> None:
    states = [random(3, 4, seed=5 + i) for i in range(STATES[kind])]
    assert_same(*pair(kind, way), [random(3, 5, 3), *states], MASKS[mask])


@pytest.mark.parametrize("mask", ["none", "at the end", "anywhere"])
@pytest.mark.parametrize("sequence", [False, True])
@pytest.mark.parametrize("mode", ["concat", "sum", "ave", "mul"])
@pytest.mark.parametrize("kind", KINDS)
def test_bidirectional_is_keras_s(kind, mode, sequence, mask) -> None:
    layers = pair(kind, {"return_sequences": sequence}, {"merge_mode": mode})
    assert_same(*layers, [random(3, 5, 3)], MASKS[mask])


def test_bidirectional_takes_the_states_of_both_as_keras_does() -> None:
    assert_same(*pair("LSTM", {}, {}), [random(3, 5, 3), *(random(3, 4, seed=i) for i in range(4))], None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stateful_layer_goes_on_as_keras_s(kind) -> None:
    ours, theirs = pair(kind, {"stateful": True, "return_sequences": True})
    for seed in range(3):
        x = random(3, 5, 3, seed=seed)
        np.testing.assert_allclose(ours(x).detach(), theirs(x).detach(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("sequence", [False, True])
@pytest.mark.parametrize("wrap", [None, {"merge_mode": "ave"}], ids=["alone", "both ways"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_states_behind_the_output_are_keras_s(kind, wrap, sequence, mask) -> None:
    ours, theirs = pair(kind, {"return_sequences": sequence, "return_state": True}, wrap)
    x, held = random(3, 5, 3), None if mask is None else torch.tensor(mask, dtype=torch.bool)
    found, wanted = ours(x, **({} if held is None else {"mask": held})), theirs(x, mask=held)
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-12)
    slopes = sum(((i + 1) * y.square()).sum() for i, y in enumerate(found))
    others = sum(((i + 1) * y.square()).sum() for i, y in enumerate(wanted))
    torch.testing.assert_close(*(torch.autograd.grad(each, x)[0] for each in (slopes, others)), rtol=1e-9, atol=1e-11)
