"""What is said of layers on the canvas, and what is taken away and put back: by keys, by mouse, in the inspector."""

from tests.browser.hands import by_id, choose, type_into, wait_wires, wires

CHAIN = """
builder = widgets.Builder(kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(16, activation="relu"), Dense(10)]))
builder
"""
START = ["flatten_1 to dense_1", "dense_1 to dense_2", "input_1 to flatten_1"]
NODE = "next(n for n in builder.document['nodes'] if n['id'] == 'dense_1')"


def wait_said(page, words: str) -> None:
    """Waits until the last edit is told to who hears the builder."""
    page.wait_for_function(
        """words => document.querySelector('[data-testid="said"]')?.innerText === words
        && document.querySelector('[data-testid="undo"]').getAttribute('aria-label').endsWith(words)""",
        arg=words,
    )


def test_layers_that_are_cut_leave_a_bridge_and_are_pasted_again(bench):
    page = bench.show(CHAIN)
    choose(page, "flatten_1", "dense_1")
    page.keyboard.press("Control+x")
    wait_wires(page, "input_1 to dense_2")
    page.keyboard.press("Control+v")
    wait_wires(page, "input_1 to dense_2", "flatten_1 to dense_1")
    assert by_id(page, "field-dense_1-units").input_value() == "16"
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    wait_wires(page, *START)


def test_a_note_is_written_moved_and_deleted_and_is_no_part_of_the_model(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    page.keyboard.press("n")
    note = by_id(page, "note-note_1")
    note.wait_for()
    note.locator("textarea").fill("try a wider one\nthen GELU")
    note.locator("textarea").press("Escape")
    wait_said(page, "write a note")
    page.keyboard.press("Control+ArrowDown")
    said = "[(n['id'], n['text']) for n in builder.document['notes']], len(builder.model.layers)"
    assert bench.answer(said) == "[('note_1', 'try a wider one\\nthen GELU')] 3"
    page.locator(".react-flow__node-note .hb-note-head").click()
    page.keyboard.press("Delete")
    note.wait_for(state="detached")
    assert wires(page) == sorted(START)


def test_a_layer_is_named_by_its_key_by_a_double_click_and_in_the_inspector(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    page.keyboard.press("F2")
    page.keyboard.type("Encoder")
    page.keyboard.press("Enter")
    wait_said(page, "name dense_1")
    assert "Encoder" in by_id(page, "node-dense_1").inner_text()
    by_id(page, "node-dense_1").locator(".hb-node-head").dblclick(position={"x": 30, "y": 8})
    by_id(page, "name-text").wait_for()
    page.keyboard.type("Thinker")
    page.keyboard.press("Enter")
    page.wait_for_function(
        """() => document.querySelector('[data-testid="node-dense_1"]').innerText.includes('Thin')"""
    )
    type_into(page, "title-dense_1", "")
    page.wait_for_function(
        """() => document.querySelector('[data-testid="node-dense_1"] .hb-node-layer').innerText === 'Dense'"""
    )


def test_a_comment_is_written_and_stands_in_the_code(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    page.keyboard.press("m")
    page.keyboard.type("enough for digits")
    page.keyboard.press("Control+Enter")
    wait_said(page, "comment on dense_1")
    by_id(page, "node-dense_1").locator('.hb-node-mark[title="enough for digits"]').wait_for()
    assert "# enough for digits" in bench.answer("builder.code")


def test_a_frozen_layer_is_marked_and_does_not_train(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    page.keyboard.press("Shift+F")
    wait_said(page, "freeze dense_1")
    by_id(page, "node-dense_1").locator(".hb-node-mark").wait_for()
    assert bench.answer("[layer.trainable for layer in builder.model.layers]") == "[True, False, True]"
    choose(page, "dense_1")
    page.keyboard.press("Shift+F")
    by_id(page, "node-dense_1").locator(".hb-node-mark").wait_for(state="detached")


def test_a_group_is_named_and_ungrouped(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1", "dense_2")
    page.keyboard.press("Control+g")
    frame = by_id(page, "frame-block")
    frame.wait_for()
    page.keyboard.press("F2")
    page.keyboard.type("Head")
    page.keyboard.press("Enter")
    frame.get_by_text("Head").wait_for()
    page.keyboard.press("Control+Shift+g")
    frame.wait_for(state="detached")
    assert wires(page) == sorted(START)
