"""What is written is read back, the same bytes for the same content, in a file any HDF5 tool opens."""

import math
import subprocess
import sys

import h5py
import numpy as np
import pytest

from kit.storage import StorageError, read, write
from kit.storage.inspect_file import DTYPES, MAX_CONFIG

SHAPES = [(), (0,), (3, 0, 2), (1,), (7,), (2, 3), (2, 3, 4, 5), (1,) * 32]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.h5"


def some(dtype, shape):
    """An array of this dtype with every kind of bit in it."""
    count = max(1, math.prod(shape))
    numbers = np.random.default_rng(0).integers(0, 2 if dtype == "|b1" else 120, count)
    return numbers.astype(dtype)[: math.prod(shape)].reshape(shape)


def test_every_dtype_and_shape_comes_back_as_it_was(path):
    arrays = {
        f"{dtype.strip('<|')}/s{place}": some(dtype, shape) for dtype in DTYPES for place, shape in enumerate(SHAPES)
    }
    write(path, arrays, {})
    found = read(path).arrays
    assert set(found) == set(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)


def test_arrays_can_not_be_written_to(path):
    write(path, {"a": np.ones(3), "scalar": np.float32(2), "none": np.ones((0, 3))}, {})
    for array in read(path).arrays.values():
        assert not array.flags.writeable


def test_arrays_are_aligned_for_any_processor(path):
    write(path, {f"a{length}": np.ones(length, "u1") for length in range(1, 20)}, {})
    assert all(array.ctypes.data % 8 == 0 for array in read(path).arrays.values())


def test_arrays_outlive_the_file_that_they_came_from(path):
    write(path, {"a": np.arange(100.0)}, {})
    array = read(path).arrays["a"]
    write(path, {"a": np.zeros(100)}, {})
    path.unlink()
    np.testing.assert_array_equal(array, np.arange(100.0))


def test_strided_and_big_endian_arrays_come_back_by_value(path):
    arrays = {"t": np.arange(6.0).reshape(2, 3).T, "r": np.arange(5)[::-1], "b": np.arange(4, dtype=">f4")}
    write(path, arrays, {})
    for name, array in read(path).arrays.items():
        np.testing.assert_array_equal(array, arrays[name])


def test_not_a_bit_of_a_nan_changes(path):
    bits = np.array([0x7FC00001, 0xFFC12345, 0x7F800001, 0x80000000], "u4")
    write(path, {"a": bits.view("f4")}, {})
    np.testing.assert_array_equal(read(path).arrays["a"].view("u4"), bits)


def test_a_config_comes_back_as_it_was(path):
    config = {
        "layers": [{"name": "dense", "units": 3, "bias": True, "rate": 0.1, "next": None}, [], {}],
        "text": 'é \u2028 \ud800 " \\ \0 日本',
        "": {"$float": "nan", "$$": 1, "$": [2]},
        "$float": "nan",
        "only": {"$float": "inf"},
        "integers": [0, -1, 2**63, -(2**127)],
        "floats": [0.1, -0.0, 1e-320, 1.7976931348623157e308],
    }
    write(path, {}, config)
    found = read(path).config
    assert found == config
    assert list(found) == list(config)
    assert math.copysign(1, found["floats"][1]) == -1


def test_the_nan_of_a_diverged_run_comes_back(path):
    write(path, {}, {"loss": [0.5, math.nan, math.inf, -math.inf]})
    loss = read(path).config["loss"]
    assert loss[0] == 0.5
    assert math.isnan(loss[1])
    assert loss[2:] == [math.inf, -math.inf]


def test_a_config_of_the_greatest_size_comes_back(path):
    write(path, {}, {"": "x" * (MAX_CONFIG - 7)})
    assert len(read(path).config[""]) == MAX_CONFIG - 7
    with pytest.raises(StorageError, match="more than 16777216"):
        write(path, {}, {"": "x" * (MAX_CONFIG - 6)})


def test_two_thousand_arrays_come_back(path):
    arrays = {f"group_{place % 7}/array_{place}": np.full(2, place) for place in range(2000)}
    write(path, arrays, {})
    found = read(path).arrays
    assert all(found[name][1] == array[1] for name, array in arrays.items())


def test_equal_content_gives_equal_bytes_in_any_process_and_any_order(path, tmp_path):
    script = (
        "import sys, numpy as np; from kit.storage import write;"
        "write(sys.argv[1], {'b/c': np.arange(3.0), 'a': np.ones((0, 2)), 'b/a': np.arange(999)}, {'x': 1})"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path / "other.h5"], check=True)
    write(path, {"b/a": np.arange(999), "a": np.ones((0, 2)), "b/c": np.arange(3.0)}, {"x": 1})
    assert path.read_bytes() == (tmp_path / "other.h5").read_bytes()


def test_h5py_opens_the_file_directly(path):
    write(
        path,
        {"weights/dense/kernel": np.arange(6, dtype="f4").reshape(2, 3), "m": np.array([True])},
        {"a": 1},
    )
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["weights/dense/kernel"], [[0, 1, 2], [3, 4, 5]])
        assert file["m"].dtype == bool
        assert file["config"][()] == b'{"a":1}'


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "a//b",
        "/a",
        "a/",
        "..",
        "a/./b",
        "a\0b",
        "config",
        "config/a",
        "\ud800",
        "x" * 1001,
        "a/" * 32 + "a",
        3,
    ],
)
def test_a_name_no_file_can_hold_is_refused(path, name):
    with pytest.raises(StorageError, match=r"array name .* rename"):
        write(path, {name: np.ones(1)}, {})
    assert not path.exists()


def test_a_name_that_is_an_array_and_a_group_is_refused(path):
    with pytest.raises(StorageError, match="'a/b' is both an array and the group"):
        write(path, {"a/b": np.ones(1), "a/b/c": np.ones(1)}, {})


@pytest.mark.parametrize(
    "array",
    [
        np.array(["a"]),
        np.array([object()]),
        np.ones(1, "c16"),
        np.zeros(1, "M8[s]"),
        np.zeros(1, "i4,f4"),
        [1.0],
        3,
        None,
    ],
    ids=str,
)
def test_an_array_no_file_can_hold_is_refused(path, array):
    with pytest.raises(StorageError, match=r"the array 'a' .*(convert it|NumPy array)"):
        write(path, {"a": array}, {})
    assert not path.exists()


def endless():
    config = {}
    config["again"] = config
    return config


@pytest.mark.parametrize(
    "config",
    [
        {"a": np.ones(1)},
        {"a": np.int64(1)},
        {"a": {1, 2}},
        {"a": b"x"},
        {1: 2},
        [1],
        None,
        {"a": 1 << 1025},
        endless(),
    ],
    ids=["array", "int64", "set", "bytes", "integer key", "list", "none", "big", "endless"],
)
def test_a_config_json_can_not_hold_is_refused(path, config):
    with pytest.raises(StorageError, match="config"):
        write(path, {}, config)
    assert not path.exists()
