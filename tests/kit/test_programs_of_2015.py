"""The seven example programs of the seed run as they were written then, on small real data in the forms of the sets."""

import csv
import gzip
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kit.datasets import breast_cancer, cifar10, definitions, digits, imdb, mnist, reuters
from tests.kit.datasets.made import IDX_NAMES, idx_bytes, newswire, tar_gz

PROGRAMS = Path(__file__).parent / "programs_of_2015"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data sets; the program runs in another, empty one."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("HORNBOOK_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def run(name: str) -> dict[str, Any]:
    """The names that a program leaves."""
    return runpy.run_path(str(PROGRAMS / f"{name}.py"))


def enlarged(X: np.ndarray, size: int) -> np.ndarray:
    """Digits (n, 8, 8) from 0 to 16 as images (n, size, size) from 0 to 255."""
    grown = np.kron(X.reshape(-1, 8, 8) * 15, np.ones((size // 8, size // 8))).astype("uint8")
    edge = (size - grown.shape[1]) // 2
    return np.pad(grown, ((0, 0), (edge, edge), (edge, edge)))


def texts_of(*topics: str, each: int) -> list[tuple[str, str]]:
    """Definitions of some topics, each with its topic."""
    texts, y = definitions.load_texts()
    chosen = [np.nonzero(y == definitions.CLASSES.index(topic))[0][:each] for topic in topics]
    return [(definitions.CLASSES[y[i]], texts[i]) for i in np.concatenate(chosen)]


def put_digits(folder: Path, train: int, test: int) -> None:
    """Digits in the form of MNIST."""
    (X, y), _ = digits.load_data()
    X = enlarged(X, 28)
    folder.mkdir(parents=True)
    for name, array in zip(IDX_NAMES, (X[:train], y[:train], X[-test:], y[-test:]), strict=True):
        (folder / name).write_bytes(gzip.compress(idx_bytes(array)))


def put_pictures(folder: Path, each: int) -> None:
    """Digits in three colours in the form of CIFAR-10, so many in each of its six files."""
    (X, y), _ = digits.load_data()
    X = np.repeat(enlarged(X, 32)[:, None], 3, axis=1)
    records = np.concatenate([y[:, None].astype("uint8"), X.reshape(len(X), -1)], axis=1)
    parts = {name: records[i * each : (i + 1) * each].tobytes() for i, name in enumerate(cifar10.BATCHES)}
    tar_gz(folder / cifar10.SOURCE.name, {f"cifar-10-batches-bin/{name}.bin": part for name, part in parts.items()})


def put_reviews(folder: Path) -> None:
    """Definitions of places and of times in the form of IMDB's reviews for and against."""
    files = {}
    for i, (topic, text) in enumerate(texts_of("place", "time", each=300)):
        part, kind = ("test" if i % 5 == 0 else "train"), ("pos" if topic == "place" else "neg")
        files[f"aclImdb/{part}/{kind}/{i}_5.txt"] = text.encode()
    tar_gz(folder / imdb.SOURCE.name, files)


def put_newswires(folder: Path) -> None:
    """Definitions in the form of Reuters' newswires."""
    wires = [newswire([topic], "A WORD", text) for topic, text in texts_of(*definitions.CLASSES, each=120)]
    files = {f"reut2-{i:03}.sgm": "".join(wires[i :: reuters.PARTS]).encode("latin-1") for i in range(reuters.PARTS)}
    tar_gz(folder / reuters.SOURCE.name, files)


def put_tables(folder: Path) -> None:
    """The measurements of tumours in the form of Otto's tables of products."""
    (X, y), (X_test, _) = breast_cancer.load_data()
    header = ["id", *[f"feat_{i}" for i in range(X.shape[1])]]
    for name, rows, labels in (("train", X, [[f"Class_{c + 1}"] for c in y]), ("test", X_test, [[]] * len(X_test))):
        with open(folder / f"{name}.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*header, *(["target"] if labels[0] else [])])
            writer.writerows([i, *row, *label] for i, (row, label) in enumerate(zip(rows, labels, strict=True), 1))


def test_the_perceptron_reads_handwritten_digits(data, capsys) -> None:
    put_digits(data / "mnist", train=600, test=200)
    names = run("mnist_mlp")
    assert names["X_train"].shape == (600, 784)
    assert names["score"][1] > 0.5  # one of ten by chance
    told = capsys.readouterr().out
    assert told.count("val_accuracy") == names["nb_epoch"]
    assert f"Test accuracy: {names['score'][1]}" in told


def test_the_convnet_trains_on_varied_photographs(data, capsys) -> None:
    put_pictures(data / "cifar10", each=40)
    names = run("cifar10_cnn")
    assert (len(names["X_train"]), len(names["X_test"])) == (216, 24)
    assert len(names["train_losses"]) == 2 * 7
    assert np.mean(names["train_losses"]) < 3  # -log(1/10) is 2.3
    assert names["progbar"].means["test loss"] == pytest.approx(names["test_scores"][-1])
    assert capsys.readouterr().out.count("Testing...") == 2


def test_the_lstm_tells_reviews_apart(data, capsys) -> None:
    put_reviews(data / "imdb")
    names = run("imdb_lstm")
    assert names["X_train"].shape == (480, 24)
    assert names["acc"] > 0.6
    assert 0 < names["score"] < 0.69
    assert names["classes"].shape == (120, 1)


def test_the_bag_of_words_finds_topics(data, capsys) -> None:
    put_newswires(data / "reuters")
    names = run("reuters_mlp")
    assert names["nb_classes"] == 5
    assert names["X_train"].shape == (480, 1000)
    assert names["score"][1] > 0.4  # one of five by chance
    assert [len(names["history"][name]) for name in ("loss", "acc", "val_loss", "val_acc")] == [3] * 4


def test_the_word_vectors_learn_from_texts(data, capsys) -> None:
    names = run("skipgram_word_embeddings")
    assert names["epoch_losses"][-1] < names["epoch_losses"][0] < 0.26
    assert names["norm_weights"].shape == (1000, 32)
    nearest = names["closest_to_word"]("tree")
    assert nearest[0] == ("tree", pytest.approx(1, abs=1e-5))
    assert len(nearest) == 10
    assert names["closest_to_word"]("of") == []
    np.testing.assert_array_equal(names["embed_word"]("tree"), names["norm_weights"][names["word_index"]["tree"]])


def test_the_table_becomes_a_submission(data, capsys) -> None:
    put_tables(Path.cwd())
    names = run("kaggle_otto_nn")
    (_, _), (_, y) = breast_cancer.load_data()
    assert np.mean(names["proba"].argmax(1) == y) > 0.85
    with open("keras-otto.csv") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["id", "Class_1", "Class_2"]
    assert len(rows) == 1 + len(y)
    assert sum(map(float, rows[1][1:])) == pytest.approx(1, abs=1e-5)


def test_the_captions_are_learnt_from_images(data, capsys) -> None:
    put_pictures(data / "cifar10", each=10)
    names = run("image_captions")
    assert names["told"].shape == (2, 16, 256)
    losses = names["model"].history["loss"]
    assert losses[1] < losses[0]


def test_the_digits_are_where_mnist_says(data) -> None:
    put_digits(data / "mnist", train=20, test=10)
    (X, y), _ = mnist.load_data()
    assert X.shape == (20, 28, 28)
    np.testing.assert_array_equal(y, digits.load_data()[0][1][:20])
