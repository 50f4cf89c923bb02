"""States that are kept while a training goes on: every so often, to be opened, compared and gone back to."""

import copy
import gc
import json
import re
import time

import h5py
import numpy as np
import pytest

import kit
from kit.callbacks import Checkpoint, EarlyStopping
from kit.training.marks import Mark
from tests.kit.training.test_resume import X, Y, assert_same
from tests.kit.training.test_steering import LONG, at, network, paused, run_of

pytestmark = pytest.mark.usefixtures("no_run_survives")


@pytest.fixture
def no_run_survives():
    yield
    for run in kit.runs():
        run.stop()
        run._thread.join(60)


def test_every_so_many_epochs_a_mark_is_kept_on_the_curve_and_in_the_log():
    run = run_of(network(), epochs=5, callbacks=[Checkpoint(every_epochs=2)]).wait()
    assert set(run.marks) == {"start", "best", "last", "epoch 2", "epoch 4"}
    assert (run.marks["epoch 4"].step, run.marks["epoch 4"].epoch) == (12, 4)
    assert run.history.marks == [(6, "mark 'epoch 2'"), (12, "mark 'epoch 4'")]
    assert [entry["values"]["name"] for entry in run.log] == ["epoch 2", "epoch 4"]


@pytest.mark.parametrize(("seconds", "steps"), [(0.001, [1, 2, 3, 4, 5, 6]), (1000.0, [])])
def test_every_so_many_seconds_a_mark_is_kept_between_two_batches(seconds, steps):
    def slow(record) -> None:
        time.sleep(0.01)

    run = run_of(network(), epochs=2, callbacks=[slow, Checkpoint(every_seconds=seconds)]).wait()
    assert [mark.step for mark in run.marks.values() if mark.regular] == steps


def test_a_checkpoint_goes_on_as_the_run_did_whatever_the_order_of_the_callbacks():
    stops = EarlyStopping("loss", patience=100)
    run = run_of(network(), callbacks=[Checkpoint(every_epochs=1), stops]).wait()
    branch = run.branch("epoch 2").wait()
    assert_same(branch, run)
    assert branch.session.callbacks[1].state() == stops.state()


def test_a_fit_in_the_foreground_keeps_checkpoints_in_its_file(tmp_path):
    model = network()
    words = {"epochs": 3, "batch_size": 8, "seed": 11, "verbose": 0}
    model.fit(X, Y, autosave=tmp_path / "a.h5", callbacks=[Checkpoint(every_epochs=2)], **words)
    (saved,) = kit.runs(tmp_path)
    assert {"start", "best", "last", "epoch 2"} == {mark.name for mark in saved.marks}
    assert kit.load(tmp_path / "a.h5", mark="epoch 2").history["loss"] == model.history["loss"][:2]


def test_checkpoints_go_on_after_a_resume(tmp_path):
    model = network()
    stop = at(4, lambda: model.run.stop())
    run_of(model, epochs=4, autosave=tmp_path / "a.h5", callbacks=[Checkpoint(every_epochs=1), stop]).wait()
    resumed = kit.resume(tmp_path / "a.h5", X, Y, callbacks=[Checkpoint(every_epochs=1)]).wait()
    assert [mark.step for mark in resumed.marks.values() if mark.regular] == [3, 6, 9, 12]


def test_replaying_a_log_with_the_same_checkpoints_is_the_same_training():
    run = run_of(network(), callbacks=[Checkpoint(every_epochs=2)]).wait()
    again = run_of(network(), callbacks=[Checkpoint(every_epochs=2)], log=run.log).wait()
    assert again.history.marks == run.history.marks
    assert [entry["values"] for entry in again.log] == [entry["values"] for entry in run.log]


def test_the_oldest_checkpoint_goes_before_a_mark_of_the_user(monkeypatch):
    monkeypatch.setattr("kit.training.marks.MOST", 3)
    model = network()
    mine = at(1, lambda: model.run.mark("mine"))
    run = run_of(model, epochs=6, callbacks=[mine, Checkpoint(every_epochs=1)]).wait()
    assert set(run.marks) == {"start", "best", "last", "mine", "epoch 5", "epoch 6"}


def test_a_checkpoint_that_does_not_say_how_often_is_refused():
    with pytest.raises(ValueError, match="does not say how often; give every_epochs=5, or every_seconds=600"):
        Checkpoint()
    with pytest.raises(ValueError, match="every_epochs takes a whole number of 1 or more"):
        Checkpoint(every_epochs=0)


def test_a_mark_is_told_with_its_step_its_values_and_its_time():
    model = network()
    run = run_of(model, callbacks=[at(4, lambda: model.run.set(learning_rate=0.01))]).wait()
    told = r"<Mark 'step 4': step 4, epoch 1, loss [\d.]+, accuracy [\d.]+, before a change, [-\d]+ [\d:]+>"
    assert re.fullmatch(told, repr(run.marks["step 4"]))
    assert repr(run.marks).splitlines()[0].startswith("<Mark 'start': step 0, epoch 0, 20")


def test_a_mark_is_opened_as_a_model_of_its_own_while_the_run_goes_on(until, tmp_path):
    run = run_of(network(), epochs=LONG, callbacks=[at(3, lambda: None)])
    run.mark("mine")
    model = run.model_at("mine")
    kept, values = run.marks["mine"], model.evaluate(X, Y, show_accuracy=True)
    assert model is not run.model
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(
        model.module.state_dict().values(), kept.snapshot.weights.values(), strict=True
    ))  # fmt: skip
    run.stop()
    run.wait()
    assert model.evaluate(X, Y, show_accuracy=True) == values
    model.save(tmp_path / "a.h5")
    assert kit.load(tmp_path / "a.h5").history.steps == kept.step
    with pytest.raises(KeyError, match="there is no mark 'mime'; did you mean 'mine'"):
        run.model_at("mime")


