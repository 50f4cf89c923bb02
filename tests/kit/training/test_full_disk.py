"""A hundred saves without room: each is told and leaves the old file; the training is as it would be without them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

TRAINING = """
import errno, os, random, resource, sys
from pathlib import Path
folder, kind = Path(sys.argv[1]), sys.argv[2]
from tests.kit.training.test_resume import X, Y, assert_same, compiled, kit
from kit.layers import Dense, Input

wide = lambda: [Input(4), Dense(200, "tanh"), Dense(30, "tanh"), Dense(3, "softmax")]
words = {"epochs": 40, "batch_size": 8, "seed": 11, "background": True}
chance, told, path = random.Random(0), [], folder / "a.h5"

def room(size):
    \"\"\"Leaves so many bytes; None for all there are.\"\"\"
    if kind == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY if size is None else size, -1))
        return
    with open(folder / "filler", "wb", buffering=0) as filler:
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        for _ in range(0 if size is None else (free - size) // 4096):
            filler.write(bytes(4096))

def save(record):
    saving, old = model.run.autosave, path.read_bytes()
    room(chance.randrange(len(old) // 2))  # a file may become smaller, but not by half
    saving.now()
    saving.wait()
    told.append(saving.error.errno)
    assert "could not be saved" in str(saving.error), saving.error
    assert path.read_bytes() == old
    assert set(os.listdir(folder)) <= {"a.h5", "filler"}
    room(None)
    if record.step % 10 == 0:
        saving.now()
        saving.wait()
        assert saving.error is None
        assert kit.load(path).history.steps == record.step

model = compiled(wide, kit.optimizers.Adam(0.01))
run = model.fit(X, Y, callbacks=[save], autosave=path, autosave_every=1000, **words).wait()
assert (run.state, run.autosave.error) == ("done", None)
assert_same(run, compiled(wide, kit.optimizers.Adam(0.01)).fit(X, Y, **words).wait())
assert kit.load(path).history.steps == run.step_count == len(told) == 120
print({errno.errorcode[number] for number in told})
"""
MOUNT = ["unshare", "--mount", *([] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["--map-root-user"])]
SMALL = 'mount -t tmpfs -o size=4m none "$1" && shift && exec "$@"'


def trained(*command: object) -> str:
    """What the training says at its end, run by a command in front of it."""
    done = subprocess.run(
        [*map(str, command)], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_hundred_saves_on_a_full_file_system_are_told_and_change_nothing(tmp_path):
    mounted = [*MOUNT, "sh", "-c", SMALL, "sh", str(tmp_path)]
    if shutil.which("unshare") is None or subprocess.run([*mounted, "true"], capture_output=True).returncode:
        pytest.skip("this process may mount no file system")
    assert trained(*mounted, sys.executable, "-c", TRAINING, tmp_path, "mount") == "{'ENOSPC'}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of a file's size works otherwise there")
def test_a_hundred_saves_beyond_the_limit_of_a_file_are_told_and_change_nothing(tmp_path):
    assert trained(sys.executable, "-c", TRAINING, tmp_path, "limit") == "{'EFBIG'}\n"
