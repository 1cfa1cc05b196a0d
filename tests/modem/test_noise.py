"""Noise on the wire while somebody rings: what is damaged says nothing that it does not say, and a call stays one call."""

import pytest

from modem.at import commands, urc
from modem.at.dialogue import Urc
from modem.at.grammar import parse
from modem.procedures.survey import missed_book
from tests.modem.test_calls import ANN, ANNS, BOB, BOBS, Phone
from tests.modem.test_dialogues import answer, play

LISTED = urc.CallState(1, urc.CallStatus.INCOMING, incoming=True, number=ANNS)
NO_NUMBER = urc.CallState(1, urc.CallStatus.INCOMING, incoming=True)


@pytest.mark.parametrize(
    "line",
    [
        '+CLIP: "+44740\x7f\xff0123456",145,"",0,"",0',
        '+CLIP: "+44740> 0123456",145,"",0,"",0',
        '+CLIP: "\x1b[2J+447400123456",145',
        '+CLIP: "+4474,00123456",145',
        '+CCWA: "+44740+C0123456",145,1',
        # The mode of a half line is not known: that makes no data call of it.
        "+CLCC: 1,1,4",
        '+CLCC: 1,1,4,,0,0,"+447400123456",145',
    ],
)
def test_what_noise_has_damaged_says_nothing(line: str) -> None:
    assert parse(Urc(line)) == urc.Unknown(line)


@pytest.mark.parametrize(
    "line",
    [
        '+CLCC: 1,1,4,0,0,"+44740\xfe0123456",145',
        '+CLCC: 1,1,4,0,0,"+447400123456",1+C45',
        '+CLCC: 1,1,4,0,0,,"+447400123456",145',
        # Cut before the number: not withheld.
        "+CLCC: 1,1,4,0,0,",
        '+CLCC: 1,1,4,0,0,"',
    ],
)
def test_a_damaged_number_is_not_told(line: str) -> None:
    assert parse(Urc(line)) == NO_NUMBER


@pytest.mark.parametrize(
    ("line", "voice"),
    [
        ("+CRING: VOICE", True),
        ("+CRING: VOI", None),
        ("+CRING: VO\x1aICE", None),
        ("+CRING: \xff\xfeFAX", None),
        ("+CRING: REL ASYNC", False),
    ],
)
def test_a_damaged_ring_is_no_data_call(line: str, voice: bool | None) -> None:
    assert parse(Urc(line)) == urc.Ring(voice)


def test_digits_that_got_lost_make_no_other_caller() -> None:
    worn = ANN.replace("0123", "013")
    for clips in ((ANN, worn), (worn, ANN)):
        phone = Phone().hear("RING", clips[0], "RING", clips[1], "NO CARRIER")
        assert phone.ended == [(ANNS, "abandoned", 2)]
    assert [who for who, *_ in Phone().hear("RING", ANN, "RING", BOB, "NO CARRIER").ended] == [ANNS, BOBS]


def test_a_list_would_end_what_it_does_not_show() -> None:
    phone = Phone(has_list=True).hear("RING", ANN).listed(LISTED)
    assert not phone.calls.ends_by((LISTED,), phone.now)
    assert phone.calls.ends_by((), phone.now)


def test_who_rings_behind_a_port_that_does_not_answer_is_still_the_same_call() -> None:
    phone = Phone().hear("RING", ANN)
    phone.events += phone.calls.reset(phone.now + 5, gone=False)
    phone.hear("RING", ANN, "NO CARRIER")
    assert phone.ended == [(ANNS, "abandoned", 2)]
    phone.hear("RING", ANN)
    phone.events += phone.calls.reset(phone.now + 11, gone=False)
    assert phone.ended[1:] == [(ANNS, "lost", 1)]


def test_the_book_of_missed_calls_is_read_until_two_readings_agree() -> None:
    opening = answer(commands.MISSED_BOOK), answer(commands.BOOK_EXTENT, "+CPBR: (1-10),40,16")
    lines = [f'+CPBR: {place},"+44740012345{place}",145,""' for place in (1, 2)]
    whole, damaged = (answer(commands.book(1, 10), *some) for some in (lines, lines[1:]))
    garbled = answer(commands.book(1, 10), lines[0].replace("0012", "00\xff12"), lines[1])
    expected = ("+447400123451", "+447400123452")
    assert play(missed_book(), *opening, whole, whole)[1] == expected
    assert play(missed_book(), *opening, whole, damaged, whole)[1] == expected
    assert play(missed_book(), *opening, garbled, whole, whole)[1] == expected
