"""The main job, as a newcomer does it: build, train, watch, steer, save, leave, come back, load."""

from tests.browser.hands import (
    by_id,
    drop_on_wire,
    number_in,
    points,
    setting,
    time_to_state,
    type_into,
    wait_points,
    wait_state,
)

STUDIO = """
import hashlib, kit, widgets
def fingerprint(model):
    (_, _), (X, _) = kit.datasets.digits.load_data()
    return hashlib.sha256(model.predict(X).tobytes()).hexdigest()
studio = widgets.Studio("digits")
studio
"""
LOAD = """
import hashlib, kit
(_, _), (X, _) = kit.datasets.digits.load_data()
model = kit.load("story.h5")
print("loaded", hashlib.sha256(model.predict(X).tobytes()).hexdigest(), model.history.steps)
"""


def test_a_model_is_built_trained_steered_saved_and_found_again(notebook):
    book = notebook(
        STUDIO,
        "print('answer', 6 * 7)",
        "import time\nfor i in range(200): time.sleep(0.05)\nprint('slept')",
        "print('steps', studio.run.history.steps, 'print', fingerprint(studio.model))",
        LOAD,
    )
    page = book.page
    book.run(0)
    by_id(page, "studio").wait_for()

    # build: a layer dropped on a wire is inserted there, and the shapes follow
    by_id(page, "node-dense_1").wait_for()
    drop_on_wire(page, "Dense", "flatten_1", "dense_1")
    node = by_id(page, "node-dense_2")
    node.wait_for()
    type_into(page, "field-dense_2-units", "32")
    page.wait_for_function(
        """() => document.querySelector('[data-testid="node-dense_1"]')?.innerText.includes('32')""", timeout=10_000
    )
    assert "2,080" in node.inner_text()  # 64 * 32 weights and 32 biases

    # train: another cell answers while the curve grows
    setting(page, "epochs", "100000")
    by_id(page, "train").click()
    wait_state(page, "running")
    assert "next run" in by_id(page, "settings-next").inner_text()
    wait_points(page, 50)
    book.run(1)
    assert "answer 42" in book.text(1)
    before = points(page)
    wait_points(page, before + 50)

    # pause, resume
    by_id(page, "pause").click()
    wait_state(page, "paused")
    page.wait_for_timeout(400)
    held = points(page)
    page.wait_for_timeout(400)
    assert points(page) == held
    by_id(page, "resume").click()
    wait_points(page, held + 50)

    # stop, while a cell is busy
    book.run(2, wait=False)
    page.wait_for_function("() => /\\\\| Busy/.test(document.querySelector('#jp-main-statusbar')?.innerText ?? '')")
    waited = time_to_state(page, "stop", "stopped")
    assert "slept" not in book.text(2)
    assert waited < 300, f"Stop was answered after {waited:.0f} ms"
    book.wait_idle()

    # save; leave and come back: every point is there, in a second tab too
    type_into(page, "save-path", "story.h5")
    by_id(page, "save-model").click()
    page.wait_for_function(
        """() => document.querySelector('[data-testid="message"]')?.innerText.includes('story.h5')"""
    )
    book.run(3)
    said = book.text(3).split()
    steps, fingerprint = int(said[1]), said[3]
    book.save()
    page.reload()
    by_id(page, "monitor").wait_for()
    wait_points(page, steps)
    assert points(page) == steps
    second = book.open()
    by_id(second, "monitor").wait_for()
    wait_points(second, steps)
    assert points(second) == steps
    assert number_in(by_id(second, "result").inner_text()) > 50
    second.close()

    # a new kernel: the old view says so, and the file gives the same predictions
    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator('.lm-Menu-item[data-command="kernelmenu:restart"]').click()
    page.locator(".jp-Dialog .jp-mod-accept, .jp-Dialog .jp-mod-warn").last.click()
    page.wait_for_selector('[data-testid="monitor"][data-connected="false"]', timeout=40_000)
    book.wait_idle()
    book.run(4)
    loaded = book.text(4).split()
    assert loaded == ["loaded", fingerprint, str(steps)]
