"""Whole models of Keras, and weights of Keras for a model that is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
import torch

from kit.graph import from_document
from kit.models import Model
from kit.storage.foreign.archive import CONFIG, METADATA, Archive
from kit.storage.foreign.hdf5 import Hdf5, refusal
from kit.storage.foreign.keras_compile import compile_as
from kit.storage.foreign.keras_config import Importer
from kit.storage.foreign.keras_graph import graph_of
from kit.storage.foreign.keras_options import Obstacle, decoded
from kit.storage.foreign.keras_places import places
from kit.storage.foreign.keras_weights import Found, Keras2, Keras3, Source, weights
from kit.storage.foreign.keras_words import Words
from kit.storage.foreign.obstacles import refuse_all

CANNOT = "the model cannot be made here"
Custom = Mapping[str, Any]


def from_archive(file: BinaryIO, name: str, custom: Custom) -> Model:
    """The model of a .keras file."""
    archive = Archive(file, name)
    config = archive.json(CONFIG)
    version = major(archive.json(METADATA).get("keras_version"), name)
    return imported(config, Keras3(archive.weights()), version, config.get("compile_config"), name, custom)


def weights_of(file: BinaryIO, name: str) -> Source:
    """The weights of a .keras file."""
    archive = Archive(file, name)
    major(archive.json(METADATA).get("keras_version"), name)
    return Keras3(archive.weights())


def from_hdf5(file: Hdf5, custom: Custom) -> Model:
    """The model of an HDF5 file that has a model_config."""
    version = major(file.text("", "keras_version"), file.name)
    config, training = (parsed(file, attribute) for attribute in ("model_config", "training_config"))
    return imported(config, Keras2(file, "model_weights"), version, training, file.name, custom)


def parsed(file: Hdf5, attribute: str) -> Any:
    """An attribute that holds JSON; None where there is none."""
    text = file.text("", attribute)
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refusal(file.name, f"its {attribute} cannot be read ({error!s:.100})") from None


def major(version: Any, name: str) -> int:
    """2 or 3, of a version of Keras. StorageError for an older one."""
    number = str(version).partition(".")[0]
    if number not in ("2", "3"):
        raise refusal(name, f"it is of Keras {version!s:.20}; files of Keras 2 and 3 are read, and weights of 2015")
    return int(number)


def imported(config: Any, source: Source, version: int, training: Any, name: str, custom: Custom) -> Model:
    """A model of Keras: its config becomes a document, the document a model, the file's arrays its weights."""
    importer = Importer(Words(version, custom))
    try:
        config = decoded(config)
        build = (config.get("build_config") or {}).get("input_shape") if isinstance(config, dict) else None
        graph = graph_of(config, build)
        document = importer.document(graph)
    except (Obstacle, RecursionError) as obstacle:
        refuse_all(name, [*importer.obstacles, str(obstacle)], CANNOT)
        raise
    refuse_all(name, importer.obstacles, CANNOT)
    classes = {type(layer).__name__: type(layer) for layer in importer.made.values()}
    try:
        with torch.device("meta"):  # no memory is taken before the sizes are known to agree with the file's
            model = from_document(document, {**custom, **classes})
    except (ValueError, TypeError) as error:
        refuse_all(name, [str(error)], CANNOT)
        raise
    found, obstacles = weights(model, importer.placed, source)
    put(model, found, obstacles, name)
    model.notes = (*importer.notes, *compile_as(model, training, custom, graph.output_names, version))
    return model


def source_of(file: Hdf5) -> Source | None:
    """The weights of Keras in an HDF5 file; None where it has none."""
    group = "model_weights" if "layer_names" in file.attributes.get("model_weights", {}) else ""
    if group or file.texts("", "layer_names") is not None:
        major(file.text(group, "keras_version"), file.name)
        return Keras2(file, group)
    return Keras3(file) if any(name.startswith("layers/") and "/vars/" in name for name in file.arrays) else None


def matched(model: Model, source: Source, name: str) -> list[tuple[torch.Tensor, np.ndarray]]:
    """The weights of a model that was made here, each with its array. Raises StorageError with all that do not fit."""
    placed, obstacles = places(model)
    refuse_all(name, obstacles)
    try:
        held = [each for each in placed if model.module.layers[each.node].state_dict()]
        found, obstacles = weights(model, source.ordered(held), source)
    except Obstacle as obstacle:
        found, obstacles = {}, [str(obstacle)]
    refuse_all(name, obstacles)
    return [(tensor, found[key]) for key, tensor in model.module.layers.state_dict().items()]


def put(model: Model, found: Found, obstacles: list[str], name: str) -> None:
    """Gives a model without memory its weights. StorageError where some are lacking, or there were obstacles."""
    held = model.module.layers.state_dict()
    lacking = [] if obstacles else [f"the file has no {weight}" for weight in held if weight not in found]
    refuse_all(name, [*obstacles, *lacking], CANNOT)
    model.module.to_empty(device=model.device)
    with torch.no_grad():
        for weight, tensor in model.module.layers.state_dict().items():
            tensor.copy_(torch.from_numpy(np.array(found[weight])))
