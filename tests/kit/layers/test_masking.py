"""Masks on their way through a model: beside Keras 3, and against sequences that are cut."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from kit import CATALOG, Input, Layer, Model, Sequential, layers
from tests.kit.keras_reference import float64_in_keras, keras  # noqa: F401
from tests.kit.layers.examples import EXAMPLES
from tests.kit.layers.keras_twins import in_keras, keras_twin

pytestmark = pytest.mark.usefixtures("float64", "float64_in_keras")

WORDS = np.array([[3, 1, 2, 0, 0], [0, 0, 4, 1, 0], [2, 2, 2, 2, 2], [0, 1, 0, 3, 0]])


def chain(module: Any, *calls: str) -> list[Any]:
    """The layers that some calls make of a module's classes."""
    return [eval(call, vars(module)) for call in calls]


CHAINS = {
    "an LSTM": ["LSTM(3)"],
    "stacked": ["GRU(3, return_sequences=True)", "Dropout(0.5)", "LSTM(3)"],
    "normalized": ["LayerNormalization()", "BatchNormalization()", "SimpleRNN(3, return_sequences=True)", "GRU(2)"],
    "both ways": ["Bidirectional(LSTM(2, return_sequences=True))", "Bidirectional(GRU(3), merge_mode='sum')"],
    "at each time": ["TimeDistributed(Dense(3, activation='tanh'))", "GlobalAveragePooling1D()"],
    "of dense layers": ["Dense(3)", "Activation('relu')", "LSTM(2, return_sequences=True)", "GlobalAveragePooling1D()"],
    "dropped by pooling": ["MaxPooling1D(2)", "LSTM(2)"],
    "dropped by a layer of no sequence": ["LSTM(3, return_sequences=True)", "Flatten()", "Dense(2)"],
    "dropped by a new sequence": ["GRU(3)", "RepeatVector(2)", "GRU(2)"],
}


def weights_from(theirs: Any, ours: Any) -> None:
    """Random weights for both."""
    generator = torch.Generator().manual_seed(3)
    held = [w for layer in theirs for w in layer.trainable_weights]
    parameters = list(ours.parameters())
    assert len(held) == len(parameters)
    with torch.no_grad():
        for parameter, variable in zip(parameters, held, strict=True):
            variable.assign(parameter.normal_(generator=generator))


@pytest.mark.filterwarnings("ignore:.*does not support masking")
@pytest.mark.parametrize("calls", CHAINS.values(), ids=CHAINS)
def test_a_chain_behind_an_embedding_with_zeros_masked_is_that_of_keras(calls) -> None:
    theirs = chain(keras.layers, "Embedding(5, 4, mask_zero=True)", *calls)
    ours = Sequential([Input(5), *chain(layers, "Embedding(5, 4, mask_zero=True)", *calls)])
    x = torch.from_numpy(WORDS)
    reference = keras.Sequential(theirs)
    reference(x)
    weights_from(theirs, ours.module)
    ours.module.eval()
    torch.testing.assert_close(ours.module(x), reference(x, training=False), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("calls", [["LSTM(3)"], ["Dense(3)", "GRU(2, return_sequences=True)"]], ids=str)
def test_a_chain_behind_a_masking_layer_is_that_of_keras(calls) -> None:
    x = torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(0))
    x[0, 3:], x[1, :2], x[2, 1::2] = 7.0, 7.0, 7.0
    x[2, 0, 1] = 7.0  # one number is no time
    theirs = chain(keras.layers, "Masking(7.0)", *calls)
    ours = Sequential([Input((5, 4)), *chain(layers, "Masking(7.0)", *calls)])
    reference = keras.Sequential(theirs)
    reference(x)
    weights_from(theirs, ours.module)
    torch.testing.assert_close(ours.module(x), reference(x), rtol=1e-9, atol=1e-11)


