"""What may be changed of a run at work, and that its log says it all."""

import math
import random

import numpy as np
import pytest
import torch

import kit
from kit.layers import GRU, LSTM, Dense, Dropout, Input
from tests.kit.training.test_resume import X, Y, assert_same

LONG = 100_000  # epochs that no test waits for


def network(optimizer="SGD(0.1, momentum=0.9)") -> kit.Sequential:
    torch.manual_seed(7)
    layers = [
        Input(4),
        Dense(6, "tanh"),
        Dropout(0.4),
        Dense(5, "relu", name="middle"),
        Dropout(0.2),
        Dense(3, "softmax"),
    ]
    model = kit.Sequential(layers)
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    return model


def run_of(model, **options) -> kit.Run:
    """A run of 3 batches an epoch."""
    return model.fit(X, Y, **{"epochs": 4, "batch_size": 8, "seed": 11, "background": True, **options})


def at(step, deed):
    """A callback that does something to the run after a batch, as soon as there is one."""

    def callback(record) -> None:
        if record.step == step:
            deed()

    return callback


@pytest.fixture(autouse=True)
def no_run_survives():
    yield
    for run in kit.runs():
        run.stop()
        run._thread.join(60)


def paused(model, until, **options) -> kit.Run:
    run = run_of(model, **{"epochs": LONG, **options})
    run.pause()
    until(lambda: run.state == "paused")
    return run


def step(run: kit.Run, batches: int, until) -> None:
    wanted = run.step_count + batches
    run.step(batches)
    until(lambda: run.step_count == wanted)


def test_step_epoch_trains_to_the_end_of_an_epoch_and_rests(until):
    run = paused(network(), until)
    for _ in range(3):
        done = run.epoch
        run.step_epoch()
        until(lambda done=done: run.epoch > done and run.state == "paused")
        assert (run.epoch, run.step_count) == (done + 1, 3 * (done + 1))


def test_dropout_is_set_for_all_layers_that_drop_or_for_one(until):
    run = paused(network(), until)
    run.set(dropout=0.1)
    until(lambda: [layer.rate for layer in run.model.layers if isinstance(layer, Dropout)] == [0.1, 0.1])
    run.set(dropout={"dropout_2": 0.5})
    until(lambda: [layer.rate for layer in run.model.layers if isinstance(layer, Dropout)] == [0.1, 0.5])
    assert [text for _, text in run.history.marks] == ["dropout = 0.1", "dropout_2.dropout = 0.5"]


