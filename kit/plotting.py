"""Pictures drawn by matplotlib: the curves of a history, a confusion matrix, the diagram of a graph document."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kit.training.history import History

COLOURS = {  # those of the canvas
    "input": "#64748b",
    "core": "#2f7de1",
    "convolutional": "#e0702b",
    "pooling": "#c99a12",
    "normalization": "#2c9f6b",
    "merging": "#8d5bd6",
    "recurrent": "#d1478f",
    "embeddings": "#0e9bb0",
    "attention": "#a83fb5",
    "activations": "#7a9a1f",
    "noise": "#9a6b4b",
    "custom": "#c94f4f",
}
OTHER = "#56758f"


class Picture:
    """A picture that notebooks show and that can be saved. figure: the matplotlib figure."""

    def __init__(self, figure: Figure, text: str) -> None:
        self.figure, self.text = figure, text

    def save(self, path: Any) -> None:
        """Writes the picture to a file; the ending says how (.png, .svg, .pdf)."""
        self.figure.savefig(path, bbox_inches="tight")

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=110, bbox_inches="tight")
        return buffer.getvalue()

    def __repr__(self) -> str:
        return self.text


def smoothed(numbers: np.ndarray) -> np.ndarray:
    """A running mean over about a fiftieth of the numbers."""
    width = max(1, len(numbers) // 50)
    sums = np.cumsum(np.insert(numbers, 0, 0.0))
    ends = np.arange(1, len(numbers) + 1)
    starts = np.maximum(ends - width, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def curves(history: History, parent: History | None = None) -> Picture:
    """The loss of each batch (faint) and smoothed, the validation loss of each epoch, and the same for the metrics.

    parent: of the run it branched from; its curves are grey, behind.
    """
    from matplotlib.figure import Figure

    others = [name for name in history.batch_names() if name != "loss"]
    figure = Figure(figsize=(9 if others else 5.5, 3.2), layout="constrained")
    axes = figure.subplots(1, 2 if others else 1, squeeze=False)[0]
    draw(axes[0], history, ["loss"], parent)
    if others:
        draw(axes[1], history, others, parent)
    return Picture(figure, f"<curves of {len(history.epoch)} epochs, {history.steps} batches>")


def draw(axes: Axes, history: History, names: list[str], parent: History | None = None) -> None:
    """Some values of a history on one pair of axes, before those of its parent."""
    for name in names:
        if parent is None or name not in parent.batch_names():
            continue
        numbers = smoothed(parent.batch(name))
        axes.plot(parent.every * np.arange(1, len(numbers) + 1), numbers, color="0.7", label=f"{name} of the parent")
    for i, name in enumerate(names):
        numbers = history.batch(name) if name in history.batch_names() else np.array([])
        steps = np.arange(1, len(numbers) + 1)
        axes.plot(steps, numbers, color=f"C{2 * i}", alpha=0.25, linewidth=0.8)
        axes.plot(steps, smoothed(numbers), color=f"C{2 * i}", label=name)
        if f"val_{name}" in history:
            axes.plot(
                history.epoch_steps, history[f"val_{name}"], "o-", ms=3, color=f"C{2 * i + 1}", label=f"val_{name}"
            )
    for step, text in history.marks:
        axes.axvline(step, color="0.6", linewidth=0.8, linestyle=":")
        axes.annotate(text, (step, 1), xycoords=("data", "axes fraction"), rotation=90, va="top", fontsize=7)
    axes.set_xlabel("batches")
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)


def rates(schedule: Callable[[int], float], steps: int) -> Picture:
    """The learning rate over the first so many updates."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.5, 2.6), layout="constrained")
    axes = figure.subplots()
    axes.plot(range(steps), [schedule(updates) for updates in range(steps)], color="C0")
    axes.set_xlabel("updates")
    axes.set_ylabel("learning rate")
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    return Picture(figure, f"<learning rates of {schedule!r} over {steps} updates>")


