"""Files as Keras 2 wrote them, which Keras 3 cannot write: byte strings, names ending in :0, calls as lists."""

import json

import h5py
import numpy as np


def write(path, config, weights, version="2.3.1", training=None, whole=True, dealt=None):
    """A file of Keras 2: weights are {layer: [(name, array)]}; dealt: names of layers in how many attributes."""
    with h5py.File(path, "w") as file:
        group = file.create_group("model_weights") if whole else file
        for holder in {file, group}:
            holder.attrs["keras_version"], holder.attrs["backend"] = version.encode(), b"tensorflow"
        if whole:
            file.attrs["model_config"] = json.dumps(config).encode()
            if training is not None:
                file.attrs["training_config"] = json.dumps(training).encode()
        names = np.array([name.encode() for name in weights])
        for i, part in enumerate(np.array_split(names, dealt) if dealt else [names]):
            group.attrs[f"layer_names{i}" if dealt else "layer_names"] = part
        for layer, arrays in weights.items():
            inner = group.create_group(layer)
            inner.attrs["weight_names"] = np.array([f"{layer}/{name}:0".encode() for name, _ in arrays] or [], "S40")
            for name, array in arrays:
                inner.create_dataset(f"{layer}/{name}:0", data=np.asarray(array, "float32"))
    return path


INITIALIZER = {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform"}}


def layer(cls, name, inputs=None, **config):
    """A layer's config; inputs: the names of the layers it reads, where it is in a graph."""
    written = {"class_name": cls, "config": {"name": name, "trainable": True, "dtype": "float32", **config}}
    if inputs is not None:
        written |= {"name": name, "inbound_nodes": [[[source, 0, 0, {}] for source in inputs]] if inputs else []}
    return written


def dense(name, units, activation="linear", inputs=None, **config):
    more = {"use_bias": True, "kernel_initializer": INITIALIZER, "kernel_regularizer": None, "kernel_constraint": None}
    return layer("Dense", name, inputs, units=units, activation=activation, **more, **config)


def gates(rng, count, inputs=3, units=4, biases=1):
    """W (inputs, count units), U and b of a recurrent layer."""
    return [
        rng.normal(size=shape) for shape in ((inputs, count * units), (units, count * units), (biases * count * units,))
    ]
