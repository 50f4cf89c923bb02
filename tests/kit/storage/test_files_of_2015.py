"""Weight files of 2015, written here as API.md describes them, against formulas in NumPy."""

import h5py
import numpy as np
import pytest

from kit.layers import (
    GRU,
    LSTM,
    Activation,
    Convolution2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    MaxPooling2D,
    SimpleRNN,
)
from kit.layers.core import Merge
from kit.models import Input, Sequential
from kit.storage import StorageError


def write(path, layers):
    """A file of the 2015 layout with these parameters for each layer."""
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = len(layers)
        for k, parameters in enumerate(layers):
            group = file.create_group(f"layer_{k}")
            group.attrs["nb_params"] = len(parameters)
            for i, parameter in enumerate(parameters):
                group.create_dataset(f"param_{i}", data=parameter)
    return path


def true_convolution(x, W, b):
    """Theano's valid convolution of images (n, c, h, w) with kernels (f, c, i, j): the kernel is flipped."""
    f, _, rows, cols = W.shape
    height, width = x.shape[2] - rows + 1, x.shape[3] - cols + 1
    y = np.zeros((len(x), f, height, width))
    for i in range(height):
        for j in range(width):
            window = x[:, :, i : i + rows, j : j + cols][:, :, ::-1, ::-1]
            y[:, :, i, j] = np.tensordot(window, W, ([1, 2, 3], [1, 2, 3])) + b
    return y


def test_a_convnet_of_2015_predicts_as_theano_did(tmp_path, rng):
    W, b, V, c = (rng.normal(size=shape) for shape in [(4, 3, 3, 2), (4,), (4 * 6 * 7, 5), (5,)])
    path = write(tmp_path / "weights.h5", [[W, b], [], [], [], [V, c], []])
    model = Sequential([Input((3, 8, 8)), Convolution2D(4, 3, 3, 2), Activation("relu"), Dropout(0.5), Flatten()])
    model.add(Dense(4 * 6 * 7, 5))
    model.add(Activation("softmax"))
    model.load_weights(path)
    x = rng.normal(size=(2, 3, 8, 8))
    scores = np.maximum(true_convolution(x, W, b), 0).reshape(2, -1) @ V + c
    wanted = np.exp(scores - scores.max(1, keepdims=True))
    wanted /= wanted.sum(1, keepdims=True)
    np.testing.assert_allclose(model.predict(x.astype("float32")), wanted, rtol=0, atol=1e-5)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def hard_sigmoid(x):
    return np.clip(0.2 * x + 0.5, 0, 1)


def gates(rng, count, inputs=3, units=4):
    """W, U, b of each gate."""
    return [rng.normal(size=shape) for _ in range(count) for shape in ((inputs, units), (units, units), (units,))]


def test_an_lstm_of_2015_predicts_as_it_did(tmp_path, rng):
    parameters = gates(rng, 4)
    (Wi, Ui, bi), (Wc, Uc, bc), (Wf, Uf, bf), (Wo, Uo, bo) = (parameters[i : i + 3] for i in range(0, 12, 3))
    model = Sequential([Input((6, 3)), LSTM(3, 4, inner_activation="hard_sigmoid")])
    model.load_weights(write(tmp_path / "weights.h5", [parameters]))
    x, h, c = rng.normal(size=(2, 6, 3)), np.zeros((2, 4)), np.zeros((2, 4))
    for t in range(6):
        i, f, o = (hard_sigmoid(x[:, t] @ W + h @ U + b) for W, U, b in ((Wi, Ui, bi), (Wf, Uf, bf), (Wo, Uo, bo)))
        c = f * c + i * np.tanh(x[:, t] @ Wc + h @ Uc + bc)
        h = o * np.tanh(c)
    np.testing.assert_allclose(model.predict(x.astype("float32")), h, rtol=0, atol=1e-5)


def gru_of_2015(x, parameters):
    (Wz, Uz, bz), (Wr, Ur, br), (Wh, Uh, bh) = (parameters[i : i + 3] for i in range(0, 9, 3))
    h = np.zeros((2, 4))
    for t in range(6):
        z, r = hard_sigmoid(x[:, t] @ Wz + h @ Uz + bz), hard_sigmoid(x[:, t] @ Wr + h @ Ur + br)
        h = z * h + (1 - z) * sigmoid(x[:, t] @ Wh + bh + (r * h) @ Uh)
    return h


def test_a_gru_of_2015_predicts_as_it_did_where_it_resets_before_the_product(tmp_path, rng):
    parameters = gates(rng, 3)
    layer = GRU(3, 4, activation="sigmoid", inner_activation="hard_sigmoid", reset_after=False)
    model = Sequential([Input((6, 3)), layer])
    model.load_weights(write(tmp_path / "weights.h5", [parameters]))
    x = rng.normal(size=(2, 6, 3))
    np.testing.assert_allclose(model.predict(x.astype("float32")), gru_of_2015(x, parameters), rtol=0, atol=1e-5)


