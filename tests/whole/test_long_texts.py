"""A thousand long texts in and a thousand out, in any order, with parts lost, repeated and late, through the parts that the
service itself uses: decoder, decisions, store and a real database file; some of those out over a real pty too.

Those out are too many for the pty in the time that a test may take: there go 80, which is enough for the MR to come round.
"""

import heapq
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bridge import config
from bridge.clock import Clock
from bridge.contract.answers import Done
from bridge.contract.requests import WriteText
from bridge.handlers.calls import CallHandler
from bridge.handlers.incoming import WAIT_FOR_PARTS, IncomingTexts
from bridge.handlers.outbox import Outbox
from bridge.handlers.queue_text import write_text
from bridge.handlers.shop import ShopState
from bridge.records import engine, views
from bridge.records.tables import Message, MessagePart
from modem import contract
from modem.contract import PartSent, ReportReceived, SendText, Slot, TextReceived, TextSent
from modem.procedures.received import received
from modem.simulator import Simulator, pdu
from modem.sms.encode import encode
from tests.support.box import a_box, until, write_config

SEED = 20261123
TEXTS = 1000
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SENDERS = ("+447400123456", "+447400123457", "info@x.de")
EMOJI = "😀🥖👍🏽👩‍🍳🇬🇧"
LETTERS = "abcdefgh xyz ÄÖÜ ñ @ £ € [ ] { } ~ \\ ^ |"


