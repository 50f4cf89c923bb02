"""What `model.summary()` prints."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kit.layers.layer import Layer

if TYPE_CHECKING:
    from kit.models import Model
    from kit.symbols import Shape


WIDTH = 100  # of a line in a notebook's cell
LEAST = 40  # the call of a layer is given so much at least


def shape_text(shape: Shape | None) -> str:
    """(n, 64), or ? where it is not known."""
    return "?" if shape is None else f"(n, {', '.join(map(str, shape))})" if shape else "(n,)"


def text(model: Model) -> str:
    """A table of the layers: name, call, output shape, parameters, and what each reads where that is not the last."""
    network = model.module
    values = [network.input_names[i] or f"input_{i + 1}" for i in range(len(network.shapes))]
    rows = [("layer", "output", "parameters", "reads")]
    rows += [(name, shape_text(shape), "0", "") for name, shape in zip(values, network.shapes, strict=True)]
    counted: set[int] = set()
    for step, _, shape in network.measured(network.shapes):
        name = network.name_of(step.layer)
        unknown = isinstance(step.layer, Layer) and not step.layer.built
        count = sum(parameter.numel() for parameter in step.layer.parameters())
        parameters = "?" if unknown else f"{0 if id(step.layer) in counted else count:,}"
        counted.add(id(step.layer))
        straight = step.sources == (len(values) - 1,)
        reads = "" if straight else ", ".join(values[source] for source in step.sources)
        made = repr(step.layer) if isinstance(step.layer, Layer) else type(step.layer).__name__
        rows.append((f"{name}  {made}", shape_text(shape), parameters, reads))
        values.append(name)
    heading, *lines = columns(rows)
    trainable = sum(p.numel() for p in model.module.parameters() if p.requires_grad)
    total = model.count_params()
    rule = "-" * max(map(len, [heading, *lines]))
    return "\n".join([heading, rule, *lines, rule, f"{total:,} parameters, {trainable:,} trainable"])


def columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The rows as lines of a table; what is too wide in the first column goes on in lines below."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    widths[0] = min(widths[0], max(WIDTH - sum(width + 2 for width in widths[1:]), LEAST))
    for first, *rest in rows:
        start, *more = textwrap.wrap(first, widths[0], subsequent_indent="    ") or [""]
        yield "  ".join(cell.ljust(width) for cell, width in zip((start, *rest), widths, strict=True)).rstrip()
        yield from more
