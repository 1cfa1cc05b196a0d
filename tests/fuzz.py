"""`make fuzz`: what no modem should say and nobody should send, a hundred thousand of each, into the parts that read it.

Each case follows from the seed, its kind and its number alone, so that a failure can be repeated: the script prints all
three and the input in hex, and ends with 1.
"""

import gc
import json
import os
import random
import signal
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from types import FrameType

import click

from modem import contract
from modem.at import commands, grammar, urc
from modem.at.commands import recorded
from modem.at.dialogue import MAX_LINE, MAX_LINES, AtEvent, Command, Dialogue, Prompt, Response, Urc
from modem.calls.call import CallEvent
from modem.calls.tracker import Tracker
from modem.contract import CallEnded, CallRinging, TextReceived
from modem.errors import ModemError, PduError
from modem.procedures import reading, sending, survey
from modem.procedures.received import received
from modem.procedures.setup import initialise
from modem.procedures.steps import Body, Pause, Reply, Step, Taken
from modem.sms import decode
from modem.sms.describe import describe, plain
from modem.sms.encode import encode
from tests.support.paths import shared_lines

COUNT = 100_000
# One case takes well under a millisecond; one of the longest on a slow machine takes some tens (seconds of the CPU: others
# may use it too).
SLOWEST = 2.0
# An alarm ends a batch that hangs (cases, seconds).
BATCH, BATCH_SECONDS = 500, 60.0
# What the process may have grown by at the end, and what repeating the first cases may leave behind (octets).
MOST_GROWTH, MOST_LEFT, REPEATED = 16 * 2**20, 64 * 2**10, 1000
# So long nothing comes, and no call may ring any more (seconds).
QUIET = 180.0

# Of a case's dice and number: its input, and what does it.
Case = Callable[[random.Random, int], tuple[bytearray | bytes, Callable[[], None]]]


# ---- what modems say

