"""python -m benchmarks [works] [--peers ...] [--rounds 7] [--threads 1] [--keep]

Trains the works of works.py with the kit and with each peer that is installed, each in a fresh process of one thread,
in rounds in which they take turns. Prints ratios of processor times, which a busy machine disturbs less than those on
the clock: medians of the rounds' ratios, the least and the greatest. With more threads the ratios are of the clock's.
With --keep they go to benchmarks/results and, those of one thread, as a picture to docs.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.peers import PEERS
from benchmarks.report import Measured, once_table, picture, steps_table
from benchmarks.works import WORKS

ROOT = Path(__file__).parents[1]
ONE_THREAD_OF_JAX = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}


class Process:
    """A peer at a work, on so many threads, waiting for its turn."""

    def __init__(self, peer: str, work: str, threads: int) -> None:
        self.figure = "ms" if threads == 1 else "clock"
        given = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(threads)) | {"CUDA_VISIBLE_DEVICES": ""}
        given |= ONE_THREAD_OF_JAX if threads == 1 else {}
        command = [sys.executable, "-m", "benchmarks.worker", peer, work]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.program = subprocess.Popen(command, text=True, cwd=ROOT, env=os.environ | given, **pipes)
        self.found: dict[str, Any] = {**self.answer(), "rounds": [], "clock": []}

    def answer(self) -> dict[str, Any]:
        """What it tells next; what libraries print in between is passed over. RuntimeError where it has ended."""
        for line in self.program.stdout:  # type: ignore[union-attr]
            if line.startswith("="):
                return json.loads(line[1:])
        raise RuntimeError("it ended")

    def ask(self, word: str) -> dict[str, Any]:
        """Says a word and gives the answer."""
        self.program.stdin.write(word + "\n")  # type: ignore[union-attr]
        self.program.stdin.flush()  # type: ignore[union-attr]
        return self.answer()

    def round(self) -> None:
        told = self.ask("round")
        self.found["rounds"].append(told[self.figure])
        self.found["clock"].append(told["clock"])

    def end(self) -> dict[str, Any]:
        """Everything it has told."""
        self.found.update(self.ask("end"))
        self.program.communicate()
        return self.found


def measure(name: str, peers: list[str], rounds: int, threads: int) -> tuple[Measured, list[str]]:
    """A work with each peer; and who could not do it."""
    processes, failed = {}, []
    for peer in peers:
        try:
            processes[peer] = Process(peer, name, threads)
        except RuntimeError:
            failed.append(f"{PEERS[peer][0]} ended at {name}")
    for _ in range(rounds):
        for process in processes.values():
            process.round()
    return {(name, peer): process.end() for peer, process in processes.items()}, failed


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("works", nargs="*", help="some of " + ", ".join(WORKS) + "; all if none")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results and docs/speed.png")
    asked = parser.parse_args()
    there = {peer: all(map(importlib.util.find_spec, PEERS[peer][2])) for peer in asked.peers}
    missing = [PEERS[peer][0] for peer, found in there.items() if not found]
    measured: Measured = {}
    failed: list[str] = []
    for name in asked.works or WORKS:
        found, ended = measure(name, [peer for peer in asked.peers if there[peer]], asked.rounds, asked.threads)
        measured, failed = measured | found, failed + ended
        print(steps_table({key: value for key, value in measured.items() if key[0] == name}), flush=True)
    versions = {name: version for found in measured.values() for name, version in found["versions"].items()}
    words = [
        f"{datetime.date.today()}, {os.cpu_count()} cores, CPU, threads: {asked.threads}, {asked.rounds} rounds",
        f"load {', '.join(f'{load:.1f}' for load in os.getloadavg())} at the end",
        ", ".join([f"Python {platform.python_version()}", *(f"{name} {versions[name]}" for name in sorted(versions))]),
        *(f"{name}: {WORKS[name].text}" for name in asked.works or WORKS),
        *([f"not installed: {', '.join(missing)}"] if missing else []),
        *failed,
    ]
    text = "\n".join([*words, "", steps_table(measured), "", once_table(measured), ""])
    print(text)
    if asked.keep:
        of = "" if asked.threads == 1 else f"-{asked.threads}-threads"
        (ROOT / "benchmarks" / "results" / f"steps{of}-{datetime.date.today()}.txt").write_text(text)
        if asked.threads == 1:
            picture(measured, str(ROOT / "docs" / "speed.png"))


if __name__ == "__main__":
    main()
