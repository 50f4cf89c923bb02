"""Metrics that are counted, against Keras 3 and formulas in NumPy."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from kit import metrics
from kit.metrics import AUC, F1Score, MeanIoU, Precision, R2Score, Recall, Specificity
from kit.metrics.counted import OfNumbers

CPU = torch.device("cpu")


def counted(metric, y_true, y_pred, batch: int = 7) -> float:
    """A metric's value over arrays, counted batch by batch."""
    tally = metrics.get(metric).fresh(np.shape(y_pred)[1:], CPU)
    for start in range(0, len(y_pred), batch):
        part = slice(start, start + batch)
        tally.add(torch.as_tensor(np.asarray(y_true)[part]), torch.as_tensor(np.asarray(y_pred)[part]))
    return tally.read()


@pytest.fixture
def classes(rng):
    """Wanted classes (50, 1), probabilities (50, 4) that are often right, and the classes one-hot (50, 4)."""
    wanted = rng.integers(0, 4, 50)
    p = rng.dirichlet(np.ones(4), 50) + 0.3 * np.eye(4)[wanted]
    return wanted[:, None].astype("float32"), (p / p.sum(1, keepdims=True)).astype("float32"), np.eye(4)[wanted]


@pytest.fixture
def answers(rng):
    """Wanted yes and no (50, 1), and probabilities (50, 1) that are often right."""
    wanted = rng.integers(0, 2, (50, 1)).astype("float32")
    return wanted, (0.3 * wanted + 0.7 * rng.random((50, 1))).astype("float32")


def by_class(wanted: np.ndarray, said: np.ndarray) -> np.ndarray:
    """TP, FP, FN, TN of each class, in rows."""
    return np.stack(
        [(said & wanted).sum(0), (said & ~wanted).sum(0), (~said & wanted).sum(0), (~said & ~wanted).sum(0)]
    )


FORMULAS = {
    Precision: lambda tp, fp, fn, tn: tp / (tp + fp),
    Recall: lambda tp, fp, fn, tn: tp / (tp + fn),
    F1Score: lambda tp, fp, fn, tn: 2 * tp / (2 * tp + fp + fn),
    Specificity: lambda tp, fp, fn, tn: tn / (tn + fp),
}


@pytest.mark.parametrize("cls", FORMULAS)
@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
@pytest.mark.parametrize("one_hot", [True, False])
def test_a_metric_of_classes_is_its_formula(cls, average: str, one_hot: bool, classes) -> None:
    numbers, p, rows = classes
    counts = by_class(rows > 0, np.eye(4)[p.argmax(1)] > 0)
    each = FORMULAS[cls](*counts)
    expected = {
        "macro": each.mean(),
        "micro": FORMULAS[cls](*counts.sum(1)),
        "weighted": (each * rows.mean(0)).sum(),
    }[average]
    assert counted(cls(average), rows if one_hot else numbers, p) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("cls", FORMULAS)
@pytest.mark.parametrize("threshold", [None, 0.5, 0.3])
def test_a_metric_of_classes_with_one_output_is_of_yes_and_no(cls, threshold: float | None, answers) -> None:
    wanted, p = answers
    expected = FORMULAS[cls](*by_class(wanted > 0, p > (threshold or 0.5)))[0]
    assert counted(cls(threshold=threshold), wanted, p) == pytest.approx(expected, rel=1e-6)


def test_with_a_threshold_a_sample_can_have_several_labels(keras, rng) -> None:
    wanted, p = rng.integers(0, 2, (40, 3)), rng.random((40, 3)).astype("float32")
    for ours, theirs in ((Precision, keras.metrics.Precision), (Recall, keras.metrics.Recall)):
        peer = theirs(thresholds=0.4)
        peer.update_state(wanted, p)
        assert counted(ours("micro", threshold=0.4), wanted, p) == pytest.approx(float(peer.result()), rel=1e-6)
    peer = keras.metrics.F1Score(average="weighted", threshold=0.4)
    peer.update_state(wanted.astype("float32"), p)
    assert counted(F1Score("weighted", 0.4), wanted, p) == pytest.approx(float(peer.result()), rel=1e-6)


def test_f1_of_classes_is_that_of_keras(keras, classes) -> None:
    _, p, rows = classes
    for average in ("macro", "micro", "weighted"):
        peer = keras.metrics.F1Score(average=average)
        peer.update_state(rows.astype("float32"), p)
        assert counted(F1Score(average), rows, p) == pytest.approx(float(peer.result()), rel=1e-5)


def test_a_class_that_never_comes_up_counts_as_nought() -> None:
    wanted, p = [[0], [0]], [[0.9, 0.1], [0.8, 0.2]]
    assert counted("precision", wanted, p) == 0.5
    assert counted("f1", wanted, p) == 0.5