def confusion(matrix: np.ndarray, labels: Sequence[str] | None = None) -> Picture:
    """A confusion matrix (classes, classes): wanted down, said across; the darker, the more of that row.

    labels: what the classes are called; their numbers if none.
    """
    from matplotlib.figure import Figure

    count = len(matrix)
    side = 1.4 + 0.42 * count
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.subplots()
    share = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(matrix.shape):
        colour = "white" if share[row, column] > 0.5 else "0.2"
        axes.text(column, row, f"{matrix[row, column]}", ha="center", va="center", fontsize=8, color=colour)
    names = [str(label) for label in (labels if labels is not None else range(count))]
    axes.set_xticks(range(count), names, rotation=90 if max(map(len, names)) > 3 else 0)
    axes.set_yticks(range(count), names)
    axes.set_xlabel("said")
    axes.set_ylabel("wanted")
    return Picture(figure, f"<confusion matrix of {count} classes, {matrix.trace()} of {matrix.sum()} right>")


def levels(document: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """For each node, its column (the longest way from an input) and its row in the column."""
    from kit.analysis.circles import without_circles
    from kit.graph import in_order, sources_of

    document, _ = without_circles(document)
    sources = sources_of(document)
    placed: dict[str, tuple[int, int]] = {}
    filled: dict[int, int] = {}
    for node in in_order(document):
        column = 1 + max((placed[source][0] for source in sources[node["id"]]), default=-1)
        placed[node["id"]] = (column, filled.get(column, 0))
        filled[column] = filled.get(column, 0) + 1
    return placed


def diagram(document: dict[str, Any], per_row: int = 6) -> Picture:
    """The layers of a document as boxes with their shapes, and arrows for what flows between them."""
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    from kit.analysis import analyse
    from kit.layers.layer import CATALOG
    from kit.structure import repeated

    report = analyse(document)
    places = levels(document)
    tallest = 1 + max((row for _, row in places.values()), default=0)
    columns = 1 + max((column for column, _ in places.values()), default=0)
    bands = -(-columns // per_row)
    figure = Figure(figsize=(1.9 * min(columns, per_row), 0.95 * tallest * bands + 0.2))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    at = {
        name: (column % per_row * 1.9 + 0.95, -(column // per_row * tallest + row) * 0.95 - 0.5)
        for name, (column, row) in places.items()
    }
    for edge in document["edges"]:
        (x0, y0), (x1, y1) = at[edge["source"]], at[edge["target"]]
        start, end = ((x0 + 0.75, y0), (x1 - 0.75, y1)) if x1 > x0 else ((x0, y0 - 0.32), (x1, y1 + 0.32))
        axes.add_patch(
            FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=9, color="0.45", shrinkA=0, shrinkB=0)
        )
    times = {node: group["repeat"] for group in repeated(document) for node in group["nodes"]}
    for node in document["nodes"]:
        x, y = at[node["id"]]
        found = report["nodes"].get(node["id"], {})
        family = "input" if node["layer"] == "Input" else getattr(CATALOG.get(node["layer"]), "family", "")
        colour = "#c62828" if found.get("error") else COLOURS.get(family, OTHER)
        edge = "0.6" if node.get("bypass") else colour
        box = FancyBboxPatch((x - 0.72, y - 0.29), 1.44, 0.58, boxstyle="round,pad=0.03", fc="white", ec=edge, lw=1.5)
        box.set_linestyle("--" if node.get("bypass") else "-")
        axes.add_patch(box)
        if node["id"] in times:
            axes.text(x + 0.7, y + 0.2, f"×{times[node['id']]}", ha="right", va="center", fontsize=7, color="0.2")
        output = found.get("output")
        shape = " × ".join(map(str, output)) if output else "?"
        parameters = found.get("parameters")
        size = min(8.5, 150 / len(node["layer"]))  # points; a long name stays in its box
        axes.text(x, y + 0.14, node["layer"], ha="center", va="center", fontsize=size, color=colour, weight="bold")
        axes.text(x, y - 0.03, shape, ha="center", va="center", fontsize=7.5, color="0.2")
        axes.text(
            x,
            y - 0.19,
            f"{parameters:,} parameters" if parameters else "",
            ha="center",
            va="center",
            fontsize=6.5,
            color="0.4",
        )
    axes.set_xlim(0, 1.9 * min(columns, per_row))
    axes.set_ylim(-0.95 * tallest * bands - 0.1, 0.1)
    axes.set_axis_off()
    return Picture(figure, f"<diagram of {len(document['nodes'])} nodes, {report['parameters']:,} parameters>")
