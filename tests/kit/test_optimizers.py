"""Optimizers against loops in NumPy of the formulas in their docstrings, and against torch's."""

import numpy as np
import pytest
import torch

from kit import Sequential, optimizers
from kit.layers import Dense
from kit.optimizers import OPTIMIZERS, SGD, Adadelta, Adagrad, Adam, AdamW, RMSprop

STEPS = 7


def sgd(o: SGD, w, gradients):
    v = np.zeros_like(w)
    for t, g in enumerate(gradients):
        rate = o.learning_rate / (1 + o.decay * t)
        v = o.momentum * v - rate * g
        w = w + o.momentum * v - rate * g if o.nesterov else w + v
    return w


def rmsprop(o: RMSprop, w, gradients):
    s = np.zeros_like(w)
    for t, g in enumerate(gradients):
        s = o.rho * s + (1 - o.rho) * g**2
        w = w - o.learning_rate / (1 + o.decay * t) * g / np.sqrt(s + o.epsilon)
    return w


def adam(o: Adam, w, gradients):
    m, s = np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(gradients):
        m = o.beta_1 * m + (1 - o.beta_1) * g
        s = o.beta_2 * s + (1 - o.beta_2) * g**2
        rate = o.learning_rate / (1 + o.decay * t) * np.sqrt(1 - o.beta_2 ** (t + 1)) / (1 - o.beta_1 ** (t + 1))
        w = w - rate * m / (np.sqrt(s) + o.epsilon)
    return w


def adamw(o: AdamW, w, gradients):
    m, s = np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(gradients):
        plain = o.learning_rate / (1 + o.decay * t)
        m = o.beta_1 * m + (1 - o.beta_1) * g
        s = o.beta_2 * s + (1 - o.beta_2) * g**2
        rate = plain * np.sqrt(1 - o.beta_2 ** (t + 1)) / (1 - o.beta_1 ** (t + 1))
        w = (1 - plain * o.weight_decay) * w - rate * m / (np.sqrt(s) + o.epsilon)
    return w


def adagrad(o: Adagrad, w, gradients):
    s = np.full_like(w, o.initial_accumulator_value)
    for t, g in enumerate(gradients):
        s = s + g**2
        w = w - o.learning_rate / (1 + o.decay * t) * g / np.sqrt(s + o.epsilon)
    return w


def adadelta(o: Adadelta, w, gradients):
    s, squares = np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(gradients):
        s = o.rho * s + (1 - o.rho) * g**2
        d = g * np.sqrt(squares + o.epsilon) / np.sqrt(s + o.epsilon)
        squares = o.rho * squares + (1 - o.rho) * d**2
        w = w - o.learning_rate / (1 + o.decay * t) * d
    return w


FORMULAS = {SGD: sgd, RMSprop: rmsprop, Adam: adam, AdamW: adamw, Adagrad: adagrad, Adadelta: adadelta}
CASES = [
    SGD(),
    SGD(0.1, momentum=0.9),
    SGD(0.1, momentum=0.9, nesterov=True),
    SGD(0.1, decay=0.5),
    SGD(0.1, nesterov=True),
    SGD(0.1, 0.5, 0.1, True),
    SGD(0.1, momentum=1.0),
    RMSprop(),
    RMSprop(0.1, rho=0.5, epsilon=0.1, decay=0.2),
    Adam(),
    Adam(0.1, beta_1=0.5, beta_2=0.7, epsilon=0.1, decay=0.2),
    Adam(0.1, beta_1=0.0),
    AdamW(weight_decay=0.0),
    Adagrad(),
    Adagrad(0.1, initial_accumulator_value=0.0, epsilon=0.01, decay=0.3),
    Adadelta(),
    Adadelta(1.0, rho=0.5, epsilon=0.01, decay=0.3),
]


