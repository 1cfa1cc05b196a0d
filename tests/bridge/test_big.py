"""A decision and a page cost the same after years: none of their statements looks through a whole table."""

import re
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, text
from sqlmodel import Session

from bridge.records import outgoing
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Contact, Line, Message
from bridge.rules.states import MessageKind
from tests.support import big


def test_no_statement_of_a_decision_looks_through_a_whole_table(tmp_path: Path) -> None:
    with big.a_decider(tmp_path, contacts=300, calls=600, messages=3000) as (mind, engine):
        for caller in (big.REGULAR, big.number(7), "+447400999999"):
            assert big.scans(engine, mind, caller) == []


def test_a_missing_index_would_be_seen(tmp_path: Path) -> None:
    with big.a_decider(tmp_path, contacts=300, calls=600, messages=3000) as (mind, engine):
        with engine.begin() as connection:
            connection.execute(text("DROP INDEX ix_message_contact_created"))
            connection.execute(text("DROP INDEX ix_message_kind_created"))
            connection.execute(text("DROP INDEX ix_message_outbox"))
            connection.execute(text("DROP INDEX ix_message_created"))
        assert big.scans(engine, mind, big.REGULAR)


def older(page: str) -> str | None:
    """The link to the next page of older rows."""
    link = re.search(r'href="([^"]*(?:before|until)=[^"]*)"', page)
    return link[1].replace("&amp;", "&").partition("#")[0] if link else None


def test_no_page_looks_through_a_whole_table(tmp_path: Path) -> None:
    with big.a_page(tmp_path, contacts=300, calls=600, messages=3000) as (client, engine):
        for path in big.PAGES:
            there: str | None = path
            for _ in range(3):
                with big.statements(engine) as seen:
                    answer = client.get(there)
                assert answer.status_code == 200, there
                assert "news" in path or f'lang="{big.PAGE_LANGUAGE}"' in answer.text, there
                assert big.walks(engine, seen) == [], there
                assert ("news" in path) == (seen == []), there
                if (there := older(answer.text)) is None:
                    break


def test_a_search_looks_through_the_contacts_and_nothing_else(tmp_path: Path) -> None:
    with big.a_page(tmp_path, contacts=300, calls=600, messages=3000) as (client, engine):
        for path in big.SEARCHES:
            with big.statements(engine) as seen:
                assert client.get(path).status_code == 200
            walked = big.walks(engine, seen)
            assert all(plan.startswith("SCAN contact") for plan in walked), path


def test_ten_thousand_texts_by_programs_delay_no_caller_and_no_look_at_the_queue(tmp_path: Path) -> None:
    """SQLite's own steps are counted: they grow neither with what waits its turn nor with what is for later."""
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    migrate(engine)
    now = datetime.now(UTC)
    with Session(engine) as session:
        line, contact = (
            Line(name="main"),
            Contact(address=big.number(1), source="api", first_seen=now, last_seen=now),
        )
        session.add_all([line, contact])
        session.flush()

        def queue(kind: MessageKind, turn: int, count: int, due: datetime) -> None:
            common = {
                "line_id": line.id,
                "contact_id": contact.id,
                "direction": "out",
                "body": "",
                "created": now,
            }
            rest = {"kind": kind, "turn": turn, "due": due, "expires": due, "status": "queued"}
            session.execute(insert(Message), [{**common, **rest} for _ in range(count)])

        def look() -> tuple[MessageKind, int]:
            steps = 0

            def count() -> int:
                nonlocal steps
                steps += 1
                return 0

            connection = session.connection().connection.driver_connection
            assert connection is not None
            connection.set_progress_handler(count, 1)
            found = outgoing.next_text_due(session, "main", now)
            connection.set_progress_handler(None, 1)
            assert found is not None
            return found[0].kind, steps

        queue(MessageKind.API, 0, 10, now)
        kind, few = look()
        assert kind == MessageKind.API
        queue(MessageKind.API, 0, 10_000, now)
        kind, many = look()
        assert (kind, many <= few) == (MessageKind.API, True)
        queue(MessageKind.AUTO, -300, 1, now)
        kind, many = look()
        assert kind == MessageKind.AUTO
        assert many <= 2 * few
    engine.dispose()
