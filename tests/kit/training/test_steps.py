"""Fit, evaluate, predict: what is trained on, in which order, and what disturbs it."""

import time

import numpy as np
import pytest
import torch

from kit import Sequential
from kit.layers import BatchNormalization, Dense, Dropout
from kit.training.data import Batch
from kit.training.steps import TURN, turns


def network(loss: str = "categorical_crossentropy", optimizer: str = "adam", seed: int = 3, **words) -> Sequential:
    """A model whose weights are the same each time."""
    model = Sequential(
        [Dense(20, 8, activation="tanh"), BatchNormalization((8,)), Dropout(0.3), Dense(8, 2, activation="softmax")]
    )
    numbers = np.random.default_rng(seed)
    model.set_weights([numbers.uniform(0.1, 0.5, w.shape) for w in model.get_weights()])
    model.compile(optimizer, loss, **words)
    return model


def same(one: Sequential, other: Sequential) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


def test_a_seed_repeats_a_training_bit_for_bit(blobs) -> None:
    models = [network(), network()]
    histories = [model.fit(blobs.X, blobs.Y, epochs=3, verbose=0, seed=5, validation_split=0.25) for model in models]
    assert same(*models)
    assert dict(histories[0]) == dict(histories[1])


def test_another_seed_is_another_training(blobs) -> None:
    models = [network(), network()]
    for seed, model in enumerate(models):
        model.fit(blobs.X, blobs.Y, verbose=0, seed=seed)
    assert not same(*models)


def test_a_seed_repeats_the_weights_that_are_made_late(blobs) -> None:
    models = [Sequential([Dense(8, "tanh"), Dense(2)]) for _ in range(2)]
    for model in models:
        torch.rand(3)
        model.compile("sgd", "mse")
        model.fit(blobs.X, blobs.Y, verbose=0, seed=1)
    assert same(*models)


def test_what_others_draw_meanwhile_changes_nothing(blobs) -> None:
    quiet, disturbed = network(), network()
    quiet.fit(blobs.X, blobs.Y, epochs=3, verbose=0, seed=5)

    def disturb(_) -> None:
        torch.manual_seed(0)
        torch.rand(7)
        np.random.seed(0)

    disturbed.fit(blobs.X, blobs.Y, epochs=3, verbose=0, seed=5, callbacks=[disturb])
    assert same(quiet, disturbed)


def test_a_training_with_a_seed_draws_nothing_from_the_global_generators(blobs) -> None:
    model = network()
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()
    model.fit(blobs.X, blobs.Y, epochs=2, verbose=0, seed=5)
    assert torch.equal(torch_state, torch.get_rng_state())
    assert np.array_equal(numpy_state, np.random.get_state()[1])


def test_without_a_seed_the_global_one_decides(blobs) -> None:
    models = [network(), network()]
    for model in models:
        torch.manual_seed(11)
        model.fit(blobs.X, blobs.Y, epochs=2, verbose=0)
    assert same(*models)


def test_validation_split_holds_out_the_last_samples_before_shuffling(blobs) -> None:
    split, given = network(), network()
    first = split.fit(blobs.X, blobs.Y, epochs=2, verbose=0, seed=1, validation_split=0.25)
    second = given.fit(
        blobs.X[:72], blobs.Y[:72], epochs=2, verbose=0, seed=1, validation_data=(blobs.X[72:], blobs.Y[72:])
    )
    assert same(split, given)
    assert dict(first) == dict(second)
    assert first["val_loss"][-1] == pytest.approx(split.evaluate(blobs.X[72:], blobs.Y[72:]))


def test_validation_changes_nothing_of_the_training(blobs) -> None:
    plain, validated = network(), network()
    plain.fit(blobs.X, blobs.Y, epochs=3, verbose=0, seed=1)
    validated.fit(blobs.X, blobs.Y, epochs=3, verbose=0, seed=1, validation_data=(blobs.X + 9, blobs.Y))
    assert same(plain, validated)


def test_history_has_a_number_an_epoch_for_all_that_was_asked(blobs) -> None:
    history = network().fit(blobs.X, blobs.Y, epochs=3, verbose=0, validation_split=0.25, show_accuracy=True)
    assert list(history) == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert all(len(numbers) == 3 for numbers in history.values())
    assert history["acc"] == history["accuracy"]


def test_without_shuffling_the_samples_come_as_they_stand(blobs) -> None:
    fitted, by_hand = network(), network()
    for layer in (fitted.layers[2], by_hand.layers[2]):
        layer.rate = 0.0
    fitted.fit(blobs.X, blobs.Y, batch_size=40, shuffle=False, verbose=0)
    for start in (0, 40, 80):
        by_hand.train(blobs.X[start : start + 40], blobs.Y[start : start + 40])
    assert same(fitted, by_hand)


