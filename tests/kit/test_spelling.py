"""Both spellings, of 2015 and of today, are one call."""

import numpy as np
import pytest

from kit import Sequential
from kit.layers import Activation, BatchNormalization, Conv2D, Convolution2D, Dense, Dropout, MaxPooling2D, Reshape
from kit.optimizers import SGD, Adam, RMSprop
from kit.regularizers import l2

SAME = [  # a call of 2015, the same call of today
    (lambda: Dense(20, 64), lambda: Dense(64, input_dim=20)),
    (lambda: Dense(input_dim=20, output_dim=64), lambda: Dense(units=64, input_dim=20)),
    (lambda: Dense(output_dim=64), lambda: Dense(64)),
    (lambda: Dense(20, 64, init="uniform"), lambda: Dense(64, input_dim=20, kernel_initializer="uniform")),
    (lambda: Dense(20, 64, "uniform", "tanh"), lambda: Dense(64, "tanh", kernel_initializer="uniform", input_dim=20)),
    (lambda: Dense(20, output_dim=64), lambda: Dense(64, input_dim=20)),
    (
        lambda: Dense(2, 3, W_regularizer="l1", b_regularizer="l2"),
        lambda: Dense(3, input_dim=2, kernel_regularizer="l1", bias_regularizer="l2"),
    ),
    (
        lambda: Dense(2, 3, W_constraint="nonneg", b_constraint="maxnorm"),
        lambda: Dense(3, input_dim=2, kernel_constraint="nonneg", bias_constraint="maxnorm"),
    ),
    (lambda: Dense(2, 3, W_regularizer=l2(0.1)), lambda: Dense(3, input_dim=2, kernel_regularizer="l2(l=0.1)")),
    (lambda: Dense(np.int64(20), np.int32(64)), lambda: Dense(64, input_dim=20)),
    (lambda: Reshape(np.int64(2), 3), lambda: Reshape((2, 3))),
    (lambda: Dropout(p=0.5), lambda: Dropout(rate=0.5)),
    (lambda: Dropout(0.5), lambda: Dropout(rate=0.5)),
    (lambda: Activation(activation="relu"), lambda: Activation("relu")),
    (lambda: Reshape(2, 3), lambda: Reshape((2, 3))),
    (lambda: Reshape(dims=(2, 3)), lambda: Reshape(target_shape=(2, 3))),
    (lambda: Convolution2D(32, 3, 5, 4), lambda: Conv2D(32, (5, 4), input_channels=3)),
    (
        lambda: Convolution2D(32, 3, 5, 4, "he_normal", "relu"),
        lambda: Conv2D(32, (5, 4), activation="relu", kernel_initializer="he_normal", input_channels=3),
    ),
    (
        lambda: Convolution2D(nb_filter=32, stack_size=3, nb_row=5, nb_col=4),
        lambda: Conv2D(filters=32, kernel_size=(5, 4), input_channels=3),
    ),
    (
        lambda: Convolution2D(32, 3, 3, 3, border_mode="full", subsample=(2, 1)),
        lambda: Conv2D(32, 3, strides=(2, 1), padding="full", input_channels=3),
    ),
    (lambda: Convolution2D(32, 3, 3, image_shape=(3, 8, 8)), lambda: Conv2D(32, 3)),
    (lambda: Convolution2D(32, 3, 3), lambda: Conv2D(32, (3, 3))),
    (lambda: MaxPooling2D(poolsize=(2, 3)), lambda: MaxPooling2D(pool_size=(2, 3))),
    (lambda: MaxPooling2D((2, 2), False), lambda: MaxPooling2D(ceil_mode=True)),
    (lambda: MaxPooling2D((2, 2), True), lambda: MaxPooling2D()),
    (lambda: MaxPooling2D(poolsize=(3, 3), ignore_border=False), lambda: MaxPooling2D(3, ceil_mode=True)),
    (lambda: BatchNormalization((64,)), lambda: BatchNormalization(input_shape=(64,))),
    (
        lambda: BatchNormalization((64,), 1e-6, 0, 0.9),
        lambda: BatchNormalization(epsilon=1e-6, momentum=0.9, input_shape=(64,)),
    ),
    (lambda: BatchNormalization((64,), mode=0), lambda: BatchNormalization(input_shape=(64,))),
    (
        lambda: SGD(lr=0.1, decay=1e-6, momentum=0.9, nesterov=True),
        lambda: SGD(learning_rate=0.1, momentum=0.9, decay=1e-6, nesterov=True),
    ),
    (lambda: SGD(0.1, 0.9, 1e-6, True), lambda: SGD(learning_rate=0.1, momentum=0.9, decay=1e-6, nesterov=True)),
    (lambda: RMSprop(0.002, 0.8, 1e-5), lambda: RMSprop(learning_rate=0.002, rho=0.8, epsilon=1e-5)),
    (
        lambda: Adam(lr=0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-8),
        lambda: Adam(learning_rate=0.01, beta_1=0.8, beta_2=0.9, epsilon=1e-8),
    ),
    (lambda: SGD(lr=0.1, clipnorm=1.0), lambda: SGD(learning_rate=0.1, clipnorm=1.0)),
]


