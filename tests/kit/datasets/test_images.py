"""MNIST, Fashion-MNIST and CIFAR-10: their forms are read, and damage is noticed."""

import gzip
import tarfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.datasets import archives, cifar10, fashion_mnist, idx, mnist
from tests.kit.datasets.made import IDX_NAMES, cifar_files, idx_bytes, idx_folder, tar_gz

DEBIAN = Path("/usr/share/datasets/fashion-mnist")


@pytest.mark.parametrize("dataset", [mnist, fashion_mnist])
def test_images_and_labels_are_what_the_files_hold(tmp_path, dataset):
    arrays = idx_folder(tmp_path)
    (X, y), (X_test, y_test) = dataset.load_data(path=tmp_path)
    assert (X.dtype, y.dtype) == ("uint8", "int64")
    for found, name in zip((X, y, X_test, y_test), IDX_NAMES, strict=True):
        assert np.array_equal(found, arrays[name])
    X += 1  # and they are one's own to change


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed")
def test_the_real_fashion_mnist_is_read(monkeypatch):
    monkeypatch.setenv("HORNBOOK_DATA", str(DEBIAN.parent))
    (X, y), (X_test, y_test) = fashion_mnist.load_data()
    assert (X.shape, X_test.shape) == ((60_000, 28, 28), (10_000, 28, 28))
    assert np.bincount(y).tolist() == [6000] * 10
    assert np.bincount(y_test).tolist() == [1000] * 10
    assert fashion_mnist.CLASSES[y_test[0]] == "ankle boot"
    assert X.mean() == pytest.approx(72.94, abs=0.01)  # the published mean, 0.2860 of 255


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(gzip.compress(data))
    return path


WHOLE = idx_bytes(np.arange(12).reshape(3, 2, 2))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no IDX file of bytes with 3 axes"),
        (WHOLE[:10], "no IDX file"),
        (idx_bytes(np.arange(3)), "no IDX file"),
        (WHOLE[:2] + b"\x0d" + WHOLE[3:], "no IDX file"),
        (WHOLE[:-1], "says it holds 12 numbers, but it does not"),
        (WHOLE + b"x", "says it holds 12 numbers, but it does not"),
        (WHOLE[:4] + b"\xff" * 12, "more than it should"),
    ],
)
def test_an_idx_file_that_is_not_as_it_says_is_refused(tmp_path, data, message):
    with pytest.raises(ValueError, match=message):
        idx.read(write(tmp_path / "x.gz", data), 3)


