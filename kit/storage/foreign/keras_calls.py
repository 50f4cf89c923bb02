"""The calls of layers in a config of Keras, as either version writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kit.storage.foreign.keras_options import Obstacle

QUIET: dict[str, tuple[Any, ...]] = {  # what a call may be given that changes nothing
    "training": (None, False),
    "mask": (None,),
    "query_mask": (None,),
    "value_mask": (None,),
    "key_mask": (None,),
    "attention_mask": (None,),
    "return_attention_scores": (False,),
    "use_causal_mask": (False,),
    "initial_state": (None,),
}
MASKS = {"mask": 0, "query_mask": 0, "value_mask": 1, "key_mask": 2}  # whose mask it is: of which of the inputs
NAMED_INPUTS = ("value", "key", "initial_state")  # inputs that are given by name

Place = tuple[str, int]  # a layer's name, and which of its calls
Reference = tuple[str, int, int]  # the same, and which of its outputs


@dataclass(frozen=True)
class Call:
    """What a layer is called on, and whether each time sees only what came before.

    masks: those it is given, with the words they are given by. resting: whether it is told not to train.
    """

    inputs: tuple[Reference, ...]
    causal: bool = False
    masks: tuple[tuple[str, Any], ...] = ()
    resting: bool = False


def references(value: Any) -> list[Reference]:
    """The values a config names: ["dense", 0, 0], a list of such, or a dict of them."""
    if isinstance(value, Mapping):
        return [found for item in value.values() for found in references(item)]
    if not isinstance(value, list):
        raise Obstacle(f"{value!r:.80} names no layer")
    if len(value) in (3, 4) and isinstance(value[0], str):
        return [reference(*value[:3])]
    return [found for item in value for found in references(item)]


def reference(name: Any, call: Any, tensor: Any) -> Reference:
    """One value that a call of a layer gives. Raises Obstacle where it is none."""
    if not isinstance(name, str) or type(call) is not int or type(tensor) is not int or tensor < 0:
        raise Obstacle(f"{[name, call, tensor]!r:.80} is not the output of a layer")
    return name, call, tensor


def call_of(node: Any, name: str, mask_of: Callable[[Any], Any]) -> Call:
    """One call of a layer. Raises Obstacle where it is given more than the outputs of others, and their masks.

    mask_of: tells the mask in an argument, or None where it is none.
    """
    try:
        if isinstance(node, Mapping):
            inputs, words = tensors(node.get("args", [])), node.get("kwargs", {})
        else:
            listed = [node] if len(node) in (3, 4) and isinstance(node[0], str) else node
            inputs = [reference(*each[:3]) for each in listed]
            words = {word: value for each in listed if len(each) > 3 for word, value in (each[3] or {}).items()}
        for word in NAMED_INPUTS:
            given = words.get(word)
            if given is not None:
                inputs += tensors(given) if isinstance(node, Mapping) else references(given)
        loud = {word: value for word, value in words.items() if word not in NAMED_INPUTS and not quiet(word, value)}
        causal = loud.pop("use_causal_mask", False) is True
        masks = tuple((word, mask_of(loud.pop(word))) for word in MASKS if word in loud)
        if loud or not inputs:
            raise Obstacle(f"{name!r:.80} is called with {loud!r:.200}")
    except (TypeError, AttributeError, KeyError, IndexError):
        raise Obstacle(f"{name!r:.80} has a call that cannot be read") from None
    return Call(tuple(inputs), causal, masks, words.get("training") is False)


def quiet(word: str, value: Any) -> bool:
    """Whether what a call is given changes nothing."""
    return any(value is known for known in QUIET.get(word, ()))


def tensors(value: Any) -> list[Reference]:
    """The values in the arguments of a call, as Keras 3 writes them."""
    if isinstance(value, list):
        return [found for item in value for found in tensors(item)]
    if isinstance(value, Mapping) and value.get("class_name") == "__keras_tensor__":
        return [reference(*value["config"]["keras_history"])]
    raise Obstacle(f"a layer is called on {value!r:.80}, which is not the output of another")
