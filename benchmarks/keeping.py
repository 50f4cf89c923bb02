"""What a benchmark found, with when and on what: printed, and with --keep written to benchmarks/results."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
VERSIONS = ("torch", "numpy", "h5py", "keras", "jax")


def machine() -> str:
    """Date, cores, device, load, versions."""
    import torch

    devices = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    there = {each.metadata["Name"]: each.version for each in importlib.metadata.distributions()}
    versions = [f"{name} {there[name]}" for name in VERSIONS if name in there]
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{datetime.date.today()}, {os.cpu_count()} cores, {', '.join(devices) or 'CPU'}, load {load}\n"
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )


def kept(name: str, measure: Callable[[], str]) -> None:
    """Measures, and tells. Where --keep is among the arguments, a file keeps it too."""
    keep = "--keep" in sys.argv
    if keep:
        sys.argv.remove("--keep")
    text = f"python -m benchmarks.{name}\n"
    found = measure()
    text += f"{machine()}\n\n{found}\n"
    print(text)
    if keep:
        (RESULTS / f"{name}-{datetime.date.today()}.txt").write_text(text)
