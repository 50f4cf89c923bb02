"""Named arrays and a config in one sealed HDF5 file, written whole or not at all, checked before use."""

from kit.storage.errors import StorageError
from kit.storage.reader import Stored, read
from kit.storage.writer import write

__all__ = ["StorageError", "Stored", "read", "write"]
