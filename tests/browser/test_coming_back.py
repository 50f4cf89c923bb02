"""Whoever leaves a run finds it again: in a new tab, in another notebook, after the kernel was killed; or is told."""

import os
import signal

from tests.browser.hands import by_id, number_in, points, wait_points, wait_state

DATA = """
import os, time, numpy as np, kit, widgets
X = np.random.default_rng(0).normal(size=(256, 8)).astype("float32")
y = X[:, :1]
def begin(**options):
    model = kit.Sequential([kit.Input(8), kit.layers.Dense(16, "relu"), kit.layers.Dense(1)])
    model.compile("adam", "mse")
    return model.fit(X, y, epochs=100_000, seed=1, background=True, **options)
"""
BEGINNING = "print('began with', {}.history.batch('loss')[:4].tolist())"


def test_a_run_is_found_and_steered_in_a_new_tab_and_from_another_notebook(notebook):
    book = notebook(DATA + "run = begin()\nrun")
    book.run(0)
    wait_points(book.page, 50)
    before = points(book.page)
    book.save()
    book.page.close()
    book.page = book.open()
    by_id(book.page, "monitor").wait_for()
    wait_points(book.page, before + 1)
    by_id(book.page, "pause").click()
    wait_state(book.page, "paused")

    first = book.page
    book.beside("import kit, widgets\nwidgets.Runs(None)", "print(kit.runs()[0].state)")
    page = book.page
    book.run(0)
    by_id(page, "row-open").click()
    wait_state(page, "paused")
    wait_points(page, points(first))
    by_id(page, "resume").click()
    wait_state(page, "running")
    wait_state(first, "running")
    page.get_by_role("button", name="Stop run 1 and keep what it learned").click()
    wait_state(page, "stopped")
    page.wait_for_selector('[data-testid="row-run 1"][data-state="stopped"]')
    book.run(1)
    assert "stopped" in book.text(1)
    assert by_id(page, "monitor").get_attribute("data-points") == by_id(first, "monitor").get_attribute("data-points")


def test_a_builder_and_a_studio_say_once_and_above_that_the_kernel_is_gone(notebook):
    book = notebook(
        "import widgets\nwidgets.Studio('digits')",
        "import kit\nwidgets.Builder(kit.Sequential([kit.Input(8), kit.layers.Dense(4)]))",
        "'the last cell'",
    )
    page = book.page
    book.run(0)
    book.run(1)
    builders = by_id(page, "builder")
    page.locator('[data-testid="builder"][data-ready="true"]').nth(1).wait_for()
    book.cell(2).locator(".jp-InputPrompt").click()
    page.keyboard.press("0")
    page.keyboard.press("0")
    page.locator(".jp-Dialog .jp-mod-accept").last.click()
    told = by_id(page, "disconnected")
    told.nth(1).wait_for()
    assert told.count() == 2
    for number, home in enumerate((by_id(page, "studio"), builders.nth(1))):
        assert told.nth(number).bounding_box()["y"] - home.bounding_box()["y"] < 10
    units = builders.nth(1).locator('[data-testid="field-dense_1-units"]')
    units.fill("7")
    units.press("Tab")
    page.wait_for_timeout(600)
    assert by_id(page, "undo").last.is_disabled()


def test_after_the_kernel_was_killed_the_list_resumes_the_file_with_the_same_curve(notebook):
    book = notebook(
        DATA + "run = begin(autosave='killed.h5', autosave_every=0.2)\nprint('pid', os.getpid())\nrun",
        BEGINNING.format("run"),
        DATA + "listed = widgets.Runs('.', X, y)\nlisted",
        BEGINNING.format("listed.run"),
    )
    book.run(0)
    wait_points(book.page, 50)
    book.run(1)
    began = book.text(1).strip()
    book.page.wait_for_timeout(600)  # so that a save of more than the start is there
    os.kill(int(number_in(book.text(0))), signal.SIGKILL)
    book.page.close()
    book.page = book.open()
    page = book.page
    book.run(2)
    row = by_id(page, "row-killed.h5")
    row.wait_for()
    steps = int(number_in(row.inner_text().split("step")[1].replace(",", "")))
    assert steps > 0
    row.get_by_role("button", name="Resume the training in killed.h5").click()
    wait_state(page, "running")
    wait_points(page, steps + 50)
    book.run(3)
    assert book.text(3).strip() == began
    by_id(page, "stop").click()
    wait_state(page, "stopped")


def test_a_training_that_is_over_is_opened_from_its_file_and_trained_on(notebook):
    book = notebook(
        DATA
        + """
over = begin(autosave='over.h5')
over.pause()
over.step_epoch()
over.set(learning_rate=0.02, epochs=3)
over.resume()
print('ended', over.wait().state, over.step_count)
""",
        "listed = widgets.Runs('.', X, y)\nlisted",
        "print('loaded', type(listed.model).__name__, listed.run is None)",
    )
    page = book.page
    book.run(0)
    steps = int(number_in(book.text(0)))
    book.run(1)
    by_id(page, "row-over.h5").get_by_role("button", name="Show the training in over.h5").click()
    wait_state(page, "done")
    wait_points(page, steps)
    assert points(page) == steps
    assert "learning_rate" in by_id(page, "past-log").inner_text()
    page.get_by_role("button", name="Load the model as it was at best").click()
    assert "mark='best'" in by_id(page, "past-loaded").inner_text()
    book.run(2)
    assert "loaded Sequential True" in book.text(2)
    by_id(page, "past-on").click()
    wait_points(page, 2 * steps)
    wait_state(page, "done")


RECORDER = """() => {
    window.told = [];
    window.Notification = class extends window.Notification {
        constructor(title, options) {
            super(title, options);
            window.told.push([title, options.tag]);
        }
    };
}"""


def test_the_browser_notifies_of_a_target_and_an_end_and_without_leave_the_title_says_it(notebook):
    book = notebook(
        DATA,
        "run = begin()\nrun.step_epoch()\nwhile not run.history.epoch:\n    time.sleep(0.01)",
        "widgets.Monitor(run, target=('loss', run.history['loss'][-1] / 2))",
        "run.stop()",
    )
    page = book.page
    book.context.grant_permissions(["notifications"], origin=book.lab.url)
    page.evaluate(RECORDER)
    book.run(0)
    book.run(1)
    book.run(2)
    wait_state(page, "paused")
    by_id(page, "notify").check()
    by_id(page, "resume").click()
    page.wait_for_function("() => window.told.length === 1")
    book.run(3)
    wait_state(page, "stopped")
    page.wait_for_function("() => window.told.length === 2")
    (reached, target), end = page.evaluate("window.told")
    assert reached.startswith("run 1 reached loss ≤ ")
    assert target == "hornbook run 1 target"
    assert end == ["run 1 was stopped", "hornbook run 1 end"]

    book.context.clear_permissions()
    book.run(1)
    book.run(2)
    wait_state(page, "paused")
    assert by_id(page, "notify").is_checked()  # as it was chosen
    book.run(3)
    wait_state(page, "stopped")
    assert page.title().startswith("● run 2 was stopped")
    assert "run 2 was stopped" in by_id(page, "news").inner_text()
    assert page.evaluate("window.told.length") == 2
    page.keyboard.press("Shift")
    assert "stopped" not in page.title()
