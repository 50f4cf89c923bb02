"""Large tables are updated by rows, exactly where nothing else would move."""

import numpy as np
import pytest
import torch

import kit
from kit.layers import Dense, Embedding, Flatten, Input, WordContextProduct
from kit.optimizers import SGD, Adadelta, Adagrad, Adam, RMSprop
from kit.training import vectors
from kit.training.data import Batch

EXACT = [
    SGD(0.1), SGD(0.1, decay=0.1), Adagrad(0.1), RMSprop(0.01), RMSprop(0.01, centered=True), Adadelta(1.0),
    RMSprop(0.01, clipnorm=0.01), Adagrad(0.1, clipvalue=0.001),
]  # fmt: skip
MOVING = [SGD(0.1, momentum=0.9), RMSprop(0.01, momentum=0.5), Adam(0.1), SGD(0.1, weight_decay=0.1)]
NAMES = {"ids": repr}


def words(optimizer, **options) -> kit.Sequential:
    torch.manual_seed(2)
    layers = [Input(4), Embedding(30, 3, embeddings_initializer="normal", **options), Flatten(), Dense(1)]
    model = kit.Sequential(layers)
    model.compile(optimizer, "mse")
    return model


def batches(count: int) -> list[Batch]:
    """Word 0 comes always, 1 to 5 often, the others now and then, 29 never."""
    rng = np.random.default_rng(3)
    found = []
    for _ in range(count):
        X = np.where(rng.random((6, 4)) < 0.8, rng.integers(0, 6, (6, 4)), rng.integers(0, 29, (6, 4)))
        X[0, 0] = 0
        found.append(Batch([torch.from_numpy(X)], [torch.from_numpy(rng.normal(size=(6, 1)))]))
    return found


def trained(model, steps: int = 40) -> list[np.ndarray]:
    model.module.double()
    model.update.prepare()
    for batch in batches(steps):
        model.update(batch, model.goal())
    return model.get_weights()


def kinds(model) -> list[str]:
    return [type(each).__name__ for each in model.update.weights]


@pytest.fixture
def by_row(monkeypatch):
    monkeypatch.setattr(vectors, "LARGE", 1)


@pytest.mark.parametrize("optimizer", EXACT, **NAMES)
def test_rows_alone_give_the_weights_that_the_whole_table_gives(optimizer, monkeypatch) -> None:
    whole = words(optimizer)
    expected = trained(whole)
    monkeypatch.setattr(vectors, "LARGE", 1)
    rows = words(optimizer)
    found = trained(rows)
    assert kinds(whole) == ["Flat"]
    assert kinds(rows) == ["Flat", "Table"]
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("optimizer", MOVING, **NAMES)
def test_what_moves_without_a_gradient_is_updated_whole(optimizer, by_row) -> None:
    model = words(optimizer)
    before = model.get_weights()[0].copy()
    after = trained(model)[0]
    assert kinds(model) == ["Flat"]
    assert not np.array_equal(before[5], after[5])


def test_lazily_a_row_rests_until_it_is_looked_up_again(by_row) -> None:
    model = words(Adam(0.1, lazy=True))
    model.module.double()
    model.update.prepare()
    assert kinds(model) == ["Flat", "Table"]
    for batch in batches(10):
        before = model.get_weights()[0]
        model.update(batch, model.goal())
        moved = (model.get_weights()[0] != before).any(1)
        assert sorted(np.flatnonzero(moved)) == sorted(set(batch.inputs[0].flatten().tolist()))


def test_lazy_adam_is_adam_where_every_row_is_looked_up_every_time(by_row) -> None:
    found = []
    for lazy in (False, True):
        model = words(Adam(0.1, lazy=lazy))
        model.module.double()
        model.update.prepare()
        X = torch.arange(30).repeat(2)[:32].view(8, 4)
        for _ in range(5):
            model.update(Batch([X], [torch.ones(8, 1, dtype=torch.float64)]), model.goal())
        found.append(model.get_weights())
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


HELD = [{"embeddings_regularizer": "l2(0.1)"}, {"embeddings_constraint": "unitnorm"}]


