"""How a model of Keras was compiled, as far as it can be said here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit.models import Model
from kit.optimizers import OPTIMIZERS
from kit.schedules import SCHEDULES
from kit.storage.foreign import keras_measures
from kit.storage.foreign.keras_options import Config, Obstacle, class_and_config

WITHOUT_EFFECT = {"name", "is_legacy_optimizer", "jit_compile", "loss_scale_factor", "ema_momentum"}
NEUTRAL: dict[str, tuple[Any, ...]] = {
    "use_ema": (False,),
    "ema_overwrite_frequency": (100,),
    "momentum": (0, 0.0),
    "centered": (False,),
    "initial_accumulator_value": (0.1,),
}
OLD_WORDS = {"lr": "learning_rate"}
TOGETHER = "clipnorm={!r:.40} clips the norm of all gradients together here, that of each in Keras; training may differ"


def compile_as(model: Model, config: Any, custom: Mapping[str, Any], names: Sequence[str], version: int) -> list[str]:
    """Compiles a model as Keras had it, or leaves it uncompiled; what could not be taken over, in sentences.

    names: what Keras calls the outputs. version: of Keras, 2 or 3.
    """
    if not isinstance(config, Mapping) or not config.get("loss"):
        return ["left uncompiled: the file does not say how it was compiled"]
    notes: list[str] = []
    widths = [shape[-1] for shape in model.output_shapes()]
    try:
        ends = Ends(names, model.module.output_names, widths, version, custom, notes)
        model.compile(
            optimizer_of(config.get("optimizer_config") or config.get("optimizer"), notes),
            ends.losses(config["loss"]),
            ends.metrics(config, "metrics"),
            weighted_metrics=ends.metrics(config, "weighted_metrics"),
            loss_weights=ends.weights(config.get("loss_weights")),
        )
    except (ValueError, TypeError) as error:
        return [f"left uncompiled: {error}"]
    return notes


def optimizer_of(value: Any, notes: list[str]) -> Any:
    """The optimizer of a config; notes: what is to be said of it. Raises Obstacle where it cannot be said here."""
    name, config = class_and_config(value)
    cls = OPTIMIZERS.get(name.lower())
    if cls is None:
        raise Obstacle(f"the optimizer {name!r:.80} is not known here")
    words = {OLD_WORDS.get(word, word): value for word, value in config.items() if value is not None}
    if words.get("clipnorm"):
        notes.append(TOGETHER.format(words["clipnorm"]))
    elif limit := words.pop("global_clipnorm", None):
        words["clipnorm"] = limit
    if isinstance(words.get("learning_rate"), Mapping):
        words["learning_rate"] = schedule_of(words["learning_rate"], name)
    settings = {word: value for word, value in words.items() if word in cls.declaration}
    rest = {word: value for word, value in words.items() if word not in settings and word not in WITHOUT_EFFECT}
    loud = [f"{word}={value!r:.60}" for word, value in rest.items() if value not in NEUTRAL.get(word, ())]
    loud += [f"{word}={value!r:.60}" for word, value in settings.items() if isinstance(value, Mapping | list)]
    if loud:
        raise Obstacle(f"{name} with {', '.join(loud)} is not known here")
    return cls(**settings)


def schedule_of(value: Config, optimizer: str) -> Any:
    """The learning rate's schedule of a config. Raises Obstacle where there is none such here."""
    name, config = class_and_config(value)
    if name not in SCHEDULES:
        raise Obstacle(f"{optimizer} with the schedule {name!r:.80} is not known here")
    return SCHEDULES[name](**{word: whole(setting) for word, setting in config.items() if word != "name"})


def whole(value: Any) -> Any:
    """1000 for 1000.0, as numbers of steps may be written; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True)
class Ends:
    """What was asked of each output.

    theirs: the outputs' names in Keras. ours: those here. widths: their last axes. version: of Keras, 2 or 3.
    notes: what is left out.
    """

    theirs: Sequence[str]
    ours: Sequence[str]
    widths: Sequence[int]
    version: int
    custom: Mapping[str, Any]
    notes: list[str]

    def losses(self, given: Any) -> Any:
        """The loss here; of several outputs the losses by name."""
        losses = self.each(given, "loss")
        lost = [name for name, loss in zip(self.theirs, losses, strict=True) if loss is None]
        if lost:
            raise Obstacle(f"the output {lost[0]!r:.80} has no loss")
        return self.named([keras_measures.loss(loss, self.custom) for loss in losses])

    def weights(self, given: Any) -> Any:
        """The weights of several losses by name."""
        if given is None:
            return None
        weights = self.each(given, "loss_weights")
        if len(weights) > 1:
            return self.named(weights)
        if weights[0] not in (None, 1):
            self.notes.append(f"loss_weights={weights[0]!r:.40} is left out, since the model has one output")
        return None

    def metrics(self, config: Config, word: str) -> Any:
        """The metrics here; of several outputs those of each by name. word: "metrics" or "weighted_metrics"."""
        given = config.get(word)
        try:
            if len(self.ours) == 1:
                asked = [given]
            elif self.version < 3 and isinstance(given, list) and not any(isinstance(each, list) for each in given):
                asked = [given] * len(self.ours)  # Keras 3 has a metric for each output there
            else:
                asked = self.each(given, word)
        except Obstacle as obstacle:
            self.notes.append(f"the {word} are left out: {obstacle}")
            return None
        weighted = word == "weighted_metrics"
        found = [self.known(listed(each), width, weighted) for each, width in zip(asked, self.widths, strict=True)]
        return self.named(found) if any(found) else None

    def known(self, given: list[Any], width: int, weighted: bool) -> list[Any]:
        """The metrics that are known here; the others are noted."""
        found = []
        for each in given:
            try:
                found.append(keras_measures.metric(each, self.custom, width, weighted))
            except Obstacle as obstacle:
                self.notes.append(f"a metric is left out: {obstacle}")
        return found

    def each(self, given: Any, what: str) -> list[Any]:
        """What was given for each output: one for all, a list, or by name. Raises Obstacle where they do not suit."""
        count = len(self.theirs)
        if is_by_name(given):
            unknown = [name for name in given if name not in self.theirs]
            if unknown and count > 1:
                raise Obstacle(f"{what} for {unknown[0]!r:.80}, which is no output")
            return [given.get(name) for name in self.theirs] if count > 1 else list(given.values())[:1]
        if isinstance(given, list):
            if len(given) != count:
                raise Obstacle(f"{what} has {len(given)} entries for {count} outputs")
            return given
        return [given] * count

    def named(self, found: list[Any]) -> Any:
        """What was found for each output: by name where there are several."""
        return dict(zip(self.ours, found, strict=True)) if len(self.ours) > 1 else found[0]


def is_by_name(value: Any) -> bool:
    """Whether a value is a table by names, not one object."""
    return isinstance(value, Mapping) and "class_name" not in value


def listed(value: Any) -> list[Any]:
    """The metrics of a config, one after the other."""
    if is_by_name(value):
        value = list(value.values())
    if isinstance(value, list):
        return [found for each in value for found in listed(each)]
    return [] if value is None else [value]
