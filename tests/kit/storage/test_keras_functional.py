"""What calls in a functional model say beside their inputs: masks, first and last states, training."""

import numpy as np
import pytest
from keras_models import L, agree, keras, saved, scatter

import kit
from kit.storage import StorageError

WORDS = np.array([[0, 0, 1, 2, 3], [0, 4, 0, 2, 1], [1, 2, 3, 4, 0]])
OTHERS = np.array([[0, 0, 0, 0, 3], [4, 4, 0, 0, 1], [1, 2, 3, 0, 0]])


def inputs(count=1, shape=(5,)):
    return [keras.Input(shape) for _ in range(count)]


def embedded(words, masked=True):
    return L.Embedding(5, 4, mask_zero=masked)(words)


def joined(layer, *masked):
    """The model whose masked branches this layer joins, behind which a GRU reads the mask."""
    words = inputs(len(masked))
    return keras.Model(words, L.GRU(3)(layer([embedded(w, m) for w, m in zip(words, masked, strict=True)])))


def residual():
    (words,) = inputs()
    x = embedded(words)
    return keras.Model(words, L.GlobalAveragePooling1D()(L.Add()([x, L.LSTM(4, return_sequences=True)(x)])))


def joined_again():
    words = inputs(2)
    x, y = map(embedded, words)
    x = L.Concatenate()(
        [L.LSTM(2, return_sequences=True)(L.Concatenate(axis=1)([x, y])), L.Concatenate(axis=1)([y, x])]
    )
    return keras.Model(words, L.GlobalAveragePooling1D()(x))


def masking():
    words, numbers = inputs()[0], keras.Input((5, 4))
    return keras.Model([words, numbers], L.LSTM(3)(L.Average()([embedded(words), L.Masking()(numbers)])))


def one_mask():
    (words,) = inputs()
    x = embedded(words)
    return keras.Model(words, L.LSTM(3)(L.Multiply()([x, L.Dense(4, "sigmoid")(x)])))


def model_inside():
    read = inputs(2, (5, 4))
    inner = keras.Model(read, L.LSTM(3)(L.Add()(read)), name="inner")
    words = inputs(2)
    return keras.Model(words, inner([embedded(each) for each in words]))


JOINED = {
    "add": lambda: joined(L.Add(), True, True),
    "average of three": lambda: joined(L.Average(), True, True, True),
    "add to what has none": lambda: joined(L.Add(), True, False),
    "features": lambda: joined(L.Concatenate(), True, True),
    "features of what has none": lambda: joined(L.Concatenate(), True, False),
    "times": lambda: joined(L.Concatenate(axis=1), True, True),
    "times of what has none": lambda: joined(L.Concatenate(axis=1), False, True),
    **{make.__name__: make for make in (residual, joined_again, masking, one_mask, model_inside)},
}


@pytest.mark.filterwarnings("ignore:Layer 'inner'")  # Keras says that its output has no mask
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("make", JOINED.values(), ids=JOINED)
def test_masks_of_branches_that_are_joined_are_those_of_keras(make, suffix, tmp_path, rng):
    theirs = scatter(make(), rng)
    ours = kit.load(saved(theirs, tmp_path / f"model{suffix}"))
    given = [WORDS, OTHERS, OTHERS[::-1]][: len(theirs.inputs)]
    given = [
        x if len(tensor.shape) == 2 else (x[..., None] * np.ones(4)).astype("float32")
        for x, tensor in zip(given, theirs.inputs, strict=True)
    ]
    wanted = theirs(given if len(given) > 1 else given[0], training=False).detach().numpy()
    np.testing.assert_allclose(ours.predict(given if len(given) > 1 else given[0]), wanted, rtol=1e-5, atol=1e-5)


def refusal(model, path):
    with pytest.raises(StorageError) as caught:
        kit.load(saved(model, path))
    return str(caught.value)


def decoder(reader):
    words, states = inputs()[0], inputs(2, (3,))
    return keras.Model([words, *states], reader(embedded(words), initial_state=states))


def given_another_mask():
    words, others = inputs(2)
    embedding = L.Embedding(5, 4, mask_zero=True)
    return keras.Model([words, others], L.LSTM(3, name="reader")(embedding(words), mask=embedding.compute_mask(others)))


