"""What a foreground fit prints: a progress bar (verbose=1), or one line an epoch (verbose=2)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from kit.training.steps import Record

REFRESH = 0.1  # seconds between two readings of the loss for the bar


def text(values: dict[str, float]) -> str:
    """ "loss 0.1234, accuracy 0.9"."""
    return ", ".join(f"{name} {value:.4g}" for name, value in values.items())


def shown(records: Iterable[Record], epochs: int, batches: int | None, verbose: int | str) -> Iterator[Record]:
    """The same records; the progress is printed on the way."""
    if verbose in (1, "auto"):
        yield from with_bar(records, epochs, batches)
        return
    for record in records:
        if verbose and record.ended is not None:
            print(f"epoch {record.epoch}/{epochs}: {text(record.ended)}", flush=True)
        yield record


def with_bar(records: Iterable[Record], epochs: int, batches: int | None) -> Iterator[Record]:
    """A bar over all batches of all epochs, with the latest values behind it."""
    from tqdm import tqdm

    read = 0.0
    with tqdm(total=None if batches is None else epochs * batches, unit="batch", dynamic_ncols=True) as bar:
        for record in records:
            if record.ended is not None or time.monotonic() - read > REFRESH:
                read = time.monotonic()
                bar.set_description(f"epoch {record.epoch}/{epochs}", refresh=False)
                values = record.ended or {name: float(value) for name, value in record.values.items()}
                bar.set_postfix_str(text(values), refresh=False)
            bar.update()
            yield record
