"""Hands on the canvas: adding, wiring, deleting, undoing."""

from tests.browser.hands import between, by_id, center, choose, drag, handle, layers, selected, wait_wires, wires

CHAIN = """
builder = widgets.Builder(kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(16, activation="relu"), Dense(10)]))
builder
"""
START = ["flatten_1 to dense_1", "dense_1 to dense_2", "input_1 to flatten_1"]


def palette(page, layer: str) -> tuple[float, float]:
    item = by_id(page, f"palette-{layer}")
    item.scroll_into_view_if_needed()
    return center(item)


def corner(page) -> tuple[float, float]:
    """A free place in the upper left of the canvas."""
    box = by_id(page, "canvas").bounding_box()
    return box["x"] + 120, box["y"] + 50


def test_a_layer_dragged_from_the_palette_stands_where_it_was_let_go(bench):
    page = bench.show(CHAIN)
    item = palette(page, "Dropout")
    x, y = corner(page)
    drag(page, item, (x, y))
    by_id(page, "node-dropout_1").wait_for()
    box = by_id(page, "node-dropout_1").bounding_box()
    assert box["x"] <= x <= box["x"] + box["width"]
    assert box["y"] <= y <= box["y"] + box["height"]
    assert wires(page) == sorted(START)


def test_a_layer_dropped_on_a_wire_is_put_into_it(bench):
    page = bench.show(CHAIN)
    item = palette(page, "Dropout")
    drag(page, item, between(page, "flatten_1", "dense_1"))
    wait_wires(page, "input_1 to flatten_1", "flatten_1 to dropout_1", "dropout_1 to dense_1", "dense_1 to dense_2")


def test_a_layer_that_stands_by_itself_is_dragged_onto_a_wire(bench):
    page = bench.show(CHAIN)
    drag(page, palette(page, "Dropout"), corner(page))
    node = by_id(page, "node-dropout_1")
    node.wait_for()
    box, (x, y) = node.bounding_box(), between(page, "flatten_1", "dense_1")
    drag(page, (box["x"] + 30, box["y"] + 12), (x - box["width"] / 2 + 30, y - box["height"] / 2 + 12))
    wait_wires(page, "input_1 to flatten_1", "flatten_1 to dropout_1", "dropout_1 to dense_1", "dense_1 to dense_2")
    page.keyboard.press("Control+z")
    wait_wires(page, *START)


def test_a_search_finds_first_what_is_called_so(bench):
    page = bench.show(CHAIN)
    by_id(page, "palette-search").fill("add")
    names = page.locator(".hb-palette-item").evaluate_all("all => all.map(each => each.innerText)")
    assert names[0] == "Add"
    assert "ActivityRegularization" in names[1:]
    by_id(page, "palette-search").fill("")


def test_a_search_that_only_a_template_matches_shows_it(bench):
    page = bench.show(CHAIN)
    title = page.locator(".hb-template strong").first.text_content()
    by_id(page, "palette-search").fill(title)
    page.locator(".hb-template", has_text=title).first.wait_for()
    assert by_id(page, "palette-none").count() == 0
    by_id(page, "palette-search").fill("nothing is called so")
    by_id(page, "palette-none").wait_for()
    by_id(page, "palette-search").fill("")
    assert not page.locator(".hb-template").first.is_visible()


def test_a_wire_let_go_in_the_void_asks_for_a_layer_and_connects_it(bench):
    page = bench.show(CHAIN)
    start = handle(page, "flatten_1", "source")
    drag(page, start, (start[0] + 40, start[1] + 150))
    by_id(page, "quick-add").wait_for()
    page.keyboard.type("dropou")
    page.keyboard.press("Enter")
    wait_wires(page, *START, "flatten_1 to dropout_1")
    assert selected(page) == ["dropout_1"]


def test_a_double_click_and_a_slash_search_for_a_layer_to_add(bench):
    page = bench.show(CHAIN)
    page.mouse.dblclick(*corner(page))
    by_id(page, "quick-add").wait_for()
    page.keyboard.type("batchnorm")
    page.keyboard.press("Enter")
    by_id(page, "node-batchnormalization_1").wait_for()
    choose(page, "dense_1")
    page.keyboard.press("/")
    page.keyboard.type("dropout")
    page.keyboard.press("Enter")
    wait_wires(page, "input_1 to flatten_1", "flatten_1 to dense_1", "dense_1 to dropout_1", "dropout_1 to dense_2")


def test_a_merging_layer_reads_all_that_are_selected(bench):
    page = bench.show("x = Input((4,)); builder = widgets.Builder(kit.Model(x, [Dense(4)(x), Dense(4)(x)]))\nbuilder")
    choose(page, "dense_1", "dense_2")
    page.keyboard.press("/")
    page.keyboard.type("add")
    page.keyboard.press("Enter")
    wait_wires(page, "input_1 to dense_1", "input_1 to dense_2", "dense_1 to add_1", "dense_2 to add_1")


