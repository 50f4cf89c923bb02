"""What can be trained on: tables, rows of files, torch's data sets and loaders, generators."""

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from kit import Input, Model, Sequential
from kit.layers import Concatenate, Dense
from kit.training.feeding import source_for
from kit.utils.io_utils import HDF5Matrix


def network() -> Sequential:
    model = Sequential([Dense(20, 8, activation="tanh"), Dense(8, 2, activation="softmax")])
    numbers = np.random.default_rng(3)
    model.set_weights([numbers.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def fitted(*data, **options) -> Sequential:
    model = network()
    model.fit(*data, **{"batch_size": 16, "epochs": 2, "seed": 1, "verbose": 0, **options})
    return model


def same(one: Model, other: Model) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


@pytest.fixture
def file(blobs, tmp_path):
    with h5py.File(tmp_path / "blobs.h5", "w") as file:
        file["X"], file["y"] = blobs.X, blobs.Y
        yield file


class Slow(Dataset):
    """Samples one by one."""

    def __init__(self, X, y) -> None:
        self.X, self.y = X, y

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, i: int):
        return self.X[i], self.y[i]


class Numbered:
    """Batches under their numbers, which is all that it can."""

    def __init__(self, batches) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, number: int):
        return self.batches[number]


def test_tables_train_as_their_numbers_do(blobs) -> None:
    X = pd.DataFrame(blobs.X, columns=[f"c{i}" for i in range(20)])
    y = pd.DataFrame(blobs.Y, columns=["no", "yes"])
    assert same(fitted(X, y), fitted(blobs.X, blobs.Y))
    np.testing.assert_array_equal(network().predict(X), network().predict(blobs.X))


def test_a_table_with_text_is_refused_by_the_names_of_its_columns(blobs) -> None:
    X = pd.DataFrame(blobs.X).assign(city="Delft")
    with pytest.raises(ValueError, match=r"^X has columns without numbers: 'city'; encode them .* leave them out$"):
        network().fit(X, blobs.Y)


def test_a_table_with_gaps_is_refused(blobs) -> None:
    X = pd.DataFrame(blobs.X).astype("Float64")
    X.iloc[3, 4] = pd.NA
    with pytest.raises(ValueError, match="X holds NaN or infinity in 1 place, first in sample 3"):
        network().fit(X, blobs.Y)


@pytest.mark.parametrize("kind", ["h5py", "HDF5Matrix", "memmap"])
def test_rows_of_a_file_train_as_the_same_arrays_in_memory(kind: str, blobs, file, tmp_path) -> None:
    if kind == "h5py":
        data = file["X"], file["y"]
    elif kind == "HDF5Matrix":
        file.flush()
        data = HDF5Matrix(file.filename, "X"), HDF5Matrix(file.filename, "y")
    else:
        np.save(tmp_path / "X.npy", blobs.X)
        data = np.load(tmp_path / "X.npy", mmap_mode="r"), blobs.Y
    on_disk = fitted(*data, shuffle=False, validation_split=0.25)
    assert same(on_disk, fitted(blobs.X, blobs.Y, shuffle=False, validation_split=0.25))
    assert on_disk.evaluate(*data) == on_disk.evaluate(blobs.X, blobs.Y)
    np.testing.assert_array_equal(on_disk.predict(data[0]), on_disk.predict(blobs.X))


def test_shuffled_rows_of_a_file_are_each_seen_once(blobs, file, monkeypatch) -> None:
    from kit.training import sources

    monkeypatch.setattr(sources, "CHUNK_BYTES", 1000)  # so that the file has several chunks
    model = network()
    source = source_for(model, file["X"], file["y"])
    order = source.order(torch.Generator().manual_seed(0))
    assert source.chunk > 1
    assert sorted(order.tolist()) == list(range(96))
    assert order.tolist() != list(range(96))
    rows = torch.cat([batch.inputs[0] for batch in source.batches(10, order)])
    np.testing.assert_array_equal(rows.numpy(), blobs.X[order.numpy()])


