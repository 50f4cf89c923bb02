"""No damaged file is read, and every refusal says which file, what is wrong and what to do."""

import os

import h5py
import numpy as np
import pytest

from kit.storage import StorageError, read, write


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "model.h5"
    write(path, {"weights/kernel": np.arange(6.0), "weights/bias": np.ones(2, "f4")}, {"layers": [1, 2]})
    return path


@pytest.mark.parametrize("more", [b"\0", b"x", b"\0" * 512, "itself"])
def test_anything_added_is_found(whole, more):
    content = whole.read_bytes()
    whole.write_bytes(content + (content if more == "itself" else more))
    with pytest.raises(StorageError, match=r"model\.h5 has .* added to"):
        read(whole)
    whole.write_bytes((content if more == "itself" else more) + content)
    with pytest.raises(StorageError, match=r"model.h5 (is not a file|has .* added to)"):
        read(whole)


def test_a_file_of_a_later_hornbook_asks_for_an_update(whole):
    content = bytearray(whole.read_bytes())
    content[8] = 2
    whole.write_bytes(content)
    with pytest.raises(StorageError, match="format version 2, and this Hornbook reads 1; update Hornbook"):
        read(whole)


def test_a_missing_file_is_a_file_not_found_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.h5 could not be read .*; check the path") as caught:
        read(tmp_path / "none.h5")
    assert caught.value.errno == 2


def test_files_of_others_are_refused_with_a_sentence(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["x"] = 1
    with pytest.raises(StorageError, match="is an HDF5 file, but not one that Hornbook saved"):
        read(path)
    path.write_text("hello")
    with pytest.raises(StorageError, match="is not a file that Hornbook saved"):
        read(path)
    path.write_bytes(b"")
    with pytest.raises(StorageError, match="is empty"):
        read(path)
    with pytest.raises(StorageError, match="is a folder"):
        read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StorageError, match="is not an ordinary file"):
        read(tmp_path / "pipe")
    with pytest.raises(StorageError, match="is not an ordinary file"):
        write(tmp_path / "pipe", {}, {})
