"""Marks outlive the process: they are in the file that a training saves itself to."""

import copy
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import kit
from kit.layers import LSTM, Dense, Input
from kit.storage import StorageError, read, write
from kit.training import marks as module
from tests.kit.training.test_resume import X, Y, assert_same
from tests.kit.training.test_steering import at, network, run_of

ROOT = Path(kit.__file__).parent.parent
TOLD = ("name", "step", "epoch", "values", "by_edit", "regular", "time")


def steered(path, **options) -> kit.Run:
    """A run with marks of each kind, one of them on a curve that was left, in an epoch whose AUC is half counted."""
    model = network()
    model.compile("SGD(0.1, momentum=0.9)", "categorical_crossentropy", metrics=["accuracy", "auc"])

    def back() -> None:
        if len(model.run.log) == 3:
            model.run.rollback("mine")

    deeds = [
        at(2, lambda: model.run.set(dropout={"dropout_1": 0.1}) if not model.run.log else None),
        at(4, lambda: model.run.mark("mine") if len(model.run.log) == 1 else None),
        at(7, lambda: model.run.set(trainable={"middle": False}, learning_rate=0.02)),
        at(8, back),
    ]
    return run_of(model, autosave=path, callbacks=[as_long_as_it_runs(model, deed) for deed in deeds], **options)


def as_long_as_it_runs(model: kit.Sequential, deed):
    """The callback, but not in the branches that have it too."""
    return lambda record: model.run is not None and deed(record)


def assert_same_marks(ours, theirs) -> None:
    """The same names, and each goes on as the other."""
    assert [told(mark) for mark in ours.marks.values()] == [told(mark) for mark in theirs.marks.values()]
    for name in theirs.marks:
        assert max(ours.marks[name].distance(theirs.marks[name]).values()) == 0
        assert_same(ours.branch(name).wait(), theirs.branch(name).wait())


def told(mark) -> list:
    return [getattr(mark, name) for name in TOLD]


def test_marks_are_there_again_after_a_resume_and_go_on_bit_for_bit(tmp_path):
    run = steered(tmp_path / "a.h5").wait()
    assert set(run.marks) == {"start", "best", "last", "step 2", "mine", "step 7"}
    assert_same_marks(kit.resume(tmp_path / "a.h5", X, Y).wait(), run)


def test_a_mark_on_a_curve_that_was_left_goes_back_to_that_curve(tmp_path):
    def there_and_back(record) -> None:
        deed = {6: ("mark", "far"), 7: ("rollback", "near"), 3: ("mark", "near")}.get(record.step)
        if deed and len(model.run.log) < 3:
            getattr(model.run, deed[0])(deed[1])

    model = network()
    run = run_of(model, autosave=tmp_path / "a.h5", callbacks=[there_and_back], epochs=3).wait()
    far = [run.history.batch("loss")[:3], run.marks["far"].snapshot.history.batch("loss")[3:6]]
    resumed = kit.resume(tmp_path / "a.h5", X, Y).wait()
    resumed.rollback("far")
    assert resumed.history.steps == 6
    np.testing.assert_array_equal(resumed.history.batch("loss"), np.concatenate(far))
    assert len(read(tmp_path / "a.h5").config["curves"]) == 1


def test_marks_of_what_a_layer_holds_and_of_callbacks_go_on_too(tmp_path):
    def made() -> kit.Sequential:
        torch.manual_seed(1)
        model = kit.Sequential([Input((4, 1)), LSTM(3, stateful=True), Dense(3, "softmax")])
        model.compile("adam", "categorical_crossentropy")
        return model

    model, early = made(), kit.callbacks.EarlyStopping("loss", patience=9, restore_best_weights=True)
    marks = as_long_as_it_runs(model, at(3, lambda: model.run.mark("mine")))
    words = {"epochs": 4, "batch_size": 10, "shuffle": False, "background": True}
    path = tmp_path / "a.h5"
    run = model.fit(X[:20, :, None], Y[:20], autosave=path, callbacks=[early, marks], **words).wait()
    again = kit.callbacks.EarlyStopping("loss", patience=9, restore_best_weights=True)
    resumed = kit.resume(path, X[:20, :, None], Y[:20], callbacks=[again]).wait()
    assert_same_marks(resumed, run)
    resumed.rollback("mine")
    held = run.marks["mine"].snapshot.callbacks[0]
    assert (again.best, again.waited) == (held["best"], held["waited"])
    assert all(np.array_equal(again.state()[name], value) for name, value in held.items())


def test_a_resumed_run_that_is_aborted_goes_back_to_where_the_training_began(tmp_path, until):
    model = network()
    start = model.get_weights()
    run_of(model, autosave=tmp_path / "a.h5", callbacks=[at(4, lambda: model.run.stop())]).wait()
    resumed = kit.resume(tmp_path / "a.h5", X, Y, epochs=10**6)
    resumed.abort()
    resumed.wait()
    assert all(map(np.array_equal, resumed.model.get_weights(), start))


