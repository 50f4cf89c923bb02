"""Gradients by hand are those of the steps one by one."""

import itertools

import pytest
import torch

from kit.layers import GRU, LSTM
from kit.layers.by_hand import KNOWN

PAIRS = list(itertools.product([function.__name__ for function in KNOWN], repeat=2))
pytestmark = pytest.mark.usefixtures("float64")


def layers() -> list:
    return [
        kind(3, activation=activation, recurrent_activation=gate, bias_initializer="normal", **words)
        for kind, words in ((LSTM, {"unit_forget_bias": False}), (GRU, {"reset_after": False}))
        for activation, gate in PAIRS
    ]


def outcome(layer, xs: list[torch.Tensor], mask: torch.Tensor | None) -> list[torch.Tensor]:
    """All outputs, and the gradients in all inputs and weights."""
    ys = layer(*xs, mask=mask)
    slope = sum((torch.arange(1.0, y.numel() + 1).cos().reshape(y.shape) * y).sum() for y in ys)
    return [*ys, *torch.autograd.grad(slope, [*xs, *layer.parameters()])]


@pytest.mark.parametrize(
    "words", [{}, {"return_sequences": True}, {"return_sequences": True, "truncate_gradient": 2}], ids=str
)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("layer", layers(), ids=repr)
def test_while_training_and_else_outputs_and_gradients_are_the_same(layer, masked, words) -> None:
    layer = type(layer)(**{**layer.get_config(), **words, "return_state": True})
    torch.manual_seed(2)  # where the weights start
    generator = torch.Generator().manual_seed(1)
    shapes = [(4, 5, 2), *[(4, 3)] * layer.states]
    xs = [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]
    mask = torch.rand(4, 5, generator=generator) > 0.4 if masked else None
    assert layer.by_hand() is not None
    by_hand = outcome(layer.train(), xs, mask)
    by_step = outcome(layer.eval(), xs, mask)
    for a, b in zip(by_hand, by_step, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("wanted", [0, 1, 2])
def test_one_output_alone_has_its_gradient(wanted: int) -> None:
    layer, x = LSTM(3, "sigmoid", return_sequences=True, return_state=True), torch.randn(2, 4, 2, requires_grad=True)
    hand, step = (torch.autograd.grad(layer.train(mode)(x)[wanted].sum(), x)[0] for mode in (True, False))
    torch.testing.assert_close(hand, step)


@pytest.mark.parametrize("layer", [LSTM(3, "softmax"), GRU(3, "gelu", reset_after=False), GRU(3, "relu")], ids=repr)
def test_what_is_not_known_goes_step_by_step(layer) -> None:
    assert layer.by_hand() is None
    x = torch.randn(2, 4, 2, requires_grad=True)
    assert torch.autograd.gradcheck(layer, x)


@pytest.mark.parametrize("layer", layers()[:1] + layers()[-1:], ids=repr)
def test_the_output_may_be_changed_in_place(layer) -> None:
    layer, x = type(layer)(**{**layer.get_config(), "return_sequences": True}), torch.randn(1, 4, 2, requires_grad=True)
    changed, new = layer(x).mul_(2), 2 * layer(x)
    torch.testing.assert_close(*(torch.autograd.grad(y.square().sum(), x)[0] for y in (changed, new)))


def test_the_state_of_an_lstm_stands_still_to_the_last_digit_behind_a_short_sequence() -> None:
    layer = LSTM(3, return_state=True)
    x = 100 * torch.randn(2, 60, 2)
    _, h, c = layer(x, mask=torch.arange(60)[None] < torch.tensor([[5], [60]]))
    _, h_alone, c_alone = layer(x[:1, :5])
    torch.testing.assert_close(h[:1], h_alone, rtol=1e-14, atol=1e-15)
    torch.testing.assert_close(c[:1], c_alone, rtol=1e-14, atol=1e-15)
