"""Feeds recorded modem output through the dialogue, the grammar and the call machine on a fake clock; pure.

The format is one JSON object a line: `lines` [[t, "text"], ...], optional `raw` with exact bytes in their
place, `sent` [[t, "ATH"], ...] what the host wrote, `end_t` how far the clock goes on.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from modem.at import commands, families, grammar, urc
from modem.at.dialogue import AtEvent, Dialogue, Response, Urc
from modem.calls.call import CallEvent
from modem.calls.recorded_host import RecordedHost
from modem.calls.tracker import Tracker
from modem.contract import CallEnded, CallOutcome, CallRinging

_DATA_DIAL = re.compile(r"ATD[TP]?\*99")
_HOLDS = re.compile(r"AT\+CHLD=([012])")
# What the contract of `textback replay` calls each outcome; all others are "missed".
OUTCOMES = {"answered": "answered", "rejected": "rejected"}
# A line that is begun and then not gone on with for so long (seconds) is broken off.
BROKEN_OFF = 1.0
# How far the clock runs on where nothing says how far (seconds).
AFTER_LAST_LINE = 180.0


@dataclass(frozen=True)
class Replayed:
    """What came of one transcript: the calls in the order of their start, with the machine's own outcome."""

    id: str
    calls: tuple[CallEnded, ...]
    sms_received: int

    def as_json(self) -> dict[str, object]:
        """The object that `textback replay --json` prints."""
        calls = [
            {
                "number": call.number,
                "withheld": call.withheld,
                "outcome": OUTCOMES.get(call.outcome, "missed"),
                "rings": call.rings,
            }
            for call in self.calls
        ]
        return {"id": self.id, "calls": calls, "sms_received": self.sms_received}


class _Host:
    """What the session does, as far as a recording can show it: what was written, what was read, and the
    time."""

    def __init__(self) -> None:
        self.dialogue = Dialogue()
        self.calls = Tracker("replay")
        self._host = RecordedHost(self.calls)
        self.events: list[CallEvent] = []
        self.texts = 0
        self._asked = 0.0
        self._read_at = 0.0

    def write(self, text: str, now: float) -> None:
        text = text.strip().upper()
        if not text.startswith("AT"):
            return
        self.dialogue.abandon()
        command = commands.recorded(text)
        self.dialogue.send(command)
        self._asked = now
        if commands.hangs_up(command):
            self.calls.hanging_up()
        elif command == commands.ANSWER:
            self.calls.picking_up()
        elif text.startswith("ATD") and not _DATA_DIAL.match(text):
            self._host.dialled()
        elif held := _HOLDS.fullmatch(text):
            self._host.holding(held[1])

    def read(self, data: bytes, now: float) -> None:
        if now - self._read_at > BROKEN_OFF:
            data = b"\r" + data
        self._read_at = now
        self._take(self.dialogue.receive(data, now), now)

    def _take(self, events: list[AtEvent], now: float) -> None:
        for event in events:
            if isinstance(event, Urc):
                self._hear(grammar.parse(event), now)
            elif isinstance(event, Response):
                self._answered(event, now)

    def _hear(self, indication: urc.Indication, now: float) -> None:
        self.texts += isinstance(indication, urc.StoredText | urc.DirectText | urc.PlainText)
        if isinstance(indication, urc.Unknown) and indication.line.startswith("+CIND: ("):
            self.calls.indicators = families.indicator_names(indication.line)
        self.events += self.calls.take(indication, now)

    def _answered(self, response: Response, now: float) -> None:
        if response.command == commands.CALLS and response.ok:
            self.events += self.calls.listed(grammar.call_list(response.lines), self._asked, now)
        elif commands.hangs_up(response.command):
            sure = commands.surely_hangs_up(response.command)
            self.events += self.calls.hung_up(response.ok, now, sure)
        elif response.command == commands.ANSWER and response.ok:
            self.calls.picked_up(now)
        elif response.command.text.startswith("ATD") and not response.ok:
            self._host.not_dialled(now)
        elif response.command == commands.INDICATORS and response.ok:
            self.calls.indicators = families.indicator_names(" ".join(response.lines))
        elif _HOLDS.fullmatch(response.command.text) and response.ok:
            self.events += self._host.held(now)

    def wait_until(self, then: float) -> None:
        while (tick := self._next_tick()) is not None and tick <= then:
            self._take(self.dialogue.tick(tick), tick)
            self.events += self.calls.tick(tick)

    def _next_tick(self) -> float | None:
        moments = self.calls.next_tick(), self.dialogue.deadline
        return min((moment for moment in moments if moment is not None), default=None)


def replay(transcript: dict[str, Any]) -> Replayed:
    """Run one transcript. Raises KeyError, TypeError or ValueError where it is not in the format."""
    host = _Host()
    last = 0.0
    for now, written, data in _in_order(transcript):
        host.wait_until(now)
        last = now
        if written is not None:
            host.write(written, now)
        else:
            host.read(data, now)
    host.wait_until(max(last, float(transcript.get("end_t") or last + AFTER_LAST_LINE)))
    order = [event.key for event in host.events if isinstance(event, CallRinging)]
    ended = [
        event
        for event in host.events
        if isinstance(event, CallEnded) and event.outcome is not CallOutcome.DATA
    ]
    still = host.calls.reset(last)  # a call that the recording leaves connected
    ended += [event for event in still if isinstance(event, CallEnded)]
    ended.sort(key=lambda event: order.index(event.key))
    return Replayed(str(transcript["id"]), tuple(ended), host.texts)


def _in_order(transcript: dict[str, Any]) -> list[tuple[float, str | None, bytes]]:
    """(time, what the host wrote or None, what the modem printed), by time; of one instant the host's words
    first."""
    sent = [(float(t), str(text), b"") for t, text in transcript.get("sent") or ()]
    read: list[tuple[float, str | None, bytes]]
    if transcript.get("raw"):
        read = [(float(t), None, str(text).encode("latin-1", "replace")) for t, text in transcript["raw"]]
    else:
        read = [
            (float(t), None, f"\r\n{text}\r\n".encode("latin-1", "replace"))
            for t, text in transcript["lines"]
        ]
    return sorted([*sent, *read], key=lambda step: step[0])


def transcripts(text: str) -> Iterator[dict[str, Any]]:
    """The transcripts of a file, one JSON object a line. Raises ValueError that names the line which is
    none."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise ValueError(f"line {number} is not JSON: {error}") from error
        if not isinstance(value, dict) or "id" not in value or not ("lines" in value or "raw" in value):
            raise ValueError(f"line {number} is not a transcript: it needs the keys id and lines")
        yield value
