"""Address books: what phones, Google, Outlook and people's own tables hold, as tables; what we write comes back."""

import csv
import random
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.rules.addressbook import Card, read, to_csv, to_vcard
from bridge.rules.limits import LARGEST_FILE
from bridge.rules.numbers import NOWHERE
from bridge.rules.one_line import one_line
from tests.support.work import is_linear

ANN = "+447400123456"
BOB = "+447400123457"
CAT = "+447400123458"


def vcard(*lines: str, version: str = "3.0", end: str = "END:VCARD") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, end, ""])


def cards(text: str | bytes, region: str = "GB") -> list[Card]:
    got = read(text.encode() if isinstance(text, str) else text, region)
    assert got.troubles == ()
    return list(got.cards)


def troubles(text: str | bytes, region: str = "GB") -> tuple[str, ...]:
    return read(text.encode() if isinstance(text, str) else text, region).troubles


VCARDS = {
    "a name and a number, as written at home": (
        vcard("FN:Ann Lee", "TEL;TYPE=CELL:07400 123456"),
        [Card(ANN, "Ann Lee")],
    ),
    "an old phone: quoted-printable in UTF-8": (
        vcard(
            "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;",
            "TEL;CELL:07400123456",
            version="2.1",
        ),
        [Card(ANN, "Jörg Müller")],
    ),
    "quoted-printable in ISO-8859-1": (
        vcard(
            "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:J=F6rg", "TEL;CELL:07400123456", version="2.1"
        ),
        [Card(ANN, "Jörg")],
    ),
    "quoted-printable without its charset": (
        vcard("FN;QUOTED-PRINTABLE:J=F6rg", "TEL;CELL:07400123456", version="2.1"),
        [Card(ANN, "Jörg")],
    ),
    "a charset nobody knows": (
        vcard("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=KLINGON:J=C3=B6rg", "TEL:07400123456", version="2.1"),
        [Card(ANN, "Jörg")],
    ),
    "soft line breaks, also in the middle of a character": (
        vcard(
            "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=\r\n=B6rg M=\r\n=C3=BCller",
            "NOTE;ENCODING=QUOTED-PRINTABLE:red=\r\n door=0D=0Asecond floor",
            "TEL;CELL:07400123456",
            version="2.1",
        ),
        [Card(ANN, "Jörg Müller", "red door\nsecond floor")],
    ),
    "a soft line break before the end": (
        vcard("TEL:07400123456", "FN;ENCODING=QUOTED-PRINTABLE:Ann=", version="2.1"),
        [Card(ANN, "Ann")],
    ),
    "a backslash in version 2.1": (
        vcard("FN:Ann", r"NOTE:C:\new\; old", "TEL:07400123456", version="2.1"),
        [Card(ANN, "Ann", r"C:\new; old")],
    ),
    "version 4 with a URI, an extension and a quoted parameter": (
        vcard(
            "FN:Ann",
            'TEL;VALUE=uri;TYPE="voice,cell";X-A="b:c":tel:+44-7400-123456;ext=102',
            version="4.0",
        ),
        [Card(ANN, "Ann")],
    ),
    "folded lines": (
        vcard("FN:An\r\n n L\r\n\tee", "TEL:+4474\r\n 00123456"),
        [Card(ANN, "Ann Lee")],
    ),
    "N without FN": (vcard("N:Lee;Ann;Mary;Dr;", "TEL:07400123456"), [Card(ANN, "Ann Mary Lee")]),
    "a hidden semicolon in N": (vcard(r"N:Lee\;Co;Ann", "TEL:07400123456"), [Card(ANN, "Ann Lee;Co")]),
    "an empty FN": (vcard("FN:", "N:;;;;", "ORG:Acme;Sales", "TEL:07400123456"), [Card(ANN, "Acme")]),
    "only a company": (vcard("ORG:Flour & Co", "TEL:07400123456"), [Card(ANN, "Flour & Co")]),
    "only a number": (vcard("TEL:07400123456"), [Card(ANN)]),
    "the number as its name": (vcard("FN:07400 123 456", "TEL:07400123456"), [Card(ANN)]),
    "a note with escapes": (
        vcard("FN:Ann", r"NOTE:red door\, ring\ntwice\\", "TEL:07400123456"),
        [Card(ANN, "Ann", "red door, ring\ntwice\\")],
    ),
    "several numbers": (
        vcard("FN:Ann", "TEL;CELL:07400123456", "TEL;WORK:07400123457"),
        [Card(ANN, "Ann"), Card(BOB, "Ann")],
    ),
    "a fax is not for people": (
        vcard("FN:Ann", "TEL;TYPE=WORK,FAX:07400123457", "TEL:07400123456"),
        [Card(ANN, "Ann")],
    ),
    "Apple's groups": (
        vcard("FN:Ann", "item1.TEL;type=pref:07400123456", "item1.X-ABLabel:_$!<Mobile>!$_"),
        [Card(ANN, "Ann")],
    ),
    "small letters": (
        "begin:vcard\nversion:3.0\nfn:Ann\ntel:07400123456\nend:vcard\n",
        [Card(ANN, "Ann")],
    ),
    "a photo": (
        vcard("FN:Ann", "PHOTO;ENCODING=b;TYPE=JPEG:" + "\r\n ".join(["AAAA" * 18] * 50), "TEL:07400123456"),
        [Card(ANN, "Ann")],
    ),
    "an old photo, not indented, and an empty line": (
        vcard("FN:Ann", "PHOTO;JPEG;BASE64:AAAA", "AAAA" * 18, "AA==", "", "TEL:07400123456", version="2.1"),
        [Card(ANN, "Ann")],
    ),
    "nonsense between the lines": (
        vcard("what is this", ";;;:::", "FN:Ann", "TEL:07400123456"),
        [Card(ANN, "Ann")],
    ),
    "who says BEGIN in a note begins nothing": (
        vcard("FN:BEGIN:VCARD", "NOTE:END:VCARD", "TEL:07400123456"),
        [Card(ANN, "BEGIN:VCARD", "END:VCARD")],
    ),
    "the same number twice": (
        vcard("FN:Ann", "NOTE:one", "TEL:07400123456")
        + vcard("FN:Annie", "NOTE:two", "TEL:+44 7400 123456")
        + vcard("FN:A", "NOTE:one", "TEL:07400123456"),
        [Card(ANN, "Ann", "one\ntwo")],
    ),
    "a number without a name, then with one": (
        vcard("TEL:07400123456") + vcard("FN:Ann", "CATEGORIES:Blocked", "TEL:07400123456"),
        [Card(ANN, "Ann", blocked=True)],
    ),
    "the same number twice: the stronger mark, and blocked stays blocked": (
        vcard("FN:Ann", "CATEGORIES:Never text,Blocked", "TEL:07400123456")
        + vcard("FN:Ann", "CATEGORIES:Staff", "TEL:07400123456"),
        [Card(ANN, "Ann", "", "never", True)],
    ),
    "marks of direction and other hyphens in a number": (
        vcard("FN:Ann", "TEL:\u202a+44\u00a07400\u2011123\u2011456\u202c"),
        [Card(ANN, "Ann")],
    ),
}


