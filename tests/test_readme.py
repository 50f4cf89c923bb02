"""What the README and the docs show can be run as it stands."""

import ast
import contextlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kit
import kit.callbacks
import kit.schedules
from kit.spelling import SYNONYMS

ROOT = Path(__file__).parent.parent
TEXTS = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))]


def blocks(name: str) -> list[str]:
    """The Python code blocks of a text."""
    return re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(), re.DOTALL)


@pytest.mark.parametrize("block", blocks("README.md"), ids=lambda block: block.split("\n")[0])
def test_the_code_of_the_readme_runs(block, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {})
    if "digits.h5" in block:
        assert kit.load("digits.h5").history.epoch == [0, 1, 2, 3, 4]


def test_the_code_for_those_who_come_from_elsewhere_runs_from_top_to_bottom(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "coming_from"}
    try:
        for block in blocks("docs/coming_from.md"):
            exec(compile(block, "docs/coming_from.md", "exec"), names)
    finally:
        kit.CATALOG.pop("Gated", None)
    assert list(names["history"].history) == ["loss", "digit_loss", "odd_loss", "digit_accuracy", "odd_accuracy"]
    assert "the epoch's mean:" in capsys.readouterr().out


def calls_in_tables(name: str) -> Iterator[ast.Call]:
    """The calls in the last column of a text's tables, as far as it is Python."""
    for line in (ROOT / name).read_text().splitlines():
        if line.startswith("| "):
            for code in re.findall("`([^`]+)`", line.rsplit("|", 2)[1]):
                with contextlib.suppress(SyntaxError):
                    yield from (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))


OWNERS = {
    "model": kit.Sequential, "run": kit.Run, "history": kit.History, "kit": kit, "losses": kit.losses,
    "metrics": kit.metrics, "initializers": kit.initializers,
}  # fmt: skip
ELSEWHERE = ("Net", "nn.HuberLoss", "nn.CrossEntropyLoss", "np.moveaxis", "torch.set_default_dtype", "widgets.Monitor",
             "get_weights", "pause", "resume", "set", "stop", "model.module.parameters")  # fmt: skip
CALLED = {
    **vars(kit.layers), **vars(kit.optimizers), **vars(kit.schedules), **vars(kit.callbacks), **vars(kit.models),
    "model": kit.Sequential.__call__,
    **{name: getattr(kit.Sequential, name) for name in ("fit", "compile", "evaluate", "load_weights", "save_weights")},
}  # fmt: skip


def test_what_the_tables_for_those_who_come_from_elsewhere_call_is_there_with_these_arguments():
    found = 0
    for call in calls_in_tables("docs/coming_from.md"):
        if isinstance(call.func, ast.Name) and call.func.id in CALLED:
            function = CALLED[call.func.id]
        elif isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", None) in OWNERS:
            function = getattr(OWNERS[call.func.value.id], call.func.attr)
        else:
            assert ast.unparse(call.func) in ELSEWHERE, ast.unparse(call)
            continue
        known = inspect.signature(function).parameters
        free = any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values())
        assert all(free or word.arg in known for word in call.keywords), ast.unparse(call)
        found += 1
    assert found > 30


def defaults_in_differences() -> Iterator[tuple[str, str, float]]:
    """Class or method, argument and default, of the rows that begin like `fit(nb_epoch=)`."""
    for line in (ROOT / "docs/differences.md").read_text().splitlines():
        _, calls, _, here, *_ = [*line.split("|"), "", "", ""]
        names = [
            (name, word)
            for name, words in re.findall(r"`(\w+)\(([^)`]*=)\)`", calls)
            for word in re.findall(r"(\w+)=", words)
        ]
        numbers = re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?", here)
        if names and numbers:
            numbers = numbers * len(names) if len(numbers) == 1 else numbers
            yield from ((*name, float(number)) for name, number in zip(names, numbers, strict=False))


def test_the_defaults_that_differ_from_2015_are_those_that_the_text_says():
    rows = list(defaults_in_differences())
    for name, word, number in rows:
        parameters = inspect.signature(CALLED[name]).parameters
        assert parameters[SYNONYMS.get(word, word)].default == number, (name, word)
    assert len(rows) == 10


def test_the_layer_of_the_guide_can_be_added():
    (block,) = blocks("CONTRIBUTING.md")
    names = {"Layer": kit.Layer, "InputSize": kit.fields.InputSize, "Tensor": __import__("torch").Tensor}
    try:
        exec(compile(block, "CONTRIBUTING.md", "exec"), names)
        model = kit.Sequential([kit.Input(3), names["Scale"](start=2.0)])
        assert model.predict([[1.0, 2.0, 3.0]]).tolist() == [[2.0, 4.0, 6.0]]
    finally:
        kit.CATALOG.pop("Scale", None)


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))]
)
def test_every_link_in_the_texts_leads_somewhere(name):
    text = (ROOT / name).read_text()
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)|(?:src|srcset)=\"([^\"]+)\"", text)
    for link in filter(None, (one or other for one, other in links)):
        assert (ROOT / name).parent.joinpath(link).exists(), link


def test_every_test_of_reliability_is_there():
    named = re.findall(r"`((?:training|storage)/test_[\w*]+\.py)`", (ROOT / "docs/reliability.md").read_text())
    assert named
    for pattern in named:
        assert list((ROOT / "tests/kit").glob(pattern)), pattern


def test_every_file_on_the_map_is_there():
    for path in re.findall(r"`((?:kit|widgets)/[\w/.]*)`", (ROOT / "CONTRIBUTING.md").read_text()):
        assert (ROOT / path).exists(), path
