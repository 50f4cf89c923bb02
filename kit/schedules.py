"""Schedules: the learning rate as a function of how many updates came before (0 at the first)."""

import functools
import inspect
import math
import numbers
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from kit.declared import Declared
from kit.fields import Fraction, Kind, NonNegative, Positive, Size, named, real, whole
from kit.names import name_of, resolve

if TYPE_CHECKING:
    from kit.plotting import Picture

SCHEDULES: dict[str, type["Schedule"]] = {}  # each enters it by being defined
EXAMPLES = ("CosineDecay(0.01, 1000)", "ExponentialDecay(0.01, 1000, 0.5)", "OneCycle(0.01, 1000)")


def rate_kind() -> Kind:
    """A number above 0, a schedule or its text, or a function of the number of updates."""
    number, schedule = real(above=0.0), named(SCHEDULES, "schedule")

    def convert(value: Any) -> Any:
        try:
            return number.convert(float(value) if isinstance(value, str) else value)
        except (TypeError, ValueError):
            if isinstance(value, numbers.Real) or not (isinstance(value, str) or callable(value)):
                wanted = (
                    "learning_rate takes a number above 0, a schedule such as 'CosineDecay(0.1, 1000)', or a function"
                )
                raise ValueError(wanted) from None
            refuse_without_updates(value)
            return schedule.convert(value)

    return Kind("suggest", "a number above 0, a schedule or a function", convert, choices=EXAMPLES)


def refuse_without_updates(rate: Any) -> None:
    """Raises TypeError where a function cannot be called with the number of updates alone."""
    if isinstance(rate, (str, type, Schedule)):
        return
    try:
        signature = inspect.signature(rate)
    except (TypeError, ValueError):  # made in C, it does not tell
        return
    try:
        signature.bind(0)
    except TypeError:
        raise TypeError(
            "learning_rate takes a function of the number of updates alone, such as lambda t: 0.1 / (1 + t), but "
            f"{name_of(rate)} takes {signature}"
        ) from None


Rate = Annotated[float | str | Callable[[int], float], rate_kind()]


@functools.lru_cache
def read(text: str) -> Callable[[int], float]:
    """The schedule of a text; read once, asked before each update."""
    return resolve(text, SCHEDULES, "schedule")


