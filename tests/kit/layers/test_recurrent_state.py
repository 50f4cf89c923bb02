"""The state of recurrent layers: where it starts, what is kept of it, and dropout on its way."""

import numpy as np
import pytest
import torch

from kit import Input, Model, Sequential, load
from kit.code import CodeError, from_code
from kit.graph import document, from_document
from kit.layers import (
    GRU,
    LSTM,
    Bidirectional,
    Concatenate,
    Dense,
    Embedding,
    FinalState,
    ShapeError,
    SimpleDeepRNN,
    SimpleRNN,
    TimeDistributed,
)
from kit.optimizers import Adam

KINDS = [SimpleRNN, SimpleDeepRNN, GRU, LSTM]
every_kind = pytest.mark.parametrize("kind", KINDS)
pytestmark = pytest.mark.usefixtures("float64")


def sequences(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*(shape or (3, 6, 4)), generator=torch.Generator().manual_seed(seed))


@every_kind
def test_stateful_over_batches_is_one_long_sequence(kind) -> None:
    x = sequences()
    whole, pieces = kind(5, return_sequences=True), kind(5, return_sequences=True, stateful=True)
    y = whole(x)
    pieces.build_for((6, 4))
    pieces.set_weights(whole.get_weights())
    torch.testing.assert_close(torch.cat([pieces(part) for part in x.split([1, 3, 2], dim=1)], 1), y)
    pieces.reset_states()
    torch.testing.assert_close(pieces(x[:, :2]), y[:, :2])


@every_kind
def test_stateful_under_masks_is_one_long_sequence_too(kind) -> None:
    x, mask = sequences(), torch.tensor([[1, 0, 0, 1, 1, 0], [0, 0, 0, 0, 1, 1], [0, 1, 1, 0, 0, 0]]).bool()
    whole, pieces = kind(5), kind(5, stateful=True)
    y = whole(x, mask=mask)
    pieces.build_for((6, 4))
    pieces.set_weights(whole.get_weights())
    pieces(x[:, :3], mask=mask[:, :3])
    kept = pieces(x[:, 3:], mask=mask[:, 3:])
    torch.testing.assert_close(kept[:2], y[:2])
    torch.testing.assert_close(pieces.held[0], y)


def test_a_stateful_layer_passes_no_gradient_to_the_batch_before() -> None:
    layer, x = LSTM(3, stateful=True), sequences().requires_grad_()
    layer(x[:, :3])
    layer(x[:, 3:]).sum().backward()
    assert (x.grad[:, :3] == 0).all()


def test_another_number_of_sequences_is_refused_by_what_is_stateful() -> None:
    layer = Bidirectional(GRU(3, stateful=True))
    layer(sequences())
    with pytest.raises(ValueError, match=r"holds the states of 3 sequences, but 2 came; call reset_states\(\)"):
        layer(sequences(2, 6, 4))
    layer.reset_states()
    layer(sequences(2, 6, 4))


def test_a_model_forgets_all_its_states() -> None:
    model = Sequential(
        [Input((6, 4)), Bidirectional(LSTM(3, return_sequences=True, stateful=True)), GRU(2, stateful=True)]
    )
    X = sequences().numpy()
    first, second = model.predict(X), model.predict(X)
    model.reset_states()
    assert (model.predict(X) == first).all()
    assert (first != second).any()


@every_kind
def test_given_states_are_where_it_starts(kind) -> None:
    x = sequences()
    layer = kind(5, stateful=True)
    layer(x[:, :2])
    states = layer.held
    after = layer(x[:, 2:])
    torch.testing.assert_close(layer(x[:, 2:], initial_state=list(states)), after)
    torch.testing.assert_close(layer([x[:, 2:], *states]), after)


def test_states_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"starts from 2 of \(n, 5\), but \(n, 5\) came"):
        LSTM(5)(sequences(), initial_state=[torch.zeros(3, 5)])
    with pytest.raises(ShapeError, match=r"starts from 1 of \(n, 5\), but \(n, 4\) came"):
        GRU(5)(Input((6, 4)), initial_state=[Input(4)])