def test_auc_is_that_of_keras(keras, answers) -> None:
    wanted, p = answers
    peer = keras.metrics.AUC()
    peer.update_state(wanted, p)
    assert counted("auc", wanted, p) == pytest.approx(float(peer.result()), abs=1e-6)


def test_auc_of_classes_is_the_mean_of_one_against_the_rest(keras, classes) -> None:
    numbers, p, rows = classes
    peer = keras.metrics.AUC(multi_label=True)
    peer.update_state(rows, p)
    assert counted(AUC(), rows, p) == pytest.approx(float(peer.result()), abs=1e-6)
    assert counted(AUC(), numbers, p) == pytest.approx(float(peer.result()), abs=1e-6)


def test_auc_is_near_the_fraction_of_pairs_in_the_right_order(answers) -> None:
    wanted, p = answers
    yes, no = p[wanted > 0], p[wanted == 0]
    assert counted("auc", wanted, p) == pytest.approx((yes[:, None] > no).mean(), abs=0.01)


def test_auc_leaves_out_a_class_without_a_yes() -> None:
    wanted, p = [[1.0, 0, 0], [0, 1.0, 0]], [[0.9, 0.1, 0.0], [0.2, 0.8, 0.0]]
    assert counted("auc", wanted, p) == 1.0
    assert np.isnan(counted("auc", [[1.0], [1.0]], [[0.9], [0.8]]))


def test_mean_iou_is_that_of_keras(keras, classes, answers) -> None:
    _, p, rows = classes
    peer = keras.metrics.OneHotMeanIoU(num_classes=4)
    peer.update_state(rows, p)
    assert counted(MeanIoU(), rows, p) == pytest.approx(float(peer.result()), rel=1e-6)
    wanted, p = answers
    peer = keras.metrics.BinaryIoU(threshold=0.5)
    peer.update_state(wanted, p)
    assert counted("mean_io_u", wanted, p) == pytest.approx(float(peer.result()), rel=1e-6)


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_r2_is_its_formula_however_far_from_nought(outputs: int, offset: float, rng) -> None:
    y = rng.normal(size=(60, outputs)) + offset
    came = y + rng.normal(size=y.shape) / 2
    expected = (1 - ((y - came) ** 2).sum(0) / ((y - y.mean(0)) ** 2).sum(0)).mean()
    assert counted("r2", y, came) == pytest.approx(expected, rel=1e-3 if offset else 1e-9)


def test_r2_does_not_depend_on_the_unit(rng) -> None:
    y, came = rng.normal(size=(2, 60, 1))
    assert counted(R2Score(), y * 1e-6, came * 1e-6) == pytest.approx(counted(R2Score(), y, came))


def test_r2_of_a_constant_target_is_nought() -> None:
    assert counted("r2_score", np.ones((5, 1)), np.zeros((5, 1))) == 0
    assert counted("r2_score", np.ones((1, 1)), np.zeros((1, 1))) == 0


def test_the_root_of_the_mean_square_is_of_all_samples(rng) -> None:
    y, came = rng.normal(size=(2, 61, 3))
    expected = np.sqrt(((y - came) ** 2).mean())
    assert counted("root_mean_squared_error", y, came) == pytest.approx(expected, rel=1e-12)


COUNTED = [name for name, metric in metrics.METRICS.items() if isinstance(metrics.get(metric), metrics.Counted)]


@pytest.mark.parametrize("name", COUNTED)
def test_sequences_are_counted_step_by_step(name: str, rng) -> None:
    wanted, p = rng.integers(0, 2, (8, 5, 3)).astype("float32"), rng.random((8, 5, 3))
    assert counted(name, wanted, p) == pytest.approx(counted(name, wanted.reshape(40, 3), p.reshape(40, 3)))


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("numbers", [True, False])
def test_steps_that_a_mask_leaves_out_are_not_counted(name: str, numbers: bool, rng) -> None:
    numbers = numbers and not isinstance(metrics.get(name), OfNumbers)
    wanted = rng.integers(0, 3, (8, 5)) if numbers else rng.integers(0, 2, (8, 5, 3)).astype("float32")
    p, mask = rng.random((8, 5, 3)), torch.from_numpy(rng.random((8, 5)) > 0.3)
    outputs = torch.from_numpy(p)
    outputs.mask = mask
    tally = metrics.get(name).fresh((5, 3), CPU)
    tally.add(torch.from_numpy(wanted), outputs)
    kept = mask.numpy()
    assert tally.read() == pytest.approx(counted(name, wanted[kept][:, None] if numbers else wanted[kept], p[kept]))


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("outputs", [1, 3])
def test_nothing_waits_for_the_device_while_counting(name: str, outputs: int) -> None:
    meta = torch.device("meta")  # has no numbers: to read one is an error
    tally = metrics.get(name).fresh((outputs,), meta)
    tally.add(torch.empty(8, outputs, device=meta), torch.empty(8, outputs, device=meta))
    with pytest.raises((RuntimeError, NotImplementedError), match="meta"):
        tally.read()


