"""Conversations with the modem as straight lines: read and send texts; generators without port, clock or thread.

Each yields what is to be done next and is given the outcome: Command and Body are answered by Response or Prompt, a
Pause by nothing, a Taken is news for the line. A port that is lost or a command that times out is thrown in at the yield.
`setup` and `survey` hold the other conversations.
"""

import re
from collections.abc import Generator
from dataclasses import dataclass

from modem import causes, commands
from modem.at import Command, Prompt, Response
from modem.errors import CommandTimeout, PortLost
from modem.pdu import EncodedPart


@dataclass(frozen=True)
class Body:
    """The PDU that answers a Prompt."""

    pdu: str


@dataclass(frozen=True)
class Pause:
    """Go on after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Taken:
    """The SMSC has taken this part under reference `mr`."""

    part: int
    parts: int
    mr: int


Step = Command | Body | Pause | Taken
Reply = Response | Prompt | None

# What `send` ends with.


@dataclass(frozen=True)
class Sent:
    """Every part was taken."""


@dataclass(frozen=True)
class Refused:
    """A part was refused for sure. kind: one of causes.KINDS; begun: parts before it were taken."""

    reason: str
    code: int | None
    kind: str
    begun: bool


@dataclass(frozen=True)
class Unsure:
    """A part was handed over and nobody can know what became of it."""

    reason: str


@dataclass(frozen=True)
class Untouched:
    """Not one octet of the PDU was handed over."""

    reason: str


Outcome = Sent | Refused | Unsure | Untouched


def ask(command: Command) -> Generator[Step, Reply, Response]:
    """One command and its Response, OK or not."""
    reply = yield command
    assert isinstance(reply, Response)
    return reply


def word(command: Command) -> Generator[Step, Reply, str | None]:
    """The one word that a command answers, without its prefix and quotes."""
    response = yield from ask(command)
    if not response.ok or not response.lines:
        return None
    return re.sub(r"^[+^]\w+: ?", "", response.lines[0]).strip('" ') or None


def first_word(choices: tuple[Command, ...]) -> Generator[Step, Reply, str | None]:
    """The word of the first command that has one; a filler digit at its end is no part of it."""
    for command in choices:
        if found := (yield from word(command)):
            return found.rstrip("fF")
    return None


def read_all() -> Generator[Step, Reply, tuple[tuple[int, str], ...]]:
    """Everything in the selected storage as (index, PDU), by AT+CMGL=4 (27.005 CMGL). An entry that was garbled on the
    way is read once more by itself; if it still does not fit, it stays where it is."""
    response = yield from ask(commands.LIST_ALL)
    found: list[tuple[int, str]] = []
    garbled: list[int] = []
    header: re.Match[str] | None = None
    for line in response.lines:
        if begun := re.fullmatch(r"\+CMGL: ?(\d+),(?:.*\D)?(\d+)", line):
            if header:
                garbled.append(int(header[1]))
            header = begun
        elif header:
            if _fits(line, int(header[2])):
                found.append((int(header[1]), line))
            else:
                garbled.append(int(header[1]))
            header = None
    for index in garbled:
        if (pdu := (yield from read_one(index))) is not None:
            found.append((index, pdu))
    return tuple(found)


def read_one(index: int) -> Generator[Step, Reply, str | None]:
    """The PDU at an index of the selected storage, None if there is none. Its length must be what the header says, or
    two readings must agree: a bit lost on the wire must not lose a message."""
    readings: list[str] = []
    for _ in range(3):
        response = yield from ask(commands.read(index))
        header = re.fullmatch(r"\+CMGR:(?:.*\D)?(\d+)", response.lines[0]) if response.lines else None
        pdu = next((line for line in response.lines if not line.startswith("+")), None)
        if not response.ok or pdu is None:
            return None
        if (header and _fits(pdu, int(header[1]))) or pdu in readings:
            return pdu
        readings.append(pdu)
    return None


def _fits(pdu: str, tpdu_octets: int) -> bool:
    """Is this a PDU of that length, its SMSC's octets not counted (27.005 CMGR <length>)?

    >>> _fits("00040102", 3), _fits("000401", 3)
    (True, False)
    """
    return len(pdu) == 2 * (1 + int(pdu[:2], 16) + tpdu_octets)


def send(parts: tuple[EncodedPart, ...]) -> Generator[Step, Reply, Outcome]:
    """Send the parts of one text, each once. It stops at the first that is not taken (DESIGN, rules 5 and 6)."""
    if len(parts) > 1:
        yield from ask(commands.KEEP_LINK)
    for place, part in enumerate(parts, 1):
        begun = place > 1
        before = f" Only {place - 1} of {len(parts)} parts went out." if begun else ""
        try:
            reply = yield commands.send(part.length)
        except (CommandTimeout, PortLost) as error:
            return _nothing_written(str(error), before)
        if isinstance(reply, Prompt):
            try:
                reply = yield Body(part.pdu)
            except (CommandTimeout, PortLost) as error:
                mr = _reference(error.lines)
                if mr is None:
                    return Unsure(f"{error}{before}")
                yield Taken(place, len(parts), mr)
                if place == len(parts):
                    return Sent()
                sentence = f"{error} Only {place} of {len(parts)} parts went out."
                return Refused(sentence, None, causes.DEVICE, begun=True)
        elif isinstance(reply, Response) and reply.ok:
            return _nothing_written("The modem did not ask for the text.", before)
        assert isinstance(reply, Response)
        mr = _reference(reply.lines)
        if reply.ok and mr is not None:
            yield Taken(place, len(parts), mr)
        elif (outcome := _not_taken(reply, before)) is not None:
            return outcome
    return Sent()


def _nothing_written(reason: str, before: str) -> Refused | Untouched:
    """Not one octet of this part's PDU was handed over."""
    return Refused(f"{reason}{before}", None, causes.DEVICE, begun=True) if before else Untouched(reason)


def _reference(lines: tuple[str, ...]) -> int | None:
    found = next((re.match(r"\+CMGS: ?(\d{1,3})", line) for line in lines if line.startswith("+CMGS")), None)
    return int(found[1]) if found else None


def _not_taken(response: Response, before: str) -> Refused | Unsure | None:
    """What a refusal means; None where the SMSC has the part already."""
    if response.ok:
        return Unsure(f"The modem said OK without a reference.{before}")
    code = response.error().code
    kind = causes.cause(code, response.final).kind
    sentence = f"{causes.why(code, response.final)}.{before}"
    if kind == causes.TAKEN:
        return None
    return Unsure(sentence) if kind == causes.UNSURE else Refused(sentence, code, kind, bool(before))
