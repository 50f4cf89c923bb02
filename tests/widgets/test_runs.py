import time

import numpy as np
import pytest

import kit
from kit.layers import Dense, Input
from kit.storage.claim import KNOWN, Claim
from widgets import Runs

X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
Y = X.sum(1, keepdims=True)


@pytest.fixture
def run():
    """Starts runs; they are ended afterwards."""
    begun = []

    def start(**options):
        model = kit.Sequential([Input(4), Dense(8, activation="tanh"), Dense(1)])
        model.compile("sgd", "mse")
        options = {"epochs": 100_000, "seed": 1, "batch_size": 8, **options}
        begun.append(model.fit(X, Y, background=True, **options))
        return begun[-1]

    yield start
    for each in [*begun, *(run for run in kit.runs() if not run.ended)]:
        each.stop()
        each.wait()


@pytest.fixture
def stopped_file(tmp_path, run):
    """A training that was stopped, in the file half.h5."""
    half = run(autosave=tmp_path / "half.h5")
    until(lambda: half.step_count > 20)
    half.stop()
    return half.wait()


def until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def say(line, type, **content):
    line.say({"part": "runs", "type": type, **content})


def rows(line, kind, wanted):
    """The rows of the list, when there are so many."""
    until(lambda: len(line.last("runs", "state").get(kind, [])) == wanted)
    return line.last("runs", "state")[kind]


def listed(wire, *given, **options):
    line = wire(Runs(*given, **options))
    say(line, "hello")
    return line


def test_the_runs_of_the_kernel_are_listed_followed_and_steered(wire, run):
    mine = run()
    line = listed(wire, None)
    row = next(row for row in line.last("runs", "state")["living"] if row["name"] == mine.name)
    until(lambda: mine.epoch > 3 and mine.step_count > row["step"])
    say(line, "look")
    after = next(row for row in line.last("runs", "state")["living"] if row["name"] == mine.name)
    assert after["step"] > row["step"]
    assert after["losses"][-1] == after["loss"] is not None
    for what, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
        say(line, "steer", run=mine.name, what=what)
        until(lambda state=state: mine.state == state)
    say(line, "steer", run=mine.name, what="abort")
    assert "steered by pause, resume, stop" in line.last("runs", "refused")["message"]
    say(line, "steer", run="run 0", what="stop")
    assert "run 0 is gone" in line.last("runs", "refused")["message"]


def test_a_list_is_sent_again_only_where_it_has_changed(wire, run, tmp_path):
    mine = run()
    mine.pause()
    until(lambda: mine.state == "paused")
    line = listed(wire, tmp_path)
    line.sent.clear()
    say(line, "look")
    assert line.sent == []
    before = mine.step_count
    mine.step(3)
    until(lambda: mine.step_count == before + 3)
    say(line, "look")
    assert len(line.sent) == 1


def test_a_run_is_opened_in_the_monitor_below(wire, run):
    mine = run()
    line = listed(wire, None)
    say(line, "open", run=mine.name)
    until(lambda: (line.last("monitor", "status").get("run") or {}).get("name") == mine.name)
    assert line.last("runs", "state")["shown"] == mine.name
    assert line.panel.run is mine


def test_a_file_is_listed_and_resumed_with_the_same_curve(wire, tmp_path, stopped_file):
    line = listed(wire, tmp_path, X, Y)
    row = rows(line, "files", 1)[0]
    steps = stopped_file.step_count
    assert (row["name"], row["state"], row["step"], row["writer"]) == ("half.h5", "resumable", steps, None)
    assert row["losses"][-1] == pytest.approx(stopped_file.history["loss"][-1], rel=1e-5)
    say(line, "resume", path=row["path"])
    resumed = line.panel.run
    until(lambda: resumed.step_count > steps)
    until(lambda: len(line.points().get("loss", ([], []))[0]) > steps)
    before = stopped_file.history.batch("loss").astype("float32")
    np.testing.assert_array_equal(line.points()["loss"][1][:steps], before)
    say(line, "look")
    assert line.last("runs", "state")["files"][0]["writer"] == resumed.name
    say(line, "resume", path=row["path"])
    assert f"{resumed.name} saves itself to" in line.last("runs", "refused")["message"]


@pytest.mark.skipif(not KNOWN, reason="this system has no locks of open files")
def test_a_file_that_another_kernel_writes_is_said_to_be_at_work_and_not_resumed(wire, tmp_path, stopped_file):
    line = listed(wire, tmp_path, X, Y)
    path = rows(line, "files", 1)[0]["path"]
    elsewhere = Claim()
    assert elsewhere.take(path)
    say(line, "look")
    row = line.last("runs", "state")["files"][0]
    assert (row["state"], row["writer"]) == ("running", "another kernel")
    say(line, "resume", path=path)
    assert "saves itself to" in line.last("runs", "state")["problem"]["message"]
    elsewhere.release()
    say(line, "look")
    row = line.last("runs", "state")["files"][0]
    assert (row["state"], row["writer"]) == ("resumable", None)


