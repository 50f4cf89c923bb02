"""The limited process is not trusted: what it says is checked, and what it does is bounded."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kit.storage import StorageError, inspection, read, write


def row(name="a", dtype="<f4", shape=(2,), offset=1024):
    return [name, dtype, list(shape), offset]


CONFIG_ROW = ["config", "|u1", [2], 512]
LIES = {
    "not json": b"x",
    "nothing": b"",
    "a list": [],
    "no table": {},
    "a number": {"table": 3},
    "rows of numbers": {"table": [3]},
    "short rows": {"table": [["a"]]},
    "no config": {"table": [row()]},
    "two configs": {"table": [CONFIG_ROW, ["config", "|u1", [2], 600]]},
    "config of floats": {"table": [["config", "<f4", [2, 2], 512]]},
    "object dtype": {"table": [CONFIG_ROW, row(dtype="|O")]},
    "string dtype": {"table": [CONFIG_ROW, row(dtype="|S8")]},
    "dtype list": {"table": [CONFIG_ROW, row(dtype=["<f4"])]},
    "negative side": {"table": [CONFIG_ROW, row(shape=(-1,))]},
    "two negative sides": {"table": [CONFIG_ROW, row(shape=(-1, -2))]},
    "side true": {"table": [CONFIG_ROW, row(shape=(True,))]},
    "side 2.0": {"table": [CONFIG_ROW, row(shape=(2.0,))]},
    "side text": {"table": [CONFIG_ROW, row(shape=("2",))]},
    "offset negative": {"table": [CONFIG_ROW, row(offset=-4)]},
    "offset in the header": {"table": [CONFIG_ROW, row(offset=0)]},
    "offset none": {"table": [CONFIG_ROW, row(offset=None)]},
    "offset odd": {"table": [CONFIG_ROW, row(offset=1026)]},
    "beyond the end": {"table": [CONFIG_ROW, row(offset=4092)]},
    "far beyond the end": {"table": [CONFIG_ROW, row(offset=1 << 70)]},
    "huge": {"table": [CONFIG_ROW, row(shape=(1 << 62, 1 << 62))]},
    "huge and empty": {"table": [CONFIG_ROW, row(shape=(1 << 62, 0, 1 << 62))]},
    "33 sides": {"table": [CONFIG_ROW, row(shape=(1,) * 33)]},
    "overlap": {"table": [CONFIG_ROW, row(), row(name="b", offset=1028)]},
    "same place": {"table": [CONFIG_ROW, row(), row(name="b")]},
    "same name": {"table": [CONFIG_ROW, row(), row(offset=2048)]},
    "group and array": {"table": [CONFIG_ROW, row(), row(name="a/b", offset=2048)]},
    "bad name": {"table": [CONFIG_ROW, row(name="../b")]},
    "name 3": {"table": [CONFIG_ROW, row(name=3)]},
    "too many": {"table": [CONFIG_ROW, *(row(name=f"a{place}", shape=(0,)) for place in range(100_001))]},
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lying_inspector_is_not_believed(lie, monkeypatch):
    answer = lie if isinstance(lie, bytes) else json.dumps(lie).encode()
    monkeypatch.setattr(inspection, "ask", lambda *arguments: answer)
    with pytest.raises(StorageError, match="the file is not laid out as Hornbook"):
        inspection.inspect(io.BytesIO(), 4096, "the file")


def test_what_an_inspector_says_is_told_without_control_characters(monkeypatch):
    monkeypatch.setattr(inspection, "ask", lambda *arguments: json.dumps({"refused": "\x1b[31m red \n"}).encode())
    with pytest.raises(StorageError) as caught:
        inspection.inspect(io.BytesIO(), 4096, "the file")
    assert str(caught.value).isprintable()


SCRIPTS = {
    "crashes": "import os; os.abort()",
    "fails": "raise SystemExit(1)",
    "never ends": "import time; time.sleep(60)",
    "prints without end": "import os\nwhile True: os.write(1, bytes(100_000))",
    "closes its output and stays": "import os, time; os.close(1); time.sleep(60)",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_an_inspector_that_misbehaves_is_ended_and_the_file_refused(script, tmp_path, monkeypatch):
    path = tmp_path / "model.h5"
    write(path, {}, {})
    (tmp_path / "script.py").write_text(script)
    monkeypatch.setattr(inspection.inspect_file, "__file__", str(tmp_path / "script.py"))
    monkeypatch.setattr(inspection, "MAX_SECONDS", 0.5)
    with pytest.raises(StorageError, match="took too much or failed"):
        read(path)


PROBE = """
import inspect_file, os, sys
inspect_file.limit_process()
def refused(act):
    try:
        act()
    except (OSError, MemoryError):
        return True
print(refused(lambda: open(sys.argv[1])), refused(lambda: os.pipe()), refused(lambda: bytearray(1 << 31)))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_the_inspector_opens_no_further_file_and_takes_little_memory():
    folder = Path(inspection.inspect_file.__file__).parent
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n" + PROBE, __file__]
    assert subprocess.run(command, capture_output=True, check=True).stdout.split() == [b"True"] * 3


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_the_inspector_writes_no_file(tmp_path):
    folder = Path(inspection.inspect_file.__file__).parent
    code = (
        f"import os, signal, sys; sys.path.insert(0, {str(folder)!r}); import inspect_file;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); inspect_file.limit_process(); os.write(1, b'x')"
    )
    with open(tmp_path / "out", "wb") as out:
        result = subprocess.run([sys.executable, "-c", code], stdout=out, stderr=subprocess.PIPE)
    assert b"File too large" in result.stderr
    assert (tmp_path / "out").stat().st_size == 0


def test_the_inspector_imports_neither_kit_nor_torch():
    code = (
        "import runpy, sys; runpy.run_path(sys.argv[1]); "
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'kit', 'torch', 'widgets', 'IPython'}))"
    )
    command = [sys.executable, "-I", "-c", code, inspection.inspect_file.__file__]
    assert subprocess.run(command, capture_output=True, check=True).stdout.strip() == b"[]"


def test_an_installation_without_h5py_is_not_blamed_on_the_file(tmp_path, monkeypatch):
    write(tmp_path / "model.h5", {}, {})
    monkeypatch.setattr(inspection, "import_folders", list)
    with pytest.raises(StorageError, match="cannot import h5py; reinstall"):
        read(tmp_path / "model.h5")