class Ticking(Clock):
    """A clock that the test moves."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START

    def wall_clock(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - START).total_seconds()


class Bridge:
    """What the loop does with an event, one transaction each."""

    def __init__(self, folder: Path) -> None:
        settings = config.load(write_config(folder, "simulator"))
        self.engine: Engine = engine.open_engine(f"sqlite:///{folder / 'x.db'}")
        engine.migrate(self.engine)
        self.clock = Ticking()
        self.settings = settings
        shop = ShopState(settings, self.clock)
        self.outbox = Outbox(shop)
        self.reader = IncomingTexts(shop, CallHandler(shop, self.outbox, lambda: 0))

    @contextmanager
    def step(self) -> Iterator[Session]:
        with Session(self.engine) as session, session.begin():
            yield session

    def comes(self, hexadecimal: str) -> None:
        event = received("main", self.clock.monotonic(), hexadecimal, Slot("SM", 1))
        with self.step() as session:
            match event:
                case TextReceived():
                    self.reader.text_came(session, event)
                case ReportReceived():
                    self.outbox.report_came(session, event)

    def messages(self) -> list[Message]:
        with Session(self.engine) as session:
            return list(session.exec(select(Message).order_by(col(Message.id))))


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    bridge = Bridge(tmp_path)
    yield bridge
    bridge.engine.dispose()


# ---- in


@dataclass
class Long:
    """One text on its way in. came: the places of the parts that are not lost."""

    sender: str
    body: str
    pdus: list[str]
    came: set[int] = field(default_factory=set)

    @property
    def whole(self) -> bool:
        return len(self.came) == len(self.pdus)


def deliver(
    sender: str, body: str, moment: datetime, gap: timedelta, reference: int, wide: bool
) -> list[str]:
    """The DELIVERs of a long text (23.040 9.2.2.1, 9.2.3.24.1 and .8), each with a time stamp of its own. UCS-2 is cut
    anywhere, through an emoji too, as phones do."""
    element = bytes([8, 4, reference >> 8, reference & 0xFF] if wide else [0, 3, reference & 0xFF])
    size = 1 + len(element) + 2
    codes = pdu.septets(body)
    pieces: list[list[int] | bytes]
    if codes is None:
        octets, room = body.encode("utf-16-be"), (140 - size) // 2 * 2
        pieces = [octets[at : at + room] for at in range(0, len(octets), room)]
    else:
        pieces, room = [], (140 - size) * 8 // 7
        while codes:
            cut = room - (codes[room - 1 : room] == [0x1B])
            pieces.append(codes[:cut])
            codes = codes[cut:]
    made = []
    for place, piece in enumerate(pieces, 1):
        header = bytes([size - 1]) + element + bytes([len(pieces), place])
        fill = -len(header) * 8 % 7
        if isinstance(piece, bytes):
            dcs, data = pdu.UCS2, bytes([len(header) + len(piece)]) + header + piece
        else:
            septets = len(piece) + (len(header) * 8 + fill) // 7
            dcs, data = pdu.GSM7, bytes([septets]) + header + pdu.pack(piece, fill)
        stamp = pdu.timestamp(moment + gap * place)
        tpdu = b"\x44" + pdu.address(sender) + bytes([0, dcs]) + stamp + data
        made.append((pdu.SMSC + tpdu.hex()).upper())
    return made


def written(r: random.Random, number: int) -> str:
    """Words of 2 to 5 parts that no other text has, everywhere in it."""
    emoji = r.random() < 0.5
    units = r.randrange(80, 330) if emoji else r.randrange(175, 750)
    body = ""
    while True:
        word = f"{number}{r.choice(EMOJI if emoji else LETTERS)}{r.choice('ab ')}"
        cost = len((body + word).encode("utf-16-be")) // 2 if emoji else len(pdu.septets(body + word) or [])
        if cost > units:
            return body + ("" if emoji else "€")
        body += word


def texts_in(r: random.Random) -> list[Long]:
    """From each sender one every quarter of an hour, their references come round after 16 texts: after four hours. The widths
    take turns by chance, under the same numbers."""
    texts = []
    for number in range(TEXTS):
        turn, who = divmod(number, len(SENDERS))
        moment = START + timedelta(minutes=15) * turn
        gap = timedelta(seconds=r.randrange(0, 100))
        body = written(r, number)
        pdus = deliver(SENDERS[who], body, moment, gap, turn % 16, wide=r.random() < 0.3)
        assert 2 <= len(pdus) <= 5
        text = Long(SENDERS[who], body, pdus, set(range(len(pdus))))
        if r.random() < 0.15:
            text.came -= {*r.sample(range(len(pdus)), r.randrange(1, len(pdus)))}
        texts.append(text)
    return texts


def test_parts_far_apart_are_shown_when_nothing_nearer_comes(bridge: Bridge) -> None:
    """In bad coverage a phone may take its time; two texts of one reference whose parts are lost do not make one."""
    slow = deliver(SENDERS[0], "slow " * 60, START, timedelta(hours=1), 5, wide=False)
    for hexadecimal in slow:
        bridge.comes(hexadecimal)
    assert not bridge.messages()
    bridge.clock.now += timedelta(minutes=11)
    with bridge.step() as session:
        bridge.reader.show_incomplete(session)
    assert [message.body for message in bridge.messages()] == ["slow " * 60]

    days = [
        deliver(SENDERS[1], f"day {n} " * 40, START + timedelta(days=n), timedelta(0), 6, False)
        for n in (0, 1)
    ]
    for hexadecimal in (days[0][0], days[1][1]):
        bridge.comes(hexadecimal)
    bridge.clock.now += WAIT_FOR_PARTS + timedelta(minutes=1)
    with bridge.step() as session:
        bridge.reader.show_incomplete(session)
    holed = [message.body for message in bridge.messages()[1:]]
    assert len(holed) == 2
    assert not any("day 0" in body and "day 1" in body for body in holed)
    bridge.comes(days[1][0])
    assert [message.body for message in bridge.messages()[1:]] == [holed[0], "day 1 " * 40]


def arrivals(r: random.Random, texts: list[Long]) -> list[str]:
    """Every part that is not lost, in random order within a window in which references come round more than twice; a
    fifth of them once more, some long after."""
    window = 120.0
    order: list[tuple[float, str]] = []
    for number, text in enumerate(texts):
        for place in text.came:
            at = number + r.random() * window
            order.append((at, text.pdus[place]))
            while r.random() < 0.2:
                order.append((at + r.choice((0, 1, window, 5 * window)) * r.random(), text.pdus[place]))
    return [hexadecimal for _, hexadecimal in sorted(order)]


def bodies(bridge: Bridge) -> Counter[tuple[str, str]]:
    with Session(bridge.engine) as session:
        return Counter((row.address, row.body) for row in views.messages(session, limit=10 * TEXTS))


def test_each_long_text_becomes_one_message_and_nothing_else_does(bridge: Bridge) -> None:
    r = random.Random(SEED)
    texts = texts_in(r)
    bridge.clock.now = START + timedelta(days=4)  # the box was off: all of it comes at once
    coming = arrivals(r, texts)
    for hexadecimal in coming:
        bridge.clock.now += timedelta(milliseconds=20)
        bridge.comes(hexadecimal)
    print(
        f"seed {SEED}: {len(coming)} PDUs of {TEXTS} texts, {sum(not text.whole for text in texts)} incomplete"
    )
    whole = Counter((text.sender, text.body) for text in texts if text.whole)
    assert bodies(bridge) == whole

    bridge.clock.now += WAIT_FOR_PARTS + timedelta(minutes=1)
    with bridge.step() as session:
        bridge.reader.show_incomplete(session)
    shown = [body for (_, body), times in (bodies(bridge) - whole).items() for _ in range(times)]
    holed = [text for text in texts if text.came and not text.whole]
    assert len(shown) == len(holed)
    assert all("never came" in body for body in shown)

    late = [text.pdus[place] for text in holed for place in {*range(len(text.pdus))} - text.came]
    r.shuffle(late)
    for hexadecimal in late:
        bridge.comes(hexadecimal)
    assert bodies(bridge) == whole + Counter((text.sender, text.body) for text in holed)


# ---- out

RECIPIENTS = [f"+4474001234{n:02}" for n in range(40)]
# So long one part takes to go out (seconds): the MR comes round after 17 minutes.
PART_SECONDS = 4
DELIVERED, BUSY, EXPIRED = 0x00, 0x21, 0x46


@dataclass
class Fate:
    """What the network does with one part. reports: after how many more parts it tells which status."""

    reports: list[tuple[int, int]]

    @property
    def last(self) -> int | None:
        return max(self.reports)[1] if self.reports else None


def fate(r: random.Random) -> Fate:
    """Told soon, told twice, told after the MR has come round, told that it is tried again, given up, or never told."""
    soon, late = r.randrange(30), r.randrange(256, 900)
    return r.choices(
        [
            Fate([(soon, DELIVERED)]),
            Fate([(soon, DELIVERED), (soon + 1, DELIVERED), (late, DELIVERED)]),
            Fate([(late, DELIVERED)]),
            Fate([(soon, BUSY), (late, DELIVERED)]),
            Fate([(late, EXPIRED)]),
            Fate([]),
        ],
        [70, 8, 8, 4, 2, 8],
    )[0]


def status_of(fates: list[Fate]) -> str:
    """What becomes of a message of these parts."""
    told = [fate.last for fate in fates]
    return "failed" if EXPIRED in told else "sent" if None in told else "delivered"


def test_each_long_text_out_is_delivered_if_every_part_is(bridge: Bridge) -> None:
    r = random.Random(SEED)
    mr, sent = 0, 0
    reports: list[tuple[int, int, str]] = []
    expected: dict[int, str] = {}
    parts: list[tuple[int, int, int, int | None]] = []
    for number in range(TEXTS):
        request = send(bridge, RECIPIENTS[r.randrange(len(RECIPIENTS))], written(r, number))
        assert request.message_id not in expected
        encoded = encode(request.number, request.body, reference=request.reference)
        fates = [fate(r) for _ in encoded]
        expected[request.message_id] = status_of(fates)
        with bridge.step() as session:
            for place, one in enumerate(fates, 1):
                mr, sent = (mr + 1) % 256, sent + 1
                bridge.clock.now += timedelta(seconds=PART_SECONDS)
                now = bridge.clock.monotonic()
                bridge.outbox.part_sent(
                    session, PartSent("main", now, request.message_id, place, len(encoded), mr)
                )
                parts.append((request.message_id, place, mr, one.last))
                for after, status in one.reports:
                    told = pdu.status_report(request.number, mr, bridge.clock.now, status)
                    heapq.heappush(reports, (sent + after, status, told))
            bridge.outbox.text_ended(session, TextSent("main", bridge.clock.monotonic(), request.message_id))
        while reports and reports[0][0] <= sent:
            bridge.comes(heapq.heappop(reports)[2])
    while reports:
        bridge.comes(heapq.heappop(reports)[2])
    print(f"seed {SEED}: {sent} parts, {Counter(expected.values())}")
    with Session(bridge.engine) as session:
        rows = session.exec(select(MessagePart).order_by(col(MessagePart.id))).all()
        assert [(row.message_id, row.part, row.mr, row.status) for row in rows] == parts
    assert {message.id: message.status for message in bridge.messages()} == expected


def test_a_report_counts_for_its_recipient_and_its_time_where_the_mr_is_the_same(bridge: Bridge) -> None:
    """A modem that restarts counts from 1 again, and each of two modems has an MR of its own."""

    def goes_out(recipient: str) -> datetime:
        request = send(bridge, recipient, "Come in!")
        bridge.clock.now += timedelta(seconds=PART_SECONDS)
        with bridge.step() as session:
            now = bridge.clock.monotonic()
            bridge.outbox.part_sent(session, PartSent("main", now, request.message_id, 1, 1, 7))
            bridge.outbox.text_ended(session, TextSent("main", now, request.message_id))
        return bridge.clock.now

    def statuses() -> list[str]:
        return [message.status for message in bridge.messages()]

    ann, bob = RECIPIENTS[:2]
    first = goes_out(ann)
    goes_out(bob)
    bridge.clock.now += timedelta(hours=1)
    second = goes_out(ann)
    bridge.comes(pdu.status_report(RECIPIENTS[2], 7, first, DELIVERED))
    assert statuses() == ["sent", "sent", "sent"]
    bridge.comes(pdu.status_report(ann, 7, first, DELIVERED))
    assert statuses() == ["delivered", "sent", "sent"]
    bridge.comes(pdu.status_report(ann, 7, first, DELIVERED))
    assert statuses() == ["delivered", "sent", "sent"]
    bridge.comes(pdu.status_report(ann, 7, second, EXPIRED))
    assert statuses() == ["delivered", "sent", "failed"]
    goes = send(
        bridge, ann, "Are you there?"
    )  # and while it goes, an old report is read from the SIM once more
    bridge.comes(pdu.status_report(ann, 7, first, DELIVERED))
    assert bridge.messages()[goes.message_id - 1].status == "sending"


def send(bridge: Bridge, recipient: str, body: str) -> SendText:
    """Queue a text by hand; what is handed to the modem next is this one."""
    with bridge.step() as session:
        granted = write_text(
            session, WriteText(recipient, body, "ann"), bridge.settings, "GB", bridge.clock.utc()
        )
        assert isinstance(granted, Done)
        request = bridge.outbox.next_to_send(session, "main")
        assert request is not None
        assert (request.message_id, request.number, request.body) == (
            granted.message_id,
            recipient,
            body.strip(),
        )
        assert bridge.outbox.next_to_send(session, "main") is None
    return request


# ---- out, over the pty

OVER_THE_PTY = 80


class Network:
    """Gives the reports on what the simulated modem sends, each at its time. fates: by reference of the text."""

    def __init__(self) -> None:
        self.fates: dict[int, list[Fate]] = {}
        self.simulator = Simulator(
            speed=50,
            reports="manual",
            network_delay=0,
            on_step=lambda step: self._sent() if step == "sent" else None,
        )
        self._taken = 0
        self._due: list[tuple[int, int, str]] = []

    @property
    def total(self) -> int:
        return sum(len(fates) for fates in self.fates.values())

    def _sent(self) -> None:
        """The modem has told that one more part was taken: what is due now arrives, after the last part all the rest."""
        one = self.simulator.submitted[-1]
        assert one.part is not None
        reference, _, place = one.part
        self._taken += 1
        for after, status in self.fates[reference][place - 1].reports:
            told = pdu.status_report(one.number, one.mr, datetime.now(UTC), status)
            heapq.heappush(self._due, (self._taken + after, status, told))
        while self._due and (self._due[0][0] <= self._taken or self._taken == self.total):
            self.simulator.deliver_pdu(heapq.heappop(self._due)[2], report=True)


def test_long_texts_out_over_the_pty(tmp_path: Path) -> None:
    r = random.Random(SEED)
    texts = {f"+447400{123400 + number}": written(r, number).strip() for number in range(1, OVER_THE_PTY + 1)}
    network = Network()
    for number, body in enumerate(texts.values(), 1):  # the number of a message is the reference of its parts
        network.fates[number] = [fate(r) for _ in range(contract.segments(body).parts)]
    expected = {
        (*text, status_of(fates)) for text, fates in zip(texts.items(), network.fates.values(), strict=True)
    }
    with network.simulator as simulator, a_box(tmp_path, simulator) as box:
        for number, (recipient, body) in enumerate(texts.items(), 1):
            assert box.service.bridge.request(WriteText(recipient, body, "ann")) == Done(number)
        until(lambda: len(simulator.submitted) == network.total, "the sending")
        until(
            lambda: {(row.address, row.body, row.status) for row in box.messages()} == expected,
            "the last report",
        )
        assert [(text.number, text.text) for text in simulator.sent] == [*texts.items()]
        assert len(simulator.submitted) == network.total > 256
