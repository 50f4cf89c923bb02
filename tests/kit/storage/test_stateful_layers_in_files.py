"""What stateful layers hold between two batches is part of where a training is."""

import numpy as np
import pytest
import torch

import kit
from kit import Sequential
from kit.layers import GRU, LSTM, Bidirectional, Dense

X = np.random.default_rng(0).normal(size=(24, 5, 3)).astype("float32")
Y = np.random.default_rng(1).normal(size=(24, 1)).astype("float32")


@pytest.mark.parametrize("layer", [LSTM(4, stateful=True), Bidirectional(GRU(4, stateful=True))], ids=repr)
def test_a_stateful_training_is_resumed_bit_for_bit(layer, tmp_path) -> None:
    torch.manual_seed(0)
    model = Sequential([layer.twin(), Dense(1)])
    model.build((5, 3))
    model.compile("sgd(0.1)", "mse")
    saving = [lambda record: record.step == 4 and model.save(tmp_path / "a.h5")]
    options = {"batch_size": 8, "epochs": 3, "shuffle": False, "seed": 1, "background": True}
    whole = model.fit(X, Y, callbacks=saving, **options).wait()
    resumed = kit.resume(tmp_path / "a.h5", X, Y).wait()
    assert resumed.history.epochs == whole.history.epochs
    for ours, theirs in zip(resumed.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
