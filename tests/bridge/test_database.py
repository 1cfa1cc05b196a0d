"""The database at the edge: settings of every connection, and migrations that lead where the models are."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Column, DateTime, Engine, Integer, MetaData, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select

from bridge.records import engine as database
from bridge.records import lines, memo
from bridge.records.tables import NEVER_SEEN, Call, ConsentEvent, Contact, Message
from bridge.words.audit import change_in_words
from bridge.words.reasons import SENTENCES, trace_in_words
from bridge.words.troubles import sentence as in_words
from tests.support.databases import differences, is_of_the_index
from tests.support.old_release import alembic_config, at_revision_empty


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return database.open_engine(f"sqlite:///{tmp_path / 'x.db'}")


def migrated(engine: Engine) -> None:
    """Every migration, from nothing."""
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        connection.execute(text("INSERT INTO alembic_version VALUES ('none')"))
        connection.execute(text("DELETE FROM alembic_version"))
    from alembic import command

    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@pytest.mark.parametrize("make", [database.migrate, migrated], ids=["created", "migrated"])
def test_the_tables_are_what_the_models_say(engine: Engine, make: Callable[[Engine], None]) -> None:
    make(engine)
    with engine.connect() as connection:
        assert differences(connection) == []
    assert {"call", "message", "contact", "user"} <= set(inspect(engine).get_table_names())


def test_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == database.HEAD


REVISIONS = ["0001", "0002", "0003", "0004", "0005", "0006"]


def at_revision(engine: Engine, revision: str) -> None:
    """A database of an earlier release with a row in every table, each pointing at the others."""
    at_revision_empty(engine, revision)
    made = MetaData()
    made.reflect(engine)
    with engine.begin() as connection:
        for table in made.sorted_tables:
            if table.name != "alembic_version" and not is_of_the_index(table.name):
                connection.execute(
                    table.insert().values({column.name: something(column) for column in table.columns})
                )


def something(column: Column[Any]) -> object:
    """A value for this column; keys are all 1."""
    if isinstance(column.type, DateTime):
        return datetime(2026, 11, 1, tzinfo=UTC)
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, Integer):
        return 1
    return {"LargeBinary": b"x", "BLOB": b"x", "BYTEA": b"x", "JSON": []}.get(type(column.type).__name__, "1")


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_update_keeps_every_row(engine: Engine, revision: str) -> None:
    at_revision(engine, revision)
    database.migrate(engine)
    with engine.connect() as connection:
        for table in ("line", "contact", "call", "message", "messagepart", "user"):
            assert connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar() == 1, table
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert differences(connection) == []


def a_row_of_each(engine: Engine, revision: str) -> tuple[MetaData, dict[str, dict[str, Any]]]:
    """The tables of a revision, empty, and by their names what a row of each may hold."""
    at_revision_empty(engine, revision)
    made = MetaData()
    made.reflect(engine)
    return made, {
        table.name: {column.name: something(column) for column in table.columns}
        for table in made.sorted_tables
    }


def reasons_and_steps(engine: Engine) -> tuple[list[tuple[str, Any]], list[tuple[str, str | None]]]:
    """Brings a database of revision 0019 up to date in which two reasons stand for two more, and words for who settled it."""
    made, usual = a_row_of_each(engine, "0019")
    calls = [
        ("withheld", "withheld"),
        ("withheld", "not_shown"),
        ("opted_out", "opted_out"),
        ("opted_out", "doubtful"),
    ]
    said = [("text", "STOP"), ("page", "settled by mia"), ("page", "settled on the box")]
    with engine.begin() as connection:
        for table in ("line", "contact"):
            connection.execute(made.tables[table].insert().values(usual[table]))
        for key, (rule, why) in enumerate(calls, 1):
            trace = [{"rule": "not_missed", "verdict": "pass"}, {"rule": rule, "verdict": "stop", "why": why}]
            ended = {
                "id": key,
                "message_id": None,
                "outcome": "abandoned",
                "reason": rule,
                "trace": trace,
                "place": key,
            }
            connection.execute(made.tables["call"].insert().values(usual["call"] | ended))
        for key, (source, words) in enumerate(said, 1):
            step = {"id": key, "kind": "out", "source": source, "words": words}
            connection.execute(made.tables["consentevent"].insert().values(usual["consentevent"] | step))
    database.migrate(engine)
    with Session(engine) as session:
        kept = session.exec(select(Call).order_by(col(Call.id))).all()
        steps = session.exec(select(ConsentEvent).order_by(col(ConsentEvent.id))).all()
        assert all(call.trace[-1]["rule"] == call.reason for call in kept)
        return [(str(call.reason), call.trace[1:]) for call in kept], [
            (step.words, step.by) for step in steps
        ]


REASONS_NOW = [
    ("withheld", [{"rule": "withheld", "verdict": "stop", "why": "withheld"}]),
    (
        "unknown",
        [
            {"rule": "withheld", "verdict": "pass"},
            {"rule": "unknown", "verdict": "stop", "why": "not_shown"},
        ],
    ),
    ("opted_out", [{"rule": "opted_out", "verdict": "stop", "why": "opted_out"}]),
    (
        "unsure",
        [
            {"rule": "opted_out", "verdict": "pass"},
            {"rule": "unsure", "verdict": "stop", "why": "doubtful"},
        ],
    ),
]
STEPS_NOW = [("STOP", None), ("", "mia"), ("", None)]


def test_reasons_that_were_borrowed_and_who_settled_what(engine: Engine) -> None:
    assert reasons_and_steps(engine) == (REASONS_NOW, STEPS_NOW)


def who_was_seen(engine: Engine) -> list[bool]:
    """Brings a database of revision 0016 up to date in which 1 and 2 came out of a file, 2 and 3 have called."""
    made, usual = a_row_of_each(engine, "0016")
    person = usual["contact"] | {"kind": "", "opted_out_at": None}
    with engine.begin() as connection:
        connection.execute(made.tables["line"].insert().values(usual["line"]))
        for key, source in ((1, "import"), (2, "import"), (3, "call")):
            known = {"id": key, "address": str(key), "identity": str(key), "source": source}
            connection.execute(made.tables["contact"].insert().values(person | known))
        for key in (2, 3):
            called = {"id": key, "contact_id": key, "message_id": None}
            connection.execute(made.tables["call"].insert().values(usual["call"] | called))
    database.migrate(engine)
    with Session(engine) as session:
        return [session.get_one(Contact, key).last_seen > NEVER_SEEN for key in (1, 2, 3)]


def test_who_came_out_of_a_file_and_never_called_was_not_seen(engine: Engine) -> None:
    assert who_was_seen(engine) == [False, True, True]


def who_waits(engine: Engine) -> list[int | None]:
    """Brings a database of revision 0023 up to date: the places since which the contacts 1 to 8 wait."""
    made, usual = a_row_of_each(engine, "0023")
    now = datetime.now(UTC)
    person = usual["contact"] | {"kind": "", "opted_out_at": None, "done": False, "blocked": False}
    wrote = usual["message"] | {
        "direction": "in",
        "kind": "manual",
        "body": "Hi",
        "asks": False,
        "answered": None,
    }
    wrote |= {"call_id": None, "created": now, "status": "read"}
    called = usual["call"] | {"outcome": "abandoned", "reason": None, "called_back": None, "message_id": None}
    called |= {"started": now}
    # By contact: what came, in the order in which it came.
    came: dict[int, list[tuple[str, dict[str, Any]]]] = {
        1: [("message", {}), ("message", {"direction": "out"}), ("message", {}), ("message", {})],
        2: [("call", {}), ("message", {"direction": "out", "kind": "auto"})],
        3: [("call", {}), ("message", {"direction": "out"})],
        4: [("message", {}), ("call", {"outcome": "answered"})],
        5: [("call", {"called_back": now})],
        6: [("message", {"body": "STOP"})],
        7: [("call", {"reason": "spam"})],
        8: [("message", {"created": now - timedelta(days=30)})],
    }
    with engine.begin() as connection:
        connection.execute(made.tables["line"].insert().values(usual["line"]))
        for key, things in came.items():
            known = {"id": key, "address": f"+44740012340{key}", "identity": str(key)}
            connection.execute(made.tables["contact"].insert().values(person | known))
            for n, (table, told) in enumerate(things):
                row = {"message": wrote, "call": called}[table] | {"id": key * 10 + n, "contact_id": key}
                row |= {"place": key * 10 + n} | ({"ticket": str(key * 10 + n)} if table == "message" else {})
                connection.execute(made.tables[table].insert().values(row | told))
        step = {"contact_id": 6, "kind": "out", "source": "text", "words": "STOP"}
        connection.execute(made.tables["consentevent"].insert().values(usual["consentevent"] | step))
    database.migrate(engine)
    with Session(engine) as session:
        people = [session.get_one(Contact, key) for key in came]
        assert all((one.waits_since is None) == (one.waits_place is None) for one in people)
        return [one.waits_place for one in people]


WAITS_NOW = [12, 20, None, None, None, None, None, None]


def test_who_was_not_answered_waits(engine: Engine) -> None:
    assert who_waits(engine) == WAITS_NOW


# What 0.1.0 wrote, and what it is now: as kept, and in today's words.
STRANGERS = "Too many strangers called at once; automatic texts are stopped until somebody looks."
KEPT = [
    (
        "cooldown",
        "Texted 3 hours ago; one text per caller in 24 hours.",
        "cooldown?hours=24&minutes=180",
        "Texted 3 hours ago; one text per caller in 24 hours.",
    ),
    (
        "cooldown",
        "Texted just now; one text per caller in 1 hour.",
        "cooldown?hours=1&minutes=0",
        "Texted just now; one text per caller in 1 hour.",
    ),
    (
        "cooldown",
        "Texted at a time that the clock has yet to reach; one text per caller in 24 hours.",
        "cooldown?hours=24&minutes=-1",
        "Texted at a time the clock has not reached yet; one text per caller in 24 hours.",
    ),
    (
        "cooldown",
        "A text to this caller is already on its way.",
        "text_waits",
        "A text to this caller is already on its way.",
    ),
    (
        "spam",
        "The network calls this caller 'Scam Likely'.",
        "spam_name?name=Scam%20Likely",
        "The network shows this caller as “Scam Likely”.",
    ),
    (
        "spam",
        "It is on the block list ncid.txt: cruise line.",
        "listed_as?label=cruise%20line&list=ncid.txt",
        "It is on the block list ncid.txt: cruise line.",
    ),
    ("spam", "It is on the block list a.txt.", "listed?list=a.txt", "It is on the block list a.txt."),
    (
        "foreign",
        "The number is from FR, which is not texted.",
        "foreign_region?region=FR",
        "The number is from FR, which you don't text.",
    ),
    (
        "one_ring",
        "It rang 1 time, and strangers are texted from 2 rings on.",
        "one_ring?least=2&rings=1",
        "It rang 1 time; strangers are texted from 2 rings.",
    ),
    (
        "limit",
        "1 automatic text went out today; that is the limit.",
        "limit?most=1",
        "1 automatic text went out today; that is the limit.",
    ),
    (
        "breaker",
        f"31 strangers called within ten minutes. {STRANGERS}",
        "strangers?strangers=31",
        "31 strangers called within ten minutes. That is too many at once; automatic texts are stopped until somebody checks.",
    ),
    (
        "breaker",
        STRANGERS,
        "breaker",
        "Too many strangers called at once; automatic texts are stopped until somebody checks.",
    ),
    (
        "expired",
        "It could not be sent within 60 minutes of being due.",
        "expired?minutes=60",
        "It could not be sent within 60 minutes.",
    ),
    (
        "clock",
        "This caller was texted before, and nobody knows how long ago. The box's clock shows 1970.",
        "clock?doubt=The%20box%27s%20clock%20shows%201970.",
        "This caller was texted before, but the box cannot tell how long ago. The box's clock shows 1970.",
    ),
    (
        "not_textable",
        "A text to this number has failed for good. The number does not exist.",
        "unreachable?error=The%20number%20does%20not%20exist.",
        "Texts to this number fail for good. The number does not exist.",
    ),
]
OF_0_1_0: dict[str, str] = import_module("bridge.records.migrations.versions.0007_trace_codes").STOPPED


def test_traces_of_the_last_release_become_codes_that_say_the_same(engine: Engine) -> None:
    at_revision(engine, "0006")
    plain = {code: words for code, words in SENTENCES.items() if "{" not in words and code not in LATER}
    old = {code: words for words, code in OF_0_1_0.items()}
    cases = [*KEPT, *(("excluded", old[code], code, words) for code, words in plain.items())]
    traces = [
        [
            {"rule": "not_missed", "verdict": "pass", "detail": "The call was missed."},
            {"rule": rule, "verdict": "stop", "detail": words},
        ]
        for rule, words, _, _ in cases
    ]
    with engine.begin() as connection:
        for key, trace in enumerate(traces, 100):
            connection.execute(
                text(
                    "INSERT INTO call (id, line_id, started, withheld, urgent, trace, cause, forwarded, shown)"
                    " VALUES (:key, 1, '2026-11-01', 0, 0, :trace, NULL, 0, '')"
                ),
                {"key": key, "trace": json.dumps(trace)},
            )
    database.migrate(engine)
    with Session(engine) as session:
        for key, (rule, _, code, now) in enumerate(cases, 100):
            kept = session.get_one(Call, key).trace
            assert kept == [
                {"rule": "not_missed", "verdict": "pass"},
                {"rule": rule, "verdict": "stop", "why": code},
            ]
            assert trace_in_words(kept) == [
                {"rule": "not_missed", "verdict": "pass", "detail": "The call was missed."},
                {"rule": rule, "verdict": "stop", "detail": now},
            ]


# Codes that no row of a release before them can stand for.
LATER = {
    "no_phone_number",
    "program_limit",
    "strangers",
    "standstill",
    "too_late",
    "database_accepted",
    "reply_changed",
    "marked_out",
    "marked_never",
    "marked_welcome",
    "number",
    "invited",
    "invited_somebody",
    "invitation_taken_back",
    "joined",
} | {
    "closed_same",
    "closed_other",
    "closed_wait",
    "hours_not_known",
    "known_caller",
    "no_cooldown",
    "clock_harmless",
}

CHANGES = {
    "paused automatic texts for 60 minutes": "paused?minutes=60",
    "closed the shop until 15:00": "closed_until?back=15%3A00",
    "had the texts of line main tried again": "tried_again?line=main",
    "changed the settings: per_minute, per_day in limits": "settings?form=limits&keys=per_minute%2C%20per_day",
    "took in 1 contact out of a file": "imported?contacts=1",
    "took in 12 contacts out of a file": "imported?contacts=12",
    "let noa log in as owner": "user_added?name=noa&role=owner",
    "let noa log in no more": "user_removed?name=noa",
    "made noa staff": "role?name=noa&role=staff",
    "gave noa a new password": "password?name=noa",
    "logged noa out everywhere": "logged_out?name=noa",
    "paused automatic texts for today": "paused_today",
    "paused automatic texts until further notice": "paused_open",
    "let automatic texts go on": "resumed",
    "closed the shop for today": "closed_today",
    "let the usual hours count again": "usual_hours",
    "let automatic texts go on after a burst of strangers": "breaker_reset",
    "added a saved reply": "reply_added",
    "dropped a saved reply": "reply_dropped",
    "changed name, notes or kind of": "described",
    "had a person forgotten": "forgot",
    "marked as never to be texted": "marked_out",
    "let be texted again": "marked_in",
    "settled that it was no STOP of": "marked_fine",
    "blocked": "blocked",
    "unblocked": "unblocked",
    "logged in first, with the code of the box": "took_over",
    "took a new password": "own_password",
    "logged out everywhere else": "logged_out_elsewhere",
}


def test_the_log_of_the_last_release_becomes_codes_that_say_the_same(engine: Engine) -> None:
    at_revision(engine, "0006")
    with engine.begin() as connection:
        for key, words in enumerate([*CHANGES, "painted the box"], 100):
            connection.execute(
                text("INSERT INTO deed (id, at, who, what) VALUES (:key, '2026-11-01', 'mia', :words)"),
                {"key": key, "words": words},
            )
    database.migrate(engine)
    with engine.connect() as connection:
        kept = (
            connection.execute(text("SELECT what FROM auditentry WHERE id >= 100 ORDER BY id"))
            .scalars()
            .all()
        )
    assert kept == [*CHANGES.values(), "painted the box"]
    told = [change_in_words(code, "mia", "Bob") for code in kept]
    assert all(words.startswith("mia ") and "{" not in words for words in told)
    assert told[-1] == "mia painted the box"


UNREADABLE = [
    {"rule": "disabled", "verdict": "stop", "detail": "Automatic texts are paused; they go on at 9:00."},
    {"rule": "tide", "verdict": "pass", "detail": "It was low."},
]


def test_what_cannot_be_read_is_kept_as_text(engine: Engine) -> None:
    at_revision(engine, "0006")
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE call SET outcome = NULL, reason = NULL, trace = :trace"),
            {"trace": json.dumps(UNREADABLE)},
        )
        connection.execute(
            text(
                "UPDATE message SET status = 'sent', direction = 'out', kind = 'auto', error = 'It could not be sent in time.'"
            )
        )
        connection.execute(
            text("INSERT INTO memo (name, value) VALUES ('breaker', :why)"), {"why": STRANGERS}
        )
    database.migrate(engine)
    with Session(engine) as session:
        assert session.get_one(Call, 1).trace == UNREADABLE
        assert trace_in_words(UNREADABLE) == UNREADABLE
        assert session.get_one(Message, 1).error == "too_late"
        assert memo.remembered(session, "breaker") == "breaker"


def test_an_update_that_is_cut_off_leaves_what_was_there(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_revision(engine, "0005")
    create_table = Operations.create_table

    def cut_off(self: Operations, name: str, *columns: Any, **more: Any) -> Any:
        if name == "savedreply":
            raise OSError("The power was cut.")
        return create_table(self, name, *columns, **more)

    monkeypatch.setattr(Operations, "create_table", cut_off)
    with pytest.raises(OSError, match="power"):
        database.migrate(engine)
    monkeypatch.undo()
    database.migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM message")).scalar() == 1


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    database.migrate(engine)
    with Session(engine) as session, session.begin():
        lines.line_called(session, "main")
    database.migrate(engine)
    with Session(engine) as session:
        assert lines.line_called(session, "main").id == 1


def test_every_connection_loses_nothing(engine: Engine) -> None:
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 1000 * database.LOCK_SECONDS


def test_no_parameters_in_errors(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DatabaseError) as caught:
        connection.execute(text("SELECT :number FROM nowhere"), {"number": "+447400123456"})
    assert "447400123456" not in str(caught.value)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("database is locked", "Another program is using the database."),
        ("database or disk is full", "The disk is full."),
        ("attempt to write a readonly database", "The database cannot be written to."),
        ("unable to open database file", "The database cannot be opened."),
        ("disk I/O error", "The card or disk has errors."),
        ("database disk image is malformed", "The database file is damaged."),
        ("file is not a database", "The file named as the database is not a database."),
        ("something new", "The database does not work: something new."),
    ],
)
def test_troubles_in_plain_words(words: str, sentence: str) -> None:
    error = DatabaseError("SELECT 1", {}, sqlite3.OperationalError(words))
    assert in_words(database.database_trouble(error)).startswith(sentence)