def test_states_come_from_other_layers_of_a_graph() -> None:
    """A picture's features say where a caption starts."""
    features, words = Input(7), Input((6, 4))
    h = Dense(5)(features)
    model = Model([features, words], GRU(5, return_sequences=True)(words, initial_state=[h]))
    made = document(model)
    again = from_document(made)
    assert document(again) == made
    assert from_code(model.to_code()) == made
    assert from_code(model.to_code().replace("([input_2, dense_1])", "(input_2, initial_state=[dense_1])")) == made
    again.set_weights(model.get_weights())
    X = [sequences(3, 7).numpy(), sequences().numpy()]
    assert (again.predict(X) == model.predict(X)).all()
    layer, dense = model.layers[1], model.layers[0]
    wanted = layer(torch.from_numpy(X[1]), dense(torch.from_numpy(X[0])))
    np.testing.assert_allclose(model.predict(X), wanted.detach(), atol=1e-12)


def test_dropout_takes_the_same_features_at_all_times() -> None:
    layer, x = SimpleRNN(4, "linear", dropout=0.5, return_sequences=True), torch.ones(64, 3, 4)
    layer.build_for((3, 4))
    with torch.no_grad():
        layer.kernel.copy_(torch.eye(4))
        layer.recurrent_kernel.zero_()
    y = layer(x)
    assert (y == y[:, :1]).all()
    assert set(y.unique().tolist()) == {0.0, 2.0}
    assert 0.3 < (y == 0).double().mean() < 0.7
    assert (layer.eval()(x) == 1).all()


def test_recurrent_dropout_takes_the_same_of_the_state_at_all_times() -> None:
    layer, x = SimpleRNN(4, "linear", recurrent_dropout=0.5, return_sequences=True), torch.ones(64, 3, 4)
    layer.build_for((3, 4))
    with torch.no_grad():
        for weight in (layer.kernel, layer.recurrent_kernel):
            weight.copy_(torch.eye(4))
    y = layer(x)  # 1, 1 + k, 1 + k (1 + k) with k either 0 or 2
    assert {tuple(row) for row in y.transpose(1, 2).reshape(-1, 3).tolist()} == {(1.0, 1.0, 1.0), (1.0, 3.0, 7.0)}
    assert (layer.eval()(x)[:, -1] == 3).all()


@pytest.mark.parametrize("words", [{"dropout": 1.0}, {"recurrent_dropout": 1.0}], ids=str)
@every_kind
def test_all_can_be_dropped(kind, words) -> None:
    layer, x = kind(3, return_sequences=True, **words), sequences()
    assert layer(x).isfinite().all()


@every_kind
def test_dropout_in_recurrence_comes_from_the_run_s_generator(kind) -> None:
    def fitted(seed: int, drawn: int) -> np.ndarray:
        torch.manual_seed(0)
        model = Sequential([Input((6, 4)), kind(3, dropout=0.3, recurrent_dropout=0.3)])
        model.compile("sgd", "mse")
        torch.rand(drawn)
        model.fit(sequences().numpy(), np.zeros((3, 3)), epochs=3, seed=seed, verbose=0)
        return model.get_weights()[0]

    assert (fitted(1, 1) == fitted(1, 9)).all()
    assert (fitted(1, 1) != fitted(2, 1)).any()


@pytest.mark.parametrize("reset_after", [True, False])
def test_recurrent_dropout_leaves_what_a_gru_carries_on(reset_after) -> None:
    layer = GRU(3, reset_after=reset_after, recurrent_dropout=1.0, recurrent_activation=torch.ones_like)
    x, h = sequences(), sequences(3, 3)
    torch.testing.assert_close(layer(x, h), h)


@every_kind
def test_the_states_are_given_behind_the_output(kind) -> None:
    x = sequences()
    for words in ({}, {"return_sequences": True}):
        layer = kind(5, return_state=True, **words)
        y, *states = layer(x)
        assert len(states) == layer.states
        assert torch.equal(states[0], y if not words else y[:, -1])
        again = layer(x, initial_state=states)[0]
        whole = kind(5)
        whole.build_for((6, 4))
        whole.set_weights(layer.get_weights())
        torch.testing.assert_close(again[:, -1] if words else again, whole(torch.cat([x, x], 1)))


