"""Files in the layout of Keras 2, against formulas in NumPy."""

import keras_2
import numpy as np
import pytest
from keras_2 import dense, layer, write

import kit
from kit.layers import Conv2D, Dense, Flatten
from kit.models import Input, Sequential
from kit.storage import StorageError


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def hard_sigmoid(x):
    return np.clip(0.2 * x + 0.5, 0, 1)


def close(found, wanted):
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


def sequential(layers, version=2):
    """A Sequential's config; until Keras 2.2 it was the list of layers."""
    return {"class_name": "Sequential", "config": {"name": "sequential_1", "layers": layers} if version else layers}


@pytest.mark.parametrize("as_list", [False, True])
def test_a_convnet_with_channels_last_predicts_as_it_did(tmp_path, rng, as_list):
    W, b, V, c = (rng.normal(size=shape) for shape in [(3, 2, 3, 4), (4,), (6 * 7 * 4, 5), (5,)])
    convolution = layer(
        "Conv2D", "conv2d_1", batch_input_shape=[None, 8, 8, 3], filters=4, kernel_size=[3, 2], strides=[1, 1],
        padding="valid", data_format="channels_last", dilation_rate=[1, 1], activation="relu", use_bias=True,
    )  # fmt: skip
    layers = [convolution, layer("Flatten", "flatten_1", data_format="channels_last"), dense("dense_1", 5)]
    weights = {"conv2d_1": [("kernel", W), ("bias", b)], "flatten_1": [], "dense_1": [("kernel", V), ("bias", c)]}
    model = kit.load(write(tmp_path / "model.h5", sequential(layers, version=not as_list), weights))
    x = rng.normal(size=(2, 8, 8, 3))
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 2), axis=(1, 2))  # (n, rows, cols, channels, 3, 2)
    y = np.maximum(np.einsum("nijcab,abcf->nijf", windows, W) + b, 0).reshape(2, -1) @ V + c
    close(model.predict(x.transpose(0, 3, 1, 2).astype("float32")), y)


def test_a_graph_with_a_shared_layer_predicts_as_it_did(tmp_path, rng):
    W, b, V, c = (rng.normal(size=shape) for shape in [(3, 4), (4,), (8, 2), (2,)])
    inputs = [layer("InputLayer", name, [], batch_input_shape=[None, 3], sparse=False) for name in ("a", "b")]
    shared = dense("dense_1", 4, "tanh", ["a"])
    shared["inbound_nodes"] = [[["a", 0, 0, {}]], [["b", 0, 0, {}]]]
    joined = layer("Concatenate", "concatenate_1", [], axis=-1)
    joined["inbound_nodes"] = [[["dense_1", 0, 0, {}], ["dense_1", 1, 0, {}]]]
    config = {
        "name": "model_1",
        "layers": [*inputs, shared, joined, dense("dense_2", 2, "softmax_v2", ["concatenate_1"])],
        "input_layers": [["a", 0, 0], ["b", 0, 0]],
        "output_layers": [["dense_2", 0, 0]],
    }
    weights = {"a": [], "b": [], "dense_1": [("kernel", W), ("bias", b)], "dense_2": [("kernel", V), ("bias", c)]}
    path = write(tmp_path / "model.h5", {"class_name": "Model", "config": config}, weights, dealt=2)
    x = rng.normal(size=(2, 5, 3))
    y = np.concatenate([np.tanh(part @ W + b) for part in x], axis=1) @ V + c
    close(kit.load(path).predict([part.astype("float32") for part in x]), np.exp(y) / np.exp(y).sum(1, keepdims=True))


def gru(x, W, U, b, gate=sigmoid):
    """Keras 2's GRU, which resets before the matrix product."""
    h = np.zeros((len(x), len(U)))
    for t in range(x.shape[1]):
        z, r, new = np.split(x[:, t] @ W + b, 3, axis=1)
        U_z, U_r, U_h = np.split(U, 3, axis=1)
        z, r = gate(z + h @ U_z), gate(r + h @ U_r)
        h = z * h + (1 - z) * np.tanh(new + (r * h) @ U_h)
    return h


@pytest.mark.parametrize("said", [True, False], ids=["reset_after=False", "before it was an option"])
def test_a_gru_predicts_as_it_did(tmp_path, rng, said):
    W, U, b = keras_2.gates(rng, 3)
    words = {"units": 4, "activation": "tanh", "recurrent_activation": "hard_sigmoid", "implementation": 1}
    words |= {"reset_after": False} if said else {}
    config = sequential([layer("GRU", "gru_1", batch_input_shape=[None, 6, 3], **words)])
    path = write(tmp_path / "model.h5", config, {"gru_1": [("kernel", W), ("recurrent_kernel", U), ("bias", b)]})
    x = rng.normal(size=(2, 6, 3))
    close(kit.load(path).predict(x.astype("float32")), gru(x, W, U, b, hard_sigmoid))


def for_cudnn(W, U, count):
    """W and U as cuDNN had them: W of each gate (units, inputs), read row by row, and U transposed."""
    kernels = [gate.T.ravel().reshape(gate.shape) for gate in np.split(W, count, axis=1)]
    return np.hstack(kernels), np.hstack([gate.T for gate in np.split(U, count, axis=1)])


