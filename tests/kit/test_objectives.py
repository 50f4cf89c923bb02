"""Losses against NumPy, also right behind the activation they are meant for."""

import numpy as np
import pytest
import torch

import kit
from kit import Sequential, activations, objectives
from kit.layers import Dense


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def binary(t: np.ndarray, p: np.ndarray) -> np.ndarray:
    return -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean(-1)


def categorical(t: np.ndarray, p: np.ndarray) -> np.ndarray:
    return -(t * np.log(p / p.sum(-1, keepdims=True))).sum(-1)


def tensors(*arrays: np.ndarray) -> list[torch.Tensor]:
    return [torch.from_numpy(np.asarray(array)) for array in arrays]


REAL = {
    "mean_squared_error": lambda t, y: ((t - y) ** 2).mean(-1),
    "mse": lambda t, y: ((t - y) ** 2).mean(-1),
    "mean_absolute_error": lambda t, y: np.abs(t - y).mean(-1),
    "mae": lambda t, y: np.abs(t - y).mean(-1),
    "hinge": lambda t, y: np.maximum(0, 1 - t * y).mean(-1),
    "squared_hinge": lambda t, y: (np.maximum(0, 1 - t * y) ** 2).mean(-1),
    "mean_absolute_percentage_error": lambda t, y: 100 * np.abs((t - y) / t).mean(-1),
    "mape": lambda t, y: 100 * np.abs((t - y) / t).mean(-1),
    "log_cosh": lambda t, y: np.log(np.cosh(y - t)).mean(-1),
    "logcosh": lambda t, y: np.log(np.cosh(y - t)).mean(-1),
    "huber": lambda t, y: huber(t, y, 1.0),
    "huber(0.3)": lambda t, y: huber(t, y, 0.3),
    "cosine_similarity": lambda t, y: -(t * y).sum(-1) / np.linalg.norm(t, axis=-1) / np.linalg.norm(y, axis=-1),
    "categorical_hinge": lambda t, y: np.maximum(0, 1 + ((1 - t) * y).max(-1) - (t * y).sum(-1)),
}


def huber(t: np.ndarray, y: np.ndarray, delta: float) -> np.ndarray:
    e = np.abs(t - y)
    return np.where(e <= delta, e**2 / 2, delta * (e - delta / 2)).mean(-1)


def smoothed(t: np.ndarray, smoothing: float, classes: int) -> np.ndarray:
    return t * (1 - smoothing) + smoothing / classes


def binary_focal(t: np.ndarray, p: np.ndarray, gamma: float = 2.0, weight=1.0) -> np.ndarray:
    loss = -(t * np.log(p) + (1 - t) * np.log(1 - p))
    return (weight * (1 - t * p - (1 - t) * (1 - p)) ** gamma * loss).mean(-1)


def overlap(t: np.ndarray, p: np.ndarray, alpha: float, beta: float) -> np.ndarray:
    hit, missed, false = t * p, t * (1 - p), (1 - t) * p
    hit, missed, false = (part.reshape(len(t), -1).sum(1) for part in (hit, missed, false))
    return 1 - hit / (hit + alpha * missed + beta * false)


def divergence(t: np.ndarray, p: np.ndarray) -> np.ndarray:
    return (t * np.log(t / p)).sum(-1)


