"""Block lists: every format that people have, what is refused in them, names, and numbers read as the library reads them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.rules import blocklists
from bridge.rules.numbering_plans import one_spelling
from bridge.rules.numbers import e164
from bridge.service import blocklist_files
from bridge.words.reasons import sentence
from bridge.words.troubles import sentence as in_words
from modem.contract import Coded, Trouble
from tests.support.work import is_linear

ANN, BOB = "+447400123456", "+447400123457"


def lists(tmp_path: Path, text: str, region: str = "GB", name: str = "list.txt") -> blocklists.BlockLists:
    (tmp_path / name).write_text(text)
    return blocklist_files.load([name], tmp_path, region)


ENTRIES = [
    # (what stands in the file, the caller, as received, blocked)
    ("+447400123456", ANN, "07400123456", True),
    ("+447400123456", BOB, "07400123457", False),
    ("07400 123456", ANN, None, True),
    ("07400-123-456", ANN, None, True),
    ("(07400) 123456", ANN, None, True),
    ("0044 7400 123456", ANN, None, True),
    ("07400123456 # sells windows", ANN, None, True),
    ("07400123456, sells windows", ANN, None, True),
    ("07400123456;windows", ANN, None, True),
    ("# 07400123456", ANN, None, False),
    ("\ufeff07400123456", ANN, None, True),
    ("07400*", ANN, None, True),
    ("+44 7400*", ANN, None, True),
    ("00447400*", ANN, None, True),
    ("07401*", ANN, None, False),
    ("+4474001234567*", ANN, None, False),  # longer than the number
    ("/^07400/", ANN, None, True),
    ("/^\\+44740/", ANN, None, True),
    ("/3456$/", ANN, None, True),
    ("/^7400/", ANN, None, False),
    ("/^60006$/", None, "60006", True),
    ("/VODA/", None, "VODAFONE", True),
    ('"^0?7400123456" #= cruise line', ANN, None, True),
    ('"^07401" "^07400"', ANN, None, True),
    ("^07401 ^07400", ANN, None, True),
    ("^[[:digit:]]{5}123456$", ANN, None, True),
    ('"07400123456"', ANN, None, True),
]


@pytest.mark.parametrize(("text", "number", "raw", "blocked"), ENTRIES)
def test_entries(tmp_path: Path, text: str, number: str | None, raw: str | None, blocked: bool) -> None:
    found = lists(tmp_path, f"# a list\n\n{text}\n")
    assert (found.why(number, raw) is not None) == blocked
    assert found.troubles == ()


def test_a_label_of_ncid_is_the_reason(tmp_path: Path) -> None:
    found = lists(tmp_path, '"^1?2015550123" #= cruise line\n07400123456 #= windows\n', "US", "ncid.txt")
    why = found.why("+12015550123", "2015550123")
    assert why is not None
    assert sentence(why) == "It is on the block list ncid.txt: cruise line."


FTC = """\
Company_Phone_Number,Created_Date,Violation_Date,Consumer_City,Consumer_State,Consumer_Area_Code,Subject,Recorded_Message_Or_Robocall
2015550123,2026-11-20 00:00:01,2026-11-19 12:00:00,"Springfield, East",Ohio,937,"Reducing debt (credit cards)",Y
,2026-11-20 00:00:02,2026-11-19 12:00:00,Dayton,Ohio,937,Other,N
(201) 555-0124,2026-11-20 00:00:02,2026-11-19 12:00:00,Dayton,Ohio,937,Other,N
"""


@pytest.mark.parametrize("region", ["US", "GB", "ZZ"])
def test_the_ftcs_complaints_are_american_wherever_we_are(tmp_path: Path, region: str) -> None:
    found = lists(tmp_path, FTC, region, "ftc.csv")
    assert (found.count, found.troubles) == (2, ())
    assert found.why("+12015550123", None) == Coded.of("listed", list="ftc.csv")
    assert found.why("+12015550124", None) is not None
    assert found.why("+12015550125", None) is None


@pytest.mark.parametrize("head", ["Name;Telefon", "name\tphone number", '"Who","Number"'])
def test_any_table_with_a_column_of_numbers(tmp_path: Path, head: str) -> None:
    mark = blocklists._separator(head)
    found = lists(tmp_path, f"{head}\nWindows{mark}07400 123456\nNobody{mark}\n")
    assert found.why(ANN, None) is not None
    assert found.count == 1


REFUSED = [
    *(
        "*",
        "0*",
        "+*",
        "+44*",
        "//",
        "/.*/",
        "/[0-9]+/",
        "/^/",
        "/[/",
        "/(?=1)2/",
        "/(a)\\1/",
    ),
    *("/" + "1" * 300 + "/", "12", "Bob", "07400*1"),
]


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_wrong_or_would_block_everybody_is_told_and_the_rest_counts(
    tmp_path: Path, line: str
) -> None:
    found = lists(tmp_path, f"07400 123456\n{line}\n07400 123457\n")
    if line == "+44*":  # two digits: a country
        assert "at least 3 digits" in in_words(found.troubles[0])
    assert found.count == 2
    assert len(found.troubles) == 1
    assert in_words(found.troubles[0]).startswith("list.txt, line 2: ")
    assert found.why(BOB, None) is not None
    assert found.why("+447400999999", None) is None


HARD = [
    "4?" * 60 + "x",
    "(4|4|4|44)+x",
    "(" + ".?" * 12 + ")(" + ".?" * 12 + ")x",
    "(a+)+$",
    "(([0-9]+)*)*x",
    "(.*)(.*)(.*)(.*)(.*)x",
    "((4{0,30}){0,30})x",
    "(4|44|444)*(4|44|444)*(4|44|444)*x",
]


@pytest.mark.parametrize("expression", HARD)
def test_an_expression_takes_no_time_whatever_strangers_wrote(tmp_path: Path, expression: str) -> None:
    """An engine that goes back would not end within the time that a test may take."""
    found = lists(tmp_path, f"/{expression}/\n07400 123456\n")
    assert found.why("+" + "4" * 15, "4" * 24) is None
    assert found.why(ANN, None) is not None
    assert len(found.troubles) + found.count == 2  # taken, or named


LINES = [
    # (one line as diallers and blockers write it, who is blocked, who is not)
    ("+44740011*,+44740012*,07400130123", ["+447400110001", "+447400120001", "+447400130123"], []),
    ("07400130123;07400130124;+447400130125", ["+447400130124", "+447400130125"], []),
    ("07400130123\t07400130124", ["+447400130123", "+447400130124"], []),
    ("07400130123|07400130124", ["+447400130123", "+447400130124"], []),
    ("07400130123 07400130124", ["+447400130123", "+447400130124"], []),
    ("+44 7400 130123 +44 7400 130124", ["+447400130123", "+447400130124"], []),
    ("07400130123, 07400130124,", ["+447400130123", "+447400130124"], []),
    ("07400130123,Scam,07400130124,Bob", ["+447400130123", "+447400130124"], []),
    ("Scam,07400130123", ["+447400130123"], []),
    ("tel:+447400130123,tel:07400130124", ["+447400130123", "+447400130124"], []),
    ("07400150003,Scam,2030-01-01", ["+447400150003"], ["+447400150004"]),
    ("07400150003,2030-01-01 12:00:00,17", ["+447400150003"], ["+447400150004"]),
    ("+44740018*,call centre", ["+447400180001"], ["+447400190001"]),
    ('"0740*","telemarketing"', ["+447400123456"], ["+447911074012", "+447407411111"[:4] + "911074111"]),
    ('"0740*"', ["+447400123456"], ["+447911074012"]),
    ('"+447400123456","x, y","z"', [ANN], [BOB]),
    ('"^07400","telemarketing"', [ANN], ["+447911123456"]),
    ('"07400123456";"07400123457"', [ANN, BOB], []),
]


@pytest.mark.parametrize(("line", "blocked", "free"), LINES)
def test_every_entry_of_a_line_counts(tmp_path: Path, line: str, blocked: list[str], free: list[str]) -> None:
    for end in ("\n", "\r\n", "\r"):
        found = lists(tmp_path, f"# a list{end}{line}{end}07400 199999{end}")
        assert found.troubles == ()
        assert [n for n in blocked if found.why(n, n) is None] == []
        assert [n for n in free if found.why(n, n) is not None] == []
        assert found.why("+447400199999", None) is not None


EXPORTS = [
    # (a file as programs export it, who is blocked, who is not, how many lines are named)
    ("+44740*,/^0741/\n", [ANN, "+447411123456"], ["+447911123456"], 0),
    ("/^0740/,/^0741/\n", [ANN, "+447411123456"], ["+447911123456"], 0),
    ("/^0740/i; /^0741/ # two\n", [ANN, "+447411123456"], ["+447911123456"], 0),
    ("/^0740{1,2}0/,07411123456\n", [ANN, "+447411123456"], ["+447911123456"], 0),
    ("/^#31#/,/^0740/\n", [ANN], ["+447911123456"], 0),
    ("^0740,^0741\n", [ANN, "+447411123456"], ["+447911123456"], 0),
    ("^0740,windows\n", [ANN], ["+447911123456"], 0),
    ("^0740{1,2}0\n", [ANN], ["+447911123456"], 0),
    ('"0740*" telemarketing\n', [ANN], ["+447911074012"], 0),
    ("'0740*','telemarketing'\n", [ANN], ["+447911074012"], 0),
    ("0740* 0741*\n", [ANN, "+447411123456"], ["+447911123456"], 0),
    ("07400123456/07400123457\n", [ANN, BOB], [], 0),
    ("07400123456 Scam\nScam: 07400123457\n", [ANN, BOB], [], 0),
    ("1,07400123456,Scam\n2,07400123457,Scam\n", [ANN, BOB], [], 0),
    ("07400123456x5,07400123457 ext. 3\n", [ANN, BOB], [], 0),
    ("\u202a07400\u2011123\u2011456\u202c\n", [ANN], [], 0),
    ("sip:+447400123456@example.com\nsip:07400123457@sip.example.com;user=phone\n", [ANN, BOB], [], 0),
    ("tel:+44-7400-123456;ext=3\n", [ANN], [], 0),
    ('["+447400123456","+447400123457"]\n', [ANN, BOB], [], 0),
    ('[{"number":"07400123456","type":0},{"number":"07400123457","type":0}]\n', [ANN, BOB], [], 0),
    ('{\n  "blocked": [\n    {\n      "number": "07400123456",\n      "name": "Scam",\n      "type": 1\n    },\n'
     '    "07400123457"\n  ]\n}\n', [ANN, BOB], [], 0),
    ('<?xml version="1.0"?>\n<list>\n<n>07400123456</n>\n<entry number="+447400123457" name="Scam"/>\n</list>\n',
     [ANN, BOB], [], 0),
    ("BEGIN:VCARD\nTEL;CELL:07400123456\nEND:VCARD\n", [ANN], [], 2),
    ("Name,Phone,Mobile\nScam,07400123456,07400123457\n", [ANN, BOB], [], 0),
    ("Name,Phone 1 - Value,Phone 2 - Value\nScam,07400123456,07400123457\n", [ANN, BOB], [], 0),
    ("Name,Number\nScam,07400123456\n07400123457\n", [ANN, BOB], [], 0),
    ("Name,Number\nScam,Bob\n", [], [ANN], 1),
    ("07400123456,60006,07400123457\n", [ANN, BOB], [], 1),
    ("07400123456-07400123499\n", [], [ANN, BOB], 1),
    ("+447400123456..+447400123499\n", [], [ANN, BOB], 1),
    ("07400123456,,\n,,\n;\n\t\n", [ANN], [], 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "blocked", "free", "named"), EXPORTS)
def test_what_programs_export_is_taken_or_named(
    tmp_path: Path, text: str, blocked: list[str], free: list[str], named: int
) -> None:
    found = lists(tmp_path, text)
    assert [n for n in blocked if found.why(n, n) is None] == []
    assert [n for n in free if found.why(n, n) is not None] == []
    assert len(found.troubles) == named
    # No key or name of an export has become an expression that looks for itself in the names of senders.
    assert [found.why(None, word) for word in ("blocked", "Scam", "number", "TEL")] == [None] * 4


LONG: dict[str, Callable[[int], str]] = {
    "blanks": lambda size: "1" + " " * size + "1",
    "numbers": lambda size: "12345678 " * (size // 10),
    "digits and blanks": lambda size: "1 " * (size // 2) + "a",
    "expressions": lambda size: "/1/," * (size // 10),
    "open expressions": lambda size: ",/1" * (size // 3),
    "open braces": lambda size: "^{," * (size // 3),
    "quotation marks": lambda size: '"' * size,
    "markup": lambda size: "<" * size,
    "keys": lambda size: '"a"' * (size // 3) + ":",
}


@pytest.mark.parametrize("kind", LONG)
def test_a_long_line_is_work_by_its_length_at_most(kind: str) -> None:
    dial = blocklists.Dial("GB")
    assert is_linear(
        lambda size: blocklists.read("list.txt", ["07400123456", LONG[kind](size)], dial, []), 200_000
    )


def test_expressions_share_what_they_may_take_of_memory(tmp_path: Path) -> None:
    """The box has 512 MB: a stranger's list must not fill it with many expressions, each of which is small enough."""
    found = lists(tmp_path, "".join(f"/[0-9]{{0,400}}{n}x/\n" for n in range(2000)) + "07400 123456\n")
    assert sum(expression.programsize for expression in found.files[0].expressions) <= blocklists.MOST_STEPS
    assert 0 < len(found.files[0].expressions) < 2000
    assert "line" in in_words(found.troubles[0])
    assert found.why(ANN, None) is not None


