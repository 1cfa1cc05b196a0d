"""A person is the line, not the spelling of its number: pure, in rows, and on the whole box."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from bridge.records import contacts, forgetting
from bridge.records.engine import migrate, open_engine
from bridge.records.rows import id_of
from bridge.records.tables import Contact, Forgotten
from bridge.rules.numbering_plans import BOTH_IN_USE, RENUMBERED, Change, spellings
from bridge.rules.numbers import e164, identities, identity, untextable
from modem.simulator import Simulator
from tests.support.box import a_box, until
from tests.support.old_release import at_revision_empty

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)

# What people write and networks show of one line, by the region of the SIM.
ONE_LINE = [
    ("MX", "+522221234567", "2221234567", "+5212221234567", "1 222 123 4567", "044 222 123 4567"),
    ("MX", "+522221234567", "045 222 123 4567", "01 222 123 4567", "0052 1 222 123 4567", "5212221234567"),
    ("AR", "+541123456789", "1123456789", "+5491123456789", "011 15 2345-6789", "+54 11 15 2345 6789"),
    ("AR", "+541123456789", "+54 9 11 15 2345-6789", "9 11 2345-6789", "(011) 2345-6789", "0054 9 11 2345 6789"),
    ("AR", "+543414123456", "0341 15 412-3456", "+54 9 341 412 3456", "341 412 3456"),
    ("BR", "+5511987654321", "+551187654321", "11 8765-4321", "011 98765-4321", "0 15 11 8765-4321"),
    ("BR", "+5511977654321", "+551177654321", "11 97765-4321"),
    ("CI", "+2250707123456", "+22507123456", "07 12 34 56", "07 07 12 34 56"),
    ("CI", "+2250545123456", "+22545123456", "45 12 34 56"),
    ("BJ", "+2290197123456", "+22997123456", "97 12 34 56", "01 97 12 34 56"),
    ("VN", "+84389123456", "+841689123456", "0168 912 3456", "038 912 3456"),
    ("GA", "+24177123456", "+24107123456", "07 12 34 56", "077 12 34 56"),
    ("XK", "+38344123456", "+37744123456", "044 123 456"),
    ("GB", "+447400123456", "07400123456", "+44 (0)7400 123456", "00447400123456", "447400123456"),
    ("DE", "+4915123456789", "0151 23456789", "+49 0151 23456789", "004915123456789", "+49 (0)151 23456789"),
    ("IT", "+393401234567", "340 123 4567", "+39 0 340 1234567", "0039 340 1234567"),
    ("CL", "+56961234567", "9 6123 4567", "09 6123 4567"),
    ("US", "+12015550123", "(201) 555-0123", "1-201-555-0123", "001 201 555 0123", "011 1 201 555 0123"),
    ("RU", "+79161234567", "8 (916) 123-45-67", "9161234567", "8 10 7 916 1234567"),
    ("HU", "+36201234567", "06 20 123 4567", "+36 06 20 123 4567"),
]  # fmt: skip


@pytest.mark.parametrize(("region", "line", "writings"), [(r, line, rest) for r, line, *rest in ONE_LINE])
def test_every_writing_is_one_line(region: str, line: str, writings: list[str]) -> None:
    assert {writing: identity(writing, region) for writing in writings} == dict.fromkeys(writings, line)
    assert identity(line) == line


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+5212221234567", "+5212221234568"),
        ("+12221234567", "+522221234567"),  # the 1 of North America is another's
        ("+541123456789", "+543414123456"),
        ("+551132654321", "+5511932654321"),  # a landline of eight digits never had a ninth
        ("+37793123456", "+38393123456"),  # Monaco's own
        ("+393401234567", "+390401234567"),
        ("60006", "+4460006"),
        ("O2", "o2"),
    ],
)
def test_other_lines_stay_apart(one: str, other: str) -> None:
    assert identity(one) != identity(other)


changes = st.sampled_from([*RENUMBERED, *BOTH_IN_USE])


@given(changes, st.integers(0, 10**10 - 1))
def test_an_old_spelling_and_its_new_one_are_one_line_and_each_is_known(change: Change, rest: int) -> None:
    digits = str(rest).zfill(10)[-change.rest :]
    old, new = change.old + digits, change.new + digits
    assert spellings(old)[0] == spellings(new)[0]
    assert old in spellings(new)
    assert len(set(spellings(old))) == len(spellings(old))


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.integers(0, 999))
def test_identity_is_stable_and_no_valid_number_changes_but_by_a_plan(region: str, last: int) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        return
    number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)[:-3] + f"{last:03}"
    known = e164(number, region)
    if known is None:
        return
    assert identity(identity(known)) == identity(known)
    assert e164(known, region) == known
    if region not in ("AR", "GA", "BR"):
        assert identity(number, region) == number


@pytest.mark.parametrize("number", ["+5212221234568", "1123456788", "+541123456788", "+543414123456"])
def test_a_number_that_does_not_tell_mobile_from_landline_is_texted(number: str) -> None:
    assert untextable(number, "MX" if number.startswith("+52") else "AR") is None


def test_own_numbers_are_own_in_every_spelling() -> None:
    assert untextable("+5491123456789", "AR", own=("11 2345-6789",)) == "own"
    assert untextable("+5212221234567", "MX", own=("222 123 4567",)) == "own"


# ---- rows


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    yield engine
    engine.dispose()


def test_one_contact_whichever_way_the_number_comes(engine: Engine) -> None:
    with Session(engine) as session:
        shown = contacts.somebody_at(session, "+541123456789", "call", NOW)
        assert contacts.somebody_at(session, "+5491123456789", "text", NOW) is shown
        assert shown.address == "+5491123456789"  # it tells that it is a mobile
        assert contacts.somebody_at(session, "+541123456789", "call", NOW) is shown
        assert shown.address == "+5491123456789"
        assert contacts.contact_at(session, "+541123456789") is shown
        assert session.exec(select(Contact)).all() == [shown]


def test_an_opt_out_of_somebody_forgotten_holds_in_every_spelling(engine: Engine) -> None:
    with Session(engine) as session:
        person = contacts.somebody_at(session, "+5491123456789", "call", NOW)
        person.opted_out_at = NOW
        forgetting.forget(session, person)
        again = contacts.somebody_at(session, "+541123456789", "call", NOW + timedelta(days=1))
        assert again.opted_out_at == NOW


def test_what_an_earlier_release_kept_of_somebody_forgotten_is_found(engine: Engine) -> None:
    """It hashed the address as it was spelled then."""
    with Session(engine) as session:
        digest = contacts.digest_of(session, "+5212221234567")
        session.add(Forgotten(digest=digest, opted_out_at=NOW))
        session.flush()
        assert "+5212221234567" in identities("+522221234567")
        assert contacts.somebody_at(session, "+522221234567", "call", NOW).opted_out_at == NOW


def test_many_at_once_are_known_as_one_by_one(engine: Engine) -> None:
    with Session(engine) as session:
        shown = contacts.somebody_at(session, "+541123456789", "call", NOW)
        gone = contacts.somebody_at(session, "+447400123456", "call", NOW)
        gone.opted_out_at = NOW
        taken = id_of(gone)
        forgetting.forget(session, gone)
        numbers = ["+5491123456789", "+447400123456", "+447400123457", "+447400123456"]
        people = contacts.people_named(session, numbers, "import")
        session.flush()
        assert people[0] is shown
        assert shown.address == "+5491123456789"
        assert people[1] is people[3]
        assert people[1].opted_out_at == NOW
        assert people[2].opted_out_at is None
        assert taken not in {person.id for person in people}, "the owner's answer to #17 finds nobody else"


OLD = (
    "INSERT INTO contact (id, address, name, notes, kind, blocked, doubtful, done, source, first_seen, last_seen,"
    " opted_out_at, unreachable, assignee) VALUES (:id, :address, :name, :notes, :kind, :blocked, :doubtful, :done, 'call',"
    " :first, :last, :out, :unreachable, NULL)"
)


def old_contact(key: int, address: str, **more: object) -> dict[str, object]:
    usual: dict[str, object] = {"name": "", "notes": "", "kind": "", "blocked": False, "doubtful": False}
    usual |= {"done": True, "first": f"2026-01-0{key} 00:00:00", "last": f"2026-02-0{key} 00:00:00"}
    return usual | {"id": key, "address": address, "out": None, "unreachable": None, **more}


def test_an_update_joins_what_is_one_person_and_the_stricter_mark_wins(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    at_revision_empty(engine, "0010")
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO line (id, name, imsi, refusals) VALUES (1, 'main', '334020123456789', 0)")
        )
        for person in (
            old_contact(1, "+522221234567", kind="supplier", notes="a", unreachable="x"),
            old_contact(2, "+5212221234567", name="Ana", out="2026-01-05 00:00:00", kind="never", notes="b"),
            old_contact(3, "2221234567", blocked=True, done=False),
            old_contact(4, "+5491123456789", name="Beto"),
            old_contact(5, "+541123456789", doubtful=True),
            old_contact(6, "+447400123456", name="Cem"),
            old_contact(7, "60006"),
        ):
            connection.execute(text(OLD), person)
        connection.execute(
            text(
                "INSERT INTO message (id, line_id, contact_id, direction, kind, body, status, created, parts, tries, asks)"
                " VALUES (1, 1, 2, 'in', 'manual', 'STOP', 'read', '2026-01-05 00:00:00', 1, 0, 0)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO consentevent (contact_id, at, kind, source, words)"
                " VALUES (2, '2026-01-05 00:00:00', 'out', 'text', 'STOP')"
            )
        )
    migrate(engine)
    with Session(engine) as session:
        ana, beto, cem, short = session.exec(select(Contact).order_by(text("id"))).all()
        assert (ana.address, ana.identity, ana.name, ana.notes) == ("+522221234567",) * 2 + ("Ana", "a\nb")
        assert (ana.kind, ana.blocked, ana.done, ana.unreachable) == ("never", True, False, None)
        assert ana.opted_out_at == datetime(2026, 1, 5, tzinfo=UTC)
        assert (ana.first_seen.day, ana.last_seen.day) == (1, 3)
        assert (beto.address, beto.name, beto.doubtful) == ("+5491123456789", "Beto", True)
        assert (cem.identity, short.identity) == ("+447400123456", "60006")
        whose = session.execute(
            text("SELECT contact_id FROM message UNION ALL SELECT contact_id FROM consentevent")
        )
        assert list(whose.scalars()) == [ana.id, ana.id]
        assert not session.execute(text("PRAGMA foreign_key_check")).all()
    engine.dispose()


# ---- the whole box


@pytest.mark.parametrize(
    ("imsi", "calls", "writes"),
    [
        ("334020123456789", "2221234567", "+5212221234567"),
        ("722070123456789", "+5491123456789", "+541123456789"),
        ("722070123456789", "1123456789", "+5491123456789"),
        ("724050123456789", "+551187654321", "+5511987654321"),
        ("612030123456789", "07123456", "+2250707123456"),
    ],
)
def test_stop_is_kept_whichever_way_the_network_spells_the_line(
    tmp_path: Path, imsi: str, calls: str, writes: str
) -> None:
    with (
        Simulator(speed=20, reports="off", imsi=imsi) as simulator,
        a_box(tmp_path, simulator, "cooldown_hours = 0", country="auto") as box,
    ):
        simulator.call(calls, rings=2)
        assert box.settled(1)[0].textback == "sent"
        simulator.text(writes, "STOP")
        until(lambda: len(simulator.sent) == 2, "the confirmation")
        for again, number in enumerate((calls, writes), 2):
            simulator.call(number, rings=2)
            assert (box.settled(again)[0].textback, box.calls()[0].reason) == ("skipped", "opted_out")
        assert len({call.address for call in box.calls()}) == 1
        assert len(simulator.sent) == 2
