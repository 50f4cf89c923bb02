"""A .keras file: a zip archive whose members are found, checked and read without unpacking anything to a path."""

import json
import stat
import tempfile
import zipfile
import zlib
from typing import Any, BinaryIO

from kit.storage.foreign.hdf5 import Hdf5, read, refusal
from kit.storage.inspect_file import MAX_CONFIG

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
MAX_MEMBERS = 10_000
MAX_RATIO = 200  # of unpacked to packed bytes, beyond the first MiB
MAX_UNPACKED = 1 << 33  # bytes
LOCAL_HEADER = 30
LOCAL_MAGIC = b"PK\x03\x04"
CHUNK = 1 << 20


class Archive:
    """The members of an open archive. Raises StorageError where one is not what Keras writes."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file, self.name = file, name
        file.seek(0)
        try:
            self.zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
            raise refusal(name, f"its zip archive cannot be read ({error!s:.100})") from None
        members = self.zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise refusal(name, f"it has more than {MAX_MEMBERS} members")
        if len({member.filename for member in members}) < len(members):
            raise refusal(name, "two members of it have the same name")
        for member in members:
            if problem := member_problem(member):
                raise refusal(name, f"its member {printable(member.filename)} {problem}")
        self.members = {member.filename: member for member in members}

    def json(self, member: str) -> dict[str, Any]:
        """A member that is a JSON object."""
        info = self.members.get(member)
        if info is None or info.file_size > MAX_CONFIG:
            raise refusal(self.name, f"it has no {member}, or one that is too long")
        try:
            with self.zip.open(info) as opened:
                found = json.loads(opened.read(MAX_CONFIG + 1)[: MAX_CONFIG + 1], parse_constant=refuse_constant)
        except (ValueError, RecursionError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise refusal(self.name, f"its {member} cannot be read ({error!s:.100})") from None
        if not isinstance(found, dict):
            raise refusal(self.name, f"its {member} is no JSON object")
        return found

    def weights(self) -> Hdf5:
        """The weights, mapped where they lie in the archive; from a file without a name where they are packed."""
        info = self.members.get(WEIGHTS)
        if info is None:
            raise refusal(self.name, f"it has no {WEIGHTS}; only weights in one HDF5 file are read")
        if info.compress_type == zipfile.ZIP_STORED:
            return read(self.file, self.name, self.place(info), info.file_size)
        with tempfile.TemporaryFile() as unpacked:
            self.copy(info, unpacked)
            return read(unpacked, self.name)

    def place(self, info: zipfile.ZipInfo) -> int:
        """Where a member that is not packed begins; it is read once, to find damage."""
        self.file.seek(info.header_offset)
        header = self.file.read(LOCAL_HEADER)
        lengths = [int.from_bytes(header[start : start + 2], "little") for start in (26, 28)]
        start = info.header_offset + LOCAL_HEADER + sum(lengths)
        self.file.seek(0, 2)
        if not header.startswith(LOCAL_MAGIC) or start + info.file_size > self.file.tell():
            raise refusal(self.name, f"its {info.filename} lies outside of it")
        if info.compress_size != info.file_size or self.checksum(start, info.file_size) != info.CRC:
            raise refusal(self.name, f"its {info.filename} is damaged")
        return start

    def checksum(self, start: int, size: int) -> int:
        """The CRC-32 of a part of the file."""
        self.file.seek(start)
        crc = 0
        while size and (chunk := self.file.read(min(CHUNK, size))):
            crc, size = zlib.crc32(chunk, crc), size - len(chunk)
        return crc

    def copy(self, info: zipfile.ZipInfo, unpacked: Any) -> None:
        """Unpacks a member, as much as it says it has."""
        try:
            with self.zip.open(info) as opened:
                left = info.file_size
                while left >= 0 and (chunk := opened.read(CHUNK)):
                    unpacked.write(chunk)
                    left -= len(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise refusal(self.name, f"its {info.filename} cannot be unpacked ({error!s:.100})") from None
        unpacked.flush()


def member_problem(member: zipfile.ZipInfo) -> str | None:
    """What is wrong with a member of an archive, or None."""
    name = member.filename
    if "\\" in name or name.startswith("/") or ":" in name or ".." in name.split("/") or not name.isprintable():
        return "has a name that leads outside"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a symbolic link"
    if member.flag_bits & 1:
        return "is encrypted"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way other than deflate"
    if member.file_size > MAX_UNPACKED or member.file_size > max(CHUNK, MAX_RATIO * member.compress_size):
        return f"unpacks to more than {MAX_RATIO} times what it takes in the file"
    return None


def printable(name: str) -> str:
    """A member's name in an error."""
    return repr("".join(letter if letter.isprintable() else "?" for letter in name[:100]))


def refuse_constant(name: str) -> None:
    """JSON proper has no NaN and no Infinity."""
    raise ValueError(f"{name} is not JSON")
