"""The seal: the first 512 bytes of a file, which hold a SHA-256 of everything else in it.

Bytes 0-7 are the magic, 8-11 the format version, 12-15 zero, 16-23 the length of the payload after the
header, 24-55 the SHA-256 of the whole file but these 32 bytes, 56-511 zero. Numbers are little-endian. HDF5
calls such a header a user block and steps over it. The seal finds damage; it is no signature: it does not say
who wrote the file.
"""

import hashlib
import os
import struct
from typing import BinaryIO

from kit.storage.errors import StorageError

SIZE = 512
MAGIC = b"\x89HRNBK\r\n"
VERSION = 1
FRONT = struct.Struct("<8sIIQ")
DIGEST = slice(FRONT.size, FRONT.size + 32)
HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
CHUNK = 1 << 20


def header(payload: memoryview) -> bytes:
    """The 512 bytes that seal this payload."""
    front = FRONT.pack(MAGIC, VERSION, 0, len(payload))
    rest = bytes(SIZE - DIGEST.stop)
    digest = hashlib.sha256(front + rest)
    digest.update(payload)
    return front + digest.digest() + rest


def check(file: BinaryIO, name: str) -> int:
    """The size of a file whose seal holds; reads it once, by the MiB. Raises StorageError otherwise."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    front = file.read(SIZE)
    check_front(front, size, name)
    digest = hashlib.sha256(front[: DIGEST.start] + front[DIGEST.stop :])
    left = size - SIZE
    chunk = memoryview(bytearray(min(CHUNK, left)))
    while left and (count := file.readinto(chunk[:left])):  # type: ignore[attr-defined]
        digest.update(chunk[:count])
        left -= count
    if left or digest.digest() != front[DIGEST]:
        raise StorageError(
            f"{name} is damaged: its contents do not match its SHA-256 seal; restore a copy, or save it again"
        )
    return size


def check_front(front: bytes, size: int, name: str) -> None:
    """Raise StorageError unless the header is ours, in our version, and tells the file's size."""
    if not size:
        raise StorageError(f"{name} is empty; restore a copy, or save it again")
    if not front.startswith(MAGIC):
        if front.startswith(HDF5_MAGIC):
            raise StorageError(f"{name} is an HDF5 file, but not one that Hornbook saved; open it with h5py instead")
        raise StorageError(f"{name} is not a file that Hornbook saved, or its beginning is damaged; check the path")
    if len(front) < SIZE:
        raise StorageError(f"{name} is cut short inside its header; restore a copy, or save it again")
    _, version, _, length = FRONT.unpack_from(front)
    if version != VERSION:
        raise StorageError(
            f"{name} says it has format version {version}, and this Hornbook reads {VERSION}; "
            "update Hornbook, or restore a copy if the file is damaged"
        )
    if SIZE + length != size:
        raise StorageError(
            f"{name} has {size} bytes where its header says {SIZE + length}: it was cut short, added to or "
            "damaged; restore a copy, or save it again"
        )
