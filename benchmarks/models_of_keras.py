"""The works as models of Keras 3."""

from __future__ import annotations

import keras
from keras import layers as of

from benchmarks.works import Work


def model(work: Work) -> keras.Model:
    """The compiled model of a work; images are channels last, as Keras has them."""
    shape = (32, 32, 3) if work.name == "W3" else work.shape
    made = keras.Sequential([keras.Input(shape, dtype="int32" if work.words else "float32"), *layers(work)])
    loss = "mse" if work.name == "W1" else "binary_crossentropy" if work.outputs == 1 else "categorical_crossentropy"
    made.compile(optimizer(work), loss)
    return made


def optimizer(work: Work) -> keras.optimizers.Optimizer:
    if work.name in ("W1", "W3"):
        return keras.optimizers.SGD(0.1 if work.name == "W1" else 0.01, momentum=0.9, nesterov=True)
    return keras.optimizers.Adam(0.001) if work.name in ("W6", "W7") else keras.optimizers.RMSprop(0.001)


def layers(work: Work) -> list:
    last = of.Dense(work.outputs, "sigmoid" if work.outputs == 1 else "softmax")
    if work.name in ("W1", "W2"):
        width, function, rate = (64, "tanh", 0.5) if work.name == "W1" else (128, "relu", 0.2)
        return [layer for _ in range(2) for layer in (of.Dense(width, function), of.Dropout(rate))] + [last]
    found: list = []
    if work.name == "W3":
        for filters in (32, 64):
            found += [of.ZeroPadding2D(2), of.Conv2D(filters, 3, activation="relu")]
            found += [of.Conv2D(filters, 3, activation="relu"), of.MaxPooling2D(), of.Dropout(0.25)]
        return [*found, of.Flatten(), of.Dense(256, "relu"), of.Dropout(0.5), last]
    if work.words:
        functions = ("tanh", "sigmoid") if work.name == "W4" else ("sigmoid", "hard_sigmoid")
        lstm = of.LSTM(128, activation=functions[0], recurrent_activation=functions[1])
        return [of.Embedding(work.words, 256), lstm, of.Dropout(0.5), last]
    if work.name == "W6":
        for _ in range(3):
            found += [of.Dense(512), of.PReLU(), of.BatchNormalization(), of.Dropout(0.5)]
        return [*found, last]
    return [of.Dense(512, "relu"), of.Dropout(0.5), last]
