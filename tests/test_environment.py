"""environment.yml and pyproject.toml describe one environment."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
CONDA_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib"}


def conda_requirements() -> dict[str, str]:
    lines = (ROOT / "environment.yml").read_text().splitlines()
    items = [found.group(1) for line in lines if (found := re.match(r"\s+- ([a-z0-9-]+(?:[<>=!~].*)?)$", line))]
    split = [re.match(r"([a-z0-9-]+)(.*)", item).groups() for item in items]
    return {CONDA_NAMES.get(name, name): versions for name, versions in split}


def pip_requirements() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    items = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    return {
        "python": project["requires-python"],
        **dict(re.match(r"([a-z0-9-]+)(.*)", item).groups() for item in items),
    }


def test_environment_yml_and_pyproject_ask_for_the_same_packages_in_the_same_ranges():
    conda = conda_requirements()
    for name in ("conda-forge", "pip"):
        conda.pop(name, None)
    assert conda == pip_requirements()


def test_every_package_of_the_card_is_there():
    assert {"torch", "numpy", "ipywidgets", "matplotlib", "jupyterlab", "h5py", "nbval", "pytest"} <= set(
        pip_requirements()
    )