@pytest.mark.parametrize("options", HELD, **NAMES)
def test_a_table_that_is_penalized_or_held_is_updated_whole(options, by_row) -> None:
    model = words(SGD(0.1), **options)
    trained(model, 2)
    assert kinds(model) == ["Flat"]


def test_a_small_table_is_no_matter() -> None:
    model = words(SGD(0.1))
    trained(model, 1)
    assert kinds(model) == ["Flat"]


def test_a_table_that_somebody_reads_as_a_whole_too_is_exact_all_the_same(monkeypatch) -> None:
    def tied(large: int) -> list[np.ndarray]:
        monkeypatch.setattr(vectors, "LARGE", large)
        model = words(RMSprop(0.01))
        table = model.module.layers["embedding_1"].embeddings
        model.module.layers["dense_1"].register_forward_hook(lambda _, __, y: y + 0.01 * table.sum())
        return trained(model)

    for ours, theirs in zip(tied(1), tied(1 << 17), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10)


def test_both_tables_of_word_pairs_are_updated_by_rows(by_row) -> None:
    model = kit.Sequential([WordContextProduct(50, 4)])
    model.compile("rmsprop", "mse")
    model.build((2,))
    before = model.get_weights()
    model.train(np.array([[3, 7], [3, 8]]), np.ones((2, 1)))
    both = zip(model.get_weights(), before, strict=True)
    changed = [np.flatnonzero((ours != old).any(1)).tolist() for ours, old in both]
    assert changed == [[3], [7, 8]]


@pytest.mark.parametrize("change", [{"rho": 0.5}, {"momentum": 0.5}, {"learning_rate": 0.1}], **NAMES)
def test_a_setting_may_change_while_rows_rest(change, monkeypatch) -> None:
    def changed(large: int) -> list[np.ndarray]:
        monkeypatch.setattr(vectors, "LARGE", large)
        model = words(RMSprop(0.01))
        trained(model, 20)
        vars(model.optimizer).update(change)
        trained(model, 20)
        vars(model.optimizer).update(rho=0.9, momentum=0.0)
        return trained(model, 20)

    for ours, theirs in zip(changed(1), changed(1 << 17), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)


def test_outside_of_training_the_gradient_is_a_whole_one(by_row) -> None:
    model = words(SGD(0.1))
    trained(model, 1)
    model.module(batches(1)[0].inputs[0]).sum().backward()
    assert not model.module.layers["embedding_1"].embeddings.grad.is_sparse


@pytest.mark.parametrize("optimizer", [RMSprop(0.01), Adagrad(0.1), Adam(0.01, lazy=True)], **NAMES)
def test_a_training_by_rows_is_resumed_bit_for_bit(optimizer, by_row, tmp_path) -> None:
    rng = np.random.default_rng(1)
    X, y = rng.integers(0, 30, (24, 4)), rng.normal(size=(24, 1)).astype("float32")
    model = words(optimizer)
    saving = [lambda record: model.save(tmp_path / f"{record.step}.h5")]
    whole = model.fit(X, y, epochs=2, batch_size=6, seed=1, background=True, callbacks=saving).wait()
    for step in range(1, whole.steps + 1):
        resumed = kit.resume(tmp_path / f"{step}.h5", X, y).wait()
        for ours, theirs in zip(resumed.model.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        for ours, theirs in zip(resumed.model.update.states, model.update.states, strict=True):
            assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert kinds(model) == ["Flat", "Table"]


def test_an_aborted_run_goes_back_by_rows_too(by_row) -> None:
    rng = np.random.default_rng(1)
    X, y = rng.integers(0, 30, (24, 4)), rng.normal(size=(24, 1)).astype("float32")
    model = words(RMSprop(0.01))
    model.fit(X, y, verbose=0)
    before = model.get_weights()
    states = [{name: vector.clone() for name, vector in state.items()} for state in model.update.states]
    model.fit(X, y, epochs=3, background=True, callbacks=[lambda record: record.step == 2 and model.run.abort()]).wait()
    assert all(np.array_equal(ours, old) for ours, old in zip(model.get_weights(), before, strict=True))
    for ours, old in zip(model.update.states, states, strict=True):
        assert all(torch.equal(ours[name], old[name]) for name in old)
