"""A script, run in a process of its own: the HDF5 file on standard input as a JSON table on standard output.

The HDF5 library was not written for hostile files, so it meets them here, where the system grants it little
memory and time and no further file. Reads the structure only, never data. Prints {"table": [[name, dtype,
shape, offset], ...]}, offsets in bytes from the beginning of the file, or {"refused": why}. Imports nothing
of ours. Arguments: the folders to import from.
"""

import contextlib
import json
import math
import sys
from typing import Any, NoReturn

CONFIG = "config"
USER_BLOCK = 512
ALIGNMENT = 8  # bytes; every array begins at a multiple of it
DTYPES = ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8")
MAX_OBJECTS = 100_000
MAX_DEPTH = 32
MAX_NAME = 1000  # bytes of a whole path
MAX_CONFIG = 1 << 24  # bytes
MAX_MEMORY = 1 << 30  # bytes of address space
MAX_SECONDS = 30  # of processor time
CANNOT_IMPORT = 3  # the exit status that says so


class Refused(Exception):
    """The file has something that Hornbook never writes."""


def main() -> None:
    """Writes to standard output what the file on standard input is made of, or why it is refused."""
    sys.path += sys.argv[1:]
    try:
        import h5py
    except ImportError:
        sys.exit(CANNOT_IMPORT)
    limit_process()
    try:
        with open(0, "rb", closefd=False) as source, h5py.File(source, "r") as file:
            answer: dict[str, Any] = {"table": table(file.id)}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except Exception as error:  # whatever the library makes of a broken file
        answer = {"refused": f"HDF5 cannot make sense of it ({type(error).__name__}: {error!s:.200})"}
    sys.stdout.write(json.dumps(answer, separators=(",", ":")))


def limit_process() -> None:
    """Little memory and time, no writing and no further file, where the system has such limits."""
    try:
        import resource
    except ImportError:
        return
    limits = {
        resource.RLIMIT_AS: MAX_MEMORY,
        resource.RLIMIT_CPU: MAX_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 3,
    }
    for kind, limit in limits.items():
        hard = resource.getrlimit(kind)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, limit))


def table(root: Any) -> list[list[Any]]:
    """[name, dtype, shape, offset] of every data set."""
    from h5py import h5g, h5o

    if root.get_create_plist().get_userblock() != USER_BLOCK:
        raise Refused("its user block has the wrong size")
    known_types = numeric_types()
    found: list[list[Any]] = []
    seen: set[int] = set()
    groups = [("", h5g.open(root, b"/"))]
    check_object(groups[0][1], "/", seen)
    while groups:
        path, group = groups.pop()
        for word in links(group, len(seen)):
            name = join(path, word, group)
            opened = h5o.open(group, word)
            kind = check_object(opened, name, seen)
            if kind == h5o.TYPE_GROUP:
                groups.append((name, h5g.open(group, word)))
            elif kind == h5o.TYPE_DATASET:
                found.append([name, *layout(opened, name, known_types)])
            else:
                refuse(name, "is neither a group nor a data set")
    return found


def links(group: Any, already: int) -> list[bytes]:
    """The names in a group."""
    words: list[bytes] = []

    def take(word: bytes) -> None:
        words.append(word)
        if already + len(words) > 2 * MAX_OBJECTS:
            raise Refused("it has too many objects")

    group.links.iterate(take)
    return words


def join(path: str, word: bytes, group: Any) -> str:
    """The path of what a link leads to, when it is an ordinary (hard) link."""
    from h5py import h5l

    try:
        name = f"{path}/{word.decode()}".removeprefix("/")
    except UnicodeDecodeError:
        raise Refused("a name in it is not UTF-8") from None
    if len(name.encode()) > MAX_NAME or name.count("/") >= MAX_DEPTH:
        refuse(name, "is too long or lies too deep")
    if b"/" in word or group.links.get_info(word).type != h5l.TYPE_HARD:
        refuse(name, "is a soft or an external link")
    return name


def check_object(opened: Any, name: str, seen: set[int]) -> int:
    """The object's kind, when this is its only name and it has no attributes."""
    from h5py import h5o

    info = h5o.get_info(opened)
    if info.rc != 1 or info.addr in seen:
        refuse(name, "can be reached under more than one name")
    if info.num_attrs:
        refuse(name, "has attributes")
    seen.add(info.addr)
    return info.type


def numeric_types() -> list[tuple[str, Any]]:
    """The HDF5 type of every dtype a file may have."""
    import numpy as np
    from h5py import h5t

    return [(dtype, h5t.py_create(np.dtype(dtype), logical=True)) for dtype in DTYPES]


def layout(dataset: Any, name: str, known_types: list[tuple[str, Any]]) -> tuple[str, list[int], int]:
    """(dtype, shape, offset) of a data set whose elements lie one after the other in this very file."""
    from h5py import h5d, h5s

    creation = dataset.get_create_plist()
    if creation.get_external_count():
        refuse(name, "has its data in another file")
    if creation.get_layout() != h5d.CONTIGUOUS or creation.get_nfilters():
        refuse(name, "is not stored contiguously and unfiltered")
    space = dataset.get_space()
    if space.get_simple_extent_type() not in (h5s.SIMPLE, h5s.SCALAR):
        refuse(name, "has no shape")
    shape = [int(length) for length in space.get_simple_extent_dims()]
    kind = dataset.get_type()
    if name == CONFIG:
        dtype, item, shape = "|u1", 1, text_shape(kind, shape)
    else:
        dtype = next((dtype for dtype, known in known_types if kind.equal(known)), "")
        item = kind.get_size()
    if not dtype or kind.committed():
        refuse(name, "has a type other than bool, integer or float")
    size = math.prod(shape) * item
    if size != dataset.get_storage_size():
        refuse(name, "has less data than its shape needs")
    return dtype, shape, dataset.get_offset() if size else USER_BLOCK


def text_shape(kind: Any, shape: list[int]) -> list[int]:
    """The config is one string of fixed length: so many bytes."""
    from h5py import h5t

    if shape or kind.get_class() != h5t.STRING or kind.is_variable_str() or kind.get_size() > MAX_CONFIG:
        refuse(CONFIG, "is not one string of fixed length, or is too long")
    return [kind.get_size()]


def refuse(name: str, what: str) -> NoReturn:
    """Ends the inspection: this part of the file is not as it should be."""
    raise Refused(f"{name!r:.200} {what}")


if __name__ == "__main__":
    main()
