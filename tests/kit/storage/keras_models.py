"""Models made by the real Keras, and how their predictions are compared with ours."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.kit.keras_reference import keras

L = keras.layers
MODELS: dict[str, Callable[[], Any]] = {}


def model(make: Callable[[], Any]) -> Callable[[], Any]:
    MODELS[make.__name__] = make
    return make


def scatter(model: Any, rng: np.random.Generator) -> Any:
    """Gives a model other weights than those it starts with, such as statistics that are not 0 and 1."""
    for variable in model.weights:
        low = 0.5 if "variance" in variable.path else -0.5
        variable.assign(rng.uniform(low, low + 1, variable.shape).astype("float32"))
    return model


def saved(model: Any, path: Any) -> Any:
    """The path of a file with the model, or with its weights alone, as the path says."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)  # Keras's own
        (model.save_weights if ".weights." in path.name else model.save)(path)
    return path


def samples(model: Any, rng: np.random.Generator) -> list[np.ndarray]:
    """Inputs for a model: words where an Embedding reads them."""
    found = []
    for tensor in model.inputs:
        shape = (3, *(size or 12 for size in tensor.shape[1:]))
        words = any("embedding" in layer.name for layer in model.layers) and len(shape) == 2
        found.append(rng.integers(0, 5, shape) if words else rng.normal(size=shape).astype("float32"))
    return found


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def agree(theirs: Any, ours: Any, rng: np.random.Generator) -> None:
    """Fails unless both predict the same to 1e-5, on inputs whose channels are moved where ours wants them."""
    inputs = samples(theirs, rng)
    wanted = [np.asarray(y.detach()) for y in listed(theirs(inputs if len(inputs) > 1 else inputs[0], training=False))]
    given = [moved(x, shape) for x, shape in zip(inputs, ours.module.shapes, strict=True)]
    found = listed(ours.predict(given if len(given) > 1 else given[0]))
    for a, b in zip(found, wanted, strict=True):
        if a.shape != b.shape or (a.ndim > 3 and not np.allclose(a, b, atol=1e-5)):
            b = moved(b, a.shape[1:], always=True)
        assert np.abs(b).max() > 1e-3
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


def moved(x: np.ndarray, shape: tuple[int, ...], always: bool = False) -> np.ndarray:
    """Images with their channels first, where that is the shape that is wanted."""
    if x.ndim > 3 and (always or x.shape[1:] != shape) and x.shape[-1] == shape[0]:
        return np.ascontiguousarray(np.moveaxis(x, -1, 1))
    if x.ndim == 3 and x.shape[1:] != shape and x.shape[1:] == shape[::-1]:  # sequences with their features first
        return np.ascontiguousarray(np.moveaxis(x, 1, -1))
    if x.ndim == 5 and x.shape[1:] != shape:  # images at each time
        return np.ascontiguousarray(np.moveaxis(x, -1, 2))
    return x


@model
def mlp():
    layers = [L.Dense(7, "relu"), L.Dropout(0.5), L.BatchNormalization(), L.Dense(4, "softmax", use_bias=False)]
    return keras.Sequential([keras.Input((5,)), *layers])


@model
def convnet():
    layers = [L.Conv2D(4, (3, 2), activation="relu", padding="same"), L.BatchNormalization(), L.MaxPooling2D()]
    layers += [
        L.Conv2D(6, 2, strides=(2, 1), use_bias=False),
        L.ReLU(),
        L.Flatten(),
        L.Dropout(0.2),
        L.Dense(5, "tanh"),
    ]
    return keras.Sequential([keras.Input((9, 10, 3)), *layers, L.Dense(2, "softmax")])


@model
def convnet_with_channels_first():
    first = {"data_format": "channels_first"}
    layers = [L.Conv2D(4, 3, **first), L.BatchNormalization(axis=1), L.MaxPooling2D(**first), L.Flatten(**first)]
    return keras.Sequential([keras.Input((3, 9, 10)), *layers, L.Dense(5)])