def test_words_beside_several_numbers_are_the_label(tmp_path: Path) -> None:
    found = lists(tmp_path, "07400130123,07400130124,windows,2030-01-01\n")
    assert found.why("+447400130124", None) == Coded.of("listed_as", list="list.txt", label="windows")


@pytest.mark.parametrize("line", ["Bob,Ann", "07400,Scam", "12 34", "sip:bob@example.com", "+44"])
def test_what_is_no_entry_is_named(tmp_path: Path, line: str) -> None:
    found = lists(tmp_path, f"07400 123456\n{line}\n")
    assert (found.count, len(found.troubles)) == (1, 1)
    assert in_words(found.troubles[0]).startswith("list.txt, line 2: ")


def test_each_line_is_decoded_by_itself(tmp_path: Path) -> None:
    text = "07400130123,M\xfcller\n".encode("cp1252") + "07400130124,Jörg\n".encode()
    (tmp_path / "list.txt").write_bytes(text)
    found = blocklist_files.load(["list.txt"], tmp_path, "GB")
    assert found.why("+447400130123", None) == Coded.of("listed_as", list="list.txt", label="Müller")
    assert found.why("+447400130124", None) == Coded.of("listed_as", list="list.txt", label="Jörg")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_list_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "list.txt").write_bytes("07400130123\r\n07400130124\r\n".encode(encoding))
    found = blocklist_files.load(["list.txt"], tmp_path, "GB")
    assert (found.count, found.troubles) == (2, ())


