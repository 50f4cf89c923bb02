"""The transformer's block against torch's own."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import kit
from kit.layers import (
    Dense,
    Embedding,
    GlobalAveragePooling1D,
    Input,
    ShapeError,
    SinePositionEncoding,
    TransformerEncoder,
)
from kit.models import Sequential

CASES = list(itertools.product([False, True], ["relu", "gelu"], [False, True]))


def ours_of(theirs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights of torch's block, or their gradients, as ours has them."""
    found = {
        "attention.output_kernel": theirs["self_attn.out_proj.weight"].T,
        "attention.output_bias": theirs["self_attn.out_proj.bias"],
    }
    kernels, biases = theirs["self_attn.in_proj_weight"].chunk(3), theirs["self_attn.in_proj_bias"].chunk(3)
    for name, kernel, bias in zip(("query", "key", "value"), kernels, biases, strict=True):
        found |= {f"attention.{name}_kernel": kernel.T, f"attention.{name}_bias": bias}
    for ours, name in (("attention_norm", "norm1"), ("norm", "norm2")):
        found |= {f"{ours}.gamma": theirs[f"{name}.weight"], f"{ours}.beta": theirs[f"{name}.bias"]}
    for ours, name in (("widen", "linear1"), ("narrow", "linear2")):
        found |= {f"{ours}.kernel": theirs[f"{name}.weight"].T, f"{ours}.bias": theirs[f"{name}.bias"]}
    return found


@pytest.mark.parametrize(("first", "activation", "causal"), CASES)
def test_output_and_gradients_are_those_of_torch(first, activation, causal, float64: None, rng) -> None:
    other = nn.TransformerEncoderLayer(6, 2, 5, 0.0, activation, batch_first=True, norm_first=first)
    ours = TransformerEncoder(5, 2, activation=activation, normalize_first=first, causal=causal)
    ours.build_for((4, 6))
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.normal_(generator=torch.Generator().manual_seed(parameter.numel()))
    ours.load_state_dict(ours_of(other.state_dict()))
    x, dy = (torch.from_numpy(array) for array in rng.normal(size=(2, 3, 4, 6)))
    xs = [x.clone().requires_grad_() for _ in range(2)]
    y = ours(xs[0])
    theirs = other(xs[1], src_mask=nn.Transformer.generate_square_subsequent_mask(4) if causal else None)
    torch.testing.assert_close(y, theirs)
    y.backward(dy)
    theirs.backward(dy)
    torch.testing.assert_close(xs[0].grad, xs[1].grad)
    gradients = ours_of({name: parameter.grad for name, parameter in other.named_parameters()})
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter.grad, gradients[name])


def test_its_weights_come_from_its_generator_alone() -> None:
    found = []
    before = torch.get_rng_state()
    for _ in range(2):
        layer = TransformerEncoder(5, 2)
        layer.generator = torch.Generator().manual_seed(1)
        layer.build_for((4, 6))
        found.append(layer.get_weights())
    assert all((a == b).all() for a, b in zip(*found, strict=True))
    assert torch.equal(torch.get_rng_state(), before)


def test_frozen_it_has_nothing_to_train() -> None:
    layer = TransformerEncoder(5, 2, trainable=False)
    layer.build_for((4, 6))
    assert not any(parameter.requires_grad for parameter in layer.parameters())
    layer.trainable = True
    assert all(parameter.requires_grad for parameter in layer.parameters())


def test_a_file_gives_it_back(tmp_path: Path, rng: np.random.Generator) -> None:
    model = Sequential([Input((4, 6)), TransformerEncoder(5, 2, causal=True)])
    model.save(tmp_path / "block.h5")
    X = rng.normal(size=(3, 4, 6))
    np.testing.assert_array_equal(kit.load(tmp_path / "block.h5").predict(X, verbose=0), model.predict(X, verbose=0))


def test_heads_that_do_not_divide_the_features_are_refused() -> None:
    with pytest.raises(ShapeError, match="cannot give 4 heads as many of 6 features; change num_heads"):
        TransformerEncoder(5, 4).build_for((3, 6))


def test_a_transformer_of_a_few_lines_learns_which_word_there_is(rng: np.random.Generator) -> None:
    X = rng.integers(2, 20, size=(256, 8))
    y = rng.integers(0, 2, size=256)
    X[np.arange(256), rng.integers(0, 8, size=256)] = y  # word 0 or word 1 somewhere
    model = Sequential([
        Input((8,)),
        Embedding(20, 16),
        SinePositionEncoding(),
        TransformerEncoder(32, 2, dropout=0.1),
        TransformerEncoder(32, 2, dropout=0.1),
        GlobalAveragePooling1D(),
        Dense(1, "sigmoid"),
    ])  # fmt: skip
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(X, y, epochs=20, verbose=0, seed=1)
    assert history["accuracy"][-1] > 0.95
