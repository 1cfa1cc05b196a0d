"""Conversations with the modem, without one: each is a generator that is given its replies."""

from collections.abc import Generator
from typing import TypeVar

from bridge.words.troubles import sentence
from modem.at import commands
from modem.at.dialogue import Command, Prompt, Response
from modem.contract import Trouble, TroubleCode
from modem.procedures import reading, sending, setup
from modem.procedures.sending import Refused, Sent, Unsure, Untouched
from modem.procedures.steps import Body, Reply, Step, Taken
from modem.sms.encode import EncodedPart

T = TypeVar("T")
GOOD = "07915155100000F0040B915155214365F700007121320144744004D4F29C0E"
LENGTH = 23
PART = EncodedPart("0011000B915155661632F40000AA0141", 15)


def answer(command: Command, *lines: str, final: str = "OK") -> Response:
    return Response(command, lines, final)


def play(dialog: Generator[Step, Reply, T], *replies: Reply) -> tuple[list[Step], T]:
    """Run a conversation with these replies; what it asked for, and what it ended with."""
    asked: list[Step] = []
    try:
        for reply in (None, *replies):
            step = dialog.send(reply)
            while isinstance(step, Taken):
                asked.append(step)
                step = dialog.send(None)
            asked.append(step)
    except StopIteration as end:
        return asked, end.value
    raise AssertionError(f"not at its end; it asks for {asked[-1]}")


def test_a_listing_is_read_by_its_lengths() -> None:
    listing = answer(commands.LIST_ALL, f"+CMGL: 1,0,,{LENGTH}", GOOD, f"+CMGL: 4,1,,{LENGTH}", GOOD)
    assert play(reading.read_all(), listing)[1] == ((1, GOOD), (4, GOOD))


def test_an_entry_that_lost_digits_is_read_again_and_never_taken_for_another() -> None:
    listing = answer(commands.LIST_ALL, f"+CMGL: 1,0,,{LENGTH}", GOOD[:-2], GOOD)
    again = answer(commands.read(1), f"+CMGR: 0,,{LENGTH}", GOOD)
    asked, found = play(reading.read_all(), listing, again)
    assert asked[1:] == [commands.read(1)]
    assert found == ((1, GOOD),)


def test_what_two_readings_agree_on_is_taken() -> None:
    short = answer(commands.read(1), f"+CMGR: 0,,{LENGTH}", GOOD[:-2])
    assert play(reading.read_one(1), short, short)[1] == GOOD[:-2]
    assert play(reading.read_one(1), answer(commands.read(1), final="+CMS ERROR: 321"))[1] is None


def test_what_becomes_of_a_text() -> None:
    send = commands.send(PART.length)
    taken = answer(send, "+CMGS: 7")
    assert play(sending.send((PART,)), Prompt(), taken) == ([send, Body(PART.pdu), Taken(1, 1, 7)], Sent())
    assert isinstance(play(sending.send((PART,)), answer(send))[1], Untouched)
    assert isinstance(play(sending.send((PART,)), Prompt(), answer(send))[1], Unsure)
    assert isinstance(play(sending.send((PART,)), Prompt(), answer(send, final="+CMS ERROR: 332"))[1], Unsure)
    keep = answer(commands.KEEP_LINK)
    refused = play(sending.send((PART, PART)), keep, Prompt(), taken, answer(send, final="+CMS ERROR: 38"))[1]
    assert isinstance(refused, Refused)
    assert refused.trouble == Trouble.of(TroubleCode.REFUSED_OUTAGE, final="+CMS ERROR: 38", sent=1, parts=2)
    assert "Only 1 of 2 parts went out." in sentence(refused.trouble)


def test_noise_in_the_name_of_a_storage_is_built_into_no_command() -> None:
    conversation = setup.initialise("generic", None, lambda imei, iccid: None)
    asked, reply = [], None
    try:
        while True:
            step = conversation.send(reply)
            assert isinstance(step, Command)
            asked.append(step)
            ready = {
                commands.PIN_STATE: ("+CPIN: READY",),
                commands.STORAGE_STATE: ('+CPMS: "SM",3,30,"SM",3,30,"S\xd6M",3,30',),
            }
            reply = answer(step, *ready.get(step, ()))
    except StopIteration:
        assert commands.STORAGE_STATE in asked
        assert all(command.text.isascii() for command in asked)
