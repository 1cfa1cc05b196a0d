"""People are found without regard to case and accents, whoever wrote their names."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session, insert

from bridge.contract.requests import Describe
from bridge.handlers.contacts import describe, import_contacts
from bridge.records import contacts, views
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Contact
from bridge.rules.addressbook import Card
from bridge.rules.folding import fold
from tests.support.old_release import at_revision_empty
from tests.support.paths import ROOT

ANN = "+447400123456"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ZOË", "zoe"),
        ("Zoe\N{COMBINING DIAERESIS}", "Zoë"),
        ("Müller", "muller"),
        ("STRASSE", "Straße"),
        ("Łódź", "lodz"),
        ("Çağdaş Işık", "cagdas isik"),
        ("İPEK", "ipek"),
        ("Søren Đurić", "soren duric"),
        ("Ærø & Œuvre", "aero & oeuvre"),
        ("Þór Guðmundsson", "thor gudmundsson"),
        ("O’Brien", "O'BRIEN"),
        ("O´Brien", "o'brien"),
        ("Anne–Marie", "anne-marie"),
        ("Анёк Йод", "АНЕК ИОД"),
        ("ΌΜΗΡΟΣ", "ομηροσ"),
        ("أحمد", "احمد"),
        ("ﬁne", "FINE"),
        ("０７４", "٠٧٤"),
        ("Ann\N{ZERO WIDTH SPACE}e", "anne"),
        ("Ann\N{NO-BREAK SPACE}\t Lee ", "ann lee"),
        ("❤\N{VARIATION SELECTOR-16} 👩\N{ZERO WIDTH JOINER}🔧", "❤ 👩🔧"),
        ("한국", "한국"),
    ],
)
def test_what_is_searched_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@given(st.text())
def test_what_is_folded_stays_as_it_is(words: str) -> None:
    assert fold(fold(words)) == fold(words)
    assert "\n" not in fold(words)


# ---- whoever writes


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('folded')}/textback.db")
    migrate(engine)
    yield engine
    engine.dispose()


def found(session: Session, search: str) -> list[str]:
    return [contact.address for contact in views.contacts(session, search=search)]


def rename(session: Session, name: str) -> None:
    describe(
        session,
        contacts.somebody_at(session, ANN, "call", NOW),
        Describe(ANN, name, "", ""),
        "page",
        None,
        NOW,
    )


def import_them(session: Session, name: str) -> None:
    import_contacts(session, [Card(ANN, name, "", "", False)], None, NOW)


def name_at_once(session: Session, name: str) -> None:
    session.add(Contact(address=ANN, name=name, source="call", first_seen=NOW, last_seen=NOW))


@pytest.mark.parametrize("write", [rename, import_them, name_at_once])
def test_every_writer_of_a_name_is_searched(engine: Engine, write: Callable[[Session, str], None]) -> None:
    with Session(engine) as session:
        write(session, "ZOË Müller")
        for search in ("zoe", "Zoë", "MULLER", "muller zoe", "ë m", "07400 12", "+44 7400"):
            assert found(session, search) == [ANN], search
        for search in ("zoex", "muller anna", "07401", "ler+44"):
            assert found(session, search) == [], search


def test_another_name_and_another_spelling_of_the_number_are_searched(engine: Engine) -> None:
    with Session(engine) as session:
        contacts.somebody_at(session, "+522221234567", "call", NOW)
        rename(session, "Zoë")
        session.flush()
        rename(session, "Łukasz")
        contacts.somebody_at(session, "+5212221234567", "call", NOW)
        assert (found(session, "zoe"), found(session, "lukasz")) == ([], [ANN])
        assert found(session, "+52 1 222") == ["+5212221234567"]


def test_signs_are_text_and_digits_in_a_name_are_no_number(engine: Engine) -> None:
    with Session(engine) as session:
        rename(session, "100% Hair_cut")
        contacts.somebody_at(session, "+447400100100", "call", NOW)
        for search in ("100%", "%", "_", "hair_", "100% hair"):
            assert found(session, search) == [ANN], search
        for search in ("1%0", "h_ir", "/", "100 x"):
            assert found(session, search) == [], search


def test_no_writer_can_go_past_it(engine: Engine) -> None:
    """What is not written through the mapped class would not be folded: the database refuses such a row, and nobody tries."""
    row = {"address": ANN, "name": "Zoë", "source": "call", "first_seen": NOW, "last_seen": NOW}
    with Session(engine) as session, pytest.raises(Exception, match=r"NOT NULL constraint failed: .*folded"):
        session.execute(insert(Contact).values(row))
    past = re.compile(r"\b(?:update|insert)\(\s*Contact\b|bulk_(?:insert|update|save)")
    assert [path for path in (ROOT / "bridge").rglob("*.py") if past.search(path.read_text("utf-8"))] == []


def test_an_update_folds_whom_it_finds(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    at_revision_empty(engine, "0016")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO contact (address, identity, name, notes, kind, blocked, doubtful, done, source, first_seen,"
                f" last_seen) VALUES ('{ANN}', '{ANN}', 'ZOË', '', '', 0, 0, 0, 'call', '2026-11-01', '2026-11-01')"
            )
        )
    migrate(engine)
    with Session(engine) as session:
        assert found(session, "zoe") == found(session, "07400123") == [ANN]
    engine.dispose()
