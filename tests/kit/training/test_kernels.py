"""A real kernel that is interrupted, restarted, shut down, left or terminated with a run at work.

It ends by itself, without a core dump, and what was autosaved opens.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

import kit

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the client of Jupyter
]
ROOT = Path(__file__).parents[3]
START = """
from tests.kit.training.test_resume import X, Y, compiled, dense, kit
words = {{"epochs": 10**9, "batch_size": 8, "seed": 11, "autosave": {path!r}}}
run = compiled(dense, kit.optimizers.Adam(0.01)).fit(X, Y, background=True, autosave_every=0.01, **words)
while run.step_count < 20: pass
"""
WAIT = """
print("begun")
run.wait()
"""
FIT = """
run.stop()
model = run.wait().model
model.fit(X, Y, verbose=0, callbacks=[lambda record: record.step == 21 and print("begun")], **words)
"""


class Kernel:
    """A kernel, and runs in it that save themselves to `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manager = KernelManager(shutdown_wait_time=60.0)  # a busy machine is slow
        self.manager.start_kernel(cwd=str(path.parent), env={**os.environ, "PYTHONPATH": str(ROOT)})
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()

    def begin(self) -> None:
        """A new run, when the kernel has come up."""
        self.client.wait_for_ready(timeout=120)
        assert self.said(self.client.execute(START.format(path=str(self.path)))) == "ok"

    def said(self, asked: str) -> str:
        """How a cell ended: "ok", or the name of its error."""
        while (reply := self.client.get_shell_msg(timeout=120))["parent_header"]["msg_id"] != asked:
            pass
        return reply["content"].get("ename", "ok")

    @property
    def process(self):
        """The process of the kernel; after a restart it is another."""
        return self.manager.provisioner.process

    def opens(self) -> int:
        """The step that was saved last."""
        step = kit.load(self.path).session.position.step
        self.path.unlink()
        return step


@contextmanager
def kernel(path: Path) -> Iterator[Kernel]:
    started = Kernel(path)
    try:
        yield started
    finally:
        started.client.stop_channels()
        started.manager.shutdown_kernel(now=True)


def restarted(times: int, path: Path) -> None:
    with kernel(path) as one:
        for _ in range(times):
            one.begin()
            old = one.process
            one.manager.restart_kernel()
            assert old.wait(60) == 0
            assert one.opens() > 0


def interrupted(times: int, path: Path) -> None:
    """First a cell that waits for the run, which goes on; then a fit in the foreground."""
    with kernel(path) as one:
        for _ in range(times):
            one.begin()
            for cell, after in ((WAIT, "assert not run.ended"), (FIT, "assert model.history.steps > 20")):
                asked = one.client.execute(cell)
                while one.client.get_iopub_msg(timeout=120)["content"].get("text") != "begun\n":
                    pass
                one.manager.interrupt_kernel()
                assert one.said(asked) == "KeyboardInterrupt"
                assert one.said(one.client.execute(after)) == "ok"
            assert one.opens() > 0


def ended(how: str, times: int, path: Path) -> None:
    for _ in range(times):
        with kernel(path) as one:
            one.begin()
            process = one.process
            if how == "shutdown":
                one.manager.shutdown_kernel()
            elif how == "exit":
                one.client.execute("exit()")
            else:
                os.kill(process.pid, signal.SIGTERM)
            assert process.wait(60) in ((0, -signal.SIGTERM) if how == "SIGTERM" else (0,))
            assert one.opens() > 0


WAYS = {"restart": restarted, "interrupt": interrupted} | {
    how: lambda times, path, how=how: ended(how, times, path) for how in ("shutdown", "exit", "SIGTERM")
}


@pytest.mark.parametrize("how", ["restart", "interrupt"])
def test_a_kernel_with_a_run_at_work_ends_cleanly_and_its_autosave_opens(how, tmp_path):
    WAYS[how](1, tmp_path / "a.h5")


@pytest.mark.long
@pytest.mark.parametrize("how", WAYS)
def test_a_kernel_with_a_run_at_work_ends_cleanly_50_times_and_its_autosave_opens(how, tmp_path, record_property):
    WAYS[how](50, tmp_path / "a.h5")
    record_property(how, "50 times")
