"""Files of each format version, kept in this folder, load for ever."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import kit
from kit.layers import BatchNormalization, Dense, Dropout, Input
from tests.kit.training.test_resume import X, Y

GOLDEN = Path(__file__).parent / "golden"
TRAININGS = {  # sums of the weights, the first prediction, the loss of the epoch that was done; as they were saved
    "training-1a.h5": (
        [0.80408, 0.16156, 5.50009, 0.03762, -0.0015, 5.81602, 1.28458, 0.14826],
        [0.31881, 0.40786, 0.27333],
        [1.6394596576690674],
    ),
    "training-1b.h5": (
        [0.44052, 0.39223, 5.6412, -0.21292, -0.00383, 5.82043, 1.25468, 0.04392],
        [0.26747, 0.49949, 0.23304],
        [1.5048017501831055],
    ),
}
WEIGHTS = [-0.184569, 0.597189, 5.195056, -0.31884, 0.007061, 5.605041, 1.392472, 0.079783]
PARENT_LOSSES = [1.268952, 1.624469, 1.549801]  # of the run that training-1d.h5 branched from


def sums(model: kit.Sequential) -> list[float]:
    return [float(weight.sum()) for weight in model.get_weights()]


@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_saved_by_version_1_loads_and_goes_on(name: str, tmp_path):
    weights, prediction, losses = TRAININGS[name]
    path = Path(shutil.copy(GOLDEN / name, tmp_path))
    model = kit.load(path)
    np.testing.assert_allclose(sums(model), weights, atol=2e-5)
    np.testing.assert_allclose(model.predict(X)[0], prediction, atol=2e-5)
    assert (model.history["loss"], model.history.steps) == (losses, 4)
    run = kit.resume(path, X, Y).wait()
    assert (run.state, run.step_count, len(run.history["val_loss"])) == ("done", 9, 3)


def test_weights_saved_by_version_1_load_into_the_same_layers():
    layers = [Input(4), Dense(6, "tanh"), BatchNormalization(), Dropout(0.3), Dense(3, "softmax")]
    model = kit.Sequential(layers)
    model.load_weights(GOLDEN / "weights-1.h5")
    np.testing.assert_allclose(sums(model), WEIGHTS, atol=2e-5)


def test_marks_saved_by_version_1_are_opened_and_gone_back_to():
    path = GOLDEN / "training-1c.h5"
    wanted = {
        "mine": [-0.64235, 0.05629, 5.35133, 0.14512, -0.00123, 5.82729, 1.79744, 0.0],
        "left": [-0.82828, 0.12421, 4.91936, 0.19896, 0.00269, 5.74342, 1.79744, 0.0],
    }
    for name, weights in wanted.items():
        np.testing.assert_allclose(sums(kit.load(path, mark=name)), weights, atol=2e-5)
    assert kit.load(path, mark="left").optimizer.learning_rate == 0.05


def test_a_training_with_marks_saved_by_version_1_goes_on_with_them(tmp_path):
    path = Path(shutil.copy(GOLDEN / "training-1c.h5", tmp_path))
    run = kit.resume(path, X, Y).wait()
    assert (run.state, run.step_count) == ("done", 9)
    assert {"start", "best", "mine", "step 5", "left", "last"} == set(run.marks)
    run.rollback("left")
    assert (run.history.steps, len(run.history["loss"])) == (6, 2)


def test_the_curve_that_a_branch_saved_by_version_1_came_from_is_there():
    session = kit.load(GOLDEN / "training-1d.h5").session
    assert session.parent["mark"] == "mine"
    np.testing.assert_allclose(session.parent_history["loss"], PARENT_LOSSES, atol=1e-5)
    assert kit.load(GOLDEN / "training-1c.h5").session.parent_history is None
