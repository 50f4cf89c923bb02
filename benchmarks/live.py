"""What a live monitor costs a training: python -m benchmarks.live [rounds]

In a real JupyterLab with the monitor open in Chromium, W1 and W3 train by turns in the foreground alone, and in the
background with their curve on the screen: time of the one / time of the other, on the clock and of the kernel's
processor. The same beside a cell of pure Python that is busy all the time. And how long it takes from fit to the first
point on the screen. It needs Chromium, as the browser tests do.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.keeping import kept
from tests.browser.conftest import FLAGS, Lab, Notebook, browser_path
from tests.browser.hands import wait_points

START = """
import time, kit, widgets
from benchmarks.beside import Rounds
rounds = {{name: Rounds(name) for name in ("W1", "W3")}}
first = rounds["W1"].fit(background=True).wait()
monitor = widgets.Monitor(first)
monitor
"""
FIRST = """
began = time.time()
run = rounds["{name}"].fit(background=True)
monitor = widgets.Monitor(run)
monitor
"""
POINT = """() => {
    const all = document.querySelectorAll('[data-testid="monitor"]');
    return all.length > 1 && Number(all[1].dataset.points ?? 0) > 0 && Date.now() / 1000; }"""


def main(rounds: int) -> str:
    lines = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = Lab(Path(folder))
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        told = [f"rounds['{name}'].at_work.join(); print(rounds['{name}'].told())" for name in ("W1", "W3")]
        cells = [START.format()]
        for name, text in zip(("W1", "W3"), told, strict=True):
            start = f"rounds['{name}'].start(monitor.watching, {rounds}"
            busy = f"rounds['{name}'].start(monitor.watching, 3, alone=False); rounds['{name}'].busy(); print('over')"
            cells += [f"{start})", text, busy, text]
        book = Notebook(lab, browser, cells)
        book.run(0)
        wait_points(book.page, 1)
        for i, name in enumerate(("W1", "W3")):
            place = 1 + 4 * i
            book.run(place)
            book.page.wait_for_timeout(1000 * 8 * rounds)  # the kernel is idle meanwhile, as while one looks on
            book.run(place + 1)
            lines.append(f"{name}, watched / alone: {book.text(place + 1).strip()}")
            print(lines[-1], file=sys.stderr, flush=True)
            book.page.set_default_timeout(600_000)
            book.run(place + 2, wait=False)
            book.cell(place + 2).locator(".jp-OutputArea").get_by_text("over").wait_for(timeout=600_000)
            book.run(place + 3)
            lines.append(f"{name}, watched beside a busy cell / alone: {book.text(place + 3).strip()}")
        book.close()
        lines.append(first_point(lab, browser))
        browser.close()
        lab.close()
    return "\n".join(lines)


def first_point(lab: Lab, browser: object) -> str:
    """Seconds from the call of fit to the first point on the screen, several times."""
    found = []
    for _ in range(5):
        book = Notebook(lab, browser, [START.format(), FIRST.format(name="W1"), "print(began)"])
        book.run(0)
        wait_points(book.page, 1)
        book.run(1, wait=False)
        seen = book.page.wait_for_function(POINT).json_value()
        book.run(2)
        found.append(seen - float(book.text(2).split()[-1]))
        book.close()
    spread = f"{min(found):.2f}-{max(found):.2f}"
    return f"from fit to the first point on the screen, W1: {statistics.median(found):.2f} s ({spread})"


if __name__ == "__main__":
    kept("live", lambda: main(int(sys.argv[1]) if len(sys.argv) > 1 else 7))
