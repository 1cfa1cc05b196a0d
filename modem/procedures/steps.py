"""What a conversation with the modem may yield and is answered with, and the one way to send a command."""

import re
from collections.abc import Generator
from dataclasses import dataclass

from modem.at.dialogue import Command, Prompt, Response


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
