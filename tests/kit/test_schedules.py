"""Schedules against those of Keras 3 and torch, and as they are written, saved and steered."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

import kit
from kit import Sequential, schedules
from kit.layers import Dense
from kit.optimizers import SGD, Adam
from kit.schedules import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    LinearWarmup,
    OneCycle,
    PiecewiseConstantDecay,
    PolynomialDecay,
    Schedule,
)

AS_KERAS = [
    ExponentialDecay(0.1, 7, 0.5),
    ExponentialDecay(0.1, 7, 0.5, staircase=True),
    InverseTimeDecay(0.1, 7, 0.5),
    InverseTimeDecay(0.1, 7, 0.5, staircase=True),
    PiecewiseConstantDecay((3, 10), (0.5, 0.2, 0.1)),
    PolynomialDecay(0.1, 13),
    PolynomialDecay(0.1, 13, 0.01, power=2.0),
    PolynomialDecay(0.1, 13, 0.01, power=0.5, cycle=True),
    CosineDecay(0.1, 13),
    CosineDecay(0.1, 13, alpha=0.2),
    CosineDecay(0.0, 13, alpha=0.2, warmup_target=0.3, warmup_steps=5),
    CosineDecayRestarts(0.1, 5),
    CosineDecayRestarts(0.1, 5, t_mul=1.0, m_mul=0.5, alpha=0.1),
    CosineDecayRestarts(0.1, 5, t_mul=3.0, m_mul=0.9),
]


@pytest.mark.parametrize("ours", AS_KERAS, ids=repr)
def test_a_schedule_is_that_of_keras_3(keras, ours: schedules.Schedule) -> None:
    theirs = getattr(keras.optimizers.schedules, type(ours).__name__)(**ours.settings())
    expected = [float(theirs(t)) for t in range(60)]
    np.testing.assert_allclose([ours(t) for t in range(60)], expected, rtol=1e-4, atol=1e-7)


def torch_rates(make, steps: int) -> list[float]:
    """The rates of a schedule of torch."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize("start", [0.3, 0.5])
def test_one_cycle_is_that_of_torch(start: float) -> None:
    expected = torch_rates(lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 0.2, 50, pct_start=start), 49)
    ours = OneCycle(0.2, 50, pct_start=start)
    np.testing.assert_allclose([ours(t) for t in range(49)], expected)
    assert ours(49) == ours(1000) == pytest.approx(0.2 / 25 / 1e4)


def test_linear_warmup_is_that_of_torch() -> None:
    expected = torch_rates(lambda o: torch.optim.lr_scheduler.LinearLR(o, 0.25, 1.0, total_iters=8), 20)
    ours = LinearWarmup(8, 0.1, start=0.025)
    np.testing.assert_allclose([ours(t) for t in range(20)], expected)


@pytest.mark.parametrize("ours", [*AS_KERAS, OneCycle(0.2, 50)], ids=repr)
def test_a_warmup_rises_to_where_another_schedule_begins(ours: schedules.Schedule) -> None:
    warm = LinearWarmup(10, ours)
    assert [warm(t) for t in range(10)] == pytest.approx([ours(0) * t / 10 for t in range(10)])
    assert [warm(t) for t in range(10, 70)] == [ours(t) for t in range(60)]


@pytest.mark.parametrize("text", [
    "CosineDecay(0.1, 1000)",
    "LinearWarmup(100, 'CosineDecay(0.1, 1000)')",
    "LinearWarmup(5, \"LinearWarmup(3, 'CosineDecay(0.1, 1000)')\")",
    "PiecewiseConstantDecay([3, 10], [0.5, 0.2, 0.1])",
])  # fmt: skip
def test_a_text_stands_for_a_schedule_and_its_repr_for_the_same(text: str) -> None:
    found = schedules.get(text)
    again = schedules.get(repr(found))
    assert repr(again) == repr(found) == repr(eval(repr(found), vars(schedules)))
    assert [again(t) for t in range(200)] == [found(t) for t in range(200)]


@pytest.mark.parametrize("given", [CosineDecay(0.1, 20), "CosineDecay(0.1, 20)", lambda t: CosineDecay(0.1, 20)(t)])
def test_the_learning_rate_may_be_a_schedule_its_text_or_a_function(given, rng) -> None:
    optimizer = SGD(given)
    assert [optimizer.rate(t) for t in range(30)] == [CosineDecay(0.1, 20)(t) for t in range(30)]
    w, g = torch.zeros(3), torch.ones(3)
    for t in range(5):
        optimizer.update(w, g, {}, t)
    assert w.tolist() == pytest.approx([-sum(CosineDecay(0.1, 20)(t) for t in range(5))] * 3)


def test_decay_divides_the_rates_of_a_schedule_too() -> None:
    assert SGD("CosineDecay(0.1, 20)", decay=0.5).rate(4) == pytest.approx(CosineDecay(0.1, 20)(4) / 3)


def test_a_number_in_a_text_is_a_number() -> None:
    assert SGD("0.05").learning_rate == 0.05


