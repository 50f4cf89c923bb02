"""A run resumed at every step is the run that was never interrupted: eight models, five optimizers, seven variations.

The default run takes one optimizer for each model and variation in turn; `pytest -m long` all of them.
"""

import pytest
import torch

import kit
from kit.layers import (
    GRU,
    LSTM,
    BatchNormalization,
    Bidirectional,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Input,
    LayerNormalization,
    Reshape,
    TransformerEncoder,
)  # fmt: skip
from tests.kit.training.test_resume import X, Y, assert_same

MODELS = {
    "dense": lambda: [Dense(6, "tanh", kernel_regularizer="l2(0.01)")],
    "deep": lambda: [Dense(6, "relu", kernel_constraint="maxnorm(1)"), LayerNormalization(), Dense(5, "gelu")],
    "noisy": lambda: [GaussianNoise(0.1), Dense(6, "elu"), Dropout(0.1)],
    "images": lambda: [Reshape((1, 2, 2)), Conv2D(3, 2, padding="same"), Flatten()],
    "sequences": lambda: [Reshape((4, 1)), Conv1D(3, 2, padding="causal"), Flatten()],
    "LSTM": lambda: [Reshape((4, 1)), LSTM(3)],
    "both ways": lambda: [Reshape((2, 2)), Bidirectional(GRU(2, dropout=0.2))],
    "transformer": lambda: [Reshape((2, 2)), TransformerEncoder(3, 1, dropout=0.1), Flatten()],
}
OPTIMIZERS = {
    "SGD": {"learning_rate": 0.1, "momentum": 0.9, "decay": 0.1, "nesterov": True},
    "RMSprop": {"learning_rate": 0.01},
    "Adam": {"learning_rate": 0.05},
    "Adagrad": {"learning_rate": 0.1},
    "Adadelta": {"learning_rate": 1.0},
}
VARIATIONS = ("shuffle", "dropout", "batch normalization", "recurrence", "augmentation", "schedule", "clipping")
ALL = [(model, optimizer, variation) for model in MODELS for optimizer in OPTIMIZERS for variation in VARIATIONS]
SOME = [
    (model, list(OPTIMIZERS)[(i + j) % 5], variation)
    for i, model in enumerate(MODELS)
    for j, variation in enumerate(VARIATIONS)
    if (i + j) % 4 == 0
]


def shifted(x, generator):
    """An augmentation with random numbers of the run."""
    return x + 0.1 * torch.randn(x.shape, generator=generator)


def network(model: str, optimizer: str, variation: str) -> kit.Sequential:
    torch.manual_seed(7)
    settings = dict(OPTIMIZERS[optimizer])
    first = [Reshape((2, 2)), GRU(4)] if variation == "recurrence" else []
    first += [BatchNormalization()] if variation == "batch normalization" else []
    last = [Dropout(0.4)] if variation == "dropout" else []
    if variation == "schedule":
        settings["learning_rate"] = "CosineDecay(0.1, 9)"
    if variation == "clipping":
        settings |= {"clipnorm": 0.1, "clipvalue": 0.05}
    made = kit.Sequential([Input(4), *first, *MODELS[model](), *last, Dense(3, "softmax")])
    made.compile(
        getattr(kit.optimizers, optimizer)(**settings), "categorical_crossentropy", metrics=["accuracy", "auc"]
    )
    return made


def resumed_at_every_step(model: str, optimizer: str, variation: str, folder) -> None:
    words = {"augment": shifted} if variation == "augmentation" else {}
    made = network(model, optimizer, variation)
    whole = made.fit(
        X, Y, epochs=2, batch_size=4, seed=11, validation_split=0.4, background=True, **words,
        callbacks=[lambda record: made.save(folder / f"{record.step}.h5")],
    ).wait()  # fmt: skip
    assert whole.step_count == 8
    for step in range(1, whole.step_count + 1):
        assert_same(kit.resume(folder / f"{step}.h5", X, Y, **words).wait(), whole)


@pytest.mark.parametrize(("model", "optimizer", "variation"), SOME, ids=lambda word: word)
def test_a_run_resumed_at_any_step_is_the_uninterrupted_run(model, optimizer, variation, tmp_path):
    resumed_at_every_step(model, optimizer, variation, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize(("model", "optimizer", "variation"), ALL, ids=lambda word: word)
def test_a_run_of_any_kind_resumed_at_any_step_is_the_uninterrupted_run(model, optimizer, variation, tmp_path):
    resumed_at_every_step(model, optimizer, variation, tmp_path)
