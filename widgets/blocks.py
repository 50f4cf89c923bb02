"""Blocks of layers that a person has saved, kept over sessions in one JSON file of the user's."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from kit.editing.fragments import fragment_of
from kit.structure import Document, DocumentError, check, is_line

MOST = 200  # blocks
LARGEST = 20_000_000  # bytes of the file


def path() -> Path:
    """Where the blocks are kept."""
    return Path(jupyter_data_dir()) / "hornbook" / "blocks.json"


def blocks() -> dict[str, Document]:
    """The saved blocks by name, those that can be read; none where there is no file."""
    try:
        if path().stat().st_size > LARGEST:
            return {}
        held = json.loads(path().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    found = {}
    for name, block in held.items() if isinstance(held, dict) else ():
        try:
            found[str(name)] = check(block)
        except (DocumentError, TypeError, RecursionError):
            continue
    return found


def save(name: str, document: Document, nodes: list[str]) -> None:
    """Keeps some nodes of a document as a block, in place of one of that name. ValueError where that cannot be."""
    if not is_line(name):
        raise ValueError("give the block a name of one line")
    held = {**blocks(), name: fragment_of(document, nodes)}
    if len(held) > MOST:
        raise ValueError(f"there are {MOST} blocks already; delete one that is not used")
    write(held)


def delete(name: str) -> None:
    """Forgets a block. ValueError where there is none of that name."""
    held = blocks()
    if name not in held:
        raise ValueError(f"there is no block {name!r}")
    del held[name]
    write(held)


def write(held: dict[str, Document]) -> None:
    """Writes all blocks, whole or not at all."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".json")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(held, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def told() -> list[dict[str, object]]:
    """What the palette shows of the blocks."""
    return [
        {"name": name, "layers": [node["layer"] for node in block["nodes"]]} for name, block in sorted(blocks().items())
    ]
