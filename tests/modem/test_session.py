"""The session on a real pseudo-terminal with recorded modem output: what happens live is what replay makes of it."""

import array
import fcntl
import json
import os
import select
import termios
import tty
from collections import Counter
from contextlib import closing
from functools import partial
from typing import Any

import pytest

from modem.at import commands
from modem.at.dialogue import Command
from modem.calls.tracker import Tracker
from modem.contract import (
    Answer,
    CallEnded,
    CallOutcome,
    CallRinging,
    Event,
    HangUp,
    LineIdle,
    LineUp,
    NotStarted,
    Request,
    SendText,
)
from modem.errors import PortLost
from modem.line.channel import Channel
from modem.line.hand_over import HandOver
from modem.line.session import Session
from modem.line.timing import Timing
from modem.procedures.setup import initialise
from modem.recording.recorder import Recorder
from modem.recording.replay import AFTER_LAST_LINE, OUTCOMES
from tests.support.box import DEADLINE
from tests.support.paths import TRANSCRIPTS, shared_lines

REQUESTS: dict[str, Request] = {"ATA": Answer(), "AT+CHUP": HangUp()}
# What only another host than ours sends, and ATH, which ours sends by itself when AT+CHUP was refused.
OURS = {*REQUESTS, "ATH"}


# Replay breaks off a line that is not gone on with for a second; a session cannot tell that from its own being late.
BROKEN_OFF = {"framing-fragment-does-not-fuse"}


def is_ours(transcript: dict[str, Any]) -> bool:
    """Could our session have written what the host wrote in it, and been told the end of each command?"""
    sent = [text for _, text in transcript.get("sent") or ()]
    finals = [text for _, text in transcript["lines"] if text in ("OK", "ERROR", "CONNECT")]
    after_chup = all(sent[place - 1] == "AT+CHUP" for place, text in enumerate(sent) if text == "ATH")
    return set(sent) <= OURS and after_chup and sent[:1] != ["ATH"] and len(finals) >= len(sent)


PLAYED = [
    transcript
    for transcript in [
        *shared_lines("transcripts/urc_open.jsonl"),
        *(
            json.loads(line)
            for file in sorted(TRANSCRIPTS.glob("*.jsonl"))
            for line in file.read_text().splitlines()
        ),
    ]
    if is_ours(transcript) and transcript["id"] not in BROKEN_OFF
]


# What the modem answers besides OK.
ANSWERS = {
    "AT+CMEE?": b"\r\n+CMEE: 0\r\n\r\nOK\r\n",
    "AT+CGSN": b"\r\n490154203237518\r\n\r\nOK\r\n",
    "AT+CIMI": b"\r\n234150123456789\r\n\r\nOK\r\n",
    "AT+CLCC": b"\r\nERROR\r\n",
    "AT+CEER": b"\r\nERROR\r\n",
}


class CountingChannel(Channel):
    """It knows how many commands were written, so that the same one twice is told from one."""

    sent = 0

    def send(self, command: Command) -> None:
        self.sent += 1
        super().send(command)


class Player:
    """A session, the other end of its port, and a clock that stands still until it is moved."""

    def __init__(self, *owed: bytes) -> None:
        """owed: answers to what somebody asked before, which are still to come."""
        self.owed = list(owed)
        self.modem, end = os.openpty()
        tty.setraw(self.modem)
        self.channel = CountingChannel(os.ttyname(end), 115200, Recorder())
        os.close(end)
        os.read(self.modem, 64)  # the ESC with which a channel begins
        self.now = -1.0
        self.events: list[Event] = []
        self.heard = 0
        self.tracker = Tracker("main")
        self.begin()

    def close(self) -> None:
        self.session.close()
        self.channel.close()
        os.close(self.modem)

    def begin(self) -> None:
        """A session as after the plugging-in, on a modem that has neither AT+CLCC nor AT+CEER."""
        set_up = partial(initialise, "generic", None, lambda imei, iccid: None)
        self.session = Session(
            self.channel,
            self.tracker,
            set_up,
            self.events.append,
            Timing(),
            lambda: self.now,
            Counter(),
            HandOver(),
        )
        self.session.begin()
        self.answer()
        assert any(isinstance(event, LineIdle) and event.idle for event in self.events)

    def answer(self) -> None:
        """Answer what the session asks by itself, at once."""
        self.session.tick()
        while command := self.channel.dialogue.command:
            if self.heard < self.channel.sent:
                self.read(command)
            if command.text in OURS:
                return  # the transcript has the answer
            self.owed.append(ANSWERS.get(command.text, b"\r\nOK\r\n"))
            while self.owed and self.heard == self.channel.sent:
                self.say(self.owed.pop(0))
                self.session.tick()
            if (
                self.heard == self.channel.sent and self.channel.dialogue.command
            ):  # it waits for another answer, until it does no more
                self.now += self.session.timeout(self.now)
                self.session.tick()

    def read(self, command: Command) -> None:
        """The modem reads what was written, and it is this command."""
        line = b""
        while not line.endswith(b"\r"):
            assert select.select([self.modem], [], [], DEADLINE)[0], "the session writes nothing"
            line += os.read(self.modem, 1)
        assert line.decode().strip() == command.text
        self.heard += 1

    def say(self, data: bytes) -> None:
        """The modem prints this, and the session has read it."""
        os.write(self.modem, data)
        there = array.array("i", [0])
        while there[0] < len(data):
            assert select.select([self.channel], [], [], DEADLINE)[0], "nothing comes through"
            fcntl.ioctl(self.channel.fileno(), termios.FIONREAD, there)
        self.session.read()

    def wait_until(self, then: float) -> None:
        while (moment := self.now + self.session.timeout(self.now)) <= then:
            self.now = moment
            self.answer()
        self.now = then


