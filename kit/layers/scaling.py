"""Layers that bring the numbers of a sample to a scale, without looking at the others of its batch."""

from typing import Annotated

from torch import Tensor
from torch.nn import functional as F

from kit.constraints import ConstraintName
from kit.fields import Positive, choice
from kit.initializations import InitializerName
from kit.layers.layer import Layer
from kit.regularizers import RegularizerName
from kit.symbols import Shape


class Rescaling(Layer):
    """y = scale x + offset.

    In (n, ...); out the same shape.

    scale: factor; 1/255 brings pixels from 0 to 255 into 0 to 1.
    offset: added afterwards.
    """

    family = "normalization"
    passes_mask = True

    scale: float
    offset: float = 0.0

    def forward(self, x: Tensor) -> Tensor:
        return self.scale * x + self.offset


class UnitNormalization(Layer):
    """y = x / |x|, so that the numbers along one axis of each sample have a length of 1.

    In (n, ..., features) or (n, channels, rows, cols); out the same shape.

    axis: the axis it goes over: -1 for features, 1 for channels.
    """

    family = "normalization"
    passes_mask = True

    axis: Annotated[int, choice(-1, 1)] = -1

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(x, dim=self.axis)


class RMSNormalization(Layer):
    """y = gamma x / sqrt(mean(x²) + epsilon), over one axis of each sample (Zhang & Sennrich 2019).

    In (n, ..., features) or (n, channels, rows, cols); out the same shape.

    axis: the axis it goes over: -1 for features, 1 for channels.
    epsilon: added to the mean of the squares.
    gamma_initializer: how gamma starts.
    gamma_regularizer: penalty on gamma.
    gamma_constraint: what gamma is held to.
    """

    family = "normalization"
    passes_mask = True

    axis: Annotated[int, choice(-1, 1)] = -1
    epsilon: Positive = 1e-6
    gamma_initializer: InitializerName = "ones"
    gamma_regularizer: RegularizerName = None
    gamma_constraint: ConstraintName = None

    gamma: Tensor

    def build(self, input_shape: Shape) -> None:
        self.add_weight("gamma", (input_shape[0 if self.axis == 1 else -1],))

    def forward(self, x: Tensor) -> Tensor:
        x = x.movedim(self.axis, -1)
        return F.rms_norm(x, x.shape[-1:], self.gamma, self.epsilon).movedim(-1, self.axis)


__all__ = ["RMSNormalization", "Rescaling", "UnitNormalization"]
