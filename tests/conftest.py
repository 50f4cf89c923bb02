"""What the long tests find is kept as text: a line for each test, in benchmarks/results/reliability-DATE.txt.

A test tells its figures with pytest's record_property. Tests that are run again on the same day replace their lines.
"""

import os
import platform
from collections import defaultdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Writes the lines of the tests that were run with -m long."""
    reports = defaultdict(list)
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            if report.when == "call":
                reports[report.nodeid.partition("[")[0]].append(report)
    if config.option.markexpr != "long" or not reports:
        return
    path = RESULTS / f"reliability-{datetime.now(UTC):%Y-%m-%d}.txt"
    head, lines = machine(), {}
    if path.exists():
        before = path.read_text(encoding="utf-8").splitlines()[1:]
        lines = {line.split(" ", 1)[0]: line for line in before}
    lines.update({name: f"{name} {told(found)}" for name, found in reports.items()})
    path.write_text("\n".join([head, *(lines[name] for name in sorted(lines))]) + "\n", encoding="utf-8")
    terminalreporter.write_line(f"figures: {path}")


def machine() -> str:
    """Where the figures come from."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "numpy", "h5py", "ipykernel"))
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.release()} {platform.machine()}; "
        f"Python {platform.python_version()}, {versions}"
    )


def told(reports: list[pytest.TestReport]) -> str:
    """The outcomes of a test, its time, and its figures."""
    counts = {outcome: sum(report.outcome == outcome for report in reports) for outcome in ("passed", "failed")}
    outcome = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    figures = [f"{name}: {value}" for report in reports for name, value in report.user_properties]
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return "; ".join([f"{outcome} in {sum(report.duration for report in reports):.0f} s, {when}", *figures])
