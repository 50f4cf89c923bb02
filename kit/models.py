"""Models: a network, how it is trained, and what one does with it."""

from __future__ import annotations

import copy
import pprint
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from kit.layers.inside import build
from kit.layers.layer import Layer, paired
from kit.layers.measuring import measure, stated_shape
from kit.layers.merging import Merge
from kit.layers.recurrence import Recurrent
from kit.names import near_miss
from kit.names_of_keras import absent
from kit.network import Network, from_symbols, merged
from kit.spelling import spelled, today
from kit.symbols import Input, Symbol, listed
from kit.telling import Telling
from kit.training.arguments import refuse_to_replace
from kit.training.batchwise import called
from kit.training.trainable import Trainable


class Model(Telling, Trainable):
    """A graph of layers between inputs and outputs, with its training.

    inputs: an Input or a list of them. outputs: the symbol that came of calling layers on them, or a list.
    name: what you call it; its file keeps it.
    `module` is an ordinary torch.nn.Module with all the weights.
    notes: what the file that the model was imported from said, and could not be taken over.
    layout: how an editor shows the model (kit/layout.py); files keep it.
    weights_given: whether its weights were loaded or set, so that they are more than a beginning.
    """

    name: str | None = None
    notes: tuple[str, ...] = ()
    layout: dict[str, Any] | None = None
    weights_given: bool = False

    @spelled
    def __init__(
        self, inputs: Symbol | Sequence[Symbol], outputs: Symbol | Sequence[Symbol], name: str | None = None
    ) -> None:
        self.name = name
        self._hold(from_symbols(listed(inputs, "inputs"), listed(outputs, "outputs")))

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if own := [name for name in ("call", "forward") if name in vars(cls)]:
            raise TypeError(
                f"{cls.__name__} is a Model with {own[0]}; here that is a torch.nn.Module with forward, of the kit's "
                f"layers too, as a layer: class {cls.__name__}(torch.nn.Module), Sequential([{cls.__name__}()])"
            )
        if own := [name for name in ("train_step", "test_step", "predict_step") if name in vars(cls)]:
            raise TypeError(
                f"{cls.__name__} defines {own[0]}, which is not called here; write the loop instead: "
                "for record in kit.steps(model, X, y), or plain PyTorch on model.module"
            )

    @classmethod
    def of(cls, network: Network) -> Model:
        """A model around a network."""
        model = cls.__new__(cls)
        model._hold(network)
        return model

    def __call__(self, *inputs: Any, **words: Any) -> Any:
        """The output for tensors or arrays, as a tensor with its gradient; for symbols of a graph, its symbol.

        Of several outputs a list. inputs: one for each input of the model, or a list or a dict of them.
        training: with numbers, whether layers such as Dropout do as in training; not, if it is left out.
        Called on symbols, the layers are in both models. Raises ShapeError where the inputs do not fit.
        """
        given = inputs[0] if inputs and isinstance(inputs[0], (list, tuple)) else inputs
        if not given:
            raise TypeError("a model is called on tensors or arrays of samples, or on symbols such as Input((20,))")
        if not any(isinstance(each, Symbol) for each in given):
            words = today(words, ["training"], "a call of a model")
            return called(self, inputs[0] if len(inputs) == 1 else list(inputs), **words)
        if not all(isinstance(each, Symbol) for each in given):
            raise TypeError("a model is called on symbols of a graph or on numbers; here are some of both")
        today(words, [], "a call of a model")  # refuses them
        found = self.module.called_on(*given)
        return found[0] if len(found) == 1 else found

    @property
    def trainable(self) -> bool:
        """Whether training changes weights of any layer; being set, it is set for all of them."""
        modules = (layer for layer in self.layers if not isinstance(layer, Layer))
        return any(layer.trainable for layer in self.layers if isinstance(layer, Layer)) or any(
            parameter.requires_grad for module in modules for parameter in module.parameters()
        )

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._refuse_while_running("freeze layers")
        for layer in self.layers:
            if isinstance(layer, Layer):
                layer.trainable = value
            else:
                layer.requires_grad_(value)
                vars(layer).pop("trainable", None)  # what was said of it before

    def get_layer(self, name: str | None = None, index: int | None = None) -> nn.Module:
        """The layer that is called `name` in this model, or its `index`-th from 0. ValueError where there is none."""
        if name is None:
            if index is None or not -len(self.layers) <= index < len(self.layers):
                raise ValueError(f"the model has no layer {index}; they are 0 to {len(self.layers) - 1}")
            return self.layers[index]
        if name not in self.module.layers:
            known = list(self.module.layers)
            said = near_miss(name, known) or f"; they are {', '.join(known) or 'none yet'}"
            raise ValueError(f"the model has no layer {name!r}{said}")
        return self.module.layers[name]

    @property
    def layers(self) -> list[nn.Module]:
        """The layers, in the order they were added."""
        return list(self.module.layers.values())

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights, layer by layer."""
        with self.lock:
            weights = [weight for layer in self.layers for weight in spoken(layer).values()]
            return [weight.detach().cpu().numpy().copy() for weight in weights]

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        """Copies arrays into all weights, in the order of get_weights. ValueError where they do not fit."""
        if not isinstance(weights, Iterable):
            raise TypeError(f"set_weights takes a list of arrays, as get_weights gives it, not {weights!r}")
        with self.lock:
            rest = list(weights)
            counts = [len(spoken(layer)) for layer in self.layers]
            if len(rest) != sum(counts):
                advice = (
                    "is it the same model?" if self.built else "make them first, by Input(...) or model.build((64,))"
                )
                raise ValueError(f"the model has {sum(counts)} weights, but {len(rest)} came; {advice}")
            matched: list[tuple[Tensor, np.ndarray]] = []
            for layer, count in zip(self.layers, counts, strict=True):
                given = rest[:count]
                matched += layer.matched(given) if isinstance(layer, Layer) else paired(layer, spoken(layer), given)
                rest = rest[count:]
            for tensor, array in matched:
                tensor.copy_(torch.as_tensor(array))
            self.weights_given = True

    def reset_states(self) -> None:
        """Lets all stateful layers start from 0 again."""
        with self.lock:
            for layer in self.module.modules():
                if isinstance(layer, Recurrent):
                    layer.reset_states()

    @spelled
    def summary(self, print_fn: Callable[[str], Any] = print) -> None:
        """Prints the layers with their shapes and parameters. print_fn: what is called with the text instead."""
        from kit.summary import text

        print_fn(text(self))

    def plot(self) -> Any:
        """A picture of the layers and what flows between them."""
        from kit.graph import document
        from kit.plotting import diagram

        return diagram(document(self))

    @spelled
    def save_weights(self, path: Any, overwrite: bool = True) -> None:
        """Saves the weights alone to the HDF5 file `path`, whole or not at all.

        overwrite: whether a file that is there is replaced; FileExistsError if not.
        """
        from kit.storage.checkpoint import save_weights

        refuse_to_replace(path, overwrite)
        save_weights(self, path)

    @spelled
    def load_weights(self, path: Any) -> None:
        """Copies the weights of a file, `path`, into the layers. ValueError, and no change, where they do not fit.

        The file is one that save or save_weights wrote, one of Keras 2 or 3, of 2015, or safetensors (docs/files.md).
        """
        from kit.storage.checkpoint import load_weights

        self._refuse_while_running("load weights")
        load_weights(self, path)
        self.weights_given = True

    def export(self, path: Any) -> None:
        """Writes the model for others, whole or not at all, as the end of the path says.

        ".onnx" and ".pt2" (torch.export) hold the whole model, for any number of samples; ".weights.h5" the weights,
        for `load_weights` of Keras 3 into the same layers with the channels last; ".safetensors" the weights under the
        names of `module.state_dict()`. Raises ValueError for another end and for what the format cannot hold,
        ImportError where ONNX is not installed.
        """
        from kit.storage.checkpoint import path_of
        from kit.storage.export import export

        export(self, path_of(path))

    def to_code(self) -> str:
        """The Python text that makes this model."""
        from kit.code import to_code
        from kit.graph import document

        return to_code(document(self))

    def get_config(self, verbose: int = 0) -> dict[str, Any]:
        """The model as plain data: its graph document. verbose: 1 prints it too."""
        from kit.graph import document

        config = document(self)
        if verbose:
            pprint.pprint(config, sort_dicts=False)
        return config

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.layers)} layers, {self.count_params():,} parameters>"


class Sequential(Model):
    """A chain of layers, each reading the one before it.

    layers: the layers from input to output; `add` appends one. An Input may come first and states the shape.
    name: what you call it; its file keeps it.
    """

    @spelled
    def __init__(self, layers: Iterable[nn.Module | Symbol | Model] = (), name: str | None = None) -> None:
        self.name = name
        if not isinstance(layers, Iterable):
            raise TypeError(f"Sequential takes a list of layers, not {layers!r}; write Sequential([...])")
        self._hold(Network())
        for layer in layers:
            self.add(layer)

    def add(self, layer: nn.Module | Symbol | Merge | Model) -> None:
        """Appends a layer, or the layers of another model, which share their weights with it then.

        Raises ShapeError at once where it is known that it cannot take what comes.
        """
        network = self.module
        self._refuse_while_running("add a layer")
        if isinstance(layer, Model):
            self._append(layer.module)
            return
        if isinstance(layer, (Symbol, Merge)):
            if network.steps or network.shapes != [None]:
                raise TypeError(f"{type(layer).__name__}(...) comes first in a Sequential; add it before the layers")
            if isinstance(layer, Merge):
                self.module = merged([model.module for model in layer.models], layer.layer())
            else:
                network.start(layer)
            return
        if not network.steps and network.shapes == [None]:
            network.shapes = [stated_shape(layer)]
            network.reached = network.shapes[0]
        came = network.reached
        network.add(layer)
        try:
            network.reached = measure(layer, came)[0] if came is not None else None
        except ValueError:
            network.drop_last()
            raise
        if came is not None:
            build(layer, came)
        elif isinstance(layer, Layer):
            layer.build_stated()

    def _append(self, inner: Network) -> None:
        """Appends the steps of another model's network. ValueError where it has several inputs or outputs."""
        if len(inner.shapes) != 1 or len(inner.outputs) != 1:
            raise ValueError(
                f"a model of {len(inner.shapes)} inputs and {len(inner.outputs)} outputs is no part of a chain; "
                "call it on symbols instead: model([a, b])"
            )
        network = self.module
        if not network.steps and network.shapes == [None]:
            network.shapes, network.reached = list(inner.shapes), inner.shapes[0]
            network.input_names = list(inner.input_names)
        came = network.reached
        reached = inner.build(came)[0] if came is not None else inner.reached
        network.extend(inner)
        network.reached = reached

    def pop(self) -> nn.Module:
        """Takes the last layer away, and gives it. ValueError where there is none."""
        network = self.module
        self._refuse_while_running("take a layer away")
        if not network.steps:
            raise ValueError("the model has no layer to take away; add one first")
        layer = network.steps[-1].layer
        network.drop_last()
        shapes = [shape for _, _, shape in network.measured(network.shapes)]
        network.reached = shapes[-1] if shapes else network.shapes[0]
        return layer


