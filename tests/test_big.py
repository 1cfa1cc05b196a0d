"""A decision costs the same after years: none of its statements looks through a whole table."""

from pathlib import Path

from sqlalchemy import text

from tests import big


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