@every_kind
def test_the_states_under_a_mask_are_those_after_the_last_time_that_holds_something(kind) -> None:
    x, layer = sequences(), kind(5, return_state=True)
    mask = torch.tensor([[1, 1, 0, 0, 0, 0], [0, 1, 0, 1, 1, 0], [1, 1, 1, 1, 1, 1]]).bool()
    _, *states = layer(x, mask=mask)
    for i in range(3):
        _, *alone = layer(x[i, mask[i]][None])
        for a, b in zip(states, alone, strict=True):
            torch.testing.assert_close(a[i : i + 1], b)


def translator(kind: type = LSTM, wrap=lambda layer: layer, units: int = 5) -> Model:
    """What was read is where writing starts (Sutskever et al. 2014)."""
    source, target = Input(6), Input(4)
    _, *states = wrap(kind(5, return_state=True))(Embedding(9, 3, mask_zero=True)(source))
    if len(states) > 2:
        states = [Concatenate()(states[i], states[i + len(states) // 2]) for i in range(len(states) // 2)]
    y = kind(units, return_sequences=True)(Embedding(9, 3)(target), initial_state=states)
    return Model([source, target], TimeDistributed(Dense(9, "softmax"))(y))


TRANSLATORS = {
    "LSTM": translator,
    "GRU": lambda: translator(GRU),
    "both ways": lambda: translator(LSTM, Bidirectional, 10),
}


@pytest.mark.parametrize("make", TRANSLATORS.values(), ids=TRANSLATORS)
def test_an_encoder_and_decoder_go_through_document_code_and_file(make, tmp_path) -> None:
    model = make()
    made = document(model)
    assert document(from_document(made)) == made
    assert from_code(model.to_code()) == made
    names: dict = {}
    exec(model.to_code(), names)
    assert document(names["model"]) == made
    model.save(tmp_path / "model.h5")
    X = [np.arange(18).reshape(3, 6) % 5, np.arange(12).reshape(3, 4) % 7]
    assert (load(tmp_path / "model.h5").predict(X) == model.predict(X)).all()


def test_unpacked_states_are_read_from_code() -> None:
    text = """
x = Input((6, 4))
z = Input((5, 3))
_, h, c = LSTM(5, return_state=True)(x)
y = LSTM(5)(z, initial_state=[h, c])
model = Model([x, z], y)
"""
    names: dict = {"Input": Input, "LSTM": LSTM, "Model": Model}
    exec(text, names)
    assert from_code(text) == document(names["model"])
    with pytest.raises(CodeError, match="line 4: there are 2 states behind this output"):
        from_code(text.replace("_, h, c", "h, c"))


def test_the_decoder_can_be_used_word_by_word_in_another_model() -> None:
    z, h, c = Input((1, 3)), Input(5), Input(5)
    decoder = LSTM(5, return_sequences=True, return_state=True)
    step = Model([z, h, c], list(decoder(z, initial_state=[h, c])))
    words, states = sequences(2, 7, 3), [np.zeros((2, 5)), np.zeros((2, 5))]
    written = []
    for t in range(7):
        y, *states = step.predict([words[:, t : t + 1].numpy(), *states])
        written.append(y)
    np.testing.assert_allclose(np.concatenate(written, 1), decoder(words)[0].detach(), atol=1e-12)


def test_it_learns_to_write_what_it_read_in_reverse(rng) -> None:
    torch.manual_seed(0)
    X = rng.integers(1, 4, (256, 4))
    y = X[:, ::-1]
    source, target = Input(4), Input(4)
    _, h, c = LSTM(24, return_state=True)(Embedding(4, 8)(source))
    out = LSTM(24, return_sequences=True)(Embedding(4, 8)(target), initial_state=[h, c])
    model = Model([source, target], Dense(4, "softmax")(out))
    model.compile(Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    before = np.concatenate([np.zeros((256, 1), int), y[:, :-1]], 1)
    history = model.fit([X, before], y.copy(), epochs=12, batch_size=32, seed=1, verbose=0)
    assert history["accuracy"][-1] > 0.85


def test_a_state_that_is_not_there_is_refused() -> None:
    model = Sequential([Input((6, 4)), LSTM(5), FinalState(1)])
    with pytest.raises(ValueError, match="reads a layer that has 0 states behind it; give that return_state=True"):
        model.predict(sequences().numpy())
    assert torch.equal(FinalState(0)(torch.ones(2, 3, 4)), torch.ones(2, 4))