@pytest.mark.parametrize(("text", "expected"), VCARDS.values(), ids=VCARDS)
def test_a_vcard(text: str, expected: list[Card]) -> None:
    assert cards(text) == expected
    assert cards(text.replace("\r\n", "\n")) == expected
    assert cards("\ufeff" + text) == expected
    assert cards(text.encode("utf-16")) == expected


CATEGORIES = {
    "Staff": ("staff", False),
    "STAFF": ("staff", False),
    "myContacts,Supplier": ("supplier", False),
    "Never text": ("never", False),
    "Blocked": ("", True),
    "Staff,Never text,Blocked": ("never", True),
    "Never text,Staff": ("never", False),
    "Mitarbeiter": ("staff", False),
    "Lieferanten": ("supplier", False),
    "Employés": ("staff", False),
    "Bloqué": ("", True),
    "Proveedores": ("supplier", False),
    "Fornitori": ("supplier", False),
    "No SMS": ("never", False),
    "Friends": ("", False),
    "": ("", False),
    ",,": ("", False),
}


@pytest.mark.parametrize(("words", "expected"), CATEGORIES.items(), ids=CATEGORIES)
def test_what_categories_mean(words: str, expected: tuple[str, bool]) -> None:
    mark, blocked = expected
    wanted = [Card(ANN, "Ann", "", mark, blocked)]
    assert cards(vcard("FN:Ann", f"CATEGORIES:{words}", "TEL:07400123456")) == wanted
    assert cards(f'Name,Labels,Phone\nAnn,"{words}",07400123456\n') == wanted


