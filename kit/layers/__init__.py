"""All layers, flat; the paths of 2015 (kit.layers.core and so on) give the same classes."""

from kit.layers.convolutional import Conv2D, Convolution2D, MaxPooling2D
from kit.layers.core import Activation, Dense, Dropout, Flatten, Reshape
from kit.layers.layer import CATALOG, Layer, ShapeError
from kit.layers.merging import Add, Concatenate, Merge, add, concatenate
from kit.layers.normalization import BatchNormalization
from kit.symbols import Input

__all__ = [
    "CATALOG",
    "Activation",
    "Add",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "Convolution2D",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "Layer",
    "MaxPooling2D",
    "Merge",
    "Reshape",
    "ShapeError",
    "add",
    "concatenate",
]
