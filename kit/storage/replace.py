"""A file replaced whole or not at all."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterable

from kit.storage.claim import Claim
from kit.storage.errors import StorageError

CHUNK = 1 << 26
FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


def replace(path: str, parts: Iterable[bytes | memoryview], claim: Claim | None = None) -> None:
    """Put these bytes in the place of the file at `path`: a temporary file beside it, flushed, then renamed.

    Until the rename the old file is untouched, and a failure removes the temporary file. An old file's
    permissions are kept; a symbolic link stays, and the file it leads to is replaced. claim: passes to the new file.
    Raises OSError, as the system does.
    """
    target = os.path.realpath(path)
    mode = old_mode(target)
    folder = os.path.dirname(target)
    temporary = os.path.join(folder, f".hornbook-{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, FLAGS, 0o666 if mode is None else mode)
    try:
        try:
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(descriptor, mode)
            for part in parts:
                write_all(descriptor, part)
            os.fsync(descriptor)
            if claim is not None:
                claim.prepare(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, target)
        if claim is not None:
            claim.settle(replaced=True)
    except BaseException:
        if claim is not None:
            claim.settle(replaced=False)
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    flush_folder(folder)


def old_mode(target: str) -> int | None:
    """The permissions of the file that is there, or None; refuses what must not be replaced."""
    try:
        found = os.lstat(target).st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if not stat.S_ISREG(found):
        kind = "a folder" if stat.S_ISDIR(found) else "not an ordinary file"
        raise StorageError(f"{target} is {kind}, so nothing can be saved there; give the path of a file")
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return found & 0o777


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of it; the system may take less at a time."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left[:CHUNK]) :]


def flush_folder(folder: str) -> None:
    """Flush the rename itself to disk, where the system can do that for a folder.

    A failure here is told although the new file is in place: a power cut could still bring back the old one.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (AttributeError, PermissionError):  # Windows; a folder that may be written but not listed
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):
            raise
    finally:
        os.close(descriptor)
