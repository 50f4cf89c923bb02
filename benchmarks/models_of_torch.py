"""The works as torch modules, as one would write them, for the loop by hand and for what trains torch modules."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.works import Work

Loss = Callable[[Tensor, Tensor], Tensor]


def module(work: Work) -> nn.Module:
    """The module of a work; it gives logits, but W1, whose squared error wants probabilities."""
    makers = {"W1": w1, "W2": w2, "W3": w3, "W4": FusedWords, "W5": LoopedWords, "W6": w6, "W7": w7}
    return makers[work.name]()


def loss(work: Work) -> Loss:
    """The loss of a batch, from outputs and targets."""
    if work.name == "W1":
        return F.mse_loss
    return F.binary_cross_entropy_with_logits if work.outputs == 1 else F.cross_entropy


def probabilities(work: Work) -> Callable[[Tensor], Tensor]:
    """What makes probabilities of the outputs, which the kit's and Keras' models predict."""
    if work.name == "W1":
        return lambda outputs: outputs
    return torch.sigmoid if work.outputs == 1 else lambda outputs: outputs.softmax(-1)


def optimizer(work: Work, parameters: object) -> torch.optim.Optimizer:
    """The optimizer of a work."""
    if work.name in ("W1", "W3"):
        return torch.optim.SGD(parameters, 0.1 if work.name == "W1" else 0.01, momentum=0.9, nesterov=True)
    if work.name in ("W6", "W7"):
        return torch.optim.Adam(parameters, 0.001)
    return torch.optim.RMSprop(parameters, 0.001, alpha=0.9, eps=1e-7)


def w1() -> nn.Module:
    layers = [nn.Linear(20, 64), nn.Tanh(), nn.Dropout(0.5), nn.Linear(64, 64), nn.Tanh(), nn.Dropout(0.5)]
    return nn.Sequential(*layers, nn.Linear(64, 2), nn.Softmax(-1))


def w2() -> nn.Module:
    layers = [nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 128), nn.ReLU(), nn.Dropout(0.2)]
    return nn.Sequential(*layers, nn.Linear(128, 10))


def w3() -> nn.Module:
    layers: list[nn.Module] = []
    for filters, channels in ((32, 3), (64, 32)):
        layers += [nn.Conv2d(channels, filters, 3, padding=2), nn.ReLU()]
        layers += [nn.Conv2d(filters, filters, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25)]
    layers += [nn.Flatten(), nn.Linear(64 * 8 * 8, 256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, 10)]
    return nn.Sequential(*layers)


class FusedWords(nn.Module):
    """W4, with torch's fused LSTM."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.lstm = nn.Embedding(20000, 256), nn.LSTM(256, 128, batch_first=True)
        self.drop, self.out = nn.Dropout(0.5), nn.Linear(128, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.drop(self.lstm(self.table(x))[1][0][0]))


class LoopedWords(nn.Module):
    """W5, for which there is no fused kernel: step by step, what the input brings in one product before."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.W, self.U = nn.Embedding(20000, 256), nn.Linear(256, 512), nn.Linear(128, 512, bias=False)
        self.drop, self.out = nn.Dropout(0.5), nn.Linear(128, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = c = x.new_zeros(len(x), 128, dtype=self.W.weight.dtype)
        for brought in self.W(self.table(x)).unbind(1):
            i, f, new, o = (brought + self.U(h)).chunk(4, -1)
            i, f, o = ((0.2 * gate + 0.5).clamp(0, 1) for gate in (i, f, o))
            c = f * c + i * torch.sigmoid(new)
            h = o * torch.sigmoid(c)
        return self.out(self.drop(h))


def w6() -> nn.Module:
    layers: list[nn.Module] = []
    for width in (93, 512, 512):
        layers += [nn.Linear(width, 512), nn.PReLU(512), nn.BatchNorm1d(512), nn.Dropout(0.5)]
    return nn.Sequential(*layers, nn.Linear(512, 9))


def w7() -> nn.Module:
    return nn.Sequential(nn.Linear(1000, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 46))
