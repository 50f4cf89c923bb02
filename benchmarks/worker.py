"""The process of one peer at one work: it answers each line on its input with a line of JSON.

    python -m benchmarks.worker PEER WORK

First come the seconds of the import, from making the model to the end of its first step, and of predict; then, for
each line "round", the milliseconds a step of one `fit` took, on the clock and of processor time (all threads together);
at "end", the peak memory in MiB.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import resource
import sys
import time

from benchmarks.peers import IMPORTS, PEERS, quiet
from benchmarks.works import WORKS


def tell(**values: object) -> None:
    """Answers."""
    print("=" + json.dumps(values), flush=True)


def timed(action: object) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    action()  # type: ignore[operator]
    return time.perf_counter() - start


def main(peer: str, name: str) -> None:
    work, (_, make, installed) = WORKS[name], PEERS[peer]
    if peer.startswith("keras"):
        os.environ["KERAS_BACKEND"] = peer.removeprefix("keras-")
    imported = timed(lambda: importlib.import_module(IMPORTS.get(peer, peer)))
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    quiet()
    X, y = work.data()
    start = time.perf_counter()
    model = make(work)
    model.fit(X[: work.batch], y[: work.batch], 1)
    first = time.perf_counter() - start
    model.fit(X, y, 1)
    model.predict(X)
    versions = {package: importlib.metadata.version(package) for package in installed}
    tell(
        imported=imported,
        first=first,
        versions=versions,
        predicted=min(timed(lambda: model.predict(X)) for _ in range(3)),
    )
    for line in sys.stdin:
        if line.strip() == "end":
            break
        before, count = time.process_time(), work.epochs * work.batches
        clock = timed(lambda: model.fit(X, y, work.epochs))
        tell(clock=1e3 * clock / count, ms=1e3 * (time.process_time() - before) / count)
    tell(mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
