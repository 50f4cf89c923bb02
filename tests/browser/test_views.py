"""The list, the code, a second builder and a second tab: views of one model, and ways between models."""

from tests.browser.hands import by_id, center, choose, drag, type_into, wait_wires, wires

CHAIN = """
builder = widgets.Builder(kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(16, activation="relu"), Dense(10)]))
builder
"""
ORDER = "() => [...document.querySelectorAll('[data-row]')].map(each => each.dataset.row).join()"


def wait_rows(page, *wanted: str) -> None:
    page.wait_for_function(f"wanted => ({ORDER})() === wanted", arg=",".join(wanted))


def test_the_list_and_the_canvas_are_one_model(bench):
    page = bench.show(CHAIN)
    by_id(page, "tab-list").click()
    type_into(page, "field-dense_1-units", "24")
    by_id(page, "add-row-2").click()
    by_id(page, "quick-add").wait_for()
    page.keyboard.type("dropout")
    page.keyboard.press("Enter")
    wait_rows(page, "input_1", "flatten_1", "dropout_1", "dense_1", "dense_2")
    by_id(page, "tab-canvas").click()
    wait_wires(page, "input_1 to flatten_1", "flatten_1 to dropout_1", "dropout_1 to dense_1", "dense_1 to dense_2")
    assert by_id(page, "field-dense_1-units").input_value() == "24"


