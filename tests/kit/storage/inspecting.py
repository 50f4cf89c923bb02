"""What inspect_file.py does, for many files: one process has HDF5 at hand and forks a limited one for each file."""

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from kit.storage import inspect_file
from kit.storage.inspection import import_folders, refusal

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
    print(f"\\n{os.waitpid(child, 0)[1]}", flush=True)
"""


class Inspecting:
    """With it, `ask` is what kit.storage.inspection.ask is, of the file at `path`.

    ended: how often a limited process ended in another way than by an answer.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.ended = path, 0
        folders = [str(Path(inspect_file.__file__).parent), *import_folders()]
        command = [sys.executable, "-I", "-S", "-c", SERVER, *folders]
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, file: BinaryIO, most: int, name: str) -> bytes:
        """The answer of a limited process; a refusal where it ended without one, or said too much."""
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(f"{self.path}\n".encode())
        self.server.stdin.flush()
        answer, status = self.server.stdout.readline()[:-1], int(self.server.stdout.readline())
        if status or len(answer) > most:
            self.ended += 1
            raise refusal(name, f"checking its structure took too much or failed (exit {status})")
        return answer

    def __enter__(self) -> "Inspecting":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.server.communicate()
