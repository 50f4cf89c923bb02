"""A run is changed, taken back and branched from the monitor alone."""

from tests.browser.hands import by_id, wait_points, wait_state

RUN = """
import numpy as np, kit, widgets
X = np.random.default_rng(0).normal(size=(256, 8)).astype("float32")
layers = [kit.Input(8), kit.layers.Dense(16, "relu"), kit.layers.Dropout(0.2), kit.layers.Dense(1)]
model = kit.Sequential(layers)
model.compile("adam", "mse")
run = model.fit(X, X[:, :1], epochs=100_000, seed=1, background=True)
monitor = widgets.Monitor(run)
monitor
"""
SAID = "print(run.epochs, model.layers[1].rate, model.layers[0].trainable, [line['what'] for line in run.log])"


def test_a_run_is_changed_taken_back_and_branched_from_the_monitor(notebook):
    book = notebook(RUN, SAID, "print(monitor.run.session.parent, run.state)", "[run.stop() for run in kit.runs()]")
    page = book.page
    book.run(0)
    wait_points(page, 50)
    by_id(page, "step-epoch").click()
    wait_state(page, "paused")
    by_id(page, "changes").locator("summary").click()
    by_id(page, "mark").click()
    page.get_by_role("button", name="Go back to mark at step", exact=False).wait_for()
    for name, value in (("epochs", "90,000"), ("dropout_1", "0,5")):
        by_id(page, name).fill(value)
        by_id(page, name).press("Enter")
    by_id(page, "learning-rate").fill("abc")
    by_id(page, "learning-rate").press("Enter")
    assert by_id(page, "learning-rate-reason").inner_text() == "a number is needed"
    assert by_id(page, "learning-rate").input_value() == "abc"
    by_id(page, "learning-rate").press("Escape")
    assert by_id(page, "learning-rate-reason").count() == 0
    by_id(page, "learns-dense_1").click()
    page.wait_for_selector('[data-testid="learns-dense_1"]:not(:checked)')
    book.run(1)
    assert "90000 0.5 False ['mark', 'set', 'set', 'set']" in book.text(1)
    by_id(page, "resume").click()
    wait_state(page, "running")
    page.get_by_role("button", name="Go back to start").click()
    by_id(page, "learns-dense_1").and_(page.locator(":checked")).wait_for()
    page.get_by_role("button", name="Branch from mark at step", exact=False).click()
    page.wait_for_function("() => document.querySelector('.hb-run-name')?.innerText === 'run 2'")
    assert by_id(page, "parent-curve").first.inner_text() == "run 1, which it branched from"
    book.run(2)
    assert "'run': 'run 1'" in book.text(2)
    assert "running" in book.text(2)
    book.run(3)