def test_batch_statistics_are_those_of_the_times_that_hold_something() -> None:
    x = torch.randn(4, 5, 3, generator=torch.Generator().manual_seed(0))
    mask = torch.from_numpy(WORDS > 0)
    ours, alone = layers.BatchNormalization(momentum=0.5), layers.BatchNormalization(momentum=0.5)
    y = ours(x, mask=mask)
    torch.testing.assert_close(y[mask], alone(x[mask]))
    torch.testing.assert_close(ours.moving_variance, alone.moving_variance)
    torch.testing.assert_close(ours.moving_mean, alone.moving_mean)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("others", [True, False], ids=["another sequence", "itself"])
def test_attention_looks_at_no_masked_time_as_in_keras(others, causal) -> None:
    query = torch.randn(4, 5, 6, generator=torch.Generator().manual_seed(0))
    value = torch.randn(4, 5, 6, generator=torch.Generator().manual_seed(1)) if others else query
    seen, own = torch.from_numpy(WORDS > 0), torch.from_numpy(WORDS.T[:4, [0, 1, 2, 3, 3]] > 1)
    own = own if others else seen
    theirs, ours = keras.layers.MultiHeadAttention(2, 3), layers.MultiHeadAttention(2, 3, causal=causal)
    ours.build_for((5, 6), (5, 6))
    theirs.build((4, 5, 6), (4, 5, 6))
    with torch.no_grad():
        for parameter, variable in zip(ours.parameters(), theirs.weights, strict=True):
            variable.assign(parameter.normal_().reshape(variable.shape))
    wanted = theirs(query, value, query_mask=own, value_mask=seen, use_causal_mask=causal)
    given, masks = ([query, value], (own, seen)) if others else ([query], (seen,))
    torch.testing.assert_close(ours(*given, masks=masks)[own], wanted[own])
    ours.train()
    ours.dropout = 1e-12
    torch.testing.assert_close(ours(*given, masks=masks)[own], wanted[own])


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_attention_to_nothing_at_all_is_a_number(dropout) -> None:
    layer = layers.MultiHeadAttention(2, 3, dropout=dropout)
    x = torch.randn(2, 4, 6, requires_grad=True)
    y = layer(x, masks=(torch.tensor([[False] * 4, [True] * 4]),))
    y.sum().backward()
    assert y.isfinite().all()
    assert x.grad.isfinite().all()


@pytest.mark.parametrize("first", [False, True])
def test_a_transformer_s_block_looks_at_no_masked_time(first) -> None:
    layer = layers.TransformerEncoder(8, 2, normalize_first=first)
    x, mask = torch.randn(4, 5, 6), torch.from_numpy(WORDS > 0)
    y = layer(x, mask=mask)
    for i in range(4):
        torch.testing.assert_close(y[i, mask[i]][None], layer(x[i, mask[i]][None]))
    assert layer.output_mask((x,), (mask,)) is mask


def test_pooling_leaves_masked_times_out_and_gives_0_where_none_is_left() -> None:
    x = -1 - torch.rand(3, 4, 2)
    mask = torch.tensor([[True, True, False, True], [False, False, True, False], [False] * 4])
    mean, greatest = layers.GlobalAveragePooling1D()(x, mask=mask), layers.GlobalMaxPooling1D()(x, mask=mask)
    for i in range(2):
        torch.testing.assert_close(mean[i], x[i, mask[i]].mean(0))
        torch.testing.assert_close(greatest[i], x[i, mask[i]].amax(0))
    assert (mean[2] == 0).all()
    assert (greatest[2] == 0).all()


MERGERS = {
    "Add()": [[1, 1, 0], [1, 0, 1]],
    "Concatenate()": [[1, 1, 0], [1, 0, 1]],
    "Concatenate(axis=1)": [[1, 0, 0, 0, 1, 0], [0, 0, 1, 1, 0, 0]],
}


@pytest.mark.parametrize(("call", "wanted"), MERGERS.items())
def test_merged_masks_are_those_of_keras(call: str, wanted: list) -> None:
    xs = [torch.randn(2, 3, 4), torch.randn(2, 3, 4)]
    masks = (torch.tensor([[1, 0, 0], [0, 0, 1]]).bool(), torch.tensor([[0, 1, 0], [1, 0, 0]]).bool())
    ours, theirs = eval(call, vars(layers)), eval(call, vars(keras.layers))
    found = ours.output_mask(tuple(xs), masks)
    assert found.int().tolist() == theirs.compute_mask(xs, list(masks)).int().tolist() == wanted
    one = (masks[0], None)
    theirs_one, ours_one = theirs.compute_mask(xs, list(one)), ours.output_mask(tuple(xs), one)
    assert (ours_one is None) == (theirs_one is None)
    if ours_one is not None:
        assert ours_one.tolist() == theirs_one.tolist()


