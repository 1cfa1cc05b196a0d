"""One server for all tests of this folder; each box has a database of its own there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import databases
from tests.support.postgres import Server, a_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with a_server() as server:
        yield server


@pytest.fixture
def on_postgresql(postgres: Server) -> Iterator[Server]:
    """Whatever box or office the test starts stands on the server: one database for each folder."""
    urls: dict[Path, str] = {}

    def choose(folder: Path) -> str:
        if folder not in urls:
            urls[folder] = postgres.new_database()
        return urls[folder]

    with databases.chosen(choose):
        yield postgres
