"""Any mix of 2015's words and today's, by position or by name, is one call; what is declared can be said again."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.spelling import SYNONYMS, synonym
from tests.kit.api_of_2015 import LAYERS as CALLS
from tests.kit.api_of_2015 import OBJECTS, Call
from tests.kit.random_objects import LAYERS, NAMES, OPTIMIZERS, OTHERS, declared
from tests.kit.test_api_of_2015 import found

SPELLED = [call for call in [*CALLS, *OBJECTS] if call.arguments]
MANY = settings(
    max_examples=200, deadline=None, suppress_health_check=list(HealthCheck)
)  # a busy machine is no failure
FORMER = ("weights", "mode", "image_shape")


def today(word: str, cls: Any) -> str:
    """A word of 2015 in today's spelling, where it is but another word."""
    return synonym(word, cls.declaration) or word if word not in cls.declaration else word


@st.composite
def mixed(draw: Any, positions: bool = True) -> tuple[Call, list[Any], dict[str, Any], dict[str, Any]]:
    """A class, arguments by position and by name in either spelling, and all of them by the names of 2015."""
    call = draw(st.sampled_from(SPELLED))
    cls = found(call)
    items = [(word, value) for word, value in call.arguments.items() if word not in FORMER[1:]]
    count = draw(st.integers(0, items.index(("weights", None)) if ("weights", None) in items else call.needed))
    count = count if positions else 0
    sizes = 0 < count < len(cls.leading_sizes)  # then 2015's names of the other sizes say what the first ones are
    kept = [(i, item) for i, item in enumerate(items) if i < max(count, call.needed) or draw(st.booleans())]
    names: dict[str, Any] = {}
    for i, (word, value) in kept:
        if i >= count and word != "weights":
            plain = (sizes and word in cls.leading_sizes) or draw(st.booleans())
            names[word if plain else today(word, cls)] = value
    order = draw(st.permutations(list(names)))
    expected = {word: value for _, (word, value) in kept if word != "weights"}
    return call, [value for _, value in items[:count]], {name: names[name] for name in order}, expected


@MANY
@given(mixed())
def test_any_mix_of_words_and_positions_makes_the_same(drawn) -> None:
    call, places, names, expected = drawn
    assert repr(found(call)(*places, **names)) == repr(found(call)(**expected))


def refusal(make: Any) -> tuple[type, str] | None:
    """The error that a call raises."""
    try:
        make()
    except (TypeError, ValueError) as error:
        return type(error), str(error)
    return None


@MANY
@given(mixed(positions=False), st.data())
def test_a_value_that_cannot_be_is_the_same_error_in_either_spelling(drawn, data) -> None:
    call, _, names, expected = drawn
    if not names:
        return
    cls = found(call)
    wrong = data.draw(st.sampled_from(list(expected)))
    said = wrong if wrong in names else today(wrong, cls)
    value = data.draw(st.sampled_from([object(), "no such name", -7, [[]]]))
    first = refusal(lambda: cls(**{**names, said: value}))
    second = refusal(lambda: cls(**{**expected, wrong: value}))
    assert first == second


@MANY
@given(mixed(positions=False), st.data())
def test_a_word_said_in_both_spellings_is_refused(drawn, data) -> None:
    call, _, _, expected = drawn
    cls = found(call)
    twice = [word for word in expected if word in SYNONYMS and today(word, cls) != word]
    if twice:
        word = data.draw(st.sampled_from(twice))
        error = refusal(lambda: cls(**{**expected, today(word, cls): expected[word]}))
        assert error is not None
        assert error[0] is TypeError
        assert "twice" in error[1]


@MANY
@given(declared([*LAYERS, *OPTIMIZERS, *OTHERS]))
def test_what_is_declared_is_made_again_from_its_repr_and_from_its_config_as_json(thing) -> None:
    for again in (eval(repr(thing), dict(NAMES)), type(thing)(**json.loads(json.dumps(thing.get_config())))):
        assert type(again) is type(thing)
        assert repr(again) == repr(thing)
        assert again.get_config() == thing.get_config()
        assert again.settings().keys() == thing.settings().keys()
