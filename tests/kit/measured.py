"""The memory of this process, where Linux tells it."""

import os
import sys

import pytest

MIB = 1 << 20
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="memory and descriptors are read from /proc")


def memory() -> int:
    """Bytes that the process holds."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def forget_peak() -> None:
    """From now on `peak` tells the most that is held later."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def peak() -> int:
    """Bytes that the process held at most."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM"))