@pytest.mark.parametrize("name", COUNTED)
def test_a_tally_goes_on_from_its_state(name: str, answers) -> None:
    wanted, p = (torch.from_numpy(array) for array in answers)
    whole, first, second = (metrics.get(name).fresh((1,), CPU) for _ in range(3))
    whole.add(wanted[:20], p[:20])
    first.add(wanted[:20], p[:20])
    state = {key: torch.from_numpy(value.numpy().copy()) for key, value in first.state().items()}
    first.add(wanted[20:], p[20:])  # must not change what was taken
    second.go_on(state)
    whole.add(wanted[20:], p[20:])
    second.add(wanted[20:], p[20:])
    assert second.read() == whole.read() == first.read()
    assert {key: value.dtype for key, value in second.state().items()} == {
        key: value.dtype for key, value in whole.state().items()
    }


@pytest.mark.parametrize(("text", "made"), [
    ("precision", "Precision()"),
    ("f1(average='micro')", 'F1Score(average="micro")'),
    ('Recall(average="weighted", threshold=0.5)', 'Recall(average="weighted", threshold=0.5)'),
    (AUC, "AUC()"),
    ("top_k_categorical_accuracy(k=3)", "TopKCategoricalAccuracy(k=3)"),
    ("top_k_categorical_accuracy(3)", "TopKCategoricalAccuracy(k=3)"),
    ("top_5", "TopKCategoricalAccuracy()"),
])  # fmt: skip
def test_a_name_a_call_or_a_class_stands_for_a_metric(text, made: str) -> None:
    found = metrics.get(text)
    assert repr(found) == made
    assert repr(metrics.get(repr(found))) == made  # as a file keeps it


def test_a_misspelt_argument_says_what_is_near() -> None:
    with pytest.raises(TypeError, match=r"Precision has no argument 'averge'; did you mean 'average'\?"):
        metrics.get("precision(averge='micro')")


def test_a_metric_of_torchmetrics_is_counted(answers, classes, rng) -> None:
    from torchmetrics.classification import BinaryAUROC, MulticlassAccuracy, MultilabelF1Score
    from torchmetrics.regression import PearsonCorrCoef

    wanted, p = answers
    yes, no = p[wanted > 0], p[wanted == 0]
    assert counted(BinaryAUROC(), wanted, p) == pytest.approx((yes[:, None] > no).mean(), rel=1e-6)
    numbers, p, rows = classes
    expected = (p.argmax(1) == numbers[:, 0]).mean()
    for given in (numbers, rows):
        assert counted(MulticlassAccuracy(4, average="micro"), given, p) == pytest.approx(expected)
    wanted, p = rng.integers(0, 2, (40, 3)).astype("float32"), rng.random((40, 3)).astype("float32")
    assert counted(MultilabelF1Score(3), wanted, p) == pytest.approx(counted(F1Score(threshold=0.5), wanted, p))
    y, came = rng.normal(size=(2, 40, 1))
    assert counted(PearsonCorrCoef(), y, came) == pytest.approx(np.corrcoef(y[:, 0], came[:, 0])[0, 1], rel=1e-5)


def test_a_metric_of_torchmetrics_that_keeps_its_samples_goes_on_too(answers) -> None:
    from torchmetrics.classification import BinaryAUROC

    given = metrics.get(BinaryAUROC())
    wanted, p = (torch.from_numpy(array) for array in answers)
    first, second = (given.fresh((1,), CPU) for _ in range(2))
    second.go_on(first.state())
    second.add(wanted[:20], p[:20])
    first.go_on(second.state())
    first.add(wanted[20:], p[20:])
    assert first.read() == pytest.approx(counted(given, *answers))


def test_a_metric_that_gives_several_numbers_is_refused_when_read(classes) -> None:
    from torchmetrics.classification import MulticlassRecall

    numbers, p, _ = classes
    with pytest.raises(ValueError, match=r"MulticlassRecall gives .*, not one number; choose how it is averaged"):
        counted(MulticlassRecall(4, average=None), numbers, p)


def test_torchmetrics_is_imported_only_where_something_is_counted() -> None:
    code = "import sys, kit; kit.metrics.get('precision'); assert 'torchmetrics' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("metric", ["precision", "recall", "f1", "auc", "specificity", "mean_io_u", "rmse"])
def test_an_image_of_one_channel_is_a_yes_or_no_at_each_place(metric: str, rng) -> None:
    wanted = rng.integers(0, 2, (9, 1, 4, 5)).astype("float32")
    said = (0.3 * wanted + 0.7 * rng.random(wanted.shape)).astype("float32")
    assert counted(metric, wanted, said) == pytest.approx(counted(metric, wanted.reshape(-1, 1), said.reshape(-1, 1)))
    accuracy = metrics.get("accuracy")(torch.tensor(wanted), torch.tensor(said)).mean()
    assert float(accuracy) == pytest.approx(((said > 0.5) == wanted).mean())
