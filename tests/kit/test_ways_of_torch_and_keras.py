"""Functions of the user's as torch and Keras call them, and functions with settings."""

import functools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

import kit
from kit import Sequential
from kit.layers import Dense


def squares(x, by=1.0):
    return by * x.square()


def of_shape(shape, dtype=None):
    return torch.full(shape, 0.5, dtype=dtype)


def array_of_shape(shape):
    return np.full(shape, 0.5)


def typed(shape, dtype):
    return torch.full(shape, 0.5, dtype=dtype)


def in_place(weight):
    weight.fill_(0.5)


X = np.random.default_rng(0).normal(size=(9, 6)).astype("float32")


def test_a_model_called_on_numbers_gives_what_it_predicts_as_tensors_with_their_gradient() -> None:
    model = Sequential([Dense(8, activation="tanh"), kit.layers.Dropout(0.5), Dense(3)])
    x = torch.tensor(X, requires_grad=True)
    outputs = model(x)
    np.testing.assert_array_equal(outputs.detach(), model.predict(X))
    assert torch.equal(model(X), outputs)
    assert torch.equal(model(X.tolist(), training=None), outputs)
    outputs[:, 0].sum().backward()
    first, _, last = model.layers
    slope = (1 - (torch.tensor(X) @ first.kernel + first.bias).tanh() ** 2) * last.kernel[:, 0]
    torch.testing.assert_close(x.grad, slope.detach() @ first.kernel.T.detach())


def test_a_model_called_in_training_drops_and_moves_statistics() -> None:
    model = Sequential([Dense(40), kit.layers.BatchNormalization(), kit.layers.Dropout(0.5)])
    before = model.predict(X)
    dropped = model(X, training=True)
    assert 0.3 < float((dropped == 0).float().mean()) < 0.7
    assert not np.array_equal(model.predict(X), before)


def test_a_model_of_several_inputs_and_outputs_is_called_on_each_a_list_or_a_dict() -> None:
    wide, narrow = kit.Input(6, name="wide"), kit.Input(2, name="narrow")
    both = kit.layers.Concatenate()([wide, narrow])
    model = kit.Model([wide, narrow], [Dense(2)(both), Dense(1)(wide)])
    for given in ((X, X[:, :2]), ([X, X[:, :2]],), ({"narrow": X[:, :2], "wide": X},)):
        for output, wanted in zip(model(*given), model.predict([X, X[:, :2]]), strict=True):
            np.testing.assert_array_equal(output.detach(), wanted)


@pytest.mark.parametrize(
    ("given", "words", "message"),
    [
        ((), {}, "a model is called on tensors or arrays of samples, or on symbols"),
        ((None,), {}, "X is None"),
        ((3,), {}, "X is the number 3, not an array of samples"),
        (([kit.Input(6), X],), {}, "here are some of both"),
        ((X[:, :4],), {}, r"the model takes \(n, 6\), but X is \(n, 4\)"),
        ((X,), {"mask": X}, "a call of a model has no argument 'mask': masks travel with the values"),
        ((kit.Input(6),), {"training": False}, "a call of a model has no argument 'training': leave it out"),
    ],
)
def test_a_call_that_means_nothing_is_refused(given, words, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        Sequential([kit.Input(6), Dense(3)])(*given, **words)


def test_a_model_at_work_is_called_as_for_prediction_alone() -> None:
    model = Sequential([Dense(3)])
    model.compile("sgd", "mse")
    run = model.fit(X, X[:, :3], epochs=10**6, background=True)
    assert model(X).shape == (9, 3)
    with pytest.raises(RuntimeError, match="wait before you call it with training=True"):
        model(X, training=True)
    run.stop()
    run.wait()


@pytest.mark.parametrize("initializer", [of_shape, array_of_shape, typed, in_place])
def test_an_initializer_may_take_a_shape_or_a_weight_alone(initializer) -> None:
    (layer,) = Sequential([Dense(4, 3, kernel_initializer=initializer)]).layers
    assert (layer.get_weights()[0] == 0.5).all()


@pytest.mark.parametrize(
    "initializer", [nn.init.xavier_uniform_, nn.init.orthogonal_, functools.partial(nn.init.normal_, std=0.3)]
)
def test_an_initializer_of_torch_draws_from_the_training_s_own_generator(initializer) -> None:
    def weights(seed: int) -> np.ndarray:
        model = Sequential([Dense(3, kernel_initializer=initializer)])
        model.compile("sgd(1e-9)", "mse")
        model.fit(np.ones((4, 5)), np.ones((4, 3)), seed=seed, verbose=0)
        return model.get_weights()[0]

    before = torch.random.get_rng_state()
    drawn = weights(1)
    assert torch.equal(before, torch.random.get_rng_state())
    assert (drawn == weights(1)).all()
    assert not (drawn == weights(2)).any()


def test_an_initializer_that_gives_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"gives \(2,\) for a weight of shape \(4, 3\)"):
        Sequential([Dense(4, 3, kernel_initializer=lambda shape: torch.ones(2))])


def test_an_initializer_that_takes_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"takes nothing; let it take \(weight, generator\)"):
        Sequential([Dense(4, 3, kernel_initializer=lambda: 0)])


def test_a_partial_is_called_and_kept_by_the_name_of_its_function(tmp_path) -> None:
    doubled = functools.partial(squares, by=2.0)
    model = Sequential([Dense(4, 3, activation=doubled)])
    model.compile("sgd", "mse", metrics=[functools.partial(kit.objectives.mean_squared_error)])
    assert repr(model.layers[0]) == "Dense(3, activation=squares, input_dim=4)"
    model.save(tmp_path / "a.h5")
    X = np.ones((2, 4))
    loaded = kit.load(tmp_path / "a.h5", {"squares": doubled})
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


@pytest.mark.parametrize(
    ("activation", "text"),
    [
        (functools.partial(F.leaky_relu, negative_slope=0.3), r'write "leaky_relu\(negative_slope=0.3\)"'),
        (functools.partial(kit.activations.elu, alpha=0.3), r'write "elu\(alpha=0.3\)"'),
        (
            F.leaky_relu,
            r'torch\'s leaky_relu has other settings than the kit\'s; write "leaky_relu\(negative_slope=0.01',
        ),
    ],
)
def test_a_function_that_a_file_would_mix_up_is_refused_with_its_text(activation, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        Dense(3, activation=activation)