@pytest.mark.parametrize(
    ("region", "listed", "caller"),
    [("MX", "+52 1 222 123 4567", "+522221234567"), ("AR", "011 15 2345-6789", "+541123456789")],
)
def test_a_list_is_of_lines_not_of_spellings(tmp_path: Path, region: str, listed: str, caller: str) -> None:
    assert lists(tmp_path, listed, region).why(caller, None) is not None
    assert lists(tmp_path, "+54911*\n", "AR").why("+541123456789", None) is not None


def test_many_troubles_are_counted(tmp_path: Path) -> None:
    found = lists(tmp_path, "nonsense\n" * 50)
    assert len(found.troubles) == blocklists.MOST_TROUBLES + 1
    assert in_words(found.troubles[-1]) == "Other lines with mistakes: 30."


def test_folders_missing_files_and_files_that_change(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "a.txt").write_text("07400123456\n")
    (folder / ".hidden").write_text("07400123457\n")
    (folder / "b.bin").write_bytes(bytes(range(256)))
    paths = ["lists", "missing.txt"]
    before = blocklist_files.stamps(paths, tmp_path)
    found = blocklist_files.load(paths, tmp_path, "GB")
    assert found.why(ANN, None) == Coded.of("listed", list="a.txt")
    assert found.why(BOB, None) is None
    assert any(
        "missing.txt cannot be read: No such file or directory." in in_words(trouble)
        for trouble in found.troubles
    )
    assert blocklist_files.stamps(paths, tmp_path) == before
    (folder / "a.txt").write_text("07400123456\n07400123457\n")
    assert blocklist_files.stamps(paths, tmp_path) != before


