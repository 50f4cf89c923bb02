"""What can be said of a graph document before it is trained: shapes, costs, what is wrong where, and what mends it."""

from kit.analysis.report import analyse
from kit.analysis.training import Training

__all__ = ["Training", "analyse"]
