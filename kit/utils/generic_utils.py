"""Helpers of no one's own."""

from collections.abc import Iterable
from types import TracebackType
from typing import Any

Values = Iterable[tuple[str, Any]]


class Progbar:
    """A bar that fills up to `target`, with the means of values beside it.

    target: how many samples there are to do. width: of the bar, in characters. verbose: 0 shows nothing.
    `means` holds the mean of each value, every value weighted by the samples it came with. The bar closes itself at the
    target, or at the end of a `with`.
    """

    def __init__(self, target: int, width: int = 30, verbose: int = 1) -> None:
        from tqdm import tqdm

        if target < 0:
            raise ValueError(f"Progbar(target={target!r}): it takes how many samples there are, 0 or more")
        self.target = target
        self.sums: dict[str, tuple[float, int]] = {}
        self.bar = tqdm(total=target, bar_format=f"{{l_bar}}{{bar:{width}}}{{r_bar}}", disable=not verbose)
        self.seen = 0

    @property
    def means(self) -> dict[str, float]:
        """The mean of each value so far."""
        return {name: total / weight for name, (total, weight) in self.sums.items() if weight}

    def update(self, current: int, values: Values = ()) -> None:
        """Fills the bar up to `current` samples; values: (name, value), each for the samples since the last call."""
        new = current - self.seen
        if new < 0:
            raise ValueError(f"Progbar.update({current}): {self.seen} samples are done already; it only goes forward")
        for name, value in values:
            total, weight = self.sums.get(name, (0.0, 0))
            self.sums[name] = (total + float(value) * new, weight + new)
        self.seen = current
        self.bar.set_postfix_str(", ".join(f"{name} {mean:.4g}" for name, mean in self.means.items()), refresh=False)
        self.bar.update(new)
        if self.seen >= self.target:
            self.close()

    def add(self, n: int, values: Values = ()) -> None:
        """Fills the bar by n samples more."""
        self.update(self.seen + n, values)

    def close(self) -> None:
        """Leaves the bar as it stands."""
        self.bar.close()

    def __enter__(self) -> "Progbar":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


__all__ = ["Progbar"]
