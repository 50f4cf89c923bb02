"""How long a process takes until it trains: python -m benchmarks.startup [rounds]

Each figure is from fresh processes that take turns, in processor time: the imports, and from after the import to the
end of the first step of W1, by the kit and by hand. The kit's own import is told with and without the one full garbage
collection that falls due in it: most of what is looked through then are torch's objects.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

from benchmarks.keeping import kept

DATA = "import torch; from benchmarks.works import WORKS; X, y = WORKS['W1'].data(); torch.set_num_threads(1)"
MODEL = "from benchmarks.models_of_kit import w1; from kit.training import steps"
TORCH = "from benchmarks.models_of_torch import *"
BY_HAND = """
made = w1()
descent = torch.optim.SGD(made.parameters(), 0.1, momentum=0.9, nesterov=True)
F.mse_loss(made(torch.from_numpy(X[:16])), torch.from_numpy(y[:16])).backward()
descent.step()"""
CODES = {  # what comes before, and what is timed
    "import torch": ("", "import torch"),
    "import kit": ("", "import kit"),
    "import torch, no collection": ("import gc; gc.disable()", "import torch"),
    "import kit, no collection": ("import gc; gc.disable()", "import kit"),
    "import widgets": ("", "import widgets"),
    "model": (f"{DATA}; {MODEL}", "w1()"),
    "fit": (f"{DATA}; {MODEL}; model = w1()", "next(steps(model, X, y, batch_size=16))"),
    "by hand": (f"{DATA}; {TORCH}", BY_HAND),
}
TIMED = "{}\nimport time; start = time.process_time()\n{}\nprint(time.process_time() - start)"


def seconds(code: str, cache: str) -> float:
    """What a fresh process says; its bytecode is kept, as that of an installed package is."""
    environment = os.environ | {"PYTHONPYCACHEPREFIX": cache, "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout.split()[-1])


def main(rounds: int) -> str:
    found: dict[str, list[float]] = {name: [] for name in CODES}
    with tempfile.TemporaryDirectory() as cache:
        for turn in range(rounds + 1):
            for name, code in CODES.items():
                took = seconds(TIMED.format(*code), cache)
                if turn:  # the first makes the bytecode
                    found[name].append(took)

    def ratio(name: str, other: str) -> str:
        ratios = [a / b for a, b in zip(found[name], found[other], strict=True)]
        return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"

    more = statistics.median(a - b for a, b in zip(found["import widgets"], found["import kit"], strict=True))
    middle = {name: statistics.median(times) for name, times in found.items()}
    return "\n".join(
        [
            f"import torch                          {middle['import torch']:.2f} s",
            f"import kit / import torch             {ratio('import kit', 'import torch')}",
            "the same, no collection in either     "
            + ratio("import kit, no collection", "import torch, no collection"),
            f"import widgets after kit              {more:.2f} s more",
            f"W1: model made and compiled           {1e3 * middle['model']:.1f} ms",
            f"W1: fit to the end of the first step  {1e3 * middle['fit']:.1f} ms",
            f"the same by hand, model and optimizer {1e3 * middle['by hand']:.0f} ms",
        ]
    )


if __name__ == "__main__":
    kept("startup", lambda: main(int(sys.argv[1]) if len(sys.argv) > 1 else 7))
