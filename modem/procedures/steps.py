"""What a procedure may yield and is answered with, and the one way to send a command.

A procedure is a generator without port, clock or thread. It yields what is to be done next and is given the
outcome: Command and Body are answered by Response or Prompt, a Pause by None; a Taken is news for the line,
answered by None at once. A port that is lost (PortLost) or a command that times out (CommandTimeout) is
thrown in at the yield.
"""

import re
from collections.abc import Generator
from dataclasses import dataclass

from modem.at.dialogue import Command, Prompt, Response


@dataclass(frozen=True)
class Body:
    """The PDU in hex that answers a Prompt (27.005 CMGS)."""

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


def ask(command: Command) -> Generator[Step, Reply, Response]:
    """Send one command. Returns its Response, which may be an error."""
    reply = yield command
    assert isinstance(reply, Response)
    return reply


def word(command: Command) -> Generator[Step, Reply, str | None]:
    """The one word that a command answers, without its name and quotes; None if it fails or says nothing."""
    response = yield from ask(command)
    if not response.ok or not response.lines:
        return None
    return re.sub(r"^[+^]\w+: ?", "", response.lines[0]).strip('" ') or None


def first_word(choices: tuple[Command, ...]) -> Generator[Step, Reply, str | None]:
    """The word of the first of these commands that has one, without a filler digit F at its end; None if none
    has."""
    for command in choices:
        if found := (yield from word(command)):
            return found.rstrip("fF")
    return None
