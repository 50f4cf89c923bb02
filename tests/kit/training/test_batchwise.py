"""One batch at a time, and the weights, in the words of Keras."""

import numpy as np
import pytest
import torch

from kit import Input, Model, Sequential
from kit.layers import Add, BatchNormalization, Dense


def model(**words) -> Sequential:
    made = Sequential([Dense(20, 4), Dense(4, 2, activation="softmax")])
    made.set_weights([np.random.default_rng(0).normal(size=w.shape) for w in made.get_weights()])
    made.compile("sgd(0.1)", "categorical_crossentropy", **words)
    return made


def test_train_on_batch_is_one_step_of_fit(blobs) -> None:
    weights = np.linspace(0, 2, 96)
    one, whole = model(), model()
    loss = one.train_on_batch(blobs.X, blobs.Y, sample_weight=weights, class_weight={1: 2.0})
    history = whole.fit(blobs.X, blobs.Y, 96, sample_weight=weights, class_weight={1: 2.0}, shuffle=False, verbose=0)
    assert loss == pytest.approx(history["loss"][0])
    for ours, theirs in zip(one.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_what_is_told_of_a_batch_is_what_evaluate_tells(blobs) -> None:
    made = model(metrics=["accuracy", "precision"])
    expected = made.evaluate(blobs.X, blobs.Y, return_dict=True)
    assert made.test_on_batch(blobs.X, blobs.Y, return_dict=True) == pytest.approx(expected)
    assert made.test_on_batch(blobs.X, blobs.Y) == pytest.approx(tuple(expected.values()))
    assert made.train_on_batch(blobs.X, blobs.Y, return_dict=True) == pytest.approx(expected)
    assert made.test_on_batch(blobs.X, blobs.Y)[0] < expected["loss"]


def test_predict_on_batch_is_predict(blobs) -> None:
    np.testing.assert_allclose(model().predict_on_batch(blobs.X), model().predict(blobs.X, 7), rtol=1e-5)


def test_a_batch_of_several_inputs_is_tested_whole(blobs) -> None:
    left, right = Input(20), Input(20)
    made = Model([left, right], Add()([Dense(1)(left), Dense(1)(right)]))
    made.compile("sgd", "mse")
    data = [blobs.X, blobs.X], np.ones(96)
    assert made.test(*data) == made.evaluate(*data, batch_size=96)


def test_weights_are_told_apart_by_what_training_changes() -> None:
    made = Sequential([Dense(3, 4), BatchNormalization(), Dense(4, 2, trainable=False)])
    names = [len(made.weights), len(made.trainable_weights), len(made.non_trainable_weights)]
    assert names == [8, 4, 4]
    assert made.trainable_variables[0] is made.layers[0].kernel


def test_validation_stops_after_validation_steps(blobs) -> None:
    given = []

    def endless():
        for i in range(10**6):
            given.append(i)
            yield blobs.X[:8], blobs.Y[:8]

    made = model()
    history = made.fit(blobs.X, blobs.Y, 32, 2, 0, validation_data=endless(), validation_steps=3)
    assert len(given) == 6
    assert history["val_loss"][-1] == pytest.approx(made.evaluate(blobs.X[:8], blobs.Y[:8]))


def test_an_optimizer_of_torch_is_refused_with_its_counterpart() -> None:
    made = torch.optim.Adam([torch.ones(1, requires_grad=True)], lr=0.01)
    with pytest.raises(TypeError, match=r"not Adam of torch; write kit.optimizers.Adam\(0.01\)"):
        Sequential([Dense(3, 4)]).compile(made, "mse")
    with pytest.raises(TypeError, match=r"not SGD of torch; write kit.optimizers.SGD\(\)"):
        Sequential([Dense(3, 4)]).compile(torch.optim.SGD, "mse")
