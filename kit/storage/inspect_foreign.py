"""A script, run in a process of its own: a stranger's HDF5 file on standard input, told on standard output.

It meets the file under the same limits as inspect_file.py. Prints the length of a JSON text (8 bytes, little-endian),
{"table": [[name, dtype, shape, offset], ...], "attributes": {path: {name: value}}}, and then the numbers of the data
sets whose offset is null, which lie in chunks or in a header, one after the other; or {"refused": why}. Arguments:
where the HDF5 file begins in the standard input, how long it is, and the folders to import from.
"""

import codecs
import io
import json
import math
import os
import sys
from typing import Any

if __name__ == "__main__":  # alone in its process, where there is no kit
    sys.path += [*sys.argv[3:], os.path.dirname(os.path.abspath(__file__))]
    import inspect_file as limits
else:
    from kit.storage import inspect_file as limits

FILTERS = {1: "gzip", 2: "shuffle", 3: "fletcher32", 32000: "lzf"}  # what numbers may be packed with
MAX_UNPACKED = 1 << 28  # bytes, of all arrays that are not mapped
MAX_RATIO = 200  # of unpacked to packed bytes, beyond the first MiB
MAX_ATTRIBUTES = 200_000
MAX_ITEMS = 1_000_000  # of one attribute
MAX_TEXT = 1 << 26  # bytes of all attributes


class Part(io.RawIOBase):
    """A part of a file as a file."""

    def __init__(self, file: Any, start: int, size: int) -> None:
        self.file, self.start, self.size, self.place = file, start, size, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.place = offset + (0, self.place, self.size)[whence]
        return self.place

    def tell(self) -> int:
        return self.place

    def readinto(self, buffer: Any) -> int:
        self.file.seek(self.start + self.place)
        data = self.file.read(max(min(len(buffer), self.size - self.place), 0))
        buffer[: len(data)] = data
        self.place += len(data)
        return len(data)


def main() -> None:
    """Writes to standard output what the file on standard input holds, or why it is refused."""
    try:
        import h5py
    except ImportError:
        sys.exit(limits.CANNOT_IMPORT)
    codecs.lookup("ascii")  # or else Python would open a file for it later
    limits.limit_process()
    start, size = int(sys.argv[1]), int(sys.argv[2])
    inside: list[Any] = []
    with open(0, "rb", closefd=False) as source:
        try:
            file = h5py.File(Part(source, start, size), "r")
            answer = told(file.id, inside)
        except limits.Refused as refusal:
            answer, inside = {"refused": str(refusal)}, []
        except Exception as error:  # whatever the library makes of a broken file
            why = f"HDF5 cannot make sense of it ({type(error).__name__}: {error!s:.200})"
            answer, inside = {"refused": why}, []
        write(answer)
        for dataset in inside:  # numbers that cannot be read end the process, and the answer is then too short
            sys.stdout.buffer.write(dataset[()].tobytes())


def write(answer: dict[str, Any]) -> None:
    """Writes an answer as JSON after its length in 8 bytes."""
    text = json.dumps(answer, separators=(",", ":")).encode()
    sys.stdout.buffer.write(len(text).to_bytes(8, "little") + text)


def told(root: Any, inside: list[Any]) -> dict[str, Any]:
    """The table of the arrays, and the attributes; `inside` takes the data sets that are not mapped."""
    import h5py
    from h5py import h5g, h5o

    if root.get_create_plist().get_userblock():
        raise limits.Refused("something stands before its beginning (a user block)")
    known_types = limits.numeric_types()
    table: list[list[Any]] = []
    attributes = Attributes()
    top = h5g.open(root, b"/")
    seen: set[int] = set()
    check_object(top, "/", seen)
    attributes.take("", h5py.Group(top))
    groups = [("", top)]
    unpacked = 0
    while groups:
        path, group = groups.pop()
        for word in limits.links(group, len(seen)):
            name = limits.join(path, word, group)
            opened = h5o.open(group, word)
            kind = check_object(opened, name, seen)
            if kind == h5o.TYPE_GROUP:
                groups.append((name, h5g.open(group, word)))
                attributes.take(name, h5py.Group(groups[-1][1]))
            elif kind == h5o.TYPE_DATASET:
                dtype, shape, offset, size = layout(opened, name, known_types)
                table.append([name, dtype, shape, offset])
                attributes.take(name, h5py.Dataset(opened))
                if offset is None:
                    inside.append(h5py.Dataset(opened))
                    unpacked += size
                    if unpacked > MAX_UNPACKED:
                        limits.refuse(name, f"makes more than {MAX_UNPACKED >> 20} MiB to unpack; save it unpacked")
            else:
                limits.refuse(name, "is neither a group nor a data set")
    return {"table": table, "attributes": attributes.found}


