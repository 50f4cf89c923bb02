"""What trains badly is warned of, and what mends it does."""

from typing import Any

import pytest

from kit.analysis import Training, analyse
from kit.editing import apply
from tests.kit.analysis.documents import chain, dense, graph

CLASSES, YES_OR_NO = "categorical_crossentropy", "binary_crossentropy"
V = {"shape": (5,)}


def activation(name: str) -> tuple[str, dict[str, Any]]:
    return "Activation", {"activation": name}


WARNED: dict[str, tuple[dict, str | None, str, str, str]] = {  # document, loss, node, what is said, what mends it
    "softmax twice": (
        chain(dense(3, "softmax"), activation("softmax"), **V), None, "n1", "softmax of a softmax", "Remove n1",
    ),
    "softmax twice in layers": (
        chain(dense(3, "softmax"), dense(3, "softmax"), **V), None, "n1", "softmax of a softmax",
        "Take the activation of n0 away",
    ),
    "two activations": (
        chain(dense(3, "relu"), activation("tanh"), dense(2), **V), None, "n1", "in a row", "Remove n1",
    ),
    "two activations, one a layer's default": (
        chain(("LSTM", {"units": 3}), activation("tanh"), dense(2), shape=(4, 5)), None, "n1", "in a row", "Remove n1",
    ),
    "normalized output": (
        chain(dense(3, "relu"), ("BatchNormalization", {}), **V), None, "n1", "after the last layer", "Remove n1",
    ),
    "noisy output": (chain(dense(3), ("Dropout", {"rate": 0.5}), **V), None, "n1", "is the last layer", "Remove n1"),
    "softmax of one": (chain(dense(1, "softmax"), **V), None, "n0", "over one unit is always 1", "Use sigmoid"),
    "relu with a cross-entropy": (chain(dense(3, "relu"), **V), CLASSES, "n0", "relu on the output", "Use softmax"),
    "sigmoid for many classes": (chain(dense(3, "sigmoid"), **V), CLASSES, "n0", "they sum to 1", "Use softmax"),
    "a linear output": (chain(dense(3), **V), f"sparse_{CLASSES}", "n0", "the output is linear", "Use softmax"),
    "a linear convolution": (
        chain(("Conv2D", {"filters": 3, "kernel_size": 8}), ("Flatten", {})), CLASSES, "n0", "is linear", "Use softmax",
    ),
    "tanh in a layer of its own": (
        chain(dense(3), activation("tanh"), **V), CLASSES, "n1", "tanh on the output", "Use softmax",
    ),
    "softmax for yes or no": (chain(dense(3, "softmax"), **V), YES_OR_NO, "n0", "each by itself", "Use sigmoid"),
    "an idle bias": (
        chain(dense(3), ("BatchNormalization", {}), activation("relu"), dense(2), **V), None, "n0", "bias does nothing",
        "Leave the bias out",
    ),
    "deep tanh": (chain(*[dense(8, "tanh")] * 6, **V), None, "n4", "the gradient vanishes", "Use relu in them"),
    "linear twice": (chain(dense(8), dense(9), **V), None, "n0", "no more than one", "Use relu"),
    "images read by a Dense": (
        chain(("Conv2D", {"filters": 3, "kernel_size": 3}), ("Dropout", {"rate": 0.5}), dense(4)), None, "n2",
        "one row of an image", "Insert Flatten",
    ),
    "fractions as words": (
        chain(dense(8, "relu"), ("Embedding", {"input_dim": 9, "output_dim": 4}), **V), None, "n1", "whole numbers",
        "Remove n1",
    ),
    "channels last": (
        chain(("Conv2D", {"filters": 4, "kernel_size": 3}), shape=(28, 28, 3)), None, "in", "channels last",
        "Put the channels first",
    ),
    "nothing reads it": (
        graph(
            {"in": ("Input", {"shape": [5]}), "a": dense(3, "relu"), "b": dense(2), "c": dense(4, "relu")},
            "in>a a>b a>c", outputs=["b"],
        ), None, "c", "nothing reads it", "Remove c",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("made", "loss", "name", "said", "label"), WARNED.values(), ids=WARNED)
def test_what_trains_badly_is_warned_of_and_mended(made, loss, name, said, label) -> None:
    training = Training(loss=loss)
    report = analyse(made, None, training)
    assert report["error"] is None
    warning = next(w for w in report["nodes"][name]["warnings"] if said in w["message"])
    fixes = {fix["label"]: fix["operations"] for fix in warning["fixes"]}
    after = analyse(apply(made, fixes[label])[0], None, training)
    assert after["error"] is None
    assert not any(said in w["message"] for node in after["nodes"].values() for w in node["warnings"])


FINE: dict[str, tuple[dict, str | None]] = {
    "a classifier": (chain(dense(8, "relu"), ("Dropout", {"rate": 0.5}), dense(3, "softmax"), **V), CLASSES),
    "an activation of its own": (chain(dense(8), activation("relu"), dense(3), activation("softmax"), **V), CLASSES),
    "yes or no": (chain(dense(8, "relu"), dense(1, "sigmoid"), **V), YES_OR_NO),
    "a number": (chain(dense(8, "relu"), dense(1), **V), "mean_squared_error"),
    "a bottleneck": (chain(dense(2), dense(5), **V), "mean_squared_error"),
    "normalized": (
        chain(dense(8, use_bias=False), ("BatchNormalization", {}), activation("relu"), dense(2), **V),
        "mean_squared_error",
    ),
    "four tanh": (chain(*[dense(8, "tanh")] * 4, dense(1), **V), "mean_squared_error"),
    "words": (chain(("Embedding", {"input_dim": 9, "output_dim": 4}), ("LSTM", {"units": 3}), **V), None),
    "a skip": (
        graph(
            {"in": ("Input", {"shape": [4]}), "d": dense(4), "add": ("Add", {}), "out": dense(2)},
            "in>d in>add d>add add>out",
        ),
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("made", "loss"), FINE.values(), ids=FINE)
def test_what_is_fine_is_not_warned_of(made, loss) -> None:
    report = analyse(made, None, Training(loss=loss))
    assert [w["message"] for node in report["nodes"].values() for w in node["warnings"]] == []
