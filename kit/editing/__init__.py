"""Edits of a graph document that need to know the layers: each takes a document and gives a new one."""

from kit.editing.apply import apply
from kit.editing.usual import new_id, usual_config

__all__ = ["apply", "new_id", "usual_config"]
