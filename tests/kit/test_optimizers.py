"""Optimizers against loops in NumPy of the formulas in their docstrings, and against those of torch and Keras 3."""

import numpy as np
import pytest
import torch

from kit import Sequential, optimizers, schedules
from kit.layers import Dense
from kit.optimizers import OPTIMIZERS, SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Lion, Nadam, RMSprop
from kit.optimizers.adam import PRODUCTS

STEPS = 50


def sgd(o: SGD, w, gradients):
    v = np.zeros_like(w)
    for t, g in enumerate(gradients):
        rate = o.learning_rate / (1 + o.decay * t)
        v = o.momentum * v - rate * g
        w = w + o.momentum * v - rate * g if o.nesterov else w + v
    return w


def rmsprop(o: RMSprop, w, gradients):
    s, a, v = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(gradients):
        s = o.rho * s + (1 - o.rho) * g**2
        a = o.rho * a + (1 - o.rho) * g if o.centered else a
        d = o.learning_rate / (1 + o.decay * t) * g / np.sqrt(s - a**2 + o.epsilon)
        v = o.momentum * v + d
        w = w - v
    return w


def adam(o: Adam, w, gradients):
    m, s, greatest = np.zeros_like(w), np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(gradients):
        plain = o.learning_rate / (1 + o.decay * t)
        m = o.beta_1 * m + (1 - o.beta_1) * g
        s = o.beta_2 * s + (1 - o.beta_2) * g**2
        greatest = np.maximum(greatest, s) if o.amsgrad else s
        rate = plain * np.sqrt(1 - o.beta_2 ** (t + 1)) / (1 - o.beta_1 ** (t + 1))
        w = (1 - plain * o.weight_decay) * w - rate * m / (np.sqrt(greatest) + o.epsilon)
    return w


def adamax(o: Adamax, w, gradients):
    m, u = np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(gradients):
        m = o.beta_1 * m + (1 - o.beta_1) * g
        u = np.maximum(o.beta_2 * u, np.abs(g))
        w = w - o.learning_rate / (1 + o.decay * t) / (1 - o.beta_1 ** (t + 1)) * m / (u + o.epsilon)
    return w


def nadam(o: Nadam, w, gradients):
    m, s, product = np.zeros_like(w), np.zeros_like(w), 1.0
    for t, g in enumerate(gradients, 1):
        now, later = o.beta_1 * (1 - 0.5 * 0.96**t), o.beta_1 * (1 - 0.5 * 0.96 ** (t + 1))
        product *= now
        m = o.beta_1 * m + (1 - o.beta_1) * g
        s = o.beta_2 * s + (1 - o.beta_2) * g**2
        n = later * m / (1 - product * later) + (1 - now) * g / (1 - product)
        rate = o.learning_rate / (1 + o.decay * (t - 1))
        w = w - rate * n / (np.sqrt(s / (1 - o.beta_2**t)) + o.epsilon)
    return w


def lion(o: Lion, w, gradients):
    m = np.zeros_like(w)
    for t, g in enumerate(gradients):
        w = w - o.learning_rate / (1 + o.decay * t) * np.sign(o.beta_1 * m + (1 - o.beta_1) * g)
        m = o.beta_2 * m + (1 - o.beta_2) * g
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


