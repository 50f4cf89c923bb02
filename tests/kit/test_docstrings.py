"""Everything that is public says what it is: discovered in all modules, so that nothing new is left out."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import kit
from kit import CATALOG
from kit.declared import Declared
from kit.layers import Layer

MODULES = ["kit", *(module.name for module in pkgutil.walk_packages(kit.__path__, "kit."))]


def public(module: Any) -> Iterator[tuple[str, Any]]:
    """The classes and functions that a module defines for others."""
    for name, item in vars(module).items():
        own = getattr(item, "__module__", None) == module.__name__
        if own and not name.startswith("_") and (inspect.isclass(item) or inspect.isfunction(item)):
            yield name, item


def methods(cls: type) -> Iterator[tuple[str, Any]]:
    """The public methods that a class has from the kit."""
    for name, item in inspect.getmembers(cls, inspect.isfunction):
        if item.__module__.startswith("kit.") and not name.startswith("_"):
            yield name, item


def unnamed(item: Any, *texts: str | None) -> list[str]:
    """The arguments that none of the texts names."""
    text = " ".join(text for text in texts if text)
    named = [p.name for p in inspect.signature(item).parameters.values() if p.kind is not p.VAR_POSITIONAL]
    return [name for name in named if name != "self" and not re.search(rf"\b{name}\b", text)]


def is_explained(cls: type, method: str) -> bool:
    """Whether a method says what it does, or its class, module or a protocol does, or it is one that others declare."""
    texts = [cls.__doc__ or "", importlib.import_module(cls.__module__).__doc__ or "", *PROTOCOLS]
    declared_elsewhere = any(method in vars(base) for base in cls.__mro__ if not base.__module__.startswith("kit."))
    lines = any(re.search(rf"\b{method}(: |\()", text) for text in texts)
    return bool(inspect.getdoc(getattr(cls, method))) or lines or declared_elsewhere


PROTOCOLS = [  # what they say of their methods, in their own text or in the methods'
    " ".join([item.__doc__ or "", *(f"{method}: " for method, call in methods(item) if call.__doc__)])
    for name in MODULES
    for _, item in public(importlib.import_module(name))
    if inspect.isclass(item) and getattr(item, "_is_protocol", False)
]


@pytest.mark.parametrize("name", MODULES)
def test_every_module_class_function_and_method_says_what_it_is(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    silent = [path for path, item in public(module) if not item.__doc__]
    for path, cls in public(module):
        if inspect.isclass(cls):
            silent += [f"{path}.{method}" for method, _ in methods(cls) if not is_explained(cls, method)]
    assert silent == []


OFFERED = {  # what modules offer under __all__, each once
    f"{item.__module__}.{name}": item
    for module in map(importlib.import_module, MODULES)
    for name in getattr(module, "__all__", ())
    if inspect.isclass(item := getattr(module, name)) or inspect.isfunction(item)
}


@pytest.mark.parametrize("item", OFFERED.values(), ids=OFFERED)
def test_every_argument_of_what_is_offered_is_named_in_its_text_or_in_that_of_its_module(item: Any) -> None:
    packages = item.__module__.split(".")
    texts = [importlib.import_module(".".join(packages[:end])).__doc__ for end in range(2, len(packages) + 1)]
    if inspect.isfunction(item):
        assert unnamed(item, item.__doc__, *texts) == []
    elif not issubclass(item, Declared):
        calls = {**({"": item.__init__} if "__init__" in vars(item) else {}), **dict(methods(item))}
        texts += [base.__doc__ for base in item.__mro__]
        texts += [inspect.getdoc(getattr(item, "fit", None))]  # other methods take its arguments too
        missing = {name: unnamed(call, inspect.getdoc(call), *texts) for name, call in calls.items()}
        assert {name: words for name, words in missing.items() if words} == {}


DECLARED = [
    item
    for name in MODULES
    for _, item in public(importlib.import_module(name))
    if inspect.isclass(item) and issubclass(item, Declared)
]


@pytest.mark.parametrize("cls", DECLARED, ids=lambda cls: cls.__name__)
def test_every_field_has_its_line(cls: type[Declared]) -> None:
    given = [field for field in cls.declaration.values() if cls.__name__ in CATALOG or field.name in vars(cls)]
    assert [field.name for field in given if not field.help] == []


LAYERS = [cls for cls in CATALOG.values() if cls.__module__.startswith("kit.")]


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.__name__)
def test_every_layer_says_what_goes_in_and_what_comes_out(cls: type[Layer]) -> None:
    assert re.search(r"\b(In|Inputs|inputs) .*\bout\b", cls.__doc__ or "", re.DOTALL)


def test_a_field_without_a_line_and_a_silent_function_would_be_found() -> None:
    class Silent(Declared):
        """Nothing."""

        size: int = 3

    assert not Silent.declaration["size"].help
    assert unnamed(lambda size, rate: None, "size: how large.") == ["rate"]
