"""Where the files of a data set are found, and what is said where they are not."""

import hashlib
import subprocess
import sys

import pytest

from kit.datasets import mnist
from kit.datasets.downloading import CHUNK
from kit.datasets.files import Source, find
from tests.kit.datasets.made import IDX_NAMES, idx_folder

DATA = b"the data" * 50_000
SOURCE = Source("set.gz", "https://data.example.org/set.gz", hashlib.sha256(DATA).hexdigest())


def put(path, data=DATA):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_file_is_downloaded_once_and_kept_in_the_cache(mirror, cache):
    put(mirror.folder / "some_set/set.gz")
    for _ in range(2):
        found = find("some_set", SOURCE)
        assert found == cache / "some_set" / "set.gz"
        assert found.read_bytes() == DATA
    assert mirror.asked == ["/some_set/set.gz"]


def test_a_damaged_file_in_the_cache_is_replaced(mirror, cache):
    put(mirror.folder / "some_set/set.gz")
    put(cache / "some_set/set.gz", b"cut sho")
    assert find("some_set", SOURCE).read_bytes() == DATA


def test_a_download_of_another_file_is_refused_and_not_kept(mirror, cache):
    put(mirror.folder / "some_set/set.gz", b"something else")
    with pytest.raises(
        ValueError, match=r"not the set.gz that was published \(its SHA-256 differs\), so it was not kept"
    ):
        find("some_set", SOURCE)
    assert not list((cache / "some_set").iterdir())


@pytest.mark.parametrize("continues", [True, False])
def test_a_download_that_breaks_off_goes_on_where_it_was_or_starts_anew(mirror, cache, continues: bool, capsys):
    put(mirror.folder / "some_set/set.gz")
    mirror.broken.append("/some_set/set.gz")
    mirror.continues = continues
    with pytest.raises(FileNotFoundError, match="could not be downloaded"):
        find("some_set", SOURCE)
    (part,) = (cache / "some_set").iterdir()
    assert part.name == "set.gz.part"
    came = part.stat().st_size
    assert DATA.startswith(part.read_bytes())
    assert len(DATA) // 2 - CHUNK < came <= len(DATA) // 2
    mirror.broken.clear()
    assert find("some_set", SOURCE).read_bytes() == DATA
    assert mirror.ranges == [came]
    assert [path.name for path in (cache / "some_set").iterdir()] == ["set.gz"]
    assert "400k/400k" in capsys.readouterr().err


def test_a_download_that_breaks_off_again_and_again_gets_there(mirror, cache):
    put(mirror.folder / "some_set/set.gz")
    mirror.broken.append("/some_set/set.gz")
    for _ in range(3):
        with pytest.raises(FileNotFoundError, match="try again"):
            find("some_set", SOURCE)
    assert 0 < mirror.ranges[0] < mirror.ranges[1] < len(DATA)
    mirror.broken.clear()
    assert find("some_set", SOURCE).read_bytes() == DATA


def test_a_part_that_is_whole_already_is_the_file(mirror, cache):
    put(mirror.folder / "some_set/set.gz")
    put(cache / "some_set/set.gz.part")
    assert find("some_set", SOURCE).read_bytes() == DATA
    assert mirror.ranges == [len(DATA)]


def test_a_part_that_is_longer_than_the_file_is_thrown_away(mirror, cache):
    put(mirror.folder / "some_set/set.gz")
    put(cache / "some_set/set.gz.part", DATA + b"more")
    assert find("some_set", SOURCE).read_bytes() == DATA


def test_a_part_of_another_file_is_found_out_by_the_checksum_and_not_used_again(mirror, cache):
    put(mirror.folder / "some_set/set.gz")
    put(cache / "some_set/set.gz.part", b"another file")
    with pytest.raises(ValueError, match="its SHA-256 differs"):
        find("some_set", SOURCE)
    assert not list((cache / "some_set").iterdir())
    assert find("some_set", SOURCE).read_bytes() == DATA


def test_a_file_that_is_nowhere_is_asked_for_in_a_sentence_that_says_where_to_put_it(mirror, cache):
    with pytest.raises(FileNotFoundError, match="HTTPError 404") as told:
        find("some_set", SOURCE)
    assert str(told.value).startswith("some_set needs set.gz, which could not be downloaded from http://127.0.0.1")
    assert f"put it into {str(cache / 'some_set')!r}, or name its folder with path= or HORNBOOK_DATA" in str(told.value)


def test_without_a_network_the_official_set_says_the_same():
    with pytest.raises(
        FileNotFoundError, match=r"mnist needs train-images-idx3-ubyte.gz.*ConnectionError.*put it into"
    ):
        mnist.load_data()


def test_a_local_folder_comes_before_the_cache_and_the_network(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("HORNBOOK_DATA", str(tmp_path / "data"))
    put(mirror.folder / "some_set/set.gz")
    assert find("some_set", SOURCE).parent.parent.name == "cache"
    for folder in ("some-set", "some_set"):  # Debian's spelling, and ours, which goes first
        mine = put(tmp_path / "data" / folder / "set.gz", b"mine")
        assert find("some_set", SOURCE) == mine


def test_a_path_is_the_file_or_a_folder_with_it_and_nothing_else_is_tried(mirror, tmp_path):
    mine = put(tmp_path / "mine" / "set.gz", b"mine")
    assert find("some_set", SOURCE, mine) == find("some_set", SOURCE, str(mine.parent)) == mine
    for path in (tmp_path / "none", mirror.folder):
        with pytest.raises(FileNotFoundError, match=r"some_set.load_data\(path=.*give set.gz \(from https://data"):
            find("some_set", SOURCE, path)
    assert not mirror.asked


def test_without_the_download_library_a_sentence_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(FileNotFoundError, match="HORNBOOK_DATA, or install pooch"):
        find("some_set", SOURCE)


def test_a_whole_set_comes_from_a_mirror_once(mirror, monkeypatch):
    idx_folder(mirror.folder / "mnist")
    made = {
        name: Source(name, "", hashlib.sha256((mirror.folder / "mnist" / name).read_bytes()).hexdigest())
        for name in IDX_NAMES
    }
    monkeypatch.setattr(mnist, "SOURCES", made)
    for _ in range(2):
        (X, _), (X_test, _) = mnist.load_data()
        assert (len(X), len(X_test)) == (6, 4)
    assert sorted(mirror.asked) == sorted(f"/mnist/{name}" for name in IDX_NAMES)


def test_importing_the_kit_loads_no_library_that_only_files_and_downloads_need():
    script = "import sys, kit.preprocessing.image, kit.utils.io_utils, kit.datasets; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"pooch", "requests", "h5py", "PIL", "matplotlib"} & set(told.stdout.split())
