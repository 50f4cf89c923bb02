"""Reading compressed files: never more than is expected, never to the disk, and never a damaged one unnoticed."""

import gzip
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Bounded:
    """A stream that refuses to give more than `limit` bytes."""

    def __init__(self, stream: Any, limit: int, path: Path) -> None:
        self.stream, self.left, self.path = stream, limit, path

    def read(self, size: int) -> bytes:
        """The next bytes, `size` of them where there are as many."""
        data: bytes = self.stream.read(min(size, self.left + 1))
        self.left -= len(data)
        if self.left < 0:
            raise ValueError(f"{str(self.path)!r} unpacks to more than it should; it is not the file it is named after")
        return data


@contextmanager
def unzipped(path: Path, limit: int) -> Iterator[Bounded]:
    """The bytes inside a .gz file, at most `limit` of them. ValueError where it is damaged, cut short or none."""
    try:
        with gzip.open(path) as stream:
            yield Bounded(stream, limit, path)
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError) as error:
        raise ValueError(f"{str(path)!r} is damaged or not of the right form ({error}); get it again") from None


def members(path: Path, wanted: str, limit: int) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of each file in a .tar.gz archive whose whole name matches a pattern.

    limit: bytes of the whole archive, unpacked. Reads to the end, where the checksum is.
    """
    pattern = re.compile(wanted)
    with unzipped(path, limit) as stream:
        with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
            while (member := archive.next()) is not None:
                archive.members.clear()  # which would grow with each file
                name = member.name.removeprefix("./")
                if member.isreg() and not member.issparse() and pattern.fullmatch(name):
                    yield name, archive.extractfile(member).read()
        while stream.read(1 << 20):
            pass