FORMULAS = {
    SGD: sgd,
    RMSprop: rmsprop,
    Adam: adam,
    AdamW: adam,
    Adagrad: adagrad,
    Adadelta: adadelta,
    Adamax: adamax,
    Nadam: nadam,
    Lion: lion,
}
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
    RMSprop(0.1, momentum=0.9),
    RMSprop(0.1, epsilon=0.1, centered=True),
    RMSprop(0.1, momentum=0.5, epsilon=0.1, centered=True, decay=0.2),
    Adam(),
    Adam(0.1, beta_1=0.5, beta_2=0.7, epsilon=0.1, decay=0.2),
    Adam(0.1, beta_1=0.0),
    Adam(0.1, beta_2=0.5, amsgrad=True),
    AdamW(weight_decay=0.0),
    AdamW(0.1, decay=0.2, weight_decay=0.3),
    Adamax(),
    Adamax(0.1, beta_1=0.5, beta_2=0.7, epsilon=0.1, decay=0.2),
    Nadam(),
    Nadam(0.1, beta_1=0.5, beta_2=0.7, epsilon=0.1, decay=0.2),
    Lion(),
    Lion(0.1, beta_1=0.5, beta_2=0.7, decay=0.2),
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
        gradient = torch.from_numpy(g.copy())
        optimizer.clip([gradient])
        optimizer.update(weights, gradient, state, updates)
    return weights.numpy()


def test_every_optimizer_has_a_formula_here() -> None:
    assert set(FORMULAS) == set(OPTIMIZERS.values())


@pytest.mark.parametrize("optimizer", CASES, ids=repr)
def test_an_optimizer_is_its_formula(optimizer: optimizers.Optimizer, rng) -> None:
    w, gradients = rng.normal(size=11), rng.normal(size=(STEPS, 11))
    np.testing.assert_allclose(walk(optimizer, w, gradients), FORMULAS[type(optimizer)](optimizer, w, gradients))


@pytest.mark.parametrize("cls", OPTIMIZERS.values())
def test_weight_decay_shrinks_the_weights_before_each_update(cls, rng) -> None:
    w, g = rng.normal(size=11), rng.normal(size=(1, 11))
    plain, decaying = cls(0.1, weight_decay=0.0), cls(0.1, weight_decay=0.3)
    np.testing.assert_allclose(walk(decaying, w, g), walk(plain, w * (1 - 0.1 * 0.3), g))


def test_nadam_s_product_of_betas_is_that_of_all_updates() -> None:
    for t in (1, 2, 999, 1000, 1001, 5000):
        expected = np.prod([0.999 * (1 - 0.5 * 0.96**i) for i in range(1, t + 1)])
        assert 0.999**t * PRODUCTS[min(t, len(PRODUCTS)) - 1] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("beta", ["beta_1", "beta_2"])
def test_a_beta_of_one_is_refused(beta: str) -> None:
    with pytest.raises(ValueError, match=r"Adam\(.*=1.0\): with a beta of 1 nothing new is ever learned"):
        Adam(**{beta: 1.0})


@pytest.mark.parametrize("optimizer", [case for case in CASES if not case.weight_decay], ids=repr)
def test_a_gradient_of_zero_from_the_start_changes_nothing(optimizer: optimizers.Optimizer, rng) -> None:
    w = rng.normal(size=11)
    np.testing.assert_array_equal(walk(optimizer, w, np.zeros((3, 11))), w)