def comparable() -> dict[str, Layer]:
    """An example of each layer that Keras has and that is no matter of other tests here."""
    made = {name: examples[0].make() for name, examples in EXAMPLES.items()}
    elsewhere = ("recurrent", "merging", "embeddings")
    return {
        name: layer
        for name, layer in made.items()
        if in_keras(layer) and layer.family not in elsewhere and name != "Masking"
    }


@pytest.mark.parametrize("name", comparable())
def test_a_layer_passes_a_mask_on_just_where_keras_s_does(name: str) -> None:
    layer = comparable()[name]
    passes = layer.output_mask((torch.ones(5, 4, 2),), (torch.ones(5, 4, dtype=torch.bool),)) is not None
    twin = keras_twin(layer, len(EXAMPLES[name][0].shapes[0]) + 1)
    there = twin.supports_masking and name != "GlobalAveragePooling1D"  # which says so, and takes it away
    assert passes == (there or name == "RMSNormalization")  # forgotten there


def test_a_plain_torch_module_drops_the_mask() -> None:
    model = Sequential([Input(5), layers.Embedding(5, 4, mask_zero=True), nn.Tanh(), layers.LSTM(3)])
    unmasked = Sequential([Input(5), layers.Embedding(5, 4), nn.Tanh(), layers.LSTM(3)])
    unmasked.set_weights(model.get_weights())
    assert (model.predict(WORDS) == unmasked.predict(WORDS)).all()


def test_a_layer_of_one_s_own_says_what_it_does_with_a_mask(catalog) -> None:
    class Count(Layer, abstract=True):
        """How many times hold something."""

        def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
            return torch.full((len(x), 1), x.shape[1]) if mask is None else mask.sum(1, keepdim=True)

    class Halve(Layer, abstract=True):
        """x / 2."""

        passes_mask = True

        def forward(self, x: Tensor) -> Tensor:
            return x / 2

    class Double(Layer, abstract=True):
        """2 x."""

        def forward(self, x: Tensor) -> Tensor:
            return 2 * x

    for passes, wanted in ((Halve(), [3, 2, 5, 2]), (Double(), [5] * 4)):
        model = Sequential([Input(5), layers.Embedding(5, 4, mask_zero=True), passes, Count()])
        assert model.predict(WORDS)[:, 0].tolist() == wanted


def test_the_mask_that_reaches_the_end_is_an_attribute_of_the_output() -> None:
    x = Input(5)
    embedded = layers.Embedding(5, 4, mask_zero=True)(x)
    model = Model(x, [layers.LSTM(3, return_sequences=True)(embedded), layers.GRU(2)(embedded)])
    sequence, last = model.module(torch.from_numpy(WORDS))
    assert torch.equal(sequence.mask, torch.from_numpy(WORDS > 0))
    assert not hasattr(last, "mask")


def test_a_sequence_read_from_its_end_has_its_mask_from_the_end() -> None:
    model = Sequential(
        [Input(5), layers.Embedding(5, 4, mask_zero=True), layers.LSTM(3, return_sequences=True, go_backwards=True)]
    )
    assert torch.equal(model.module(torch.from_numpy(WORDS)).mask, torch.from_numpy(WORDS[:, ::-1].copy() > 0))


def test_without_a_layer_that_makes_masks_nothing_looks_for_any() -> None:
    model = Sequential([Input(5), layers.Embedding(5, 4), layers.LSTM(3, return_sequences=True)])
    assert not model.module.masked
    assert not hasattr(model.module(torch.from_numpy(WORDS)), "mask")