def test_a_gru_that_resets_after_the_product_names_the_argument(tmp_path, rng):
    model = Sequential([Input((6, 3)), GRU(3, 4)])
    with pytest.raises(StorageError, match=r"layer_0: .*reset_after=False"):
        model.load_weights(write(tmp_path / "weights.h5", [gates(rng, 3)]))


def test_a_simple_rnn_and_an_embedding_of_2015_predict_as_they_did(tmp_path, rng):
    E, (W, U, b) = rng.normal(size=(9, 3)), gates(rng, 1)
    model = Sequential([Input((5,)), Embedding(9, 3), SimpleRNN(3, 4, activation="sigmoid")])
    model.load_weights(write(tmp_path / "weights.h5", [[E], [W, U, b]]))
    words, h = rng.integers(0, 9, (2, 5)), np.zeros((2, 4))
    for t in range(5):
        h = sigmoid(E[words[:, t]] @ W + h @ U + b)
    np.testing.assert_allclose(model.predict(words), h, rtol=0, atol=1e-5)


def test_a_merge_of_2015_is_one_layer_in_its_file(tmp_path, rng):
    A, a, B, b, C, c = (rng.normal(size=shape) for shape in [(3, 2), (2,), (4, 2), (2,), (2, 1), (1,)])
    left, right = Sequential([Dense(3, 2)]), Sequential([Dense(4, 2)])
    model = Sequential()
    model.add(Merge([left, right], mode="sum"))
    model.add(Dense(2, 1))
    x = [rng.normal(size=(5, 3)), rng.normal(size=(5, 4))]
    model.load_weights(write(tmp_path / "weights.h5", [[A, a, B, b], [C, c]]))
    wanted = (x[0] @ A + a + x[1] @ B + b) @ C + c
    np.testing.assert_allclose(model.predict([part.astype("float32") for part in x]), wanted, rtol=0, atol=1e-5)


def test_all_that_does_not_fit_is_named_at_once_and_nothing_is_changed(tmp_path, rng):
    model = Sequential([Input((3,)), Dense(4), Dense(5), Dense(6)])
    before = model.get_weights()
    path = write(tmp_path / "weights.h5", [[np.ones((3, 4)), np.ones(4)], [np.ones((4, 6)), np.ones(6)], [np.ones(6)]])
    with pytest.raises(StorageError) as caught:
        model.load_weights(path)
    assert "layer_1" in str(caught.value)
    assert "layer_2" in str(caught.value)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_a_file_with_other_layers_is_refused(tmp_path):
    model = Sequential([Input((3,)), Dense(4, activation="relu")])
    with pytest.raises(StorageError, match=r"it has 2 layers, and the model 1 \(dense_1\); in 2015 each Activation"):
        model.load_weights(write(tmp_path / "weights.h5", [[np.ones((3, 4)), np.ones(4)], []]))


@pytest.mark.parametrize("announced", [-1, 10**9, "two", 2])
def test_a_file_that_lacks_what_it_announces_is_refused(tmp_path, announced):
    path = write(tmp_path / "weights.h5", [[np.ones((3, 4)), np.ones(4)]])
    with h5py.File(path, "a") as file:
        file.attrs["nb_layers"] = announced
    with pytest.raises(StorageError, match=r"it announces|lacks nb_params"):
        Sequential([Input((3,)), Dense(4)]).load_weights(path)


def test_a_compressed_file_of_2015_is_read_through_the_limited_process(tmp_path, rng):
    W, b = rng.normal(size=(3, 4)), rng.normal(size=4)
    path = write(tmp_path / "weights.h5", [])
    with h5py.File(path, "a") as file:
        file.attrs["nb_layers"] = 1
        file.create_group("layer_0").attrs["nb_params"] = 2
        file.create_dataset("layer_0/param_0", data=W, compression="gzip", shuffle=True)
        file.create_dataset("layer_0/param_1", data=b, compression="lzf", fletcher32=True)
    model = Sequential([Input((3,)), Dense(4)])
    model.load_weights(path)
    np.testing.assert_allclose(model.layers[0].kernel.detach(), W, rtol=1e-6)
    np.testing.assert_allclose(model.layers[0].bias.detach(), b, rtol=1e-6)


def test_max_pooling_of_2015_keeps_its_place_among_the_layers(tmp_path, rng):
    W, b = rng.normal(size=(2, 1, 3, 3)), rng.normal(size=2)
    model = Sequential([Input((1, 6, 6)), Convolution2D(2, 1, 3, 3), MaxPooling2D((2, 2))])
    model.load_weights(write(tmp_path / "weights.h5", [[W, b], []]))
    x = rng.normal(size=(2, 1, 6, 6))
    wanted = true_convolution(x, W, b).reshape(2, 2, 2, 2, 2, 2).max((3, 5))
    np.testing.assert_allclose(model.predict(x.astype("float32")), wanted, rtol=0, atol=1e-5)
