"""Claim: the sign on a file that a training at work saves itself to it, which ends with its process, however that ends.

It is a lock of the system on one byte far behind the end of the file, which belongs to an open file (Linux: "open file
description lock"). HDF5 libraries take other locks, so nobody is kept from reading. Where the system or a network disk
has no such locks, nothing is claimed, and files look free.
"""

from __future__ import annotations

import contextlib
import errno
import os
import struct
import sys

BYTE = (1 << 62) - 1  # which one
TAKEN = (errno.EAGAIN, errno.EACCES)


class Claim:
    """What a training holds of the file it saves itself to; it passes to the new file when that is replaced."""

    def __init__(self) -> None:
        self.held: int | None = None
        self.coming: int | None = None

    def take(self, path: str) -> bool:
        """Claims the file that is there; says whether it was free. True too where nothing can be claimed."""
        self.release()
        try:
            descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0))
        except OSError:
            return True
        try:
            lock(descriptor)
        except OSError as error:
            close(descriptor)
            return error.errno not in TAKEN
        self.held = descriptor
        return True

    def prepare(self, descriptor: int) -> None:
        """Claims a file that is about to be put in the place of the one that is there."""
        if not KNOWN:
            return
        with contextlib.suppress(OSError):
            self.coming = os.dup(descriptor)
            lock(self.coming)

    def settle(self, replaced: bool) -> None:
        """Lets go of the file that was replaced; of the new one, where it did not come to that."""
        gone, self.coming = self.coming, None
        if replaced:
            gone, self.held = self.held, gone
        close(gone)

    def release(self) -> None:
        """Lets go of the file."""
        old, self.held = self.held, None
        close(old)

    def __del__(self) -> None:
        self.release()


def claimed(path: str | os.PathLike[str]) -> bool:
    """Whether a training at work, in this process or another, saves itself to a file."""
    if not KNOWN:
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        found = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, asking(fcntl.F_WRLCK))
        return bool(FLOCK.unpack(found)[0] != fcntl.F_UNLCK)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def close(descriptor: int | None) -> None:
    """Closes a file that is open, and with it what was claimed of it."""
    if descriptor is not None:
        with contextlib.suppress(OSError):
            os.close(descriptor)


if sys.platform == "linux":
    import fcntl

    KNOWN = True
    FLOCK = struct.Struct("hhqqi0q")  # type, whence, start, length, process

    def asking(kind: int) -> bytes:
        """The question for a lock of a kind on the byte."""
        return FLOCK.pack(kind, os.SEEK_SET, BYTE, 1, 0)

    def lock(descriptor: int) -> None:
        """Locks the byte for an open file. OSError, one of TAKEN, where another has it."""
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, asking(fcntl.F_WRLCK))

else:
    KNOWN = False

    def lock(descriptor: int) -> None:
        """Refuses: this system has no such locks."""
        raise OSError(errno.ENOLCK, "no locks")
