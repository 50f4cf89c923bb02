"""The seed's README runs as it stands, with `keras` replaced by `kit`."""

import re
from pathlib import Path

import numpy as np

README = (Path(__file__).parent / "data/keras-readme-2015.md").read_text()
BLOCKS = [block.replace("keras", "kit") for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL)]
MLP, OTHER_MLP, VGG, LSTM_CLASSIFIER, CAPTIONS = BLOCKS


def test_the_multilayer_perceptron_trains_and_scores(rng, capsys) -> None:
    names = {f"X_{part}": rng.normal(size=(48, 20)) for part in ("train", "test")}
    names |= {f"y_{part}": np.eye(2)[rng.integers(0, 2, 48)] for part in ("train", "test")}
    exec(MLP, names)
    assert 0 < names["score"] < 1
    assert len(names["model"].history["loss"]) == 20
    assert [w.shape for w in names["model"].get_weights()] == [(20, 64), (64,), (64, 64), (64,), (64, 2), (2,)]


def test_the_alternative_multilayer_perceptron_is_the_same_model(rng) -> None:
    names: dict = {}
    exec(MLP[: MLP.index("model = ")], names)
    exec(OTHER_MLP, names)
    model = names["model"]
    assert model.compiled
    assert [layer.activation for layer in model.layers[::2]] == ["tanh", "tanh", "softmax"]
    assert np.allclose(model.predict(rng.normal(size=(4, 20))).sum(1), 1, atol=1e-5)


def test_the_vgg_like_convnet_trains(rng, capsys) -> None:
    names = {"X_train": rng.normal(size=(40, 3, 32, 32)), "Y_train": np.eye(10)[rng.integers(0, 10, 40)]}
    exec(VGG, names)
    model = names["model"]
    assert model.history["loss"][0] > 0
    assert model.history.steps == 2
    assert model.get_weights()[8].shape == (64 * 8 * 8, 256)
    assert "sgd" in names


def test_the_lstm_classifier_trains_and_scores(rng, capsys) -> None:
    names: dict = {"max_features": 50}
    names |= {f"X_{part}": rng.integers(0, 50, (32, 6)) for part in ("train", "test")}
    names |= {f"Y_{part}": rng.integers(0, 2, 32) for part in ("train", "test")}
    exec(LSTM_CLASSIFIER, names)
    assert names["score"] > 0
    assert len(names["model"].history["loss"]) == 10
    assert [w.shape for w in names["model"].get_weights()][:4] == [(50, 256), (256, 128), (128, 128), (128,)]


def test_the_caption_architecture_trains(rng, capsys) -> None:
    names: dict = {"images": rng.normal(size=(2, 3, 32, 32)), "captions": rng.normal(size=(2, 16, 256))}
    exec(VGG[: VGG.index("model = ")], names)
    exec("from kit.layers.core import Repeat\nfrom kit.layers.recurrent import GRU", names)
    exec(CAPTIONS, names)
    model = names["model"]
    assert len(model.history["loss"]) == 100
    assert model.history["loss"][-1] < model.history["loss"][0]
    assert model.predict(names["images"], verbose=0).shape == (2, 16, 256)
