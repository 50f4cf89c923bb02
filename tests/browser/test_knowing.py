"""What the canvas knows of the layers, and mends: shapes, costs, errors, warnings, suggestions, blocks."""

from tests.browser.hands import by_id, center, choose, drag, handle, layers, type_into, wait_wires, wires

CHAIN = """
builder = widgets.Builder(kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(16, activation="relu"), Dense(10)]))
builder
"""
START = ["flatten_1 to dense_1", "dense_1 to dense_2", "input_1 to flatten_1"]
IMAGES = """
builder = widgets.Builder(kit.Sequential([Input((1, 8, 8)), Conv2D(4, 3), Flatten(), Dense(10)]))
builder
"""
WRONG = """
x = {"id": "input_1", "layer": "Input", "config": {"shape": [4, 6]}}
lstm = {"layer": "LSTM", "config": {"units": 8}}
nodes = [x, {"id": "lstm_1", **lstm}, {"id": "lstm_2", **lstm}]
wires = [{"source": "input_1", "target": "lstm_1"}, {"source": "lstm_1", "target": "lstm_2"}]
builder = widgets.Builder({"version": 1, "nodes": nodes, "edges": wires})
builder
"""
CIRCLE = """
start = kit.graph.document(kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(16), Dense(10)]))
start["edges"].append({"source": "dense_2", "target": "dense_1"})
builder = widgets.Builder(start)
builder
"""
TWICE = """
builder = widgets.Builder(kit.Sequential([Input((8,)), Dense(10, activation="softmax"), Activation("softmax")]))
builder
"""


def wait_text(page, name: str, words: str) -> None:
    page.wait_for_function(
        '([name, words]) => document.querySelector(`[data-testid="${name}"]`)?.innerText.includes(words)',
        arg=[name, words],
    )


def test_a_layer_says_its_shapes_its_parameters_and_its_share(bench):
    page = bench.show(CHAIN)
    node = by_id(page, "node-dense_1")
    assert "64 → 16" in node.inner_text()
    assert "1,040" in node.inner_text()
    assert "86 %" in node.locator(".hb-node-share").get_attribute("title")


def test_the_forecast_follows_the_batch_size(bench):
    page = bench.show(CHAIN)
    by_id(page, "flops").wait_for()
    before = by_id(page, "memory").inner_text()
    by_id(page, "totals").click()
    type_into(page, "forecast-batch_size", "4096")
    page.wait_for_function(
        "before => document.querySelector('[data-testid=\"memory\"]').innerText !== before", arg=before
    )


def test_a_button_on_the_layer_mends_its_error(bench):
    page = bench.show(WRONG)
    error = by_id(page, "error-lstm_2")
    error.wait_for()
    error.locator('[data-testid="fix"]').first.click()
    error.wait_for(state="detached")
    assert bench.answer("type(builder.model).__name__ in ('Sequential', 'Model')") == "True"


def test_a_circle_is_shown_on_its_layers_and_wires_and_a_button_opens_it(bench):
    page = bench.show(CIRCLE)
    error = by_id(page, "error-dense_2")
    error.wait_for()
    assert page.locator(".hb-edge-wrong").count() == 2
    assert by_id(page, "error-flatten_1").count() == 0
    error.locator('[data-testid="fix"]').click()
    error.wait_for(state="detached")
    wait_wires(page, *START)
    assert page.locator(".hb-edge-wrong").count() == 0


def test_what_will_train_badly_is_a_warning_with_a_button(bench):
    page = bench.show(TWICE)
    warning = by_id(page, "warning-activation_1")
    warning.wait_for()
    assert "softmax" in warning.inner_text()
    assert by_id(page, "error-activation_1").count() == 0
    warning.locator('[data-testid="fix"]').first.click()
    warning.wait_for(state="detached")


def test_a_wire_whose_shapes_do_not_suit_is_refused_while_it_is_drawn(bench):
    page = bench.show(IMAGES)
    page.mouse.move(*handle(page, "input_1", "source"))
    page.mouse.down()
    x, y = center(by_id(page, "canvas"))
    page.mouse.move(x, y, steps=4)
    page.wait_for_function("() => document.querySelectorAll('.hb-node-refused').length > 0")
    dot = handle(page, "conv2d_1", "source")
    page.mouse.up()
    page.keyboard.press("Escape")
    page.mouse.move(*dot)
    page.mouse.down()
    page.mouse.move(*center(by_id(page, "node-input_1")), steps=6)
    by_id(page, "reason").wait_for()
    page.mouse.up()
    assert len(wires(page)) == 3


def test_a_wire_let_go_in_the_void_offers_the_likeliest_layers_first_and_says_why_others_do_not_fit(bench):
    page = bench.show(IMAGES)
    start = handle(page, "conv2d_1", "source")
    drag(page, start, (start[0] + 30, start[1] + 140))
    by_id(page, "quick-add").wait_for()
    page.wait_for_selector('[data-testid="quick-add"] h4')
    first = page.locator('[data-testid="quick-add"] [role="option"]').first
    assert "→" in first.inner_text()
    page.keyboard.type("LSTM")
    refused = by_id(page, "quick-LSTM")
    assert refused.get_attribute("aria-disabled") == "true"
    assert page.locator(".hb-picker-reason").inner_text() != ""
    page.keyboard.press("Enter")
    assert by_id(page, "quick-add").count() == 1
    page.keyboard.press("Escape")