PDUS = (
    "07911326040000F0040B911346610089F600006250325195408004D4F29C0E",
    "0006040D91945152991136F00160124130340A0160124130940A00",
    "07914487200030230044".ljust(20, "0"),
    "0791448720003023440C914704001032540008625032519540808C050003410301"
    + "D83DDE0100410042" * 16
    + "D83DDE01",
    "0791448720003023400C9147040010325400F562503251954080140605040B8423F0" + "4A0603BEAF848C82980A",
    "0791448720003023040C9147040010325400C86250325195408000",
    "0001000B914316565811F9000004E8373B0C",
)
LINES = (
    *(b"OK", b"ERROR", b"+CME ERROR: 14", b"+CMS ERROR: 500", b"+CMS ERROR: x", b"NO CARRIER", b"BUSY", b"CONNECT 9600"),
    *(b"RING", b"+CRING: VOICE", b"+CRING: REL ASYNC", b'+CLIP: "+447400123456",145,"",0,"",0', b'+CLIP: "",128'),
    *(b'+CCWA: "+447400123457",145,1', b'+CLCC: 1,1,4,0,0,"+447400123456",145', b'+CLCC: 2,1,5,0,0,"",128', b"^CONN:1,0"),
    *(b"^CEND:1,0,104,16", b"VOICE CALL: END: 000005", b"MISSED_CALL: 11:40AM 07400123456", b'+CIEV: "CALL",0', b"^SLCC:"),
    *(b'^DSCI: 1,1,4,0,0,"+447400123456",145', b"#ECAM: 0,6,1", b"*ECAV: 1,6,1", b"+UCALLSTAT: 1,4", b"+XCALLSTAT: 1,4"),
    *(b'+QIND: "ccinfo",1,1,4,0,0,"07400123456",129', b"^SLCC: 1,1,4,0,0,0,\"07400123456\",129", b"+WIND: 5,1"),
    *(b"^ORIG:1,0", b"+CIEV: 5,1", b"+CSSU: 0", b"RDY", b"+CFUN: 1", b"MEMORY FULL", b'+CMTI: "SM",3', b'+CDSI: "SR",1'),
    *(b'+CUSD: 0,"Credit', b'+CNAP: "Ann', b'tones",15', b'+CNAP: "Ann",0', b"+CLIP:07400123456,129,,,,0"),
    *(b"> ", b"\0", b"+CMGS: 17", b"^RSSI:17", b"+CREG: 1", b"", b"VOICE NO CARRIER : 16", b"\xff\xfe+CLIP"),
    *(f"+CMT: ,{len(pdu) // 2 - 1 - int(pdu[:2], 16)}\r\n{pdu}".encode() for pdu in PDUS),
    *(f"+CDS: {len(pdu) // 2 - 1 - int(pdu[:2], 16)}\r\n{pdu}".encode() for pdu in PDUS[:2]),
)  # fmt: skip
# Answers to the commands that begin so; any other gets a line of any kind.
ANSWERS = {
    "AT+CLCC": b'+CLCC: 1,1,4,0,0,"+447400123456",145\r\n+CLCC: 2,1,0,0,0,"+447400123457",145',
    "AT+CMGL": b"\r\n".join(
        f"+CMGL: {place},1,,{len(pdu) // 2 - 1 - int(pdu[:2], 16)}\r\n{pdu}".encode()
        for place, pdu in enumerate(PDUS)
    ),
    "AT+CMGR": f"+CMGR: 0,,{len(PDUS[0]) // 2 - 8}\r\n{PDUS[0]}".encode(),
    "AT+CMGS": b"> \r\n+CMGS: 17",
    "AT+CREG": b"+CREG: 0,1",
    "AT+CEREG": b"+CEREG: 0,1",
    "AT+COPS": b'+COPS: 0,0,"Testnet",7',
    "AT+CSQ": b"+CSQ: 17,99",
    "AT+CCLK": b'+CCLK: "26/11/23,17:15:07+00"',
    "AT+CSCA": b'+CSCA: "+447802000332",145',
    "AT+CPMS": b'+CPMS: "SM",3,30,"SM",3,30,"SM",3,30',
    "AT+CNMI": b"+CNMI: 2,1,0,1,0",
    "AT+CMGF": b"+CMGF: 0",
    "AT+CLIP": b"+CLIP: 1,1",
    "AT+CIND": b'+CIND: ("battchg",(0-5)),("call",(0-1)),("callsetup",(0-3))',
    "AT+CPBS": b'+CPBS: ("SM","MC","ME")',
    "AT+CPBR": b'+CPBR: (1-50),40,16\r\n+CPBR: 1,"07400123456",129,"Ann"',
    "AT+CEER": b'+CEER: "No answer from user",19',
    "AT+CPIN": b"+CPIN: READY",
    "AT+CGMM": b"E173",
    "AT+CGMI": b"huawei",
    "AT+CGSN": b"353612030000000",
    "AT+CIMI": b"234150123456789",
    "AT+CNUM": b'+CNUM: "","+447400123450",145',
    "AT+CSMS": b"+CSMS: 1,1,1",
}
COMMANDS = [
    *(value for value in vars(commands).values() if isinstance(value, Command)),
    *(
        commands.read(3),
        commands.delete(3),
        commands.send(23),
        recorded("ATD+447400123456;"),
        recorded("AT+QWERTY"),
    ),
]
PARTS = encode("+447400123456", "€" * 200, reference=7)


def lines_recorded() -> list[bytes]:
    """Each recorded line, as modems frame it; our own where there are no recordings."""
    lines = [text for one in shared_lines("transcripts/urc_open.jsonl") for _, text in one.get("lines") or ()]
    return [*LINES, *(line.encode("latin-1", "replace") for line in lines)]


def vectors() -> list[str]:
    return [*PDUS, *(str(one["pdu"]) for one in shared_lines("vectors/pdu_open.jsonl"))]


# ---- spoiling


