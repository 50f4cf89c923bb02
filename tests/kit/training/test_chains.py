"""A plain chain's gradient by formula is autograd's."""

import numpy as np
import pytest
import torch

import kit
from kit.layers import ELU, Activation, BatchNormalization, Dense, Dropout, Flatten, Input, LeakyReLU, PReLU, ReLU
from kit.training.chains import chain
from kit.training.data import Batch

FORMULA = {
    "mean_squared_error": ["linear", "relu", "tanh", "sigmoid", "softmax"],
    "categorical_crossentropy": ["softmax"],
    "categorical_crossentropy(from_logits=True)": ["linear"],
    "sparse_categorical_crossentropy": ["softmax"],
    "binary_crossentropy": ["sigmoid"],
}
AUTOGRAD = {
    "categorical_crossentropy(label_smoothing=0.1)": ["softmax"],
    "categorical_crossentropy": ["sigmoid"],
    "mean_absolute_error": ["tanh"],
    "huber": ["linear"],
}
CASES = [(loss, last) for losses in (FORMULA, AUTOGRAD) for loss, found in losses.items() for last in found]


def made(loss="mean_squared_error", last="softmax", optimizer="sgd", **options) -> kit.Sequential:
    torch.manual_seed(3)
    layers = [Input((4, 2)), Flatten(), Dropout(0.2), Dense(7, "tanh"), Dropout(0.4), Dense(5, "relu", use_bias=False)]
    model = kit.Sequential([*layers, Activation("sigmoid"), Dense(3), Activation(last)])
    model.compile(optimizer, loss, **options)
    return model


def batch(loss="mean_squared_error", weighted=False) -> Batch:
    rng = np.random.default_rng(5)
    classes = torch.from_numpy(rng.integers(0, 3, (6, 1)))
    target = classes if "sparse" in loss else torch.eye(3, dtype=torch.float64)[classes[:, 0]]
    weights = [torch.from_numpy(rng.uniform(0, 2, 6))] if weighted else []
    return Batch([torch.from_numpy(rng.normal(size=(6, 4, 2)))], [target], weights)


BETWEEN = [
    *(Activation(name) for name in ("leaky_relu", "elu", "softplus", "gelu", "silu", "swish", "softmax")),
    LeakyReLU(),
    LeakyReLU(0.0),
    ELU(0.7),
    ReLU(),
    PReLU("uniform"),
    BatchNormalization(),
    BatchNormalization(axis=1, momentum=0.5, epsilon=0.1, scale=False, gamma_initializer="uniform"),
    BatchNormalization(center=False, gamma_initializer="uniform"),
    BatchNormalization(center=False, scale=False),
]


def gradient(model, batch, by_formula: bool) -> tuple[torch.Tensor, torch.Tensor, dict[str, torch.Tensor]]:
    """The gradient vector, the loss, and the metrics, the dropped units the same both ways."""
    model.module.double().train()
    update, goal = model.update, model.goal()
    update.prepare()
    for layer in model.module.layers.values():
        layer.generator = torch.Generator().manual_seed(1)
    assert update.chain.suits(goal)
    outputs, loss, _ = (update.chain if by_formula else update).gradient(batch, goal)
    return update.weights[0].g.clone(), loss.detach(), goal.measured(outputs, batch)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("loss", "last"), CASES)
def test_its_gradient_loss_and_metrics_are_those_of_autograd(loss, last, weighted) -> None:
    model = made(loss, last, metrics=["mse"] if "sparse" not in loss else ["accuracy"])
    ours, theirs = (gradient(model, batch(loss, weighted), way) for way in (True, False))
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-14)
    assert ours[0].abs().sum() > 0


def numbers(model) -> list[torch.Tensor]:
    return [tensor.clone() for tensor in model.module.state_dict().values()]


@pytest.mark.parametrize("layer", BETWEEN, ids=repr)
@pytest.mark.parametrize("place", ["first", "between", "last"])
def test_the_gradient_of_what_stands_beside_dense_layers_is_autograd_s(layer, place) -> None:
    ours, theirs = [], []
    for by_formula, found in ((True, ours), (False, theirs)):
        torch.manual_seed(3)
        twin = type(layer)(**layer.get_config())
        places = {"first": [Flatten(), twin, Dense(3)], "last": [Flatten(), Dense(3), twin]}
        layers = places.get(place, [Flatten(), Dense(5), twin, Dense(3)])
        model = kit.Sequential([Input((4, 2)), *layers])
        model.compile("sgd", "mse")
        found += [*gradient(model, batch(), by_formula), *numbers(model)]
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-14)
    assert ours[0].abs().sum() > 0


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy", "mse"])
@pytest.mark.parametrize("use_bias", [False, True])
def test_a_narrow_product_of_many_rows_has_the_same_gradient(loss, use_bias) -> None:
    rng = np.random.default_rng(1)
    classes = torch.from_numpy(rng.integers(0, 3, (70, 1)))
    y = classes if "sparse" in loss else torch.eye(3, dtype=torch.float64)[classes[:, 0]]
    many, found = Batch([torch.from_numpy(rng.normal(size=(70, 4)))], [y]), []
    for by_formula in (True, False):
        torch.manual_seed(3)
        model = kit.Sequential([Input(4), Dense(5, "tanh"), Dense(3, "softmax", use_bias=use_bias)])
        model.compile("sgd", loss)
        found.append(gradient(model, many, by_formula))
    torch.testing.assert_close(*found, rtol=1e-12, atol=1e-14)