def added_by_an_operator():
    words = inputs(2)
    x, y = map(embedded, words)
    return keras.Model(words, L.LSTM(3, name="reader")(x + y))


REFUSED = {
    "states": (
        lambda: decoder(L.LSTM(3, name="reader")),
        "leaves the masked times out here, and not in Keras where states",
    ),
    "states of both": (
        lambda: decoder(L.Bidirectional(L.GRU(3), name="reader")),
        "not in Keras where states are given",
    ),
    "another": (given_another_mask, "it is given another mask than that of what it reads"),
    "operator": (
        added_by_an_operator,
        "it reads a mask here that an operation before it, such as +, has dropped in Keras",
    ),
    "maximum": (
        lambda: joined(L.Maximum(name="reader"), True, True),
        "it takes what a mask leaves out of one of its inputs",
    ),
    "product": (
        lambda: joined(L.Multiply(name="reader"), True, False),
        "it takes what a mask leaves out of one of its",
    ),
}


@pytest.mark.parametrize(("make", "said"), REFUSED.values(), ids=REFUSED)
def test_where_a_mask_would_count_otherwise_than_in_keras_is_named(make, said, tmp_path):
    found = refusal(make(), tmp_path / "model.keras")
    assert "\n- reader: " in found
    assert said in found


def test_a_mask_that_keras_drops_is_noted_where_an_output_has_it_here(tmp_path, rng):
    words = inputs(2)
    theirs = scatter(keras.Model(words, L.Dense(2, name="last")(embedded(words[0]) + embedded(words[1]))), rng)
    ours = kit.load(saved(theirs, tmp_path / "model.keras"))
    assert ours.notes[0] == "last: training leaves out its masked times here, and not in Keras"
    agree(theirs, ours, rng)


@pytest.mark.parametrize("mode", ["concat", "sum", "mul"])
@pytest.mark.parametrize("layer", [L.LSTM, L.GRU])
def test_the_states_of_both_ways_are_those_of_keras(layer, mode, tmp_path, rng):
    source, target = keras.Input((5, 4)), keras.Input((6, 4))
    both = L.Bidirectional(layer(3, return_sequences=True, return_state=True), merge_mode=mode)
    y, *states = both(source)
    again = L.Bidirectional(layer(3), merge_mode=mode)(target, initial_state=states)
    theirs = scatter(keras.Model([source, target], [y, L.Concatenate()(states), again, *states[1:]]), rng)
    agree(theirs, kit.load(saved(theirs, tmp_path / "model.keras")), rng)


@pytest.mark.parametrize("both", [True, False])
def test_a_functional_model_inside_may_be_an_output(both, tmp_path, rng):
    read, given = inputs(2, (4,))
    head = keras.Model(read, L.Dense(3)(read), name="head")
    first, second = head(given), head(L.Dense(4)(given))
    theirs = scatter(keras.Model(given, [first, L.Add()([first, second])] if both else second), rng)
    agree(theirs, kit.load(saved(theirs, tmp_path / "model.keras")), rng)


def test_what_was_told_not_to_train_is_noted(tmp_path):
    (given,) = inputs(1, (4,))
    inner = keras.Sequential([keras.Input((4,)), L.Dense(4), L.BatchNormalization()], name="inner")
    frozen = L.BatchNormalization(name="frozen", trainable=False)
    x = inner(frozen(L.BatchNormalization(name="normal")(given, training=False), training=False), training=False)
    ours = kit.load(saved(keras.Model(given, L.Dense(2)(x)), tmp_path / "model.keras"))
    said = (
        "it was called with training=False, but it learns statistics in training; freeze it (trainable = False) to keep"
    )
    assert ours.notes[:-1] == (f"normal: {said} them", f"inner: {said} them")


def test_what_keras_writes_by_itself_behind_a_mask_is_not_noted(tmp_path):
    (words,) = inputs()
    model = keras.Model(words, L.LSTM(3)(L.Dropout(0.5)(embedded(words))))
    assert kit.load(saved(model, tmp_path / "model.keras")).notes == (
        "left uncompiled: the file does not say how it was compiled",
    )