@pytest.mark.parametrize(("seed", "house"), SAME, ids=[repr(house()) for _, house in SAME])
def test_the_spelling_of_2015_makes_the_same(seed, house) -> None:
    assert repr(seed()) == repr(house())
    assert type(seed()) is type(house())


TODAY = [
    (lambda: Dense(64, "relu"), {"units": 64, "activation": "relu", "input_dim": None}),
    (lambda: Dense(64, "relu", False), {"use_bias": False}),
    (lambda: Dense(64), {"units": 64, "input_dim": None, "use_bias": True}),
    (lambda: Conv2D(64, 3), {"kernel_size": (3, 3), "strides": (1, 1), "input_channels": None}),
    (lambda: Conv2D(64, (3, 5), 2), {"kernel_size": (3, 5), "strides": (2, 2)}),
    (lambda: Conv2D(64, 3, strides=2), {"kernel_size": (3, 3), "strides": (2, 2)}),
    (lambda: Conv2D(64, (3, 3), (2, 1), "same", "relu"), {"strides": (2, 1), "padding": "same", "activation": "relu"}),
    (lambda: MaxPooling2D(2, 1), {"pool_size": (2, 2), "strides": (1, 1)}),
    (lambda: MaxPooling2D((2, 2), (1, 1), "same"), {"strides": (1, 1), "padding": "same"}),
    (lambda: BatchNormalization(-1, 0.9), {"axis": -1, "momentum": 0.9}),
    (lambda: Reshape((2, 3)), {"target_shape": (2, 3)}),
]


@pytest.mark.parametrize(("make", "fields"), TODAY, ids=[repr(make()) for make, _ in TODAY])
def test_positions_are_read_as_today_where_the_sizes_of_2015_are_not_all_there(make, fields) -> None:
    layer = make()
    assert {name: getattr(layer, name) for name in fields} == fields


def test_one_class_has_both_names() -> None:
    from kit.layers.convolutional import Convolution2D as by_path

    assert Convolution2D is Conv2D is by_path


@pytest.mark.parametrize("sizes", [(64, 3, 2), (64, 3, 1)])
def test_a_convolution_that_can_be_read_two_ways_is_refused(sizes: tuple) -> None:
    with pytest.raises(TypeError, match=r"can be read two ways; write the window by name, .*kernel_size=3, strides=2"):
        Conv2D(*sizes)