def test_a_normalization_that_rests_goes_on_resting() -> None:
    found = []
    for by_formula in (True, False):
        torch.manual_seed(3)
        model = kit.Sequential([Input((4, 2)), Flatten(), Dense(3), BatchNormalization(name="resting"), Dense(3)])
        model.compile("sgd", "mse")
        train = model.module.train
        model.module.train = lambda train=train, model=model: train() and model.module.layers["resting"].eval()
        found.append([*gradient(model, batch(), by_formula), *numbers(model)])
    torch.testing.assert_close(*found, rtol=1e-12, atol=1e-14)
    assert model.module.layers["resting"].moving_mean.abs().sum() == 0


@pytest.mark.parametrize("rates", [(0.5, 0.5), (0.5, 0.2), (0.5, 1.0), (0.0, 0.3)])
@pytest.mark.parametrize("width", [7, 8, 2000])
def test_what_is_dropped_is_what_the_layers_drop_one_after_another(rates, width) -> None:
    found = []
    for by_formula in (True, False):
        torch.manual_seed(3)
        model = kit.Sequential([Input(6), Dropout(rates[0]), Dense(width), Dropout(rates[1]), Dense(3)])
        model.compile("sgd", "mse")
        model.module.double().train()
        update, goal, generator = model.update, model.goal(), torch.Generator().manual_seed(1)
        update.prepare()
        for layer in model.module.layers.values():
            layer.generator = generator
        many = Batch([torch.ones(12, 6, dtype=torch.float64)], [torch.ones(12, 3, dtype=torch.float64)])
        (update.chain if by_formula else update).gradient(many, goal)
        found.append((update.weights[0].g.clone(), torch.rand(1, generator=generator)))
    torch.testing.assert_close(*found, rtol=1e-12, atol=1e-14)


def test_all_that_is_there_before_the_update_is_overwritten() -> None:
    model = made()
    first, _, _ = gradient(model, batch(), True)
    model.update.weights[0].g.fill_(9)
    torch.testing.assert_close(gradient(model, batch(), True)[0], first, rtol=0, atol=0)


def own_relu(x):
    return x.relu()


class Doubled(Dense):
    def forward(self, x):
        return 2 * super().forward(x)


@pytest.mark.parametrize(
    "layers",
    [
        [Input(4), Dense(3, kernel_regularizer="l2(0.1)")],
        [Input(4), Dense(3, own_relu)],
        [Input(4), Dense(3, "mish"), Dense(3)],
        [Input(4), Dense(3, "gelu(approximate=True)"), Dense(3)],
        [Input((5, 4)), Dense(3), Flatten(), Dense(3)],
        [Input(4), Dense(3), Activation("sigmoid", target=0.1)],
        [Input(4), Dense(3), kit.layers.LayerNormalization()],
        [Input(4), Dense(3), BatchNormalization(gamma_regularizer="l2(0.1)")],
        [Input(4), Dense(3), ReLU(max_value=1.0)],
        [Input(4), Dense(3), PReLU(trainable=False)],
        [Input(4), Doubled(3)],
        [Input(4), torch.nn.Linear(4, 3)],
        [Input(4), Dense(3, trainable=False), Dense(3)],
    ],
    ids=repr,
)
def test_what_is_no_plain_chain_goes_the_ordinary_way(layers) -> None:
    model = kit.Sequential(layers)
    model.compile("sgd", "mse")
    model.train(np.ones((2, *model.module.shapes[0]), "float32"), np.ones((2, 3), "float32"))
    assert model.update.chain is None


def test_a_loss_of_the_user_s_may_depend_on_the_weights() -> None:
    model = made(lambda y, p: (p - y).square().mean(-1))
    model.update.prepare()
    assert not model.update.chain.suits(model.goal())


def test_hooks_see_every_step_and_frozen_weights_stay() -> None:
    model, seen = made(), []
    X, Y = np.ones((4, 4, 2), "float32"), np.ones((4, 3), "float32")
    layer = model.module.layers["dense_1"]

    def look(record) -> None:
        if record.step == 2:
            layer.register_forward_hook(lambda *_: seen.append(len(seen)))

    model.fit(X, Y, epochs=5, verbose=0, callbacks=[look])
    assert len(seen) == 3
    layer.trainable = False
    before = layer.get_weights()[0]
    model.fit(X, Y, epochs=2, verbose=0)
    assert np.array_equal(layer.get_weights()[0], before)


def test_a_copy_of_a_model_trains_its_own_weights() -> None:
    import copy

    model = made()
    X, Y = np.ones((4, 4, 2), "float32"), np.ones((4, 3), "float32")
    model.fit(X, Y, verbose=0)
    twin = copy.deepcopy(model)
    before = model.get_weights()
    twin.fit(X, Y, verbose=0)
    assert all(np.array_equal(ours, old) for ours, old in zip(model.get_weights(), before, strict=True))
    assert not np.array_equal(twin.get_weights()[0], before[0])


def test_the_chain_is_built_of_every_part_there_is() -> None:
    model = made()
    model.update.prepare()
    kinds = [type(part).__name__ for part in chain(model.module).parts]
    assert kinds == ["Row", "Drop", "Product", "Curve", "Drop", "Product", "Curve", "Curve", "Product"]