def test_nothing_is_blocked_by_no_list() -> None:
    assert blocklist_files.load([], Path(), "GB").why(ANN, "07400123456") is None


NATIONAL = [
    ("GB", "07400123456"), ("GB", "7400123456"), ("GB", "02079460018"), ("GB", "447400123456"), ("US", "2015550123"),
    ("US", "12015550123"), ("US", "5551234"), ("DE", "015112345678"), ("DE", "4915112345678"), ("DE", "03012345"),
    ("FR", "0612345678"), ("FR", "33612345678"), ("IT", "3331234567"), ("IT", "0612345678"), ("ES", "612345678"),
    ("PL", "512345678"), ("NL", "0612345678"), ("AU", "0412345678"), ("AU", "61412345678"), ("BR", "11961234567"),
    ("BR", "011961234567"), ("MX", "2221234567"), ("AR", "91123456789"), ("GB", "60006"), ("GB", "0"), ("ZZ", "07400123456"),
]  # fmt: skip


@pytest.mark.parametrize(("region", "text"), NATIONAL)
def test_the_fast_way_reads_numbers_as_the_library_does(region: str, text: str) -> None:
    slow = e164(text, region)
    assert blocklists.Dial(region).key(text) == (int(one_spelling(slow)) if slow else None)


@given(st.text(max_size=60), st.sampled_from(["GB", "US", "ZZ"]))
@example("٣٣٣٣٣٣٣", "GB")
@example('"unclosed', "GB")
@example("/(?P<x>", "GB")
def test_no_line_raises(line: str, region: str) -> None:
    troubles: list[Trouble] = []
    file = blocklists.read(
        "list.txt", ["07400123456", line, *line.split("\n")], blocklists.Dial(region), troubles
    )
    blocklists.BlockLists((file,), (), blocklists.Dial(region)).why(ANN, line)


NAMES = [
    ("Scam Likely", True),
    ("SCAM LIKELY", True),
    ("Spam Risk", True),
    ("SPAM? BOB", True),
    ("[SPAM?] Bob", True),
    ("[FRAUD] Bob", True),
    ("Potential Spam", True),
    ("Suspected Spam", True),
    ("Fraudulent Call", True),
    ("FRAUD RISK", True),
    ("Robo? Bob", True),
    ("Robocall", True),
    ("Telemarketing", True),
    ("Telemarketer", True),
    ("Political", True),
    ("Invalid Call", True),
    ("V123456789012345", True),
    ("", False),
    ("Scampi Bar", False),
    ("Spamalot Theatre", False),
    ("Robotics Ltd", False),
    ("Robo Taxi", True),  # cut at fifteen characters, nobody could tell it from ROBO CALL
    ("Bob Fraud", False),
    ("Political Science Dept", False),
    ("V12345", False),
    ("Ann Scam", False),
]


@pytest.mark.parametrize(("name", "marked"), NAMES)
def test_names(name: str, marked: bool) -> None:
    assert blocklists.spam_name(name) == marked