@model
def convnet_with_channels_first_flattened_as_they_are():
    first = {"data_format": "channels_first"}
    layers = [L.Conv2D(4, 3, **first), L.AveragePooling2D(2, **first), L.Flatten(data_format="channels_last")]
    return keras.Sequential([keras.Input((3, 9, 10)), *layers, L.Dense(5)])


@model
def normalization_after_flatten():
    layers = [L.Conv2D(4, 3), L.Flatten(), L.BatchNormalization(), L.Activation("elu"), L.LayerNormalization()]
    return keras.Sequential([keras.Input((6, 5, 2)), *layers, L.PReLU(), L.Dense(3)])


@model
def flatten_that_is_an_output():
    return keras.Sequential([keras.Input((6, 5, 2)), L.Conv2D(4, 3), L.Flatten()])


@model
def flatten_before_what_is_no_dense():
    layers = [L.Conv2D(4, 3), L.Flatten(), L.Reshape((8, 6)), L.LSTM(3)]
    return keras.Sequential([keras.Input((6, 5, 2)), *layers])


@model
def pictures_without_a_convolution():
    return keras.Sequential([keras.Input((6, 5, 2)), L.Rescaling(0.5, 1.0), L.Flatten(), L.Dense(3)])


@model
def separable_and_transposed():
    layers = [L.SeparableConv2D(4, 3, depth_multiplier=2, activation="relu"), L.DepthwiseConv2D(2, depth_multiplier=3)]
    layers += [L.Conv2DTranspose(5, 3, strides=2, padding="same"), L.GlobalAveragePooling2D(), L.Dense(3)]
    return keras.Sequential([keras.Input((8, 7, 3)), *layers])


@model
def images_out():
    layers = [L.ZeroPadding2D(((1, 2), (0, 1))), L.Conv2D(4, 3, dilation_rate=2), L.UpSampling2D((2, 3))]
    layers += [L.Cropping2D(((1, 0), (2, 1))), L.SpatialDropout2D(0.5), L.Conv2D(3, 1, activation="softmax")]
    return keras.Sequential([keras.Input((8, 7, 3)), *layers])


@model
def grouped_convolution():
    layers = [L.Conv2D(6, 3, groups=3), L.PReLU(shared_axes=[1, 2]), L.GroupNormalization(2), L.GlobalMaxPooling2D()]
    return keras.Sequential([keras.Input((6, 5, 9)), *layers])


@model
def slopes_of_each_pixel():
    return keras.Sequential([keras.Input((6, 5, 2)), L.Conv2D(4, 3), L.PReLU(), L.Flatten(), L.Dense(2)])


@model
def normalization_of_images():
    layers = [L.Conv2D(4, 3), L.LayerNormalization(), L.UnitNormalization(), L.Softmax(), L.Activation("log_softmax")]
    return keras.Sequential([keras.Input((6, 5, 2)), *layers, L.GlobalAveragePooling2D()])


@model
def softmax_over_rows():
    return keras.Sequential([keras.Input((6, 5, 2)), L.Conv2D(4, 3), L.Softmax(axis=1), L.Flatten(), L.Dense(2)])


@model
def dense_on_images():
    return keras.Sequential(
        [keras.Input((6, 5, 2)), L.Conv2D(4, 3), L.Dense(3, "relu"), L.Conv2D(2, 2), L.Permute((3, 1, 2))]
    )


@model
def decoder():
    layers = [L.Dense(24, "relu"), L.Reshape((3, 2, 4)), L.Conv2DTranspose(3, 2, strides=2), L.Conv2D(2, 1)]
    return keras.Sequential([keras.Input((5,)), *layers])


