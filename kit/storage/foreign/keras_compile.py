"""How a model of Keras was compiled, as far as it can be said here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kit.metrics import METRICS
from kit.models import Model
from kit.objectives import OBJECTIVES
from kit.optimizers import OPTIMIZERS
from kit.storage.foreign.keras_layers import snake_case
from kit.storage.foreign.keras_options import Config, Obstacle, class_and_config, own

WITHOUT_EFFECT = {"name", "dtype", "is_legacy_optimizer", "jit_compile", "loss_scale_factor", "ema_momentum", "fn"}
NEUTRAL: dict[str, tuple[Any, ...]] = {
    "use_ema": (False, None),
    "ema_overwrite_frequency": (None, 100),
    "global_clipnorm": (None,),
    "gradient_accumulation_steps": (None,),
    "reduction": ("sum_over_batch_size", "auto", None),
    "axis": (-1,),
    "ignore_class": (None,),
    "momentum": (0, 0.0),
    "centered": (False,),
    "initial_accumulator_value": (0.1,),
}
OLD_WORDS = {"lr": "learning_rate"}


def compile_as(model: Model, config: Any, custom: Mapping[str, Any]) -> list[str]:
    """Compiles a model as Keras had it, or leaves it uncompiled; what could not be taken over, in sentences."""
    if not isinstance(config, Mapping) or not config.get("loss"):
        return ["left uncompiled: the file does not say how it was compiled"]
    notes: list[str] = []
    try:
        optimizer = optimizer_of(config.get("optimizer_config") or config.get("optimizer"))
        loss = called(config["loss"], OBJECTIVES, custom)
        metrics = [metric for each in metrics_of(config.get("metrics")) if (metric := known(each, custom, notes))]
        model.compile(optimizer, loss, metrics)
    except (ValueError, TypeError) as error:
        return [f"left uncompiled: {error}"]
    return notes


def optimizer_of(value: Any) -> Any:
    """The optimizer of a config. Raises Obstacle where it cannot be said here."""
    name, config = class_and_config(value)
    cls = OPTIMIZERS.get(name.lower())
    if cls is None:
        raise Obstacle(f"the optimizer {name!r:.80} is not known here")
    words = {OLD_WORDS.get(word, word): value for word, value in config.items()}
    settings = {word: value for word, value in words.items() if word in cls.declaration and value is not None}
    loud = [
        f"{word}={value!r:.60}"
        for word, value in words.items()
        if word not in cls.declaration and word not in WITHOUT_EFFECT and not neutral(word, value)
    ]
    if loud or any(isinstance(value, Mapping | list) for value in settings.values()):
        raise Obstacle(f"{name} with {', '.join(loud) or 'a schedule'} is not known here")
    return cls(**settings)


def neutral(word: str, value: Any) -> bool:
    """Whether an option has a value with which it does nothing."""
    return value is None or any(value == known for known in NEUTRAL.get(word, ()))


def called(value: Any, known: Mapping[str, Any], custom: Mapping[str, Any]) -> Any:
    """The name, with its settings, of a loss or a metric here. Raises Obstacle where there is none."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    name, config = class_and_config(value)
    if mine := own(name, custom):
        return custom[mine]
    here = next((each for each in (name, snake_case(name)) if each in known), None)
    if here is None:
        raise Obstacle(f"{name!r:.80} is not known here")
    settings = {
        word: value for word, value in config.items() if word not in WITHOUT_EFFECT and not neutral(word, value)
    }
    said = ", ".join(f"{word}={value!r}" for word, value in settings.items() if value is not False and value != 0)
    return f"{here}({said})" if said else here


def metrics_of(value: Any) -> list[Any]:
    """The metrics of a config, one after the other."""
    if value is None:
        return []
    if isinstance(value, Mapping) and "class_name" not in value:
        return [found for each in value.values() for found in metrics_of(each)]
    return [found for each in value for found in metrics_of(each)] if isinstance(value, list) else [value]


def known(value: Config | str, custom: Mapping[str, Any], notes: list[str]) -> Any:
    """A metric here; None, with a note, where there is none."""
    try:
        return called(value, {**OBJECTIVES, **METRICS}, custom)
    except Obstacle as obstacle:
        notes.append(f"a metric is left out: {obstacle}")
        return None