def test_rows_of_a_file_are_read_in_bounded_memory(file, monkeypatch) -> None:
    from kit.training import sources

    monkeypatch.setattr(sources, "READ_BYTES", 2000)
    monkeypatch.setattr(sources, "GAP_BYTES", 0)
    longest = 0
    read = h5py.Dataset.__getitem__

    def watched(self, key):
        nonlocal longest
        found = read(self, key)
        longest = max(longest, len(found))
        return found

    monkeypatch.setattr(h5py.Dataset, "__getitem__", watched)
    fitted(file["X"], file["y"])
    assert 0 < longest <= 32


def test_rows_and_targets_of_different_number_are_refused(file) -> None:
    with pytest.raises(ValueError, match="X has 96, y has 50 samples; give as many of each"):
        fitted(file["X"], file["y"][:50])


def test_a_torch_dataset_trains_as_its_arrays_do(blobs) -> None:
    in_memory = fitted(blobs.X, blobs.Y, validation_split=0.25)
    assert same(fitted(Slow(blobs.X, blobs.Y), validation_split=0.25), in_memory)
    tensors = TensorDataset(torch.as_tensor(blobs.X), torch.as_tensor(blobs.Y))
    assert same(fitted(tensors, validation_split=0.25), in_memory)
    assert in_memory.evaluate(tensors) == in_memory.evaluate(blobs.X, blobs.Y)


def test_a_loader_decides_its_batches_itself(blobs) -> None:
    loader = DataLoader(Slow(blobs.X, blobs.Y), batch_size=16)
    records = []
    model = fitted(loader, batch_size=999, callbacks=[records.append], validation_data=loader)
    assert [record.samples for record in records] == [16] * 12
    assert same(model, fitted(blobs.X, blobs.Y, shuffle=False))
    assert "val_loss" in model.history
    assert model.predict(loader).shape == (96, 2)


def batches_of(blobs):
    for start in range(0, 96, 16):
        yield blobs.X[start : start + 16], blobs.Y[start : start + 16]


def test_a_function_makes_a_generator_for_each_epoch(blobs) -> None:
    assert same(fitted(lambda: batches_of(blobs)), fitted(blobs.X, blobs.Y, shuffle=False))


def test_a_generator_without_end_needs_the_steps_of_an_epoch(blobs) -> None:
    def endless():
        while True:
            yield from batches_of(blobs)

    model = fitted(endless(), steps_per_epoch=6)
    assert same(model, fitted(blobs.X, blobs.Y, shuffle=False))
    assert len(model.history.epoch) == 2


def test_a_generator_that_runs_out_says_so(blobs) -> None:
    with pytest.raises(ValueError, match="the generator ran out after 0 of some batches of an epoch; give a function"):
        fitted(batches_of(blobs))
    with pytest.raises(ValueError, match="ran out after 6 of 7 batches"):
        fitted(batches_of(blobs), epochs=1, steps_per_epoch=7)