def test_the_canvas_shows_after_another_tab_what_it_showed_before(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    page.keyboard.press("+")
    page.wait_for_timeout(300)
    before = by_id(page, "node-dense_1").bounding_box()
    by_id(page, "tab-list").click()
    by_id(page, "list").wait_for()
    by_id(page, "tab-canvas").click()
    by_id(page, "node-dense_1").wait_for()
    page.wait_for_timeout(400)
    after = by_id(page, "node-dense_1").bounding_box()
    assert all(abs(before[key] - after[key]) < 2 for key in before), (before, after)


def test_rows_change_places_by_keys_and_by_their_handles(bench):
    page = bench.show(CHAIN)
    by_id(page, "tab-list").click()
    by_id(page, "row-flatten_1").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+ArrowUp")
    wait_rows(page, "input_1", "dense_1", "flatten_1", "dense_2")
    grip = center(by_id(page, "row-dense_1").locator(".hb-grip"))
    below = by_id(page, "row-flatten_1").bounding_box()
    drag(page, grip, (grip[0], below["y"] + below["height"] + 8))
    wait_rows(page, "input_1", "flatten_1", "dense_1", "dense_2")


def test_a_layer_dropped_between_two_rows_stands_there(bench):
    page = bench.show(CHAIN)
    by_id(page, "tab-list").click()
    item = by_id(page, "palette-Dropout")
    item.scroll_into_view_if_needed()
    drag(page, center(item), center(by_id(page, "add-row-2")))
    wait_rows(page, "input_1", "flatten_1", "dropout_1", "dense_1", "dense_2")


def test_a_graph_shows_as_rows_that_say_what_they_read(bench):
    page = bench.show("x = Input((8,)); a = Dense(8)(x); widgets.Builder(kit.Model(x, Dense(2)(Add()([x, a]))))")
    by_id(page, "tab-list").click()
    assert "reads input_1, dense_1" in by_id(page, "row-add_1").inner_text()
    type_into(page, "field-dense_2-units", "5")
    page.wait_for_function(
        """() => document.querySelector('[data-testid="row-dense_2"]').innerText.includes('45 parameters')"""
    )


def code_of(page):
    """The text of the chain on the code tab, once it is there."""
    by_id(page, "tab-code").click()
    page.wait_for_function("""() => document.querySelector('[data-testid="code-text"]').value.includes('Dense(16')""")
    return by_id(page, "code-text")


def test_valid_code_draws_the_canvas_anew_as_it_is_typed(bench):
    page = bench.show(CHAIN)
    text = code_of(page)
    text.fill(text.input_value().replace("Dense(16", "Dense(48"))
    page.wait_for_function(
        """() => document.querySelector('[data-testid="code-word"]').innerText.includes('taken over')"""
    )
    by_id(page, "tab-canvas").click()
    assert by_id(page, "field-dense_1-units").input_value() == "48"


def test_an_error_in_the_code_marks_its_line_and_leaves_the_canvas_alone(bench):
    page = bench.show(CHAIN)
    text = code_of(page)
    wrong = text.input_value().replace("Dense(16", "Dens(16")
    text.fill(wrong)
    by_id(page, "code-line-mark").wait_for()
    line = next(number for number, words in enumerate(wrong.split("\n"), 1) if "Dens(16" in words)
    assert by_id(page, "code-line-wrong").inner_text() == str(line)
    assert str(line) in by_id(page, "code-problem").inner_text()
    assert "Dens(16" in text.input_value()
    by_id(page, "tab-canvas").click()
    assert by_id(page, "field-dense_1-units").input_value() == "16"
    assert by_id(page, "undo").is_disabled()


def test_code_with_an_error_is_there_again_after_another_tab_until_the_model_is_another(bench):
    page = bench.show(CHAIN)
    text = code_of(page)
    text.fill(text.input_value().replace("Dense(16", "Dens(16"))
    by_id(page, "code-line-mark").wait_for()
    by_id(page, "tab-canvas").click()
    by_id(page, "node-dense_1").wait_for()
    by_id(page, "tab-code").click()
    assert "Dens(16" in text.input_value()
    by_id(page, "code-problem").wait_for()
    by_id(page, "tab-list").click()
    type_into(page, "field-dense_2-units", "7")
    page.wait_for_function("""() => !document.querySelector('[data-testid="undo"]').disabled""")
    by_id(page, "tab-code").click()
    page.wait_for_function("""() => document.querySelector('[data-testid="code-text"]').value.includes('Dense(7')""")
    assert "Dens(16" not in text.input_value()
    assert by_id(page, "code-word").inner_text() == "Python"


def test_tab_indents_in_the_code_and_after_escape_leaves_it(bench):
    page = bench.show(CHAIN)
    by_id(page, "tab-code").click()
    text = by_id(page, "code-text")
    text.click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Tab")
    assert text.input_value().startswith("    ")
    page.keyboard.press("Shift+Tab")
    assert not text.input_value().startswith(" ")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.dataset.testid") != "code-text"


def test_layers_copied_in_one_builder_are_pasted_into_another(bench):
    page = bench.show(CHAIN)
    choose(page, "flatten_1", "dense_1")
    page.keyboard.press("Control+c")
    page.wait_for_timeout(150)
    page = bench.show("other = widgets.Builder(input_shape=(3, 4))\nother")
    choose(page, "input_1")
    page.keyboard.press("Control+v")
    wait_wires(page, "flatten_1 to dense_1")
    assert by_id(page, "field-dense_1-units").input_value() == "16"


def test_a_second_tab_on_the_same_builder_follows_the_first(notebook):
    book = notebook("import kit, widgets\nfrom kit.layers import *", CHAIN)
    book.run(0)
    book.run(1)
    page = book.page
    by_id(page, "node-dense_1").wait_for()
    book.save()
    second = book.open()
    by_id(second, "node-dense_1").wait_for()
    choose(page, "dense_1")
    page.keyboard.press("Delete")
    wait_wires(second, "input_1 to flatten_1", "flatten_1 to dense_2")
    choose(second, "flatten_1")
    second.keyboard.press("Delete")
    wait_wires(page, "input_1 to dense_2")
    second.keyboard.press("Control+z")
    second.keyboard.press("Control+z")
    wait_wires(page, "flatten_1 to dense_1", "dense_1 to dense_2", "input_1 to flatten_1")
    assert wires(second) == wires(page)
