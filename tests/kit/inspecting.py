"""What inspect_file.py does, for many files: one process has HDF5 at hand and forks a limited one for each file."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import pytest

from kit.storage import inspect_file, inspection

SERVER = """
import os, sys
sys.path += sys.argv[1:]
import h5py, numpy
import inspect_file
for path in sys.stdin:
    child = os.fork()
    if not child:
        file = os.open(path[:-1], os.O_RDONLY)
        os.dup2(file, 0)
        os.close(file)
        inspect_file.main()
        sys.stdout.flush()
        os._exit(0)
    _, status, used = os.wait4(child, 0)
    print(f"\\n{status} {used.ru_utime + used.ru_stime}", flush=True)
"""


class Inspecting:
    """With it, kit.storage asks processes that are forked, which takes a tenth of the time.

    ended: how often one ended in another way than by an answer. longest: the most seconds of processor time one took.
    """

    def __init__(self) -> None:
        self.ended, self.longest, self.lock = 0, 0.0, threading.Lock()
        folders = [str(Path(inspect_file.__file__).parent), *inspection.import_folders()]
        command = [sys.executable, "-I", "-S", "-c", SERVER, *folders]
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.patch = pytest.MonkeyPatch()

    def ask(self, file: BinaryIO, most: int, name: str) -> bytes:
        """The answer of a limited process; a refusal where it ended without one, or said too much."""
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        with self.lock:
            self.server.stdin.write(os.readlink(f"/proc/self/fd/{file.fileno()}").encode() + b"\n")
            self.server.stdin.flush()
            answer = self.server.stdout.readline()[:-1]
            status, seconds = self.server.stdout.readline().split()
        self.longest = max(self.longest, float(seconds))
        if int(status) or len(answer) > most:
            self.ended += 1
            raise inspection.refusal(name, f"checking its structure took too much or failed (exit {int(status)})")
        return answer

    def __enter__(self) -> "Inspecting":
        self.patch.setattr(inspection, "ask", self.ask)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.patch.undo()
        self.server.communicate()