PROBABILITIES = {  # of one-hot rows and rows of probabilities
    "kl_divergence": lambda t, p: divergence(np.clip(t, 1e-7, 1), p),
    "kld": lambda t, p: divergence(np.clip(t, 1e-7, 1), p),
    "poisson": lambda t, p: (p - t * np.log(p)).mean(-1),
    "mean_squared_logarithmic_error": lambda t, p: ((np.log(1 + t) - np.log(1 + p)) ** 2).mean(-1),
    "msle": lambda t, p: ((np.log(1 + t) - np.log(1 + p)) ** 2).mean(-1),
    "binary_crossentropy(label_smoothing=0.2)": lambda t, p: binary(smoothed(t, 0.2, 2), p),
    "binary_focal_crossentropy": binary_focal,
    "binary_focal_crossentropy(gamma=0.5, label_smoothing=0.2)": (
        lambda t, p: binary_focal(smoothed(t, 0.2, 2), p, 0.5)
    ),
    "binary_focal_crossentropy(True, alpha=0.3)": (lambda t, p: binary_focal(t, p, weight=t * 0.3 + (1 - t) * 0.7)),
    "categorical_crossentropy(label_smoothing=0.2)": lambda t, p: categorical(smoothed(t, 0.2, t.shape[-1]), p),
    "categorical_focal_crossentropy": lambda t, p: -(0.25 * t * (1 - p) ** 2 * np.log(p)).sum(-1),
    "categorical_focal_crossentropy(alpha=0.5, gamma=1.0, label_smoothing=0.2)": (
        lambda t, p: -(0.5 * smoothed(t, 0.2, t.shape[-1]) * (1 - p) * np.log(p)).sum(-1)
    ),
    "dice": lambda t, p: overlap(t, p, 0.5, 0.5),
    "tversky": lambda t, p: overlap(t, p, 0.5, 0.5),
    "tversky(alpha=0.3, beta=0.8)": lambda t, p: overlap(t, p, 0.3, 0.8),
}
LATER = {"binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"}


def test_every_loss_has_a_formula_here() -> None:
    assert {name.split("(")[0] for name in (*REAL, *PROBABILITIES, *LATER)} == set(objectives.OBJECTIVES)


@pytest.mark.parametrize("name", PROBABILITIES)
@pytest.mark.parametrize("shape", [(5, 3), (4, 6, 2)])
def test_a_loss_of_probabilities_is_its_formula(name: str, shape: tuple, rng) -> None:
    t, p = one_hot_rows(shape, rng), softmax(rng.normal(size=shape))
    np.testing.assert_allclose(objectives.get(name)(*tensors(t, p)), PROBABILITIES[name](t, p), rtol=1e-5)


def one_hot_rows(shape: tuple, rng) -> np.ndarray:
    return np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]


AS_KERAS = {  # by what makes it there: the call of a class, or the name of a function
    **{
        repr(loss): loss
        for loss in (
            objectives.Huber(0.5),
            objectives.BinaryCrossentropy(label_smoothing=0.1),
            objectives.BinaryCrossentropy(from_logits=True, label_smoothing=0.1),
            objectives.CategoricalCrossentropy(label_smoothing=0.1),
            objectives.CategoricalCrossentropy(from_logits=True),
            objectives.BinaryFocalCrossentropy(True, alpha=0.3, gamma=1.5),
            objectives.BinaryFocalCrossentropy(from_logits=True, label_smoothing=0.1),
            objectives.CategoricalFocalCrossentropy(alpha=0.3, gamma=1.5, label_smoothing=0.1),
            objectives.CategoricalFocalCrossentropy(from_logits=True),
        )
    },
    **{
        name: objectives.get(name)
        for name in (
            *("mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error"),
            *("mean_squared_logarithmic_error", "log_cosh", "poisson", "kl_divergence", "cosine_similarity"),
            *("categorical_hinge", "binary_crossentropy", "categorical_crossentropy"),
        )
    },
}


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")  # Keras 3's own
@pytest.mark.parametrize("name", AS_KERAS)
def test_a_loss_and_its_gradient_are_those_of_keras_3(keras, name: str, rng) -> None:
    ours = AS_KERAS[name]
    theirs = getattr(keras.losses, name.split("(")[0])
    if isinstance(theirs, type):
        theirs = theirs(reduction=None, dtype="float64", **ours.settings())
    t = torch.from_numpy(one_hot_rows((6, 4), rng))
    given = rng.normal(size=(6, 4)) * 3
    given = given if "from_logits" in name else softmax(given)
    found = []
    for loss in (ours, theirs):
        y = torch.from_numpy(given.copy()).requires_grad_()
        value = loss(t, y)
        (gradient,) = torch.autograd.grad(value.sum(), y)
        found.append((value.detach().numpy(), gradient.numpy()))
    for mine, peers in zip(*found, strict=True):
        np.testing.assert_allclose(mine, peers, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["dice", "tversky(alpha=0.3, beta=0.8)"])