def test_sentences_of_words_are_masked_on_both_levels() -> None:
    """Words to sentence by one layer, time by time, and sentences to text by another."""
    words = np.array([[[1, 2, 0], [3, 0, 0], [0, 0, 0]], [[2, 2, 2], [0, 0, 0], [0, 0, 0]]])
    inner, outer = layers.GRU(3), layers.LSTM(2)
    embedding = layers.Embedding(5, 4, mask_zero=True)
    model = Sequential([Input((3, 3)), embedding, layers.TimeDistributed(inner), outer])
    y = model.module(torch.from_numpy(words))
    for i, sentences in enumerate([[[1, 2], [3]], [[2, 2, 2]]]):
        read = torch.cat([inner(embedding(torch.tensor([sentence]))) for sentence in sentences])
        torch.testing.assert_close(y[i : i + 1], outer(read[None]))


LAYERS = [
    "SimpleRNN(3)", "GRU(3)", "LSTM(3)", "SimpleDeepRNN(3, depth=2)", "GRU(3, reset_after=False)",
    'LSTM(3, activation="sigmoid", recurrent_activation="hard_sigmoid")', "LSTM(3, go_backwards=True)",
    "Bidirectional(LSTM(2))", "GlobalAveragePooling1D()", "GlobalMaxPooling1D()",
]  # fmt: skip
lengths_of_sequences = st.lists(st.integers(1, 6), min_size=1, max_size=4)


@pytest.mark.parametrize("call", LAYERS)
@given(lengths=lengths_of_sequences, at_end=st.booleans(), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_a_masked_sequence_gives_what_the_cut_one_gives(call: str, lengths, at_end: bool, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    longest = max(lengths) + seed % 3
    x, mask = torch.randn(len(lengths), longest, 2, generator=generator), torch.zeros(len(lengths), longest).bool()
    for i, length in enumerate(lengths):
        mask[i, :length] = True
    mask = mask if at_end else mask.flip(1)
    x.requires_grad_()
    layer = eval(call, dict(CATALOG))
    y = layer(x, mask=mask)
    y.square().sum().backward()
    assert (x.grad[~mask] == 0).all()
    for i in range(len(lengths)):
        cut = x[i, mask[i]].detach()[None].requires_grad_()
        alone = layer(cut)
        torch.testing.assert_close(y[i : i + 1], alone)
        alone.square().sum().backward()
        torch.testing.assert_close(x.grad[i, mask[i]][None], cut.grad)


@pytest.mark.parametrize("call", LAYERS[:6])
@given(holes=st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_a_masked_time_changes_nothing_and_repeats_the_output_before_it(call: str, holes) -> None:
    layer = eval(call.replace(")", ", return_sequences=True)"), dict(CATALOG))
    mask = torch.tensor(holes)
    x = torch.randn(len(holes), 6, 2, generator=torch.Generator().manual_seed(1))
    y = layer(x, mask=mask)
    for i, held in enumerate(mask):
        alone = iter(layer(x[i, held][None])[0] if held.any() else ())
        before = torch.zeros(3)
        for t in range(6):
            before = next(alone) if held[t] else before
            torch.testing.assert_close(y[i, t], before)


def test_a_mask_of_all_changes_nothing() -> None:
    x, layer = torch.randn(3, 5, 2), layers.LSTM(4, return_sequences=True)
    assert torch.equal(layer(x), layer(x, mask=torch.ones(3, 5, dtype=torch.bool)))


def test_what_stands_at_a_masked_time_does_not_matter() -> None:
    x, mask = torch.randn(3, 5, 2), torch.from_numpy(WORDS[:3] > 0)
    layer = layers.Bidirectional(layers.LSTM(4, return_sequences=True))
    other = x.masked_fill(~mask[..., None], 1e6)
    assert torch.equal(layer(x, mask=mask), layer(other, mask=mask))


def test_a_model_with_masks_goes_through_a_file_a_document_and_code(tmp_path) -> None:
    from kit import load
    from kit.code import from_code
    from kit.graph import document

    model = Sequential([Input(5), layers.Embedding(5, 4, mask_zero=True), layers.Masking(-1.0), layers.LSTM(3)])
    model.save(tmp_path / "model.h5")
    assert (load(tmp_path / "model.h5").predict(WORDS) == model.predict(WORDS)).all()
    assert from_code(model.to_code()) == document(model)
