"""A stranger's HDF5 file is data: what is not plain arrays and attributes is refused, and no other file is touched."""

import json
import os

import h5py
import numpy as np
import pytest
from test_storage_hostile import CONSTRUCTS, bait

from kit.layers import Dense
from kit.models import Input, Sequential
from kit.storage import StorageError, inspect_foreign
from kit.storage.foreign import hdf5

__all__ = ["bait"]

ALLOWED = {
    "chunked", "gzipped", "checksummed", "resizable", "compact", "attribute_of_an_array", "attribute_of_a_group",
    "attribute_of_the_root",
}  # fmt: skip


def read(path):
    with open(path, "rb") as file:
        return hdf5.read(file, path.name)


def made(path, fill, **options):
    with h5py.File(path, "w", libver=("v108", "latest"), **options) as file:
        fill(file)
    return path


def refused(path):
    """The sentence with which load_weights refuses a file; the model is afterwards as it was."""
    model = Sequential([Input((3,)), Dense(4)])
    before = model.get_weights()
    with pytest.raises(StorageError) as caught:
        model.load_weights(path)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert "no layout" not in str(caught.value), "it was opened"
    return str(caught.value)


@pytest.mark.parametrize(
    "construct", [c for c in CONSTRUCTS if c.__name__ not in ALLOWED], ids=lambda construct: construct.__name__
)
def test_what_is_no_plain_array_is_refused(construct, tmp_path, bait):
    def fill(file):
        file["config"] = np.ones(1)  # some of the constructs move it
        file.attrs["nb_layers"] = 0
        construct(file, bait)

    path = made(tmp_path / "weights.h5", fill)
    os.utime(bait, (1, 1))
    assert "weights.h5 is not opened: " in refused(path)
    assert os.stat(bait).st_atime == 1, "the other file was read"


@pytest.mark.parametrize(
    "construct", [c for c in CONSTRUCTS if c.__name__ in ALLOWED - {"attribute_of_a_group", "attribute_of_the_root"}],
    ids=lambda construct: construct.__name__,
)  # fmt: skip
def test_arrays_that_are_packed_or_in_pieces_are_read(construct, tmp_path, bait):
    path = made(tmp_path / "weights.h5", lambda file: construct(file, bait))
    with h5py.File(path) as file:
        wanted = file["a"][()]
    found = read(path).arrays["a"]
    assert found.dtype == wanted.dtype
    assert np.array_equal(found, wanted)
    assert not found.flags.writeable


def test_attributes_are_told_as_plain_data(tmp_path):
    def fill(file):
        file.attrs["text"], file.attrs["bytes"], file.attrs["none"] = "ä", np.bytes_(b"fixed"), h5py.Empty("f4")
        file.attrs["texts"], file.attrs["fixed"] = ["a", "b"], np.array([b"a", b"bc"])
        file["g/a"] = np.ones(2)
        file["g/a"].attrs["number"], file["g"].attrs["numbers"] = np.float32(0.5), [1, 2, 3]

    assert read(made(tmp_path / "a.h5", fill)).attributes == {
        "": {"text": "ä", "bytes": "fixed", "none": None, "texts": ["a", "b"], "fixed": ["a", "bc"]},
        "g": {"numbers": [1, 2, 3]},
        "g/a": {"number": 0.5},
    }


def attribute_compound(file):
    file.attrs["x"] = np.zeros(2, "i4,f4")


def attribute_reference(file):
    file["a"] = np.ones(1)
    file.attrs["x"] = file["a"].ref


def attribute_of_numbers_of_varying_length(file):
    file.attrs.create("x", np.array([np.ones(2), np.ones(3)], object), dtype=h5py.vlen_dtype("f4"))


def attribute_not_finite(file):
    file.attrs["x"] = np.nan


def attribute_not_utf8(file):
    file.attrs.create("x", np.bytes_(b"\xff\xfe"))


def attribute_of_many_items(file):
    file.attrs.create("x", np.zeros(inspect_foreign.MAX_ITEMS + 1, "i1"))


def attribute_of_a_committed_type(file):
    file["kind"] = np.dtype("f4")
    file.attrs.create("x", 1.0, dtype=file["kind"])


def packed_by_another_filter(file):
    file.create_dataset("a", data=np.ones(100, "i4"), chunks=(10,), scaleoffset=3)


def packed_by_an_unknown_filter(file):
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk((10,))
    creation.set_filter(32015, h5py.h5z.FLAG_OPTIONAL)
    h5py.h5d.create(file.id, b"a", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((10,)), creation)


def bomb(file):
    file.create_dataset("a", data=np.zeros(4 << 20), compression="gzip", chunks=(1 << 20,))