def test_a_loss_of_overlap_is_that_of_keras_3_over_a_sample(keras, name: str, rng) -> None:
    t, p = tensors(rng.integers(0, 2, (3, 4, 5, 2)).astype(float), rng.random((3, 4, 5, 2)))
    settings = {"alpha": 0.3, "beta": 0.8} if "tversky" in name else {}
    theirs = getattr(keras.losses, name.split("(")[0])(t, p, axis=(1, 2, 3), **settings)
    np.testing.assert_allclose(objectives.get(name)(t, p), theirs, rtol=1e-5)


def test_the_sparse_form_smooths_its_labels_as_the_categorical_one(rng) -> None:
    classes, p = rng.integers(0, 3, 6), softmax(rng.normal(size=(6, 3)))
    sparse = objectives.SparseCategoricalCrossentropy(label_smoothing=0.2)(*tensors(classes, p))
    np.testing.assert_allclose(sparse, categorical(smoothed(np.eye(3)[classes], 0.2, 3), p))
    logits = rng.normal(size=(6, 3))
    ours = objectives.SparseCategoricalCrossentropy(True, 0.2)(*tensors(classes, logits))
    theirs = torch.nn.functional.cross_entropy(*tensors(logits, classes), label_smoothing=0.2, reduction="none")
    np.testing.assert_allclose(ours, theirs)


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("shape", [(5, 3), (4, 6, 2), (5, 1)])
def test_a_loss_is_its_formula(name: str, shape: tuple, rng) -> None:
    t, y = np.sign(rng.normal(size=shape)), rng.normal(size=shape)
    np.testing.assert_allclose(objectives.get(name)(*tensors(t, y)), REAL[name](t, y))


def test_binary_crossentropy_is_its_formula(rng) -> None:
    t, p = rng.integers(0, 2, (6, 3)).astype(float), rng.uniform(0.01, 0.99, (6, 3))
    np.testing.assert_allclose(objectives.binary_crossentropy(*tensors(t, p)), binary(t, p))


def test_categorical_crossentropy_is_its_formula_with_the_rows_scaled_to_one(rng) -> None:
    t, p = softmax(rng.normal(size=(6, 3))), rng.uniform(0.01, 0.99, (6, 3))
    np.testing.assert_allclose(objectives.categorical_crossentropy(*tensors(t, p)), categorical(t, p))


@pytest.mark.parametrize("shape", [(6,), (6, 1)])
def test_the_sparse_form_is_the_categorical_one_of_one_hot_rows(shape: tuple, rng) -> None:
    classes, p = rng.integers(0, 3, 6), softmax(rng.normal(size=(6, 3)))
    sparse = objectives.sparse_categorical_crossentropy(*tensors(classes.reshape(shape), p))
    np.testing.assert_allclose(sparse, categorical(np.eye(3)[classes], p))


def test_the_sparse_form_works_step_by_step_on_sequences(rng) -> None:
    classes, p = rng.integers(0, 3, (4, 5)), softmax(rng.normal(size=(4, 5, 3)))
    sparse = objectives.sparse_categorical_crossentropy(*tensors(classes, p))
    np.testing.assert_allclose(sparse, categorical(np.eye(3)[classes], p))


LOGITS = np.array([[2.0, -1.0, 0.5], [800.0, 0.0, -800.0], [0.0, 1e4, -1e4], [-700.0, -700.0, 0.0]])


def exact_log_softmax(x: np.ndarray) -> np.ndarray:
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


@pytest.mark.parametrize("wanted", range(3))
def test_crossentropy_right_behind_a_softmax_is_exact_for_extreme_logits(wanted: int) -> None:
    x = torch.from_numpy(LOGITS).requires_grad_()
    one_hot = np.eye(3)[[wanted] * 4]
    for name, t in (("categorical_crossentropy", one_hot), ("sparse_categorical_crossentropy", np.full(4, wanted))):
        loss = objectives.get(name)(torch.from_numpy(np.asarray(t)), activations.softmax(x))
        np.testing.assert_allclose(loss.detach(), -exact_log_softmax(LOGITS)[:, wanted], atol=1e-12)
        (gradient,) = torch.autograd.grad(loss.sum(), x)
        np.testing.assert_allclose(gradient, softmax(LOGITS) - one_hot, atol=1e-12)