def check_object(opened: Any, name: str, seen: set[int]) -> int:
    """The object's kind, when this is its only name."""
    from h5py import h5o

    info = h5o.get_info(opened)
    if info.rc != 1 or info.addr in seen:
        limits.refuse(name, "can be reached under more than one name")
    seen.add(info.addr)
    return info.type


def layout(dataset: Any, name: str, known_types: list[tuple[str, Any]]) -> tuple[str, list[int], int | None, int]:
    """(dtype, shape, offset, bytes) of a data set; the offset is None where its numbers do not lie in one piece."""
    from h5py import h5d, h5s

    creation = dataset.get_create_plist()
    if creation.get_external_count():
        limits.refuse(name, "has its data in another file")
    if creation.get_layout() not in (h5d.CONTIGUOUS, h5d.CHUNKED, h5d.COMPACT):
        limits.refuse(name, "is a virtual data set")
    for place in range(creation.get_nfilters()):
        code = creation.get_filter(place)[0]
        if code not in FILTERS:
            limits.refuse(name, f"is packed with filter {code}; allowed are {', '.join(FILTERS.values())}")
    space, kind = dataset.get_space(), dataset.get_type()
    if space.get_simple_extent_type() not in (h5s.SIMPLE, h5s.SCALAR):
        limits.refuse(name, "has no shape")
    dtype = next((dtype for dtype, known in known_types if kind.equal(known)), "")
    if not dtype or kind.committed():
        limits.refuse(name, "has a type other than bool, integer or float of little-endian order")
    shape = [int(length) for length in space.get_simple_extent_dims()]
    size, stored = math.prod(shape) * kind.get_size(), dataset.get_storage_size()
    if creation.get_layout() == h5d.CONTIGUOUS and not creation.get_nfilters():
        if size != stored:
            limits.refuse(name, "has less data than its shape needs")
        return dtype, shape, dataset.get_offset() if size else 0, size
    if (size and not stored) or size > max(1 << 20, MAX_RATIO * stored):
        limits.refuse(name, f"unpacks to more than {MAX_RATIO} times what it takes in the file")
    return dtype, shape, None, size


class Attributes:
    """The attributes of all objects as plain data."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Any]] = {}
        self.count = self.text = 0

    def take(self, path: str, holder: Any) -> None:
        """Reads the attributes of one object."""
        values: dict[str, Any] = {}
        self.count += len(holder.attrs)
        if self.count > MAX_ATTRIBUTES:
            raise limits.Refused("it has too many attributes")
        for name in holder.attrs:
            self.check(holder.attrs.get_id(name), path, name)
            values[name] = self.plain(holder.attrs[name], path, name)
        if values:
            self.found[path] = values

    def check(self, attribute: Any, path: str, name: str) -> None:
        """Raises Refused unless it is a string or a number, or some of them."""
        from h5py import h5t

        kind = attribute.get_type()
        items = attribute.get_space().get_simple_extent_npoints()
        self.text += items * kind.get_size()
        if kind.get_class() not in (h5t.STRING, h5t.INTEGER, h5t.FLOAT) or kind.committed():
            limits.refuse(f"{path}@{name}", "is an attribute of another type than text and number")
        if items > MAX_ITEMS or self.text > MAX_TEXT:
            limits.refuse(f"{path}@{name}", "is too long for an attribute")

    def plain(self, value: Any, path: str, name: str) -> Any:
        """An attribute's value as JSON has it."""
        if isinstance(value, bytes | str):
            try:
                text = value.decode() if isinstance(value, bytes) else value
                self.text += len(text.encode())
            except UnicodeError:
                limits.refuse(f"{path}@{name}", "is not UTF-8")
            if self.text > MAX_TEXT:
                limits.refuse(f"{path}@{name}", "is too long for an attribute")
            return text
        if hasattr(value, "tolist"):  # arrays and numbers of NumPy's
            value = value.tolist()
        if isinstance(value, list):
            return [self.plain(item, path, name) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            limits.refuse(f"{path}@{name}", "is not a finite number")
        return value if isinstance(value, int | float) else None


if __name__ == "__main__":
    main()
