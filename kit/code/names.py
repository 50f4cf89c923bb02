"""The names that layers get by themselves."""


class AutomaticNames:
    """What a network would call the layers by itself, in order."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def next(self, kind: str) -> str:
        """The name a layer of this class gets."""
        return next(name for i in range(1, 10**9) if (name := f"{kind.lower()}_{i}") not in self.taken)