@pytest.mark.parametrize("wanted", [0.0, 1.0, 0.3])
def test_crossentropy_right_behind_a_sigmoid_is_exact_for_extreme_logits(wanted: float) -> None:
    x = torch.from_numpy(LOGITS).requires_grad_()
    loss = objectives.binary_crossentropy(torch.full_like(x, wanted), activations.sigmoid(x))
    exact = np.maximum(LOGITS, 0) - wanted * LOGITS + np.log1p(np.exp(-np.abs(LOGITS)))
    np.testing.assert_allclose(loss.detach(), exact.mean(-1))
    (gradient,) = torch.autograd.grad(loss.sum(), x)
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(gradient, (sigmoid(LOGITS) - wanted) / 3, atol=1e-12)


def test_binary_crossentropy_behind_a_softmax_is_of_the_probabilities(rng) -> None:
    t, x = rng.integers(0, 2, (6, 3)).astype(float), rng.normal(size=(6, 3))
    loss = objectives.binary_crossentropy(torch.from_numpy(t), activations.softmax(torch.from_numpy(x)))
    np.testing.assert_allclose(loss, binary(t, softmax(x)))


def test_categorical_crossentropy_behind_a_sigmoid_is_of_the_probabilities(rng) -> None:
    t, x = np.eye(3)[rng.integers(0, 3, 6)], rng.normal(size=(6, 3))
    loss = objectives.categorical_crossentropy(torch.from_numpy(t), activations.sigmoid(torch.from_numpy(x)))
    np.testing.assert_allclose(loss, categorical(t, sigmoid(x)))


OF_PROBABILITIES = ["binary_crossentropy", "categorical_crossentropy", *PROBABILITIES]


@pytest.mark.parametrize("name", OF_PROBABILITIES)
def test_probabilities_of_nought_and_one_give_a_finite_loss_and_gradient(name: str) -> None:
    p = torch.tensor([[0.0, 1.0], [1.0, 0.0]], requires_grad=True)
    loss = objectives.get(name)(torch.tensor([[1.0, 0.0], [1.0, 0.0]]), p).sum()
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(p.grad).all()


@pytest.mark.parametrize("name", OF_PROBABILITIES)
@pytest.mark.parametrize("wanted", range(3))
def test_extreme_logits_give_a_finite_loss_and_gradient(name: str, wanted: int) -> None:
    for settings, activation in (("", activations.sigmoid), ("", activations.softmax), ("from_logits=True", None)):
        if settings and "crossentropy" not in name:
            continue
        x = torch.from_numpy(LOGITS).requires_grad_()
        loss = objectives.get(with_setting(name, settings))
        value = loss(torch.from_numpy(np.eye(3)[[wanted] * 4]), activation(x) if activation else x)
        (gradient,) = torch.autograd.grad(value.sum(), x)
        assert torch.isfinite(value).all()
        assert torch.isfinite(gradient).all()


def with_setting(name: str, setting: str) -> str:
    """A loss's text with one more setting in its call."""
    if not setting:
        return name
    return f"{name[:-1]}, {setting})" if name.endswith(")") else f"{name}({setting})"


@pytest.mark.parametrize("name", REAL)
def test_great_errors_and_none_give_a_finite_loss_and_gradient(name: str) -> None:
    t = torch.tensor([[1.0, 0.0], [1e4, -1e4], [0.0, 0.0]])
    for came in (t.clone(), -t, torch.zeros_like(t)):
        y = came.requires_grad_()
        value = objectives.get(name)(t, y)
        (gradient,) = torch.autograd.grad(value.sum(), y)
        assert torch.isfinite(value).all()
        assert torch.isfinite(gradient).all()


