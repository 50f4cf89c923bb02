"""A trained file is opened, edited, trained on, saved and found again, with what was said of it on the canvas."""

from tests.browser.hands import by_id, choose, type_into, wait_wires

TRAINED = """
(X, y), _ = kit.datasets.digits.load_data()
model = kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(16, activation="relu"), Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(X, y, epochs=1, verbose=0)
model.save("trained.h5")
builder = widgets.Builder()
builder
"""
CHAIN = ["input_1 to flatten_1", "flatten_1 to dense_1", "dense_1 to dense_2"]


def wait_news(page, words: str) -> None:
    page.wait_for_function(
        """words => document.querySelector('[data-testid="news"]')?.innerText.includes(words)""", arg=words
    )


def test_a_trained_file_is_opened_edited_and_saved_with_its_weights_and_its_notes(bench):
    page = bench.show(TRAINED)
    by_id(page, "open").click()
    by_id(page, "quick-trained.h5").click()
    wait_wires(page, *CHAIN)
    wait_news(page, "opened trained.h5")
    kept = "(builder.model.layers[1].get_weights()[0] == model.layers[1].get_weights()[0]).all()"
    assert bench.answer(kept) == "True"

    choose(page, "dense_1")
    page.keyboard.press("F2")
    page.keyboard.type("Thinker")
    page.keyboard.press("Enter")
    type_into(page, "field-dense_2-units", "5")
    by_id(page, "weights").wait_for()
    assert "dense_2 begins anew" in by_id(page, "weights").inner_text()
    by_id(page, "save").click()
    by_id(page, "save-as").fill("edited")
    page.keyboard.press("Enter")
    wait_news(page, "saved to edited.h5")
    losses = "(lambda it: it[1] < it[0])(builder.model.fit(X, y % 5, epochs=2, verbose=0).epochs['loss'])"
    assert bench.answer(losses) == "True"

    page = bench.show("builder = widgets.Builder()\nbuilder")
    by_id(page, "open").click()
    page.keyboard.type("edited.h5")
    page.keyboard.press("Enter")
    wait_wires(page, *CHAIN)
    assert "Thinker" in by_id(page, "node-dense_1").inner_text()
    assert bench.answer(kept) == "True"


def test_a_file_that_cannot_be_opened_says_why_and_leaves_the_canvas(bench):
    page = bench.show("builder = widgets.Builder(input_shape=3)\nbuilder")
    page.locator('.react-flow__node[data-id="input_1"]').click(position={"x": 30, "y": 12})
    page.keyboard.press("Control+o")
    by_id(page, "open-list").wait_for()
    page.keyboard.type("nowhere.keras")
    page.keyboard.press("Enter")
    by_id(page, "problem").wait_for()
    assert "nowhere.keras" in by_id(page, "problem").inner_text()
    assert by_id(page, "node-input_1").count() == 1