WRONG = [
    (lambda: Dense(unit=3), "Dense has no argument 'unit'; did you mean 'units'?"),
    (lambda: Dense(3, activaton="relu"), "Dense has no argument 'activaton'; did you mean 'activation'?"),
    (lambda: Dense(3, W_regulariser="l2"), "did you mean 'W_regularizer'?"),
    (lambda: Dense(3, zzz=1), "Dense has no argument 'zzz'; it takes "),
    (lambda: Dense(3, p=0.5), "Dense has no argument 'p'"),
    (lambda: Dropout(0.5, lr=3), "Dropout has no argument 'lr'"),
    (lambda: Conv2D(3, 3, subsampel=2), "did you mean 'subsample'?"),
    (lambda: MaxPooling2D(ignore_boarder=True), "MaxPooling2D has no argument 'ignore_boarder'"),
    (lambda: SGD(learning_rat=1), "SGD has no argument 'learning_rat'; did you mean 'learning_rate'?"),
    (lambda: Dense(units=3, output_dim=4), "Dense got 'units' twice (once as 'output_dim'); say it once"),
    (lambda: Dense(3, units=4), "Dense got 'units' twice; say it once"),
    (lambda: Conv2D(3, kernel_size=3, nb_row=4), "Conv2D got 'kernel_size' twice (once as 'nb_row'); say it once"),
    (lambda: Dense(), "Dense needs units: width of the output."),
    (lambda: Conv2D(3), "Conv2D needs kernel_size: rows and cols of the window."),
    (lambda: Dropout(0.1, 0.2, 0.3, 0.4), "Dropout takes 1 arguments at most (rate), not 4"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_call_is_a_type_error_that_says_what_is_right(call, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert message in str(caught.value)


def trained(blobs, *args, **words):
    model = Sequential([Dense(20, 2, activation="softmax")])
    model.set_weights([w * 0 for w in model.get_weights()])
    model.compile("sgd", "categorical_crossentropy")
    history = model.fit(blobs.X, blobs.Y, *args, verbose=0, seed=4, **words)
    return history.history, [w.tolist() for w in model.get_weights()]


def test_fit_takes_both_spellings(blobs) -> None:
    today = trained(blobs, batch_size=16, epochs=3)
    assert trained(blobs, batch_size=16, nb_epoch=3) == today
    assert trained(blobs, 16, 3) == today
    assert len(today[0]["loss"]) == 3


def test_fit_takes_x_and_y_by_name(blobs) -> None:
    model = Sequential([Dense(2, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    model.fit(x=blobs.X, y=blobs.Y, verbose=0)
    model.fit(X=blobs.X, y=blobs.Y, verbose=0)


def compiled(*args, **words):
    model = Sequential([Dense(20, 2)])
    model.compile(*args, **words)
    return repr(model.optimizer), model.loss, list(model.metrics), model.class_mode


def test_compile_takes_both_orders_and_words() -> None:
    today = compiled(optimizer="sgd", loss="mse")
    assert compiled("sgd", "mse") == today
    assert compiled(loss="mse", optimizer=SGD()) == today


def test_compile_takes_class_mode_third_and_by_name() -> None:
    assert compiled("sgd", "mse", "binary") == compiled("sgd", "mse", class_mode="binary")
    assert compiled("sgd", "mse", "categorical")[3] == "categorical"
    assert compiled("sgd", "mse", ["accuracy"])[2:] == (["accuracy"], None)


METHODS = [
    (
        lambda m, s: m.compile(optimiser="sgd", loss="mse"),
        "Sequential.compile has no argument 'optimiser'; did you mean 'optimizer'?",
    ),
    (lambda m, s: m.fit(s.X, s.Y, epoch=3), "Sequential.fit has no argument 'epoch'; did you mean 'epochs'?"),
    (lambda m, s: m.fit(s.X, s.Y, nb_epochs=3), "Sequential.fit has no argument 'nb_epochs'; did you mean"),
    (lambda m, s: m.fit(s.X, s.Y, epochs=3, nb_epoch=3), "got 'epochs' twice (once as 'nb_epoch'); say it once"),
    (lambda m, s: m.train(s.X), "Sequential.train: missing a required argument: 'y'"),
    (lambda m, s: m.evaluate(s.X, s.Y, batchsize=3), "did you mean 'batch_size'?"),
    (lambda m, s: m.predict(s.X, batch=3), "Sequential.predict has no argument 'batch'"),
]


@pytest.mark.parametrize(("call", "message"), METHODS, ids=[message for _, message in METHODS])
def test_a_misspelt_word_of_a_method_is_a_type_error_with_the_near_miss(call, message: str, blobs) -> None:
    model = Sequential([Dense(20, 2)])
    model.compile("sgd", "mse")
    with pytest.raises(TypeError) as caught:
        call(model, blobs)
    assert message in str(caught.value)
