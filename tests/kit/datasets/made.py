"""Small files in the real forms of the data sets."""

import gzip
import io
import struct
import tarfile
from pathlib import Path

import numpy as np

IDX_NAMES = (
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
)  # fmt: skip


def idx_bytes(array: np.ndarray) -> bytes:
    """An IDX file: 0, 0, the type, the number of axes, their lengths (big-endian), the data."""
    return struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype("uint8").tobytes()


def idx_folder(folder: Path, train: int = 6, test: int = 4) -> dict[str, np.ndarray]:
    """The four files of MNIST in a folder, with random images and labels; what they hold, by name."""
    rng = np.random.default_rng(1)
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {}
    for name in IDX_NAMES:
        count = train if name.startswith("train") else test
        arrays[name] = rng.integers(0, 256, (count, 28, 28)) if "images" in name else rng.integers(0, 10, count)
        (folder / name).write_bytes(gzip.compress(idx_bytes(arrays[name])))
    return arrays


def tar_gz(path: Path, files: dict[str, bytes], others: tuple[tarfile.TarInfo, ...] = ()) -> Path:
    """A .tar.gz archive of these files, in this order; others: entries without data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for entry in others:
            archive.addfile(entry)
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def cifar_files(each: int = 3) -> dict[str, bytes]:
    """The files of CIFAR-10's binary version: a byte of class and 3,072 of pixels for each image."""
    files = {
        "cifar-10-batches-bin/batches.meta.txt": b"airplane\nautomobile\n",
        "cifar-10-batches-bin/readme.html": b"",
    }
    for i, name in enumerate(
        ["data_batch_1", "data_batch_4", "data_batch_3", "data_batch_2", "data_batch_5", "test_batch"]
    ):
        records = np.random.default_rng(i).integers(0, 256, (each, 3073)).astype("uint8")
        records[:, 0] %= 10
        files[f"cifar-10-batches-bin/{name}.bin"] = records.tobytes()
    return files


IMDB_FILES = {
    "aclImdb/README": b"read me",
    "aclImdb/imdb.vocab": b"the\n",
    "aclImdb/train/pos/0_9.txt": b"The film, the film!<br /><br />Good.",
    "aclImdb/train/pos/10_7.txt": b"good film",
    "aclImdb/train/neg/0_3.txt": "The bad caf\u00e9".encode(),
    "aclImdb/train/unsup/0_0.txt": b"nobody knows",
    "aclImdb/train/urls_pos.txt": b"http://example.org",
    "aclImdb/test/neg/0_1.txt": b"bad, bad, the",
    "aclImdb/test/pos/1_10.txt": b"the good one",
}


def newswire(topics: list[str], title: str, body: str) -> str:
    """One newswire as the collection has it."""
    listed = "".join(f"<D>{topic}</D>" for topic in topics)
    return (
        '<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="5544" NEWID="1">\n'
        f"<DATE>26-FEB-1987 15:01:01.79</DATE>\n<TOPICS>{listed}</TOPICS>\n<PLACES><D>usa</D></PLACES>\n"
        f"<TEXT>&#2;\n<TITLE>{title}</TITLE>\n<DATELINE>    NEW YORK, Feb 26 - </DATELINE>"
        f"<BODY>{body}\n Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n"
    )


def reuters_files() -> dict[str, bytes]:
    """22 files of newswires: 50 topics, of which the k-th has 50 - k newswires; some without topic or text."""
    wires = [
        newswire([f"topic{k:02}"], f"ON &lt;TOPIC> {k}", f"word{k} 5 &amp; the")
        for k in range(50)
        for _ in range(50 - k)
    ]
    wires += [newswire([], "NO TOPIC", "nothing"), newswire(["topic00", "topic49"], "BOTH", "caf\u00e9 the")]
    parts = [wires[i::22] for i in range(22)]
    head = '<!DOCTYPE lewis SYSTEM "lewis.dtd">\n'
    files = {f"reut2-{i:03}.sgm": (head + "".join(part)).encode("latin-1") for i, part in enumerate(parts)}
    return {"README.txt": b"read me", "lewis.dtd": b"", **files}
