"""Texts are found by their words, in the order in which they came, and what is deleted is found no more, nor in the file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from bridge.records import search_index, views
from bridge.records.contacts import contact_at, somebody_at
from bridge.records.engine import empty_log, migrate, open_engine
from bridge.records.forgetting import forget
from bridge.records.lines import line_called
from bridge.records.rows import add_row, id_of
from bridge.records.tables import Message, MessageWords, Note
from bridge.rules.excerpts import excerpt
from bridge.rules.folding import matches, words
from bridge.rules.states import Direction, MessageKind, MessageStatus

ANN, BOB = "+447400123456", "+447400123457"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)

# ---- pure


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Is Zoë's car ready?", ["is", "zoe", "s", "car", "ready"]),
        ("5:30pm, 20% off", ["5", "30pm", "20", "off"]),
        ("https://www.müller.de/x_y", ["https", "www", "muller", "de", "x", "y"]),
        ("see see SEE", ["see"]),
        ("明天可以", ["明", "天", "可", "以"]),
        ("ok🥖🥖", ["ok", "🥖"]),
        ("غدًا الساعة ٥", ["غدا", "الساعة", "5"]),
        ("x" * 1000, ["x" * 64]),
        ("%_*\"-'()", []),
        ("", []),
    ],
)
def test_the_words_of_a_text(written: str, found: list[str]) -> None:
    assert words(written) == found


@given(st.text(max_size=300), st.text(max_size=20))
def test_where_words_stand_is_where_they_are_found(body: str, search: str) -> None:
    wanted = words(search)
    spans = matches(body, wanted) if wanted else []
    assert all(0 <= first < behind <= len(body) for first, behind in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for first, behind in spans:
        assert any(found.startswith(tuple(wanted)) for found in words(body[first:behind])), body[first:behind]
    shown = excerpt(body, search)
    assert "".join(piece.text for piece in shown).strip("…\N{NO-BREAK SPACE}") in " ".join(body.split())
    assert all(piece.text for piece in shown)


def test_an_excerpt_of_a_long_text_is_around_the_match() -> None:
    body = "Hello there. " * 20 + "Is the Käsekuchen ready? " + "Bye now. " * 30
    shown = excerpt(body, "kasekuch")
    assert [piece.text for piece in shown if piece.found] == ["Käsekuchen"]
    assert (shown[0].text[0], shown[-1].text[-1]) == ("…", "…")
    assert sum(len(piece.text) for piece in shown) < 130


# ---- the index


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    yield engine
    engine.dispose()


def write(session: Session, address: str, body: str) -> Message:
    contact = somebody_at(session, address, "text", NOW)
    message = Message(
        line_id=id_of(line_called(session, "main")),
        contact_id=id_of(contact),
        direction=Direction.IN,
        kind=MessageKind.MANUAL,
        body=body,
        status=MessageStatus.READ,
        created=NOW,
    )
    return add_row(session, message)


def found(session: Session, search: str, contact: int | None = None) -> list[str]:
    return [row.body for row in views.messages(session, search=search, contact=contact, limit=10)]


def test_every_word_counts_by_its_beginning_and_the_newest_stand_first(engine: Engine) -> None:
    with Session(engine) as session:
        for body in ("A cake for Müller", "Two cakes for muller, please", "CAKE"):
            write(session, ANN, body)
        write(session, BOB, "Bread for Müller")
        ann = id_of(somebody_at(session, ANN, "text", NOW))
        both = ["Two cakes for muller, please", "A cake for Müller"]
        for search in ("müll cake", "cake MULLER", '  cake,%_*"müller" ', "mu ca"):
            assert found(session, search) == both, search
            assert found(session, search, contact=ann) == both, search
        for search in ("ake", "cake bread", "", "%", '"', "cake NOT bread", "words:cake"):
            assert found(session, search) == found(session, search, contact=ann) == [], search


NASTY = (
    *(
        '"',
        '""',
        "*",
        "a*",
        "-",
        "-cake",
        "NEAR",
        "NEAR(a b)",
        "a AND",
        "OR",
        "NOT",
        "(",
        ")",
        "^",
        "{",
        "a:b",
        "+",
        "'",
        "\\",
    ),
    *(
        "%",
        "_",
        "%%",
        "a",
        "é",
        "🥖",
        "\N{ZERO WIDTH JOINER}",
        "\N{RIGHT-TO-LEFT OVERRIDE}abc",
        "שלום",
        "a" * 1000,
    ),
    *("a " * 500, "';--", ":wanted", "%(wanted)s", "?", "$1", "&", "|", "!", "<->", ":*", "'a':*"),
)


@pytest.mark.parametrize("search", NASTY)
def test_what_is_an_operator_elsewhere_is_text_here(engine: Engine, search: str) -> None:
    with Session(engine) as session:
        ann = id_of(somebody_at(session, ANN, "text", NOW))
        write(session, ANN, f"it is {search} here")
        expected = [f"it is {search} here"] if words(search) else []
        assert found(session, search) == found(session, search, contact=ann) == expected
        views.contacts(session, search=search, region="GB")
        views.calls(session, search=search, region="GB")


def test_another_body_is_found_by_its_own_words(engine: Engine) -> None:
    with Session(engine) as session:
        message = write(session, ANN, "The first part […]")
        message.body = "The first part and the second"
        session.flush()
        message.status = MessageStatus.RECEIVED
        session.flush()
        assert found(session, "second") == found(session, "first") == [message.body]
        assert session.exec(select(MessageWords.words)).all() == ["the first part and second"]


def test_a_thread_is_searched_with_its_notes(engine: Engine) -> None:
    with Session(engine) as session:
        write(session, ANN, "A cake without nuts")
        write(session, BOB, "Nuts, please")
        ann = contact_at(session, ANN)
        assert ann is not None
        session.add(Note(contact_id=id_of(ann), at=NOW, author="mia", body="Allergic to NÜTS"))
        session.flush()
        bodies = [row.body for row in views.found_in_thread(session, ann, "nut")]
        assert bodies == ["Allergic to NÜTS", "A cake without nuts"]
        assert views.found_in_thread(session, ann, "%") == []


def test_a_hit_leads_to_a_page_that_has_it(engine: Engine) -> None:
    with Session(engine) as session:
        rows = [write(session, ANN, f"text {n}") for n in range(50)]
        ann = contact_at(session, ANN)
        assert ann is not None
        for n, later in ((0, 5), (10, 20), (29, 20)):
            end = views.end_of_page(session, ann, (rows[n].place, id_of(rows[n])), later)
            page = views.thread(session, ann, before=end, limit=30)
            assert [row.body for row in page if isinstance(row, views.MessageRow)][-later] == f"text {n}"
        assert views.end_of_page(session, ann, (rows[31].place, id_of(rows[31])), 20) is None


# ---- what is deleted


def holding(folder: Path, word: bytes) -> list[str]:
    return [file.name for file in folder.glob("textback.db*") if word in file.read_bytes()]


def test_who_is_forgotten_stands_in_no_index_either(engine: Engine, tmp_path: Path) -> None:
    with Session(engine) as session, session.begin():
        for n in range(300):
            write(session, BOB, f"Quinces for number {n}")
        write(session, ANN, "Quittengelee zzyzxroad")
    with Session(engine) as session, session.begin():
        ann = contact_at(session, ANN)
        assert ann is not None
        forget(session, ann)
    with Session(engine) as session:
        assert (found(session, "zzyzx"), len(found(session, "quinces"))) == ([], 10)
        assert session.exec(select(MessageWords.words).where(MessageWords.id == 301)).all() == []
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert holding(tmp_path, b"zyzxroad"), (
        "an index keeps what was deleted; if it does not, this test shows nothing"
    )
    assert empty_log(engine)
    assert holding(tmp_path, b"zyzxroad") == []
    with Session(engine) as session:
        assert len(found(session, "quinces number")) == 10


def test_the_rewriting_goes_on_after_a_restart(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "PIECE", 300)
    for part in range(3):
        with Session(engine) as session, session.begin():
            for n in range(400):
                write(session, BOB, f"word{part * 1000 + n} and another{n * 7919}")
    with Session(engine) as session, session.begin():
        write(session, ANN, "Quittengelee zzyzxroad")
    with Session(engine) as session, session.begin():
        ann = contact_at(session, ANN)
        assert ann is not None
        forget(session, ann)
    assert not empty_log(engine), "one piece is not all of it"
    engine.dispose()
    again = open_engine(f"sqlite:///{tmp_path}/textback.db")
    turns = 1
    while not empty_log(again):
        turns += 1
        assert turns < 1000
    assert turns == 4
    assert holding(tmp_path, b"zyzxroad") == []
    with Session(again) as session:
        assert found(session, "word2399") == ["word2399 and another3159681"]
    again.dispose()


def test_an_index_that_is_missing_is_made_with_what_there_is(engine: Engine, tmp_path: Path) -> None:
    with Session(engine) as session, session.begin():
        write(session, ANN, "A cake for Müller")
    with engine.begin() as connection:
        for thing in ("TRIGGER messagewords_in", "TRIGGER messagewords_out", "TABLE searchindex"):
            connection.execute(text(f"DROP {thing}"))
    migrate(engine)
    with Session(engine) as session:
        assert found(session, "muller") == ["A cake for Müller"]
