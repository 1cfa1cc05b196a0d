"""A masked recording holds nobody's number, name or words, in whatever mode the modem is."""

import json

import pytest

from modem.recording.recorder import Recorder

LINES = [
    '+CLIP: "+447400123456",145,"",0,"Zoe Quist",0',
    '+CNAP: "Zoe Quist",0',
    '+CUSD: 0,"Dear Zoe Quist, you have 3 pounds left",15',
    '+CPBR: 1,"+447400123456",145,"Zoe Quist"',
    "07911326040000F0040B911346610089F6000862701121105200044D00690061",
    # Text mode, which another program has left behind.
    '+CMT: "+447400123456",,"26/11/27,12:00:00+00"',
    "Zoe Quist here",
    "RING",
    "can you call me?",
    '+CMGL: 1,"REC UNREAD","+447400123456",,"26/11/27,12:00:00+00"',
    "Zoe Quist again",
    "OK",
    "490154203237518",
]
KEPT = ["RING", "OK", "SMS Ready", "MISSED_CALL: 08:48AM", "+CSQ: 17,99", '+COPS: 0,0,"Vodafone"']


def recorded(lines: list[str]) -> list[str]:
    recorder = Recorder()
    for at, line in enumerate(lines):
        recorder.heard(f"\r\n{line}\r\n".encode(), float(at))
    return [line for _, line in recorder.transcript("x", "generic", masked=True)["lines"]]


@pytest.mark.parametrize(
    "private", ["Zoe", "Quist", "447400123456", "call me", "pounds", "4D00690061", "490154203237518"]
)
def test_nothing_of_anybody_is_left(private: str) -> None:
    assert private in json.dumps(LINES)
    assert private not in json.dumps(recorded(LINES))


def test_what_the_modem_says_for_itself_stays() -> None:
    assert recorded(KEPT) == KEPT
    assert recorded(LINES)[5:9] == ['+CMT: "+111555000001",,"26/11/27,12:00:00+00"', "...", "RING", "..."]
    pdu_mode = ["+CMT: ,24", "0791132604000000", "SMS Ready"]
    assert recorded(pdu_mode) == ["+CMT: ,24", "0700000000000000", "SMS Ready"]