GOOGLE = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Organization Name,Birthday,Notes,Labels,"
    "E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\r\n"
)
OUTLOOK = (
    '"First Name","Middle Name","Last Name","Company","Business Fax","Business Phone","Mobile Phone",'
    '"Notes","Categories"\r\n'
)
CSVS = {
    "our own": (
        "number,name,notes,mark,blocked\r\n+447400123456,Ann,red door,staff,yes\r\n",
        [Card(ANN, "Ann", "red door", "staff", True)],
    ),
    "Google today": (
        GOOGLE + "Ann,,Lee,,Acme,1990-01-02,red door,* myContacts ::: Staff,,a@example.com,"
        "Mobile,07400 123456 ::: 07400 123457,Work,+44 7400 123458\r\n",
        [Card(number, "Ann Lee", "red door", "staff") for number in (ANN, BOB, CAT)],
    ),
    "Google before": (
        "Name,Given Name,Family Name,Group Membership,Phone 1 - Type,Phone 1 - Value\n"
        "Ann Lee,Ann,Lee,* myContacts,Mobile,07400 123456\n",
        [Card(ANN, "Ann Lee")],
    ),
    "Google, a company": (GOOGLE + ",,,,Acme,,,,,,Work,07400 123456,,\r\n", [Card(ANN, "Acme")]),
    "Outlook": (
        OUTLOOK + '"Ann","","Lee","Acme","07400123459","07400 123457","07400 123456","ring\r\ntwice","Supplier;VIP"\r\n',
        [Card(number, "Ann Lee", "ring\ntwice", "supplier") for number in (BOB, ANN)],
    ),
    "German": (
        "Vorname;Nachname;Mobiltelefon;Telefon (privat);Notizen;Gesperrt\nJörg;Müller;07400 123456;07400 123457;x;ja\n",
        [Card(number, "Jörg Müller", "x", blocked=True) for number in (ANN, BOB)],
    ),
    "German: Name is the family's": (
        "Name;Vorname;Rufnummer\nMüller;Jörg;07400 123456",
        [Card(ANN, "Jörg Müller")],
    ),
    "French": (
        "Nom;Prénom;Téléphone portable;Remarques\nCurie;Marie;07400 123456;x",
        [Card(ANN, "Marie Curie", "x")],
    ),
    "Spanish": (
        "Nombre;Apellidos;Teléfono móvil;Notas\nAna;Ruiz;07400 123456;x",
        [Card(ANN, "Ana Ruiz", "x")],
    ),
    "Italian": ("Nome;Cognome;Cellulare;Note\nAda;Neri;07400 123456;x", [Card(ANN, "Ada Neri", "x")]),
    "tabs": ("Name\tPhone\nLee, Ann\t07400 123456\n", [Card(ANN, "Lee, Ann")]),
    "the separator of the header counts": ("Name;Phone\nLee, Ann, Mary;07400 123456", [Card(ANN, "Lee, Ann, Mary")]),
    "a separator in a quoted header": ('"Name, and; more",Phone\nAnn,07400 123456', [Card(ANN, "Ann")]),
    "Excel's own first line": ("sep=;\nName;Phone\nAnn;07400 123456\n", [Card(ANN, "Ann")]),
    "no header": ("Ann,07400 123456\nBob,07400 123457\n", [Card(ANN, "Ann"), Card(BOB, "Bob")]),
    "no header, numbers first": ("07400123456;Ann\n07400123457;Bob\n", [Card(ANN, "Ann"), Card(BOB, "Bob")]),
    "no header and no names": ("07400123456\n\n07400123457\n", [Card(ANN), Card(BOB)]),
    "no header, a date is no number": (
        "2024-01-15,Ann,07400 123456\n2024-01-16,Bob,07400 123457\n",
        [Card(ANN, "2024-01-15"), Card(BOB, "2024-01-16")],
    ),
    "a header of unknown words for numbers": ("Name,Reach\nAnn,07400 123456", [Card(ANN, "Ann")]),
    "a type of phone is no name": ("Phone Type,Phone,Who\nMobile,07400 123456,Ann", [Card(ANN, "Ann")]),
    "what a spreadsheet has to be told is text": ("Name,Phone\nAnn,'07400123456", [Card(ANN, "Ann")]),
    "a lost zero": ("Name,Phone\nAnn,7400123456", [Card(ANN, "Ann")]),
    "empty rows and short ones": (
        "Name,Phone,Notes\n,,\n\nAnn,07400123456\n,,,,,\n",
        [Card(ANN, "Ann")],
    ),
    "more cells than the header has": ("Name,Phone\nAnn,07400123456,x,y,z", [Card(ANN, "Ann")]),
    "an inch in a cell": ('Name,Phone\nAnn 5" pipe,07400123456\nBob,07400123457', [Card(ANN, 'Ann 5" pipe'), Card(BOB, "Bob")]),
    "an apostrophe that guards nothing": ("Name,Phone\n't Hof,07400123456", [Card(ANN, "'t Hof")]),
    "a control character": ("Name,Phone\nAnn\x07\x00Lee,07400123456", [Card(ANN, "Ann Lee")]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CSVS.values(), ids=CSVS)
def test_a_table(text: str, expected: list[Card]) -> None:
    assert cards(text) == expected
    assert cards("\ufeff" + text) == expected
    assert cards(text.encode("cp1252")) == expected
    assert cards(text.encode("utf-16")) == expected
    assert cards(text.encode("utf-16-le")) == expected
    assert cards(text.encode("utf-16-be")) == expected


TROUBLES = {
    "nothing": ("", ["No contacts were found; use a vCard file, or a CSV file with a column of numbers."]),
    "a letter": (
        "Dear Ann,\nhow are you?\n",
        ["No column of phone numbers was found; the first line should be something like number,name,notes."],
    ),
    "a workbook": (b"PK\x03\x04....", ["This looks like a spreadsheet file; save it as CSV and import that."]),
    "too few digits in a vCard": (
        vcard("FN:Bob") + vcard("FN:Ann", "TEL:12345"),
        [
            "Entry 1, Bob: it has no phone number and was left out.",
            "Entry 2, Ann: 12345 is not a phone number and was left out.",
        ],
    ),
    "too few digits in a table, after a note of two lines": (
        'Name,Notes,Phone\nAnn,"a\nb",07400123456\nBob,,12345\n,,abc\n',
        [
            "Line 4, Bob: 12345 is not a phone number and was left out.",
            "Line 5: abc is not a phone number and was left out.",
        ],
    ),
    "many without a number": (
        "Name,Phone\nAnn,\nBob,\nCat,\nDan,\n",
        ["4 entries without a phone number were left out: Line 2, Ann; Line 3, Bob; Line 4, Cat and others."],
    ),
    "rounded": (
        "Name,Phone\nAnn,4.474E+11\n",
        ["Line 2, Ann: 4.474E+11 was rounded by a spreadsheet and was left out; format the column as text and save it again."],
    ),
    "a mark of ours with a slip": (
        "number,name,mark\n07400123456,Ann,nevr\n",
        ["Line 2: the mark nevr is not known and was left out; write staff, supplier or never."],
    ),
    "a card without an end": (
        vcard("FN:Ann", "TEL:07400123456", end="") + vcard("FN:Bob", "TEL:07400123457"),
        ["Entry 1, Ann: END:VCARD is missing, so something may have been lost; the rest was read."],
    ),
    "a file cut off": (
        "BEGIN:VCARD\nFN:Ann\nTEL:07400123456\nNO",
        ["Entry 1, Ann: END:VCARD is missing, so something may have been lost; the rest was read."],
    ),
    "a quotation mark that never closes": (
        'Name,Phone\nAnn,07400123456\n"Bob,07400123457\nCat,07400123458\n',
        ["Line 3: a quotation mark is never closed; everything after it was left out."],
    ),
    "a cell without an end": (
        "Name,Phone\nAnn,07400123456\n" + "x" * 200_000 + ",1\nBob,07400123457\n",
        ["Line 3: it is far too long and was left out; check its quotation marks."],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TROUBLES.values(), ids=TROUBLES)
def test_what_is_wrong_with_a_file(text: str | bytes, expected: list[str]) -> None:
    assert list(troubles(text)) == expected


def test_what_can_be_read_is_read_beside_the_troubles() -> None:
    names = {
        case: [card.name for card in read(str(text).encode(), "GB").cards]
        for case, (text, _) in TROUBLES.items()
    }
    assert {case: got for case, got in names.items() if got} == {
        "too few digits in a table, after a note of two lines": ["Ann"],
        "a mark of ours with a slip": ["Ann"],
        "a card without an end": ["Ann", "Bob"],
        "a file cut off": ["Ann"],
        "a quotation mark that never closes": ["Ann"],
        "a cell without an end": ["Ann", "Bob"],
    }


def test_the_region_tells_what_a_number_is() -> None:
    assert cards("Name,Phone\nAnn,(201) 555-0123", "US") == [Card("+12015550123", "Ann")]
    assert cards("Name;Handy\nAnn;0151 / 12345678", "DE") == [Card("+4915112345678", "Ann")]
    assert cards("Name;Handy\nAnn;0049 151 12345678", "DE") == [Card("+4915112345678", "Ann")]
    assert troubles("Name,Phone\nAnn,07400123456\n", NOWHERE) == (
        "Line 2, Ann: 07400123456 is not a phone number and was left out; it needs + and the country code.",
    )


def test_twenty_troubles_are_enough() -> None:
    told = troubles("Name,Phone\n" + "Ann,12345\n" * 25)
    assert len(told) == 21
    assert told[-1] == "and 5 more were left out."
    told = troubles("Name,Phone\nAnn,07400123456\nBob,\n" + "Ann,12345\n" * 25)
    assert len(told) == 21
    assert told[0] == "Line 3, Bob: it has no phone number and was left out."
    assert told[-1] == "and 6 more were left out."


def test_names_and_notes_have_an_end() -> None:
    (card,) = cards(vcard(f"FN:{'n' * 500}", f"NOTE:{'o' * 5000}", "TEL:07400123456"))
    assert (len(card.name), len(card.notes)) == (80, 1000)
    both = "".join(vcard("FN:Ann", f"NOTE:{item * 900}", "TEL:07400123456") for item in "ab")
    assert len(cards(both)[0].notes) == 1000


LARGE = {
    "larger than 5 MB": b"x" * (LARGEST_FILE + 1),
    "50,001 rows": b"Phone\n" + b"07400123456\n" * 50_001,
    "50,001 rows without numbers": b"Name,Phone\n" + b"Ann,\n" * 50_001,
    "50,001 vCards": b"BEGIN:VCARD\nEND:VCARD\n" * 50_001,
    "50,001 numbers of one person": b"BEGIN:VCARD\n" + b"TEL:1\n" * 50_001 + b"END:VCARD\n",
}


@pytest.mark.parametrize("data", LARGE.values(), ids=LARGE)
def test_a_file_that_is_too_large_is_refused(data: bytes) -> None:
    got = read(data, "GB")
    assert got.cards == ()
    assert len(got.troubles) == 1
    assert got.troubles[0].endswith("and was not read; split it and import the parts.")


SLOW: dict[str, Callable[[int], bytes]] = {
    "columns": lambda size: b"a," * (size // 2),
    "quotation marks": lambda size: b'"' * size,
    "odd quotation marks": lambda size: b'"a\n' * (size // 3),
    "one property": lambda size: b"BEGIN:VCARD\nTEL" + b';""' * (size // 3 - 20),
    "one value": lambda size: b"BEGIN:VCARD\nN:" + b"\\;" * (size // 2 - 20),
    "folds": lambda size: b"BEGIN:VCARD\nNOTE:" + b"\n a" * (size // 3 - 20),
    "soft line breaks": lambda size: b"BEGIN:VCARD\nNOTE;QUOTED-PRINTABLE:" + b"=\n" * (size // 2 - 20),
    "blanks before BEGIN": lambda size: b" " * size,
    "nothing but NUL": lambda size: b"\0" * size,
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_nasty_file_is_work_by_its_size_at_most(kind: str) -> None:
    assert is_linear(lambda size: read(SLOW[kind](size), "GB"), LARGEST_FILE)


# --- what we write

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(",;\\\n\"'=+-@:🛑 ä"), max_size=300
)
CARDS = st.lists(
    st.builds(
        Card,
        number=st.integers(400123450, 400123459).map(lambda n: f"+447{n}"),
        # A name is one line, as the box keeps it; notes keep their lines.
        name=TEXT.map(lambda text: one_line(text)[:80].strip()),
        notes=TEXT.map(lambda text: (text * 4)[:1000].strip()),
        mark=st.sampled_from(["", "staff", "supplier", "never"]),
        blocked=st.booleans(),
        unsure=st.booleans(),
    ),
    unique_by=lambda card: card.number,
    min_size=1,
    max_size=10,
)
# As the box keeps them: in UTC; a file holds whole seconds.
OPT_OUTS = st.none() | st.integers(-(10**9), 4 * 10**9).map(lambda unix: datetime.fromtimestamp(unix, UTC))
ZONES = st.sampled_from([UTC, ZoneInfo("Europe/London"), ZoneInfo("Asia/Kathmandu")])


def opted_out(given: list[Card], moment: datetime | None) -> list[Card]:
    """The last of them has opted out then, or nobody has."""
    return [*given[:-1], replace(given[-1], opted_out=True, opted_out_at=moment)]


@settings(max_examples=200)
@given(CARDS, OPT_OUTS)
def test_our_vcards_come_back_the_same(given: list[Card], moment: datetime | None) -> None:
    given = opted_out(given, moment)
    text = to_vcard(given)
    assert cards(text) == given
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")


@settings(max_examples=200)
@given(CARDS, OPT_OUTS, ZONES)
def test_our_tables_come_back_the_same(given: list[Card], moment: datetime | None, zone: ZoneInfo) -> None:
    given = opted_out(given, moment)
    assert cards(to_csv(given, zone)) == given
    assert cards(to_csv(given, zone).encode("utf-8-sig")) == given


def test_a_table_says_in_words_what_its_columns_hold() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    card = Card(ANN, "Ann", mark="never", blocked=True, opted_out=True, opted_out_at=noon)
    head, row = csv.reader(to_csv([card], ZoneInfo("Europe/London")).splitlines())
    assert dict(zip(head, row, strict=True)) == {
        "number": ANN,
        "name": "Ann",
        "notes": "",
        "mark": "never",
        "blocked": "yes",
        "opted_out": "2026-07-01T13:00:00+01:00",
        "unsure": "",
        "in words": "Opted out of texts; Never text; Blocked",
    }


# What other programs, and people, write into such a column: rather an opt-out too many than one too few.
OPTED_OUT = {
    "yes": (True, None),
    "x": (True, None),
    "1": (True, None),
    "asked us in March": (True, None),
    "2026-03-01": (True, datetime(2026, 3, 1, tzinfo=UTC)),
    "2026-03-01T10:00:00Z": (True, datetime(2026, 3, 1, 10, tzinfo=UTC)),
    "2026-03-01 11:00:00+01:00": (True, datetime(2026, 3, 1, 10, tzinfo=UTC)),
    "": (False, None),
    "no": (False, None),
    "NEIN": (False, None),
    "0": (False, None),
}


@pytest.mark.parametrize(("words", "expected"), OPTED_OUT.items(), ids=OPTED_OUT)
@pytest.mark.parametrize("head", ["opted_out", "Opted out", "Opt-out", "Unsubscribed", "Abgemeldet"])
def test_what_an_opt_out_looks_like(head: str, words: str, expected: tuple[bool, datetime | None]) -> None:
    (card,) = cards(f"Name,Phone,{head}\nAnn,07400123456,{words}\n")
    assert (card.opted_out, card.opted_out_at) == expected


def test_of_two_entries_of_one_number_the_stricter_and_the_earlier_count() -> None:
    table = f"number,mark,blocked,opted_out,unsure\n{ANN},staff,,2026-03-01,\n{ANN},never,yes,2026-02-01,\n{ANN},,,,yes\n"
    february = datetime(2026, 2, 1, tzinfo=UTC)
    assert cards(table) == [
        Card(ANN, mark="never", blocked=True, opted_out=True, opted_out_at=february, unsure=True)
    ]


@pytest.mark.parametrize(
    "name", ["=1+1", "+44", "-1", "@SUM(A1)", "'=1+1", "''@x", "=", '=HYPERLINK("http://x")']
)
def test_a_spreadsheet_calculates_nothing(name: str) -> None:
    card = Card(ANN, name, notes=name)
    text = to_csv([card])
    assert text.splitlines()[1].replace('"', "").startswith(f"{ANN},'{name[0]}")
    assert cards(text) == [card]


def test_a_sender_of_letters_is_guarded_too() -> None:
    assert to_csv([Card("=cmd"), Card(ANN)]).splitlines()[1:] == ["'=cmd,,,,,,,", f"{ANN},,,,,,,"]


@pytest.mark.parametrize(
    "name", ["Ann\r\nEND:VCARD\r\nBEGIN:VCARD", "Ann\nTEL:123", "Ann\x00\x0bLee", " Ann\t Lee "]
)
def test_a_name_cannot_break_out_of_its_line(name: str) -> None:
    card = Card(ANN, name)
    expected = [replace(card, name=" ".join(name.replace("\x00", " ").split()))]
    assert cards(to_vcard([card])) == expected
    assert cards(to_csv([card])) == expected


@settings(max_examples=400)
@given(
    st.binary(max_size=400),
    st.sampled_from(
        [b"", b"BEGIN:VCARD\n", b"BEGIN:VCARD\nFN;CHARSET=UTF-7;QUOTED-PRINTABLE:", b"Name,Phone\n"]
    ),
    st.sampled_from(["GB", "US", NOWHERE]),
)
def test_no_bytes_whatever_raise(data: bytes, before: bytes, region: str) -> None:
    read(before + data, region)


@settings(max_examples=200)
@given(CARDS, st.randoms(use_true_random=False), st.booleans())
def test_no_damaged_file_raises(given: list[Card], dice: random.Random, as_table: bool) -> None:
    data = bytearray((to_csv if as_table else to_vcard)(given).encode())
    for _ in range(5):
        at = dice.randrange(len(data))
        data[at : at + dice.randrange(4)] = dice.randbytes(dice.randrange(4)) or b'"'
    read(bytes(data), "GB")


# ---- what phones and programs have sent


def card(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCARD", "VERSION:2.1", *lines, "END:VCARD", ""])


QP = "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:"
FIELD = [
    # (the file, the cards in it)
    (card(f"{QP}=D0=9E=D0=BB=D0=B5=D0=B3 =D0=", " =9A=D0=BE=D1=82", f"TEL:{ANN}"), [(ANN, "Олег Кот")]),
    (card(f"{QP}=D0=9E=D0=BB=D0=", "\t=B5=D0=B3", f"TEL:{ANN}"), [(ANN, "Олег")]),
    (card(f"{QP}Anna =", " K=C3=B6hler", f"TEL:{ANN}"), [(ANN, "Anna Köhler")]),
    (card(f"{QP}Anna=", " K=C3=B6hler", f"TEL:{ANN}"), [(ANN, "Anna Köhler")]),
    (card(f"{QP}=41=6E=6E=61=20=4B=C3=B6=68=6C=", "=65=72", f"TEL:{ANN}"), [(ANN, "Anna Köhler")]),
    (card("FN;CHARSET=ISO-8859-1:M\xfcller", f"TEL:{ANN}").encode("latin-1"), [(ANN, "Müller")]),
    (
        card("FN:M\xfcller", f"TEL:{ANN}").encode("cp1252") + card("FN:Jörg", f"TEL:{BOB}").encode(),
        [(ANN, "Müller"), (BOB, "Jörg")],
    ),
    (
        b"\xef\xbb\xbf" + card("FN:Jörg", f"TEL:{ANN}").encode() + card("FN:M\xfcller", f"TEL:{BOB}").encode("cp1252"),
        [(ANN, "Jörg"), (BOB, "Müller")],
    ),
    (card("FN:Jörg", f"TEL:{ANN}").encode("utf-16"), [(ANN, "Jörg")]),
    ("Name,Phone\nM\xfcller,07400123456\n".encode("cp1252") + "Jörg,07400123457\n".encode(), [(ANN, "Müller"), (BOB, "Jörg")]),
    (card("N:Hall;Office", f"TEL;WORK:{ANN}p123", "TEL;CELL:07400 123457 w 22#"), [(ANN, "Office Hall"), (BOB, "Office Hall")]),
    (card("FN:Ann", "TEL:07400123456P1", "TEL:07400 123457,,22"), [(ANN, "Ann"), (BOB, "Ann")]),
    (card("FN:Ann", "TEL:07400123456 x12", "TEL:07400123457 ext. 3"), [(ANN, "Ann"), (BOB, "Ann")]),
    (card("FN:Ann", f'TEL;VALUE=uri;TYPE="voice,home":tel:{ANN};ext=12'), [(ANN, "Ann")]),
    (card("FN:Ann", "PHOTO;ENCODING=b;TYPE=JPEG:" + "QUJD" * 90_000, f"TEL:{ANN}"), [(ANN, "Ann")]),
    (card("FN:Ann", "PHOTO;ENCODING=BASE64:QUJD", *[" QUJD"] * 5000, "", f"TEL:{ANN}"), [(ANN, "Ann")]),
    ("Name,Phone\nAnn,+44 (0)7400 123456\nBob,00447400123457", [(ANN, "Ann"), (BOB, "Bob")]),
    # Several numbers in one place.
    (card("FN:Ann", "TEL:07400123456 ::: 07400123457"), [(ANN, "Ann"), (BOB, "Ann")]),
    (card("FN:Ann", "TEL:07400123456, 07400123457"), [(ANN, "Ann"), (BOB, "Ann")]),
    (card("FN:Ann", "TEL:07400123456;07400123457"), [(ANN, "Ann"), (BOB, "Ann")]),
    (card("FN:Ann", "TEL:07400123456 / 07400123457"), [(ANN, "Ann"), (BOB, "Ann")]),
    ('Name,Phone\nAnn,"07400123456,07400123457"\nCat,07400 123458;12\n', [(ANN, "Ann"), (BOB, "Ann"), (CAT, "Cat")]),
    ("Name;Phone\nAnn;07400123456;07400123457\n", [(ANN, "Ann"), (BOB, "Ann")]),
    # A pause before many digits is none of several numbers.
    (card("FN:Ann", "TEL:07400123456,,7400123457#"), [(ANN, "Ann")]),
    (card("FN:Ann", "TEL:07400123456wait12", "TEL:07400123457 pause 12"), [(ANN, "Ann"), (BOB, "Ann")]),
    ('Name,Phone\nAnn,="07400123456"\nBob,"=""07400123457"""\n', [(ANN, "Ann"), (BOB, "Bob")]),
    # Two blanks of the fold within a character, and every fold of the value that has one such.
    (card(f"{QP}=D0=9E=D0=BB=D0=B5=D0=B3 =D0=", "  =9A=D0=BE=D1=82", f"TEL:{ANN}"), [(ANN, "Олег Кот")]),
    (card(f"{QP}=D0=9E=D0=", " =BB=D0=B5=D0=B3=", " =D0=9A", f"TEL:{ANN}"), [(ANN, "ОлегК")]),
    (card("FN;CHARSET=CP1251;ENCODING=QUOTED-PRINTABLE:=CE=EB=E5=E3", f"TEL:{ANN}"), [(ANN, "Олег")]),
    (card("FN;ENCODING=BASE64;CHARSET=UTF-8:SsO2cmc=", f"TEL:{ANN}"), [(ANN, "Jörg")]),
    (card("FN;ENCODING=b:SsO2cmc=", f"TEL:{ANN}"), [(ANN, "Jörg")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FIELD)
@pytest.mark.parametrize("size", [0, 1, 7, 4096], ids=lambda size: f"pieces-of-{size}")
def test_what_the_field_sent(text: str | bytes, expected: list[tuple[str, str]], size: int) -> None:
    data = text.encode() if isinstance(text, str) else text
    if size == 1 and len(data) > 10_000:
        size = 100
    pieces = [data[start : start + size] for start in range(0, len(data), size)] if size else data
    found = read(pieces, "GB")
    assert [(one.number, one.name) for one in found.cards] == expected
    assert found.troubles == ()


LEFT_OUT = [
    # (the file, what the import says of it)
    (card("FN:Ann", f"TEL:{ANN}") + f"TEL:{BOB}\r\n", f"{BOB} is outside of any entry and was left out."),
    (
        card("FN:Ann", f"TEL:{ANN}", *["NOTE:" + "x" * 4000] * 70, f"TEL:{BOB}"),
        "Entry 1, Ann: it is far too long; everything after the first 256 kB was left out.",
    ),
    (card("FN:Ann", f"TEL:{ANN}", "TEL:sip:ann@example.com"),
     "Entry 1, Ann: sip:ann@example.com is not a phone number and was left out."),
    (card("FN:Ann", f"TEL:{ANN}", "TEL:*31#07400123457"),
     "Entry 1, Ann: *31#07400123457 is not a phone number and was left out."),
    ("Name,Phone\nAnn,07400123456 or 07400123457\n",
     "Line 2, Ann: 07400123456 or 07400123457 is not a phone number and was left out."),
    ('Name,Phone\nAnn,"07400123456, abc"\n', "Line 2, Ann: abc is not a phone number and was left out."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), LEFT_OUT)
def test_nothing_is_left_out_in_silence(text: str, sentence: str) -> None:
    assert troubles(text) == (sentence,)


@pytest.mark.parametrize(
    ("region", "typed", "number"),
    [("MX", "044 222 123 4567", "+522221234567"), ("MX", "1 222 123 4567", "+522221234567")],
)
def test_numbers_as_people_there_write_them(region: str, typed: str, number: str) -> None:
    assert [one.number for one in read(f"Name,Phone\nAna,{typed}\n".encode(), region).cards] == [number]


def test_two_spellings_in_one_file_are_one_person() -> None:
    found = read(b"Name,Phone,Notes\nAna,+5491123456789,a\n,011 2345-6789,b\n", "AR")
    assert found.cards == (Card("+5491123456789", "Ana", "a\nb"),)


def test_a_file_with_pictures_is_read_as_a_stream() -> None:
    """Twenty megabytes, of which no more than a card is kept."""
    picture = (
        b"PHOTO;ENCODING=b;TYPE=JPEG:" + b"QUJDREVG" * 9 + b"\r\n" + (b" " + b"QUJDREVG" * 9 + b"\r\n") * 280
    )

    def pieces() -> Iterator[bytes]:
        for n in range(1000):
            yield f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Person {n}\r\n".encode()
            yield picture
            yield f"TEL:07400 {n:06}\r\nEND:VCARD\r\n".encode()

    assert sum(map(len, pieces())) > 20_000_000
    tracemalloc.start()
    found = read(pieces(), "GB")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(found.cards), found.troubles) == (1000, ())
    assert most < 4_000_000
