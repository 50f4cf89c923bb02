"""Pictures show the numbers that are there."""

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from kit import Input, Model, Sequential
from kit.graph import document
from kit.layers import Dense, Flatten, GlobalAveragePooling1D, add
from kit.plotting import COLOURS, curves, diagram, smoothed


@pytest.fixture
def trained(blobs) -> Sequential:
    model = Sequential([Dense(2, "softmax")])
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(blobs.X, blobs.Y, epochs=3, batch_size=16, validation_split=0.25, seed=1, verbose=0)
    return model


def test_the_curves_are_the_numbers_of_the_history(trained) -> None:
    history = trained.history
    picture = history.plot()
    loss, accuracy = picture.figure.axes
    for axes, name in ((loss, "loss"), (accuracy, "accuracy")):
        faint, smooth, held_out = axes.lines
        np.testing.assert_array_equal(faint.get_ydata(), history.batch(name))
        np.testing.assert_array_equal(smooth.get_ydata(), smoothed(history.batch(name)))
        np.testing.assert_array_equal(held_out.get_ydata(), history[f"val_{name}"])
        assert list(held_out.get_xdata()) == history.epoch_steps
        assert [text.get_text() for text in axes.get_legend().get_texts()] == [name, f"val_{name}"]
    assert repr(picture) == "<curves of 3 epochs, 15 batches>"


def test_a_history_without_metrics_has_one_pair_of_axes_and_shows_its_marks(blobs) -> None:
    model = Sequential([Dense(2, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    history = model.fit(blobs.X, blobs.Y, verbose=0)
    history.mark("learning_rate = 0.5")
    (axes,) = curves(history).figure.axes
    assert [text.get_text() for text in axes.texts] == ["learning_rate = 0.5"]
    assert list(axes.lines[-1].get_xdata()) == [3, 3]


def test_the_curves_of_the_run_it_branched_from_are_behind_in_grey(blobs) -> None:
    model = Sequential([Dense(2, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    parent = model.fit(blobs.X, blobs.Y, epochs=3, verbose=0)
    history = model.fit(blobs.X, blobs.Y, verbose=0)
    (axes,) = curves(history, parent).figure.axes
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), smoothed(parent.batch("loss")))
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["loss of the parent", "loss"]


@pytest.mark.parametrize("count", [1, 7, 200])
def test_smoothing_keeps_the_length_the_mean_of_constants_and_lies_within(count: int, rng) -> None:
    numbers = rng.normal(size=count)
    found = smoothed(numbers)
    assert len(found) == count
    assert numbers.min() - 1e-9 <= found.min() <= found.max() <= numbers.max() + 1e-9
    np.testing.assert_allclose(smoothed(np.full(count, 3.0)), 3.0)


def test_a_diagram_has_a_box_a_layer_with_its_shape_and_an_arrow_a_connection() -> None:
    start = Input((3, 4))
    left = Dense(4)(start)
    model = Model(start, Dense(2)(Flatten()(add([left, start]))))
    axes = model.plot().figure.axes[0]
    texts = [text.get_text() for text in axes.texts]
    nodes, edges = document(model)["nodes"], document(model)["edges"]
    assert sum(isinstance(patch, FancyBboxPatch) for patch in axes.patches) == len(nodes) == 5
    assert sum(isinstance(patch, FancyArrowPatch) for patch in axes.patches) == len(edges) == 5
    assert [texts.count(name) for name in ("Input", "Dense", "Add", "Flatten")] == [1, 2, 1, 1]
    assert "20 parameters" in texts
    assert texts.count("3 × 4") == 3
    assert texts.count("12") == 1


def test_a_layer_with_an_error_is_red_and_what_is_behind_it_has_no_shape() -> None:
    made = document(Sequential([Input((8,)), Dense(3), Dense(2)]))
    made["nodes"][1]["config"]["input_dim"] = 9
    axes = diagram(made).figure.axes[0]
    colours = {text.get_text(): text.get_color() for text in axes.texts}
    assert colours["Input"] == COLOURS["input"]
    assert [text.get_color() for text in axes.texts if text.get_text() == "Dense"] == ["#c62828", COLOURS["core"]]
    assert "?" in colours


def test_a_long_name_stays_in_its_box() -> None:
    axes = Sequential([Input((3, 4)), GlobalAveragePooling1D()]).plot().figure.axes[0]
    axes.figure.canvas.draw()
    boxes = [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)]
    (name,) = (text for text in axes.texts if text.get_text() == "GlobalAveragePooling1D")
    drawn, box = name.get_window_extent(), boxes[1].get_window_extent()
    assert box.x0 < drawn.x0 < drawn.x1 < box.x1


@pytest.mark.parametrize(("ending", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_a_picture_is_saved_in_the_form_of_its_ending(ending: str, begins: bytes, tmp_path) -> None:
    Sequential([Input((2,)), Dense(1)]).plot().save(tmp_path / f"model.{ending}")
    assert (tmp_path / f"model.{ending}").read_bytes().startswith(begins)


def test_notebooks_get_a_png() -> None:
    assert Sequential([Input((2,)), Dense(1)]).plot()._repr_png_().startswith(b"\x89PNG")
