"""The recurrent layers against explicit NumPy loops and torch's own."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from kit.layers import GRU, LSTM, Dense, SimpleDeepRNN, SimpleRNN
from kit.layers.measuring import measure
from kit.models import Sequential
from kit.optimizers import Adam

FUNCTIONS = {
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    "relu": lambda x: np.maximum(x, 0),
    "linear": lambda x: x,
    "softmax": lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True),
}
PAIRS = list(itertools.product(["tanh", "sigmoid", "relu", "linear"], ["sigmoid", "hard_sigmoid", "softmax"]))
every_pair = pytest.mark.parametrize(("activation", "inner"), PAIRS)
KINDS = [SimpleRNN, SimpleDeepRNN, GRU, LSTM]
every_kind = pytest.mark.parametrize("kind", KINDS)
pytestmark = pytest.mark.usefixtures("float64")


def sequences(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    return torch.from_numpy(rng.normal(size=shape or (3, 6, 4))).requires_grad_()


def looped(layer, monkeypatch: pytest.MonkeyPatch):
    """The same layer, made to go step by step."""
    monkeypatch.setattr(type(layer), "fused", lambda self: None)
    return layer


def gradients(layer, x: torch.Tensor, dy: torch.Tensor) -> list[torch.Tensor]:
    return list(torch.autograd.grad(layer(x), [x, *layer.parameters()], dy))


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
def test_simple_rnn_is_the_loop_of_its_formula(activation, rng) -> None:
    x, layer = sequences(rng), SimpleRNN(5, activation, return_sequences=True, bias_initializer="normal")
    y = layer(x).detach()
    W, U, b = layer.get_weights()
    h = np.zeros((3, 5))
    for t in range(6):
        h = FUNCTIONS[activation](x.detach().numpy()[:, t] @ W + h @ U + b)
        np.testing.assert_allclose(y[:, t], h, atol=1e-12)


@pytest.mark.parametrize("depth", [1, 2, 3, 8])
@every_pair
def test_simple_deep_rnn_is_the_loop_of_its_formula(activation, inner, depth, rng) -> None:
    layer = SimpleDeepRNN(5, activation, depth=depth, inner_activation=inner, return_sequences=True)
    x = sequences(rng)
    y = layer(x).detach()
    W, *U, b = layer.get_weights()
    past = [np.zeros((3, 5))] * depth
    for t in range(6):
        brought = sum(FUNCTIONS[inner](past[-k] @ U[k - 1]) for k in range(1, depth + 1))
        past.append(FUNCTIONS[activation](x.detach().numpy()[:, t] @ W + b + brought))
        np.testing.assert_allclose(y[:, t], past[-1], atol=1e-12)


@every_pair
def test_lstm_is_the_loop_of_its_formula(activation, inner, rng) -> None:
    x = sequences(rng)
    layer = LSTM(5, activation, inner_activation=inner, return_sequences=True, bias_initializer="normal")
    y = layer(x).detach()
    W_i, U_i, b_i, W_c, U_c, b_c, W_f, U_f, b_f, W_o, U_o, b_o = layer.get_weights()
    act, gate = FUNCTIONS[activation], FUNCTIONS[inner]
    h = c = np.zeros((3, 5))
    for t in range(6):
        x_t = x.detach().numpy()[:, t]
        i, f, o = (gate(x_t @ W + h @ U + b) for W, U, b in ((W_i, U_i, b_i), (W_f, U_f, b_f), (W_o, U_o, b_o)))
        c = f * c + i * act(x_t @ W_c + h @ U_c + b_c)
        h = o * act(c)
        np.testing.assert_allclose(y[:, t], h, atol=1e-12)


@pytest.mark.parametrize("reset_after", [True, False])
@every_pair
def test_gru_is_the_loop_of_its_formula(activation, inner, reset_after, rng) -> None:
    x = sequences(rng)
    layer = GRU(
        5, activation, inner_activation=inner, return_sequences=True, bias_initializer="normal", reset_after=reset_after
    )
    y = layer(x).detach()
    W_z, U_z, b_z, W_r, U_r, b_r, W_h, U_h, b_h = layer.get_weights()
    act, gate = FUNCTIONS[activation], FUNCTIONS[inner]
    h = np.zeros((3, 5))
    for t in range(6):
        x_t = x.detach().numpy()[:, t]
        if reset_after:
            z, r = (gate(x_t @ W + b[0] + h @ U + b[1]) for W, U, b in ((W_z, U_z, b_z), (W_r, U_r, b_r)))
            new = act(x_t @ W_h + b_h[0] + r * (h @ U_h + b_h[1]))
        else:
            z, r = (gate(x_t @ W + h @ U + b) for W, U, b in ((W_z, U_z, b_z), (W_r, U_r, b_r)))
            new = act(x_t @ W_h + b_h + (r * h) @ U_h)
        h = z * h + (1 - z) * new
        np.testing.assert_allclose(y[:, t], h, atol=1e-12)


@pytest.mark.parametrize("words", [
    {}, {"return_sequences": True}, {"go_backwards": True}, {"truncate_gradient": 4, "return_sequences": True},
    {"use_bias": False},
], ids=str)  # fmt: skip
@pytest.mark.parametrize(
    ("kind", "activation"), [(SimpleRNN, "tanh"), (SimpleRNN, "relu"), (GRU, "tanh"), (LSTM, "tanh")]
)
def test_the_fused_kernel_and_the_loop_agree_forward_and_backward(kind, activation, words, rng, monkeypatch) -> None:
    layer = kind(5, activation, bias_initializer="normal", **words)
    x = sequences(rng)
    y = layer(x)
    assert layer.fused() is not None
    dy = torch.from_numpy(rng.normal(size=y.shape))
    quick = gradients(layer, x, dy)
    slow = gradients(looped(layer, monkeypatch), x, dy)
    torch.testing.assert_close(y, layer(x), rtol=0, atol=1e-10)
    for a, b in zip(quick, slow, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-10)


@pytest.mark.parametrize(("ours", "theirs", "order"), [
    (SimpleRNN, nn.RNN, [0]), (LSTM, nn.LSTM, [0, 1, 2, 3]), (GRU, nn.GRU, [1, 0, 2]),
])  # fmt: skip
def test_with_the_weights_of_torch_s_own_the_output_and_gradient_are_its(ours, theirs, order, rng) -> None:
    other = theirs(4, 5, batch_first=True)
    W, U, b, b2 = (
        np.concatenate([weight.detach().numpy().T[..., 5 * i : 5 * i + 5] for i in order], axis=-1)
        for weight in other.parameters()
    )
    layer = ours(5, return_sequences=True)
    layer.build_for((6, 4))
    layer.set_weights([W, U, np.stack([b, b2]) if ours is GRU else b + b2])
    x = sequences(rng)
    dy = torch.from_numpy(rng.normal(size=(3, 6, 5)))
    torch.testing.assert_close(layer(x), other(x)[0])
    (ours_dx,), (theirs_dx,) = (torch.autograd.grad(y, [x], dy) for y in (layer(x), other(x)[0]))
    torch.testing.assert_close(ours_dx, theirs_dx)


@every_kind
def test_the_last_output_is_given_unless_sequences_are_wanted(kind, rng) -> None:
    x, last, all_ = sequences(rng), kind(5), kind(5, return_sequences=True)
    y = last(x)
    all_.build_for((6, 4))
    all_.set_weights(last.get_weights())
    torch.testing.assert_close(all_(x)[:, -1], y)


@every_kind
def test_going_backwards_is_reading_the_sequence_from_its_end(kind, rng) -> None:
    x, there, back = sequences(rng), kind(5, return_sequences=True), kind(5, return_sequences=True, go_backwards=True)
    y = there(x.flip(1))
    back.build_for((6, 4))
    back.set_weights(there.get_weights())
    torch.testing.assert_close(back(x), y)


@every_kind
@pytest.mark.parametrize("steps", [1, 2, 4])
def test_truncated_the_gradient_reaches_only_the_last_steps(kind, steps, rng) -> None:
    x, layer = sequences(rng), kind(5, truncate_gradient=steps)
    layer(x).sum().backward()
    reached = x.grad.abs().sum((0, 2)) > 0
    assert reached.tolist() == [t >= 6 - steps for t in range(6)]


@every_kind
def test_truncation_does_not_change_the_output(kind, rng) -> None:
    x, whole, cut = sequences(rng), kind(5, return_sequences=True), kind(5, return_sequences=True, truncate_gradient=4)
    y = whole(x)
    cut.build_for((6, 4))
    cut.set_weights(whole.get_weights())
    torch.testing.assert_close(cut(x), y)


@every_kind
def test_truncated_beyond_the_length_nothing_is_cut(kind, rng) -> None:
    x, whole, cut = sequences(rng), kind(5), kind(5, truncate_gradient=6)
    whole.build_for((6, 4))
    cut.build_for((6, 4))
    cut.set_weights(whole.get_weights())
    dy = torch.ones(3, 5)
    for a, b in zip(gradients(whole, x, dy), gradients(cut, x, dy), strict=True):
        torch.testing.assert_close(a, b)


def test_truncating_at_every_no_step_is_refused() -> None:
    with pytest.raises(ValueError, match="truncate_gradient takes a number of steps of 1 or more, or -1"):
        LSTM(4, truncate_gradient=0)


@every_kind
def test_one_layer_reads_sequences_of_any_length(kind, rng) -> None:
    layer = kind(5)
    assert [tuple(layer(sequences(rng, 2, time, 4)).shape) for time in (1, 3, 9)] == [(2, 5)] * 3


@pytest.mark.parametrize(("call", "repr_"), [
    (lambda: LSTM(256, 128, activation="sigmoid", inner_activation="hard_sigmoid"),
     'LSTM(128, activation="sigmoid", input_dim=256, recurrent_activation="hard_sigmoid")'),
    (lambda: GRU(256, 256, return_sequences=True), "GRU(256, return_sequences=True, input_dim=256)"),
    (lambda: LSTM(128), "LSTM(128)"),
    (lambda: LSTM(20, output_dim=30), "LSTM(30, input_dim=20)"),
    (lambda: SimpleRNN(10, 20, "normal", "uniform", "relu", None, 5, True),
     'SimpleRNN(20, activation="relu", kernel_initializer="normal", recurrent_initializer="uniform", '
     "return_sequences=True, truncate_gradient=5, input_dim=10)"),
    (lambda: SimpleDeepRNN(10, 20, 2), "SimpleDeepRNN(20, input_dim=10, depth=2)"),
    (lambda: GRU(10, 20, "normal", "uniform", "relu", "tanh"),
     'GRU(20, activation="relu", kernel_initializer="normal", recurrent_initializer="uniform", input_dim=10, '
     'recurrent_activation="tanh")'),
])  # fmt: skip
def test_the_calls_of_2015_and_of_today_are_read(call, repr_: str) -> None:
    assert repr(call()) == repr_


@pytest.mark.parametrize(("layer", "shapes"), [
    (SimpleRNN(3, input_dim=2), [(2, 3), (3, 3), (3,)]),
    (SimpleDeepRNN(3, input_dim=2), [(2, 3), (3, 3), (3, 3), (3, 3), (3,)]),
    (GRU(3, input_dim=2, reset_after=False), [(2, 3), (3, 3), (3,)] * 3),
    (GRU(3, input_dim=2), [(2, 3), (3, 3), (2, 3)] * 3),
    (LSTM(3, input_dim=2), [(2, 3), (3, 3), (3,)] * 4),
    (LSTM(3, input_dim=2, use_bias=False), [(2, 3), (3, 3)] * 4),
], ids=repr)  # fmt: skip
def test_the_weights_come_gate_by_gate_as_in_2015(layer, shapes) -> None:
    layer.build_stated()
    assert [w.shape for w in layer.get_weights()] == shapes


@pytest.mark.parametrize(("kind", "held", "order"), [(LSTM, "ifco", "icfo"), (GRU, "zrh", "zrh")])
def test_the_arrays_of_keras_3_are_the_gates_side_by_side(kind, held, order, rng) -> None:
    layer = kind(3, input_dim=2)
    layer.build_stated()
    gates = len(held)
    shapes = [(2, 3 * gates), (3, 3 * gates), (2, 3 * gates) if kind is GRU else (3 * gates,)]
    fused = [rng.normal(size=shape) for shape in shapes]
    layer.set_weights(fused)
    spoken = iter(layer.get_weights())
    for gate in order:
        block = slice(3 * held.index(gate), 3 * held.index(gate) + 3)
        for array in fused:
            np.testing.assert_array_equal(next(spoken), array[..., block])


@pytest.mark.parametrize("kind", [GRU, LSTM])
def test_the_gates_set_one_by_one_are_held_side_by_side(kind, rng) -> None:
    layer = kind(3, input_dim=2)
    layer.build_stated()
    weights = [rng.normal(size=w.shape) for w in layer.get_weights()]
    layer.set_weights(weights)
    for a, b in zip(weights, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(("here", "there"), [(True, False), (False, True)])
def test_a_gru_of_the_other_kind_names_the_argument(here, there) -> None:
    layer, other = GRU(3, input_dim=2, reset_after=here), GRU(3, input_dim=2, reset_after=there)
    layer.build_stated()
    other.build_stated()
    before = layer.get_weights()
    with pytest.raises(ValueError, match="go into a GRU with reset_after=False"):
        layer.set_weights(other.get_weights())
    assert all((a == b).all() for a, b in zip(before, layer.get_weights(), strict=True))


def test_a_model_takes_its_weights_gate_by_gate() -> None:
    model, other = (Sequential([LSTM(3, return_sequences=True, input_dim=2), GRU(4)]) for _ in range(2))
    for each in (model, other):
        each.module.build((5, 2))
    weights = model.get_weights()
    assert len(weights) == 12 + 9
    other.set_weights(weights)
    x = torch.randn(2, 5, 2)
    assert torch.equal(model.module(x), other.module(x))


def test_each_gate_is_initialized_by_itself() -> None:
    layer = LSTM(6, input_dim=9)
    layer.build_stated()
    weights = layer.get_weights()
    for W, U in zip(weights[::3], weights[1::3], strict=True):
        np.testing.assert_allclose(U.T @ U, 1.1**2 * np.eye(6), atol=1e-12)
        limit = np.sqrt(6 / (9 + 6))
        assert 0.8 * limit < abs(W).max() <= limit


def test_the_forget_gate_starts_open_unless_told_not_to() -> None:
    for unit_forget_bias in (True, False):
        layer = LSTM(3, input_dim=2, unit_forget_bias=unit_forget_bias)
        layer.build_stated()
        assert [b.tolist() for b in layer.get_weights()[2::3]] == [[0] * 3, [0] * 3, [unit_forget_bias] * 3, [0] * 3]


def test_a_penalty_and_a_constraint_reach_the_recurrent_weights() -> None:
    layer = LSTM(3, input_dim=2, recurrent_regularizer="l2(0.1)", recurrent_constraint="maxnorm(1)")
    layer.build_stated()
    assert set(layer.penalties) == set(layer.limits) == {"recurrent_kernel"}


@every_kind
def test_measuring_takes_no_longer_for_a_longer_sequence(kind) -> None:
    layer = kind(5, return_sequences=True, truncate_gradient=3)
    assert measure(layer, (10**9, 4))[0] == (10**9, 5)


@every_kind
def test_a_first_layer_with_a_stated_width_takes_any_length(kind) -> None:
    model = Sequential([kind(4, 3)])
    model.compile("sgd", "mse")
    model.fit(np.zeros((4, 5, 4), "float32"), np.zeros((4, 3), "float32"), verbose=0)
    assert model.predict(np.zeros((2, 7, 4), "float32"), verbose=0).shape == (2, 3)


@pytest.mark.parametrize("kind", [GRU, LSTM])
def test_it_learns_to_remember_the_first_of_a_sequence(kind, rng) -> None:
    torch.manual_seed(1)  # where the weights start
    X = rng.normal(size=(128, 6, 1))
    model = Sequential([kind(8), Dense(1)])
    model.compile(Adam(0.02), "mse")
    history = model.fit(X, X[:, 0], epochs=20, batch_size=16, verbose=0, seed=1)
    assert history["loss"][-1] < 0.2 * history["loss"][0]
