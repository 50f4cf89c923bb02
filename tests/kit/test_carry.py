"""Weights that outlive an edit."""

import numpy as np
import pytest

import kit
from kit.carry import carry
from kit.editing import apply
from kit.graph import document
from kit.layers import BatchNormalization, Conv2D, Dense, Flatten, Input


@pytest.fixture
def trained():
    layers = [Conv2D(4, 3, activation="relu"), BatchNormalization(), Flatten(), Dense(3)]
    model = kit.Sequential([Input((1, 6, 6)), *layers])
    model.compile("adam", "mse", ["mae"])
    X = np.random.default_rng(0).normal(size=(40, 1, 6, 6)).astype("float32")
    model.fit(X, X.reshape(40, 36)[:, :3], epochs=2, verbose=0, seed=1)
    return model


def edited(model, *operations):
    return carry(model, apply(document(model), list(operations))[0], seed=1)


def weights(model) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in model.module.layers.state_dict().items()}


def assert_same(made, model) -> None:
    for name, value in weights(made).items():
        np.testing.assert_array_equal(value, weights(model)[name], err_msg=name)


def test_without_an_edit_every_weight_and_statistic_is_kept(trained) -> None:
    made, kept = edited(trained)
    assert_same(made, trained)
    assert (len(kept.sources), kept.reset) == (len(weights(trained)), [])
    assert made is not trained


def test_a_new_head_leaves_the_rest(trained) -> None:
    made, kept = edited(trained, {"op": "set", "node": "dense_1", "field": "units", "value": 5})
    reset = {(r.node, r.weight): r.reason for r in kept.reset}
    assert reset == {
        ("dense_1", "kernel"): "it was (64, 3) and is (64, 5) now",
        ("dense_1", "bias"): "it was (3,) and is (5,) now",
    }
    for name, value in weights(made).items():
        if not name.startswith("dense_1."):
            np.testing.assert_array_equal(value, weights(trained)[name])


def test_a_layer_of_another_class_begins_anew_and_says_so(trained) -> None:
    _, kept = edited(trained, {"op": "replace", "node": "conv2d_1", "layer": "SeparableConv2D"})
    reasons = {r.reason for r in kept.reset if r.node == "conv2d_1"}
    assert reasons == {"conv2d_1 was a Conv2D and is a SeparableConv2D now"}


def test_a_new_layer_is_no_loss(trained) -> None:
    made, kept = edited(trained, {"op": "insert", "layer": "Dropout", "source": "flatten_1"})
    assert kept.reset == []
    assert_same(made, trained)


def test_a_weight_that_still_fits_is_kept_beside_one_that_does_not(trained) -> None:
    _, kept = edited(trained, {"op": "set", "node": "conv2d_1", "field": "filters", "value": 7})
    assert ("dense_1", "bias") in kept.sources
    assert ("dense_1", "kernel") in {(r.node, r.weight) for r in kept.reset}


def test_the_model_trains_on_as_it_was_compiled(trained) -> None:
    made, _ = edited(trained, {"op": "freeze", "nodes": ["conv2d_1"], "on": True})
    X = np.random.default_rng(1).normal(size=(20, 1, 6, 6)).astype("float32")
    before = weights(made)
    history = made.fit(X, X.reshape(20, 36)[:, :3], epochs=1, verbose=0)
    assert "mae" in history.epochs
    assert repr(made.optimizer) == repr(trained.optimizer)
    assert np.array_equal(weights(made)["conv2d_1.kernel"], before["conv2d_1.kernel"])
    assert not np.array_equal(weights(made)["dense_1.kernel"], before["dense_1.kernel"])


def test_the_old_model_is_left_as_it_was(trained) -> None:
    before = {name: value.copy() for name, value in weights(trained).items()}
    made, _ = edited(trained)
    X = np.random.default_rng(1).normal(size=(20, 1, 6, 6)).astype("float32")
    made.fit(X, X.reshape(20, 36)[:, :3], epochs=1, verbose=0)
    for name, value in weights(trained).items():
        np.testing.assert_array_equal(value, before[name])


BLOCK = {"op": "group", "nodes": ["dense_1"], "repeat": 3}


def test_repeating_ungrouping_and_repeating_less_keep_the_copies() -> None:
    model = kit.Sequential([Input(4), Dense(4), Dense(2)])
    made = apply(document(model), [BLOCK])[0]
    repeated, kept = carry(model, made, seed=1)
    np.testing.assert_array_equal(weights(repeated)["block_1_dense_1.kernel"], weights(model)["dense_1.kernel"])
    assert kept.reset == []
    more, kept = carry(repeated, apply(made, [{"op": "repeat", "group": "block", "times": 5}])[0], seed=1)
    assert len(kept.sources) == len(weights(repeated))
    np.testing.assert_array_equal(weights(more)["block_3_dense_1.kernel"], weights(repeated)["block_3_dense_1.kernel"])
    apart, _ = carry(repeated, apply(made, [{"op": "ungroup", "group": "block"}])[0], seed=1)
    assert_same(apart, repeated)
    once, _ = carry(repeated, apply(made, [{"op": "repeat", "group": "block", "times": 1}])[0], seed=1)
    np.testing.assert_array_equal(weights(once)["dense_1.kernel"], weights(repeated)["block_1_dense_1.kernel"])


def test_a_chain_that_met_its_data_keeps_its_weights_without_an_input() -> None:
    model = kit.Sequential([Dense(4), Dense(2)])
    X = np.ones((3, 5), dtype="float32")
    model.predict(X)
    made, _ = carry(model, document(model), seed=1)
    np.testing.assert_array_equal(made.predict(X), model.predict(X))


def test_what_begins_anew_is_repeatable(trained) -> None:
    operation = {"op": "set", "node": "dense_1", "field": "units", "value": 5}
    one, two = (edited(trained, operation)[0] for _ in range(2))
    assert_same(one, two)


def test_a_document_that_makes_no_model_says_why(trained) -> None:
    with pytest.raises(ValueError, match="units takes a whole number"):
        edited(trained, {"op": "set", "node": "dense_1", "field": "units", "value": 0})
