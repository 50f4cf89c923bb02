"""A model file is data: each advisory about Keras's loader, and each trick with archives, is refused harmlessly."""

import encodings.cp437  # noqa: F401  of zip; imported here, or it would look like something that a file runs
import io
import json
import os
import stat
import sys
import zipfile

import h5py
import numpy as np
import pytest
from keras_models import L, keras, saved
from watched import watched

import kit
import kit.storage.checkpoint  # here for the same reason
from kit.storage import StorageError


@pytest.fixture
def bait(tmp_path, monkeypatch):
    """A module that leaves a trace where it is imported, and a file that nobody is to read."""
    (tmp_path / "evil_module.py").write_text(
        "import pathlib; pathlib.Path(__file__).with_suffix('.ran').touch()\ndef f(*a): pass"
    )
    (tmp_path / "secret.txt").write_text("secret\n")
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["secret"] = np.arange(3.0, dtype="f4")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def refused(path, folder):
    """The sentence that refuses the file; nothing was run, read or asked for meanwhile."""
    for name in ("secret.txt", "secret.h5"):
        os.utime(folder / name, (1, 1))  # read long ago
    with watched() as seen, pytest.raises(StorageError) as caught:
        kit.load(path)
    for event, arguments in seen:
        assert not event.startswith(("socket.", "marshal.", "pickle.", "os.system", "os.exec", "os.fork", "exec")), (
            event
        )
        said = " ".join(
            map(str, arguments[:2])
        )  # a new process is told its environment too, and in it this test's name
        assert [word for word in ("secret", "evil_module") if word in said] == [], event
    assert [os.stat(folder / name).st_atime for name in ("secret.txt", "secret.h5")] == [1, 1]
    assert not (folder / "evil_module.ran").exists()
    assert "evil_module" not in sys.modules
    return str(caught.value)


def model():
    return keras.Sequential([keras.Input((3,), name="input"), L.Dense(3, name="dense"), L.Dense(2, name="last")])


def rewritten(path, change=lambda content: None, config=lambda config: None, **options):
    """An archive of the same model, its config and its members changed."""
    saved(model(), path)
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    written = json.loads(content["config.json"])
    config(written)
    content["config.json"] = json.dumps(written).encode()
    change(content)
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def instead_of_dense(entry):
    """Puts a layer in the place of the model's first Dense."""

    def change(config):
        config["config"]["layers"][1] = {"registered_name": None, "build_config": {}, "name": "evil", **entry}

    return change


def function(module, name):
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_cve_2024_3660_and_2025_9905_a_lambda_with_code(suffix, bait):
    layer = L.Lambda(lambda x: __import__("evil_module").f() if x is None else x, output_shape=(3,))
    path = saved(keras.Sequential([keras.Input((3,)), layer]), bait / f"model{suffix}")
    assert "a Lambda holds code, which is not run" in refused(path, bait)


@pytest.mark.parametrize(
    "entry",
    [
        {"module": "evil_module", "class_name": "f", "config": {"name": "evil"}},
        {"module": "os", "class_name": "system", "config": {"command": "touch evil_module.ran"}},
        {"module": "evil_module", "class_name": "Dense", "config": {"name": "evil", "units": 3, "trainable": True}},
        {"module": "builtins", "class_name": "exec", "config": {"name": "evil", "trainable": True}},
        function("evil_module", "f") | {"inbound_nodes": [{"args": ["x"], "kwargs": {}}]},
        {
            "module": "keras.layers",
            "class_name": "Dense",
            "registered_name": "evil_module>Dense",
            "config": {"units": 3},
        },
    ],
)
def test_cve_2025_1550_a_module_and_a_function_that_the_config_names(entry, bait):
    said = refused(rewritten(bait / "model.keras", config=instead_of_dense(entry)), bait)
    assert "- evil: there is no layer" in said or "has no options" in said


def test_cve_2025_1550_an_activation_of_a_module_that_the_config_names(bait):
    def change(config):
        config["config"]["layers"][1]["config"]["activation"] = function("evil_module", "relu")

    assert "the activation 'evil_module>relu' is not known" in refused(
        rewritten(bait / "model.keras", config=change), bait
    )


def test_cve_2025_8747_a_function_of_keras_that_fetches_files(bait):
    entry = function("keras.utils", "get_file")
    entry["inbound_nodes"] = [{"args": ["evil", "http://127.0.0.1:9/evil.tar"], "kwargs": {"extract": True}}]
    assert "is not opened" in refused(rewritten(bait / "model.keras", config=instead_of_dense(entry)), bait)


def test_cve_2025_9906_a_function_of_keras_that_allows_unsafe_things(bait):
    entry = function("keras.config", "enable_unsafe_deserialization")
    assert "is not opened" in refused(rewritten(bait / "model.keras", config=instead_of_dense(entry)), bait)