def test_a_deleted_layer_leaves_a_bridge(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    page.keyboard.press("Delete")
    wait_wires(page, "input_1 to flatten_1", "flatten_1 to dense_2")
    assert page.evaluate("() => document.activeElement.dataset.testid") == "builder"


def test_a_wire_that_cannot_be_is_refused_with_the_reason_at_the_pointer(bench):
    page = bench.show(CHAIN)
    page.mouse.move(*handle(page, "dense_1", "source"))
    page.mouse.down()
    x, y = center(by_id(page, "node-flatten_1"))
    page.mouse.move(x + 20, y, steps=8)
    page.mouse.move(x, y)
    reason = by_id(page, "reason")
    reason.wait_for()
    assert "circle" in reason.inner_text()
    box = reason.bounding_box()
    assert 0 <= box["x"] - x <= 40
    assert 0 <= box["y"] - y <= 40
    page.mouse.up()
    assert wires(page) == sorted(START)


def test_undo_and_redo_by_keys_go_through_every_edit(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    page.keyboard.press("Control+d")
    by_id(page, "node-dense_3").wait_for()
    choose(page, "flatten_1")
    page.keyboard.press("Delete")
    by_id(page, "node-flatten_1").wait_for(state="detached")
    for _ in range(2):
        page.keyboard.press("Control+z")
    wait_wires(page, *START)
    page.wait_for_function("() => !document.querySelector('[data-testid=\"node-dense_3\"]')")
    page.keyboard.press("Control+Shift+z")
    by_id(page, "node-dense_3").wait_for()
    page.keyboard.press("Control+y")
    by_id(page, "node-flatten_1").wait_for(state="detached")


def test_a_box_drawn_with_shift_selects_what_it_touches(bench):
    page = bench.show(CHAIN)
    box = by_id(page, "canvas").bounding_box()
    edge = by_id(page, "node-flatten_1").bounding_box()
    page.keyboard.down("Shift")
    drag(page, (box["x"] + 6, box["y"] + 40), (edge["x"] + edge["width"] / 2, edge["y"] + edge["height"] + 60))
    page.keyboard.up("Shift")
    assert selected(page) == ["flatten_1", "input_1"]


def test_selected_layers_are_put_in_line(bench):
    page = bench.show(CHAIN)
    choose(page, "input_1", "flatten_1")
    by_id(page, "deed-align-top").click()
    page.wait_for_function(
        """() => { const top = id => document.querySelector(`[data-testid="node-${id}"]`).getBoundingClientRect().top;
        return Math.abs(top('input_1') - top('flatten_1')) < 1; }"""
    )


def test_the_arrow_keys_walk_along_the_wires(bench):
    page = bench.show(CHAIN)
    choose(page, "input_1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert selected(page) == ["dense_1"]
    page.keyboard.press("Shift+ArrowLeft")
    assert selected(page) == ["dense_1", "flatten_1"]


def test_control_and_arrows_move_a_layer_in_one_step_of_undo(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    before = by_id(page, "node-dense_1").bounding_box()["y"]
    for _ in range(3):
        page.keyboard.press("Control+ArrowDown")
    page.wait_for_function(
        "() => document.querySelector('[data-testid=\"undo\"]').getAttribute('aria-label') === 'Undo move'"
    )
    assert by_id(page, "node-dense_1").bounding_box()["y"] > before + 10
    page.keyboard.press("Control+z")
    page.wait_for_function(
        "y => Math.abs(document.querySelector('[data-testid=\"node-dense_1\"]').getBoundingClientRect().y - y) < 1",
        arg=before,
    )


def test_find_brings_a_layer_into_sight(bench):
    page = bench.show("widgets.Builder(kit.Sequential([Input((8,)), *[Dense(8) for _ in range(30)], Dense(3)]))")
    choose(page, "input_1")
    page.keyboard.press("Control+f")
    by_id(page, "find-list").wait_for()
    page.keyboard.type("dense_31")
    page.keyboard.press("Enter")
    frame = by_id(page, "canvas").bounding_box()
    page.wait_for_timeout(400)
    box = by_id(page, "node-dense_31").bounding_box()
    assert frame["x"] <= box["x"] <= frame["x"] + frame["width"] - box["width"]
    assert selected(page) == ["dense_31"]


def test_a_long_chain_opens_large_enough_to_read(bench):
    page = bench.show("widgets.Builder(kit.Sequential([Input((8,)), *[Dense(8) for _ in range(30)], Dense(3)]))")
    assert by_id(page, "node-input_1").bounding_box()["width"] > 0.7 * 192
    by_id(page, "fit").click()
    page.wait_for_timeout(400)
    assert len(layers(page)) == 32
    assert by_id(page, "node-input_1").bounding_box()["width"] < 0.2 * 192


def test_tidy_lays_out_anew_only_when_asked(bench):
    page = bench.show(CHAIN)
    x, y = center(by_id(page, "node-dense_1"))
    drag(page, (x - 40, y - 30), (x, y + 90))
    page.wait_for_timeout(300)
    moved = by_id(page, "node-dense_1").bounding_box()["y"]
    choose(page, "flatten_1")
    page.keyboard.press("Delete")
    wait_wires(page, "input_1 to dense_1", "dense_1 to dense_2")
    assert abs(by_id(page, "node-dense_1").bounding_box()["y"] - moved) < 2
    by_id(page, "tidy").click()
    page.wait_for_timeout(900)
    first, last = (by_id(page, f"node-{name}").bounding_box() for name in ("dense_1", "dense_2"))
    assert abs(first["y"] + first["height"] / 2 - last["y"] - last["height"] / 2) < 3


def test_a_right_click_and_the_menu_key_open_the_same_menu(bench):
    page = bench.show(CHAIN)
    by_id(page, "node-dense_1").click(position={"x": 30, "y": 12}, button="right")
    by_id(page, "menu").wait_for()
    by_mouse = by_id(page, "menu").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+F10")
    by_id(page, "menu").wait_for()
    assert by_id(page, "menu").inner_text() == by_mouse
    page.keyboard.type("du")
    page.keyboard.press("Enter")
    by_id(page, "node-dense_3").wait_for()


def test_the_help_lists_the_keys(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    page.keyboard.press("?")
    assert "Select everything" in by_id(page, "help-sheet").inner_text()
    page.keyboard.press("Escape")
    by_id(page, "help-sheet").wait_for(state="detached")
    assert page.evaluate("() => document.activeElement.dataset.id") == "dense_1"
