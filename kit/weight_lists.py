"""The weights of a layer or a model as lists of tensors."""

from torch import Tensor, nn


class WeightLists:
    """What a layer and a model tell of their weights."""

    def holder(self) -> nn.Module:
        """Hook: the torch module whose weights they are."""
        raise NotImplementedError

    @property
    def weights(self) -> list[Tensor]:
        """All weights, then the running statistics, as the tensors that the module holds."""
        return [*self.holder().parameters(), *self.holder().buffers()]

    @property
    def trainable_weights(self) -> list[Tensor]:
        """The weights that training changes."""
        return [weight for weight in self.holder().parameters() if weight.requires_grad]

    @property
    def non_trainable_weights(self) -> list[Tensor]:
        """The weights that are frozen, then the running statistics."""
        return [weight for weight in self.weights if not weight.requires_grad]

    variables, trainable_variables, non_trainable_variables = weights, trainable_weights, non_trainable_weights

    def count_params(self) -> int:
        """How many numbers the weights hold."""
        return sum(parameter.numel() for parameter in self.holder().parameters())
