"""The works as models of the kit."""

from __future__ import annotations

from benchmarks.works import Work
from kit.layers import LSTM, BatchNormalization, Conv2D, Dense, Dropout, Embedding, Flatten, MaxPooling2D, PReLU
from kit.models import Sequential
from kit.optimizers import SGD, RMSprop


def model(work: Work) -> Sequential:
    """The compiled model of a work."""
    return {"W1": w1, "W2": w2, "W3": w3, "W4": w4, "W5": w5, "W6": w6, "W7": w7}[work.name]()


def compiled(layers: list, optimizer: object, loss: str = "categorical_crossentropy") -> Sequential:
    made = Sequential(layers)
    made.compile(optimizer, loss)
    return made


def w1() -> Sequential:
    layers = [Dense(20, 64, activation="tanh"), Dropout(0.5), Dense(64, activation="tanh"), Dropout(0.5)]
    return compiled([*layers, Dense(2, activation="softmax")], SGD(0.1, momentum=0.9, nesterov=True), "mse")


def w2() -> Sequential:
    layers = [Dense(784, 128, activation="relu"), Dropout(0.2), Dense(128, activation="relu"), Dropout(0.2)]
    return compiled([*layers, Dense(10, activation="softmax")], RMSprop(0.001))


def w3() -> Sequential:
    layers: list = []
    for filters, channels in ((32, 3), (64, 32)):
        layers += [Conv2D(filters, channels, 3, 3, padding="full", activation="relu")]
        layers += [Conv2D(filters, 3, activation="relu"), MaxPooling2D(), Dropout(0.25)]
    layers += [Flatten(), Dense(256, activation="relu"), Dropout(0.5), Dense(10, activation="softmax")]
    return compiled(layers, SGD(0.01, momentum=0.9, nesterov=True))


def words(*functions: str) -> Sequential:
    layers = [Embedding(20000, 256), LSTM(128, activation=functions[0], recurrent_activation=functions[1])]
    return compiled([*layers, Dropout(0.5), Dense(1, activation="sigmoid")], RMSprop(0.001), "binary_crossentropy")


def w4() -> Sequential:
    return words("tanh", "sigmoid")


def w5() -> Sequential:
    return words("sigmoid", "hard_sigmoid")


def w6() -> Sequential:
    block = [layer for _ in range(3) for layer in (Dense(512), PReLU(), BatchNormalization(), Dropout(0.5))]
    return compiled([*block, Dense(9, activation="softmax")], "adam")


def w7() -> Sequential:
    return compiled([Dense(1000, 512, activation="relu"), Dropout(0.5), Dense(46, activation="softmax")], "adam")
