"""The procedure that sends one text, part by part, each once; what follows from its outcome is decided
elsewhere."""

import re
from collections.abc import Generator
from dataclasses import dataclass

from modem.at import commands
from modem.at.dialogue import Prompt, Response
from modem.errors import CommandTimeout, PortLost
from modem.procedures.steps import Body, Reply, Step, Taken, ask
from modem.sms import causes
from modem.sms.causes import NoRefusal, Refusal
from modem.sms.encode import EncodedPart
from modem.troubles import Trouble, TroubleCode

# What `send` ends with.


@dataclass(frozen=True)
class Sent:
    """Every part was taken."""


@dataclass(frozen=True)
class Refused:
    """A part was refused for sure. trouble: why; code: the +CMS or +CME ERROR; begun: parts before it
    were taken."""

    trouble: Trouble
    code: int | None
    kind: Refusal
    begun: bool


@dataclass(frozen=True)
class Unsure:
    """A part was handed over and nobody can know what became of it."""

    trouble: Trouble


@dataclass(frozen=True)
class Untouched:
    """Not one octet of the PDU was handed over."""

    trouble: Trouble


Outcome = Sent | Refused | Unsure | Untouched
# How many parts of how many went out before, as facts of a trouble; empty if none did.
Before = dict[str, int]


def send(parts: tuple[EncodedPart, ...]) -> Generator[Step, Reply, Outcome]:
    """Send the parts of one text, each once (27.005 CMGS). It stops at the first that is not taken, and never
    sends after a time-out: a part of which nobody knows whether it went out must not go out twice. Never
    raises: a port that is lost or a time-out is part of the outcome."""
    if len(parts) > 1:
        yield from ask(commands.KEEP_LINK)
    for place, part in enumerate(parts, 1):
        begun = place > 1
        before: Before = {"sent": place - 1, "parts": len(parts)} if begun else {}
        try:
            reply = yield commands.send(part.length)
        except (CommandTimeout, PortLost) as error:
            return _nothing_written(error.trouble, before)
        if isinstance(reply, Prompt):
            try:
                reply = yield Body(part.pdu)
            except (CommandTimeout, PortLost) as error:
                mr = _reference(error.lines)
                if mr is None:
                    return Unsure(error.trouble.adding(**before))
                yield Taken(place, len(parts), mr)
                if place == len(parts):
                    return Sent()
                trouble = error.trouble.adding(sent=place, parts=len(parts))
                return Refused(trouble, None, Refusal.DEVICE, begun=True)
        elif isinstance(reply, Response) and reply.ok:
            return _nothing_written(Trouble(TroubleCode.NO_PROMPT), before)
        assert isinstance(reply, Response)
        mr = _reference(reply.lines)
        if reply.ok and mr is not None:
            yield Taken(place, len(parts), mr)
        elif (outcome := _not_taken(reply, before)) is not None:
            return outcome
    return Sent()


def _nothing_written(trouble: Trouble, before: Before) -> Refused | Untouched:
    """Not one octet of this part's PDU was handed over."""
    if not before:
        return Untouched(trouble)
    return Refused(trouble.adding(**before), None, Refusal.DEVICE, begun=True)


def _reference(lines: tuple[str, ...]) -> int | None:
    found = next((re.match(r"\+CMGS: ?(\d{1,3})", line) for line in lines if line.startswith("+CMGS")), None)
    return int(found[1]) if found else None


def _not_taken(response: Response, before: Before) -> Refused | Unsure | None:
    """What a refusal means; None where the SMSC has the part already."""
    if response.ok:
        return Unsure(Trouble.of(TroubleCode.NO_REFERENCE, **before))
    code = response.error().code
    kind = causes.cause(code, response.final).kind
    trouble = causes.why(code, response.final).adding(**before)
    match kind:
        case NoRefusal.TAKEN:
            return None
        case NoRefusal.UNSURE:
            return Unsure(trouble)
        case Refusal():
            return Refused(trouble, code, kind, bool(before))
