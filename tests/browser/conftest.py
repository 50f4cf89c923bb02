"""A real JupyterLab and a real Chromium for the tests beside this file."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/lsp-extension:plugin": {"activate": "off"},
}
MISSING = (
    "NO BROWSER TESTS WERE RUN: no Chromium or Chrome was found. "
    "Install one (Debian and Ubuntu: apt-get install chromium; macOS: brew install --cask chromium) and run again."
)


def browser_path() -> str | None:
    """Where a browser is: HORNBOOK_BROWSER, or one on the PATH."""
    return os.environ.get("HORNBOOK_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(__file__).parent in Path(item.fspath).parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if browser_path() is None and not os.environ.get("HORNBOOK_REQUIRE_BROWSER"):
            item.add_marker(pytest.mark.skip(reason=MISSING))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if browser_path() is None:
        terminalreporter.section("browser", sep="!", red=True, bold=True)
        terminalreporter.line(MISSING, red=True, bold=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Lab:
    """A running JupyterLab. folder: where its notebooks are. url: its address, with no token needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        settings = folder / "settings"
        settings.mkdir()
        (settings / "overrides.json").write_text(json.dumps(OVERRIDES))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ,
            **{f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")},
            "IPYTHONDIR": str(folder / "ipython"),
            "PYTHONPATH": str(ROOT),
        }
        options = {
            "IdentityProvider.token": "",
            "ServerApp.root_dir": self.folder,
            "LabApp.news_url": None,
            "LabApp.extension_manager": "readonly",
            "LabApp.app_settings_dir": settings,
            "LabApp.workspaces_dir": folder / "workspaces",
            "LabApp.user_settings_dir": folder / "user-settings",
        }
        command = [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            f"--port={port}",
        ]
        self.log = (folder / "lab.log").open("w")
        self.process = subprocess.Popen(
            [*command, "--ServerApp.port_retries=0", *(f"--{name}={value}" for name, value in options.items())],
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            start_new_session=True,
        )
        self.wait_until_up(folder)

    def wait_until_up(self, folder: Path) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/api/status", timeout=2):
                    return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("JupyterLab did not come up:\n" + (folder / "lab.log").read_text()[-3000:])

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    path = browser_path()
    assert path is not None, MISSING
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def written(folder: Path, cells: list[str]) -> str:
    """The name of a new notebook of these cells."""
    name = f"{uuid.uuid4().hex[:8]}.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / name)
    return name


class Notebook:
    """A notebook open in a page of its own workspace."""

    def __init__(self, lab: Lab, chromium: object, cells: list[str]) -> None:
        self.lab, self.chromium = lab, chromium
        self.name = written(lab.folder, cells)
        self.context = chromium.new_context(viewport={"width": 1500, "height": 1300})  # type: ignore[attr-defined]
        self.page = self.open()

    def beside(self, *cells: str) -> None:
        """Leaves this notebook for a new one on the same kernel, in a tab of its own."""
        name = written(self.lab.folder, list(cells))
        self.page.evaluate(
            """async ([mine, name]) => {
                const token = document.cookie.match(/_xsrf=([^;]+)/)?.[1] ?? "";
                const call = { headers: { "Content-Type": "application/json", "X-XSRFToken": token } };
                const sessions = await (await fetch("/api/sessions", call)).json();
                const kernel = sessions.find((session) => session.path.endsWith(mine)).kernel;
                const body = JSON.stringify({ path: name, name, type: "notebook", kernel: { id: kernel.id } });
                await fetch("/api/sessions", { ...call, method: "POST", body });
            }""",
            [self.name, name],
        )
        self.name = name
        self.page = self.open()

    def open(self):  # type: ignore[no-untyped-def]
        """A new tab with the notebook, its kernel idle."""
        page = self.context.new_page()
        page.set_default_timeout(30_000)
        page.goto(f"{self.lab.url}/lab/workspaces/{uuid.uuid4().hex}/tree/{self.name}")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.wait_idle(page)
        return page

    def wait_idle(self, page=None, timeout: float = 60_000) -> None:  # type: ignore[no-untyped-def]
        """Waits until the status bar says the kernel is idle."""
        (page or self.page).wait_for_function(
            "() => /\\| Idle/.test(document.querySelector('#jp-main-statusbar')?.innerText ?? '')", timeout=timeout
        )

    def cell(self, number: int):  # type: ignore[no-untyped-def]
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def run(self, number: int, wait: bool = True) -> None:
        """Runs a cell with Shift-Enter."""
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        if wait:
            self.page.wait_for_function(
                "n => /^\\[\\d+\\]/.test(document.querySelectorAll('.jp-Notebook .jp-Cell')[n]"
                "?.querySelector('.jp-InputPrompt')?.innerText.trim() ?? '')",
                arg=number,
                timeout=60_000,
            )

    def text(self, number: int) -> str:
        """The text that a cell has printed."""
        return self.cell(number).locator(".jp-OutputArea").inner_text()

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
        self.page.wait_for_timeout(800)

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def notebook(lab: Lab, chromium: object) -> Iterator[object]:
    """Opens notebooks of given cells; they are closed at the end."""
    opened: list[Notebook] = []

    def make(*cells: str) -> Notebook:
        opened.append(Notebook(lab, chromium, list(cells)))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


class Bench:
    """One notebook whose first cell shows one builder after another; quicker than a notebook a test."""

    def __init__(self, lab: Lab, chromium: object) -> None:
        self.book = Notebook(lab, chromium, ["import kit, widgets\nfrom kit.layers import *", "", "'the last cell'"])
        self.page = self.book.page
        self.book.run(0)

    def show(self, code: str):  # type: ignore[no-untyped-def]
        """Runs a cell that ends in a builder, and gives the page with it on the screen, settled."""
        page = self.page
        page.evaluate(
            "() => document.querySelectorAll('[data-testid=\"builder\"]').forEach(old => old.dataset.old = '1')"
        )
        self.book.cell(1).locator(".cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(code)
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(
            "() => { const all = [...document.querySelectorAll('[data-testid=\"builder\"]')];"
            " return all.length && all.every(each => !each.dataset.old && each.dataset.ready === 'true'); }"
        )
        page.wait_for_function(
            "() => { const canvas = document.querySelector('[data-testid=\"canvas\"]');"
            " return !canvas?.querySelector('.react-flow__node') || canvas.querySelector('.react-flow__handle'); }"
        )
        page.locator('[data-testid="builder"]').first.scroll_into_view_if_needed()
        page.wait_for_timeout(400)  # until the view has settled on the model
        return page

    def answer(self, code: str) -> str:
        """What the kernel says to an expression, in the last cell."""
        cell = self.book.cell(2)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(f"print('<', {code}, '>')")
        before = cell.locator(".jp-InputPrompt").inner_text()
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function(
            "([n, before]) => { const prompt = document.querySelectorAll('.jp-Notebook .jp-Cell')[n]"
            ".querySelector('.jp-InputPrompt').innerText; return /\\d/.test(prompt) && prompt !== before; }",
            arg=[2, before],
        )
        cell.locator(".jp-OutputArea").get_by_text(">").first.wait_for()
        return cell.locator(".jp-OutputArea").inner_text().strip()[1:-1].strip()


@pytest.fixture(scope="session")
def bench(lab: Lab, chromium: object) -> Iterator[Bench]:
    opened = Bench(lab, chromium)
    yield opened
    opened.book.close()
