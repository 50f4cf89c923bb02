"""What is frozen or thawed, at whatever moment, is so from the next batch on, and files know it."""

import numpy as np
import pytest
import torch
from torch import nn

import kit
from kit.callbacks import Callback
from kit.layers import BatchNormalization, Dense, Dropout, Input, Rescaling
from tests.kit.training.test_resume import assert_same

X = np.random.default_rng(0).normal(size=(40, 6)).astype("float32")
Y = X[:, :3] ** 2
WORDS = {"batch_size": 8, "seed": 1, "verbose": 0}
OPTIMIZERS = ["sgd(0.05)", "sgd(0.05, momentum=0.9)", "adam", "adamw", "rmsprop", "nadam"]


def network(optimizer: str = "adam") -> kit.Sequential:
    torch.manual_seed(3)
    model = kit.Sequential([Input(6), Dense(5, "tanh"), BatchNormalization(), Dropout(0.2), Dense(3)])
    model.compile(optimizer, "mse")
    return model


def trained(model: kit.Sequential, **words) -> kit.Sequential:
    model.fit(X, Y, **{**WORDS, **words})
    return model


def freeze(model) -> None:
    model.layers[0].trainable = False


def thaw_the_first(model) -> None:
    model.layers[0].trainable = True


def freeze_a_weight(model) -> None:
    model.layers[-1].kernel.requires_grad_(False)


def freeze_statistics(model) -> None:
    model.layers[1].trainable = False


def longer(model) -> None:
    model.add(Dense(3))


def another_end(model) -> None:
    model.pop()
    model.add(Dense(3, "tanh"))


def nothing(model) -> None:
    pass


CHANGES = [nothing, freeze, freeze_a_weight, freeze_statistics, longer, another_end]


@pytest.mark.parametrize("before", [nothing, freeze, freeze_a_weight])
@pytest.mark.parametrize("after", [thaw_the_first, *CHANGES])
def test_a_model_changed_between_training_and_saving_is_loaded_and_trains_on_alike(before, after, tmp_path) -> None:
    model = network()
    before(model)
    trained(model)
    after(model)
    model.save(tmp_path / "a.h5")
    loaded = kit.load(tmp_path / "a.h5")
    names = [name for name, weight in model.module.named_parameters() if not weight.requires_grad]
    assert [name for name, weight in loaded.module.named_parameters() if not weight.requires_grad] == names
    for ours, theirs in zip(trained(loaded).get_weights(), trained(model).get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_saving_a_frozen_model_takes_nothing_from_its_optimizer(tmp_path) -> None:
    saved, untouched = trained(network()), trained(network())
    for model in (saved, untouched):
        model.trainable = False
    saved.save(tmp_path / "a.h5")
    assert kit.load(tmp_path / "a.h5").trainable_weights == []
    for model in (saved, untouched):
        model.trainable = True
        trained(model)
    for ours, theirs in zip(saved.get_weights(), untouched.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_model_without_weights_is_saved_and_loaded(tmp_path) -> None:
    model = kit.Sequential([Input(6), Rescaling(2.0)])
    model.compile("sgd", "mse")
    model.save(tmp_path / "a.h5")
    assert kit.load(tmp_path / "a.h5").evaluate(X, 2 * X) == 0


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_layer_thawed_by_a_callback_trains_from_there_and_one_that_was_frozen_rests(optimizer: str) -> None:
    model = network(optimizer)
    first, *_, last = model.layers
    first.trainable, kept = False, []

    def change(record) -> None:
        if record.step == 7:
            kept.extend([first.kernel.detach().clone(), last.kernel.detach().clone()])
            first.trainable, last.trainable = True, False

    trained(model, epochs=4, callbacks=[change])
    assert not torch.equal(first.kernel, kept[0])
    assert torch.equal(last.kernel, kept[1])


class At8(Callback):
    """Changes the model after the eighth batch."""

    def __init__(self, change) -> None:
        self.change = change

    def __call__(self, record) -> None:
        if record.step == 8:
            self.change(self.model)


@pytest.mark.parametrize("change", [freeze, freeze_a_weight, freeze_statistics])
@pytest.mark.parametrize("step", [4, 7, 8, 9, 12])
def test_a_training_in_which_a_callback_freezes_is_resumed_bit_for_bit(change, step: int, tmp_path) -> None:
    model = network("sgd(0.05, momentum=0.9)")
    saving = [At8(change), lambda record: record.step == step and model.save(tmp_path / "a.h5")]
    run = model.fit(X, Y, **WORDS, epochs=4, background=True, callbacks=saving).wait()
    assert_same(kit.resume(tmp_path / "a.h5", X, Y, callbacks=[At8(change)]).wait(), run)


def test_a_mark_knows_which_weights_were_frozen(tmp_path) -> None:
    model = network()

    def change(record) -> None:
        if record.step == 3:
            model.run.mark("free")
        if record.step == 5:
            freeze_a_weight(model)
        if record.step == 8:
            model.run.mark("frozen")

    run = model.fit(X, Y, **WORDS, epochs=3, background=True, autosave=tmp_path / "a.h5", callbacks=[change]).wait()
    for name, grad in (("free", True), ("frozen", False), ("start", True)):
        for each in (run.model_at(name), kit.load(tmp_path / "a.h5", mark=name)):
            assert each.layers[-1].kernel.requires_grad is grad
    kernel = run.model_at("frozen").layers[-1].kernel
    assert torch.equal(run.branch("frozen").wait().model.layers[-1].kernel, kernel)
    run.rollback("free")
    assert model.layers[-1].kernel.requires_grad


def test_a_field_of_the_optimizer_that_a_callback_sets_is_used_from_the_next_batch_on() -> None:
    model, told = network("sgd(0.05)"), network("sgd(0.05)")

    def faster(record) -> None:
        if record.step == 6:
            model.optimizer.momentum = 0.9

    trained(model, epochs=3, callbacks=[faster])
    run = told.fit(
        X, Y, **WORDS, epochs=3, background=True, callbacks=[lambda r: r.step == 6 and told.run.set(momentum=0.9)]
    )
    for ours, theirs in zip(model.get_weights(), run.wait().model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_torch_module_is_frozen_and_thawed_as_a_layer_is() -> None:
    model = kit.Sequential([Input(6), nn.Linear(6, 4), Dense(3)])
    model.compile("sgd", "mse")
    linear, _ = model.layers
    linear.trainable, kept = False, linear.weight.detach().clone()
    trained(model)
    assert torch.equal(linear.weight, kept)
    linear.trainable = True
    trained(model)
    assert not torch.equal(linear.weight, kept)
    linear.bias.requires_grad_(False)
    trained(model)
    assert not linear.bias.requires_grad
