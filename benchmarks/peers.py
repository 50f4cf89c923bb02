"""Who trains the works: each peer is a function of a work and its data that gives a Trained.

What is not installed is left out; each is imported in a process of its own.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.works import Work

Numbers = np.ndarray


@dataclass
class Trained:
    """A model that is ready to train.

    fit: trains so many epochs on X and y, silently. predict: the outputs for samples.
    """

    fit: Callable[[Numbers, Numbers, int], None]
    predict: Callable[[Numbers], object]


def kit(work: Work) -> Trained:
    """Hornbook."""
    from benchmarks.models_of_kit import model

    made = model(work)
    return Trained(
        lambda X, y, epochs: made.fit(X, y, batch_size=work.batch, epochs=epochs, verbose=0),
        lambda X: made.predict(X, batch_size=128),
    )


def hand(work: Work) -> Trained:
    """The loop one would write in PyTorch, its batches cut from a shuffled order, without a DataLoader."""
    import torch

    from benchmarks.models_of_torch import loss, module, optimizer, probabilities

    made = module(work)
    criterion, descent, last = loss(work), optimizer(work, made.parameters()), probabilities(work)

    def fit(X: Numbers, y: Numbers, epochs: int) -> None:
        X, y = torch.from_numpy(X), torch.from_numpy(y)
        made.train()
        for _ in range(epochs):
            for index in torch.randperm(len(X)).split(work.batch):
                value = criterion(made(X[index]), y[index])
                descent.zero_grad()
                value.backward()
                descent.step()

    def predict(X: Numbers) -> object:
        made.eval()
        with torch.no_grad():
            return torch.cat([last(made(part)) for part in torch.from_numpy(X).split(128)]).numpy()

    return Trained(fit, predict)


def keras_on(backend: str) -> Callable[[Work], Trained]:
    """Keras 3 on a backend."""

    def keras(work: Work) -> Trained:
        os.environ["KERAS_BACKEND"] = backend
        from benchmarks.models_of_keras import model

        made = model(work)

        def turned(X: Numbers) -> Numbers:
            return np.ascontiguousarray(X.transpose(0, 2, 3, 1)) if X.ndim == 4 else X

        return Trained(
            lambda X, y, epochs: made.fit(turned(X), y, batch_size=work.batch, epochs=epochs, verbose=0),
            lambda X: made.predict(turned(X), batch_size=128, verbose=0),
        )

    return keras


def lightning(work: Work) -> Trained:
    """PyTorch Lightning, with everything off that it lets one turn off."""
    import lightning as L
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    from benchmarks.models_of_torch import loss, module, optimizer

    class Module(L.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.net, self.criterion = module(work), loss(work)

        def training_step(self, batch: list, number: int) -> object:
            return self.criterion(self.net(batch[0]), batch[1])

        def predict_step(self, batch: list, number: int) -> object:
            return self.net(batch[0])

        def configure_optimizers(self) -> object:
            return optimizer(work, self.net.parameters())

    made = Module()

    def trainer(epochs: int) -> L.Trainer:
        quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
        return L.Trainer(accelerator="cpu", max_epochs=epochs, enable_model_summary=False, **quiet)

    def loader(size: int, *arrays: Numbers, shuffle: bool = False) -> DataLoader:
        return DataLoader(TensorDataset(*map(torch.from_numpy, arrays)), size, shuffle=shuffle)

    return Trained(
        lambda X, y, epochs: trainer(epochs).fit(made, loader(work.batch, X, y, shuffle=True)),
        lambda X: trainer(1).predict(made, loader(128, X)),
    )


def skorch(work: Work) -> Trained:
    """skorch, without its printing."""
    import torch
    from skorch import NeuralNet

    from benchmarks.models_of_torch import loss, module, optimizer

    class Criterion(torch.nn.Module):
        def forward(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
            return loss(work)(outputs, targets)

    net = NeuralNet(
        module(work), Criterion, batch_size=work.batch, train_split=None, iterator_train__shuffle=True, verbose=0,
        optimizer=lambda parameters, **_: optimizer(work, [p for group in parameters for p in group["params"]]),
    )  # fmt: skip
    net.initialize()
    return Trained(lambda X, y, epochs: net.partial_fit(X, y, epochs=epochs) and None, net.predict)


def fastai(work: Work) -> Trained:
    """fastai, without its printing."""
    import torch
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner
    from fastai.optimizer import OptimWrapper
    from torch.utils.data import DataLoader, TensorDataset

    from benchmarks.models_of_torch import loss, module, optimizer

    net = module(work)

    def learner(X: Numbers, y: Numbers) -> Learner:
        loader = DataLoader(TensorDataset(torch.from_numpy(X), torch.from_numpy(y)), work.batch, shuffle=True)
        opt = OptimWrapper(opt=optimizer(work, net.parameters()))
        return Learner(DataLoaders(loader, loader), net, loss_func=loss(work), opt_func=lambda *_, **__: opt)

    def fit(X: Numbers, y: Numbers, epochs: int) -> None:
        made = learner(X, y)
        with made.no_bar(), made.no_logging():
            made.fit(epochs)

    def predict(X: Numbers) -> object:
        with torch.no_grad():
            return torch.cat([net.eval()(part) for part in torch.from_numpy(X).split(128)])

    return Trained(fit, predict)


PEERS: dict[str, tuple[str, Callable[[Work], Trained], tuple[str, ...]]] = {  # name, how, what has to be installed
    "kit": ("Hornbook", kit, ("torch",)),
    "hand": ("loop by hand", hand, ("torch",)),
    "keras-torch": ("Keras 3 on PyTorch", keras_on("torch"), ("keras", "torch")),
    "keras-jax": ("Keras 3 on JAX", keras_on("jax"), ("keras", "jax")),
    "lightning": ("Lightning", lightning, ("lightning", "torch")),
    "skorch": ("skorch", skorch, ("skorch", "torch")),
    "fastai": ("fastai", fastai, ("fastai", "torch")),
}
IMPORTS = {"kit": "kit", "hand": "torch", "keras-torch": "keras", "keras-jax": "keras"}  # of the others, their own name


def quiet() -> None:
    """Lets nothing be printed between the measurements."""
    import logging

    warnings.simplefilter("ignore")
    for name in ("lightning.pytorch", "lightning.fabric", "jax"):
        logging.getLogger(name).setLevel(logging.ERROR)
