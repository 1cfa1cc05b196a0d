"""Every page and every command of the history says on PostgreSQL what it says on SQLite, for a shop's two years."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select
from sqlmodel import Session

from bridge import cli
from bridge.config import load
from bridge.contract.bridge import Bridge
from bridge.contract.status import LineState, LineStatus, Status
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import metadata
from bridge.records.users import make_session_key
from tests.bridge.test_search import NASTY
from tests.support import big
from tests.support.people import add_user
from tests.support.postgres import Server
from web import create_app

ADDRESSES = (
    *big.PAGES,
    *big.SEARCHES,
    "/contacts/export.csv",
    "/contacts/export.vcf",
    "/?q=Somebody",
    "/contacts?q=body+7",
    "/contacts?q=7+S%C3%B3meB%C3%96DY",
    "/contacts?q=%25",
    *(f"/conversations?{urlencode({'q': search})}" for search in NASTY),
)
COMMANDS = (
    ("calls",),
    ("calls", "--json"),
    ("calls", "--missed", "--json", "--limit", "20"),
    ("messages", "--json"),
    ("messages", "--json", "--number", big.REGULAR),
    ("contacts", "--json"),
    ("aside", "--json"),
)


class Pair:
    """The same rows in both."""

    def __init__(self, sqlite: str, postgresql: str, folder: Path) -> None:
        self.files = []
        for name, url in (("sqlite", sqlite), ("postgresql", postgresql)):
            file = folder / name / "config.ini"
            file.parent.mkdir()
            file.write_text(f"{big.SETTINGS}[storage]\ndatabase = {url}\n")
            self.files.append(file)
        self.engines = [open_engine(url, read_only=True) for url in (sqlite, postgresql)]
        now = datetime.now(UTC)
        self.clients = [
            a_client(engine, file, now) for engine, file in zip(self.engines, self.files, strict=True)
        ]


def a_client(engine: Engine, file: Path, now: datetime) -> FlaskClient:
    settings = load(file)
    status = Status(0.0, (LineStatus("main", LineState.UP),))
    bridge = Bridge(engine, lambda: settings, lambda: status, lambda: "GB", lambda _asked: None, lambda: now)
    client = create_app(bridge).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login", follow_redirects=True).text)
    assert token
    form = {"csrf_token": token[1], "name": "mia", "password": "flour & water"}
    assert client.post("/login", data=form).status_code == 303
    return client


@pytest.fixture(scope="module")
def pair(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("same")
    sqlite, postgresql = f"sqlite:///{folder}/textback.db", postgres.new_database()
    here, there = open_engine(sqlite), open_engine(postgresql)
    migrate(here)
    big.fill(folder / "textback.db", contacts=120, calls=400, messages=900)
    with Session(here) as session, session.begin():
        add_user(session, "mia", "flour & water")
        make_session_key(session)
    migrate(there)
    with here.connect() as source, there.begin() as target:
        for table in metadata.sorted_tables:
            target.execute(table.delete())
            rows = [row._asdict() for row in source.execute(select(table))]
            if rows:
                target.execute(insert(table), rows)
    here.dispose()
    there.dispose()
    pair = Pair(sqlite, postgresql, folder)
    yield pair
    for engine in pair.engines:
        engine.dispose()


# What differs from page to page, and by which database it is.
DIFFERS = (
    r'name="(csrf_token|ticket)" value="[^"]+"',
    r"(sqlite|postgresql)(\+psycopg)?:/+[^\s<]+",
    r"(sqlite|postgresql)/config.ini",
    r"\d+ [MG]B are free\.|The database works\.",
    r'<section class="card" id="backups"[\s\S]*?</section>',  # a server has backups of its own
)


def comparable(page: str) -> str:
    return re.sub("|".join(DIFFERS), "", page)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_says_the_same(pair: Pair, address: str) -> None:
    sqlite, postgresql = (client.get(address) for client in pair.clients)
    assert sqlite.status_code == postgresql.status_code == 200
    assert comparable(postgresql.text) == comparable(sqlite.text)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_says_the_same(pair: Pair, command: tuple[str, ...]) -> None:
    sqlite, postgresql = (CliRunner().invoke(cli.main, [*command, "-c", str(file)]) for file in pair.files)
    assert (sqlite.exit_code, postgresql.exit_code) == (0, 0), postgresql.output
    assert postgresql.output == sqlite.output
