"""What a model is exported to predicts the same where others read it: Keras, ONNX Runtime, torch, safetensors."""

import sys

import numpy as np
import pytest
import torch
from keras_models import L, agree, keras

from kit.layers import (
    GRU,
    LSTM,
    BatchNormalization,
    Bidirectional,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    LayerNormalization,
    MaxoutDense,
    MaxPooling2D,
    MultiHeadAttention,
    SimpleRNN,
    TimeDistributed,
    add,
)
from kit.models import Input, Model, Sequential
from kit.storage import StorageError
from kit.storage.export import traced
from tests.kit.layers.examples import ALL


def scattered(model, rng):
    """The model, its weights and statistics drawn anew."""
    for tensor in model.module.state_dict().values():
        tensor.copy_(torch.from_numpy(rng.uniform(0.1, 0.6, tensor.shape)))
    return model


def convnet():
    layers = [Conv2D(4, 3, padding="same", activation="relu"), BatchNormalization(), MaxPooling2D(), Dropout(0.5)]
    return Sequential([Input((3, 8, 9)), *layers, Flatten(), Dense(5, activation="softmax")])


def reader():
    layers = [Embedding(5, 4), Bidirectional(LSTM(3, return_sequences=True)), GRU(4, return_sequences=True)]
    return Sequential([Input((7,)), *layers, TimeDistributed(Dense(3)), SimpleRNN(4), Dense(1, activation="sigmoid")])


def masked():
    layers = [Embedding(5, 4, mask_zero=True), Bidirectional(LSTM(3, return_sequences=True)), GRU(4)]
    return Sequential([Input((7,)), *layers, Dense(2)])


def transformer():
    x = Input((6, 4))
    y = add([x, MultiHeadAttention(2, 3)(LayerNormalization()(x))])
    return Model(x, [Dense(2)(Flatten()(y)), Dense(3)(y)])


def theirs_of(name):
    """The same layers in Keras."""
    if name == "convnet":
        layers = [L.Conv2D(4, 3, padding="same", activation="relu"), L.BatchNormalization(), L.MaxPooling2D()]
        layers += [L.Dropout(0.5), L.Flatten(), L.Dense(5, "softmax")]
        return keras.Sequential([keras.Input((8, 9, 3)), *layers])
    if name == "reader":
        layers = [L.Embedding(5, 4), L.Bidirectional(L.LSTM(3, return_sequences=True)), L.GRU(4, return_sequences=True)]
        layers += [L.TimeDistributed(L.Dense(3)), L.SimpleRNN(4), L.Dense(1, "sigmoid")]
        return keras.Sequential([keras.Input((7,)), *layers])
    if name == "masked":
        layers = [L.Embedding(5, 4, mask_zero=True), L.Bidirectional(L.LSTM(3, return_sequences=True)), L.GRU(4)]
        return keras.Sequential([keras.Input((7,)), *layers, L.Dense(2)])
    x = keras.Input((6, 4))
    z = L.LayerNormalization()(x)
    y = L.Add()([x, L.MultiHeadAttention(2, 3)(z, z)])
    return keras.Model(x, [L.Dense(2)(L.Flatten()(y)), L.Dense(3)(y)])


MODELS = {make.__name__: make for make in (convnet, reader, masked, transformer)}


def samples(model, rng):
    shape = (3, *model.module.shapes[0])
    return rng.integers(0, 5, shape) if model.module.integer_inputs()[0] else rng.normal(size=shape).astype("float32")


