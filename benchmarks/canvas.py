"""How quick the canvas is in a real JupyterLab: edits of 100 layers, drags and pans of 300.

`python -m benchmarks.canvas` prints the median time from Enter in a field to the new shape on screen, and the frames
a second while a layer is dragged and while the model is panned. It needs Chromium, as the browser tests do.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, Bench, Lab, browser_path
from tests.browser.hands import by_id

CHAIN = "widgets.Builder(kit.Sequential([Input((8,)), *[Dense(8, activation='relu') for _ in range({size})]]))"
EDIT = """units => new Promise(resolve => {
    const field = document.querySelector('[data-testid="field-dense_1-units"]');
    const next = document.querySelector('[data-testid="node-dense_2"]');
    const watch = new MutationObserver(() => {
        if (next.innerText.includes(`${units} → 8`)) { watch.disconnect(); resolve(performance.now() - start); }
    });
    watch.observe(next, { subtree: true, childList: true, characterData: true });
    field.focus();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, String(units));
    field.dispatchEvent(new Event('input', { bubbles: true }));
    const start = performance.now();
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
})"""
FRAMES = """() => {
    window.frames = [];
    const tick = time => { window.frames.push(time); window.ticking = requestAnimationFrame(tick); };
    window.ticking = requestAnimationFrame(tick);
}"""
RATE = """() => { cancelAnimationFrame(window.ticking); const f = window.frames;
    const gaps = f.slice(1).map((time, i) => time - f[i]).sort((a, b) => a - b);
    return [1000 * gaps.length / (f.at(-1) - f[0]), gaps[Math.floor(gaps.length * 0.95)]]; }"""


def edits(bench: Bench, size: int) -> list[float]:
    page = bench.show(CHAIN.format(size=size))
    return [page.evaluate(EDIT, 9 + turn) for turn in range(15)][3:]


def frames(page: Any, start: tuple[float, float]) -> tuple[float, float]:
    """Frames a second, and the 95th percentile of a frame in milliseconds, while the mouse is dragged about."""
    page.mouse.move(*start)
    page.mouse.down()
    page.evaluate(FRAMES)
    for turn in range(120):
        page.mouse.move(start[0] + 40 * ((turn % 20) / 10 - 1), start[1] + turn % 30)
    rate, slow = page.evaluate(RATE)
    page.mouse.up()
    return rate, slow


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = Lab(Path(folder))
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        bench = Bench(lab, browser)
        for size in (10, 100):
            times = edits(bench, size)
            print(f"{size} layers: edit to shape {statistics.median(times):.0f} ms median, {max(times):.0f} ms most")
        page = bench.show(CHAIN.format(size=300))
        for name in ("as it opens", "all in sight"):
            box = by_id(page, "node-input_1").bounding_box()
            dragged = frames(page, (box["x"] + box["width"] / 2, box["y"] + 4))
            canvas = by_id(page, "canvas").bounding_box()
            panned = frames(page, (canvas["x"] + canvas["width"] / 2, canvas["y"] + 40))
            for what, (rate, slow) in (("drag", dragged), ("pan", panned)):
                print(f"300 layers, {name}: {what} {rate:.0f} frames a second, 95 % of frames within {slow:.0f} ms")
            by_id(page, "fit").click()
            page.wait_for_timeout(600)
        browser.close()
        lab.close()


if __name__ == "__main__":
    main()
