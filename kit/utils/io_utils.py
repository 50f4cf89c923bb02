"""Helpers for files."""

import operator
import os
from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np


class HDF5Matrix:
    """Rows `start` to `end` of a data set in an HDF5 file, read only as they are asked for: X[3], X[10:20], X[[7, 2]].

    path: the file. dataset: the data set's name in it. start, end: from which row up to which; all if none.
    normalizer: a function that what was read goes through. The file stays open until `close`, or the end of a `with`.
    Opens with the HDF5 library in this process, so take files from people you trust.
    Raises FileNotFoundError, ValueError where it is no HDF5 file or the rows are not there, KeyError for the name.
    """

    def __init__(
        self,
        path: Any,
        dataset: str,
        start: int | None = None,
        end: int | None = None,
        normalizer: Callable[[np.ndarray], Any] | None = None,
    ) -> None:
        import h5py

        if not os.path.isfile(path):
            raise FileNotFoundError(f"HDF5Matrix: there is no file {str(path)!r}; give the path of an HDF5 file")
        try:
            self.file = h5py.File(path, "r")
        except OSError as error:
            raise ValueError(f"{str(path)!r} cannot be read as an HDF5 file ({error}); is it whole?") from None
        try:
            self.data = found(self.file, dataset, str(path))
            self.start, self.end, _ = slice(start, end).indices(len(self.data))
            if self.start >= self.end or (end is not None and end > len(self.data)):
                raise ValueError(
                    f"HDF5Matrix(start={start}, end={end}): {dataset!r} has the rows 0 to {len(self.data)}; "
                    "choose some of them"
                )
        except BaseException:
            self.file.close()
            raise
        self.normalizer = normalizer
        first = self[:1]
        self.shape: tuple[int, ...] = (len(self), *first.shape[1:])
        self.dtype: np.dtype[Any] = first.dtype

    def __len__(self) -> int:
        return self.end - self.start

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    def __getitem__(self, key: Any) -> np.ndarray:
        """One row, a slice of rows, or those of a list of numbers or of a mask; all counted from `start`."""
        if not self.file:
            raise ValueError("HDF5Matrix is closed; open it again to read on")
        if isinstance(key, slice):
            begin, stop, step = key.indices(len(self))
            if step > 0:
                return self._given(self.data[self.start + begin : self.start + max(stop, begin) : step])
            key = np.arange(begin, stop, step)
        if not hasattr(key, "__len__"):
            number = operator.index(key)
            return self._given(self._rows(np.array([number])))[0]
        return self._given(self._rows(np.asarray(key)))

    def _rows(self, key: np.ndarray) -> np.ndarray:
        """The rows of these numbers, in their order; each is read once."""
        if key.ndim != 1 or (key.dtype.kind not in "iub" and len(key)):
            raise TypeError(f"HDF5Matrix takes row numbers, a slice or a mask, not {key.dtype} {key.shape}")
        if key.dtype.kind == "b":
            if len(key) != len(self):
                raise IndexError(f"the mask has {len(key)} values, but there are {len(self)} rows")
            key = np.nonzero(key)[0]
        key = key.astype("int64")
        if len(key) and not -len(self) <= key.min() <= key.max() < len(self):
            bad = key.max() if key.max() >= len(self) else key.min()
            raise IndexError(f"row {bad} is not there; the rows are 0 to {len(self) - 1}")
        wanted, places = np.unique(np.where(key < 0, key + len(self), key), return_inverse=True)
        if not len(wanted):
            return self.data[self.start : self.start]
        return self.data[wanted + self.start][places]

    def _given(self, rows: np.ndarray) -> np.ndarray:
        return rows if self.normalizer is None else np.asarray(self.normalizer(rows))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """All rows in memory, for whoever needs an array."""
        return self[:] if dtype is None else self[:].astype(dtype)

    def close(self) -> None:
        """Closes the file."""
        self.file.close()

    def __enter__(self) -> "HDF5Matrix":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def found(file: Any, dataset: str, path: str) -> Any:
    """The data set of that name."""
    import h5py

    data = file.get(dataset)
    if not isinstance(data, h5py.Dataset):
        names = [name for name, item in file.items() if isinstance(item, h5py.Dataset)]
        raise KeyError(f"{path!r} has no data set {dataset!r}; it has {', '.join(names) or 'none at its root'}")
    if data.ndim == 0 or data.dtype.kind not in "biuf":
        raise ValueError(f"{dataset!r} in {path!r} is {data.dtype} {data.shape}, not rows of numbers")
    return data


__all__ = ["HDF5Matrix"]