def test_a_generator_builds_a_model_that_has_no_shape_yet(blobs) -> None:
    model = Sequential([Dense(2, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy")
    seen = []
    model.fit(batches_of(blobs), epochs=1, verbose=0, callbacks=[seen.append])
    assert sum(record.samples for record in seen) == 96


def test_what_a_generator_gives_is_checked_too(blobs) -> None:
    with pytest.raises(ValueError, match="X has 4 samples but y has 3"):
        fitted(lambda: iter([(blobs.X[:4], blobs.Y[:3])]))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (lambda b: (Slow(b.X, b.Y), b.Y), "gives its targets and weights itself; leave y out"),
        (lambda b: (b.X,), "there are samples X but no targets y"),
    ],
)
def test_targets_that_are_missing_or_too_many_are_refused(data, message: str, blobs) -> None:
    with pytest.raises(ValueError, match=message):
        network().fit(*data(blobs))


def test_an_iterable_dataset_is_to_be_wrapped() -> None:
    class Numbers(IterableDataset):
        def __iter__(self):
            return iter([(1, 2)])

    with pytest.raises(TypeError, match="wrap it: DataLoader"):
        network().fit(Numbers())


def test_a_generator_cannot_be_split(blobs) -> None:
    with pytest.raises(ValueError, match="cannot be split: give validation_data instead"):
        fitted(lambda: batches_of(blobs), validation_split=0.2)


def test_inputs_come_as_a_list_or_by_their_names(blobs) -> None:
    left, right = Input(20, name="left"), Input(20, name="right")
    model = Model([left, right], Dense(2, activation="softmax")(Concatenate()([left, right])))
    model.compile("sgd", "categorical_crossentropy")
    listed = model.predict([blobs.X, 2 * blobs.X])
    np.testing.assert_array_equal(model.predict({"right": 2 * blobs.X, "left": blobs.X}), listed)
    with pytest.raises(ValueError, match="X is for the inputs left, right, but 'middle' is none of them"):
        model.predict({"left": blobs.X, "middle": blobs.X})


def test_several_rows_of_files_are_several_inputs(blobs, file) -> None:
    left, right = Input(20), Input(20)
    model = Model([left, right], Dense(2, activation="softmax")(Concatenate()([left, right])))
    model.compile("sgd", "categorical_crossentropy")
    model.fit([file["X"], blobs.X], file["y"], verbose=0)
    np.testing.assert_array_equal(model.predict([file["X"], blobs.X]), model.predict([blobs.X, blobs.X]))


@pytest.mark.parametrize("kind", ["rows", "dataset", "loader", "generator", "numbered"])
def test_a_training_on_any_source_is_resumed_bit_for_bit(kind: str, blobs, file, tmp_path) -> None:
    import kit

    sources = {
        "rows": (file["X"], file["y"]),
        "dataset": (Slow(blobs.X, blobs.Y),),
        "loader": (DataLoader(Slow(blobs.X, blobs.Y), batch_size=16),),
        "generator": (lambda: batches_of(blobs),),
        "numbered": (Numbered(list(batches_of(blobs))),),
    }
    path = tmp_path / "run.h5"
    model = network()
    saving = [lambda record: record.step == 8 and model.save(path)]
    options = {"batch_size": 16, "epochs": 3, "seed": 1, "background": True}
    model.fit(*sources[kind], callbacks=saving, **options).wait()
    resumed = kit.resume(path, *sources[kind]).wait()
    assert same(resumed.model, model)
    assert resumed.history.epochs == model.history.epochs


def test_shuffled_rows_that_lie_close_are_read_in_few_pieces(blobs, file, monkeypatch) -> None:
    calls = 0
    read = h5py.Dataset.__getitem__

    def counted(self, key):
        nonlocal calls
        calls += 1
        assert isinstance(key, slice)
        return read(self, key)

    source = source_for(network(), file["X"], file["y"])
    order = source.order(torch.Generator().manual_seed(0))
    monkeypatch.setattr(h5py.Dataset, "__getitem__", counted)
    rows = torch.cat([batch.inputs[0] for batch in source.batches(10, order)])
    np.testing.assert_array_equal(rows.numpy(), blobs.X[order.numpy()])
    assert calls < 10


def test_what_goes_wrong_while_rows_are_read_ahead_comes_out_of_fit(blobs) -> None:
    class Torn:
        shape, dtype = blobs.X.shape, blobs.X.dtype

        def __len__(self) -> int:
            return len(blobs.X)

        def __getitem__(self, key):
            if isinstance(key, slice) and key.stop > 50:
                raise OSError("the disk is gone")
            return blobs.X[key]

    with pytest.raises(OSError, match="the disk is gone"):
        fitted(Torn(), blobs.Y)
