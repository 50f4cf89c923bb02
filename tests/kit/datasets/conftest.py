"""No test reads the folders of the person who runs it, or asks the real network."""

import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache; and an address where nobody answers in the place of the official ones."""
    monkeypatch.delenv("HORNBOOK_DATA", raising=False)
    monkeypatch.setenv("HORNBOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HORNBOOK_MIRROR", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    return tmp_path / "cache"


@dataclass
class Mirror:
    """A folder that is served over loopback.

    asked: the paths that were asked for. ranges: from which byte on, where that was said. broken: paths whose answer
    breaks off half-way. continues: whether the rest of a file can be had alone.
    """

    folder: Path
    asked: list[str] = field(default_factory=list)
    ranges: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    continues: bool = True


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers for a mirror."""

    def __init__(self, mirror: Mirror, *args: Any) -> None:
        self.mirror = mirror
        super().__init__(*args)

    def do_GET(self) -> None:
        self.mirror.asked.append(self.path)
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if wanted:
            self.mirror.ranges.append(int(wanted[1]))
        try:
            data = (self.mirror.folder / self.path[1:]).read_bytes()
        except FileNotFoundError:
            self.send_error(404)
            return
        first = int(wanted[1]) if wanted and self.mirror.continues else 0
        if first >= len(data) > 0:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(data)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        broken = self.path in self.mirror.broken
        self.wfile.write(data[first : (first + len(data)) // 2] if broken else data[first:])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A mirror of data sets in a folder."""
    served = Mirror(tmp_path / "mirror")
    served.folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, served))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("HORNBOOK_MIRROR", f"http://127.0.0.1:{server.server_port}/")
    yield served
    server.shutdown()
    thread.join()
    server.server_close()
