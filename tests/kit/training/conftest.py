"""Here hundreds of files are opened to be gone on with; the tests of the storage open theirs in the long way."""

import sys
from collections.abc import Iterator

import pytest

from tests.kit.inspecting import Inspecting


@pytest.fixture(scope="package", autouse=True)
def quick_inspection() -> Iterator[None]:
    """The limited processes that look into files are forked, where Linux can tell the path of an open file."""
    if sys.platform == "linux":
        with Inspecting():
            yield
    else:
        yield
