"""The truth of the simulated modem held against the database: what is lost, doubled or stuck."""

import math
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from modem.simulator.log import Entry
from tests.support.box import DEADLINE
from tests.torture.bench import Bench, Hearing
from tests.torture.traffic import Said

# How often a campaign says what it still waits for (seconds).
TELL = 30.0
BOOK = 10
SHOWN = re.compile(r'\+C(?:LIP|CWA): "([^"]+)"')
BEGINS = re.compile(r"call (\d+) from (.+) begins")
GIVES_UP = re.compile(r"call (\d+) is over: caller")
READS_BOOK = re.compile(r"AT\+CPBR=\d")
# What the contract refuses is tried again after ten minutes only (bridge/rules/retries): that is waiting, not stuck.
TEN_MINUTES = "refused_barred"
GONE_OUT = ("sent", "delivered", "unconfirmed")
CALLS = "SELECT e164, number, outcome, reason, message_id FROM call"
MESSAGES = (
    "SELECT message.id, message.direction, message.kind, message.body, message.status, message.error, contact.address"
    " FROM message JOIN contact ON contact.id = message.contact_id"
)


@dataclass
class Verdict:
    """What a campaign shows. n: calls, texts and texts by hand; the lists are sentences, empty where all is well. seen: other
    figures worth a look."""

    n: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def bad(self) -> bool:
        """Is anything not as it should be?"""
        return bool(self.lost or self.doubled or self.stuck)

    @property
    def figures(self) -> str:
        """On one line."""
        seen = "".join(f", {name} {count}" for name, count in sorted(self.seen.items()))
        return (
            f"n {self.n}, lost {len(self.lost)}, doubled {len(self.doubled)}, stuck {len(self.stuck)}{seen}"
        )

    def __str__(self) -> str:
        wrong = [("lost", self.lost), ("doubled", self.doubled), ("stuck", self.stuck)]
        return "\n".join([self.figures, *(f"  {what}: {one}" for what, list_ in wrong for one in list_)])


@dataclass(frozen=True)
class Rows:
    """What the database holds of calls and texts."""

    calls: Sequence[tuple[str | None, str | None, str | None, str | None, int | None]]
    messages: Sequence[tuple[int, str, str, str, str, str | None, str]]


def rows(storage: str) -> Rows:
    """What the database holds. Raises DatabaseError."""
    engine = create_engine(storage)
    try:
        with engine.connect() as connection:
            calls = [tuple(row) for row in connection.execute(text(CALLS))]
            messages = [tuple(row) for row in connection.execute(text(MESSAGES))]
    finally:
        engine.dispose()
    return Rows(calls, messages)


def reached(bench: Bench, stored: Container[str | None]) -> set[str]:
    """The numbers that the service must know: those that were shown while it could hear, and those that the modem's book of
    missed calls still held when it was next read. What is in there at the first reading is no call. What came in last before
    the service or the line went down need not be known, however long that was before on a busy machine; but events are
    handled in their order, so whatever came before a number that is stored must be. stored: the numbers that are."""
    log = list(bench.simulator.log.entries)
    spans = [(span.begin, _known_until(span, log, stored)) for span in list(bench.heard)]
    book_known = False

    def heard(at: float) -> bool:
        return any(begin <= at <= end for begin, end in spans)

    callers: dict[str, str] = {}
    kept: list[str] = []
    found: set[str] = set()
    for entry in log:
        if entry.who == "modem" and (shown := SHOWN.match(entry.text)):
            if heard(entry.at):
                found.add(shown[1])
        elif begins := BEGINS.fullmatch(entry.text):
            callers[begins[1]] = begins[2]
        elif ends := GIVES_UP.fullmatch(entry.text):
            kept = [callers[ends[1]], *kept][:BOOK]
        elif READS_BOOK.match(entry.text) and heard(entry.at):
            found.update(kept if book_known else ())
            kept, book_known = [], True
    return found


def _known_until(span: Hearing, log: Sequence[Entry], stored: Container[str | None]) -> float:
    """When the last of what it must know came in; endless while it hears."""
    if span.end == math.inf:
        return math.inf
    shown = ((entry.at, SHOWN.match(entry.text)) for entry in log if span.begin <= entry.at <= span.end)
    return max((at for at, number in shown if number and number[1] in stored), default=-math.inf)


def judge(bench: Bench, said: Said, limited: bool = False) -> Verdict:
    """How things are now. limited: texts may stay away or wait, for the limits want it so. Raises DatabaseError."""
    verdict, now = Verdict(said.n), rows(bench.storage)
    _calls(verdict, bench, said, now, limited)
    _texts(verdict, bench, said, now)
    _sent(verdict, bench, said, now, limited)
    return verdict


