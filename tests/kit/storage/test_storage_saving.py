"""A save replaces the file whole or not at all, and leaves nothing behind."""

import contextlib
import errno
import itertools
import os
import random
import signal
import stat
import subprocess
import sys
import time

import numpy as np
import pytest

from kit.storage import StorageError, read, write

KILLS = int(os.environ.get("HORNBOOK_KILLS", "20"))
posix = pytest.mark.skipif(os.name == "nt", reason="permissions and links as POSIX has them")
as_root = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.h5"


SAVERS = """
import itertools, os, sys
import h5py  # now, not after each fork
import numpy as np
from kit.storage import write
for _ in sys.stdin:
    saver = os.fork()
    if not saver:
        for number in itertools.count():
            array = np.full(50_000, number)
            write(sys.argv[1], {"a": array, "b": array}, {"number": number})
    print(saver, flush=True)
    os.waitpid(saver, 0)
"""


@posix
def test_a_process_killed_at_any_instant_leaves_one_whole_save(path):
    chance = random.Random(0)
    start = time.monotonic()
    for _ in range(5):
        write(path, {"a": np.zeros(50_000), "b": np.zeros(50_000)}, {"number": 0})
    one_save = (time.monotonic() - start) / 5
    reached = []
    with subprocess.Popen(
        [sys.executable, "-c", SAVERS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as savers:
        for _ in range(KILLS):
            print("start", file=savers.stdin, flush=True)
            saver = int(savers.stdout.readline())
            time.sleep(0.005 + chance.uniform(0, 8) * one_save)
            os.kill(saver, signal.SIGKILL)
            stored = read(path)
            reached.append(stored.config["number"])
            for array in stored.arrays.values():
                assert (array == stored.config["number"]).all()
    assert len(set(reached)) > 1, "the kills came before the first save"


@pytest.mark.parametrize("failing", ["open", "write", "fsync", "replace", "close", "fchmod"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "no space"), KeyboardInterrupt()], ids=["full", "stop"])
def test_a_failure_at_any_call_leaves_the_old_file_and_nothing_else(path, monkeypatch, failing, error):
    monkeypatch.setattr("kit.storage.replace.CHUNK", 256)  # so that there are many writes
    write(path, {"a": np.zeros(3)}, {"version": "old"})
    old = path.read_bytes()
    for number in itertools.count(1):
        calls = []
        with monkeypatch.context() as patch:
            patch.setattr(os, failing, fail_at(getattr(os, failing), number, calls, error))
            with contextlib.suppress(type(error)):
                write(path, {"a": np.ones(3)}, {"version": "new"})
        assert os.listdir(path.parent) == ["model.h5"]
        if len(calls) < number:
            break
        if path.read_bytes() != old:  # only the flush of the folder comes after the rename
            assert failing in ("open", "fsync", "close")
            assert number == 2
            write(path, {"a": np.zeros(3)}, {"version": "old"})
    assert number > 1
    assert read(path).config == {"version": "new"}


def fail_at(function, number, calls, error):
    """The function, but for its call of this number, which raises (a close closes first, as Linux does)."""

    def called(*arguments, **options):
        calls.append(arguments)
        if len(calls) == number:
            if function.__name__ == "close":
                function(*arguments)
            raise error
        return function(*arguments, **options)

    return called


def test_a_system_that_writes_a_little_at_a_time_gets_it_all(path, monkeypatch):
    true_write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: true_write(descriptor, data[:100]))
    write(path, {"a": np.arange(1000)}, {})
    np.testing.assert_array_equal(read(path).arrays["a"], np.arange(1000))


def test_a_full_disk_is_told_with_its_errno_and_what_to_do(path, monkeypatch):
    def full(descriptor, data):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match=r"model.h5 could not be saved \(no space left on device\); free some") as caught:
        write(path, {}, {})
    assert caught.value.errno == errno.ENOSPC
    assert os.listdir(path.parent) == []


def test_a_folder_that_can_not_be_flushed_is_no_failure(path, monkeypatch):
    true_sync = os.fsync

    def only_files(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not for folders")
        true_sync(descriptor)

    monkeypatch.setattr(os, "fsync", only_files)
    write(path, {}, {"saved": True})
    assert read(path).config == {"saved": True}


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"model.h5 could not be saved .*; make the folder first"):
        write(tmp_path / "none" / "model.h5", {}, {})


def test_a_folder_in_the_file_s_place_is_told(tmp_path):
    with pytest.raises(StorageError, match="is a folder, so nothing can be saved there"):
        write(tmp_path, {}, {})
    assert os.listdir(tmp_path) == []


@posix
@pytest.mark.skipif(as_root, reason="root may write anywhere")
def test_a_read_only_folder_or_file_is_told(path):
    write(path, {}, {})
    path.chmod(0o444)
    with pytest.raises(PermissionError, match="change the permissions"):
        write(path, {}, {})
    path.chmod(0o644)
    path.parent.chmod(0o555)
    try:
        with pytest.raises(PermissionError, match="change the permissions"):
            write(path, {}, {})
    finally:
        path.parent.chmod(0o755)


@posix
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_permissions_any_new_file_gets(path, umask):
    old = os.umask(umask)
    try:
        write(path, {}, {})
        (path.parent / "other").touch()
    finally:
        os.umask(old)
    assert path.stat().st_mode == (path.parent / "other").stat().st_mode


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_an_old_file_s_permissions_are_kept(path, mode):
    write(path, {}, {})
    path.chmod(mode)
    write(path, {}, {"again": True})
    assert stat.S_IMODE(path.stat().st_mode) == mode


@posix
def test_a_symbolic_link_stays_and_its_file_is_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to(tmp_path / "folder" / "model.h5")
    for number in range(2):  # first it leads nowhere, then to a file
        write(tmp_path / "one", {}, {"number": number})
        assert (tmp_path / "one").is_symlink()
        assert read(tmp_path / "folder" / "model.h5").config == {"number": number}
    assert sorted(os.listdir(tmp_path)) == ["folder", "one", "two"]
    assert os.listdir(tmp_path / "folder") == ["model.h5"]


@posix
def test_symbolic_links_in_a_circle_are_told(tmp_path):
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(OSError, match="one could not be saved"):
        write(tmp_path / "one", {}, {})


def test_a_path_relative_to_the_folder_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("model {reason} 100%.h5", {}, {"a": 1})
    assert read("model {reason} 100%.h5").config == {"a": 1}


def test_import_of_storage_does_not_import_h5py():
    code = "import sys, kit.storage; print('h5py' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"False"
