"""Imports go one way, and importing the kit is light."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import kit

FOLDER = Path(kit.__file__).parent
FORBIDDEN = {"widgets", "IPython", "ipywidgets", "anywidget", "ipykernel", "jupyterlab", "traitlets"}
LATER = {"h5py", "matplotlib", "tqdm", "scipy", "sklearn", "pandas", "torch._dynamo", "torch._inductor", "torchvision"}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=FOLDER.parent, check=True)
    return done.stdout


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_the_kit_imports_nothing_of_the_notebook(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported(path)} & FORBIDDEN


ORDER = [
    "names",
    "fields",
    "spelling",
    "declared",
    "symbols",
    "layers",
    "network",
    "training",
    "models",
    "graph",
    "code",
]


@pytest.mark.parametrize("part", ORDER)
def test_imports_at_the_top_of_a_module_go_downward(part: str) -> None:
    """Those inside a function, where something is needed seldom, may go up."""
    above = {f"kit.{name}" for name in ORDER[ORDER.index(part) + 1 :]} | {"kit.storage", "kit.plotting", "kit.forms"}
    path = FOLDER / part
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]:
        top = ast.parse(file.read_text()).body
        text = "\n".join(ast.unparse(node) for node in top if isinstance(node, (ast.Import, ast.ImportFrom)))
        for line in text.splitlines():
            words = line.replace(",", " ").split()
            modules = {words[1], *(f"{words[1]}.{name}" for name in words[3:])}
            wrong = {m for m in modules if any(m == a or m.startswith(a + ".") for a in above)}
            assert not wrong, f"{file.name} imports {wrong}"


def test_importing_the_kit_loads_neither_the_notebook_nor_what_is_needed_later() -> None:
    code = "import json, sys, torch; before = set(sys.modules); import kit; "
    code += "print(json.dumps(sorted(set(sys.modules) - before)))"
    added = set(json.loads(python(code)))
    assert "kit.models" in added
    tops = {name.split(".")[0] for name in added}
    assert not tops & FORBIDDEN
    assert not {name for name in added if any(name == late or name.startswith(late + ".") for late in LATER)}


@pytest.mark.parametrize("optimizer", ["rmsprop", "adam", "adagrad", "adadelta"])
def test_a_first_fit_does_not_wait_for_the_import_of_torchs_compiler(optimizer: str) -> None:
    code = "import sys, numpy, kit; from kit.layers import *; "
    code += "layers = [Embedding(9, 4), LSTM(3), Dropout(0.5), BatchNormalization(), Dense(1)]; "
    code += f"model = kit.Sequential(layers); model.compile({optimizer!r}, 'mse'); "
    code += "model.fit(numpy.zeros((4, 5), int), numpy.zeros((4, 1)), verbose=0); "
    code += "print('torch._dynamo' in sys.modules or 'sympy' in sys.modules)"
    assert python(code).strip() == "False"


def test_importing_the_kit_takes_hardly_longer_than_importing_torch() -> None:
    """The shortest of several imports of each, in turns; more turns where the machine is busy."""
    code = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
    times: dict[str, list[float]] = {"torch": [], "kit": []}
    for turn in range(12):
        for name, seconds in times.items():
            seconds.append(float(python(code.format(name))))
        if turn >= 1 and min(times["kit"]) <= 1.3 * min(times["torch"]):
            return
    pytest.fail(f"import kit takes {min(times['kit']):.2f} s, import torch {min(times['torch']):.2f} s")


@pytest.mark.parametrize("asked", ["enable", "disable"])
def test_no_garbage_is_collected_while_the_kit_is_imported_and_it_is_collected_afterwards_as_before(asked: str) -> None:
    code = f"import gc, torch; gc.{asked}(); before = gc.get_stats()[1:]; import kit; "
    code += "print(gc.get_stats()[1:] == before, gc.isenabled())"
    assert python(code).split() == ["True", str(asked == "enable")]


def test_what_is_listed_can_be_imported() -> None:
    assert [name for name in kit.__all__ if not hasattr(kit, name)] == []
