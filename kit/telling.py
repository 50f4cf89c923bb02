"""What a model tells of its inputs and outputs, under Keras's names."""

from typing import Any

from torch import nn

from kit.names import near_miss
from kit.names_of_keras import OF_MODELS
from kit.network import Network
from kit.symbols import Shape
from kit.weight_lists import WeightLists


class Telling(WeightLists):
    """The names, shapes and weights of a model's network."""

    module: Network

    def holder(self) -> nn.Module:
        return self.module

    @property
    def built(self) -> bool:
        """Whether every layer has its weights."""
        return self.module.built

    @property
    def input_names(self) -> list[str]:
        """What the inputs are called."""
        return self.module.input_labels

    @property
    def output_names(self) -> list[str]:
        """What the outputs are called."""
        return self.module.output_names

    @property
    def metrics_names(self: Any) -> list[str]:
        """What evaluate gives, in its order; nothing before compile."""
        if not self.compiled:
            return []
        ends = self.goal().ends
        losses = ["loss"] + [f"{end.prefix}loss" for end in ends if len(ends) > 1]
        means = [name for end in ends for name in end.functions]
        return losses + means + [name for end in ends for name in end.counted]

    @property
    def input_shape(self) -> Any:
        """(None, ...) for any number of samples of the input; for several a list. None where it is not known."""
        return batched(self.module.shapes)

    @property
    def output_shape(self) -> Any:
        """(None, ...) for any number of samples of the output; for several a list. None where it is not known."""
        shapes = [*self.module.shapes, *(shape for _, _, shape in self.module.measured(self.module.shapes))]
        return batched([shapes[output] for output in self.module.outputs])

    def __getattr__(self, name: str) -> Any:
        """Raises AttributeError with the way here for a name that is not there."""
        said = f"; {OF_MODELS[name]}" if name in OF_MODELS else ""
        if not said and not name.startswith("_"):
            said = near_miss(name, [known for known in dir(type(self)) if not known.startswith("_")])
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{said}")


def batched(shapes: list[Shape | None]) -> Any:
    """Shapes with None for the axis of the samples; one alone by itself."""
    found = [None if shape is None else (None, *shape) for shape in shapes]
    return found[0] if len(found) == 1 else found