class Schedule(Declared):
    """Called with the number of updates t, gives the learning rate r.

    One of your own declares its arguments as annotated fields; files and code know it by its name.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            raise TypeError(
                f"{cls.__name__} defines __init__; declare its arguments as annotated fields instead, for example "
                "`start: float = 0.1`, and the constructor is made from them"
            )
        held = SCHEDULES.get(cls.__name__)
        if held is not None and held.__module__ == __name__ != cls.__module__:
            raise TypeError(f"the kit has a schedule {cls.__name__} already; give yours another name")
        SCHEDULES[cls.__name__] = cls
        read.cache_clear()

    def __call__(self, updates: int) -> float:
        raise NotImplementedError

    def plot(self, steps: int) -> "Picture":
        """A picture of the rates of the first so many updates."""
        from kit.plotting import rates

        return rates(self, steps)


class ExponentialDecay(Schedule):
    """r = initial_learning_rate decay_rate^(t / decay_steps).

    initial_learning_rate: the rate of the first update.
    decay_steps: updates in which it falls by the factor decay_rate.
    decay_rate: the factor.
    staircase: whether it falls only at each whole decay_steps.
    """

    initial_learning_rate: Positive
    decay_steps: Size
    decay_rate: Positive
    staircase: bool = False

    def __call__(self, updates: int) -> float:
        return self.initial_learning_rate * self.decay_rate ** progress(updates, self.decay_steps, self.staircase)


class InverseTimeDecay(Schedule):
    """r = initial_learning_rate / (1 + decay_rate t / decay_steps).

    initial_learning_rate: the rate of the first update.
    decay_steps: the unit of time, in updates.
    decay_rate: how fast it falls.
    staircase: whether it falls only at each whole decay_steps.
    """

    initial_learning_rate: Positive
    decay_steps: Size
    decay_rate: NonNegative
    staircase: bool = False

    def __call__(self, updates: int) -> float:
        return self.initial_learning_rate / (1 + self.decay_rate * progress(updates, self.decay_steps, self.staircase))


def progress(updates: int, steps: int, staircase: bool) -> float:
    """updates / steps; the whole part of it where it goes by steps."""
    return updates // steps if staircase else updates / steps


def real_numbers() -> Kind:
    """A tuple of numbers of 0 or more."""
    one = real(0.0).convert
    return Kind("text", "a list of numbers of 0 or more", lambda values: tuple(one(value) for value in values))


class PiecewiseConstantDecay(Schedule):
    """r = values[i], i the number of boundaries that are less than t.

    boundaries: numbers of updates, rising.
    values: the rates, one more than boundaries.
    """

    boundaries: tuple[int, ...]
    values: Annotated[tuple[float, ...], real_numbers()]

    def validate(self) -> None:
        if len(self.values) != len(self.boundaries) + 1 or list(self.boundaries) != sorted(self.boundaries):
            raise ValueError(
                f"{self!r} needs rising boundaries and one value more than those; "
                f"it has {len(self.boundaries)} and {len(self.values)}"
            )

    def __call__(self, updates: int) -> float:
        return self.values[sum(boundary < updates for boundary in self.boundaries)]


class PolynomialDecay(Schedule):
    """r = end + (initial_learning_rate - end) (1 - t / decay_steps)^power, and end from decay_steps on.

    initial_learning_rate: the rate of the first update.
    decay_steps: updates until the end is reached.
    end_learning_rate: the rate from there on.
    power: 1 is a straight line.
    cycle: whether it begins anew each time the end is reached, over 2, 3, ... decay_steps.
    """

    initial_learning_rate: Positive
    decay_steps: Size
    end_learning_rate: NonNegative = 0.0001
    power: Positive = 1.0
    cycle: bool = False

    def __call__(self, updates: int) -> float:
        steps = self.decay_steps * (max(1, math.ceil(updates / self.decay_steps)) if self.cycle else 1)
        left = 1 - min(updates, steps) / steps
        return self.end_learning_rate + (self.initial_learning_rate - self.end_learning_rate) * left**self.power


class CosineDecay(Schedule):
    """r = from its start to alpha of it along half a cosine, in decay_steps updates (Loshchilov & Hutter 2016).

    initial_learning_rate: the rate of the first update.
    decay_steps: updates of the way down.
    alpha: what is left at the end, as a fraction of the start.
    warmup_target: the rate to rise to, in a straight line, before the way down begins there.
    warmup_steps: updates of the rise.
    """

    initial_learning_rate: NonNegative
    decay_steps: Size
    alpha: NonNegative = 0.0
    warmup_target: Positive | None = None
    warmup_steps: Annotated[int, whole(0)] = 0

    def __call__(self, updates: int) -> float:
        start, top = self.initial_learning_rate, self.warmup_target
        if top is None:
            return start * fallen(updates / self.decay_steps, self.alpha)
        if updates < self.warmup_steps:
            return start + (top - start) * updates / self.warmup_steps
        return top * fallen((updates - self.warmup_steps) / self.decay_steps, self.alpha)


def fallen(part: float, alpha: float) -> float:
    """What is left of 1 after part of the way down to alpha along half a cosine."""
    return alpha + (1 - alpha) * (1 + math.cos(math.pi * min(part, 1.0))) / 2


class CosineDecayRestarts(Schedule):
    """r = along half a cosine to alpha of its start, again and again (Loshchilov & Hutter 2016).

    initial_learning_rate: the rate of the first update.
    first_decay_steps: updates of the first way down.
    t_mul: how many times longer each way is than the one before.
    m_mul: how many times higher each starts.
    alpha: what is left at the end of each, as a fraction of the first start.
    """

    initial_learning_rate: Positive
    first_decay_steps: Size
    t_mul: Annotated[float, real(1.0)] = 2.0
    m_mul: Positive = 1.0
    alpha: NonNegative = 0.0

    def __call__(self, updates: int) -> float:
        restarts, left, length = 0, float(updates), float(self.first_decay_steps)
        if self.t_mul == 1:
            restarts, left = divmod(updates, self.first_decay_steps)
        while left >= length:
            restarts, left, length = restarts + 1, left - length, length * self.t_mul
        height = self.m_mul**restarts * fallen(left / length, 0.0)
        return self.initial_learning_rate * (self.alpha + (1 - self.alpha) * height)


class LinearWarmup(Schedule):
    """r rises from start in a straight line, in warmup_steps updates, to where another schedule begins.

    warmup_steps: updates of the rise.
    learning_rate: the rate from there on; or a schedule, which begins there.
    start: the rate of the first update.
    """

    warmup_steps: Size
    learning_rate: Rate
    start: NonNegative = 0.0

    def __call__(self, updates: int) -> float:
        if updates >= self.warmup_steps:
            return rate_at(self.learning_rate, updates - self.warmup_steps)
        return self.start + (rate_at(self.learning_rate, 0) - self.start) * updates / self.warmup_steps


class OneCycle(Schedule):
    """r = along half a cosine from maximum / div_factor up to the maximum, then down to almost nothing.

    (Smith & Topin 2017.)

    max_learning_rate: the maximum.
    total_steps: updates of the whole cycle.
    pct_start: fraction of them that goes up.
    div_factor: how many times lower the first rate is.
    final_div_factor: how many times lower than that the last one is.
    """

    max_learning_rate: Positive
    total_steps: Size
    pct_start: Fraction = 0.3
    div_factor: Positive = 25.0
    final_div_factor: Positive = 1e4

    def __call__(self, updates: int) -> float:
        first, top = self.max_learning_rate / self.div_factor, self.max_learning_rate
        turn, end = self.pct_start * self.total_steps - 1, self.total_steps - 1
        if updates < turn:
            return top + (first - top) * fallen(updates / turn, 0.0)
        last = first / self.final_div_factor
        return last + (top - last) * fallen((updates - turn) / max(end - turn, 1), 0.0)


def get(schedule: str | Callable[[int], float]) -> Callable[[int], float]:
    """The schedule that a text such as "CosineDecay(0.1, 1000)" stands for; a function stands for itself."""
    return read(schedule) if isinstance(schedule, str) else resolve(schedule, SCHEDULES, "schedule")


def rate_at(learning_rate: Any, updates: int) -> float:
    """The rate after so many updates, of a number, a schedule or its text, or a function."""
    if isinstance(learning_rate, float):
        return learning_rate
    return as_rate(get(learning_rate)(updates), learning_rate, f"update {updates}")


def as_rate(found: Any, giver: Any, moment: str) -> float:
    """The learning rate that something gave, as a number. TypeError where it is none."""
    try:
        return float(found)
    except (TypeError, ValueError):
        said = f"{name_of(giver)} gives {found!r:.60} as the learning rate of {moment}"
        raise TypeError(f"{said}; let it give a number") from None
