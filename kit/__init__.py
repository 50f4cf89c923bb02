"""Hornbook's core: layers and models on PyTorch, trained in the foreground or in the background, kept in HDF5."""

import gc
from typing import TYPE_CHECKING

import torch  # noqa: F401 - first, since its objects are to be collected as ever

_collecting = gc.isenabled()
gc.disable()  # what is made from here on is kept, and looking through all of torch's objects takes longer than the rest
try:
    from kit import (
        activations,
        callbacks,
        constraints,
        datasets,
        fields,
        initializations,
        initializers,
        layers,
        losses,
        metrics,
        models,
        objectives,
        optimizers,
        regularizers,
        schedules,
        utils,
    )
    from kit.layers import CATALOG, Input, Layer, ShapeError
    from kit.models import Model, Sequential
    from kit.names_of_keras import absent
    from kit.training import History, Queue, Record, Run, resume, runs, steps
finally:
    if _collecting:
        gc.enable()

__version__ = "0.1.0"


def load(path, custom_objects=None, mark=None):  # type: ignore[no-untyped-def]
    """The model saved in the file `path`, compiled as it was, with its history; or one of Keras 2 or 3 (docs/files.md).

    custom_objects: classes and functions of your own that the model uses, by name; a layer that is defined is known.
    mark: the name of a state that the run saved in it has kept, such as "best": the model as it was then.
    Raises StorageError where the file is damaged or not one of these, FileNotFoundError where there is none, KeyError
    where it has no such mark.
    """
    from kit.storage.checkpoint import load as load_model

    return load_model(path, custom_objects, mark)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)

__all__ = [
    "CATALOG",
    "History",
    "Input",
    "Layer",
    "Model",
    "Queue",
    "Record",
    "Run",
    "Sequential",
    "ShapeError",
    "activations",
    "callbacks",
    "constraints",
    "datasets",
    "fields",
    "initializations",
    "initializers",
    "layers",
    "load",
    "losses",
    "metrics",
    "models",
    "objectives",
    "optimizers",
    "regularizers",
    "resume",
    "runs",
    "schedules",
    "steps",
    "utils",
]