def play(transcript: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls that a live session makes of it, as in `expect`."""
    with closing(Player()) as player:
        _play(player, transcript)
    order = [event.key for event in player.events if isinstance(event, CallRinging)]
    ended = [event for event in player.events if isinstance(event, CallEnded)]
    return [
        {
            "number": call.number,
            "withheld": call.withheld,
            "outcome": OUTCOMES.get(call.outcome, "missed"),
            "rings": call.rings,
        }
        for call in sorted(ended, key=lambda call: order.index(call.key))
        if call.outcome is not CallOutcome.DATA
    ]


def _play(player: Player, transcript: dict[str, Any]) -> None:
    steps = [(float(t), 0, text) for t, text in transcript.get("sent") or ()]
    if transcript.get("raw"):
        steps += [(float(t), 1, text) for t, text in transcript["raw"]]
    else:
        steps += [(float(t), 1, f"\r\n{text}\r\n") for t, text in transcript["lines"]]
    for at, is_printed, text in sorted(steps, key=lambda step: step[:2]):
        player.wait_until(at)
        try:
            if is_printed:
                player.say(text.encode("latin-1", "replace"))
            elif text in REQUESTS:
                player.session.request(REQUESTS[text])
            player.answer()
        except PortLost:  # a boot banner
            player.events += player.tracker.reset(player.now)
            player.begin()
    player.wait_until(float(transcript.get("end_t") or steps[-1][0] + AFTER_LAST_LINE))
    player.events += player.tracker.reset(player.now)


def test_most_recordings_are_played() -> None:
    assert len(PLAYED) > 600
    assert any(text == "ATH" for transcript in PLAYED for _, text in transcript.get("sent") or ())


@pytest.mark.parametrize("transcript", PLAYED, ids=lambda t: t["id"])
def test_what_happens_live_is_what_replay_makes_of_it(transcript: dict[str, Any]) -> None:
    assert play(transcript) == transcript["expect"]["calls"]


# ---- what is asked before

LATE = {
    "the answer to ESC": (b"\r\nOK\r\n",),
    "two": (b"\r\nOK\r\n", b"\r\nOK\r\n"),
    "the error of a spoilt line": (b"\r\nERROR\r\n",),
    "a text that was not taken": (b"\r\n+CMS ERROR: 500\r\n", b"\r\nOK\r\n"),
    "somebody's identity": (b"\r\n350000000000006\r\n\r\nOK\r\n", b"\r\nGSM modem\r\n\r\nOK\r\n"),
}


@pytest.mark.parametrize("late", LATE.values(), ids=LATE)
def test_an_answer_that_comes_late_is_taken_for_no_other(late: tuple[bytes, ...]) -> None:
    with closing(Player(*late)) as player:
        (up,) = [event for event in player.events if isinstance(event, LineUp)]
        assert (up.imei, up.imsi, player.owed) == ("490154203237518", "234150123456789", [])


def test_a_modem_that_does_not_tell_whether_it_is_in_step_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(ANSWERS, commands.IN_STEP.text, b"\r\nERROR\r\n")
    with closing(Player()) as player:
        assert [event for event in player.events if isinstance(event, LineUp)]


# ---- what waits for the command in hand

TEXT = SendText(7, "+447400123456", "Hello", 1, 60)


def commands_until(player: Player, last: str) -> list[str]:
    """What the session writes up to this command, when each one before it is answered with OK."""
    asked: list[str] = []
    while command := player.channel.dialogue.command:
        if player.heard < player.channel.sent:
            player.read(command)
        asked.append(command.text)
        if command.text.startswith(last):
            return asked
        player.say(b"\r\nOK\r\n")
        player.session.tick()
    raise AssertionError(f"{last} is not among {asked}")


def announce_texts(player: Player, count: int) -> None:
    for index in range(count):
        player.say(f'\r\n+CMTI: "SM",{index}\r\n'.encode())
    player.session.tick()
    assert player.channel.dialogue.command


def test_urgent_requests_are_done_in_the_order_in_which_they_came() -> None:
    with closing(Player()) as player:
        announce_texts(player, 1)
        player.session.request(Answer())
        player.session.request(HangUp())
        assert [text for text in commands_until(player, "AT+CHUP") if text in REQUESTS] == ["ATA", "AT+CHUP"]


def test_a_text_that_is_due_goes_before_stored_texts_are_read() -> None:
    with closing(Player()) as player:
        announce_texts(player, 50)
        assert [event.idle for event in player.events if isinstance(event, LineIdle)][-1]
        player.session.request(TEXT)
        asked = commands_until(player, "AT+CMGS")
        assert sum(text.startswith(("AT+CMGR", "AT+CMGL")) for text in asked) <= 2  # the one in hand
        assert not any(isinstance(event, NotStarted) for event in player.events)


def test_a_text_that_waits_is_not_started_when_it_rings_meanwhile() -> None:
    with closing(Player()) as player:
        announce_texts(player, 1)
        player.session.request(TEXT)
        player.say(b"\r\nRING\r\n")
        player.answer()
        assert [event.message_id for event in player.events if isinstance(event, NotStarted)] == [7]


def test_a_text_that_waits_is_not_started_when_the_session_ends() -> None:
    with closing(Player()) as player:
        announce_texts(player, 1)
        player.session.request(TEXT)
        player.session.close()
        assert [event.message_id for event in player.events if isinstance(event, NotStarted)] == [7]