def test_a_layer_replaced_keeps_its_wires_and_shared_settings(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    page.keyboard.press("r")
    by_id(page, "replace").wait_for()
    page.keyboard.type("MaxoutDense")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => document.querySelector('[data-testid=\"node-dense_1\"]').innerText.includes('Maxout')"
    )
    assert wires(page) == sorted(START)
    assert by_id(page, "field-dense_1-units").input_value() == "16"


def test_a_bypassed_layer_passes_its_input_on_until_it_is_used_again(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    page.keyboard.press("b")
    wait_text(page, "node-dense_1", "bypassed")
    wait_text(page, "node-dense_2", "64 → 10")
    page.keyboard.press("b")
    wait_text(page, "node-dense_2", "16 → 10")


def test_a_repeated_group_is_edited_once_and_taken_apart_again(bench):
    page = bench.show(
        "builder = widgets.Builder(kit.Sequential([Input((16,)), Dense(16), Dropout(0.1), Dense(3)]))\nbuilder"
    )
    choose(page, "dense_1", "dropout_1")
    page.keyboard.press("x")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    wait_text(page, "times-block", "×3")
    wait_text(page, "node-dense_1", "816")  # three times 16 * 16 + 16
    by_id(page, "field-dropout_1-rate").fill("0.4")
    by_id(page, "field-dropout_1-rate").press("Enter")
    page.wait_for_timeout(300)
    assert bench.answer("[layer.rate for layer in builder.model.layers if hasattr(layer, 'rate')]") == "[0.4, 0.4, 0.4]"
    page.locator('[data-testid="frame-block"] .hb-group-title').click()
    page.keyboard.press("Control+Shift+g")
    by_id(page, "node-block_3_dense_1").wait_for()
    assert len(layers(page)) == 8


def test_a_collapsed_group_is_one_node_with_the_wires_of_all(bench):
    page = bench.show(CHAIN)
    choose(page, "flatten_1", "dense_1")
    page.keyboard.press("Control+g")
    page.locator(".react-flow__node-frame").wait_for()
    page.keyboard.press("e")
    page.locator(".react-flow__node-block").wait_for()
    assert layers(page) == ["dense_2", "input_1"]
    assert len(wires(page)) == 2
    page.keyboard.press("e")
    wait_wires(page, *START)


def test_a_block_kept_in_the_palette_can_be_used_in_another_builder(bench):
    page = bench.show(CHAIN)
    choose(page, "dense_1")
    page.keyboard.press("k")
    page.keyboard.type("thinker")
    page.keyboard.press("Enter")
    by_id(page, "palette-thinker").wait_for()
    page = bench.show("widgets.Builder(input_shape=(4,))")
    item = by_id(page, "palette-thinker")
    item.scroll_into_view_if_needed()
    x, y = center(by_id(page, "canvas"))
    drag(page, center(item), (x + 60, y + 40))
    by_id(page, "node-dense_1").wait_for()
    assert by_id(page, "field-dense_1-units").input_value() == "16"
    forget = by_id(page, "forget-thinker")
    forget.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Forget?").wait_for()
    assert item.is_visible()
    page.keyboard.press("Enter")
    item.wait_for(state="detached")


def test_python_code_is_pasted_as_layers(bench):
    page = bench.show(CHAIN)
    page.evaluate(
        """text => { const data = new DataTransfer(), home = document.querySelector('[data-testid="builder"]');
        data.setData('text/plain', text);
        home.focus();
        home.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }""",
        "model = Sequential([Input((4, 8)), LSTM(5, return_sequences=True), GRU(6)])",
    )
    wait_wires(page, *START, "lstm_1 to gru_1")


def test_an_empty_canvas_offers_templates_that_open_complete(bench):
    page = bench.show("builder = widgets.Builder()\nbuilder")
    by_id(page, "start").wait_for()
    by_id(page, "start").locator("li button").first.click()
    page.locator(".react-flow__node-layer").first.wait_for()
    page.wait_for_timeout(300)
    assert by_id(page, "problem").count() == 0
    assert bench.answer("builder.model is not None") == "True"


def test_a_long_press_of_a_finger_opens_the_menu_of_a_layer(bench):
    page = bench.show(CHAIN)
    x, y = center(by_id(page, "node-dense_1"))
    touch = {"x": x - 40, "y": y - 30}
    devtools = page.context.new_cdp_session(page)
    devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [touch]})
    by_id(page, "menu").wait_for()
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert by_id(page, "menu-replace").is_visible()
    page.keyboard.press("Escape")


def test_in_a_studio_a_template_brings_its_data_along(bench):
    page = bench.show("studio = widgets.Studio('digits')\nstudio")
    page.locator(".hb-templates summary").click()
    names = page.locator(".hb-template").evaluate_all("all => all.map(each => each.dataset.testid)")
    words = next(name for name in names if "lstm" in name)
    by_id(page, words).click()
    page.wait_for_function("() => document.querySelector('[data-testid=\"data\"]')?.value !== 'digits'")
    page.locator('.react-flow__node[aria-label*="LSTM"]').wait_for()
