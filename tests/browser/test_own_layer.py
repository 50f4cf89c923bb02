"""A layer written in a cell is a layer like any other."""

from tests.browser.hands import by_id, drop_on_wire, setting, type_into, wait_state

LAYER = '''
import kit, widgets
class Scale(kit.Layer):
    """y = s x, with a learned s for each feature. In (n, ..., input_dim); out the same shape.

    start: what every s is at first.
    """
    start: float = 1.0
    input_dim: kit.fields.InputSize = None
    def build(self, input_dim):
        self.add_weight("s", (input_dim,), lambda weight, generator: weight.fill_(self.start))
    def forward(self, x):
        return x * self.s
'''
LOAD = """
import numpy
(_, _), (X, _) = kit.datasets.digits.load_data()
again = kit.load("own.h5")
print(numpy.array_equal(again.predict(X), studio.model.predict(X)))
print(again.to_code())
"""


def test_a_new_layer_is_dragged_trained_saved_loaded_and_printed_as_code(notebook):
    book = notebook("import widgets\nstudio = widgets.Studio('digits')\nstudio", LAYER, LOAD, "studio")
    page = book.page
    book.run(0)
    by_id(page, "node-dense_1").wait_for()
    book.run(1)
    by_id(page, "palette-Scale").wait_for()
    drop_on_wire(page, "Scale", "flatten_1", "dense_1")
    by_id(page, "node-scale_1").wait_for()
    type_into(page, "field-scale_1-start", "0.5")
    setting(page, "epochs", "2")
    by_id(page, "train").click()
    wait_state(page, "done")
    type_into(page, "save-path", "own.h5")
    by_id(page, "save-model").click()
    page.wait_for_function("""() => document.querySelector('[data-testid="message"]')?.innerText.includes('own.h5')""")
    book.run(2)
    text = book.text(2)
    assert text.startswith("True")
    assert "Scale(start=0.5)" in text
