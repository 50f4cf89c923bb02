"""A sealed file may be hostile: whatever Hornbook never writes is refused, and no other file is touched."""

import io
import os

import h5py
import numpy as np
import pytest
from sealed_files import hdf5, save, sealed

from kit.storage import StorageError, read, write
from kit.storage.seal import SIZE


@pytest.fixture
def bait(tmp_path):
    """Another file, whose data a hostile file would like to have; read long ago, by its clock."""
    path = tmp_path / "bait.h5"
    with h5py.File(path, "w") as file:
        file["secret"] = np.arange(10.0)
    os.utime(path, (1, 1))
    return path


def soft_link(file, bait):
    file["a"] = np.ones(3)
    file["b"] = h5py.SoftLink("/a")


def dangling_soft_link(file, bait):
    file["b"] = h5py.SoftLink("/nowhere")


def external_link(file, bait):
    file["b"] = h5py.ExternalLink(str(bait), "/secret")


def external_link_for_a_group(file, bait):
    file["weights"] = h5py.ExternalLink(str(bait), "/")


def external_storage(file, bait):
    file.create_dataset("a", (10,), "f8", external=[(str(bait), 0, 80)])


def virtual(file, bait):
    layout = h5py.VirtualLayout((10,), "f8")
    layout[:] = h5py.VirtualSource(str(bait), "secret", (10,))
    file.create_virtual_dataset("a", layout)


def variable_string(file, bait):
    file["a"] = "text"


def fixed_string(file, bait):
    file["a"] = np.bytes_(b"text")


def variable_array(file, bait):
    file.create_dataset("a", (2,), h5py.vlen_dtype("f4"))


def reference(file, bait):
    file["g/a"] = np.ones(3)
    file["b"] = file["g"].ref


def region_reference(file, bait):
    file["a"] = np.ones(3)
    file["b"] = file["a"].regionref[:2]


def compound(file, bait):
    file["a"] = np.zeros(2, "i4,f4")


def complex_numbers(file, bait):
    file["a"] = np.zeros(2, "c8")


def array_type(file, bait):
    file.create_dataset("a", (2,), np.dtype(("f4", (3,))))


def opaque(file, bait):
    file["a"] = np.zeros(2, "V8")


def enumeration(file, bait):
    file.create_dataset("a", (2,), h5py.enum_dtype({"RED": 0, "GREEN": 1}, "i1"))


def big_endian(file, bait):
    file["a"] = np.ones(2, ">f4")


def committed_type(file, bait):
    file["kind"] = np.dtype("f4")


def typed_by_a_committed_type(file, bait):
    file["kind"] = np.dtype("f4")
    file.create_dataset("a", (2,), file["kind"])


def chunked(file, bait):
    file.create_dataset("a", data=np.ones(100), chunks=(10,))


def gzipped(file, bait):
    file.create_dataset("a", data=np.ones(100), compression="gzip")


def checksummed(file, bait):
    file.create_dataset("a", data=np.ones(100), fletcher32=True)


def resizable(file, bait):
    file.create_dataset("a", data=np.ones(100), maxshape=(None,))


def compact(file, bait):
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_layout(h5py.h5d.COMPACT)
    h5py.h5d.create(file.id, b"a", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((3,)), creation)


def never_written(file, bait):
    file.create_dataset("a", (1 << 40,), "f8")


def no_shape(file, bait):
    file["a"] = h5py.Empty("f4")


def empty_with_endless_side(file, bait):
    file.create_dataset("a", (0, 1 << 62, 1 << 62), "f8")


def attribute_of_an_array(file, bait):
    file["a"] = np.ones(1)
    file["a"].attrs["x"] = 1


def attribute_of_a_group(file, bait):
    file.create_group("g").attrs["x"] = "text"


def attribute_of_the_root(file, bait):
    file.attrs["x"] = 1


def hard_link_cycle(file, bait):
    file["g/h/again"] = file.create_group("g")


def hard_link_to_the_root(file, bait):
    file["g/root"] = file["/"]


def hard_link_twice(file, bait):
    file["a"] = np.ones(3)
    file["b"] = file["a"]