def spoilt(r: random.Random, data: bytes) -> bytes:
    """Flipped, cut, doubled, spliced, with NULs, with the top bit set: what a bad wire or a bad program does."""
    for _ in range(r.choice((0, 0, 1, 1, 2, 5))):
        at, to = sorted((r.randrange(len(data) + 1), r.randrange(len(data) + 1)))
        match r.randrange(9):
            case 0:
                data = data[:at] + bytes([r.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at] + bytes(b ^ 1 << r.randrange(8) for b in data[at : at + 1]) + data[at + 1 :]
            case 2:
                data = data[:at]
            case 3:
                data = data[:at] + data[to:]
            case 4:
                data = data[:to] + data[at:]
            case 5:
                data = data[:at] + b"\0" * r.randrange(1, 4) + data[at:]
            case 6:
                data = data[:at] + bytes(b | 0x80 for b in data[at:to]) + data[to:]
            case 7:
                data = data[:at] + r.randbytes(r.randrange(1, 8)) + data[at:]
            case 8:
                data = data[:at] + data[at:to] * r.randrange(2, 30) + data[to:]
    return data


def babble(r: random.Random, lines: list[bytes], command: Command | None) -> bytes:
    """The next bytes from the modem; now and then what answers the command that runs."""
    kind = r.random()
    if command is not None and kind < 0.6:
        answer = next((a for begin, a in ANSWERS.items() if command.text.startswith(begin)), r.choice(lines))
        final = r.choice((b"OK", b"OK", b"OK", b"ERROR", b"+CME ERROR: 14", b"+CMS ERROR: 38"))
        return spoilt(r, b"\r\n" + answer + b"\r\n\r\n" + final + b"\r\n")
    if kind < 0.9:
        some = [r.choice(lines) for _ in range(r.randrange(1, 8))]
        ends = (b"\r\n", b"\r\n", b"\r\n", b"\r\r\n", b"\r", b"\n", b"")
        return spoilt(r, b"".join(r.choice(ends) + line + r.choice(ends) for line in some))
    if kind < 0.98:
        return r.randbytes(r.randrange(100))
    # No end of the line in sight; of few kinds of characters, so that a pattern may go wrong on it.
    letters = r.choice(
        (b"1", b"1x", b"+CMT: 1", b'"', b'",', b"> ", b"AF", bytes(range(14, 256)), r.choice(lines) or b"\0")
    )
    return r.choice((b"", b"+CMT: ", b"+CLIP: ", b"+CLCC: ")) + letters * (
        r.randrange(1, 6000) // len(letters) + 1
    )


# ---- (a) bytes into the dialogue


class Host:
    """The driver's part: one dialogue, one conversation at a time, calls, and a clock that the case moves."""

    def __init__(self, r: random.Random) -> None:
        self._r = r
        self.now = 0.0
        self.dialogue = Dialogue()
        self.calls = Tracker("fuzz")
        self.calls.has_list = r.random() < 0.5
        self.calls.indicators = r.choice(({}, {"5": "callsetup", "4": "call"}))
        self.events: list[CallEvent] = []
        self._job: Generator[Step, Reply, object] | None = None
        self._asked = 0.0
        self.seen: Counter[str] = Counter()

    @property
    def talks(self) -> bool:
        return self._job is not None

    def act(self) -> None:
        """Begin something if nothing runs; else, seldom, give it up."""
        if self.dialogue.command is not None:
            if self._r.random() < 0.03:
                self.dialogue.abandon()
                self._job = None
        elif self._r.random() < 0.4:
            jobs: list[Callable[[], Generator[Step, Reply, object]]] = [
                reading.read_all,
                lambda: reading.read_one(3),
                lambda: sending.send(PARTS),
                lambda: survey.survey("fuzz", lambda: 0.0),
                survey.missed_book,
                survey.release_cause,
                lambda: initialise("auto", "1234", lambda imei, iccid: None),
            ]
            self._job = self._r.choice(jobs)()
            self._go_on(None)
        elif self._r.random() < 0.5:
            self._write(self._r.choice(COMMANDS))

    def _write(self, command: Command) -> None:
        self.dialogue.send(command)
        self._asked = self.now
        if command is commands.HANG_UP:
            self.calls.hanging_up()

    def _go_on(self, reply: Reply) -> None:
        """One step of the conversation, as the session makes it; it may give up with an error that is on purpose."""
        try:
            while self._job is not None:
                step = self._job.send(reply)
                match step:
                    case Command():
                        self._write(step)
                        return
                    case Body(pdu):
                        if self.dialogue.command is not None:
                            self.dialogue.body(pdu)
                            return
                        reply = None
                        self._job = None
                    case Pause() | Taken():
                        reply = None
        except StopIteration:
            self._job = None
            self.seen["conversation"] += 1
        except ModemError:
            self._job = None

    def read(self, data: bytes) -> None:
        self._take(self.dialogue.receive(data, self.now))
        # Private, but a buffer that grows is what is looked for.
        assert len(self.dialogue._buffer) <= MAX_LINE
        assert len(self.dialogue._lines) <= MAX_LINES
        assert self.dialogue._header is None or len(self.dialogue._header[0]) <= MAX_LINE

    def _take(self, events: list[AtEvent]) -> None:
        for event in events:
            if isinstance(event, Urc):
                self._hear(event)
            elif self._job is not None:
                self.seen["reply"] += 1
                self._go_on(event)
            elif isinstance(event, Response):
                self._answered(event)
            else:
                self.seen["prompt"] += 1
                assert isinstance(event, Prompt)
                self.dialogue.body(PARTS[0].pdu)

    def _hear(self, event: Urc) -> None:
        indication = grammar.parse(event)
        self.seen["noise" if isinstance(indication, urc.Unknown) else "urc"] += 1
        self.events += self.calls.take(indication, self.now)
        if isinstance(indication, urc.DirectText | urc.DirectReport):
            received("fuzz", self.now, indication.pdu, None)

    def _answered(self, response: Response) -> None:
        self.seen["response"] += 1
        response.error()
        if response.command is commands.CALLS and response.ok:
            self.events += self.calls.listed(grammar.call_list(response.lines), self._asked, self.now)
        elif response.command in (commands.HANG_UP, commands.HANG_UP_V25):
            self.events += self.calls.hung_up(
                response.ok, self.now, commands.surely_hangs_up(response.command)
            )
        elif response.command is commands.ANSWER and response.ok:
            self.calls.picked_up(self.now)

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while (end := self.dialogue.deadline) is not None and end <= until:
            self.now = max(self.now, end)
            self._take(self.dialogue.tick(self.now))
        while (tick := self.calls.next_tick()) is not None and tick <= until:
            self.events += self.calls.tick(tick)
        self.now = until

    def account(self) -> None:
        """No call rings any more, and each has been told of once at its start and once at its end."""
        tick = self.calls.next_tick()  # only the lost end of a call that runs is still waited for, for hours
        assert tick is None or tick > self.now + 60.0, "a call still rings"
        left = self.calls.reset(self.now)
        assert all(isinstance(end, CallEnded) and end.outcome == "answered" for end in left), (
            "a call still waits"
        )
        self.events += left
        assert not self.calls.busy
        begun = {event.key for event in self.events if isinstance(event, CallRinging)}
        ended = [event.key for event in self.events if isinstance(event, CallEnded)]
        assert sorted(begun) == sorted(ended)
        self.seen["call"] += len(begun)


def dialogue_case(seen: Counter[str]) -> Case:
    lines = lines_recorded()

    def case(r: random.Random, _number: int) -> tuple[bytearray | bytes, Callable[[], None]]:
        host = Host(r)
        said = bytearray()

        def run() -> None:
            rounds = r.randrange(1, 7)
            while rounds > 0:
                rounds -= not (host.talks and r.random() < 0.95)  # or no conversation would come to its end
                host.act()
                data = babble(r, lines, host.dialogue.command)
                said.extend(data)
                while data:
                    size = r.choice((1, 2, 7, 64, 4096))
                    host.read(data[:size])
                    data = data[size:]
                    host.wait(r.choice((0.0, 0.0, 0.001, 0.5, 5.0)))
                    if r.random() < 0.1:
                        host.act()
            host.wait(QUIET)
            host.account()
            seen.update(host.seen)

        return said, run

    return case


# ---- (b) PDUs into the decoder


def octet(r: random.Random) -> int:
    return r.choice((0, 1, 2, 0x7F, 0x80, 0xFF, r.randrange(256), r.randrange(256)))


def elements(r: random.Random) -> bytes:
    """A user data header: known and unknown elements, with lengths that fit or not."""
    made = b""
    for _ in range(r.randrange(5)):
        value = bytes(octet(r) for _ in range(r.choice((0, 1, 2, 3, 3, 4, 4, 9))))
        identifier = r.choice((0, 0, 8, 1, 4, 5, 0x24, 0x25, octet(r)))
        made += bytes([identifier, r.choice((len(value), len(value), len(value), octet(r)))]) + value
    return bytes([r.choice((len(made) & 0xFF, len(made) & 0xFF, octet(r)))]) + made


def built(r: random.Random, number: int) -> bytes:
    """Octets in the order of a TPDU, each field right or not; in 65,536 cases every DCS meets every PID."""
    dcs, pid = number & 0xFF, number >> 8 & 0xFF
    kind = r.choice((0, 0, 0, 1, 2, 3))
    first = r.randrange(64) << 2 | kind
    digits = r.choice((0, 10, 11, 12, 20, octet(r)))
    address = bytes([digits, r.choice((0x91, 0x81, 0xD0, octet(r)))]) + r.randbytes((digits + 1) // 2)
    stamp = r.choice(
        (
            bytes.fromhex("62503251954080"),
            r.randbytes(7),
            bytes(r.choice(b"\x11\x99\x00\xff") for _ in range(7)),
        )
    )
    smsc = r.choice((b"\0", bytes.fromhex("0791448720003023"), bytes([n := octet(r)]) + r.randbytes(n)))
    body = (elements(r) if first & 0x40 else b"") + r.randbytes(
        r.choice((0, 1, 20, 128, 134, 140, 141, octet(r)))
    )
    length = r.choice((len(body) & 0xFF, len(body) * 8 // 7 & 0xFF, octet(r)))
    content = bytes([pid, dcs])
    if kind == 1:
        validity = r.randbytes({0: 0, 2: 1}.get(first >> 3 & 3, 7))
        return smsc + bytes([first, octet(r)]) + address + content + validity + bytes([length]) + body
    if kind == 2:
        return smsc + bytes([first, octet(r)]) + address + stamp + stamp + bytes([octet(r)]) + body[:10]
    return smsc + bytes([first]) + address + content + stamp + bytes([length]) + body


def written(r: random.Random, octets: bytes) -> str:
    """In hex, as it is or as no modem should print it."""
    text = octets.hex().upper()
    at = r.randrange(len(text) + 1)
    match r.randrange(20):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + r.choice("gGxX ²٣Z\0-+ÿ€\ud800") + text[at + 1 :]
        case 2:
            return text.lower()
        case 3:
            return " ".join(text[i : i + 2] for i in range(0, len(text), 2)) + "\r\n"
        case 4:
            return text * r.randrange(2, 20)
    return text


def read_pdu(text: str) -> str:
    """Everything that reads strangers' PDUs, and what is done at once with what it says. Returns what it was."""
    try:
        kind = type(decode.decode(text)).__name__
    except PduError:
        kind = "refused"
    json.dumps(describe(text))
    plain(text).encode()
    event = received("fuzz", 0.0, text, None)
    assert (event is None) == (kind == "Submit")
    if isinstance(event, TextReceived):
        assert (event.kind == "unreadable") == (kind == "refused")
        event.body.encode("utf-16-be", "surrogatepass")
        event.sender.encode()
        contract.join_text([event.body, "\udc00", event.body]).encode()
        contract.picture_sender(event.body)
        if event.scts is not None:
            event.scts.astimezone(UTC)
    return kind


def pdu_case(seen: Counter[str]) -> Case:
    known = [bytes.fromhex(pdu) for pdu in vectors() if len(pdu) % 2 == 0]

    def case(r: random.Random, number: int) -> tuple[bytearray | bytes, Callable[[], None]]:
        match r.randrange(5):
            case 0:
                octets = r.randbytes(r.choice((r.randrange(40), r.randrange(200), r.randrange(2000))))
            case 1 | 2:
                octets = spoilt(r, r.choice(known))
            case _:
                octets = built(r, number)
        text = written(r, octets)

        def run() -> None:
            seen[read_pdu(text)] += 1

        return text.encode("utf-8", "surrogatepass"), run

    return case


KINDS: dict[str, Callable[[Counter[str]], Case]] = {"dialogue": dialogue_case, "pdu": pdu_case}


# ---- running


class Hang(Exception):
    """The alarm has rung."""


class Failure(Exception):
    """A case failed; says which, and how to do it again."""


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raises Hang within what takes longer."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Hang(f"nothing came of it for {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def resident() -> int:
    """Octets of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def one(kind: str, case: Case, seed: int, number: int) -> float:
    """Do one case; the seconds of the CPU that it took. Raises Failure."""
    said, run = case(random.Random(f"{seed} {kind} {number}"), number)
    began = time.thread_time()
    try:
        run()
        took = time.thread_time() - began
        assert took < SLOWEST, f"it took {took:.1f} s"
    except Exception as error:
        again = f"again: python -m tests.fuzz --seed {seed} --only {kind} --number {number}"
        raise Failure(f"{kind} failed: {error!r}\n{again}\ninput in hex: {said[:2000].hex()}") from error
    return took


def fuzz(kind: str, seed: int, count: int) -> str:
    """Do so many cases of a kind; the figures as a line. Raises Failure."""
    seen: Counter[str] = Counter()
    case = KINDS[kind](seen)
    began, slowest, before = time.monotonic(), 0.0, 0
    for start in range(0, count, BATCH):
        with alarm(BATCH_SECONDS):
            slowest = max(
                slowest, *(one(kind, case, seed, n) for n in range(start, min(start + BATCH, count))), 0.0
            )
        before = before or resident()  # after the first batch caches are warm
    seconds = time.monotonic() - began
    grown = resident() - before
    left = _left_behind(kind, case, seed, min(count, REPEATED))
    if grown > MOST_GROWTH or left > MOST_LEFT:
        raise Failure(f"{kind} grows: {grown} octets in all, {left} left by a repetition; seed {seed}")
    what = ", ".join(f"{number} {name}" for name, number in seen.most_common())
    return (
        f"{kind}: {count} cases in {seconds:.1f} s, the slowest {slowest * 1000:.0f} ms, "
        f"{grown / 2**20:.1f} MB grown, {left / 2**10:.1f} kB left by a repetition; {what}"
    )


def _left_behind(kind: str, case: Case, seed: int, count: int) -> int:
    """What cases leave in memory when they run a third time: nothing but noise, for every cache has been filled."""
    tracemalloc.start()
    try:
        for number in range(count):
            one(kind, case, seed, number)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for number in range(count):
            one(kind, case, seed, number)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


@click.command()
@click.option("--seed", type=int, help="What all follows from; else a random one.")
@click.option("--count", default=COUNT, show_default=True, help="Cases of each kind.")
@click.option("--only", type=click.Choice([*KINDS]), help="Only this kind.")
@click.option("--number", type=int, help="Only this case of it.")
def main(seed: int | None, count: int, only: str | None, number: int | None) -> None:
    """Fuzz the readers of bytes and PDUs."""
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    print(f"seed {seed}", flush=True)
    try:
        for kind in [only] if only else KINDS:
            if number is None:
                print(fuzz(kind, seed, count), flush=True)
            else:
                with alarm(BATCH_SECONDS):
                    one(kind, KINDS[kind](Counter()), seed, number)
    except Failure as failure:
        print(failure)
        raise SystemExit(1) from failure.__cause__


if __name__ == "__main__":
    main()
