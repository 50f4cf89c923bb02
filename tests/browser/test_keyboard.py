"""Keys pressed in the builder stay there."""

from tests.browser.hands import by_id

KEYS = [*"abcdefghijklmnopqrstuvwxyz0123456789", "Shift+A", "Shift+B", "Shift+J", "Shift+M", "Shift+L", "Shift+O"]
KEYS += ["Escape", "Enter", "ArrowDown", "ArrowUp", "Home", "End", "PageDown", "Space", "Control+Enter", "Shift+Enter"]
KEYS += ["Control+Shift+Minus", "Control+b", "Alt+Enter", "Delete", "Backspace", "Control+z", "Control+Shift+z"]

BUILDER = """
import kit, widgets
from kit.layers import *
builder = widgets.Builder(kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(16, activation="relu"), Dense(10)]))
builder
"""


def cells(page) -> list[str]:
    return page.locator(".jp-Notebook .jp-Cell .cm-content").all_inner_texts()


def test_no_key_pressed_in_the_builder_reaches_the_notebook(notebook):
    book = notebook(BUILDER, "'the second cell'", "'the third cell'")
    page = book.page
    book.run(0)
    by_id(page, "node-dense_1").wait_for()
    before = cells(page)
    assert len(before) >= 3
    for target in ("node-dense_1", "canvas", "palette-Dense", "field-dense_1-units"):
        for key in KEYS:
            if by_id(page, target).count() == 0:
                by_id(page, "undo").click()
                by_id(page, target).wait_for()
            element = by_id(page, target)
            element.evaluate("node => node.focus()")
            page.keyboard.press(key)
        assert cells(page) == before, f"a key pressed on {target} changed the notebook"
        assert page.locator(".jp-Dialog").count() == 0
    by_id(page, "tab-list").click()
    by_id(page, "row-dense_1").wait_for()
    for key in KEYS:
        page.keyboard.press(key)
    by_id(page, "tab-code").click()
    by_id(page, "code-text").click()
    for key in KEYS:
        page.keyboard.press(key)
    assert cells(page) == before
