"""Quoted strings that run over several lines: nothing in them is a line of the modem, and none of them goes on for ever."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modem.at import commands
from modem.at.dialogue import AtEvent, Command, Dialogue, Prompt, Response, Urc
from modem.at.quoted import GAP, LONGEST, opens_string
from modem.recording.replay import Replayed, replay

CALLER = "+447400123456"
CLIP = f'+CLIP: "{CALLER}",145,"",0,"",0'
PDU = "07915155100000F0040B915155214365F700007121320144744004D4F29C0E"


def played(*lines: tuple[float, str], raw: bool = False) -> Replayed:
    return replay({"id": "quoted", "raw" if raw else "lines": list(lines), "end_t": lines[-1][0] + 90})


def at_once(text: str, begin: float = 0.0) -> list[tuple[float, str]]:
    """The lines of a notice as a modem prints them: 10 ms apart."""
    return [(begin + place / 100, line) for place, line in enumerate(text.split("\n"))]


# ---- nothing inside is a line of the modem

CLOSED = {
    "RING": '+CUSD: 0,"Credit 4.20\nRING\ntones from 0.99",15',
    "a whole call": f'+CUSD: 0,"Missed:\nRING\n{CLIP}\nNO CARRIER\nbye",15',
    "boot banners": '+CUSD: 1,"Reply\nSTART\nRDY\n+CFUN: 1\nNORMAL POWER DOWN\nto join",15',
    "a final result": '+CUSD: 0,"No credit\nERROR\nOK\n+CMS ERROR: 38\nTop up",15',
    "a prompt": '+CUSD: 1,"Choose\n> 1\n> \nRING",15',
    "a stored text": '+CUSD: 0,"New\n+CMTI: "SM",3\nbye",15',
    "a PDU": f'+CUSD: 0,"New\n+CMT: ,23\n{PDU}\nbye",15',
    "empty lines": '+CUSD: 0,"\n\nRING\n\n\nRING",15',
    "the mark alone on a line": '+CUSD: 0,"Credit\nRING\n",15',
    "no coding": '+CUSD: 0,"Credit\nRING\nbye"',
    "a blank before the coding": '+CUSD: 0, "Credit\nRING\nbye", 15',
    "doubled marks": '+CUSD: 0,"Say ""YES""\nRING\nor ""NO""",15',
    "a doubled mark at the end of a line": '+CUSD: 0,"Say ""YES""\nRING\n""\nRING\nbye",15',
    "escaped marks": '+CUSD: 0,"Say \\"YES\\"\nRING\nor \\"NO\\"",15',
    "bare marks": '+CUSD: 0,"Say "YES\nRING\nor NO",15',
    "an inch": '+CUSD: 0,"A 5" pipe, a\nRING\nand a 7" pipe",15',
    "a name": '+CNAP: "Smith\nRING\nand Sons",0',
    "a name in +CLIP": f'{CLIP[:-3]}Smith\n+CMTI: "SM",3\nand Sons",0',
    "an operator": '+COPS: 0,0,"Good\nRING\nNetwork",7',
    "SIM toolkit": '#STN: 33,"Offer\nRING\nof the day",1',
    "a blank and lower case": '+cusd:0,"Credit\nRING\nbye",15',
}


@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\r\r\n"])
def test_nothing_inside_is_a_line_of_the_modem(name: str, end: str) -> None:
    printed = end + CLOSED[name].replace("\n", end) + end
    calls = [] if name != "a name in +CLIP" else [CALLER]
    for pieces in ([printed], list(printed)):
        raw = [(place / 10000, piece) for place, piece in enumerate(pieces)]
        got = played(*raw, raw=True)
        assert [call.number for call in got.calls] == calls
        assert got.sms_received == 0
    assert [call.number for call in played(*at_once(CLOSED[name])).calls] == calls


@pytest.mark.parametrize("name", CLOSED)
def test_a_call_just_behind_a_notice_is_seen_at_once(name: str) -> None:
    dialogue = Dialogue()
    dialogue.receive(("\r\n" + CLOSED[name].replace("\n", "\r\n") + "\r\n").encode())
    assert dialogue.receive(f"\r\nRING\r\n\r\n{CLIP}\r\n".encode()) == [Urc("RING"), Urc(CLIP)]


def test_a_notice_does_not_cut_the_call_in_two_that_rings_meanwhile() -> None:
    call = [(0.0, "RING"), (0.02, CLIP)]
    again = [(5.0, "RING"), (5.02, CLIP), (7.0, "NO CARRIER")]
    got = played(*call, *at_once(CLOSED["boot banners"], 2.0), *again)
    assert [(one.number, one.rings) for one in got.calls] == [(CALLER, 2)]


# Text as it can stand in a string: marks are doubled there.
WORDS = st.sampled_from(
    (
        "RING",
        "OK",
        "ERROR",
        "> ",
        "START",
        "RDY",
        "NO CARRIER",
        "^CEND:1,0,104,16",
        "+CRING: VOICE",
        "+CMTI: ",
        "",
        PDU,
    )
)
TEXT = st.lists(
    WORDS | st.text(st.characters(codec="latin-1", exclude_characters='"\\'), max_size=20) | st.just('""')
)


