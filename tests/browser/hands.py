"""What a person does with the widgets: small steps by mouse and keyboard, on stable test ids."""

from __future__ import annotations

import re
from typing import Any

Page = Any


def by_id(page: Page, name: str) -> Any:
    """The element with this test id."""
    return page.locator(f'[data-testid="{name}"]')


def center(locator: Any) -> tuple[float, float]:
    """The middle of an element on the screen."""
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move in steps, let go."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 8, start[1] + 8, steps=3)
    page.mouse.move(*end, steps=12)
    page.mouse.move(end[0] + 1, end[1] + 1)
    page.wait_for_timeout(50)  # as a hand would
    page.mouse.up()


def between(page: Page, first: str, second: str) -> tuple[float, float]:
    """The middle of the wire between two nodes that stand side by side."""
    a = by_id(page, f"node-{first}").bounding_box()
    b = by_id(page, f"node-{second}").bounding_box()
    left, right = a["x"] + a["width"], b["x"]
    return (left + right) / 2, (a["y"] + a["height"] / 2 + b["y"] + b["height"] / 2) / 2


def handle(page: Page, node: str, side: str) -> tuple[float, float]:
    """The dot a wire begins ("source") or ends ("target") at."""
    return center(page.locator(f'.react-flow__node[data-id="{node}"] .react-flow__handle.{side}'))


def wires(page: Page) -> list[str]:
    """The wires on the canvas, as they are read aloud: "a to b"."""
    labels = page.locator(".react-flow__edge").evaluate_all("all => all.map(each => each.getAttribute('aria-label'))")
    return sorted(label.removeprefix("wire from ").split(":")[0] for label in labels)


def layers(page: Page) -> list[str]:
    """The ids of the layers on the canvas."""
    nodes = page.locator(".react-flow__node-layer")
    return sorted(nodes.evaluate_all("all => all.map(each => each.dataset.id)"))


def selected(page: Page) -> list[str]:
    """The ids of what is selected on the canvas."""
    return sorted(page.locator(".react-flow__node.selected").evaluate_all("all => all.map(each => each.dataset.id)"))


def choose(page: Page, node: str, *more: str) -> None:
    """Clicks a node; then others, with Shift."""
    for index, name in enumerate((node, *more)):
        page.locator(f'.react-flow__node[data-id="{name}"]').click(
            position={"x": 30, "y": 12}, modifiers=["Shift"] if index else []
        )


def wait_wires(page: Page, *wanted: str) -> None:
    """Waits until the canvas has these wires and no others."""
    page.wait_for_function(
        "wanted => [...document.querySelectorAll('.react-flow__edge')].map(each => each.getAttribute('aria-label')"
        ".replace('wire from ', '').split(':')[0]).sort().join() === wanted",
        arg=",".join(sorted(wanted)),
    )


def drop_on_wire(page: Page, layer: str, first: str, second: str) -> None:
    """Drags a layer from the palette onto the wire between two nodes."""
    by_id(page, "canvas").scroll_into_view_if_needed()
    item = by_id(page, f"palette-{layer}")
    item.scroll_into_view_if_needed()
    drag(page, center(item), between(page, first, second))


def type_into(page: Page, name: str, text: str) -> None:
    """Types into a field and leaves it."""
    field = by_id(page, name)
    field.fill(text)
    field.press("Tab")


def setting(page: Page, name: str, text: str) -> None:
    """Sets a number of the studio's settings."""
    type_into(page, f"setting-{name}", text)


def wait_state(page: Page, state: str, timeout: float = 60_000) -> None:
    """Waits until the monitor shows a state."""
    page.wait_for_selector(f'[data-testid="monitor"][data-state="{state}"]', timeout=timeout)


def points(page: Page) -> int:
    """How many points of the loss the monitor holds."""
    return int(by_id(page, "monitor").get_attribute("data-points") or 0)


def wait_points(page: Page, least: int, timeout: float = 60_000) -> None:
    """Waits until the monitor holds so many points."""
    page.wait_for_function(
        "n => Number(document.querySelector('[data-testid=\"monitor\"]')?.dataset.points ?? 0) >= n",
        arg=least,
        timeout=timeout,
    )


def time_to_state(page: Page, button: str, state: str) -> float:
    """Milliseconds from a click on a button until the monitor shows a state, measured in the page."""
    return float(
        page.evaluate(
            """([button, state]) => new Promise((resolve) => {
                const monitor = document.querySelector('[data-testid="monitor"]');
                const start = performance.now();
                const watch = new MutationObserver(() => {
                    if (monitor.dataset.state === state) { watch.disconnect(); resolve(performance.now() - start); }
                });
                watch.observe(monitor, { attributes: true });
                document.querySelector(`[data-testid="${button}"]`).click();
                setTimeout(() => resolve(1e9), 30000);
            })""",
            [button, state],
        )
    )


def number_in(text: str) -> float:
    """The first number in a text."""
    found = re.search(r"-?\d+(?:\.\d+)?", text)
    assert found, text
    return float(found.group())
