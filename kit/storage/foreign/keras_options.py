"""The options of Keras's layers as the fields of ours: activations, initializers, penalties, limits and numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kit.activations import ACTIVATIONS
from kit.constraints import CONSTRAINTS
from kit.initializations import INITIALIZATIONS
from kit.layers.layer import Layer
from kit.storage.foreign.keras_layers import Known, snake_case

Config = Mapping[str, Any]

WITHOUT_EFFECT = {  # options that change no output here
    "name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_shape", "input_dtype", "build_config",
    "seed", "implementation", "unroll", "time_major", "use_cudnn", "data_format", "input_length", "fused",
    "flash_attention", "synchronized", "autocast", "renorm_momentum", "supports_masking", "zero_output_for_mask",
    "kernel_size_is_static", "batch_size", "sparse_input", "_keras_history",
}  # fmt: skip
NEUTRAL: dict[str, tuple[Any, ...]] = {  # options that are not known here: with these values they do nothing
    "activity_regularizer": (None,),
    "noise_shape": (None,),
    "dilation_rate": (1, [1], [1, 1], [1, 1, 1]),
    "groups": (1,),
    "output_padding": (None,),
    "output_shape": (None,),
    "use_gate": (False,),
    "sliding_window": (None,),
    "rms_scaling": (False,),
    "renorm": (False,),
    "renorm_clipping": (None,),
    "virtual_batch_size": (None,),
    "adjustment": (None,),
    "sparse": (False,),
    "ragged": (False,),
    "lora_rank": (None,),
    "lora_alpha": (None,),
    "quantization_config": (None,),
    "weights": (None,),
    "keepdims": (False,),
    "dot_type": (None,),
    "attention_axes": (None, 1, [1]),
    "reset_after": (False,),
    "activation": ("linear", None),
}
LIMITS: dict[str, tuple[str, dict[str, str]]] = {  # constraints: what they are called here, and their settings
    "MaxNorm": ("maxnorm", {"max_value": "m"}),
    "NonNeg": ("nonneg", {}),
    "UnitNorm": ("unitnorm", {}),
    "MinMaxNorm": ("min_max_norm", {word: word for word in ("min_value", "max_value", "rate")}),
}
ALONG_AN_AXIS = ("softmax", "log_softmax")  # activations that have the axis as a setting
OF_ALL = ("glu", "sparsemax")  # those along the last axis that have none
KERAS_3_HARD_SIGMOID = f"hard_sigmoid({1 / 6!r})"


class Obstacle(ValueError):
    """Something of a file that cannot be said here."""


def fields(cls: type[Layer], known: Known | None, config: Config, version: int, custom: Mapping[str, Any]) -> Config:
    """The fields of a layer here for the options of Keras's. version: of Keras, 2 or 3.

    Raises Obstacle that names every option which cannot be said.
    """
    words: dict[str, str] = dict(known.words if known else ())
    found: dict[str, Any] = {}
    problems: list[str] = []
    for option, value in config.items():
        field = words.get(option, option)
        try:
            if option == "trainable":
                found[option] = value is not False
            elif field in cls.declaration and option not in WITHOUT_EFFECT:
                found[field] = said(field, value, version, custom, known, cls)
                if found[field] == "linear" and cls.declaration[field].default is None:
                    found[field] = None
            elif not without_effect(option, value):
                raise Obstacle(f"{option}={value!r:.100} is not known here")
        except Obstacle as error:
            problems.append(str(error))
    if problems:
        raise Obstacle("; ".join(problems))
    return {field: value for field, value in found.items() if value is not MEANT_BY_DEFAULT}


MEANT_BY_DEFAULT: Any = object()  # a value that is left out


def without_effect(option: str, value: Any) -> bool:
    """Whether an option that no field stands for changes nothing."""
    if option in WITHOUT_EFFECT or option.endswith("_initializer"):
        return True
    if option.endswith(("_regularizer", "_constraint")):
        return value is None
    return any(value == neutral and type(value) is type(neutral) for neutral in NEUTRAL.get(option, ()))


def said(field: str, value: Any, version: int, custom: Mapping[str, Any], known: Known | None, cls: type[Layer]) -> Any:
    """One option's value as it is said here."""
    if field.endswith("activation"):
        return activation(value, version, custom)
    if field.endswith("_initializer"):
        return initializer(value, custom)
    if field.endswith("_regularizer"):
        return regularizer(value, custom)
    if field.endswith("_constraint"):
        return constraint(value, custom, known, f"{cls.__name__}.{field}")
    if isinstance(value, Mapping):
        raise Obstacle(f"{field}={value!r:.100} is not known here")
    return value


def class_and_config(value: Any) -> tuple[str, Config]:
    """What an object in a config is called, and its options: ("L2", {"l2": 0.01}), ("relu", {})."""
    if isinstance(value, str):
        return value, {}
    if isinstance(value, Mapping):
        name, config = value.get("class_name"), value.get("config")
        if name == "function" and isinstance(config, str):  # a function in the configs of Keras 3
            name, config = config, {}
        if isinstance(name, str) and (config is None or isinstance(config, Mapping)):
            return name if of_keras(value) else f"{value['module']}>{name}", config or {}
    raise Obstacle(f"{value!r:.100} is not known here")


