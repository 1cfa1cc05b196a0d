"""The page of a box whose database is not the one that was known: what it says, and who may let texts go on."""

from pathlib import Path

from sqlmodel import Session, select

from bridge.records import memo, users
from bridge.records.known import IDENTITY, Mark, mark_file, write_mark
from bridge.records.tables import AuditEntry
from tests.support.box import until
from tests.support.people import add_user
from tests.support.web_bridge import PASSWORD, Office, an_office
from tests.web.test_web_loop import enter, post, token
from web import create_app

SAID = "There is a different database where the box&#39;s own used to be."


def replaced(folder: Path) -> None:
    """There was a database here, and it was another one than the next run will find."""
    write_mark(folder / "textback.db", Mark("another", "2026-11-01", 7))


def staff_of(office: Office) -> None:
    with Session(office.engine) as session, session.begin():
        add_user(session, "ben", PASSWORD, users.STAFF)


def test_an_owner_lets_texts_go_on(tmp_path: Path) -> None:
    with an_office(tmp_path) as settled:
        with Session(settled.engine) as session:
            identity = memo.remembered(session, IDENTITY)
        assert identity is not None
        assert identity in mark_file(tmp_path / "textback.db").read_text()
    again = tmp_path / "again"
    again.mkdir()
    replaced(again)
    with an_office(again) as office:
        client = enter(office.bridge)
        assert SAID in client.get("/").text
        health = client.get("/healthz").get_json()
        assert (health["status"], health["database"][:16]) == ("trouble", "There is a diffe")
        page = client.get("/status").text
        assert "Resume texts with this database" in page

        staff_of(office)
        ben = create_app(office.bridge).test_client()
        ben.post("/login", data={"csrf_token": token(ben, "/login"), "name": "ben", "password": PASSWORD})
        assert "An owner has to decide." in ben.get("/status").text
        assert post(ben, "/status/database")[0] == 403
        assert office.loop.status.standstill is not None

        assert 'id="database"' not in post(client, "/status/database")[1]
        until(lambda: office.loop.status.standstill is None, "the end of the standstill")
        assert client.get("/healthz").get_json()["database"] is None
        with Session(office.engine) as session:
            entries = [entry.what for entry in session.exec(select(AuditEntry))]
        assert entries[-1] == "database_accepted"