def test_a_model_is_loaded_at_a_mark_and_its_training_goes_on_from_there(tmp_path):
    run = steered(tmp_path / "a.h5").wait()
    model = kit.load(tmp_path / "a.h5", mark="mine")
    assert (model.history.steps, len(model.session.log)) == (4, 2)
    kept = run.marks["mine"].snapshot
    assert all(map(torch.equal, model.module.state_dict().values(), kept.weights.values()))
    model.save(tmp_path / "b.h5")
    assert_same(kit.resume(tmp_path / "b.h5", X, Y).wait(), run.branch("mine").wait())
    with pytest.raises(KeyError, match="there is no mark 'mime'; did you mean 'mine'"):
        kit.load(tmp_path / "a.h5", mark="mime")


def test_a_file_holds_the_best_and_as_many_others_as_there_is_room_for(tmp_path, monkeypatch):
    run = steered(tmp_path / "a.h5").wait()
    order = ["best", "start", "last", "mine", "step 7", "step 2"]
    assert [mark.name for mark in run.marks.by_worth()] == order
    for count in (1, 2, 4):
        states = {id(run.marks[name].snapshot): run.marks[name].snapshot.bytes for name in order[:count]}
        monkeypatch.setattr(module, "MOST_IN_FILE", sum(states.values()) if count > 1 else 0)
        run.save(tmp_path / "b.h5")
        found = [entry["name"] for entry in read(tmp_path / "b.h5").config["marks"]]
        assert set(found) == set(order[:count])
    again = kit.resume(tmp_path / "b.h5", X, Y).wait()
    assert set(again.marks) == {"start", "mine", "best", "last"}


def test_a_state_under_two_names_is_held_once_in_memory_and_in_the_file(tmp_path):
    run = run_of(network(), autosave=tmp_path / "a.h5", epochs=1).wait()
    assert run.marks["best"].snapshot is run.marks["last"].snapshot
    config = read(tmp_path / "a.h5").config
    assert len(config["states"]) == 2
    assert [entry["state"] for entry in config["marks"] if entry["name"] in ("best", "last")] == [1, 1]


def test_a_save_of_the_model_alone_holds_no_marks(tmp_path):
    run = run_of(network(), autosave=tmp_path / "a.h5").wait()
    run.model.save(tmp_path / "b.h5")
    assert "marks" not in read(tmp_path / "b.h5").config
    assert os.path.getsize(tmp_path / "b.h5") < os.path.getsize(tmp_path / "a.h5") / 2