def walk(optimizer: optimizers.Optimizer, w: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """The weights after updates with these gradients."""
    weights = torch.from_numpy(w.copy())
    state = optimizer.state(weights)
    for updates, g in enumerate(gradients):
        optimizer.update(weights, torch.from_numpy(g.copy()), state, updates)
    return weights.numpy()


def test_every_optimizer_has_a_formula_here() -> None:
    assert set(FORMULAS) == set(OPTIMIZERS.values())


@pytest.mark.parametrize("optimizer", CASES, ids=repr)
def test_an_optimizer_is_its_formula(optimizer: optimizers.Optimizer, rng) -> None:
    w, gradients = rng.normal(size=11), rng.normal(size=(STEPS, 11))
    np.testing.assert_allclose(walk(optimizer, w, gradients), FORMULAS[type(optimizer)](optimizer, w, gradients))


def test_adamw_shrinks_the_weights_before_each_update(rng) -> None:
    optimizer = AdamW(0.1, decay=0.2, weight_decay=0.3)
    w, gradients = rng.normal(size=11), rng.normal(size=(STEPS, 11))
    np.testing.assert_allclose(walk(optimizer, w, gradients), adamw(optimizer, w, gradients))


@pytest.mark.parametrize("optimizer", CASES, ids=repr)
def test_a_gradient_of_zero_from_the_start_changes_nothing(optimizer: optimizers.Optimizer, rng) -> None:
    w = rng.normal(size=11)
    np.testing.assert_array_equal(walk(optimizer, w, np.zeros((3, 11))), w)


TORCH = [
    (SGD(0.1), lambda w: torch.optim.SGD([w], 0.1)),
    (SGD(0.1, momentum=0.9), lambda w: torch.optim.SGD([w], 0.1, momentum=0.9)),
    (SGD(0.1, momentum=0.9, nesterov=True), lambda w: torch.optim.SGD([w], 0.1, momentum=0.9, nesterov=True)),
    (Adam(0.1, epsilon=1e-30), lambda w: torch.optim.Adam([w], 0.1, eps=1e-30)),
    (AdamW(0.1, epsilon=1e-30, weight_decay=0.2), lambda w: torch.optim.AdamW([w], 0.1, eps=1e-30, weight_decay=0.2)),
    (Adagrad(0.1, epsilon=1e-30), lambda w: torch.optim.Adagrad([w], 0.1, initial_accumulator_value=0.1, eps=1e-30)),
    (Adadelta(1.0, epsilon=1e-6), lambda w: torch.optim.Adadelta([w], 1.0, rho=0.95, eps=1e-6)),
    (RMSprop(0.1, epsilon=1e-30), lambda w: torch.optim.RMSprop([w], 0.1, alpha=0.9, eps=1e-30)),
]


@pytest.mark.parametrize(("ours", "theirs"), TORCH, ids=[repr(ours) for ours, _ in TORCH])
def test_an_optimizer_walks_as_torch_s_does(ours: optimizers.Optimizer, theirs, rng) -> None:
    w, gradients = rng.normal(size=11), rng.normal(size=(STEPS, 11))
    weight = torch.from_numpy(w.copy()).requires_grad_()
    their = theirs(weight)
    for g in gradients:
        weight.grad = torch.from_numpy(g.copy())
        their.step()
    np.testing.assert_allclose(walk(ours, w, gradients), weight.detach())


def test_clipnorm_scales_all_gradients_together_to_its_length(rng) -> None:
    gradients = [torch.from_numpy(rng.normal(size=shape)) for shape in ((4, 3), (5,))]
    length = np.sqrt(sum(float((g**2).sum()) for g in gradients))
    wanted = [g.numpy() * 0.5 / length for g in gradients]
    SGD(clipnorm=0.5).clip(gradients)
    for g, w in zip(gradients, wanted, strict=True):
        np.testing.assert_allclose(g, w)


@pytest.mark.parametrize("clipnorm", [None, 100.0])
def test_a_short_gradient_is_not_changed(clipnorm, rng) -> None:
    g = torch.from_numpy(rng.normal(size=5))
    before = g.clone()
    SGD(clipnorm=clipnorm).clip([g])
    assert torch.equal(g, before)


def test_a_gradient_of_zero_survives_clipping() -> None:
    g = torch.zeros(3)
    SGD(clipnorm=1.0).clip([g])
    assert torch.equal(g, torch.zeros(3))


@pytest.mark.parametrize(
    ("what", "made"),
    [
        ("sgd", "SGD()"),
        ("SGD", "SGD()"),
        ("adam", "Adam()"),
        ("rmsprop", "RMSprop()"),
        ("RMSprop", "RMSprop()"),
        ("Adam(0.01)", "Adam(learning_rate=0.01)"),
        ("SGD(lr=0.1)", "SGD(learning_rate=0.1)"),
        (SGD, "SGD()"),
    ],
)
def test_a_name_a_call_or_a_class_stands_for_an_optimizer(what, made: str) -> None:
    assert repr(optimizers.get(what)) == made


@pytest.mark.parametrize("what", [torch.optim.SGD, torch.optim.Adam, len, 3, object()])
def test_what_is_no_optimizer_is_a_type_error_that_says_what_is(what) -> None:
    with pytest.raises(TypeError, match="optimizer takes a name"):
        optimizers.get(what)


def test_the_optimizer_counts_its_updates_over_several_fits(blobs) -> None:
    """decay, and Adam's correction, go on where the last fit left off."""
    weights = []
    for epochs in ([2], [1, 1]):
        model = Sequential([Dense(20, 2)])
        model.set_weights([w * 0 for w in model.get_weights()])
        model.compile(SGD(0.1, momentum=0.9, decay=0.1), "mse")
        for count in epochs:
            model.fit(blobs.X, blobs.Y, epochs=count, shuffle=False, verbose=0)
        weights.append(model.get_weights()[0])
    np.testing.assert_array_equal(*weights)
