"""The writers of real rows on a clock that is told the time: what a modem and people at the page would have said then goes
through the same handlers, and becomes the same rows. What has happened it does not know."""

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bridge.clock import Clock
from bridge.contract.answers import Done
from bridge.contract.requests import Request
from bridge.handlers.calls import CallHandler
from bridge.handlers.incoming import IncomingTexts
from bridge.handlers.outbox import Outbox
from bridge.handlers.page_requests import PageRequests
from bridge.handlers.shop import ShopState
from bridge.rules.blocklists import BlockLists
from bridge.rules.settings import Settings
from modem import contract
from modem.contract import CallOutcome, Trouble

MODEL, PORT = "simulator", "/dev/serial/by-id/simulator"
# How long a text takes to leave, and how long after that it arrives.
LEAVES, ARRIVES = timedelta(seconds=3), timedelta(seconds=9)
# What a status report says of a text that arrived (23.040 9.2.3.15).
ARRIVED = 0
SECONDS_A_RING = 5


class ToldClock(Clock):
    """A clock that is told the time, and right by definition."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now

    def wall_clock(self) -> datetime:
        """What it was told last."""
        return self.now

    def monotonic(self) -> float:
        """Seconds since 1970, so that they go on as it is told."""
        return self.now.timestamp()

    def doubt(self) -> None:
        """Nothing speaks against it."""


@dataclass(frozen=True)
class Fate:
    """What becomes of a text. trouble: why it fails, or (unknown) nobody can tell; kind: what the network refuses."""

    trouble: Trouble | None = None
    kind: contract.Refusal | None = None


WELL = Fate()


class Past:
    """One line's past. Time goes on by `at` only, and never back."""

    def __init__(self, session: Session, settings: Settings, begin: datetime) -> None:
        self._session = session
        self._clock = ToldClock(begin.astimezone(UTC))
        shop = ShopState(settings, self._clock)
        shop.take_lists(BlockLists())
        self._outbox = Outbox(shop)
        self._calls = CallHandler(shop, self._outbox, lambda: 0)
        self._incoming = IncomingTexts(shop, self._calls)
        self._requests = PageRequests(shop, self._calls)
        self._line = settings.modems[0].name
        self._said = 0  # tells one thing that the modem said from the next
        self._references: deque[int] = deque(range(256))

    def at(self, moment: datetime) -> None:
        """It is now so late, or as late as it was, whichever is later."""
        self._clock.now = max(self._clock.now, moment.astimezone(UTC))

    @property
    def now(self) -> datetime:
        """How late it is, in UTC."""
        return self._clock.now

    def _next(self) -> int:
        self._said += 1
        return self._said

    def line_up(self, imei: str, imsi: str, iccid: str) -> None:
        """The modem is there."""
        up = contract.LineUp(self._line, self._clock.monotonic(), PORT, MODEL, imei, imsi, iccid, None)
        self._calls.line_up(self._session, up)
        self._session.flush()

    def line_down(self, trouble: Trouble) -> None:
        """The modem is gone."""
        down = contract.LineDown(self._line, self._clock.monotonic(), trouble, "port")
        self._calls.line_down(self._session, down)
        self._session.flush()

    def rings(
        self,
        number: str | None,
        rings: int = 3,
        outcome: CallOutcome = CallOutcome.ABANDONED,
        fate: Fate = WELL,
    ) -> bool:
        """Somebody calls; None hides the number. Whether an automatic text went out."""
        key, withheld = self._next(), number is None
        ringing = contract.CallRinging(self._line, self._clock.monotonic(), key, number, withheld)
        self._calls.call_rings(self._session, ringing)
        self._session.flush()
        self._clock.now += timedelta(seconds=rings * SECONDS_A_RING)
        at = self._clock.monotonic()
        end = contract.CallEnded(self._line, at, key, number, withheld, outcome, rings, None)
        self._calls.call_ended(self._session, end)
        self._session.flush()
        return self._sends(fate)

    def writes(self, number: str, body: str) -> None:
        """A text comes in."""
        at, pdu = self._clock.monotonic(), f"{self._next():08X}"
        kind = contract.TextKind.TEXT
        text = contract.TextReceived(
            self._line, at, None, number, body, None, self._clock.now, kind, None, False, pdu
        )
        self._incoming.text_came(self._session, text)
        self._session.flush()
        self._sends(WELL)

    def asks(self, request: Request, by: str) -> None:
        """Somebody at the page asks for it. Raises ValueError where it is refused: the story is wrong then."""
        answer, _ = self._requests.request(self._session, request, by)
        if not isinstance(answer, Done):
            raise ValueError(f"{request} is refused: {answer}")
        self._session.flush()
        self._sends(WELL)

    def _sends(self, fate: Fate) -> bool:
        """What is due goes out, and arrives; whether there was something that did."""
        some = False
        while (text := self._outbox.next_to_send(self._session, self._line)) is not None:
            self._clock.now += LEAVES
            some = self._send(text, fate) or some
        return some

    def _send(self, text: contract.SendText, fate: Fate) -> bool:
        at = self._clock.monotonic()
        if fate.trouble is not None:
            end: contract.TextFailed | contract.TextUnconfirmed
            if fate.kind is None:
                end = contract.TextUnconfirmed(self._line, at, text.message_id, fate.trouble)
            else:
                end = contract.TextFailed(
                    self._line, at, text.message_id, fate.trouble, None, fate.kind, False
                )
            self._outbox.text_ended(self._session, end)
            self._session.flush()
            return False
        parts = contract.segments(text.body).parts
        taken = [self._part_goes(text, part, parts, at) for part in range(1, parts + 1)]
        self._outbox.text_ended(self._session, contract.TextSent(self._line, at, text.message_id))
        self._session.flush()
        self._clock.now += ARRIVES
        for mr in taken:
            at, now = self._clock.monotonic(), self._clock.now
            report = contract.ReportReceived(self._line, at, None, mr, text.number, ARRIVED, now)
            self._outbox.report_came(self._session, report)
        self._session.flush()
        return True

    def _part_goes(self, text: contract.SendText, part: int, parts: int, at: float) -> int:
        mr = self._references[0]
        self._references.rotate(-1)
        gone = contract.PartSent(self._line, at, text.message_id, part, parts, mr)
        self._outbox.part_sent(self._session, gone)
        return mr