def test_every_epoch_sees_every_sample_once_in_another_order() -> None:
    """With a weight per sample and one-hot inputs, the gradient tells which samples a batch held."""
    model = Sequential([Dense(10, 1, init="zero", use_bias=False)])
    model.compile("sgd(0.1)", "mse")
    seen, before = [], np.zeros(10)

    def note(_) -> None:
        nonlocal before
        now = model.get_weights()[0][:, 0]
        seen.append(np.flatnonzero(now != before).tolist())
        before = now

    model.fit(np.eye(10), np.ones((10, 1)), batch_size=2, epochs=2, verbose=0, seed=0, callbacks=[note])
    orders = [sum(seen[:5], []), sum(seen[5:], [])]  # noqa: RUF017
    assert [sorted(order) for order in orders] == [list(range(10))] * 2
    assert orders[0] != orders[1]


def test_records_count_steps_epochs_and_samples(blobs) -> None:
    records = []
    network().fit(blobs.X[:50], blobs.Y[:50], batch_size=20, epochs=2, verbose=0, callbacks=[records.append])
    assert [(r.step, r.epoch, r.samples) for r in records] == [
        (1, 1, 20), (2, 1, 20), (3, 1, 10), (4, 2, 20), (5, 2, 20), (6, 2, 10),
    ]  # fmt: skip
    assert [r.ended is not None for r in records] == [False, False, True] * 2
    assert all(isinstance(r.values["loss"], torch.Tensor) for r in records)


def test_one_step_is_the_gradient_of_the_mean_loss(rng, float64: None) -> None:
    X, Y, W, b = rng.normal(size=(8, 4)), rng.normal(size=(8, 3)), rng.normal(size=(4, 3)), rng.normal(size=3)
    model = Sequential([Dense(4, 3)])
    model.set_weights([W, b])
    model.compile("sgd(0.1)", "mse")
    error = X @ W + b - Y
    assert model.train(X, Y) == pytest.approx((error**2).mean())
    np.testing.assert_allclose(model.get_weights()[0], W - 0.1 * 2 * X.T @ error / error.size)
    np.testing.assert_allclose(model.get_weights()[1], b - 0.1 * 2 * error.sum(0) / error.size)


def test_clipnorm_bounds_the_step_of_all_weights_together(rng, float64: None) -> None:
    X, Y = 100 * rng.normal(size=(8, 4)), rng.normal(size=(8, 3))
    model = Sequential([Dense(4, 5), Dense(5, 3)])
    before = model.get_weights()
    model.compile("SGD(1.0, clipnorm=0.25)", "mse")
    model.train(X, Y)
    moved = [a - b for a, b in zip(model.get_weights(), before, strict=True)]
    assert np.sqrt(sum((m**2).sum() for m in moved)) == pytest.approx(0.25)


def test_a_layer_that_is_not_trainable_keeps_its_weights(blobs) -> None:
    model = Sequential([Dense(20, 8, trainable=False), Dense(8, 2)])
    before = model.get_weights()
    model.compile("adam", "mse")
    model.fit(blobs.X, blobs.Y, epochs=2, verbose=0)
    after = model.get_weights()
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[2], after[2])


def test_a_shared_layer_gets_the_sum_of_its_gradients(rng, float64: None) -> None:
    from kit import Input, Model
    from kit.layers import Add

    a, b, shared = Input(3), Input(3), Dense(2, use_bias=False)
    model = Model([a, b], Add()(shared(a), shared(b)))
    model.compile("sgd(0.1)", "mse")
    (W,) = model.get_weights()
    X, Z, Y = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    model.train([X, Z], Y)
    error = (X + Z) @ W - Y
    np.testing.assert_allclose(model.get_weights()[0], W - 0.1 * 2 * (X + Z).T @ error / error.size)


def test_train_gives_the_loss_before_its_update_and_test_changes_nothing(blobs) -> None:
    model = network()
    before = model.get_weights()
    loss, accuracy = model.test(blobs.X, blobs.Y, accuracy=True)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert 0 <= accuracy <= 1
    assert model.test(blobs.X, blobs.Y) == loss
    assert isinstance(model.train(blobs.X, blobs.Y), float)
    assert len(model.train(blobs.X, blobs.Y, accuracy=True)) == 2


