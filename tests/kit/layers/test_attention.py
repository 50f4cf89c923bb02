"""Attention against an explicit loop over heads and against torch's own module."""

import numpy as np
import pytest
import torch
from torch import nn

from kit.layers import (
    Dense,
    GlobalAveragePooling1D,
    Input,
    MultiHeadAttention,
    PositionEmbedding,
    ShapeError,
    SinePositionEncoding,
)
from kit.models import Model

pytestmark = pytest.mark.usefixtures("float64")


def tensor(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.normal(size=shape)).requires_grad_()


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("inputs", [1, 2, 3])
def test_it_is_the_loop_over_its_heads(causal, inputs, rng) -> None:
    query, value, key = tensor(rng, 2, 5, 6), tensor(rng, 2, 7, 6), tensor(rng, 2, 7, 6)
    layer = MultiHeadAttention(3, 4, value_dim=2, causal=causal, bias_initializer="normal")
    given = [query, value, key][:inputs]
    y = layer(*given).detach()
    q, v, k = [x.detach().numpy() for x in (given + [given[-1]] * 2)[:3]]
    w = {name: weight.numpy() for name, weight in layer.state_dict().items()}
    parts = []
    for h in range(3):
        qk, vs = slice(4 * h, 4 * h + 4), slice(2 * h, 2 * h + 2)
        Q = q @ w["query_kernel"][:, qk] + w["query_bias"][qk]
        K = k @ w["key_kernel"][:, qk] + w["key_bias"][qk]
        V = v @ w["value_kernel"][:, vs] + w["value_bias"][vs]
        scores = Q @ K.transpose(0, 2, 1) / 2
        if causal:
            scores = np.where(np.tri(*scores.shape[1:], dtype=bool), scores, -np.inf)
        parts.append(softmax(scores) @ V)
    expected = np.concatenate(parts, -1) @ w["output_kernel"] + w["output_bias"]
    np.testing.assert_allclose(y, expected, atol=1e-12)


def test_with_the_weights_of_torch_s_own_output_and_gradient_are_its(rng) -> None:
    other, x, dy = nn.MultiheadAttention(6, 3, batch_first=True), tensor(rng, 2, 5, 6), tensor(rng, 2, 5, 6).detach()
    layer = MultiHeadAttention(3, 2)
    layer.build_for((5, 6))
    W = [part.T for part in other.in_proj_weight.detach().numpy().reshape(3, 6, 6)]
    weights = {f"{name}_kernel": part for name, part in zip(("query", "key", "value"), W, strict=True)}
    weights["output_kernel"] = other.out_proj.weight.detach().numpy().T
    layer.set_weights([weights.get(name, np.zeros(6)) for name in layer.state_dict()])
    theirs = other(x, x, x, need_weights=False)[0]
    torch.testing.assert_close(layer(x), theirs)
    (a,), (b,) = (torch.autograd.grad(y, [x], dy) for y in (layer(x), theirs))
    torch.testing.assert_close(a, b)


@pytest.mark.parametrize("causal", [False, True])
def test_dropping_next_to_nothing_changes_next_to_nothing(causal, rng) -> None:
    x, layer = tensor(rng, 2, 5, 6), MultiHeadAttention(3, 2, causal=causal, dropout=1e-12)
    layer.build_for((5, 6))
    torch.testing.assert_close(layer.train()(x), layer.eval()(x))


def test_what_is_dropped_comes_from_its_own_generator(rng) -> None:
    x, layer, before = tensor(rng, 2, 5, 6), MultiHeadAttention(3, 2, dropout=0.5), torch.get_rng_state()
    layer.generator = torch.Generator().manual_seed(1)
    first = layer(x)
    assert not torch.equal(first, layer(x))
    layer.generator.manual_seed(1)
    layer.build_for((5, 6))
    assert torch.equal(before, torch.get_rng_state())


def test_a_causal_head_sees_no_later_time(rng) -> None:
    x, layer = tensor(rng, 1, 5, 6), MultiHeadAttention(2, 3, causal=True)
    layer(x)[:, 2].sum().backward()
    assert (x.grad.abs().sum((0, 2)) > 0).tolist() == [True, True, True, False, False]


@pytest.mark.parametrize(("shapes", "message"), [
    ([(5, 6), (5, 4)], "takes inputs of one width"),
    ([(5, 6), (5, 6), (4, 6)], "value and key of one length"),
    ([(5, 6)] * 4, "takes query, value and key, but 4 inputs came"),
    ([(6,)], r"takes input \(n, time, features\)"),
])  # fmt: skip
def test_inputs_that_do_not_go_together_are_refused(shapes, message) -> None:
    with pytest.raises(ShapeError, match=message):
        MultiHeadAttention(2, 3).build_for(*shapes)


def test_the_words_of_today_are_its_words() -> None:
    assert repr(MultiHeadAttention(num_heads=2, key_dim=3)) == "MultiHeadAttention(2, 3)"


def test_a_small_transformer_trains(rng) -> None:
    torch.manual_seed(1)  # where the weights start
    inputs = Input((6, 4))
    x = PositionEmbedding(8)(inputs)
    x = MultiHeadAttention(2, 4)(x, x)
    model = Model(inputs, Dense(1)(GlobalAveragePooling1D()(x)))
    model.compile("adam", "mse")
    X = rng.normal(size=(32, 6, 4))
    history = model.fit(X, X[:, :, 0].mean(1, keepdims=True), epochs=5, verbose=0, seed=1)
    assert history["loss"][-1] < history["loss"][0]


def test_position_embedding_adds_a_vector_to_each_place(rng) -> None:
    x, layer = tensor(rng, 2, 5, 6), PositionEmbedding(8)
    y = layer(x).detach()
    (P,) = layer.get_weights()
    assert P.shape == (8, 6)
    np.testing.assert_allclose(y, x.detach().numpy() + P[:5])


def test_position_embedding_refuses_a_longer_sequence() -> None:
    with pytest.raises(ShapeError, match="knows 4 places, but a sequence of 5 came"):
        PositionEmbedding(4).build_for((5, 6))


@pytest.mark.parametrize("features", [6, 5])
def test_sine_position_encoding_adds_sines_and_cosines_of_longer_and_longer_waves(features, rng) -> None:
    x = tensor(rng, 2, 7, features)
    y = SinePositionEncoding(max_wavelength=100.0)(x).detach()
    t, i = np.arange(7)[:, None], np.arange(features)
    angles = t / 100.0 ** (2 * (i // 2) / features)
    np.testing.assert_allclose(y, x.detach().numpy() + np.where(i % 2, np.cos(angles), np.sin(angles)))