def of_keras(value: Config) -> bool:
    """Whether an object in a config is said to be of Keras; what it says is compared, and nothing is imported."""
    module = value.get("module")
    return module is None or module == "builtins" or str(module).split(".")[0] in ("keras", "tensorflow", "tf_keras")


def own(name: str, custom: Mapping[str, Any]) -> str | None:
    """A name the caller gives an object for."""
    short = name.rpartition(">")[2]
    return next((each for each in (name, short) if each in custom), None)


def activation(value: Any, version: int, custom: Mapping[str, Any]) -> Any:
    """An activation's name here."""
    if value is None:
        return None
    name, settings = class_and_config(value)
    if mine := own(name, custom):
        return mine
    name = {"softmax_v2": "softmax"}.get(name, name)
    if name not in ACTIVATIONS or settings:
        raise Obstacle(f"the activation {name!r:.80} is not known here; pass it in custom_objects={{{name!r:.80}: it}}")
    return KERAS_3_HARD_SIGMOID if name == "hard_sigmoid" and version >= 3 else name


def along(activation: str, axis: int) -> str:
    """The same activation where the axis it goes along, the last in Keras, is another here."""
    if axis == -1 or activation not in ALONG_AN_AXIS + OF_ALL:
        return activation
    if activation in OF_ALL:
        raise Obstacle(f"the activation {activation!r} goes along the last axis, which Keras has elsewhere")
    return f"{activation}({axis})"


def initializer(value: Any, custom: Mapping[str, Any]) -> Any:
    """An initializer's name here; the default where it is not known, since the weights are read from the file."""
    if value is None:
        return MEANT_BY_DEFAULT
    name, _ = class_and_config(value)
    known = own(name, custom) or snake_case(name)
    return known if known in INITIALIZATIONS or known in custom else MEANT_BY_DEFAULT


def regularizer(value: Any, custom: Mapping[str, Any]) -> Any:
    """A regularizer as the call that makes it here."""
    if value is None:
        return None
    name, config = class_and_config(value)
    if mine := own(name, custom):
        return mine
    weights = [number(config.get(kind) or 0) for kind in ("l1", "l2")]
    if name.lower() in ("l1", "l2", "l1l2", "l1_l2") and not set(config) - {"l1", "l2", "name"} and config:
        return f"l1l2({weights[0]!r}, {weights[1]!r})" if all(weights) else one_of(weights)
    raise Obstacle(f"the regularizer {name!r:.80} is not known here; pass it in custom_objects={{{name!r:.80}: it}}")


def one_of(weights: list[float]) -> str | None:
    """The call of the one regularizer that has a weight; none where none has."""
    return next((f"{kind}({weight!r})" for kind, weight in zip(("l1", "l2"), weights, strict=True) if weight), None)


def constraint(value: Any, custom: Mapping[str, Any], known: Known | None, place: str) -> Any:
    """A constraint as the call that makes it here. place: the class and the field, "Dense.kernel_constraint"."""
    if value is None:
        return None
    name, config = class_and_config(value)
    if mine := own(name, custom):
        return mine
    here, words = LIMITS.get(name, ("", {}))
    settings: dict[str, Any] = {words[option]: number(value) for option, value in config.items() if option in words}
    if name != "NonNeg":
        settings["axis"] = axes_here(config.get("axis", 0), known, place)
    if not here or set(config) - set(words) - {"axis", "name"} or settings.get("axis", 0) is None:
        raise Obstacle(
            f"the constraint {name!r:.80} with {dict(config)!r:.100} is not known here; pass it in custom_objects"
        )
    try:
        return repr(CONSTRAINTS[here](**settings)).removesuffix("()")
    except (ValueError, TypeError) as error:
        raise Obstacle(str(error)) from None


def axes_here(axis: Any, known: Known | None, place: str) -> Any:
    """The axes of a weight here for those of Keras; None where there are no such."""
    layer, _, field = place.partition(".")
    axes = axis if isinstance(axis, list) else [axis]
    if not all(type(each) is int for each in axes) or layer == "MultiHeadAttention" or field == "alpha_constraint":
        return None
    if known is None or known.kind != "image" or field == "bias_constraint":
        return axis
    window = int(re.findall(r"(\d)D", layer)[0])
    turned = [*range(2, window + 2), 1, 0]  # from (*window, in, out) to (out, in, *window)
    if not all(-window - 2 <= each < window + 2 for each in axes):
        return None
    if field == "depthwise_constraint" and not all(0 <= each < window for each in axes):
        return None  # the two others are one axis here
    return sorted(turned[each] for each in axes)


def number(value: Any) -> float:
    """A plain number. Obstacle for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Obstacle(f"{value!r:.80} is no number")
    return float(value)


def decoded(value: Any, level: int = 0) -> Any:
    """A config with the tuples and arrays that Keras marks in JSON as plain lists and numbers.

    Raises Obstacle where it is nested too deeply.
    """
    if level > 60:
        raise Obstacle("its config is nested too deeply")
    if isinstance(value, list):
        return [decoded(item, level + 1) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") in ("__tuple__", "TensorShape") and isinstance(value.get("items"), list):
        return decoded(value["items"], level + 1)
    if value.get("type") == "ndarray" and isinstance(value.get("value"), int | float):
        return value["value"]
    return {key: decoded(item, level + 1) for key, item in value.items()}
