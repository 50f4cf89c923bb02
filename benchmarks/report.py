"""The measurements as a table and as a picture."""

from __future__ import annotations

import statistics
from typing import Any

from benchmarks.peers import PEERS
from benchmarks.works import WORKS

Measured = dict[tuple[str, str], dict[str, Any]]  # (work, peer) -> what its process told


def ratios(rounds: list[float], of: list[float]) -> tuple[float, float, float]:
    """The median of the rounds' ratios, the least and the greatest."""
    found = [ours / theirs for ours, theirs in zip(of, rounds, strict=True)]
    return statistics.median(found), min(found), max(found)


def steps_table(measured: Measured) -> str:
    """Processor time a step of each work: of the kit in milliseconds, of each peer as the kit's ratio to it."""
    peers = [peer for peer in PEERS if peer != "kit" and any(key[1] == peer for key in measured)]
    lines = ["| work | Hornbook, ms | " + " | ".join(f"to {PEERS[peer][0]}" for peer in peers) + " |"]
    lines.append("|---|" + "---|" * (len(peers) + 1))
    for name in WORKS:
        if (name, "kit") not in measured:
            continue
        ours = measured[name, "kit"]["rounds"]
        cells = [f"{statistics.median(ours):.2f}"]
        for peer in peers:
            if (name, peer) not in measured:
                cells.append("–")
                continue
            middle, least, most = ratios(measured[name, peer]["rounds"], ours)
            cells.append(f"{middle:.2f} ({least:.2f}–{most:.2f})")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def once_table(measured: Measured) -> str:
    """What is measured once in a process: import, first step, samples a second of predict, peak memory."""
    lines = [
        "| work | who | ms a step, clock | import, s | model and first step, s | predict, samples/s | peak, MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for (name, peer), found in measured.items():
        speed = WORKS[name].batch * WORKS[name].batches / found["predicted"]
        cells = (statistics.median(found["clock"]), found["imported"], found["first"])
        row = " | ".join(f"{value:.2f}" for value in cells)
        lines.append(f"| {name} | {PEERS[peer][0]} | {row} | {speed:,.0f} | {found['mib']:.0f} |")
    return "\n".join(lines)


def picture(measured: Measured, path: str) -> None:
    """Bars of the kit's ratio to each peer, a group for each work, to a file."""
    from matplotlib.figure import Figure

    works = [name for name in WORKS if (name, "kit") in measured]
    peers = [peer for peer in PEERS if peer != "kit" and any(key[1] == peer for key in measured)]
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    axes = figure.subplots()
    width = 0.8 / max(len(peers), 1)
    for i, peer in enumerate(peers):
        there = [(place, name) for place, name in enumerate(works) if (name, peer) in measured]
        found = [ratios(measured[name, peer]["rounds"], measured[name, "kit"]["rounds"]) for _, name in there]
        places = [place + (i - (len(peers) - 1) / 2) * width for place, _ in there]
        middles = [middle for middle, _, _ in found]
        spread = [[m - least for m, least, _ in found], [most - m for m, _, most in found]]
        axes.bar(places, middles, width, yerr=spread, error_kw={"lw": 0.8}, label=PEERS[peer][0])
    axes.axhline(1, color="black", lw=0.8)
    axes.set_yscale("log")
    axes.set_yticks([0.05, 0.1, 0.2, 0.5, 1], ["0.05", "0.1", "0.2", "0.5", "1"])
    axes.minorticks_off()
    axes.set_xticks(range(len(works)), works)
    axes.set_ylabel("processor time a step,\nHornbook / other")
    figure.legend(loc="outside upper center", ncols=len(peers), fontsize=8, frameon=False)
    figure.savefig(path, dpi=150)
