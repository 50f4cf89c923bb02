"""Layers and models of one's own: of layers inside them, and written as in Keras."""

import numpy as np
import pytest
import torch
from torch import nn

import kit
from kit.layers import BatchNormalization, Dense, Dropout, Input, Layer

X = np.random.default_rng(0).normal(size=(40, 5)).astype("float32")
Y = np.random.default_rng(1).normal(size=(40, 3)).astype("float32")


class Net(nn.Module):
    """A torch module whose layers are the kit's, their sizes left to be inferred."""

    def __init__(self) -> None:
        super().__init__()
        self.wide, self.norm, self.drop = Dense(8, activation="relu"), BatchNormalization(), Dropout(0.3)
        self.narrow = Dense(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.narrow(self.drop(self.norm(self.wide(x))))


@pytest.fixture
def block(catalog: None) -> type[Layer]:
    class Block(Layer):
        """y = W2 relu(W1 x + b1) + b2, of two layers made in build."""

        units: int

        def build(self, input_shape: tuple[int, ...]) -> None:
            self.wide, self.narrow = Dense(8, activation="relu"), Dense(self.units)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.narrow(self.wide(x))

    return Block


def fitted(*layers) -> kit.Sequential:
    model = kit.Sequential(layers)
    model.compile("adam(0.01)", "mse")
    model.fit(X, Y, epochs=20, seed=1, verbose=0)
    return model


@pytest.mark.parametrize("first", [[Input(5)], []], ids=["stated", "inferred"])
@pytest.mark.parametrize("kind", ["module", "layer"])
def test_the_layers_inside_one_of_one_s_own_are_trained_and_kept(first, kind: str, block, tmp_path) -> None:
    model = fitted(*first, Net() if kind == "module" else block(3))
    assert model.count_params() == (5 * 8 + 8) + (8 * 3 + 3) + (16 if kind == "module" else 0)
    assert model.history["loss"][-1] < 0.95 * model.history["loss"][0]
    model.save(tmp_path / "a.h5")
    loaded = kit.load(tmp_path / "a.h5", {"Net": Net()} if kind == "module" else None)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


def test_layers_inside_a_module_start_as_the_seed_of_fit_says() -> None:
    assert np.array_equal(fitted(Net()).predict(X), fitted(Net()).predict(X))


def test_making_the_weights_inside_leaves_running_statistics_and_modes_as_they_were() -> None:
    net = Net()
    kit.Sequential([Input(5), net])
    assert net.norm.moving_mean.tolist() == [0] * 8
    assert net.training
    assert net.drop.training


def test_the_layers_inside_a_module_learn_from_a_generator() -> None:
    model = kit.Sequential([Net()])
    model.compile("adam(0.01)", "mse")
    loss = model.fit(iter([(X, Y)] * 100), steps_per_epoch=1, epochs=100, seed=1, verbose=0)["loss"]
    assert loss[-1] < 0.95 * loss[0]


def test_weights_of_a_module_are_given_and_set_with_the_others() -> None:
    one, other = (kit.Sequential([Input(5), Dense(4), nn.Linear(4, 3)]) for _ in range(2))
    other.set_weights(one.get_weights())
    np.testing.assert_array_equal(other.predict(X), one.predict(X))
    with pytest.raises(ValueError, match=r"Linear: its weight has shape \(3, 4\), but \(4, 3\) came"):
        other.set_weights([*one.get_weights()[:2], np.ones((4, 3)), np.ones(3)])


def test_a_weight_may_be_kept_under_the_name_it_was_made_with(catalog: None) -> None:
    class Scale(Layer):
        def build(self, input_shape: tuple[int, ...]) -> None:
            self.s = self.add_weight("s", input_shape, "ones")

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.s * x

    model = kit.Sequential([Input(5), Scale()])
    np.testing.assert_array_equal(model.predict(X), X)
    assert [weight.shape for weight in model.get_weights()] == [(5,)]


def test_a_weight_of_which_nothing_is_said_begins_as_in_keras(catalog: None) -> None:
    class Scale(Layer):
        def build(self, input_shape: tuple[int, ...]) -> None:
            self.add_weight("s", (40, 60))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x @ self.s

    torch.manual_seed(1)
    (weight,) = kit.Sequential([Input(40), Scale()]).get_weights()
    limit = (6 / 100) ** 0.5  # glorot_uniform
    assert 0.99 * limit < abs(weight).max() <= limit


def keras_layer():
    class Linear(Layer):
        def __init__(self, units=32):
            super().__init__()
            self.units = units

        def call(self, x):
            return x


def layer_with_call():
    class Linear(Layer):
        def call(self, x):
            return x


def layer_that_asks_for_a_stranger():
    class Linear(Layer):
        def build(self, shape):
            pass


def layer_with_a_weight_of_two_names():
    class Linear(Layer):
        def build(self, input_shape):
            self.kernel = self.add_weight(name="w", shape=input_shape, initializer="ones")

    Linear().build_for((3,))


def layer_with_a_weight_as_in_keras():
    class Linear(Layer):
        def build(self, input_shape):
            self.w = self.add_weight(shape=input_shape, initializer="ones")

    Linear().build_for((3,))


def layer_of_two():
    class Both(Layer):
        def forward(self, a, b):
            return a + b

    Both()([Input(3), Input(3)])


def model_with_call():
    class MLP(kit.Model):
        def __init__(self):
            super().__init__()

        def call(self, x):
            return x


def model_with_a_step():
    class Own(kit.Sequential):
        def train_step(self, data):
            return {}


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (keras_layer, r"Linear defines __init__; .*annotated fields.*; write `call` as `forward\(self, x\)`, on torch"),
        (layer_with_call, r"Linear defines call; write `call` as `forward\(self, x\)`, on torch tensors"),
        (layer_that_asks_for_a_stranger, "Linear.build asks for shape, .*; let it ask for input_shape"),
        (
            layer_with_a_weight_of_two_names,
            r"the weight 'w' cannot be self.kernel too; make it as add_weight\('kernel'",
        ),
        (
            layer_with_a_weight_as_in_keras,
            "Linear.add_weight: missing a required argument: 'name'; it takes name, shape",
        ),
        (layer_of_two, r"takes 1 input, but 2 came; declare `input_count = 2` in its class"),
        (model_with_call, r"MLP is a Model with call; .*class MLP\(torch.nn.Module\), Sequential\(\[MLP\(\)\]\)"),
        (
            model_with_a_step,
            r"Own defines train_step, .*write the loop instead: for record in kit.steps\(model, X, y\)",
        ),
    ],
)
def test_a_class_written_as_in_keras_is_told_the_way_here(define, message: str, catalog: None) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        define()
