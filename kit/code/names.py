"""The names that layers and groups get by themselves."""

import itertools


class AutomaticNames:
    """What a network would call the layers by itself, in order."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def next(self, kind: str) -> str:
        """The name a layer of this class gets."""
        return next(name for i in range(1, 10**9) if (name := f"{kind.lower()}_{i}") not in self.taken)

    def next_again(self, owner: str) -> str:
        """The name that another call of a layer gets."""
        return next(name for i in range(1, 10**9) if (name := f"{owner}_again_{i}") not in self.taken)


def next_group_name(taken: set[str]) -> str:
    """block, block2, block3, ...: the first that is not taken."""
    names = itertools.chain(["block"], (f"block{i}" for i in itertools.count(2)))
    return next(name for name in names if name not in taken)