def test_dropout_of_a_recurrent_layer_is_set_by_its_name(until):
    model = kit.Sequential([Input((4, 1)), GRU(3), Dense(3, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    run = model.fit(X[..., None], Y, epochs=LONG, background=True)
    with pytest.raises(ValueError, match="no layer of the model drops anything; give one by name"):
        run.set(dropout=0.25)
    run.set(dropout={"gru_1": 0.25})
    until(lambda: model.layers[0].dropout == 0.25)


def test_a_frozen_layer_keeps_its_weights_and_the_others_their_velocity(until):
    run = paused(network(), until)
    step(run, 4, until)
    module, update = run.model.module, run.model.update
    frozen = [weight.clone() for weight in module.layers["middle"].state_dict().values()]
    velocity = update.states[0]["velocity"].clone()
    first = sum(weight.numel() for weight in module.layers["dense_1"].parameters())
    run.set(trainable={"middle": False})
    until(lambda: run.history.marks)
    assert torch.equal(update.states[0]["velocity"][:first], velocity[:first])
    assert torch.equal(update.states[0]["velocity"][first:], velocity[-3 * 5 - 3 :])
    step(run, 4, until)
    assert all(map(torch.equal, frozen, module.layers["middle"].state_dict().values()))
    run.set(trainable=True)
    step(run, 1, until)
    assert not torch.equal(frozen[0], next(module.layers["middle"].parameters()))


def test_the_batch_size_changes_with_the_next_epoch():
    model, sizes = network(), []
    run = run_of(model, callbacks=[at(4, lambda: model.run.set(batch_size=11)), lambda r: sizes.append(r.samples)])
    run.wait()
    assert sizes == [8, 8, 6, 8, 8, 6, 11, 11, 11, 11]
    assert run.steps == run.step_count == 10


@pytest.mark.parametrize(("epochs", "trained"), [(2, 2), (1, 2), (6, 6)])
def test_a_run_may_get_more_or_fewer_epochs_and_the_one_at_work_is_ended(epochs: int, trained: int):
    model = network()
    run = run_of(model, callbacks=[at(4, lambda: model.run.set(epochs=epochs))]).wait()
    assert (len(run.history.epoch), run.step_count, run.state) == (trained, 3 * trained, "done")


@pytest.mark.parametrize(("settings", "message"), [
    ({"dropout": 1.5}, r"Run.set\(dropout=1.5\): dropout takes a number from 0 to 1"),
    ({"dropout": {"drop_1": 0.5}}, "no layer 'drop_1'; did you mean 'dropout_1'"),
    ({"dropout": {"middle": 0.5}}, "middle has no dropout"),
    ({"batch_size": 0}, r"Run.set\(batch_size=0\): batch_size takes a whole number of 1 or more"),
    ({"epochs": 2.5}, "epochs takes a whole number"),
    ({"trainable": False}, "no weights would be left to train"),
    ({"trainable": {"dense_1": False, "middle": False, "dense_2": False}}, "no weights would be left to train"),
    ({"trainable": {"middle": "no"}}, "trainable takes True or False"),
])  # fmt: skip
def test_what_cannot_be_is_refused_at_once(settings, message):
    run = run_of(network(), epochs=LONG)
    with pytest.raises((ValueError, TypeError), match=message):
        run.set(**settings)
    assert run.log == []


def steered(model) -> kit.Run:
    """A run in which everything is changed that can be."""
    deeds = [
        (2, lambda: model.run.set(learning_rate=0.03, dropout={"dropout_1": 0.1})),
        (4, lambda: model.run.mark("mine")),
        (5, lambda: model.run.set(trainable={"middle": False}, batch_size=5)),
        (8, lambda: model.run.rollback("mine") if not any(e["what"] == "rollback" for e in model.run.log) else None),
        (9, lambda: model.run.set(momentum=0.5, epochs=5)),
    ]
    return run_of(model, callbacks=[at(step, deed) for step, deed in deeds]).wait()


@pytest.mark.parametrize("background", [True, False])
def test_replaying_the_log_is_the_same_training_bit_for_bit(background: bool):
    torch.set_num_threads(1)
    run = steered(network())
    deeds = [(2, "set"), (4, "mark"), (5, "set"), (8, "rollback"), (5, "set"), (9, "set")]
    assert [(entry["step"], entry["what"]) for entry in run.log] == deeds
    model = network()
    again = run_of(model, log=run.log, background=background)
    if background:
        assert_same(again.wait(), run)
    for ours, theirs in zip(model.get_weights(), run.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert model.history.epochs == run.history.epochs
    assert model.history.marks == run.history.marks


def at_random(model: kit.Sequential, seed: int):
    """A callback that steers the run at random for 200 batches, then has it end soon."""
    rng, deeds = random.Random(seed), []

    def callback(record) -> None:
        run = model.run
        words = {
            "set": {
                "learning_rate": rng.choice([0.01, 0.1]),
                "dropout": rng.choice([0.1, 0.5]),
                "batch_size": rng.choice([5, 8]),
            },
            "mark": {"name": rng.choice("ab")},
            "rollback": {"mark": rng.choice([mark for mark in ("start", "last", "a") if mark in run.marks])},
        }
        what = rng.choice(list(words))
        if len(deeds) == 200:
            run.set(epochs=record.epoch + 2)
        elif len(deeds) < 200 and rng.random() < 0.2:
            name, value = rng.choice(list(words[what].items()))
            getattr(run, what)(**{name: value})
        deeds.append(what)

    return callback


@pytest.mark.parametrize("seed", range(8))
def test_whatever_was_done_to_a_run_its_log_repeats_it_bit_for_bit(seed: int, monkeypatch):
    """Which states were kept as the last is up to the clock, and differs between the two."""
    model = network("adam")
    monkeypatch.setattr("kit.training.steering.REST", 0.03)
    run = run_of(model, epochs=LONG, callbacks=[at_random(model, seed)]).wait()
    assert len(run.log) > 10
    monkeypatch.setattr("kit.training.steering.REST", 1000.0)
    assert_same(run_of(network("adam"), epochs=LONG, log=run.log).wait(), run)


def test_a_log_of_another_training_is_refused_where_it_cannot_be_followed():
    log = [
        {"step": 2, "what": "set", "values": {"learning_rate": 0.1}},
        {"step": 1, "what": "mark", "values": {"name": "a"}},
    ]
    with pytest.raises(ValueError, match="the log says mark at step 1, but this is step 2 already"):
        run_of(network(), log=log).wait()


def test_the_log_is_kept_in_the_file_and_goes_on_after_a_resume(tmp_path):
    run = run_of(network(), autosave=tmp_path / "a.h5", callbacks=[at(4, lambda: None)])
    run.set(learning_rate=0.02)
    run.wait()
    resumed = kit.resume(tmp_path / "a.h5", X, Y, epochs=6).wait()
    assert [entry["values"] for entry in resumed.log] == [{"learning_rate": 0.02}, {"epochs": 6}]
    assert len(resumed.history.epoch) == 6


def test_a_run_that_was_changed_is_resumed_bit_for_bit(tmp_path):
    model = network()
    deeds = [
        at(2, lambda: model.run.set(trainable={"middle": False}, batch_size=5, dropout={"dropout_1": 0.1})),
        at(5, lambda: model.run.set(trainable=True, epochs=6, dropout=0.3)),
    ]
    whole = run_of(model, callbacks=[*deeds, lambda record: model.save(tmp_path / f"{record.step}.h5")]).wait()
    for step in range(6, whole.step_count + 1):
        assert_same(kit.resume(tmp_path / f"{step}.h5", X, Y).wait(), whole)


def test_a_run_that_went_back_is_the_run_that_went_straight(until):
    straight = run_of(network()).wait()
    model, went = network(), []

    def back(record) -> None:
        if record.step == 4 and not went:
            model.run.mark("mine")
        if record.step == 9 and not went:
            went.append(True)
            model.run.rollback("mine")

    run = run_of(model, callbacks=[back]).wait()
    assert went
    assert_same(run, straight)
    assert [text for _, text in run.history.marks] == ["mark 'mine'", "back to 'mine' from step 9"]


def test_a_branch_is_a_run_of_its_own_that_goes_on_from_the_mark():
    model = network()
    run = run_of(model, callbacks=[at(4, lambda: model.run.mark("mine"))]).wait()
    before = model.get_weights()
    branch = run.branch("mine").wait()
    assert_same(branch, run)
    assert branch.model is not model
    assert all(map(np.array_equal, before, model.get_weights()))
    assert branch.session.parent == {"run": run.name, "mark": "mine", "step": 4}
    other = run.branch("mine", learning_rate=0.5).wait()
    assert not all(map(np.array_equal, before, other.model.get_weights()))


def test_a_branch_of_a_run_at_work_disturbs_nothing(until):
    straight = run_of(network(), epochs=30).wait()
    model = network()
    run = run_of(model, epochs=30, callbacks=[at(4, lambda: model.run.mark("mine"))])
    until(lambda: "mine" in run.marks)
    branches = [run.branch("mine") for _ in range(3)]
    for each in [run, *branches]:
        assert_same(each.wait(), straight)


def test_each_change_the_best_epoch_the_start_and_the_last_are_kept():
    model = network()
    run = run_of(model, callbacks=[at(4, lambda: model.run.set(learning_rate=0.01))]).wait()
    assert set(run.marks) == {"start", "best", "last", "step 4"}
    assert run.marks["step 4"].step == 4
    losses = run.history["loss"]
    best = run.marks["best"]
    assert best.values["loss"] == min(losses)
    assert best.epoch == losses.index(min(losses)) + 1
    assert run.marks["last"].step == run.step_count
    assert set(best.distance(run.marks["start"])) == set(model.module.state_dict())
    assert max(run.marks["last"].distance(run.marks["last"]).values()) == 0


def test_marks_are_bounded(monkeypatch):
    monkeypatch.setattr("kit.training.marks.MOST", 3)
    model = network()
    deeds = [at(step, lambda step=step: model.run.mark(f"mark {step}")) for step in range(1, 8)]
    run = run_of(model, callbacks=[*deeds, at(2, lambda: model.run.set(learning_rate=0.1))]).wait()
    assert set(run.marks) == {"start", "best", "last", "mark 5", "mark 6", "mark 7"}


def test_a_run_over_goes_back_and_its_file_goes_on_from_there(tmp_path):
    whole = run_of(network()).wait()
    model = network()
    run = run_of(model, callbacks=[at(4, lambda: model.run.mark("mine"))]).wait()
    run.rollback("mine")
    assert run.history.steps == 4
    model.save(tmp_path / "a.h5")
    assert_same(kit.resume(tmp_path / "a.h5", X, Y).wait(), whole)


def test_what_is_not_a_number_is_never_the_best_nor_the_last_and_a_failed_run_can_go_back():
    model = network()
    run = run_of(model, epochs=50, callbacks=[at(9, lambda: model.run.set(learning_rate=1e38, momentum=0.99))])
    with pytest.raises(FloatingPointError, match="became NaN"):
        run.wait()
    assert run.state == "failed"
    for name in ("best", "last"):
        assert math.isfinite(run.marks[name].values["loss"])
    run.rollback("step 9")
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def test_a_mark_that_is_not_there_is_told_with_those_that_are():
    run = run_of(network(), epochs=LONG)
    with pytest.raises(KeyError, match="there is no mark 'strat'; did you mean 'start'"):
        run.rollback("strat")
    with pytest.raises(ValueError, match="it takes a name of your own"):
        run.mark("best")


def test_going_back_takes_the_states_that_a_layer_holds_along():
    def made() -> kit.Sequential:
        torch.manual_seed(1)
        model = kit.Sequential([Input((4, 1)), LSTM(3, stateful=True), Dense(3, "softmax")])
        model.compile("adam", "categorical_crossentropy")
        return model

    words = {"epochs": 2, "batch_size": 10, "shuffle": False, "background": True}
    straight, model = made().fit(X[:20, :, None], Y[:20], **words).wait(), made()

    def back(record) -> None:
        if record.step == 1 and not model.run.log:
            model.run.mark("mine")
        if record.step == 3 and len(model.run.log) == 1:
            model.run.rollback("mine")

    run = model.fit(X[:20, :, None], Y[:20], callbacks=[back], **words).wait()
    assert [entry["what"] for entry in run.log] == ["mark", "rollback"]
    assert_same(run, straight)