def spoken(layer: nn.Module) -> dict[str, Tensor]:
    """The weights of a layer as get_weights gives them, or of a torch module as it holds them, then what is counted."""
    held = layer.state_dict()
    return layer.spoken_weights(held) if isinstance(layer, Layer) else held


def clone_model(model: Model) -> Model:
    """A model of the same layers with weights of its own, which begin anew; it is not compiled.

    A plain torch module among them is copied as it is.
    """
    old = model.module
    network = Network(old.shapes)
    network.input_names = list(old.input_names)
    twins = {
        name: layer.twin() if isinstance(layer, Layer) else copy.deepcopy(layer) for name, layer in old.layers.items()
    }
    for step in old.steps:
        name = old.name_of(step.layer)
        network.add(twins[name], step.sources, name)
    network.outputs = list(old.outputs)
    network.build_known()
    made = type(model).of(network)
    made.name, made.layout = model.name, copy.deepcopy(model.layout)
    return made


@spelled
def load_model(path: Any, custom_objects: Mapping[str, Any] | None = None) -> Model:
    """The model in the file `path`, as kit.load gives it. custom_objects: your classes and functions, by name."""
    from kit.storage.checkpoint import load

    return load(path, custom_objects)


if not TYPE_CHECKING:
    __getattr__ = absent(__name__)

__all__ = ["Input", "Model", "Sequential", "clone_model", "load_model"]