def test_a_save_copies_no_state_of_a_mark(tmp_path):
    run = run_of(network(), autosave=tmp_path / "a.h5").wait()
    kept = run.autosave.copied().marks
    assert [mark.name for mark in kept] == list(run.marks)
    assert all(mark is run.marks[mark.name] for mark in kept)


def living_marks() -> int:
    gc.collect()
    return sum(type(each) is Mark for each in gc.get_objects())


@pytest.mark.parametrize("background", [True, False])
def test_marks_go_with_their_run(background, tmp_path):
    model, before = network(), living_marks()
    words = {"autosave": tmp_path / "a.h5", "callbacks": [Checkpoint(every_epochs=2)], "verbose": 0}
    run = run_of(model, background=background, **words)
    if background:
        run.wait()._thread.join()
        assert living_marks() > before
    del run
    assert living_marks() == before


def test_a_second_change_at_a_step_that_was_gone_back_before_is_kept_before_again():
    model = network()

    def change(record) -> None:
        if record.step == 5:
            model.run.set(learning_rate=0.1 if len(model.run.log) < 3 else 0.2)
        if record.step == 3 and not model.run.log:
            model.run.mark("mine")
        if record.step == 7 and len(model.run.log) == 2:
            model.run.rollback("mine")
            model.run.set(learning_rate=0.5)

    run = run_of(model, callbacks=[change]).wait()
    assert [entry["what"] for entry in run.log] == ["mark", "set", "rollback", "set", "set"]
    assert run.marks["step 5"].snapshot.optimizer["learning_rate"] == 0.5


def test_a_paused_run_saves_what_was_changed_when_it_is_time(tmp_path, until):
    run = paused(network(), until, autosave=tmp_path / "a.h5", autosave_every=0.2)
    run.mark("mine")

    def names() -> list[str]:
        with h5py.File(tmp_path / "a.h5") as file:
            return [entry["name"] for entry in json.loads(file["config"][()]).get("marks", [])]

    until(lambda: "mine" in names())
    run.autosave.wait()
    place = copy.copy(run.autosave.place)
    time.sleep(0.6)
    assert run.autosave.place == place, "there was nothing new, and yet it was saved"


def test_an_aborted_run_leaves_the_start_in_model_curve_and_file_and_the_rest_under_last(tmp_path):
    model = network()
    start = model.get_weights()
    early = EarlyStopping("loss", patience=9, restore_best_weights=True)
    words = {"epochs": 3, "autosave": tmp_path / "a.h5"}
    run = run_of(model, callbacks=[early, at(5, lambda: model.run.abort())], **words).wait()
    assert (run.state, run.step_count, run.history.steps) == ("stopped", 5, 5)
    assert (model.history.steps, len(model.history["loss"]) if "loss" in model.history else 0) == (0, 0)
    assert all(map(np.array_equal, model.get_weights(), start))
    (saved,) = kit.runs(tmp_path)
    assert (saved.state, saved.step) == ("resumable", 0)
    straight = run_of(network(), epochs=3).wait()
    assert_same(kit.resume(tmp_path / "a.h5", X, Y).wait(), straight)
    again = EarlyStopping("loss", patience=9, restore_best_weights=True)
    assert_same(run.branch("last").wait(), run_of(network(), epochs=3, callbacks=[again]).wait())
    run.rollback("last")
    assert (model.history.steps, run.history.steps) == (5, 5)


def test_a_model_saved_amid_a_loop_over_steps_is_resumed_bit_for_bit(tmp_path):
    words = {"batch_size": 8, "epochs": 3, "seed": 11}
    model = network()
    for record in kit.steps(model, X, Y, **words):
        if record.step == 4:
            model.save(tmp_path / "a.h5")
    assert model.history.steps == 9
    resumed = kit.resume(tmp_path / "a.h5", X, Y).wait()
    for ours, theirs in zip(resumed.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert resumed.history.epochs == model.history.epochs


def test_replaying_a_log_tells_apart_the_times_that_a_step_was_passed(monkeypatch):
    """Step 3 is the last state of the first pass over it; on the second, after a change, nothing was kept."""
    model = network()
    deeds = [
        (4, lambda: model.run.rollback("start") if not model.run.log else None),
        (1, lambda: model.run.set(learning_rate=0.1) if len(model.run.log) == 1 else None),
        (8, lambda: model.run.rollback("last") if len(model.run.log) == 2 else None),
    ]
    monkeypatch.setattr("kit.training.steering.REST", 1000.0)
    run = run_of(model, callbacks=[at(step, deed) for step, deed in deeds]).wait()
    assert [(line["what"], line["values"].get("to"), line["values"].get("line")) for line in run.log] == [
        ("rollback", 0, 0),
        ("set", None, None),
        ("rollback", 3, 0),
    ]
    assert_same(run_of(network(), log=run.log).wait(), run)


def test_replaying_a_log_goes_back_to_the_last_state_that_was_meant(monkeypatch):
    """Which one is the last is up to the clock: here each epoch's in the run, the first epoch's when replayed."""
    model = network()

    def back() -> None:
        if not model.run.log:
            model.run.rollback("last")

    monkeypatch.setattr("kit.training.steering.REST", 0.0)
    run = run_of(model, callbacks=[at(8, back)]).wait()
    assert run.log[0]["values"] == {"name": "last", "to": 6, "line": 0}
    monkeypatch.setattr("kit.training.steering.REST", 1000.0)
    again = run_of(network(), log=run.log).wait()
    assert_same(again, run)
    assert again.history.marks == run.history.marks
