"""What a notebook shows for the kit's own objects: a Run its monitor, a Model its diagram."""

from __future__ import annotations

from typing import Any

from kit.models import Model
from kit.training import Run
from widgets.editing import EDITINGS
from widgets.monitor import Monitor


def register() -> None:
    """Tells IPython, where it runs."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    formatter = shell.display_formatter
    formatter.mimebundle_formatter.for_type(Run, lambda run, **options: Monitor(run)._repr_mimebundle_(**options))
    shell.events.register("post_run_cell", refresh_palettes)
    formatter.formatters["image/png"].for_type(Model, model_picture)


def refresh_palettes(*_: Any) -> None:
    """After each cell: layers defined in it appear in every open builder."""
    for editing in list(EDITINGS):
        editing.refresh()


def model_picture(model: Model) -> Any:
    """A PNG of a model's diagram; nothing for one that holds plain torch modules."""
    try:
        return model.plot()._repr_png_()
    except ValueError:
        return None
