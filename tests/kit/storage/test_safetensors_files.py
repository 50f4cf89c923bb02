"""safetensors files, written by the safetensors library."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import kit
from kit.layers import BatchNormalization, Dense
from kit.models import Input, Sequential
from kit.storage import StorageError


def small_model():
    return Sequential([Input((3,)), Dense(4, activation="relu"), BatchNormalization(), Dense(2)])


@pytest.mark.parametrize("prefix", ["layers.", ""])
def test_the_weights_of_a_state_dict_are_loaded(tmp_path, rng, prefix):
    first, second = small_model(), small_model()
    first.layers[1].moving_mean.fill_(0.25)
    held = first.module.state_dict()
    save_file({prefix + name.removeprefix("layers."): v for name, v in held.items()}, tmp_path / "w.safetensors")
    second.load_weights(tmp_path / "w.safetensors")
    x = rng.normal(size=(5, 3)).astype("float32")
    assert np.array_equal(first.predict(x), second.predict(x))


def test_half_precision_is_converted(tmp_path):
    model = small_model()
    save_file({n: torch.full_like(v, 0.5, dtype=torch.bfloat16) for n, v in model.module.state_dict().items()},
              tmp_path / "w.safetensors")  # fmt: skip
    model.load_weights(tmp_path / "w.safetensors")
    assert model.layers[0].kernel.dtype == torch.float32
    assert (model.layers[0].kernel == 0.5).all()


def test_all_that_does_not_fit_is_named_at_once_and_nothing_is_changed(tmp_path):
    model = small_model()
    before = model.get_weights()
    save_file({"dense_1.kernel": torch.ones(3, 5), "other": torch.ones(1)}, tmp_path / "w.safetensors")
    with pytest.raises(StorageError) as caught:
        model.load_weights(tmp_path / "w.safetensors")
    said = ["dense_1.kernel has shape (3, 5), and the model wants (3, 4)", "it has other", "it lacks dense_2.bias"]
    assert [words for words in said if words not in str(caught.value)] == []
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_a_file_of_weights_alone_is_no_model(tmp_path):
    save_file({"dense_1.kernel": torch.ones(3, 5)}, tmp_path / "w.safetensors")
    with pytest.raises(StorageError, match="weights without a model; make the model and call"):
        kit.load(tmp_path / "w.safetensors")


def written(header, data=bytes(48)):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


ENTRY = {"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]}
HOSTILE = {
    "no JSON": written(b"{" + b"x" * 20),
    "cut short": written({"a": ENTRY})[:30],
    "header longer than the file": (1 << 20).to_bytes(8, "little") + b"{}",
    "endless header": (1 << 39).to_bytes(8, "little") + b"{}" * 20,
    "deep header": written(b'{"a":' * 50_000),
    "a name twice": written(b'{"a":' + json.dumps(ENTRY).encode() + b',"a":' + json.dumps(ENTRY).encode() + b"}"),
    "beyond the end": written({"a": {**ENTRY, "data_offsets": [0, 52]}}),
    "overlapping": written({"a": ENTRY, "b": ENTRY}),
    "a hole": written({"a": {**ENTRY, "data_offsets": [4, 52]}}, bytes(52)),
    "backwards": written({"a": {**ENTRY, "data_offsets": [48, 0]}}),
    "shape bomb": written({"a": {**ENTRY, "shape": [1 << 40, 1 << 40]}}),
    "unknown type": written({"a": {**ENTRY, "dtype": "O"}}),
    "offsets of text": written({"a": {**ENTRY, "data_offsets": ["0", "48"]}}),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_header_that_is_not_true_is_refused(tmp_path, content):
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(StorageError):
        small_model().load_weights(tmp_path / "w.safetensors")
