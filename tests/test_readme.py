"""What the README and the docs show can be run as it stands."""

import re
from pathlib import Path

import pytest

import kit

ROOT = Path(__file__).parent.parent


def blocks(name: str) -> list[str]:
    """The Python code blocks of a text."""
    return re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(), re.DOTALL)


@pytest.mark.parametrize("block", blocks("README.md"), ids=lambda block: block.split("\n")[0])
def test_the_code_of_the_readme_runs(block, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {})
    if "digits.h5" in block:
        assert kit.load("digits.h5").history.epoch == [0, 1, 2, 3, 4]


def test_the_layer_of_the_guide_can_be_added():
    (block,) = blocks("CONTRIBUTING.md")
    names = {"Layer": kit.Layer, "InputSize": kit.fields.InputSize, "Tensor": __import__("torch").Tensor}
    try:
        exec(compile(block, "CONTRIBUTING.md", "exec"), names)
        model = kit.Sequential([kit.Input(3), names["Scale"](start=2.0)])
        assert model.predict([[1.0, 2.0, 3.0]]).tolist() == [[2.0, 4.0, 6.0]]
    finally:
        kit.CATALOG.pop("Scale", None)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/differences.md", "docs/protocol.md"])
def test_every_link_in_the_texts_leads_somewhere(name):
    text = (ROOT / name).read_text()
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)|(?:src|srcset)=\"([^\"]+)\"", text)
    for link in filter(None, (one or other for one, other in links)):
        assert (ROOT / name).parent.joinpath(link).exists(), link


def test_every_file_on_the_map_is_there():
    for path in re.findall(r"`((?:kit|widgets)/[\w/.]*)`", (ROOT / "CONTRIBUTING.md").read_text()):
        assert (ROOT / path).exists(), path
