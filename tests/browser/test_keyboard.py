"""Every key pressed in every part of the builder stays there: the notebook's cells and its mode survive."""

import string

import pytest

from tests.browser.hands import by_id

BUILDER = """
builder = widgets.Builder(kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(16, activation="relu"), Dense(10)]))
builder
"""
PRINTED = [*string.ascii_lowercase, *string.digits, *"/?.,;'[]\\-=+!@#$%&*()<>"]
NAMED = ["Escape", "Enter", "Space", "Tab", "Shift+Tab", "Backspace", "Delete", "Insert", "ContextMenu", "Home", "End"]
NAMED += [
    "PageUp",
    "PageDown",
    "ArrowUp",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    *(f"F{n}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 10)),
]
SHIFTED = [f"Shift+{key}" for key in [*string.ascii_uppercase, "Enter", "Space", "ArrowUp", "ArrowDown", "F10"]]
HELD = [
    f"Control+{key}"
    for key in [*"abcdefghijkmoyzx", "Enter", "ArrowUp", "ArrowDown", "Shift+Minus", "Shift+z", "Shift+g"]
]
HELD += ["Alt+Enter", "Alt+ArrowUp", "Alt+ArrowDown"]
KEYS = PRINTED + NAMED + SHIFTED + HELD

INSIDE = "() => document.activeElement?.closest('.hb-root') !== null"
NOTEBOOK = """() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')].map(cell => [
    cell.className.match(/jp-(Code|Markdown|Raw)Cell/)?.[0], cell.querySelector('.jp-InputPrompt')?.innerText,
    cell.querySelector('.cm-content')?.innerText,
]).concat([[
    document.querySelectorAll('.jp-Dialog').length,
    document.querySelector('.jp-Notebook').classList.contains('jp-mod-editMode'),
]])"""


def restore(page) -> None:
    """Closes what a key has opened, and brings back what it has taken away."""
    for _ in range(3):
        if page.locator(".hb-floating, .hb-help").count():
            page.keyboard.press("Escape")
    for _ in range(4):
        if by_id(page, "node-dense_1").count() + by_id(page, "row-dense_1").count() + by_id(page, "code-text").count():
            break
        by_id(page, "undo").click()
        page.wait_for_timeout(100)


def at(selector: str, tab: str = "canvas", keys: tuple[str, ...] = ()):
    """How a part is reached: its tab, what has the focus, and the keys that open something there."""

    def reach(page) -> None:
        restore(page)
        button = by_id(page, f"tab-{tab}")
        if button.get_attribute("aria-selected") != "true":
            button.click()
        page.locator(selector).first.focus()
        for key in keys:
            page.keyboard.press(key)

    return reach


NODE = '.react-flow__node[data-id="dense_1"]'
PARTS = {
    "a layer": at(NODE),
    "the builder itself": at('[data-testid="builder"]'),
    "a wire": at(".react-flow__edge"),
    "a field of a layer": at(f"{NODE} input"),
    "the palette": at('[data-testid="palette-Dense"]'),
    "the search of the palette": at('[data-testid="palette-search"]'),
    "a button": at('[data-testid="fit"]'),
    "a tab": at('[data-testid="tab-canvas"]'),
    "the list of layers to add": at(NODE, keys=("/",)),
    "the menu": at(NODE, keys=("Shift+F10",)),
    "the help": at(NODE, keys=("?",)),
    "a form": at(NODE, keys=("F2",)),
    "a row": at('[data-testid="row-dense_1"]', "list"),
    "a field of a row": at('[data-testid="field-dense_1-units"]', "list"),
    "the code": at('[data-testid="code-text"]', "code"),
}


@pytest.mark.parametrize("part", PARTS)
def test_the_notebook_survives_every_key_pressed_in(part, bench):
    page = bench.show(BUILDER)
    by_id(page, "field-dense_1-units").click()
    page.wait_for_timeout(100)
    before = page.evaluate(NOTEBOOK)
    for key in KEYS:
        PARTS[part](page)
        assert page.evaluate(INSIDE), f"the focus was outside before {key}"
        page.keyboard.press(key)
    restore(page)
    page.wait_for_timeout(300)
    assert page.evaluate(NOTEBOOK) == before
