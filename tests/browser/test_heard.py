"""Who does not see the widgets hears them: axe finds nothing serious, and layers, wires, errors and edits are told."""

import os
from pathlib import Path

import pytest

from tests.browser.hands import by_id, choose, setting, wait_state

AXE = Path(__file__).parents[2] / "widgets" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WRONG = """
model = kit.Sequential([Input((1, 8, 8)), Conv2D(4, 3), Flatten(), Dense(10, "softmax"), Activation("softmax")])
builder = widgets.Builder(model)
builder.do("insert", layer="LSTM", source="conv2d_1", target="flatten_1")
builder.do("group", nodes=["dense_1", "activation_1"], title="Head")
builder
"""
VIOLATIONS = """() => axe.run(document.querySelector('.hb-root'), {resultTypes: ['violations']})
    .then(found => found.violations
    .filter(each => ['serious', 'critical'].includes(each.impact))
    .map(each => `${each.id}: ${each.nodes.slice(0, 3).map(node => node.html.slice(0, 150)).join(' ')}`))"""


@pytest.fixture
def heard(bench):
    """Asserts that axe finds nothing serious in the widget on the screen."""
    if not AXE.exists() and not os.environ.get("HORNBOOK_REQUIRE_BROWSER"):
        pytest.skip("axe-core is not installed; run make bundle")
    bench.page.evaluate(AXE.read_text() + "; window.axe = axe; null")

    def nothing_serious(where: str) -> None:
        assert bench.page.evaluate(VIOLATIONS) == [], where

    return nothing_serious


def test_nothing_serious_is_found_in_the_builder(bench, heard):
    page = bench.show(WRONG)
    by_id(page, "error-lstm_1").wait_for()
    heard("the canvas")
    for key, name in (("/", "quick-add"), ("Shift+F10", "menu"), ("F2", "name-form"), ("?", "help-sheet"), ("n", "")):
        choose(page, "conv2d_1")
        page.keyboard.press(key)
        by_id(page, name or "note-note_1").wait_for()
        heard(f"the canvas after {key}")
        page.keyboard.press("Escape")
    for name, opened in (("open", "open-list"), ("save", "save-form"), ("totals", "totals-details")):
        by_id(page, name).click()
        by_id(page, opened).wait_for()
        heard(name)
        page.keyboard.press("Escape")
    for tab in ("list", "code"):
        by_id(page, f"tab-{tab}").click()
        by_id(page, "code-text" if tab == "code" else "list").wait_for()
        heard(f"the tab {tab}")


def test_nothing_serious_is_found_in_an_empty_builder(bench, heard):
    by_id(bench.show("widgets.Builder()"), "start").wait_for()
    heard("an empty builder")


def test_nothing_serious_is_found_in_a_studio_and_its_monitor(bench, heard):
    page = bench.show("studio = widgets.Studio('digits')\nstudio")
    heard("a studio")
    setting(page, "epochs", "2")
    by_id(page, "train").click()
    wait_state(page, "done")
    by_id(page, "changes").locator("summary").click()
    heard("a studio after a training")


def test_layers_wires_and_errors_have_names_and_roles(bench):
    page = bench.show(WRONG)
    by_id(page, "error-lstm_1").wait_for()
    node = page.locator('.react-flow__node[data-id="lstm_1"]')
    assert node.get_attribute("role") == "group"
    assert node.get_attribute("aria-label").startswith("lstm_1, LSTM, wrong: LSTM(64) takes input (n, time,")
    assert page.get_by_role("group", name="group Head").count() == 1
    assert page.locator('.react-flow__edge[aria-label^="wire from conv2d_1 to lstm_1: "]').count() == 1
    live = page.locator(".hb-status [aria-live]")
    assert "1 layer cannot work yet" in live.inner_text()


def test_each_edit_and_its_undoing_are_told(bench):
    page = bench.show(WRONG)
    said = by_id(page, "said")
    assert said.get_attribute("role") == "status"
    choose(page, "lstm_1")
    page.keyboard.press("Delete")
    page.wait_for_function("""() => document.querySelector('[data-testid="said"]').innerText === 'delete lstm_1'""")
    page.keyboard.press("Control+z")
    page.wait_for_function(
        """() => document.querySelector('[data-testid="said"]').innerText.startsWith('undo delete')"""
    )
