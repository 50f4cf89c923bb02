"""A config (plain data) as JSON text and back, without loss.

JSON has no NaN or infinity, and a diverged run has them in its history: such a float is written as
{"$float": "nan"}. A key of the config's own that begins with "$" gets one more, so that nothing can be
mistaken. Tuples become lists.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from kit.storage.errors import StorageError
from kit.storage.inspect_file import MAX_CONFIG

MAX_LEVELS = 100
MAX_BITS = 1024
FLOAT = "$float"
NON_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def to_text(config: Mapping[str, Any]) -> bytes:
    """The config as JSON bytes (ASCII). Raises StorageError for what JSON cannot hold."""
    if not isinstance(config, Mapping):
        raise StorageError(f"config must be a mapping such as a dict, not {type(config).__name__}")
    text = json.dumps(encode(config, "config", 1), allow_nan=False, separators=(",", ":")).encode()
    if len(text) > MAX_CONFIG:
        raise StorageError(
            f"config takes {len(text)} bytes as JSON, more than {MAX_CONFIG}; "
            "put long series of numbers among the arrays"
        )
    return text


def encode(value: Any, where: str, level: int) -> Any:
    """The value in what strict JSON has; `where` names it in errors."""
    if level > MAX_LEVELS:
        raise StorageError(f"config is nested more than {MAX_LEVELS} levels deep; flatten it, or look for a cycle")
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int) and value.bit_length() <= MAX_BITS:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {FLOAT: repr(float(value))}
    if isinstance(value, list | tuple):
        return [encode(item, f"{where}[{place}]", level + 1) for place, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {encode_key(key, where): encode(item, f"{where}[{key!r}]", level + 1) for key, item in value.items()}
    raise StorageError(
        f"{where} is {value!r:.80} ({type(value).__name__}), which JSON cannot hold; "
        "use plain numbers, strings, lists and dicts, and put arrays among the arrays"
    )


def encode_key(key: Any, where: str) -> str:
    """The key, with one more "$" where it begins with one."""
    if not isinstance(key, str):
        raise StorageError(f"{where} has the key {key!r:.80} ({type(key).__name__}); use string keys")
    return "$" + key if key.startswith("$") else key


def from_text(text: bytes) -> dict[str, Any]:
    """The config of these JSON bytes. Raises ValueError (or RecursionError) where they are not a config."""
    config = json.loads(text.decode(), object_pairs_hook=decode, parse_constant=refuse_constant)
    if not isinstance(config, dict):
        raise ValueError("it is not an object")
    return config


def decode(pairs: list[tuple[str, Any]]) -> Any:
    """One JSON object: a non-finite float, or a dict."""
    if len(pairs) == 1 and pairs[0][0] == FLOAT:
        name = pairs[0][1]
        if not isinstance(name, str) or name not in NON_FINITE:
            raise ValueError(f"{FLOAT} must be one of {list(NON_FINITE)}")
        return NON_FINITE[name]
    found = {key.removeprefix("$"): value for key, value in pairs}
    if len(found) < len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def refuse_constant(name: str) -> None:
    """JSON proper has no NaN and no Infinity."""
    raise ValueError(f"{name} is not JSON")