@model
def volumes():
    layers = [L.Conv3D(3, 2, activation="relu"), L.MaxPooling3D((1, 2, 1)), L.Conv3DTranspose(2, 2), L.ZeroPadding3D(1)]
    layers += [L.BatchNormalization(), L.Cropping3D(1), L.UpSampling3D((1, 2, 1)), L.AveragePooling3D(1), L.Flatten()]
    return keras.Sequential([keras.Input((3, 5, 4, 2)), *layers, L.Dense(2)])


@model
def pooled_volumes():
    return keras.Sequential([keras.Input((3, 5, 4, 2)), L.GlobalAveragePooling3D(), L.Dense(2)])


@model
def sequences():
    layers = [L.Conv1D(4, 3, padding="causal", activation="gelu"), L.MaxPooling1D(2), L.SeparableConv1D(5, 2)]
    layers += [
        L.DepthwiseConv1D(2),
        L.Conv1DTranspose(3, 2),
        L.UpSampling1D(2),
        L.ZeroPadding1D((1, 2)),
        L.Cropping1D(1),
    ]
    layers += [L.SpatialDropout1D(0.5), L.AveragePooling1D(2), L.Flatten(), L.Dense(2)]
    return keras.Sequential([keras.Input((12, 3)), *layers])


@model
def sequences_with_channels_first():
    layers = [L.Conv1D(4, 3, data_format="channels_first"), L.GlobalMaxPooling1D(data_format="channels_first")]
    return keras.Sequential([keras.Input((3, 12)), *layers])


@model
def words():
    layers = [L.Embedding(5, 4), L.LSTM(6, return_sequences=True), L.GRU(5, return_sequences=True)]
    return keras.Sequential([keras.Input((7,)), *layers, L.SimpleRNN(4, activation="relu"), L.Dense(1, "sigmoid")])


@model
def recurrence_with_settings():
    lstm = L.LSTM(3, recurrent_activation="hard_sigmoid", use_bias=False, go_backwards=True, return_sequences=True)
    gru = L.GRU(4, reset_after=False, recurrent_activation="hard_sigmoid", activation="relu")
    return keras.Sequential([keras.Input((7, 3)), lstm, gru])


@model
def sequences_of_any_length():
    layers = [L.Conv1D(4, 3, padding="same"), L.GRU(5, return_sequences=True), L.GlobalAveragePooling1D()]
    return keras.Sequential([keras.Input((None, 3)), *layers])


@model
def bidirectional():
    layers = [L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode="sum"), L.Bidirectional(L.GRU(4))]
    return keras.Sequential([keras.Input((7, 3)), *layers, L.Dense(2)])


@model
def time_distributed():
    inputs = keras.Input((4, 6, 5, 2))
    x = L.TimeDistributed(L.Conv2D(3, 2, activation="relu"))(inputs)
    x = L.TimeDistributed(L.BatchNormalization())(x)
    x = L.TimeDistributed(L.Flatten())(x)
    return keras.Model(inputs, L.LSTM(3)(L.TimeDistributed(L.Dense(4))(x)))


@model
def transformer():
    inputs = keras.Input((7, 6))
    x = L.LayerNormalization(epsilon=1e-6)(inputs)
    x = L.Add()([inputs, L.MultiHeadAttention(2, 3, value_dim=4)(x, x, use_causal_mask=True)])
    memory = L.Dense(6)(inputs)
    x = L.MultiHeadAttention(3, 2, use_bias=False)(x, value=memory)
    return keras.Model(inputs, L.Dense(2)(L.GlobalAveragePooling1D()(L.RMSNormalization()(x))))


@model
def residual():
    inputs = keras.Input((8, 8, 4))
    x = L.Conv2D(4, 3, padding="same", activation="relu")(inputs)
    x = L.Add()([inputs, x])
    y = L.Concatenate()([x, L.Conv2D(2, 1)(x)])
    z = L.Average()([L.Maximum()([x, inputs]), L.Multiply()([x, inputs]), L.Minimum()([x, inputs]), x - inputs])
    flat = L.Concatenate()([L.Flatten()(y), L.GlobalMaxPooling2D()(z)])
    return keras.Model(inputs, L.Dense(3)(flat))


