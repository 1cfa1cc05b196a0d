"""A decision and a page cost the same after years: none of their statements looks through a whole table."""

import re
from pathlib import Path

from sqlalchemy import text

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
            connection.execute(text("DROP INDEX ix_message_status_due"))
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
