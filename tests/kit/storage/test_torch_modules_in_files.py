"""Models with plain torch modules among their layers are saved, loaded with the module given anew, and resumed."""

import numpy as np
import pytest
import torch
from torch import nn

import kit
from kit import Sequential
from kit.layers import Dense


class Residual(nn.Module):
    """x + tanh(W x), scaled by a table that is not among the weights."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(8, 8)
        self.register_buffer("table", torch.linspace(0.5, 1.5, 8), persistent=False)
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, x):
        if self.training:
            self.seen += len(x)
        return x + self.table * torch.tanh(self.inner(x))


def network() -> Sequential:
    torch.manual_seed(0)
    model = Sequential([Dense(20, 8), Residual(), Dense(2, activation="softmax")])
    model.build((20,))
    model.compile("adam", "categorical_crossentropy")
    return model


def trained(blobs) -> Sequential:
    model = network()
    model.fit(blobs.X, blobs.Y, epochs=2, verbose=0, seed=1)
    return model


def test_the_module_is_given_anew_and_gets_its_weights_back(blobs, tmp_path) -> None:
    model = trained(blobs)
    model.save(tmp_path / "a.h5")
    for custom in ({"residual_1": Residual()}, {"Residual": Residual()}):
        loaded = kit.load(tmp_path / "a.h5", custom)
        np.testing.assert_array_equal(loaded.predict(blobs.X), model.predict(blobs.X))
        assert float(loaded.layers[1].seen) == 192


def test_a_module_that_is_not_given_is_asked_for(blobs, tmp_path) -> None:
    trained(blobs).save(tmp_path / "a.h5")
    with pytest.raises(ValueError, match=r"custom_objects=\{'residual_1': Residual\(...\)\}"):
        kit.load(tmp_path / "a.h5")
    with pytest.raises(ValueError, match="residual_1"):
        kit.load(tmp_path / "a.h5", {"residual_1": nn.Linear(8, 8)})


def test_a_training_with_a_module_is_resumed_bit_for_bit(blobs, tmp_path) -> None:
    model = network()
    saving = [lambda record: record.step == 3 and model.save(tmp_path / "a.h5")]
    model.fit(blobs.X, blobs.Y, epochs=2, seed=1, callbacks=saving, background=True).wait()
    run = kit.resume(tmp_path / "a.h5", blobs.X, blobs.Y, custom_objects={"Residual": Residual()}).wait()
    np.testing.assert_array_equal(run.model.predict(blobs.X), model.predict(blobs.X))
