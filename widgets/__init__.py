"""Hornbook's widgets: build a model by hand, train it in the background, watch it live. Importing it also teaches
notebooks to show a Run as its monitor and a Model as its diagram."""

from widgets.builder import Builder
from widgets.displays import register
from widgets.monitor import Monitor
from widgets.runs import Runs
from widgets.studio import Studio

register()

__all__ = ["Builder", "Monitor", "Runs", "Studio"]