@pytest.mark.parametrize(("given", "message"), [
    (-1, r"SGD\(learning_rate=-1\): learning_rate takes a number above 0, a schedule"),
    (0, r"SGD\(learning_rate=0\): learning_rate takes a number above 0"),
    ([0.1], r"SGD\(learning_rate=\[0.1\]\): learning_rate takes a number above 0, a schedule"),
    (lambda: 0.1, "takes a function of the number of updates alone, such as .*, but <lambda> takes "),
    (lambda t, epoch: 0.1, "takes a function of the number of updates alone"),
    ("CosinDecay(0.1, 10)", r"schedule 'CosinDecay\(0.1, 10\)' is not known; did you mean 'CosineDecay'\?"),
    ("CosineDecay(0.1)", r"CosineDecay needs decay_steps: updates of the way down"),
    ("PiecewiseConstantDecay([3, 10], [0.5, 0.2])", "needs rising boundaries and one value more than those"),
    ("PiecewiseConstantDecay([10, 3], [0.5, 0.2, 0.1])", "needs rising boundaries and one value more than those"),
])  # fmt: skip
def test_what_is_no_rate_is_refused_with_a_sentence(given, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        SGD(given)


def test_a_function_that_gives_no_number_is_told_so() -> None:
    with pytest.raises(TypeError, match="<lambda> gives 'x' as the learning rate of update 3; let it give a number"):
        SGD(lambda t: "x").rate(3)


@pytest.fixture
def known() -> Iterator[None]:
    """The schedules are afterwards those that there were."""
    before = dict(schedules.SCHEDULES)
    yield
    schedules.SCHEDULES.clear()
    schedules.SCHEDULES.update(before)
    schedules.read.cache_clear()


@pytest.mark.parametrize("text", ["Falling()", "Falling(start=0.2)"])
def test_a_schedule_of_one_s_own_trains_and_is_kept(text: str, known: None, blobs, tmp_path) -> None:
    class Falling(Schedule):
        """r = start / (1 + t)."""

        start: float = 0.1

        def __call__(self, updates: int) -> float:
            return self.start / (1 + updates)

    model = Sequential([Dense(20, 2)])
    model.compile(SGD(eval(text, {"Falling": Falling})), "mse")
    model.fit(blobs.X, blobs.Y, verbose=0)
    model.save(tmp_path / "a.h5")
    optimizer = kit.load(tmp_path / "a.h5").optimizer
    assert optimizer.learning_rate == text
    assert optimizer.rate(3) == model.optimizer.rate(3) == (0.2 if "0.2" in text else 0.1) / 4


def test_a_schedule_that_is_defined_again_is_the_new_one(known: None) -> None:
    for number in (0.1, 0.2):
        type("Flat", (Schedule,), {"__call__": lambda self, updates, number=number: number})
        assert SGD("Flat()").rate(0) == number


def test_a_schedule_with_a_constructor_or_the_name_of_the_kit_s_is_refused() -> None:
    with pytest.raises(TypeError, match="defines __init__; declare its arguments as annotated fields"):
        type("Own", (Schedule,), {"__init__": lambda self: None})
    with pytest.raises(TypeError, match="the kit has a schedule CosineDecay already"):
        type("CosineDecay", (Schedule,), {})


def halving(updates: int) -> float:
    """A user's own schedule."""
    return 0.1 / 2 ** (updates // 10)


@pytest.mark.parametrize("rate", [LinearWarmup(5, CosineDecay(0.1, 20)), halving])
def test_a_training_under_a_schedule_is_saved_and_gone_on_with(rate, blobs, tmp_path) -> None:
    def trained(path=None) -> kit.Sequential:
        model = Sequential([Dense(20, 2)])
        model.set_weights([w * 0 for w in model.get_weights()])
        model.compile(Adam(rate), "mse")
        model.fit(blobs.X, blobs.Y, epochs=2, shuffle=False, verbose=0)
        if path:
            model.save(path)
            model = kit.load(path, {"halving": halving})
        model.fit(blobs.X, blobs.Y, epochs=3, shuffle=False, verbose=0)
        return model

    whole, resumed = trained(), trained(tmp_path / "model.h5")
    np.testing.assert_array_equal(whole.get_weights()[0], resumed.get_weights()[0])
    assert resumed.optimizer.rate(15) == whole.optimizer.rate(15) != whole.optimizer.rate(0)


def test_a_run_can_be_given_a_number_or_another_schedule(blobs, until) -> None:
    model = Sequential([Dense(20, 2)])
    model.compile(SGD("CosineDecay(0.1, 1000)"), "mse")
    run = model.fit(blobs.X, blobs.Y, epochs=10**6, background=True)
    run.set(learning_rate=0.01)
    until(lambda: model.optimizer.rate(500) == 0.01)
    run.set(learning_rate="CosineDecay(0.2, 100)")
    until(lambda: model.optimizer.rate(0) == 0.2)
    run.set(learning_rate=halving)
    until(lambda: model.optimizer.rate(10) == 0.05)
    with pytest.raises(ValueError, match="learning_rate takes a number above 0"):
        run.set(learning_rate=-1)
    run.stop()
    run.wait()
    assert [text for _, text in run.history.marks] == [
        "learning_rate = 0.01",
        "learning_rate = CosineDecay(0.2, 100)",
        "learning_rate = halving",
    ]


def test_a_schedule_has_a_picture() -> None:
    picture = CosineDecay(0.1, 50).plot(60)
    (line,) = picture.figure.axes[0].lines
    np.testing.assert_array_equal(line.get_ydata(), [CosineDecay(0.1, 50)(t) for t in range(60)])
