"""A batch for which there is no memory."""

import subprocess
import sys

import pytest

FIT = """
import resource, numpy as np, torch, kit
from kit.layers import Dense
torch.set_num_threads(1)
model = kit.Sequential([Dense(4, 4096, activation="tanh"), Dense(1)])
model.compile("sgd", "mse")
X, y = np.zeros((65536, 4), "float32"), np.zeros((65536, 1), "float32")
model.fit(X[:64], y[:64], batch_size=32, verbose=0)
before = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (before + (640 << 20),) * 2)
try:
    model.fit(X, y, batch_size=65536, verbose=0)
except MemoryError as error:
    print(error, error.__context__)
run = model.fit(X, y, batch_size=65536, background=True)
try:
    run.wait()
except MemoryError as error:
    print(run.state)
model.fit(X[:4096], y[:4096], batch_size=2048, verbose=0)
print("trained on")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_a_batch_too_large_is_said_so_with_a_smaller_one_and_its_memory_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", FIT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said, state, after = done.stdout.splitlines()
    assert "no memory for a batch of 65536 samples; try batch_size=32768" in said
    assert said.endswith("None")
    assert (state, after) == ("failed", "trained on")
