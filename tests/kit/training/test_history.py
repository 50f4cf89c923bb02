"""The history of a training."""

import numpy as np
import pytest
import torch

from kit import History, Record, Sequential
from kit.layers import Dense


def record(step: int, loss: float, ended: dict | None = None) -> Record:
    return Record(step, (step + 2) // 3, 4, {"loss": torch.tensor(loss)}, ended)


@pytest.fixture
def history() -> History:
    made = History()
    for step in range(1, 7):
        ended = {"loss": step / 2, "accuracy": 0.5, "val_accuracy": 0.25} if step % 3 == 0 else None
        made.add(record(step, float(step), ended))
    return made


def test_it_reads_like_a_dict_of_lists(history: History) -> None:
    assert dict(history) == {"epoch": [0, 1], "loss": [1.5, 3.0], "accuracy": [0.5, 0.5], "val_accuracy": [0.25, 0.25]}
    assert len(history) == 4
    assert history.history == {name: numbers for name, numbers in history.items() if name != "epoch"}


def test_the_names_of_2015_work(history: History) -> None:
    assert history["acc"] == history["accuracy"]
    assert history["val_acc"] == history["val_accuracy"]
    assert "acc" in history
    assert "val_loss" not in history


def test_what_was_not_measured_is_a_key_error(history: History) -> None:
    with pytest.raises(KeyError):
        history["val_loss"]
    with pytest.raises(KeyError):
        history.batch("val_loss")


def test_epochs_are_numbered_from_nought_with_the_step_they_ended_at(history: History) -> None:
    assert history.epoch == [0, 1]
    assert history.epoch_steps == [3, 6]
    assert history.steps == 6


def test_there_is_a_number_for_each_batch(history: History) -> None:
    np.testing.assert_array_equal(history.batch("loss"), [1, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(history.batch("loss", 4), [5, 6])
    assert history.batch_names() == ["loss"]


def test_thousands_of_batches_are_kept_in_order() -> None:
    history = History()
    for step in range(1, 2501):
        history.add(record(step, float(step)))
    np.testing.assert_array_equal(history.batch("loss"), np.arange(1, 2501))


def test_a_mark_has_the_step_it_was_made_at(history: History) -> None:
    history.mark("learning_rate = 0.1")
    assert history.marks == [(6, "learning_rate = 0.1")]


def test_the_repr_says_how_far_it_came(history: History) -> None:
    assert repr(history) == "<History of 2 epochs, 6 batches: loss 3, accuracy 0.5, val_accuracy 0.25>"


def test_the_loss_of_an_epoch_is_the_mean_over_its_samples_not_its_batches(blobs) -> None:
    model = Sequential([Dense(20, 2)])
    model.compile("sgd(1e-30)", "mse")
    history = model.fit(blobs.X[:50], blobs.Y[:50], batch_size=32, shuffle=False, verbose=0)
    first, second = history.batch("loss")
    assert history["loss"][0] == pytest.approx((32 * first + 18 * second) / 50)
    assert history["loss"][0] == pytest.approx(model.evaluate(blobs.X[:50], blobs.Y[:50]), rel=1e-5)


def test_fit_gives_the_history_that_the_model_keeps(blobs) -> None:
    model = Sequential([Dense(20, 2)])
    model.compile("sgd", "mse")
    assert model.fit(blobs.X, blobs.Y, verbose=0) is model.history


def test_a_thinned_curve_has_the_means_of_a_few_batches_at_the_same_steps():
    history = History()
    for step in range(1, 26):
        ended = {"loss": float(step)} if step % 2 == 0 else None
        history.add(record(step, float(step), ended))
    thin = history.thinned(10)
    assert (thin.steps, thin.every) == (25, 3)
    assert thin.batch("loss").tolist() == [2.0, 5.0, 8.0, 11.0, 14.0, 17.0, 20.0, 23.0]
    assert (thin.epoch_steps, thin["loss"]) == ([4, 8, 12, 16, 20, 24], [4.0, 8.0, 12.0, 16.0, 20.0, 24.0])
    assert history.thinned(25).batch("loss").tolist() == history.batch("loss").tolist()
