"""Whole models, saved by the real Keras in both of its formats, predict here what they predict there."""

import pytest
from keras_models import MODELS, agree, saved, scatter

import kit


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("name", MODELS)
def test_predictions_are_those_of_keras(name, suffix, tmp_path, rng):
    theirs = scatter(MODELS[name](), rng)
    agree(theirs, kit.load(saved(theirs, tmp_path / f"model{suffix}")), rng)