def test_evaluate_is_the_mean_over_samples_whatever_the_batches(blobs) -> None:
    model = network()
    whole = model.evaluate(blobs.X, blobs.Y, batch_size=96, show_accuracy=True)
    assert model.evaluate(blobs.X, blobs.Y, batch_size=7, show_accuracy=True) == pytest.approx(whole)
    p = model.predict(blobs.X)
    assert whole[0] == pytest.approx(-np.log((p * blobs.Y).sum(1)).mean(), rel=1e-4)
    assert whole[1] == pytest.approx((p.argmax(1) == blobs.classes).mean())


@pytest.mark.parametrize("call", ["predict", "evaluate", "fit"])
def test_the_mode_of_every_part_is_put_back(call: str, blobs) -> None:
    model = network()
    model.module.train()
    model.layers[1].eval()
    before = [part.training for part in model.module.modules()]
    words = {"verbose": 0} if call != "predict" else {}
    getattr(model, call)(*((blobs.X,) if call == "predict" else (blobs.X, blobs.Y)), **words)
    assert [part.training for part in model.module.modules()] == before


def test_a_normalization_that_was_frozen_stays_frozen_in_training(blobs) -> None:
    model = network()
    model.module.train()
    model.layers[1].eval()
    before = model.layers[1].moving_mean.clone()
    model.fit(blobs.X, blobs.Y, verbose=0)
    assert torch.equal(model.layers[1].moving_mean, before)


def test_sparse_and_one_hot_targets_train_the_same(blobs) -> None:
    one_hot, sparse = network(), network("sparse_categorical_crossentropy")
    first = one_hot.fit(blobs.X, blobs.Y, epochs=2, verbose=0, seed=1, show_accuracy=True)
    second = sparse.fit(blobs.X, blobs.classes, epochs=2, verbose=0, seed=1, show_accuracy=True)
    np.testing.assert_allclose(first["loss"], second["loss"], rtol=1e-6)
    assert first["accuracy"] == second["accuracy"]


def test_an_own_loss_trains(blobs) -> None:
    def loss(y_true, y_pred):
        return (y_true - y_pred).abs().pow(1.5).mean(-1)

    model = network(loss)
    history = model.fit(blobs.X, blobs.Y, epochs=5, verbose=0, seed=1)
    assert history["loss"][-1] < history["loss"][0]


def test_the_model_learns(blobs) -> None:
    model = Sequential([Dense(20, 16, activation="relu"), Dense(16, 2, activation="softmax")])
    model.compile("adam(0.01)", "categorical_crossentropy", metrics=["accuracy"])
    assert model.fit(blobs.X, blobs.Y, epochs=40, verbose=0, seed=1)["accuracy"][-1] > 0.95


@pytest.mark.parametrize("verbose", [0, 1, 2])
def test_verbose_is_silent_a_bar_or_a_line_an_epoch(verbose: int, blobs, capfd) -> None:
    network().fit(blobs.X, blobs.Y, epochs=2, verbose=verbose)
    out, err = capfd.readouterr()
    assert (out == "") == (verbose != 2)
    assert (err == "") == (verbose != 1)
    if verbose == 2:
        assert [line.split(":")[0] for line in out.splitlines()] == ["epoch 1/2", "epoch 2/2"]


def test_images_and_normalization_train(pictures) -> None:
    from kit.layers import Conv2D, Flatten, MaxPooling2D

    model = Sequential(
        [Conv2D(4, 3, padding="same"), BatchNormalization(), MaxPooling2D(), Flatten(), Dense(3, "softmax")]
    )
    model.compile("adam(0.01)", "categorical_crossentropy")
    history = model.fit(pictures.X, pictures.Y, epochs=10, batch_size=8, verbose=0, seed=0)
    assert history["loss"][-1] < 0.5 * history["loss"][0]


def test_weights_that_somebody_replaced_are_trained_on(blobs) -> None:
    """module.to(...) and the like give the parameters new memory."""
    model = network()
    model.train(blobs.X, blobs.Y)
    model.module.double()
    model.module.float()
    before = model.get_weights()
    model.train(blobs.X, blobs.Y)
    assert not all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_batches_that_are_quickly_used_come_in_growing_turns_and_slow_ones_alone() -> None:
    batches = [Batch([torch.full((1, 1), float(i))]) for i in range(40)]
    quick = list(turns(iter(batches)))
    assert [batch for turn in quick for batch in turn] == batches
    assert len(quick[0]) == 1
    assert max(map(len, quick)) > 4
    slow = []
    for turn in turns(iter(batches[:4])):
        slow.append(len(turn))
        time.sleep(2 * TURN)
    assert slow == [1, 1, 1, 1]