def _calls(verdict: Verdict, bench: Bench, said: Said, now: Rows, limited: bool) -> None:
    stored = Counter(e164 or number for e164, number, *_ in now.calls)
    known = reached(bench, stored)
    verdict.seen["calls to be known"] = len(known)
    verdict.seen["calls found later"] = sum(outcome == "lost" for _, _, outcome, *_ in now.calls)
    verdict.seen["calls without a number"] = stored.pop(None, 0)
    for number in said.callers:
        if number in known and number not in stored:
            verdict.lost.append(f"the call of {number}")
        if stored[number] > 1 and number not in said.garbled:
            found = [(outcome, reason) for e164, _, outcome, reason, _ in now.calls if e164 == number]
            verdict.doubled.append(f"the call of {number}: {found}")
    for e164, _, outcome, reason, message in now.calls:
        if outcome is None:
            verdict.stuck.append(f"the call of {e164} has no end")
        elif e164 not in said.callers:
            verdict.seen["garbled numbers"] += 1
        elif message is None and not limited:
            verdict.stuck.append(f"the call of {e164} ({outcome}) is not texted: {reason}")


def _texts(verdict: Verdict, bench: Bench, said: Said, now: Rows) -> None:
    came = Counter((address, body) for _, way, _, body, _, _, address in now.messages if way == "in")
    for number, body in said.texts.items():
        if not came[number, body]:
            verdict.lost.append(f"the text of {number}")
        if came[number, body] > 1:
            verdict.doubled.append(f"the text of {number}: {came[number, body]} rows")
    verdict.stuck += ["a text lies on the SIM"] * len(bench.simulator.stored())
    verdict.stuck += ["a text is kept by the network"] * bench.simulator.kept


def _sent(verdict: Verdict, bench: Bench, said: Said, now: Rows, limited: bool) -> None:
    taken = Counter((one.number, one.text) for one in bench.simulator.submitted)
    out = [row for row in now.messages if row[1] == "out"]
    queued = Counter((address, body) for _, _, _, body, _, _, address in out)
    verdict.seen["texts out"] = sum(taken.values())
    for (number, _), count in taken.items():
        if count > 1:
            verdict.doubled.append(f"the text to {number} went out {count} times")
    for number, body in said.sends.items():
        if queued[number, body] != 1:
            wrong = verdict.doubled if queued[number, body] else verdict.lost
            wrong.append(f"the text by hand to {number}: {queued[number, body]} rows")
    for identifier, _, kind, body, status, error, number in out:
        what = f"the {kind} text {identifier} to {number} is {status} ({error})"
        verdict.seen[status] += 1
        if status == "queued" and (error or "").startswith(TEN_MINUTES):
            verdict.seen["tried again later"] += 1
        elif status in ("queued", "sending"):
            verdict.stuck += [] if limited else [what]
        elif status in ("sent", "delivered") and not taken[number, body]:
            verdict.lost.append(f"{what}, but never left the modem")
        elif status not in GONE_OUT and taken[number, body]:
            verdict.lost.append(f"{what}, but it left the modem")
        elif status not in GONE_OUT:
            verdict.seen["not sent"] += 1
    verdict.lost += [
        f"a text to {who} left the modem, and no row knows it" for who, body in taken if not queued[who, body]
    ]


def settled(bench: Bench, said: Said, seconds: float = 4 * DEADLINE, limited: bool = False) -> Verdict:
    """The verdict once nothing is lost and nothing stuck any more, else when nothing has got better for so many seconds: a
    busy machine takes its time."""
    over = time.monotonic() + seconds
    told = time.monotonic() + TELL
    least = sys.maxsize
    while True:
        try:
            verdict = judge(bench, said, limited)
        except DatabaseError as error:
            verdict = Verdict(said.n, stuck=[f"the database: {error.orig}"])
        if not (verdict.lost or verdict.stuck) or time.monotonic() > over:
            return verdict
        if (wrong := len(verdict.lost) + len(verdict.stuck)) < least:
            least, over = wrong, time.monotonic() + seconds
        if time.monotonic() > told:
            print(f"not settled yet: {verdict.figures}", file=sys.stderr, flush=True)
            told += TELL
        threading.Event().wait(0.5)


def twice(bench: Bench, said: Said) -> Verdict:
    """The verdict once all is settled, and again after an orderly stop and a start: by that nobody may be texted again."""
    first = settled(bench, said)
    if not bench.runs:
        first.stuck.append("the service is gone")
        return first
    code = bench.stop()
    bench.start()
    last = settled(bench, said)
    last.stuck += [f"the service ended with {code}"] if code else []
    return last