def test_a_training_that_is_over_is_opened_from_its_file_with_curve_marks_and_log(wire, tmp_path, stopped_file):
    stopped_file.branch("best", autosave=tmp_path / "over.h5", learning_rate=0.02, epochs=stopped_file.epoch + 3).wait()
    line = listed(wire, tmp_path)
    path = next(row["path"] for row in rows(line, "files", 2) if row["name"] == "over.h5")
    say(line, "open", path=path)
    over = kit.load(path)
    status = line.last("monitor", "status")["run"]
    assert (status["name"], status["state"], status["step"]) == ("over.h5", "done", over.history.steps)
    assert {mark["name"] for mark in status["past"]["held"]} >= {"start", "best", "last"}
    np.testing.assert_array_equal(line.points()["loss"][1], over.history.batch("loss").astype("float32"))
    marks = line.last("monitor", "points")["marks"]
    assert [mark["label"] for mark in marks] == [text for _, text in over.history.marks]
    assert status["parent"]["run"] == stopped_file.name
    assert line.panel.watching.parent_history.steps == stopped_file.step_count
    assert line.last("runs", "state")["opened"] == path
    assert line.panel.run is None
    say(line, "load", path=path, mark="start")
    assert line.last("runs", "state")["loaded"]["code"] == f"kit.load({path!r}, mark='start')"
    start = kit.load(path, mark="start")
    assert all(map(np.array_equal, line.panel.model.get_weights(), start.get_weights()))


def test_a_training_that_is_over_is_trained_on_from_the_list(wire, tmp_path, run):
    run(autosave=tmp_path / "over.h5", epochs=2).wait()
    line = listed(wire, tmp_path, X, Y)
    path = rows(line, "files", 1)[0]["path"]
    say(line, "open", path=path)
    say(line, "resume", path=path, epochs=4)
    assert line.panel.run.wait(20).epoch == 4
    assert line.last("runs", "state")["opened"] is None


def test_a_file_that_was_damaged_meanwhile_is_refused_in_the_list(wire, tmp_path, stopped_file):
    line = listed(wire, tmp_path)
    path = rows(line, "files", 1)[0]["path"]
    (tmp_path / "half.h5").write_bytes(b"no model")
    say(line, "open", path=path)
    assert "is not a file that Hornbook saved" in line.last("runs", "refused")["message"]
    assert line.panel.watching.past is None


def test_other_data_are_refused_in_the_list_until_they_are_wanted(wire, tmp_path, stopped_file):
    line = listed(wire, tmp_path, X + 1, Y)
    path = rows(line, "files", 1)[0]["path"]
    say(line, "resume", path=path)
    problem = line.last("runs", "state")["problem"]
    assert (problem["path"], problem["other_data"]) == (path, True)
    assert "was trained on other data than these" in problem["message"]
    assert line.panel.run is None
    say(line, "dismiss")
    assert line.last("runs", "state")["problem"] is None
    say(line, "resume", path=path, other_data=True)
    assert line.last("runs", "state")["problem"] is None
    assert line.panel.run.state == "running"


def test_what_hinders_otherwise_is_told_too(wire, tmp_path, stopped_file):
    line = listed(wire, tmp_path, X[:, :3], Y)
    say(line, "resume", path=rows(line, "files", 1)[0]["path"])
    problem = line.last("runs", "state")["problem"]
    assert problem["other_data"] is False
    assert "X is (n, 3)" in problem["message"]


def test_without_data_the_list_gives_the_line_that_resumes(wire, tmp_path, stopped_file):
    line = listed(wire, tmp_path)
    row = rows(line, "files", 1)[0]
    assert line.last("runs", "state")["data"] is False
    assert row["code"] == f"kit.resume({row['path']!r}, X, y)"
    say(line, "resume", path=row["path"])
    assert "widgets.Runs(folder, X, y)" in line.last("runs", "refused")["message"]


def test_only_files_of_the_list_are_opened(wire, tmp_path, stopped_file):
    (folder := tmp_path / "other").mkdir()
    line = listed(wire, folder, X, Y)
    say(line, "resume", path=str(tmp_path / "half.h5"))
    assert "is not in the list" in line.last("runs", "refused")["message"]


def test_files_that_come_change_and_go_are_followed(wire, tmp_path, stopped_file):
    line = listed(wire, tmp_path)
    assert rows(line, "files", 1)[0]["name"] == "half.h5"
    stopped_file.model.save(tmp_path / "copy.h5")
    (tmp_path / "text.h5").write_text("no model")
    say(line, "look")
    assert {row["name"] for row in rows(line, "files", 2)} == {"half.h5", "copy.h5"}
    for path in tmp_path.iterdir():
        path.unlink()
    say(line, "look")
    assert line.last("runs", "state")["files"] == []
    tmp_path.rmdir()
    say(line, "look")
    assert "There is no folder" in line.last("runs", "state")["missing"]


def test_a_file_of_ours_that_is_damaged_is_told_and_another_is_not(wire, tmp_path, stopped_file):
    line = listed(wire, tmp_path)
    rows(line, "files", 1)
    content = bytearray((tmp_path / "half.h5").read_bytes())
    content[5000] ^= 1
    (tmp_path / "half.h5").write_bytes(content)
    (tmp_path / "text.h5").write_text("no model")
    say(line, "look")
    rows(line, "files", 0)
    said = line.last("runs", "state")["missing"]
    assert "half.h5 is damaged: its contents do not match its SHA-256 seal; restore a copy" in said
    assert "text.h5" not in said
    stopped_file.model.save(tmp_path / "half.h5")
    say(line, "look")
    rows(line, "files", 1)
    until(lambda: line.last("runs", "state")["missing"] == "")


def test_what_resume_does_not_take_is_refused_at_once(tmp_path):
    with pytest.raises(TypeError, match="validation_split"):
        Runs(tmp_path, X, Y, validation_split=0.1)


def test_without_a_kernel_there_is_a_picture_and_a_text(tmp_path, stopped_file):
    bundle, _ = Runs(tmp_path)._repr_mimebundle_()
    assert bundle["text/plain"] == f"<Runs of this kernel and in {tmp_path.name}>"
    assert bundle["image/png"].startswith("iVBOR")
    assert repr(Runs(None)) == "<Runs of this kernel>"
