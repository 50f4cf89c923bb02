"""Runs: what lives in this kernel and what is saved in a folder, to watch, to steer and to go on with."""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import Any

import kit
from kit.training import Run
from widgets.listing import Listing
from widgets.monitor import Watching
from widgets.panel import Panel


class Runs(Panel):
    """The runs of this kernel, and the trainings saved in a folder: to open, steer and resume; the monitor is below.

    folder: where the files are; None for none. X, y, validation_data and what else `kit.resume` takes (augment,
    callbacks, custom_objects ...): what a training is resumed with; without X, the list gives the line that does it.
    Raises TypeError for what kit.resume does not take.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = ".",
        X: Any = None,
        y: Any = None,
        validation_data: Any = None,
        **options: Any,
    ) -> None:
        given = {"X": X, "y": y, "validation_data": validation_data, **options}
        inspect.signature(kit.resume).bind("path", **given)
        self.watching = Watching()
        place = None if folder is None else Path(folder).expanduser()
        custom = options.get("custom_objects")
        self.listing = Listing(place, given if X is not None else {}, self.watching, custom)
        super().__init__("runs", self.listing, self.watching)

    @property
    def run(self) -> Run | None:
        """The run that is shown, such as the one resumed last."""
        return self.watching.run

    @property
    def model(self) -> Any:
        """The model that was loaded last from a file of the list, as it is there or as it was at a mark; else None."""
        return self.listing.model

    @property
    def place(self) -> str:
        """The folder's name, which says the same on every machine."""
        return "" if self.listing.folder is None else self.listing.folder.resolve().name

    def picture(self) -> bytes:
        """A PNG of the list."""
        from matplotlib.figure import Figure

        from kit.plotting import Picture

        self.listing.look()
        if (scan := self.listing.scan) is not None:
            scan.join()
        saved = self.listing.held()
        lines = [f"{run.name}: {run!r}" for run in kit.runs()] or ["no run in this kernel"]
        if self.listing.folder is not None:
            lines += ["", f"saved in {self.place}:", *(map(repr, saved) if saved else ["no training"])]
        figure = Figure(figsize=(9, 0.3 + 0.22 * len(lines)))
        figure.text(0.01, 0.5, "\n".join(lines), va="center", family="monospace", fontsize=9, parse_math=False)
        return Picture(figure, repr(self))._repr_png_()

    def __repr__(self) -> str:
        return "<Runs of this kernel>" if self.listing.folder is None else f"<Runs of this kernel and in {self.place}>"
