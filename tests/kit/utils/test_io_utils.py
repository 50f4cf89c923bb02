"""Rows of an HDF5 file, read as they are asked for."""

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.utils.io_utils import HDF5Matrix

ROWS = np.arange(60.0, dtype="float32").reshape(20, 3)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("hdf5") / "data.h5"
    with h5py.File(path, "w") as file:
        file["X"] = ROWS
        file["names"] = [b"a", b"b"]
        file["group/y"] = np.arange(20)
    return path


def test_it_looks_like_the_array_of_its_rows(path):
    with HDF5Matrix(path, "X", 5, 15) as X:
        assert (X.shape, X.dtype, len(X), X.ndim) == ((10, 3), np.dtype("float32"), 10, 2)
        assert np.array_equal(np.asarray(X), ROWS[5:15])
        assert np.asarray(X, dtype="float64").dtype == "float64"
        assert np.array_equal(list(X), ROWS[5:15])


def test_without_bounds_all_rows_are_there(path):
    with HDF5Matrix(path, "X") as X, HDF5Matrix(path, "group/y", end=-5) as y:
        assert X.shape == (20, 3)
        assert y[:].tolist() == list(range(15))


KEYS = st.one_of(
    st.integers(-10, 9),
    st.slices(10),
    st.lists(st.integers(-10, 9)),
    st.lists(st.booleans(), min_size=10, max_size=10).map(np.array),
)


def test_every_key_reads_what_it_reads_of_an_array(path):
    with HDF5Matrix(path, "X", 5, 15) as X:

        @given(KEYS)
        def check(key):
            wanted = ROWS[5:15][np.array(key, dtype=int) if isinstance(key, list) else key]
            assert np.array_equal(X[key], wanted)

        check()


class Watched:
    """A data set that remembers how many rows were read."""

    def __init__(self, data):
        self.data, self.read = data, 0

    def __getitem__(self, key):
        rows = self.data[key]
        self.read += len(rows)
        return rows


def test_only_the_rows_that_are_asked_for_are_read(path):
    with HDF5Matrix(path, "X") as X:
        X.data = Watched(X.data)
        X[3:7], X[[9, 1, 9]], X[2]
        assert X.data.read == 4 + 2 + 1


def test_what_is_read_goes_through_the_normalizer(path):
    with HDF5Matrix(path, "X", 2, 6, normalizer=lambda rows: (rows[:, :2] / 2).astype("float64")) as X:
        assert (X.shape, X.dtype) == ((4, 2), np.dtype("float64"))
        assert X[1].tolist() == (ROWS[3, :2] / 2).tolist()
        assert np.array_equal(X[[3, 0]], ROWS[[5, 2], :2] / 2)


def test_the_file_is_closed_at_the_end(path):
    X = HDF5Matrix(path, "X")
    X.close()
    with pytest.raises(ValueError, match="closed"):
        X[0]
    with h5py.File(path, "r+"):
        pass


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("X", 5, 30), ValueError, r"end=30\): 'X' has the rows 0 to 20"),
        (("X", 7, 7), ValueError, "choose some"),
        (("Z",), KeyError, "no data set 'Z'; it has X, names"),
        (("group",), KeyError, "no data set 'group'"),
        (("names",), ValueError, "not rows of numbers"),
    ],
)
def test_what_is_not_there_is_said(path, arguments, error, message):
    with pytest.raises(error, match=message):
        HDF5Matrix(path, *arguments)
    with h5py.File(path, "r+"):  # and the file is not left open
        pass


def test_a_path_without_an_hdf5_file_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file"):
        HDF5Matrix(tmp_path / "none.h5", "X")
    (tmp_path / "text.h5").write_text("no HDF5")
    with pytest.raises(ValueError, match="cannot be read as an HDF5 file"):
        HDF5Matrix(tmp_path / "text.h5", "X")


@pytest.mark.parametrize(
    ("key", "error"),
    [(10, IndexError), ([0, 10], IndexError), ([-11], IndexError), ([0.5], TypeError), ("a", TypeError),
     (np.array([True]), IndexError), ([[1]], TypeError)],
)  # fmt: skip
def test_rows_that_cannot_be_are_refused(path, key, error):
    with HDF5Matrix(path, "X", 5, 15) as X, pytest.raises(error):
        X[key]