def close(found, model, x):
    wanted = model.predict(x)
    for a, b in zip(found, wanted if isinstance(wanted, list) else [wanted], strict=True):
        np.testing.assert_allclose(np.asarray(a), b, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_keras_predicts_the_same_with_the_weights_it_loads(name, tmp_path, rng):
    ours, theirs = scattered(MODELS[name](), rng), theirs_of(name)
    ours.export(tmp_path / "model.weights.h5")
    theirs.load_weights(tmp_path / "model.weights.h5")
    agree(theirs, ours, rng)


@pytest.mark.parametrize("name", MODELS)
def test_what_is_exported_for_keras_is_read_back(name, tmp_path, rng):
    ours, again = scattered(MODELS[name](), rng), MODELS[name]()
    ours.export(tmp_path / "model.weights.h5")
    again.load_weights(tmp_path / "model.weights.h5")
    states = [model.module.state_dict().values() for model in (ours, again)]
    assert all(torch.equal(a, b) for a, b in zip(*states, strict=True))


@pytest.mark.parametrize("name", MODELS)
def test_safetensors_are_read_by_their_library_and_read_back(name, tmp_path, rng):
    from safetensors.torch import load_file

    ours, again = scattered(MODELS[name](), rng), MODELS[name]()
    ours.export(tmp_path / "model.safetensors")
    again.module.load_state_dict(load_file(tmp_path / "model.safetensors"))
    x = samples(ours, rng)
    again.load_weights(tmp_path / "model.safetensors")
    close(again.predict(x) if isinstance(again.predict(x), list) else [again.predict(x)], ours, x)


@pytest.mark.parametrize("name", MODELS)
def test_onnx_runtime_predicts_the_same_for_any_number_of_samples(name, tmp_path, rng):
    import onnxruntime

    ours = scattered(MODELS[name](), rng)
    ours.export(tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    x = samples(ours, rng)
    close(session.run(None, {session.get_inputs()[0].name: x}), ours, x)


@pytest.mark.parametrize("name", MODELS)
def test_torch_predicts_the_same_for_any_number_of_samples(name, tmp_path, rng):
    ours = scattered(MODELS[name](), rng)
    ours.export(tmp_path / "model.pt2")
    x = samples(ours, rng)
    found = torch.export.load(tmp_path / "model.pt2").module()(torch.from_numpy(x))
    close([y.detach() for y in (found if isinstance(found, (tuple, list)) else [found])], ours, x)


def test_exporting_leaves_the_model_training_as_it_was(tmp_path):
    model = convnet()
    model.module.train()
    model.export(tmp_path / "model.pt2")
    assert all(module.training for module in model.module.modules())


def test_another_end_of_the_name_is_an_error_that_lists_the_formats(tmp_path):
    with pytest.raises(ValueError, match=r"model\.pkl says no format .*\.weights\.h5, \.safetensors, \.onnx, \.pt2"):
        convnet().export(tmp_path / "model.pkl")


def test_what_keras_has_not_is_named_at_once(tmp_path):
    model = Sequential([Input((5,)), MaxoutDense(3, name="one"), MaxoutDense(3, name="two")])
    with pytest.raises(StorageError, match=r"(?s)one: Keras has no layer MaxoutDense.*two: Keras has no"):
        model.export(tmp_path / "model.weights.h5")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".weights.h5", ".safetensors", ".onnx", ".pt2"])
def test_a_model_without_weights_is_refused(suffix, tmp_path):
    with pytest.raises(StorageError, match=r"Input\(\.\.\.\)"):
        Sequential([Dense(3)]).export(tmp_path / f"model{suffix}")


@pytest.mark.parametrize("missing", ["onnx", "onnxscript"])
def test_onnx_that_is_not_installed_is_asked_for(missing, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=r"pip install hornbook\[export\]"):
        convnet().export(tmp_path / "model.onnx")


EXAMPLES = {type(example.make()).__name__: example for example in ALL}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_layer_is_exported_for_any_number_of_samples(name):
    example = EXAMPLES[name]
    inputs = [Input(shape) for shape in example.shapes]
    program = traced(Model(inputs, example.make()(*inputs)))
    sizes = [node.meta["val"].shape[0] for node in program.graph.nodes if node.name.startswith("inputs")]
    assert not any(isinstance(size, int) for size in sizes)
    assert len(sizes) == len(inputs)


@pytest.mark.parametrize("suffix", [".pt2", ".onnx"])
def test_a_stateful_model_holds_its_own_states_after_it_is_exported(suffix, tmp_path):
    model = Sequential([Input((7, 4)), LSTM(3, stateful=True), Dense(2)])
    for sequences in (np.ones((12, 7, 4)), np.zeros((12, 7, 4))):
        before = model.layers[0].held
        model.export(tmp_path / f"a{suffix}")
        assert model.layers[0].held is before
        model.predict(sequences)