@given(st.data())
def test_a_damaged_gz_file_is_refused_or_says_what_it_said(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("idx") / "x.gz"
    whole = bytearray(gzip.compress(WHOLE, mtime=0))
    place = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        whole = whole[:place]
    else:
        whole[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    try:
        found = idx.read(path, 3)
    except ValueError as error:
        assert "get it again" in str(error)  # noqa: PT017
    else:
        assert found.tolist() == np.arange(12).reshape(3, 2, 2).tolist()  # the damage was in gzip's own remarks


def test_images_and_labels_that_do_not_match_are_refused(tmp_path):
    idx_folder(tmp_path)
    write(tmp_path / IDX_NAMES[1], idx_bytes(np.arange(5)))
    with pytest.raises(ValueError, match=r"has 6 images, but .* 5 labels"):
        mnist.load_data(tmp_path)
    write(tmp_path / IDX_NAMES[1], idx_bytes(np.array([0, 1, 2, 3, 4, 10])))
    with pytest.raises(ValueError, match="has the label 10, but there are 10 classes"):
        mnist.load_data(tmp_path)


def test_cifar10_is_channels_first_and_in_the_authors_order(tmp_path):
    files = cifar_files()
    path = tar_gz(tmp_path / cifar10.SOURCE.name, files)
    (X, y), (X_test, y_test) = cifar10.load_data(path=tmp_path)
    assert (X.shape, X.dtype, X_test.shape, y.dtype) == ((15, 3, 32, 32), "uint8", (3, 3, 32, 32), "int64")
    second = np.frombuffer(files["cifar-10-batches-bin/data_batch_2.bin"], "uint8").reshape(3, 3073)
    assert np.array_equal(y[3:6], second[:, 0])
    assert np.array_equal(X[4].reshape(-1), second[1, 1:])
    assert np.array_equal(y_test, np.frombuffer(files["cifar-10-batches-bin/test_batch.bin"], "uint8")[::3073])
    assert np.array_equal(cifar10.load_data(path=path)[0][0], X)


def test_cifar10_may_be_divided_anew(tmp_path):
    tar_gz(tmp_path / cifar10.SOURCE.name, cifar_files())
    (X, y), (X_test, y_test) = cifar10.load_data(0.5, seed=1, path=tmp_path)
    assert (len(X), len(X_test)) == (9, 9)
    everything, _ = cifar10.load_data(path=tmp_path)
    assert sorted([*y, *y_test]) == sorted([*everything[1], *cifar10.load_data(path=tmp_path)[1][1]])
    again = cifar10.load_data(0.5, seed=1, path=tmp_path)
    assert np.array_equal(again[0][0], X)
    assert not np.array_equal(cifar10.load_data(0.5, seed=2, path=tmp_path)[0][0], X)
    with pytest.raises(ValueError, match="test_split=1"):
        cifar10.load_data(1, path=tmp_path)


def without(name: str) -> dict[str, bytes]:
    return {key: data for key, data in cifar_files().items() if name not in key}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (without("data_batch_3"), "no whole data_batch_3.bin"),
        ({**cifar_files(), "cifar-10-batches-bin/test_batch.bin": b"x" * 3072}, "no whole test_batch.bin"),
        ({**cifar_files(), "cifar-10-batches-bin/test_batch.bin": b"\x0a" * 3073}, "the class 10, beyond 9"),
        ({f"../{name}": data for name, data in cifar_files().items()}, "no whole data_batch_1.bin"),
    ],
)
def test_an_archive_that_is_not_cifar10_is_refused(tmp_path, files, message):
    with pytest.raises(ValueError, match=message):
        cifar10.load_data(path=tar_gz(tmp_path / "c.tar.gz", files))


def test_an_archive_that_is_cut_short_anywhere_or_damaged_is_refused(tmp_path):
    whole = tar_gz(tmp_path / "c.tar.gz", cifar_files()).read_bytes()
    path = tmp_path / "cut.tar.gz"
    for end in [0, 5, *range(100, len(whole), len(whole) // 20), len(whole) - 9, len(whole) - 1]:
        path.write_bytes(whole[:end])
        with pytest.raises(ValueError, match="get it again"):
            cifar10.load_data(path=path)
    for place in range(2000, len(whole), len(whole) // 10):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 85]) + whole[place + 1 :])
        with pytest.raises(ValueError, match="get it again"):
            cifar10.load_data(path=path)


def test_what_is_no_archive_is_refused(tmp_path):
    for data in (b"\x80\x04\x95", b"PK\x03\x04", gzip.compress(b"no tar" * 200)):
        (tmp_path / "imdb.pkl").write_bytes(data)
        with pytest.raises(ValueError, match="damaged or not of the right form"):
            cifar10.load_data(path=tmp_path / "imdb.pkl")


def test_links_and_folders_in_an_archive_are_passed_over(tmp_path):
    name = "cifar-10-batches-bin/test_batch.bin"
    links = []
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE):
        link = tarfile.TarInfo(name)
        link.type, link.linkname = kind, "/etc/passwd"
        links.append(link)
    path = tar_gz(tmp_path / "c.tar.gz", cifar_files(), tuple(links))
    assert len(cifar10.load_data(path=path)[1][0]) == 3


def test_an_archive_that_unpacks_to_too_much_is_refused_at_the_limit(tmp_path, monkeypatch):
    path = tar_gz(tmp_path / "c.tar.gz", {**cifar_files(), "zeros": bytes(1 << 22)})
    assert path.stat().st_size < 1 << 17
    monkeypatch.setattr(cifar10, "LIMIT", 1 << 21)
    with pytest.raises(ValueError, match="unpacks to more than it should"):
        cifar10.load_data(path=path)
    with pytest.raises(ValueError, match="unpacks to more than it should"), archives.unzipped(path, 99) as stream:
        stream.read(1 << 40)
