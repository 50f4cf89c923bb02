"""The table of Keras's layers is whole, and says how Keras holds their weights, for every example of every layer."""

import numpy as np
import pytest
from keras_models import L, keras

from kit import CATALOG, load
from kit.storage.errors import StorageError
from kit.storage.foreign.keras_layers import IN_KERAS, KERAS, known_of, slots, snake_case
from tests.kit.layers.examples import ALL
from tests.kit.layers.keras_twins import for_keras

HELD_AS_KERAS_DOES = ("SimpleRNN", "GRU", "LSTM", "Bidirectional", "TimeDistributed")  # get_weights gives 2015's pieces
ONLY_HERE = {"Lambda", "Normalization"}  # code, which no file brings; a third weight there, the count


def test_every_layer_that_both_have_is_in_the_table():
    both = {name for name, cls in CATALOG.items() if cls.__module__.startswith("kit.") and hasattr(L, name)}
    assert both - set(IN_KERAS) == ONLY_HERE


def test_every_layer_of_the_table_is_in_the_catalog():
    assert {known.here or name for name, known in KERAS.items()} <= set(CATALOG)


@pytest.mark.parametrize("name", KERAS)
def test_a_class_is_written_in_files_as_keras_writes_it(name):
    assert snake_case(name) == keras.src.utils.naming.to_snake_case(name)


EXAMPLES = [example for example in ALL if known_of(example.make()) is not None]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.call)
def test_weights_are_turned_into_those_of_keras_and_back(example):
    layer = example.make()
    layer.build_for(*example.shapes)
    state = {name: tensor.numpy() for name, tensor in layer.state_dict().items()}
    found = [slot.to_keras(state[slot.name]) for slot in slots(layer)]
    assert [slot.name for slot in slots(layer)] == list(state)
    for slot, array in zip(slots(layer), found, strict=True):
        assert array.shape == slot.keras_shape
        assert np.array_equal(slot.from_keras(array), state[slot.name])
    if type(layer).__name__ not in HELD_AS_KERAS_DOES:
        for array, wanted in zip(found, for_keras(layer, layer.get_weights()), strict=True):
            assert np.array_equal(array, wanted)


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of Keras, as it saves
def test_a_normalization_of_keras_is_told_to_be_made_anew(tmp_path):
    keras.Sequential([keras.Input((3,)), L.Normalization(), L.Dense(2)]).save(tmp_path / "a.keras")
    with pytest.raises(StorageError, match=r"a Normalization is not read from Keras's files; .*call its adapt\(X\)"):
        load(tmp_path / "a.keras")
