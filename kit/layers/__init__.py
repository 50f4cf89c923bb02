"""All layers, flat; the paths of 2015 (kit.layers.core and so on) give the same classes."""

from kit.layers.advanced_activations import ELU, LeakyReLU, PReLU, Softmax
from kit.layers.convolutional import Conv2D, Convolution2D, MaxPooling2D
from kit.layers.core import (
    Activation,
    Dense,
    Dropout,
    Flatten,
    MaxoutDense,
    Permute,
    Repeat,
    RepeatVector,
    Reshape,
    TimeDistributedDense,
)
from kit.layers.embeddings import Embedding, WordContextProduct
from kit.layers.layer import CATALOG, Layer, ShapeError
from kit.layers.merging import Add, Concatenate, Merge, add, concatenate
from kit.layers.normalization import BatchNormalization
from kit.layers.recurrent import GRU, LSTM, SimpleDeepRNN, SimpleRNN
from kit.symbols import Input

__all__ = [
    "CATALOG",
    "ELU",
    "GRU",
    "LSTM",
    "Activation",
    "Add",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "Convolution2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "Input",
    "Layer",
    "LeakyReLU",
    "MaxPooling2D",
    "MaxoutDense",
    "Merge",
    "PReLU",
    "Permute",
    "Repeat",
    "RepeatVector",
    "Reshape",
    "ShapeError",
    "SimpleDeepRNN",
    "SimpleRNN",
    "Softmax",
    "TimeDistributedDense",
    "WordContextProduct",
    "add",
    "concatenate",
]
