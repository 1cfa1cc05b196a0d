"""A database of 0.1.0 with rows in every table is updated, and the page says of it what it said before."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from bridge.records.engine import open_engine
from bridge.records.tables import metadata
from tests.support.old_release import ANN, BOB, COOLDOWN, GONE, ROWS, as_0_1_0
from tests.support.web_bridge import NAME, PASSWORD, an_office
from web import create_app

# What two tables were called.
CALLED = {"keyvalue": "memo", "auditentry": "deed"}


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    engine = open_engine(f"sqlite:///{tmp_path / 'textback.db'}")
    as_0_1_0(engine)
    engine.dispose()
    with an_office(tmp_path, rows=False) as office:
        with office.engine.connect() as connection:
            for table in metadata.sorted_tables:
                kept = connection.execute(text(f'SELECT count(*) FROM "{table.name}"')).scalar() or 0
                assert kept >= len(ROWS.get(CALLED.get(table.name, table.name), ())), table.name
        client = create_app(office.bridge).test_client()
        page = client.get("/login", follow_redirects=True).text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        client.post("/login", data={"csrf_token": token, "name": NAME, "password": PASSWORD})
        yield client


# The same in today's words; what no code stands for stays as it was.
STRANGERS_NOW = "Too many strangers called at once; automatic texts are stopped until somebody checks."
FULL_NOW = (
    "The operator blocks this text: is there credit on the SIM, and can it send texts? (+CMS ERROR: 21)."
)
SAID = {
    "/": (
        COOLDOWN,
        "31 strangers called within ten minutes. That is too many at once; automatic texts are stopped until somebody checks.",
        FULL_NOW,
        "not sent: already texted",
        "Automatic texts are paused; they go on tomorrow at 9:00.",
    ),
    f"/conversations/{ANN}": (
        FULL_NOW,
        "It could not be sent in time.",
        "The box stopped while this text was being sent.",
        "Wants the blue one",
        "Are you open?",
    ),
    f"/contacts/{BOB}": ("Texts to this number fail for good. The number does not exist (+CMS ERROR: 1).",),
    "/status": (FULL_NOW, GONE, STRANGERS_NOW),
    "/team": ("mia added noa as staff", "noa blocked Bob Old", "mia painted the box"),
    "/replies": ("We open at nine.",),
}


@pytest.mark.parametrize("path", SAID)
def test_the_page_says_what_it_said_before(client: FlaskClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    for sentence in SAID[path]:
        assert sentence in words(page.text), sentence
    assert not re.search(r"\b[a-z_]+\?[a-z]+=", words(page.text))  # a code that nobody has worded
