"""Who calls, as makers print it: numbers without quotation marks, and the network's own name for a caller (27.007 CNAP)."""

import pytest

from modem.at import commands, urc
from modem.at.dialogue import Dialogue, Response, Urc
from modem.at.grammar import parse
from modem.contract import CallRinging
from modem.simulator import Simulator
from tests.modem.test_calls import Phone

NATIONAL, CALLER, OTHER = "07400123456", "+447400123456", "+447400123457"
CLIP, NEXT = (f'+CLIP: "{number}",145,"",0,"",0' for number in (CALLER, OTHER))


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("+CLIP:07400123456,129,,,,0", NATIONAL),
        ("+CLIP: 07400123456,129", NATIONAL),
        ("+CLIP: 07400123456 , 161,,,Ann,0", NATIONAL),
        ("+CLIP: +447400123456,145", CALLER),
        ("+CLIP: 447400123456,145,,,,0", CALLER),
        ("+clip:100,255", "100"),
        ("+CLIP: *100#,129", "*100#"),
        ('+CLIP: "07400123456",129', NATIONAL),
        ('+CLIP: "07400123456"', NATIONAL),
        ('+CLIP: "07400123456",,,,,0', NATIONAL),
        ("+CLIP: ,128,,,,1", None),
        ('+CLIP: "",128', None),
    ],
)
def test_the_number_of_a_caller_with_and_without_marks(line: str, number: str | None) -> None:
    found = parse(Urc(line))
    assert isinstance(found, urc.CallerId)
    assert (found.number, found.withheld) == (number, number is None)
    waiting = parse(Urc(line.upper().replace("CLIP", "CCWA").replace(",,", ",1,", 1)))
    assert waiting == urc.Waiting(number, number is None)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "+CLIP: 1,1",
            "+CLIP:0,2",
            "+CLIP: 1,0",
            "+CLIP: 1",
            "+CCWA: 1,1",
            "+CCWA: 0,255",
            "+CCWA: 1",
            "+CNAP: 1,1",
        ),
        *(
            "+CNAP: 0,2",
            "+CLIP: 07400123456",
            "+CLIP: 0740,12",
            '+CLIP: "+4474',
            '+CNAP: "",2',
            '+CNAP: "Ann",1',
            "+CNAP:",
        ),
    ],
)
def test_what_commands_answer_is_no_caller(line: str) -> None:
    assert isinstance(parse(Urc(line)), urc.Unknown)


def test_a_caller_without_marks_is_no_answer_to_the_question_whether_clip_is_on() -> None:
    dialogue = Dialogue()
    dialogue.send(commands.CALLER_ID_STATE)
    events = dialogue.receive(b"\r\n+CLIP:07400123456,129,,,,0\r\n\r\n+CLIP: 1,1\r\n\r\nOK\r\n")
    assert events == [
        Urc("+CLIP:07400123456,129,,,,0"),
        Response(commands.CALLER_ID_STATE, ("+CLIP: 1,1",), "OK"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "+CLCC: 1,1,4,0,0,07400123456,129",
        '+QIND: "ccinfo",1,1,4,0,0,07400123456,129',
        "^SLCC: 1,1,4,0,0,0,07400123456,129",
        "^DSCI: 1,1,4,0,07400123456,129",
        "*ECAV: 1,6,1,,,07400123456,129",
        "+ECPI: 1,0,0,0,1,0,07400123456,129",
        "MISSED_CALL: 11:40AM 07400123456",
        'MISSED_CALL: 11:40AM "07400123456"',
    ],
)
def test_states_and_notes_without_marks(line: str) -> None:
    found = parse(Urc(line))
    assert isinstance(found, urc.CallState | urc.MissedCall)
    assert found.number == NATIONAL


# ---- names


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('+CNAP: "Scam Likely",0', "Scam Likely"),
        ('+CNAP:"Scam Likely"', "Scam Likely"),
        ("+CNAP: Scam Likely,0", "Scam Likely"),
        ('+CNAP: "Smith, J.",0', "Smith, J."),
        ('+CNAP: "005300630061006D",0', "Scam"),
        ('+CNAP: "041E043B04350433",0', "\u041e\u043b\u0435\u0433"),
        ('+CNAP: "00530063006100000000",0', "Sca"),
        ('+CNAP: "J\xc3\xb6rg",0', "J\xf6rg"),
        ('+CNAP: "J\xf6rg",0', "J\xf6rg"),
        ('+CNAP: "ABCD1234",0', "ABCD1234"),
        ('+CNAP: "Sc\x01am",0', "Scam"),
    ],
)
def test_the_networks_name(line: str, name: str) -> None:
    assert parse(Urc(line)) == urc.CallerName(name)
    printed = line.partition(":")[2].strip().split(",0")[0]
    if printed.startswith('"'):
        assert parse(Urc(f'+CLIP: "{CALLER}",145,"",0,{printed},0')) == urc.CallerId(CALLER, False, name)


def names(phone: Phone) -> list[tuple[str | None, str]]:
    return [(end.number, end.name) for end in phone.events if hasattr(end, "outcome")]


SCAM = '+CNAP: "Scam Likely",0'


@pytest.mark.parametrize("lines", [("RING", CLIP, SCAM), ("RING", SCAM, CLIP), (SCAM, "RING", CLIP)])
def test_the_name_is_the_callers_wherever_it_stands(lines: tuple[str, ...]) -> None:
    phone = Phone().hear(*lines, after=0.02).hear(*lines, after=1.5).hear("NO CARRIER")
    assert names(phone) == [(CALLER, "Scam Likely")]
    told = [event.name for event in phone.events if isinstance(event, CallRinging)]
    assert told[-1] == "Scam Likely"


@pytest.mark.parametrize("lines", [("RING", NEXT, SCAM), ("RING", SCAM, NEXT)])
def test_the_name_of_the_next_caller_is_not_that_of_the_one_before(lines: tuple[str, ...]) -> None:
    phone = Phone().hear("RING", CLIP, "RING", CLIP).hear(*lines, after=0.02).wait(30)
    assert names(phone) == [(CALLER, ""), (OTHER, "Scam Likely")]


def test_a_name_alone_is_no_call_and_soon_forgotten() -> None:
    phone = Phone().hear(SCAM).wait(30)
    assert phone.events == []
    assert names(phone.hear("RING", CLIP, "NO CARRIER")) == [(CALLER, "")]


def test_a_caller_who_waits_has_a_name_and_one_who_talks_does_not_get_it() -> None:
    phone = Phone().hear("RING", CLIP, "VOICE CALL: BEGIN", f'+CCWA: "{OTHER}",145,1', SCAM, after=0.5)
    assert names(phone.hear("VOICE CALL: END: 000010").wait(60)) == [(CALLER, ""), (OTHER, "Scam Likely")]


def test_the_simulated_modem_tells_names_where_it_is_asked_to() -> None:
    with Simulator(speed=50) as modem:
        modem.change_setting("+CLIP", "1")
        modem.call(CALLER, rings=1, cnap="Scam Likely", ring_extra="+EXTRA", wait=True)
        modem.change_setting("+CNAP", "1")
        modem.call(CALLER, rings=1, cnap="Scam Likely", wait=True)
        said = [entry.text.strip() for entry in modem.log.entries if entry.who == "modem"]
    assert [text for text in said if text.startswith(("+CNAP", "+EXTRA"))] == ["+EXTRA", SCAM]