@model
def shared_layers_and_several_inputs():
    left, right, picture = keras.Input((5,), name="left"), keras.Input((5,), name="right"), keras.Input((6, 6, 2))
    dense, convolution = L.Dense(4, "relu"), L.Conv2D(2, 3, padding="same")
    merged = L.Subtract()([dense(left), dense(right)])
    seen = L.Flatten()(convolution(convolution(picture)))
    both = L.Concatenate()([merged, L.Dense(3)(seen)])
    return keras.Model([left, right, picture], [L.Dense(2, name="y")(both), L.Dot(1)([dense(left), dense(right)])])


@model
def models_in_models():
    inner = keras.Sequential([L.Conv2D(3, 2), L.BatchNormalization(), L.Activation("silu")], name="inner")
    ends = keras.Input((3,))
    head = keras.Model(ends, L.Dense(2)(L.BatchNormalization()(L.Dense(4, name="conv2d")(ends))), name="head")
    inputs = keras.Input((6, 5, 2))
    x = L.GlobalAveragePooling2D()(inner(inputs))
    return keras.Model(inputs, L.Add()([head(x), head(L.Dense(3)(x))]))


@model
def frozen_in_part():
    model = keras.Sequential([keras.Input((5,)), L.Dense(4), L.BatchNormalization(), L.Dense(3)])
    model.layers[0].trainable = model.layers[1].trainable = False
    return model


@model
def kept_in_check():
    kernel = {"kernel_regularizer": keras.regularizers.L1L2(0.1, 0.2), "kernel_constraint": "non_neg"}
    layers = [L.Dense(4, **kernel, bias_regularizer="l2"), L.LeakyReLU(0.1), L.ELU(0.7), L.ReLU(6.0, 0.1, 0.5)]
    noise = [L.GaussianNoise(0.1), L.GaussianDropout(0.1), L.AlphaDropout(0.1), L.ActivityRegularization(l2=0.1)]
    start = {"kernel_initializer": keras.initializers.HeNormal(), "kernel_constraint": keras.constraints.MaxNorm(3)}
    return keras.Sequential([keras.Input((5,)), *layers, *noise, L.Identity(), L.Dense(3, **start)])


@model
def repeated():
    return keras.Sequential([keras.Input((5,)), L.RepeatVector(3), L.Permute((2, 1)), L.GRU(4)])


@model
def masked_words():
    inputs = keras.Input((7,))
    x = L.Embedding(5, 4, mask_zero=True)(inputs)
    x = L.Dropout(0.1)(L.LSTM(3, return_sequences=True)(x))
    return keras.Model(
        inputs,
        [L.GRU(4)(x), L.GlobalAveragePooling1D()(x), L.GlobalAveragePooling1D()(L.MultiHeadAttention(2, 2)(x, x))],
    )


@model
def masked_words_read_both_ways():
    layers = [L.Embedding(5, 4, mask_zero=True), L.Bidirectional(L.LSTM(3, return_sequences=True))]
    return keras.Sequential([keras.Input((7,)), *layers, L.Bidirectional(L.GRU(4))])


@model
def masked_sequences():
    inputs = keras.Input((7, 3))
    x = L.SimpleRNN(3, return_sequences=True)(L.Masking(0.0)(inputs))
    return keras.Model(inputs, [L.TimeDistributed(L.Dense(2))(x), L.LSTM(2)(x)])


@model
def encoder_and_decoder():
    source, target = keras.Input((6, 3)), keras.Input((4, 2))
    _, h, c = L.LSTM(5, return_state=True)(source)
    y = L.LSTM(5, return_sequences=True)(target, initial_state=[h, c])
    _, state = L.GRU(4, return_state=True)(source)
    return keras.Model([source, target], [L.Dense(2)(y), L.GRU(4)(target, initial_state=state), c])
