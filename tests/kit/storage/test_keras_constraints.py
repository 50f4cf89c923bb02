"""Constraints of Keras's layers hold the weights here to the same, wherever the axes of a weight lie here."""

import numpy as np
import pytest
import torch
from keras_models import L, keras, saved, scatter

import kit
from kit.storage import StorageError

MaxNorm, UnitNorm, MinMaxNorm = keras.constraints.MaxNorm, keras.constraints.UnitNorm, keras.constraints.MinMaxNorm
IMAGE, SEQUENCE, NUMBERS = (5, 6, 2), (5, 2), (4,)
HELD = [
    (L.Dense, NUMBERS, {"kernel_constraint": UnitNorm(), "bias_constraint": UnitNorm(0)}),
    (L.Dense, NUMBERS, {"kernel_constraint": UnitNorm([0, 1])}),
    (L.Dense, NUMBERS, {"kernel_constraint": MaxNorm(0.3, axis=1)}),
    (L.Dense, NUMBERS, {"kernel_constraint": MinMaxNorm(0.2, 0.5, 0.25, axis=-1)}),
    (L.LSTM, SEQUENCE, {"kernel_constraint": UnitNorm(), "recurrent_constraint": MaxNorm(0.4, 1)}),
    (L.Conv1D, SEQUENCE, {"kernel_constraint": MaxNorm(0.3, [0, 1])}),
    (L.Conv2D, IMAGE, {"kernel_constraint": UnitNorm([0, 1, 2]), "bias_constraint": "non_neg"}),
    (L.Conv2D, IMAGE, {"kernel_constraint": MaxNorm(0.3)}),
    (L.Conv2DTranspose, IMAGE, {"kernel_constraint": MaxNorm(0.3, -1)}),
    (L.SeparableConv2D, IMAGE, {"depthwise_constraint": UnitNorm(1), "pointwise_constraint": UnitNorm(2)}),
]


def made(layer, shape, options):
    theirs = layer(3, **options) if "Conv" not in layer.__name__ else layer(3, 2, **options)
    return theirs, keras.Sequential([keras.Input(shape), theirs])


@pytest.mark.parametrize(("layer", "shape", "options"), HELD)
def test_weights_are_held_to_what_keras_holds_them_to(layer, shape, options, tmp_path, rng):
    theirs, model = made(layer, shape, options)
    ours = kit.load(saved(scatter(model, rng), tmp_path / "model.keras")).layers[-1]
    for variable in theirs.trainable_variables:
        if variable.constraint is not None:
            variable.assign(variable.constraint(variable.value))
    wanted = kit.load(saved(model, tmp_path / "held.keras")).layers[-1]
    assert len(ours.limits) == len(options)
    with torch.no_grad():
        for name, limit in ours.limits.items():
            found = limit(getattr(ours, name)).numpy()
            assert not np.allclose(found, getattr(ours, name).numpy())
            np.testing.assert_allclose(found, getattr(wanted, name).numpy(), rtol=1e-5, atol=1e-6)


def test_a_constraint_along_an_axis_that_is_not_here_is_named(tmp_path):
    _, model = made(L.DepthwiseConv2D, IMAGE, {"depthwise_constraint": UnitNorm([0, 1, 2])})
    with pytest.raises(StorageError, match=r"the constraint 'UnitNorm' with {'axis': \[0, 1, 2\]} is not known here"):
        kit.load(saved(model, tmp_path / "model.keras"))
