"""Objects that give a batch for its number, as Keras's Sequence and PyDataset do."""

import numpy as np
import pytest

import kit
from kit.layers import Dense

X = np.random.default_rng(0).normal(size=(50, 4)).astype("float32")
Y = np.random.default_rng(1).integers(0, 2, (50, 1)).astype("float32")


class Batches:
    """The data in batches of 16, the last of 2."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.epochs_ended = 0

    def __len__(self) -> int:
        return 4

    def __getitem__(self, number: int):
        self.given.append(number)
        return X[16 * number : 16 * number + 16], Y[16 * number : 16 * number + 16]

    def on_epoch_end(self) -> None:
        self.epochs_ended += 1


class WithoutEnd(Batches):
    """It gives something for every number that there is."""

    def __getitem__(self, number: int):
        return X[:16], Y[:16]


def network() -> kit.Sequential:
    model = kit.Sequential([Dense(4, 1, activation="sigmoid", kernel_initializer="zeros")])
    model.compile("sgd", "binary_crossentropy")
    return model


def test_they_train_as_the_arrays_they_are_of() -> None:
    one, other = network(), network()
    one.fit(Batches(), epochs=3, shuffle=False, verbose=0)
    other.fit(X, Y, epochs=3, batch_size=16, shuffle=False, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


def test_each_is_given_once_an_epoch_in_an_order_of_its_own_and_is_told_the_end() -> None:
    batches = Batches()
    network().fit(batches, epochs=3, seed=1, verbose=0)
    orders = [batches.given[start : start + 4] for start in (0, 4, 8)]
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    assert len(set(map(tuple, orders))) > 1
    assert batches.epochs_ended == 3


def test_they_are_predicted_measured_and_validated_with_in_order() -> None:
    model = network()
    model.set_weights([X[:4, :1], np.ones(1)])
    np.testing.assert_array_equal(model.predict(Batches()), model.predict(X))
    assert model.evaluate(Batches()) == pytest.approx(model.evaluate(X, Y))
    history = model.fit(X, Y, validation_data=Batches(), verbose=0)
    assert history["val_loss"] == [pytest.approx(model.evaluate(X, Y))]


def test_fewer_steps_than_there_are_batches_end_an_epoch() -> None:
    batches = Batches()
    network().fit(batches, epochs=2, steps_per_epoch=3, verbose=0)
    assert (len(batches.given), batches.epochs_ended) == (6, 2)


def test_one_that_has_no_end_trains_for_its_length() -> None:
    model = network()
    model.fit(WithoutEnd(), verbose=0)
    assert model.history.steps == 4
    assert model.predict(WithoutEnd()).shape == (64, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model: model.fit(WithoutEnd(), Y), "a WithoutEnd gives its targets and weights itself; leave y out"),
        (lambda model: model.fit(X, WithoutEnd()), r"y is a WithoutEnd, no array: .* give it alone, as fit\(batches\)"),
        (lambda model: model.fit([WithoutEnd()], Y), "X is a WithoutEnd, no array"),
        (lambda model: model.train(WithoutEnd(), Y), "X is a WithoutEnd, no array"),
        (lambda model: model.fit(Batches(), validation_split=0.1), "a Batches cannot be split: give validation_data"),
        (lambda model: model.fit(type("Empty", (Batches,), {"__len__": lambda self: 0})()), "the Empty has no batch"),
    ],
)
def test_one_that_cannot_be_meant_is_refused_at_once(call, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        call(network())