@pytest.mark.parametrize("vocabulary", ["secret.txt", "file://secret.txt", "http://127.0.0.1:9/secret.txt"])
@pytest.mark.parametrize("cls", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_cve_2025_12058_a_vocabulary_that_is_a_path_or_an_address(cls, vocabulary, bait):
    config = {"name": "evil", "trainable": True, "vocabulary": vocabulary.replace("secret", str(bait / "secret"))}
    entry = {"module": "keras.layers", "class_name": cls, "config": config}
    assert f"there is no layer '{cls}'" in refused(
        rewritten(bait / "model.keras", config=instead_of_dense(entry)), bait
    )


@pytest.mark.parametrize("name", ["../evil_module.ran", "/tmp/evil", "assets/../../evil", "a\\..\\..\\evil", "C:evil"])
def test_cve_2025_12060_a_member_whose_name_leads_outside(name, bait):
    path = rewritten(bait / "model.keras", lambda content: content.update({name: b"x"}))
    assert "has a name that leads outside" in refused(path, bait)


def other_weights(fill):
    """Weights that a function makes."""

    def change(content):
        memory = io.BytesIO()
        with h5py.File(memory, "w", libver=("v108", "latest")) as file:
            fill(file)
        content["model.weights.h5"] = memory.getvalue()

    return change


@pytest.mark.parametrize("chunks", [None, (1000, 1000, 1)])
def test_cve_2026_0897_a_shape_without_end(chunks, bait):
    path = rewritten(bait / "model.keras", other_weights(
        lambda file: file.create_dataset("layers/dense/vars/0", (1_000_000,) * 3, "f4", chunks=chunks)
    ))  # fmt: skip
    said = refused(path, bait)
    assert "less data than its shape needs" in said or "unpacks to more than" in said


@pytest.mark.parametrize("trick", ["external storage", "external link", "external group", "virtual", "soft link"])
def test_cve_2026_1669_data_of_another_file(trick, bait):
    def fill(file):
        vars = file.create_group("layers/dense/vars")
        if trick == "external storage":
            vars.create_dataset("0", (3, 3), "f4", external=[(str(bait / "secret.h5"), 0, 36)])
        elif trick == "external link":
            vars["0"] = h5py.ExternalLink(str(bait / "secret.h5"), "/secret")
        elif trick == "external group":
            file["layers/last"] = h5py.ExternalLink(str(bait / "secret.h5"), "/")
        elif trick == "soft link":
            vars["0"] = h5py.SoftLink("/layers")
        else:
            layout = h5py.VirtualLayout((3,), "f4")
            layout[:] = h5py.VirtualSource(str(bait / "secret.h5"), "secret", (3,))
            vars.create_virtual_dataset("0", layout)

    said = refused(rewritten(bait / "model.keras", other_weights(fill)), bait)
    assert "another file" in said or "soft or an external link" in said or "virtual" in said


def test_cve_2026_1462_a_model_of_another_kind_at_a_path(bait):
    entry = {
        "module": "keras.layers",
        "class_name": "TFSMLayer",
        "config": {"name": "evil", "filepath": str(bait / "secret")},
    }
    assert "there is no layer 'TFSMLayer'" in refused(
        rewritten(bait / "model.keras", config=instead_of_dense(entry)), bait
    )


def test_two_members_of_one_name_are_refused(bait):
    path = rewritten(bait / "model.keras")
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("config.json", "{}")
    assert "two members of it have the same name" in refused(path, bait)


def test_a_symbolic_link_is_refused(bait):
    path = rewritten(bait / "model.keras", lambda content: content.pop("model.weights.h5"))
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("model.weights.h5")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, str(bait / "secret.h5"))
    assert "is a symbolic link" in refused(path, bait)


@pytest.mark.parametrize("member", ["config.json", "model.weights.h5", "assets/x"])
def test_a_member_that_unpacks_to_far_more_is_refused(member, bait):
    path = rewritten(
        bait / "model.keras", lambda content: content.update({member: bytes(8 << 20)}), compression=zipfile.ZIP_DEFLATED
    )
    assert "unpacks to more than 200 times" in refused(path, bait)


def test_a_member_packed_in_another_way_is_refused(bait):
    assert "other than deflate" in refused(rewritten(bait / "model.keras", compression=zipfile.ZIP_LZMA), bait)


def test_a_model_packed_with_deflate_is_opened(bait):
    path = rewritten(bait / "model.keras", compression=zipfile.ZIP_DEFLATED)
    assert kit.load(path).predict(np.ones((2, 3), "float32")).shape == (2, 2)


@pytest.mark.parametrize("member", ["config.json", "metadata.json", "model.weights.h5"])
def test_an_archive_that_lacks_a_member_is_refused(member, bait):
    assert f"no {member}" in refused(rewritten(bait / "model.keras", lambda content: content.pop(member)), bait)


@pytest.mark.parametrize("text", [b"[]", b"{", b"\xff", b"[" * 100_000, b'{"a": NaN}', b" " * ((1 << 24) + 1)])
def test_a_config_that_is_no_json_object_is_refused(text, bait):
    path = rewritten(bait / "model.keras", lambda content: content.update({"config.json": text}))
    assert "config.json" in refused(path, bait)


def test_a_damaged_member_is_refused(bait):
    path = rewritten(bait / "model.keras")
    content = bytearray(path.read_bytes())
    place = content.index(b"\x89HDF")
    content[place + 3000] ^= 1
    path.write_bytes(content)
    assert "model.weights.h5 is damaged" in refused(path, bait)


def test_truncations_and_mutants_are_answered_with_a_sentence(bait, rng):
    path = rewritten(bait / "model.keras")
    whole = path.read_bytes()
    for turn in range(60):
        content = bytearray(whole)
        if turn % 3:
            for place in rng.integers(0, len(whole), 12):
                content[place] = rng.integers(0, 256)
        else:
            content = content[: rng.integers(4, len(whole))]
        path.write_bytes(content)
        try:
            kit.load(path)
        except StorageError:
            continue
