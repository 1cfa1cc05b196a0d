"""The package is installed in one machine; each test begins with a copy of it."""

from collections.abc import Iterator

import pytest

from tests.appliance.boxes import Boxes, installed


@pytest.fixture(scope="session")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boxes]:
    with installed(tmp_path_factory.mktemp("machine")) as boxes:
        yield boxes