def too_deep(file, bait):
    file["/".join("a" * 33)] = np.ones(1)


def far_too_deep(file, bait):
    group = file
    for _ in range(3000):
        group = group.create_group("g")


def long_name(file, bait):
    file["x" * 1001] = np.ones(1)


def name_not_utf8(file, bait):
    file[b"\xff\xfe"] = np.ones(1)


def config_group(file, bait):
    file["more/a"] = np.ones(1)
    file.move("config", "more/config")
    file["config/x"] = np.ones(1)


CONSTRUCTS = [
    soft_link, dangling_soft_link, external_link, external_link_for_a_group, external_storage, virtual,
    variable_string, fixed_string, variable_array, reference, region_reference, compound, complex_numbers,
    array_type, opaque, enumeration, big_endian, committed_type, typed_by_a_committed_type, chunked, gzipped,
    checksummed, resizable, compact, never_written, no_shape, empty_with_endless_side, attribute_of_an_array,
    attribute_of_a_group, attribute_of_the_root, hard_link_cycle, hard_link_to_the_root, hard_link_twice,
    too_deep, far_too_deep, long_name, name_not_utf8, config_group,
]  # fmt: skip


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.__name__)
def test_what_hornbook_never_writes_is_refused(construct, tmp_path, bait):
    path = save(tmp_path / "model.h5", hdf5(lambda file: construct(file, bait)))
    os.utime(bait, (1, 1))
    with pytest.raises(
        StorageError, match=r"model\.h5 is not laid out as Hornbook lays out a file: .*; do not trust it"
    ):
        read(path)
    assert os.stat(bait).st_atime == 1, "the other file was read"


@pytest.mark.parametrize(
    "config",
    [
        None, h5py.Empty("S1"), b"[]", b"3", b"{", b'{"a":NaN}', b'{"a":1,"a":2}', b'{"a":{"$float":"x"}}',
        b'{"a":{"$float":[]}}',
        b"\xff", b'{"a":' + b"9" * 5000 + b"}", b"[" * 100_000, b'{"a":' * 50_000, np.ones(3), "text",
        np.bytes_([b"{}", b"{}"]), np.bytes_(b" " * ((1 << 24) + 1)),
    ],
    ids=lambda config: str(config)[:20],
)  # fmt: skip
def test_what_is_no_config_is_refused(config, tmp_path):
    path = save(tmp_path / "model.h5", hdf5(lambda file: None, config))
    with pytest.raises(StorageError, match=r"model\.h5 is not laid out as Hornbook"):
        read(path)


def test_a_bool_that_is_neither_true_nor_false_is_refused(tmp_path):
    path = tmp_path / "model.h5"
    write(path, {"mask": np.array([True, True, False, True, True, True, False, True])}, {})
    payload = path.read_bytes()[SIZE:].replace(bytes([1, 1, 0, 1, 1, 1, 0, 1]), bytes([1, 1, 0, 1, 7, 1, 0, 1]))
    with pytest.raises(StorageError, match="neither true nor false"):
        read(save(path, sealed(payload)))


@pytest.mark.parametrize(
    "payload", [b"", b"\0", b"\x89HDF\r\n\x1a\n", b"hello" * 1000], ids=["none", "zero", "magic", "text"]
)
def test_a_sealed_payload_that_is_no_hdf5_is_refused(tmp_path, payload):
    with pytest.raises(StorageError, match="HDF5 cannot make sense of it"):
        read(save(tmp_path / "model.h5", sealed(payload)))


def test_an_hdf5_file_further_inside_is_refused(tmp_path):
    inner = hdf5(lambda file: None)[SIZE:]
    with pytest.raises(StorageError, match="not laid out as Hornbook"):
        read(save(tmp_path / "model.h5", sealed(bytes(SIZE) + inner)))


def test_a_file_without_a_user_block_of_its_own_is_refused(tmp_path):
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file["config"] = np.bytes_(b"{}")
    with pytest.raises(StorageError, match="not laid out as Hornbook"):
        read(save(tmp_path / "model.h5", sealed(bytes(512) + memory.getvalue())))