@pytest.mark.parametrize("name", [*REAL, *OF_PROBABILITIES])
def test_the_gradient_is_that_of_finite_differences(name: str, rng) -> None:
    t = np.eye(3)[rng.integers(0, 3, 5)]
    y = torch.from_numpy(rng.uniform(0.1, 0.9, (5, 3))).requires_grad_()
    assert torch.autograd.gradcheck(lambda y: objectives.get(name)(torch.from_numpy(t), y), (y,))


@pytest.mark.parametrize("name", objectives.OBJECTIVES)
def test_no_loss_waits_for_the_device(name: str) -> None:
    y = torch.empty(8, 3, device="meta", requires_grad=True)  # has no numbers: to read one is an error
    wanted = torch.empty(8, 1 if "sparse" in name else 3, device="meta")
    objectives.get(name)(wanted, y).mean().backward()
    assert y.grad.shape == (8, 3)


@pytest.mark.parametrize(("text", "made"), [
    ("huber", "Huber()"),
    ("huber(0.5)", "Huber(delta=0.5)"),
    ("Huber(delta=0.5)", "Huber(delta=0.5)"),
    ("categorical_crossentropy(label_smoothing=0.1)", "CategoricalCrossentropy(label_smoothing=0.1)"),
    (objectives.Tversky, "Tversky()"),
])  # fmt: skip
def test_a_name_a_call_or_a_class_stands_for_a_loss(text, made: str) -> None:
    assert repr(objectives.get(text)) == made


@pytest.mark.parametrize(("text", "message"), [
    ("hubr(0.5)", r"loss 'hubr\(0.5\)' is not known; did you mean 'huber'\?"),
    ("huber(delt=0.5)", r"Huber has no argument 'delt'; did you mean 'delta'\?"),
    ("huber(-1)", r"Huber\(delta=-1\): delta takes a number above 0"),
    ("mse(3)", r"mean_squared_error: too many positional arguments; it takes no settings"),
])  # fmt: skip
def test_a_loss_that_is_misspelt_says_so(text: str, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        objectives.get(text)


@pytest.mark.parametrize("loss", [
    "sparse_categorical_crossentropy(label_smoothing=0.1)",
    objectives.SparseCategoricalCrossentropy(label_smoothing=0.1),
    objectives.CategoricalCrossentropy(label_smoothing=0.1),
    "mse",
])  # fmt: skip
def test_a_loss_with_settings_is_trained_on_saved_and_loaded(loss, blobs, tmp_path) -> None:
    model = Sequential([Dense(20, 2, activation="softmax")])
    model.compile("sgd", loss)
    y = blobs.classes if objectives.accepts_classes(loss) else blobs.Y
    first, *_, last = model.fit(blobs.X, y, epochs=5, verbose=0)["loss"]
    assert last < first
    model.save(tmp_path / "model.h5")
    loaded = kit.load(tmp_path / "model.h5")
    assert loaded.evaluate(blobs.X, y) == model.evaluate(blobs.X, y)
    assert repr(objectives.get(loaded.loss)) == repr(objectives.get(loss))


def test_targets_that_do_not_suit_a_loss_with_settings_are_refused(blobs) -> None:
    model = Sequential([Dense(20, 2, activation="softmax")])
    model.compile("sgd", objectives.CategoricalCrossentropy(label_smoothing=0.1))
    with pytest.raises(ValueError, match="use loss='sparse_categorical_crossentropy'"):
        model.fit(blobs.X, blobs.classes, verbose=0)


def test_a_function_is_a_loss() -> None:
    assert objectives.get(torch.dist) is torch.dist


@pytest.mark.parametrize("name", ["hinge", "squared_hinge"])
@pytest.mark.parametrize("low", [0, -1])
def test_a_hinge_reads_targets_as_keras_does(name: str, low: int, keras) -> None:
    numbers = np.random.default_rng(4)
    y_true, y_pred = np.where(numbers.random((6, 3)) > 0.5, 1.0, low), numbers.normal(size=(6, 3))
    found = objectives.get(name)(torch.tensor(y_true), torch.tensor(y_pred))
    expected = getattr(keras.losses, name)(y_true.astype("float32"), y_pred.astype("float32"))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