def chunks_never_written(file):
    file.create_dataset("a", (1 << 40,), "f4", chunks=(1 << 20,))


@pytest.mark.parametrize(
    "fill",
    [
        attribute_compound, attribute_reference, attribute_of_numbers_of_varying_length, attribute_not_finite,
        attribute_not_utf8, attribute_of_many_items, attribute_of_a_committed_type, packed_by_another_filter,
        packed_by_an_unknown_filter, bomb, chunks_never_written,
    ],
    ids=lambda fill: fill.__name__,
)  # fmt: skip
def test_unusual_attributes_and_packings_are_refused(fill, tmp_path):
    assert "weights.h5 is not opened: " in refused(made(tmp_path / "weights.h5", fill))


def test_many_packed_arrays_together_are_bounded(tmp_path, monkeypatch):
    def fill(file):
        for i in range(300):
            file.create_dataset(f"a{i}", data=np.arange(1 << 17, dtype="f8"), compression="gzip", shuffle=True)

    assert "MiB to unpack" in refused(made(tmp_path / "weights.h5", fill))


def test_packed_numbers_that_are_damaged_are_refused(tmp_path):
    numbers = np.random.default_rng(0).normal(size=1000)
    path = made(tmp_path / "weights.h5", lambda file: file.create_dataset("a", data=numbers, fletcher32=True))
    content = bytearray(path.read_bytes())
    content[content.index(numbers[500:510].tobytes())] ^= 1
    path.write_bytes(content)
    assert "took too much or failed" in refused(path)


def test_a_user_block_is_refused(tmp_path):
    path = made(tmp_path / "weights.h5", lambda file: file.create_dataset("a", data=np.ones(1)), userblock_size=512)
    with pytest.raises(StorageError, match="something stands before its beginning"):
        read(path)


LIES = {
    "nothing": b"",
    "a length alone": (99).to_bytes(8, "little"),
    "a table of numbers": {"table": [3], "attributes": {}},
    "no attributes": {"table": []},
    "attributes of a list": {"table": [], "attributes": []},
    "attributes without names": {"table": [], "attributes": {"": 3}},
    "an attribute of an object": {"table": [], "attributes": {"": {"x": {}}}},
    "beyond the end": {"table": [["a", "<f4", [2], 4092]], "attributes": {}},
    "overlapping": {"table": [["a", "<f4", [2], 64], ["b", "<f4", [2], 68]], "attributes": {}},
    "more numbers than given": {"table": [["a", "<f4", [2], None]], "attributes": {}},
    "object dtype": {"table": [["a", "|O", [2], 64]], "attributes": {}},
    "bad name": {"table": [["../a", "<f4", [2], 64]], "attributes": {}},
    "same name": {"table": [["a", "<f4", [2], 64], ["a", "<f4", [2], 128]], "attributes": {}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lying_inspector_is_not_believed(lie, monkeypatch, tmp_path):
    if not isinstance(lie, bytes):
        text = json.dumps(lie).encode()
        lie = len(text).to_bytes(8, "little") + text
    monkeypatch.setattr(hdf5, "ask", lambda *arguments: lie)
    (tmp_path / "weights.h5").write_bytes(bytes(4096))
    with pytest.raises(StorageError, match=r"weights\.h5 is not opened"):
        read(tmp_path / "weights.h5")


def test_every_truncation_and_many_mutants_are_answered_with_a_sentence(tmp_path, rng):
    def fill(file):
        file.attrs["nb_layers"] = 1
        file["layer_0/param_0"] = np.ones((3, 4), "f4")
        file["layer_0/param_1"] = np.ones(4, "f4")
        file["layer_0"].attrs["nb_params"] = 2

    whole = made(tmp_path / "weights.h5", fill).read_bytes()
    model = Sequential([Input((3,)), Dense(4)])
    opened = 0
    for turn in range(60):
        content = bytearray(whole)
        if turn % 3:
            for place in rng.integers(0, len(whole), 8):
                content[place] = rng.integers(0, 256)
        else:
            content = content[: rng.integers(1, len(whole))]
        (tmp_path / "mutant.h5").write_bytes(content)
        try:
            model.load_weights(tmp_path / "mutant.h5")
            opened += 1
        except StorageError:
            pass
    assert opened < 60


def test_a_folder_and_what_is_no_file_of_a_known_format_are_refused(tmp_path):
    (tmp_path / "text").write_text("hello world, this is no model")
    assert "is a folder" in refused(tmp_path)
    assert "is not a file that Hornbook saved" in refused(tmp_path / "text")
    with pytest.raises(FileNotFoundError, match="could not be read"):
        Sequential([Input((3,)), Dense(4)]).load_weights(tmp_path / "nowhere.h5")
