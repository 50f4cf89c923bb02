"""What the calls of 2015 meant, as tests and programs of then relied on it."""

import numpy as np
import pytest

from kit.constraints import maxnorm, nonneg, unitnorm
from kit.layers.core import Activation, Dense, Dropout, Flatten, Merge
from kit.layers.embeddings import Embedding, WordContextProduct
from kit.layers.recurrent import GRU, LSTM, SimpleDeepRNN, SimpleRNN
from kit.models import Sequential
from kit.preprocessing import sequence
from kit.utils import generic_utils, np_utils
from kit.utils.io_utils import HDF5Matrix


def classifier(width=20, classes=2):
    model = Sequential()
    model.add(Dense(width, 5))
    model.add(Activation("relu"))
    model.add(Dense(5, classes))
    model.add(Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop")
    return model


def yes_or_no(width=20):
    model = Sequential()
    model.add(Dense(width, 1))
    model.add(Activation("sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", class_mode="binary")
    return model


def branch(width=20, units=5):
    model = Sequential()
    model.add(Dense(width, units))
    model.add(Activation("relu"))
    return model


def merging(*models, mode="sum", width=5):
    model = Sequential()
    model.add(Merge(list(models), mode=mode))
    model.add(Dense(width, 2))
    model.add(Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop")
    return model


def test_every_argument_of_fit_may_come_by_position(blobs, capsys) -> None:
    named, placed = classifier(), classifier()
    placed.set_weights(named.get_weights())
    first = named.fit(
        blobs.X, blobs.Y, batch_size=16, nb_epoch=2, verbose=0, validation_split=0.25, shuffle=False, show_accuracy=True
    )
    second = placed.fit(blobs.X, blobs.Y, 16, 2, 0, 0.25, None, False, True)
    assert dict(first) == dict(second)
    assert list(first) == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]


def test_evaluate_gives_the_loss_and_where_asked_the_accuracy_behind_it(blobs, capsys) -> None:
    model = classifier()
    loss = model.evaluate(blobs.X, blobs.Y, batch_size=16, verbose=1)
    assert isinstance(loss, float)
    score = model.evaluate(blobs.X, blobs.Y, show_accuracy=True, verbose=0)
    right = np.mean(model.predict_classes(blobs.X, verbose=0) == blobs.classes)
    assert score == (pytest.approx(loss), pytest.approx(right))


def test_a_batch_is_trained_on_once_and_tested_without_a_change(blobs) -> None:
    model = classifier()
    before = model.test(blobs.X, blobs.Y)
    assert model.test(blobs.X, blobs.Y, accuracy=True)[0] == before
    loss, accuracy = model.train(blobs.X, blobs.Y, accuracy=True)
    assert loss == pytest.approx(before)
    assert 0 <= accuracy <= 1
    assert model.test(blobs.X, blobs.Y) < before


def test_class_mode_decides_how_classes_and_accuracy_are_read(blobs) -> None:
    model = yes_or_no()
    model.fit(blobs.X, blobs.classes, batch_size=16, nb_epoch=3, validation_split=0.1, show_accuracy=True, verbose=0)
    classes = model.predict_classes(blobs.X, batch_size=16)
    assert classes.shape == (96, 1)
    accuracy = np_utils.accuracy(classes, blobs.classes)
    assert accuracy == pytest.approx(model.evaluate(blobs.X, blobs.classes, show_accuracy=True)[1])
    np.testing.assert_array_equal(classes, model.predict_proba(blobs.X) > 0.5)


def test_targets_may_have_one_axis_or_two(blobs) -> None:
    model = yes_or_no()
    assert model.test(blobs.X, blobs.classes) == model.test(blobs.X, blobs.classes[:, None])


@pytest.mark.parametrize("verbose", [0, 1, 2])
def test_verbose_is_silence_a_bar_or_a_line_an_epoch(verbose: int, blobs, capsys) -> None:
    classifier().fit(blobs.X, blobs.Y, nb_epoch=3, verbose=verbose, show_accuracy=True)
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert len(lines) == (3 if verbose == 2 else 0)
    assert all("loss" in line and "accuracy" in line for line in lines)
    assert ("█" in told.err or "#" in told.err) == (verbose == 1)


def test_fit_gives_a_record_of_lists_under_the_names_of_then(blobs) -> None:
    record = classifier().fit(blobs.X, blobs.Y, nb_epoch=3, verbose=0, show_accuracy=True, validation_split=0.25)
    assert record["epoch"] == record.epoch == [0, 1, 2]
    assert [len(record[name]) for name in ("loss", "acc", "val_loss", "val_acc")] == [3] * 4
    assert record.history["acc"] == record["acc"]
    assert record.history["val_acc"] == record["val_accuracy"]
    with pytest.raises(KeyError):
        record.history["val_auc"]


def test_the_config_is_printed_where_that_is_asked_for(capsys) -> None:
    model = classifier()
    assert model.get_config() == model.get_config(verbose=1)
    told = capsys.readouterr().out
    assert told.count("Dense") == 2
    assert told.count("'nodes'") == 1


def test_weights_go_through_a_file_into_a_model_that_is_not_compiled(blobs, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    model, other = classifier(), Sequential()
    model.save_weights("temp.h5")
    model.save_weights("temp.h5", overwrite=True)
    for layer in (Dense(20, 5), Activation("relu"), Dense(5, 2), Activation("softmax")):
        other.add(layer)
    other.load_weights("temp.h5")
    np.testing.assert_array_equal(other.predict(blobs.X, verbose=0), model.predict(blobs.X, verbose=0))


def test_a_file_that_is_to_be_kept_is_kept(tmp_path) -> None:
    model, path = classifier(), tmp_path / "kept.h5"
    path.write_bytes(b"mine")
    for save in (model.save, model.save_weights):
        with pytest.raises(FileExistsError, match="already; give another path, or overwrite=True"):
            save(path, overwrite=False)
    assert path.read_bytes() == b"mine"
    model.save(tmp_path / "new.h5", overwrite=False)
    assert (tmp_path / "new.h5").exists()


def test_merged_models_take_a_list_of_inputs_in_every_method(blobs, capsys) -> None:
    left, right = branch(), branch(3)
    model = merging(left, right)
    X = [blobs.X, blobs.X[:, :3]]
    model.fit(X, blobs.Y, batch_size=16, nb_epoch=1, show_accuracy=True, verbose=0, validation_data=(X, blobs.Y))
    model.fit(X, blobs.Y, nb_epoch=1, verbose=0, validation_split=0.1, shuffle=False)
    assert model.evaluate(X, blobs.Y, verbose=0) == pytest.approx(model.test(X, blobs.Y))
    model.train(X, blobs.Y)
    outputs = model.predict(X, verbose=0)
    np.testing.assert_array_equal(model.predict_classes(X, verbose=0), outputs.argmax(1))
    np.testing.assert_array_equal(model.predict_proba(X, verbose=0), outputs)
    W, b = model.get_weights()[-2:]
    hidden = left.predict(X[0]) + right.predict(X[1])
    logits = hidden @ W + b
    np.testing.assert_allclose(outputs, np.exp(logits) / np.exp(logits).sum(1, keepdims=True), rtol=1e-4, atol=1e-6)


def test_a_merged_model_can_be_merged_again(blobs) -> None:
    inner = Sequential()
    inner.add(Merge([branch(), branch()], mode="concat"))
    inner.add(Dense(10, 5))
    model = merging(inner, branch())
    model.fit([blobs.X] * 3, blobs.Y, verbose=0)
    assert len(model.get_weights()) == 2 + 2 + 2 + 2 + 2
    with pytest.raises(ValueError, match="the model has 3 inputs"):
        model.predict([blobs.X] * 2)


def test_constraints_hold_after_every_update(blobs) -> None:
    model = Sequential()
    model.add(Dense(20, 20, W_constraint=maxnorm(1)))
    model.add(Activation("relu"))
    model.add(Dropout(0.1))
    model.add(Dense(20, 2, W_constraint=nonneg()))
    model.add(Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop")
    model.train(blobs.X, blobs.Y)
    first, second = model.layers[0].get_weights()[0], model.layers[3].get_weights()[0]
    assert np.linalg.norm(first, axis=0).max() <= 1 + 1e-5
    assert second.min() >= 0


@pytest.mark.parametrize("constraint", [unitnorm, unitnorm()])
def test_the_rows_of_a_constrained_embedding_have_length_one(constraint) -> None:
    start = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], dtype="float32")
    lookup = Sequential()
    lookup.add(Embedding(3, 2, weights=[start], W_constraint=constraint))
    lookup.add(Flatten())
    lookup.add(Dense(2, 1))
    lookup.add(Activation("sigmoid"))
    lookup.compile(loss="binary_crossentropy", optimizer="sgd", class_mode="binary")
    lookup.train(np.array([[1], [2]], dtype="int32"), np.array([[1], [0]], dtype="int32"))
    np.testing.assert_allclose(np.linalg.norm(lookup.layers[0].get_weights()[0], axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("layer", "shapes"),
    [
        (SimpleRNN(4, 3), [(4, 3), (3, 3), (3,)]),
        (SimpleDeepRNN(4, 3, depth=2), [(4, 3), (3, 3), (3, 3), (3,)]),
        (GRU(4, 3, reset_after=False), [(4, 3), (3, 3), (3,)] * 3),
        (LSTM(4, 3), [(4, 3), (3, 3), (3,)] * 4),
        (WordContextProduct(5, 4), [(5, 4), (5, 4)]),
        (Embedding(5, 4), [(5, 4)]),
    ],
    ids=repr,
)
def test_the_weights_come_in_the_shapes_and_numbers_of_then(layer, shapes) -> None:
    layer.build_stated()
    assert [array.shape for array in layer.get_weights()] == shapes


def test_letters_as_truth_values_train_an_lstm_on_one_hot_sequences(rng, capsys) -> None:
    X, y = np.zeros((20, 7, 5), dtype=bool), np.zeros((20, 5), dtype=bool)
    X[np.arange(20)[:, None], np.arange(7), rng.integers(0, 5, (20, 7))] = 1
    y[np.arange(20), rng.integers(0, 5, 20)] = 1
    model = Sequential()
    model.add(LSTM(5, 8, return_sequences=True))
    model.add(LSTM(8, 8, return_sequences=False))
    model.add(Dense(8, 5))
    model.add(Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop")
    model.fit(X, y, batch_size=8, nb_epoch=1)
    assert model.predict(X[:1], verbose=0)[0].sum() == pytest.approx(1, abs=1e-5)


def test_couples_and_their_list_of_labels_train_word_vectors() -> None:
    couples, labels = sequence.skipgrams([1, 2, 3, 4, 5], 10, window_size=4, negative_samples=1.0)
    model = Sequential()
    model.add(WordContextProduct(10, proj_dim=4, init="uniform"))
    model.compile(loss="mse", optimizer="rmsprop")
    losses = [model.train(np.array(couples, dtype="int32"), labels) for _ in range(20)]
    assert losses[-1] < losses[0]
    assert np_utils.normalize(model.layers[0].get_weights()[0]).shape == (10, 4)


def test_a_model_trains_and_predicts_from_rows_of_a_file(blobs, tmp_path) -> None:
    import h5py

    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["X"], file["y"] = blobs.X * 2, blobs.Y
    model, other = classifier(), classifier()
    other.set_weights(model.get_weights())
    with (
        HDF5Matrix(tmp_path / "data.h5", "X", 0, 64, lambda x: x / 2) as X,
        HDF5Matrix(tmp_path / "data.h5", "y", 0, 64) as y,
    ):
        record = model.fit(X, y, nb_epoch=2, batch_size=16, verbose=0, shuffle=False)
        np.testing.assert_array_equal(model.predict(X, verbose=0), model.predict(blobs.X[:64], verbose=0))
        loss = model.evaluate(X, y, verbose=0)
    expected = other.fit(blobs.X[:64], blobs.Y[:64], nb_epoch=2, batch_size=16, verbose=0, shuffle=False)
    np.testing.assert_allclose(record["loss"], expected["loss"], rtol=1e-5)
    assert loss == pytest.approx(other.evaluate(blobs.X[:64], blobs.Y[:64], verbose=0))


def test_a_bar_is_made_with_its_width_and_filled_by_the_batch(capsys) -> None:
    bar = generic_utils.Progbar(40, 20, 1)
    bar.add(10, values=[("train loss", 3.0)])
    bar.update(40, [("train loss", 1.0)])
    assert bar.means == {"train loss": 1.5}
    last = capsys.readouterr().err.split("\r")[-1]
    assert "40/40" in last
    assert "train loss 1.5" in last
    assert len(last.split("|")[1]) == 20