def test_an_lstm_for_cudnn_predicts_as_it_did(tmp_path, rng):
    W, U, b = keras_2.gates(rng, 4, biases=2)
    kernel, recurrent = for_cudnn(W, U, 4)
    config = sequential([layer("CuDNNLSTM", "lstm", batch_input_shape=[None, 6, 3], units=4, unit_forget_bias=True)])
    weights = {"lstm": [("kernel", kernel), ("recurrent_kernel", recurrent), ("bias", b)]}
    x, h, c = rng.normal(size=(2, 6, 3)), np.zeros((2, 4)), np.zeros((2, 4))
    for t in range(6):
        i, f, new, o = np.split(x[:, t] @ W + h @ U + b[:16] + b[16:], 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(new)
        h = sigmoid(o) * np.tanh(c)
    close(kit.load(write(tmp_path / "model.h5", config, weights)).predict(x.astype("float32")), h)


def test_a_gru_for_cudnn_predicts_as_it_did(tmp_path, rng):
    W, U, b = keras_2.gates(rng, 3, biases=2)
    kernel, recurrent = for_cudnn(W, U, 3)
    config = sequential([layer("CuDNNGRU", "gru", batch_input_shape=[None, 6, 3], units=4, return_sequences=False)])
    weights = {"gru": [("kernel", kernel), ("recurrent_kernel", recurrent), ("bias", b)]}
    x, h = rng.normal(size=(2, 6, 3)), np.zeros((2, 4))
    for t in range(6):
        (x_z, x_r, x_h), (h_z, h_r, h_h) = np.split(x[:, t] @ W + b[:12], 3, 1), np.split(h @ U + b[12:], 3, 1)
        z = sigmoid(x_z + h_z)
        h = z * h + (1 - z) * np.tanh(x_h + sigmoid(x_r + h_r) * h_h)
    close(kit.load(write(tmp_path / "model.h5", config, weights)).predict(x.astype("float32")), h)


def test_weights_alone_go_into_the_same_layers(tmp_path, rng):
    W, b, V, c = (rng.normal(size=shape) for shape in [(2, 2, 3, 2), (2,), (3 * 4 * 2, 5), (5,)])
    weights = {"conv": [("kernel", W), ("bias", b)], "flatten": [], "dense": [("kernel", V), ("bias", c)]}
    path = write(tmp_path / "weights.h5", None, weights, whole=False)
    model = Sequential([Input((3, 4, 5)), Conv2D(2, 2), Flatten(), Dense(5)])
    model.load_weights(path)
    x = rng.normal(size=(2, 4, 5, 3))
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))
    y = (np.einsum("nijcab,abcf->nijf", windows, W) + b).reshape(2, -1) @ V + c
    close(model.predict(x.transpose(0, 3, 1, 2).astype("float32")), y)


def test_how_it_was_compiled_is_taken_over(tmp_path):
    optimizer = {"class_name": "SGD", "config": {"lr": 0.02, "momentum": 0.9, "decay": 1e-4, "nesterov": True}}
    training = {"optimizer_config": optimizer, "loss": "mse", "metrics": ["mae"], "sample_weight_mode": None}
    config = sequential([dense("dense_1", 2, batch_input_shape=[None, 3])])
    path = write(
        tmp_path / "m.h5", config, {"dense_1": [("kernel", np.ones((3, 2))), ("bias", [1, 2])]}, training=training
    )
    model = kit.load(path)
    assert repr(model.optimizer) == "SGD(learning_rate=0.02, momentum=0.9, decay=0.0001, nesterov=True)"
    assert model.loss == "mse"
    assert list(model.metrics) == ["mae"]
    assert model.notes == ()


def test_a_dropout_that_was_told_not_to_drop_is_noted(tmp_path):
    layers = [
        layer("InputLayer", "input", [], batch_input_shape=[None, 3]),
        layer("Dropout", "drop", ["input"], rate=0.5),
    ]
    layers[1]["inbound_nodes"] = [[["input", 0, 0, {"training": False}]]]
    layers.append(dense("dense_1", 2, inputs=["drop"]))
    config = {
        "layers": layers,
        "input_layers": [["input", 0, 0]],
        "output_layers": [["dense_1", 0, 0]],
        "name": "model",
    }
    weights = {"drop": [], "dense_1": [("kernel", np.ones((3, 2))), ("bias", [1, 2])]}
    model = kit.load(write(tmp_path / "m.h5", {"class_name": "Model", "config": config}, weights))
    assert model.notes[0].startswith("drop: it was called with training=False, but it drops or adds noise in training;")


@pytest.mark.parametrize("version", ["1.2.2", "4.0", "nonsense"])
def test_another_version_of_keras_is_refused(tmp_path, version):
    config = sequential([dense("dense_1", 2, batch_input_shape=[None, 3])])
    path = write(tmp_path / "m.h5", config, {"dense_1": [("kernel", np.ones((3, 2))), ("bias", [1, 2])]}, version)
    with pytest.raises(StorageError, match=f"it is of Keras {version}; files of Keras 2 and 3 are read"):
        kit.load(path)
