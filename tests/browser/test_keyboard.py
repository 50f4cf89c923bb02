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


FOCUS_IS_INSIDE = "() => Boolean(document.activeElement?.closest('[data-testid=\"builder\"], .hb-root'))"


def press_all(page, focus) -> None:
    """Presses every key, with the focus where `focus` puts it, and brings back what a key has deleted."""
    for key in KEYS:
        if by_id(page, "node-dense_1").count() == 0 and by_id(page, "canvas").count():
            by_id(page, "undo").click()
            by_id(page, "node-dense_1").wait_for()
        focus()
        assert page.evaluate(FOCUS_IS_INSIDE), f"the focus was outside before {key}"
        page.keyboard.press(key)


def test_no_key_pressed_in_the_builder_reaches_the_notebook(notebook):
    book = notebook(BUILDER, "'the second cell'", "'the third cell'")
    page = book.page
    book.run(0)
    by_id(page, "node-dense_1").wait_for()
    before = cells(page)
    assert len(before) >= 3
    press_all(page, lambda: by_id(page, "node-dense_1").click(position={"x": 20, "y": 12}))
    assert cells(page) == before
    press_all(page, lambda: by_id(page, "canvas").click(position={"x": 15, "y": 15}))
    assert cells(page) == before
    press_all(page, lambda: by_id(page, "palette-Dense").focus())
    assert cells(page) == before
    press_all(page, lambda: by_id(page, "field-dense_1-units").click())
    assert cells(page) == before
    by_id(page, "tab-list").click()
    press_all(page, lambda: by_id(page, "tab-list").focus())
    by_id(page, "tab-code").click()
    press_all(page, lambda: by_id(page, "code-text").click())
    assert cells(page) == before
    assert page.locator(".jp-Dialog").count() == 0
