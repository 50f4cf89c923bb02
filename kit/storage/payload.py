"""Arrays and a config as an HDF5 file in memory."""

import io
from collections.abc import Mapping

import numpy as np

from kit.storage import seal
from kit.storage.errors import StorageError
from kit.storage.inspect_file import ALIGNMENT, CONFIG, DTYPES
from kit.storage.names import names_problem

LIBVER = ("v108", "v108")  # any HDF5 since 2008 reads it, and equal content gives equal bytes


def build(arrays: Mapping[str, np.ndarray], config: bytes) -> memoryview:
    """A whole HDF5 file, its user block empty. Raises StorageError for a name or dtype it cannot hold."""
    import h5py  # here, so that `import kit` does not pay for it

    if problem := names_problem(arrays):
        raise StorageError(f"these arrays cannot be saved: {problem}; rename it")
    plain = {name: plain_array(name, arrays[name]) for name in sorted(arrays)}
    memory = io.BytesIO()
    with h5py.File(
        memory,
        "w",
        userblock_size=seal.SIZE,
        libver=LIBVER,
        track_order=False,
        alignment_threshold=1,
        alignment_interval=ALIGNMENT,
    ) as file:
        file.create_dataset(CONFIG, data=np.bytes_(config), track_times=False)
        for name, array in plain.items():
            file.create_dataset(name, data=array, track_times=False)
    return memory.getbuffer()


def plain_array(name: str, array: np.ndarray) -> np.ndarray:
    """The array in C order and little-endian."""
    if not isinstance(array, np.ndarray | np.generic):
        raise StorageError(f"the array {name!r} is a {type(array).__name__}; turn it into a NumPy array first")
    dtype = array.dtype.newbyteorder("<")
    if dtype.str not in DTYPES:
        raise StorageError(
            f"the array {name!r} has dtype {array.dtype}, which a file does not hold; "
            "convert it to bool, an integer, float16, float32 or float64"
        )
    return np.asarray(array, dtype=dtype, order="C")
