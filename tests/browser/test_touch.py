"""Trackpads and fingers, spoken through the browser's own protocol."""

import pytest

from tests.browser.hands import between, by_id, center, wait_wires, wires

CHAIN = """
builder = widgets.Builder(kit.Sequential([Input((1, 8, 8)), Flatten(), Dense(16, activation="relu"), Dense(10)]))
builder
"""
START = ["flatten_1 to dense_1", "dense_1 to dense_2", "input_1 to flatten_1"]
CONTROL = 2  # the modifier that a pinch on a trackpad comes with


@pytest.fixture
def screen(bench):
    """A page on a screen that is touched."""
    tools = devtools(bench.page)
    tools.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
    yield bench.show(CHAIN)
    tools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def devtools(page):
    return page.context.new_cdp_session(page)


def wheel(page, x: float, y: float, dx: float = 0, dy: float = 0, modifiers: int = 0) -> None:
    where = {"type": "mouseWheel", "x": x, "y": y, "deltaX": dx, "deltaY": dy, "modifiers": modifiers}
    devtools(page).send("Input.dispatchMouseEvent", where)
    page.wait_for_timeout(150)


def touch(page, *ways: list[tuple[float, float]]) -> None:
    """Fingers, each put down at the start of its way, moved along it with the others, and lifted."""
    tools = devtools(page)

    def at(step: int) -> list[dict[str, float]]:
        return [{"x": way[step][0], "y": way[step][1], "id": i} for i, way in enumerate(ways)]

    tools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at(0)})
    for step in range(1, len(ways[0])):
        tools.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at(step)})
        page.wait_for_timeout(16)
    tools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(150)


def way(start: tuple[float, float], end: tuple[float, float], steps: int = 12) -> list[tuple[float, float]]:
    return [tuple(a + (b - a) * i / steps for a, b in zip(start, end, strict=True)) for i in range(steps + 1)]


def box(page, node: str = "dense_1") -> dict[str, float]:
    return by_id(page, f"node-{node}").bounding_box()


def void(page) -> tuple[float, float]:
    """A place of the canvas where nothing is."""
    frame = by_id(page, "canvas").bounding_box()
    return frame["x"] + frame["width"] / 2, frame["y"] + 60


def test_a_pinch_on_a_trackpad_zooms_about_the_pointer_and_leaves_the_page(bench):
    page = bench.show(CHAIN)
    x, y = center(by_id(page, "node-dense_1"))
    before, scale = box(page), page.evaluate("() => window.visualViewport.scale")
    wheel(page, x, y, dy=-100, modifiers=CONTROL)
    after = box(page)
    assert after["width"] > 1.1 * before["width"]
    assert abs(center(by_id(page, "node-dense_1"))[0] - x) < 25
    assert page.evaluate("() => window.visualViewport.scale") == scale
    wheel(page, x, y, dy=100, modifiers=CONTROL)
    assert abs(box(page)["width"] - before["width"]) < 2


def test_two_fingers_on_a_trackpad_move_the_model_once_the_canvas_is_clicked(bench):
    page = bench.show(CHAIN)
    x, y = void(page)
    page.mouse.click(x, y)
    before = box(page)
    wheel(page, x, y, dx=60, dy=30)
    after = box(page)
    assert before["x"] - after["x"] > 20
    assert before["y"] - after["y"] > 10
    assert after["width"] == before["width"]


def test_two_fingers_spread_on_a_screen_zoom(screen):
    page = screen
    x, y = void(page)
    before = box(page)["width"]
    touch(page, way((x - 30, y), (x - 110, y)), way((x + 30, y), (x + 110, y)))
    assert box(page)["width"] > 1.3 * before


def test_a_finger_drags_a_layer_out_of_the_palette_onto_a_wire(screen):
    page = screen
    touch(page, way(center(by_id(page, "palette-Dropout")), between(page, "flatten_1", "dense_1")))
    wait_wires(page, "input_1 to flatten_1", "flatten_1 to dropout_1", "dropout_1 to dense_1", "dense_1 to dense_2")


def test_a_finger_moves_a_layer_and_the_model(screen):
    page = screen
    start = box(page)
    grip = (start["x"] + 40, start["y"] + 10)
    touch(page, way(grip, (grip[0] + 10, grip[1] + 90)))
    moved = box(page)
    assert 60 < moved["y"] - start["y"] < 100
    x, y = void(page)
    touch(page, way((x, y), (x + 70, y + 20)))
    assert 40 < box(page)["x"] - moved["x"] < 90
    assert wires(page) == sorted(START)
