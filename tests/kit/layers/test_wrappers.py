"""Bidirectional and TimeDistributed against torch's own and against running the layer by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from kit.layers import GRU, LSTM, Bidirectional, Dense, Flatten, ShapeError, SimpleRNN, TimeDistributed

MODES = {
    "concat": lambda a, b: torch.cat((a, b), -1),
    "sum": torch.add,
    "ave": lambda a, b: (a + b) / 2,
    "mul": torch.mul,
}
pytestmark = pytest.mark.usefixtures("float64")


def sequences(*shape: int) -> torch.Tensor:
    return torch.randn(*(shape or (3, 6, 4)), generator=torch.Generator().manual_seed(1)).requires_grad_()


@pytest.mark.parametrize("sequence", [True, False])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", [SimpleRNN, GRU, LSTM])
def test_bidirectional_merges_a_layer_and_one_that_reads_from_the_end(kind, mode, sequence) -> None:
    layer = Bidirectional(kind(5, return_sequences=sequence), mode)
    x = sequences()
    y = layer(x)
    there, back = kind(5, return_sequences=sequence), kind(5, return_sequences=sequence)
    for inner in (there, back):
        inner.build_for((6, 4))
    weights = layer.get_weights()
    there.set_weights(weights[: len(weights) // 2])
    back.set_weights(weights[len(weights) // 2 :])
    reverse = back(x.flip(1))
    torch.testing.assert_close(y, MODES[mode](there(x), reverse.flip(1) if sequence else reverse))


@pytest.mark.parametrize(("kind", "theirs", "order"), [(LSTM, nn.LSTM, [0, 1, 2, 3]), (GRU, nn.GRU, [1, 0, 2])])
def test_bidirectional_is_torch_s_own_forward_and_backward(kind, theirs, order) -> None:
    other = theirs(4, 5, batch_first=True, bidirectional=True)
    gates = [
        np.concatenate([weight.detach().numpy().T[..., 5 * i : 5 * i + 5] for i in order], axis=-1)
        for weight in other.parameters()
    ]
    layer = Bidirectional(kind(5, return_sequences=True))
    layer.build_for((6, 4))
    halves = [gates[:4], gates[4:]]
    layer.set_weights([w for W, U, b, b2 in halves for w in (W, U, np.stack([b, b2]) if kind is GRU else b + b2)])
    x = sequences()
    dy = torch.randn(3, 6, 10)
    torch.testing.assert_close(layer(x), other(x)[0])
    ours, wanted = (torch.autograd.grad(y, [x], dy)[0] for y in (layer(x), other(x)[0]))
    torch.testing.assert_close(ours, wanted)


@pytest.mark.parametrize(("layer", "why"), [
    ("Dense(3)", "takes a recurrent one"),
    ("LSTM(3, go_backwards=True)", "leave go_backwards out"),
])  # fmt: skip
def test_bidirectional_takes_a_recurrent_layer_that_runs_forwards(layer: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Bidirectional(layer)


@pytest.mark.parametrize("layer", [Dense(5, "tanh"), Flatten(), LSTM(2)], ids=repr)
def test_time_distributed_is_the_layer_at_each_time(layer) -> None:
    x = sequences(2, 3, 4, 5)
    y = TimeDistributed(layer)(x)
    for t in range(3):
        torch.testing.assert_close(y[:, t], layer(x[:, t]))


def test_time_distributed_holds_the_layer_it_was_given() -> None:
    layer = Dense(5)
    layer.build_for((4,))
    weights = layer.get_weights()
    wrapped = TimeDistributed(layer)
    wrapped(sequences())
    assert wrapped.layer is layer
    assert all((a == b).all() for a, b in zip(weights, wrapped.get_weights(), strict=True))


def test_time_distributed_needs_a_time() -> None:
    with pytest.raises(ShapeError, match=r"takes input \(n, time, ...\), but \(n, 4\) came"):
        TimeDistributed(Dense(3))(torch.zeros(2, 4))


def test_what_the_layer_inside_cannot_take_is_said_by_it() -> None:
    with pytest.raises(ShapeError, match=r"Dense.*expects input_dim=3 but its input has 4"):
        TimeDistributed(Dense(3, input_dim=3))(torch.zeros(2, 6, 4))
