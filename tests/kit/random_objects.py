"""Random objects of declared classes, field by field, as each field's kind says."""

from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from kit import CATALOG, constraints, layers, optimizers, regularizers
from kit.fields import MISSING, Field

NAMES = {**vars(layers), **vars(optimizers), **vars(regularizers), **vars(constraints)}  # for eval
LAYERS = [cls for name, cls in CATALOG.items() if cls.__module__.startswith("kit.") and name != "Lambda"]
OPTIMIZERS = [optimizers.SGD, optimizers.RMSprop, optimizers.Adam, optimizers.Adagrad, optimizers.Adadelta]
OTHERS = [regularizers.l1, regularizers.l2, regularizers.l1l2, constraints.maxnorm]


def values(field: Field) -> st.SearchStrategy[Any]:
    """What a field takes."""
    kind = field.kind
    low = 0 if kind.minimum is None else kind.minimum
    found: dict[str, st.SearchStrategy[Any]] = {
        "integer": st.integers(-3 if kind.minimum is None else int(low), 6),
        "fraction": st.floats(0, 1),
        "number": st.floats(low, 9 if kind.maximum is None else kind.maximum),
        "flag": st.booleans(),
        "text": st.text(max_size=6),
        "sizes": st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple) | st.integers(1, 5),
        "suggest": st.floats(0.001, 1) | st.just("CosineDecay(0.1, 100)"),  # of a learning rate
        "layer": st.builds(layers.Dense, st.integers(1, 5)) | st.just(layers.LSTM(3)),
    }
    offered = st.sampled_from(kind.choices) if kind.choices else found[kind.control]
    return (offered if field.default is not None else st.none() | offered).filter(field.fits)


@st.composite
def declared(draw: Any, classes: list[type]) -> Any:
    """An object of one of the classes: what must be given and some of the rest is drawn."""
    cls: Any = draw(st.sampled_from(classes))
    words = {
        name: draw(values(field))
        for name, field in cls.declaration.items()
        if field.default is MISSING or draw(st.booleans())
    }
    try:
        return cls(**words)
    except ValueError:  # fields that do not go together
        reject()