@given(TEXT, st.sampled_from(("\r\n", "\r", "\n")), st.sampled_from((None, commands.send(23), commands.AT)))
def test_whatever_stands_inside_nothing_comes_out(
    words: list[str], end: str, command: Command | None
) -> None:
    notice = f'+CUSD: 0,"Dear {end.join(words)}",15'
    dialogue = Dialogue()
    if command is not None:
        dialogue.send(command)
    events = dialogue.receive(f"{end}{notice}{end}".encode("latin-1"))
    opener = [event.line for event in events if isinstance(event, Urc)]
    assert len(events) == len(opener) == 1
    assert opener[0].startswith("+CUSD:")
    assert dialogue.receive(b"\r\nRING\r\n") == [Urc("RING")]
    raw = played((0.0, end + notice + end), raw=True)
    assert (raw.calls, raw.sms_received) == ((), 0)


@given(TEXT, st.sampled_from((0.3, 0.9, 1.1, 5.0, 10.0)))
def test_behind_a_string_that_is_never_closed_the_next_call_is_seen(words: list[str], later: float) -> None:
    text = "\n".join(words)
    cut = at_once(f'+CUSD: 0,"Dear {text.rstrip(chr(34))}')
    begin = cut[-1][0] + later
    got = played(*cut, (begin, "RING"), (begin + 0.02, CLIP), (begin + 5, "RING"), (begin + 5.02, CLIP))
    assert CALLER in [call.number for call in got.calls]


# ---- strings that are cut

CUT = '+CUSD: 0,"Credit 4.20\nRING\ntones from'


@pytest.mark.parametrize("later", [0.02, 0.2, 0.3, 0.5, 0.99, 1.0, 1.5, 10.0])
def test_the_call_after_a_cut_notice_is_seen_and_the_words_in_it_are_none(later: float) -> None:
    begin = 0.02 + later
    got = played(
        *at_once(CUT), (begin, "RING"), (begin + 0.02, CLIP), (begin + 5, "RING"), (begin + 5.02, CLIP)
    )
    assert [(call.number, call.rings) for call in got.calls] == [(CALLER, 2)]


@pytest.mark.parametrize("later", [0.3, 1.5, 10.0])
def test_rings_alone_are_seen_after_a_cut_notice(later: float) -> None:
    begin = 0.02 + later
    got = played(*at_once(CUT), (begin, "RING"), (begin + 5, "RING"))
    assert [(call.number, call.rings) for call in got.calls] == [(None, 2)]


def test_a_text_and_its_pdu_after_a_cut_notice() -> None:
    assert played(*at_once(CUT), (0.05, '+CMTI: "SM",3')).sms_received == 1
    assert played(*at_once(CUT), (0.05, "+CMT: ,23"), (0.06, PDU)).sms_received == 1


def test_ringing_that_never_pauses_does_not_keep_a_cut_notice_open() -> None:
    rings = [(0.1 + place / 2, "RING") for place in range(20)]
    got = played(*at_once(CUT), *rings)
    assert [call.number for call in got.calls] == [None]


def test_a_second_notice_ends_one_that_was_cut() -> None:
    notice = at_once('+CUSD: 0,"Whole",15', 0.1)
    got = played(*at_once(CUT), *notice, (0.2, "RING"), (0.21, CLIP))
    assert [call.number for call in got.calls] == [CALLER]


@dataclass(frozen=True)
class Waiting:
    """A command that waits while a notice comes, and what must come of both."""

    command: Command
    notice: str
    behind: str
    lines: tuple[str, ...] = ()
    final: str | None = "OK"


WAITING = {
    "a text, closed": Waiting(commands.send(23), CLOSED["a final result"], "+CMGS: 17\n\nOK", ("+CMGS: 17",)),
    "a text, cut": Waiting(
        commands.send(23), '+CUSD: 0,"No credit\nERROR\nTop up', "+CMGS: 17\n\nOK", ("+CMGS: 17",)
    ),
    "a text, cut behind the word": Waiting(
        commands.send(23), '+CUSD: 0,"No credit\nERROR', "+CMGS: 17\n\nOK", ("+CMGS: 17",)
    ),
    "a text, cut, and no answer": Waiting(commands.send(23), '+CUSD: 0,"No credit\nERROR', "", (), None),
    "a refusal, cut": Waiting(
        commands.send(23), '+CUSD: 0,"No\nOK', "+CMS ERROR: 38", final="+CMS ERROR: 38"
    ),
    "AT, cut": Waiting(commands.AT, '+CUSD: 0,"No credit\nERROR\nTop up', "OK"),
    "AT, closed": Waiting(commands.AT, CLOSED["a final result"], "OK"),
    "an operator's name that lost its end": Waiting(
        commands.OPERATOR, '+COPS: 0,0,"Good Netw', "OK", ('+COPS: 0,0,"Good Netw',)
    ),
    "a phone book": Waiting(
        commands.book(1, 2),
        '+CPBR: 1,"07400123456",129,"Ann\nOK\nRING\nBob"',
        '+CPBR: 2,"07400123457",129,"Cy"\nOK',
        ('+CPBR: 1,"07400123456",129,"Ann', '+CPBR: 2,"07400123457",129,"Cy"'),
    ),
}