TORCH = [
    (SGD(0.1), lambda w: torch.optim.SGD([w], 0.1)),
    (SGD(0.1, momentum=0.9), lambda w: torch.optim.SGD([w], 0.1, momentum=0.9)),
    (SGD(0.1, momentum=0.9, nesterov=True), lambda w: torch.optim.SGD([w], 0.1, momentum=0.9, nesterov=True)),
    (Adam(0.1, epsilon=1e-30), lambda w: torch.optim.Adam([w], 0.1, eps=1e-30)),
    (AdamW(0.1, epsilon=1e-30, weight_decay=0.2), lambda w: torch.optim.AdamW([w], 0.1, eps=1e-30, weight_decay=0.2)),
    (Adam(0.1, amsgrad=True, epsilon=1e-30), lambda w: torch.optim.Adam([w], 0.1, amsgrad=True, eps=1e-30)),
    (Adamax(0.1, epsilon=1e-30), lambda w: torch.optim.Adamax([w], 0.1, eps=1e-30)),
    (RMSprop(0.1, momentum=0.9, epsilon=1e-30), lambda w: torch.optim.RMSprop([w], 0.1, 0.9, 1e-30, momentum=0.9)),
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


KERAS = [
    SGD(0.1),
    SGD(0.1, momentum=0.9),
    SGD(0.1, momentum=0.9, nesterov=True),
    SGD(0.1, momentum=0.9, weight_decay=0.1),
    SGD(0.1, clipvalue=0.5),
    SGD(0.1, clipnorm=0.5),
    RMSprop(0.1),
    RMSprop(0.1, momentum=0.9, centered=True, epsilon=0.01),
    Adam(0.1),
    Adam(0.1, amsgrad=True, beta_2=0.5),
    Adam(0.1, epsilon=0.1, weight_decay=0.1),
    Adam(0.1, epsilon=0.1, clipnorm=0.5),
    AdamW(0.1),
    Adagrad(0.1),
    Adadelta(1.0),
    Adamax(0.1),
    Nadam(0.1),
    Lion(0.1),
    Adam("CosineDecay(0.1, 40, warmup_target=0.2, warmup_steps=10)", epsilon=0.1),
    SGD("ExponentialDecay(0.1, 10, 0.5)", momentum=0.9),
]


def as_keras(keras, ours: optimizers.Optimizer):
    """Keras 3's optimizer of the same name and settings."""
    words = {**ours.settings(), "learning_rate": ours.learning_rate}
    if isinstance(ours.learning_rate, str):
        schedule = schedules.get(ours.learning_rate)
        words["learning_rate"] = getattr(keras.optimizers.schedules, type(schedule).__name__)(**schedule.settings())
    return getattr(keras.optimizers, type(ours).__name__)(**words)


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras 3's own
@pytest.mark.parametrize("ours", KERAS, ids=repr)
def test_an_optimizer_walks_as_keras_3_s_does(keras, ours: optimizers.Optimizer, rng) -> None:
    w, gradients = rng.normal(size=11), rng.normal(size=(STEPS, 11))
    weight = keras.Variable(w, dtype="float64")
    theirs = as_keras(keras, ours)
    for g in gradients:
        theirs.apply_gradients([(torch.from_numpy(g), weight)])
    # its rates are float32
    np.testing.assert_allclose(walk(ours, w, gradients), weight.value.detach().cpu(), rtol=1e-5, atol=1e-6)


def test_clipvalue_cuts_off_what_is_beyond() -> None:
    g = torch.tensor([-3.0, -0.1, 0.2, 5.0])
    SGD(clipvalue=0.5).clip([g])
    assert g.tolist() == pytest.approx([-0.5, -0.1, 0.2, 0.5])


def test_the_length_is_clipped_before_the_values() -> None:
    g = torch.tensor([30.0, 40.0])
    SGD(clipnorm=1.0, clipvalue=0.7).clip([g])
    assert g.tolist() == pytest.approx([0.6, 0.7])


def test_the_word_of_keras_3_for_the_whole_gradient_s_length_is_understood() -> None:
    assert SGD(global_clipnorm=1.0).clipnorm == 1.0


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
        ("SGD(0.1, 0.9, 0.5, True)", "SGD(learning_rate=0.1, momentum=0.9, decay=0.5, nesterov=True)"),
        ("SGD(0.1, 0.9, True)", "SGD(learning_rate=0.1, momentum=0.9, nesterov=True)"),  # Keras 3's order
        (SGD, "SGD()"),
    ],
)
def test_a_name_a_call_or_a_class_stands_for_an_optimizer(what, made: str) -> None:
    assert repr(optimizers.get(what)) == made


@pytest.mark.parametrize("what", [torch.optim.SGD, torch.optim.Adam])
def test_an_optimizer_of_torch_is_a_type_error_that_says_what_to_write(what) -> None:
    with pytest.raises(TypeError, match=rf"not {what.__name__} of torch; write kit.optimizers.{what.__name__}\(\)"):
        optimizers.get(what)


@pytest.mark.parametrize("what", [len, 3, object()])
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