KILLED = """
import sys, time
sys.path.insert(0, sys.argv[2])
from tests.kit.training.test_marks_in_files import steered
run = steered(sys.argv[1], epochs=10**6, autosave_every=0.0)
while run.step_count < 60: time.sleep(0.01)
print("ready", flush=True)
run.wait()
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")
def test_marks_are_there_after_a_kill_and_go_on_bit_for_bit(tmp_path):
    path = tmp_path / "a.h5"
    command = [sys.executable, "-c", KILLED, str(path), str(ROOT)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    ) as run:
        assert run.stdout.readline() == "ready\n"
        run.send_signal(signal.SIGKILL)
    whole = steered(tmp_path / "whole.h5").wait()
    resumed = kit.resume(path, X, Y)
    resumed.stop()
    resumed.wait()
    assert {"start", "best", "last", "step 2", "mine", "step 7"} == set(resumed.marks)
    for name in ("start", "step 2", "mine", "step 7"):
        branch = resumed.branch(name, epochs=4).wait()
        assert_same(branch, whole.branch(name, epochs=4).wait())


def first(name: str):
    """An array of the first state whose name begins so, and the arrays without it."""

    def change(arrays, config, value) -> None:
        found = next(each for each in arrays if each.startswith(f"states/0/{name}"))
        arrays[found] = value(arrays[found])

    return change


def longer(array: np.ndarray) -> np.ndarray:
    return np.concatenate([array, array[-1:]])


def far_away(arrays) -> dict[str, np.ndarray]:
    return {name: array + 1 for name, array in arrays.items() if name.startswith("states/") and name.endswith("order")}


def of_the_table(key: str, value):
    return lambda arrays, config: config["marks"][0].__setitem__(key, value)


def of_the_state(key: str, value):
    return lambda arrays, config: config["states"][0].__setitem__(key, value)


def of_a_layer(key: str, value):
    return lambda arrays, config: config["states"][0]["layers"]["dropout_1"].__setitem__(key, value)


TABLE = {
    "no list": lambda arrays, config: config.__setitem__("marks", 3),
    "no name": of_the_table("name", ""),
    "a name that is a number": of_the_table("name", 3),
    "a step that is a text": of_the_table("step", "4"),
    "values that are texts": of_the_table("values", {"loss": "low"}),
    "no time": lambda arrays, config: config["marks"][0].pop("time"),
}
STATES = {
    "a state that is not there": of_the_table("state", 99),
    "a curve that is not there": of_the_state("curve", 7),
    "a step beyond the curve": of_the_state("step", 10**9),
    "a step before the start": of_the_state("step", -1),
    "more weights": lambda arrays, config: first("weights/float32")(arrays, config, longer),
    "other weights": lambda arrays, config: first("weights/float32")(arrays, config, lambda a: a.astype("float64")),
    "no weights": lambda arrays, config: arrays.pop("states/0/weights/float32"),
    "more of the optimizer": lambda arrays, config: first("optimizer/0")(arrays, config, longer),
    "nothing of the optimizer": of_the_state("optimizer_states", []),
    "another optimizer": of_the_state("optimizer", {"learning_rate": 0.1, "beta": 3}),
    "a rate that cannot be": of_the_state("optimizer", {"learning_rate": -1.0}),
    "no random state": lambda arrays, config: first("host")(arrays, config, longer),
    "a layer that is not there": lambda arrays, config: config["states"][0]["layers"].__setitem__("x", {}),
    "a field that may not change": of_a_layer("forward", "print"),
    "a rate of 7": of_a_layer("rate", 7.0),
    "layers that are none": of_the_state("layers", [1, 2]),
    "too many states": lambda arrays, config: config["states"].extend(100 * config["states"]),
    "no batches": of_the_state("batch_size", 0),
    "an epoch before the first": of_the_state("epoch", 0),
    "samples that are not there": lambda arrays, config: arrays.update(far_away(arrays)),
}


def changed(path, change, folder):
    stored = read(path)
    arrays, config = {name: np.array(array) for name, array in stored.arrays.items()}, stored.config
    change(arrays, config)
    write(folder / "b.h5", arrays, config)
    return folder / "b.h5"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("marks") / "a.h5"
    steered(path).wait()
    return path


@pytest.mark.parametrize("change", TABLE.values(), ids=TABLE)
def test_a_malformed_table_of_marks_is_refused(change, whole, tmp_path):
    path = changed(whole, change, tmp_path)
    with pytest.raises(StorageError, match=r"b\.h5 is whole, but its config cannot be understood"):
        kit.load(path)
    assert kit.runs(tmp_path) == []


@pytest.mark.parametrize("change", STATES.values(), ids=STATES)
def test_a_malformed_state_of_a_mark_is_refused_where_it_is_read(change, whole, tmp_path):
    path = changed(whole, change, tmp_path)
    assert kit.load(path).history.steps > 0
    for read_all in (lambda: kit.resume(path, X, Y), lambda: kit.load(path, mark="best")):
        with pytest.raises(StorageError, match=r"b\.h5 is whole, but its marks cannot be understood"):
            read_all()


def test_a_mark_amid_an_epoch_over_other_samples_is_not_gone_back_to(tmp_path):
    model = network()
    stop = at(6, lambda: model.run.stop())
    run_of(model, autosave=tmp_path / "a.h5", callbacks=[at(4, lambda: model.run.mark("mine")), stop]).wait()
    resumed = kit.resume(tmp_path / "a.h5", X[:20], Y[:20], other_data=True).wait()
    with pytest.raises(ValueError, match="'mine' is in the middle of an epoch over 22 samples, and these are 20"):
        resumed.rollback("mine")
    assert resumed.branch("best").wait().state == "done"


def leaves(value, path=()):
    """The paths to all that is in plain data."""
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield from leaves(each, (*path, key))


STRANGE = (None, -1, 0, 10**30, 1.5, float("nan"), "x", "", True, [], {}, [1, 2], {"a": 1}, "print", -(2**63))


def test_any_change_to_what_a_file_says_of_its_marks_is_opened_or_refused_and_nothing_else(whole, tmp_path):
    stored, chance, refused = read(whole), random.Random(0), 0
    arrays = {name: np.array(array) for name, array in stored.arrays.items()}
    for _ in range(int(os.environ.get("HORNBOOK_MUTANTS", "60"))):
        config = copy.deepcopy(stored.config)
        kind = chance.choice(["marks", "states", "states", "curves"])
        *path, last = chance.choice([path for path in leaves(config[kind]) if path] or [(0,)])
        inside = config[kind]
        for key in path:
            inside = inside[key]
        inside[last] = chance.choice(STRANGE)
        write(tmp_path / "b.h5", arrays, config)
        try:
            kit.load(tmp_path / "b.h5", mark="mine")
        except StorageError as error:
            refused += "was it edited?" in str(error)
        except KeyError:  # the name was changed
            assert "mine" not in [entry.get("name") for entry in config["marks"]]
    assert refused > 20


def test_a_branch_that_is_resumed_has_the_curve_it_came_from_behind_it(tmp_path, monkeypatch):
    monkeypatch.setattr("kit.storage.checkpoint.MOST_OF_PARENT", 5)
    run = run_of(network()).wait()
    run.branch("best", autosave=tmp_path / "branch.h5").wait()
    resumed = kit.resume(tmp_path / "branch.h5", X, Y, epochs=6).wait()
    thin = run.history.thinned(5)
    assert (resumed.parent_history.steps, resumed.parent_history.every) == (run.step_count, thin.every)
    assert resumed.parent_history.batch("loss").tolist() == thin.batch("loss").tolist()
    again = kit.load(tmp_path / "branch.h5").session.parent_history
    assert again.batch("loss").tolist() == thin.batch("loss").tolist()