@pytest.mark.parametrize("name", WAITING)
@pytest.mark.parametrize("echo", [False, True])
def test_a_command_that_waits_gets_its_own_answer(name: str, echo: bool) -> None:
    case = WAITING[name]
    dialogue, events = Dialogue(), list[AtEvent]()
    dialogue.send(case.command)
    printed = [*case.notice.split("\n"), *case.behind.split("\n")]
    if case.command.prompt:
        assert dialogue.receive(b"\r\n> ") == [Prompt()]
        dialogue.body(PDU)
    if echo:
        printed.insert(1, PDU + "\x1a" if case.command.prompt else case.command.text)
    for place, line in enumerate(printed):
        events += dialogue.receive(f"{line}\r\n".encode(), place / 100)
    while (deadline := dialogue.deadline) is not None:
        events += dialogue.tick(deadline)
    responses = [event for event in events if isinstance(event, Response)]
    final = [] if case.final is None else [Response(case.command, case.lines, case.final)]
    assert responses == final


@pytest.mark.parametrize("notice", ['+CUSD: 1,"Choose\n> 1\n> \nbye",15', '+CUSD: 1,"Choose\n1'])
def test_the_prompt_behind_a_notice_is_taken_once(notice: str) -> None:
    dialogue = Dialogue()
    dialogue.send(commands.send(23))
    events = dialogue.receive(("\r\n" + notice.replace("\n", "\r\n") + "\r\n").encode())
    events += dialogue.receive(b"\r\n> ", 0.1)
    while (deadline := dialogue.deadline) is not None:
        events += dialogue.tick(deadline)
    assert [event for event in events if not isinstance(event, Urc)] == [Prompt()]


# ---- how long it may go on, and what opens one


def test_a_cut_string_ends_after_a_silence_and_after_a_limit_and_keeps_no_memory() -> None:
    dialogue = Dialogue()
    dialogue.receive(b'\r\n+CUSD: 0,"Credit\r\n', 5.0)
    assert dialogue.deadline == 5.0 + GAP
    dialogue.receive(b"a", 5.9)
    assert dialogue.deadline == 5.9 + GAP
    for tenth in range(60, 200):
        dialogue.receive(b"a\r\n", tenth / 10)
    assert dialogue.deadline is None
    assert 5.0 + LONGEST < 20
    dialogue.receive(b'+CUSD: 0,"Credit\r\n' + b"RING\r\n" * 10_000, 30.0)
    assert dialogue.deadline is None


@pytest.mark.parametrize(
    "line",
    [
        "+CUSD: 2",
        '+CUSD: 0,"",15',
        '+CUSD: 0,"Credit",15',
        '+CUSD: 0,"Credit"',
        '+CUSD: 0,"A 5" pipe",15',
        '+CLIP: "+4474',
        '+CLIP: "+447400123456",145,"',
        '+CLIP: "+447400123456",145,"",0,"Ann",0',
        '+CLIP: "",128,"",0,"",1',
        '+CMTI: "SM',
        '+CREG: 2,1,"00A1","0B',
        '+CLCC: 1,1,4,0,0,"+4474',
        '+CNAP: "Ann",0',
        '+CNAP: ""',
        '+COPS: 0,0,"Good",7',
        '+CPBR: 1,"07400123456",129,"Ann"',
        'He said "RING',
    ],
)
def test_what_opens_no_string(line: str) -> None:
    assert not opens_string(line)


@pytest.mark.parametrize(
    "line",
    [
        '+CUSD: 0,"',
        '+CUSD:1,"Reply ""YES""',
        '+CLIP: "+447400123456",145,"",0,"Ann',
        '+CLIP: 07400123456,129,,,"Ann',
        '+CCWA: "07400123456",129,1,0,"Ann',
        '+CLCC: 1,1,4,0,0,"07400123456",129,"Ann',
        '+CNAP: "Ann',
        '+CPBR: 1,"07400123456",129,"Ann',
        '+CIEV: 10,"23410","Good',
        '*PSNWID: "234","10","Good',
    ],
)
def test_what_opens_one(line: str) -> None:
    assert opens_string(line)


def test_many_cut_strings_end_together() -> None:
    dialogue = Dialogue()
    events = dialogue.receive(b'+CNAP: "Ann\r\n' * 50, 5.0)
    events += dialogue.receive(b"RING\r\n", 5.5)
    rounds = 0
    while (deadline := dialogue.deadline) is not None:
        assert deadline <= 5.0 + LONGEST
        events += dialogue.tick(deadline)
        rounds += 1
    assert rounds < 60
    assert events == [*([Urc('+CNAP: "Ann')] * 50), Urc("RING")]
