"""The AT dialogue as a pure machine: bytes and instants go in, Response, Prompt and Urc come out; it owns no port
and no clock.

Whose line is it? (27.007 chapter 4, V.25ter 5.7)

    what comes                           while                         it is
    -----------------------------------  ----------------------------  ------------------------------
    OK, ERROR, +CME ERROR, +CMS ERROR    a command runs                its final result
    the same, before its answer          `command.insists`             an older command's, dropped
    NO CARRIER, BUSY, NO ANSWER, ...     ATD or ATA runs               its final result, and an Urc
    a line that `command.answer` takes   that command runs             a line of its Response
    a hex line                           +CMT, +CDS or +CBM was seen   that Urc's PDU, if the length fits
    a hex line                           `command.bare` takes it       a line of its Response
    the command or the PDU itself        it was just written           echo, dropped
    lines after the header of a text     text mode, set by a stranger  what anybody wrote, dropped
    any line, and `>`                    a quoted string is open       text, dropped (see `quoted`)
    `>` at the start of a line           the command wants a prompt    Prompt
    anything else                        at any time                   Urc
"""

import re
from dataclasses import dataclass

from modem.at.quoted import OpenString, opens_string
from modem.errors import CmeError, CmsError, CommandError

# No line of 27.005 or 27.007 is longer; a longer one is noise and is dropped up to its end.
MAX_LINE = 2048
# The longest answer is CMGL of a full storage, two lines a message.
MAX_LINES = 4096

# Characters of one text; a header that noise has made longer must not swallow what follows.
MAX_TEXT = 160

CALL_FINALS = frozenset({"NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE", "CONNECT"})
_ERRORS = frozenset({"ERROR", "COMMAND NOT SUPPORT", "TOO MANY PARAMETERS", "NA"})
_NUMBERED_ERROR = re.compile(r"(\+CME ERROR|\+CMS ERROR|MODEM ERROR):? ?(.*)")
# Without a way to match digits in the middle twice: a long line of them must not take time.
_TWO_LINES = re.compile(r"(?:\+CMT|\+CDS|\+CBM|\+CLASS0):(?:.*\D)?(\d+)")
# Text mode (27.005 3.4.1): the sender, a name, the time, and with +CSDH=1 at the end how long the text is;
# the status of a stored text is a word there.
_TEXT = re.compile(
    r'(?:\+CMT: ?"[^"]*",(?:"[^"]*")?,"\d\d|\+CMGR: ?"[A-Z]{3}|\+CMGL: ?\d+,"[A-Z]{3}).*?(?:,\d+,(\d+))?'
)
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")


@dataclass(frozen=True)
class Command:
    """One command line."""

    text: str
    answer: re.Pattern[str] | None = None  # takes the lines that are its answer
    bare: re.Pattern[str] | None = None  # takes answer lines that carry no name
    timeout: float = 5.0  # seconds until its final result
    prompt: bool = False  # a prompt comes before the body (27.005 CMGS)
    dial: bool = False  # ends with NO CARRIER and the like (V.250 ATD, ATA)
    insists: bool = False  # a final result before its answer is not its own; having none in time ends nothing

    @property
    def name(self) -> str:
        """What stands before its parameters.

        >>> Command("AT+CMGR=3").name, Command("AT+CREG?").name, Command("AT+CPMS=?").name
        ('AT+CMGR', 'AT+CREG', 'AT+CPMS')
        """
        return re.split("[=?]", self.text)[0]


@dataclass(frozen=True)
class Response:
    """The end of a command: its answer lines and its final result."""

    command: Command
    lines: tuple[str, ...]
    final: str

    @property
    def ok(self) -> bool:
        """Was the command carried out?"""
        return self.final in ("OK", "CONNECT")

    def error(self) -> CommandError:
        """The final result as an exception, to be raised where ERROR is not an acceptable answer.

        >>> Response(Command("AT+CMGS=23"), (), "+CMS ERROR: 38").error().code
        38
        """
        matched = _NUMBERED_ERROR.fullmatch(self.final)
        if not matched:
            return CommandError(self.command.text, self.final)
        kind = {"+CME ERROR": CmeError, "+CMS ERROR": CmsError}.get(matched[1], CommandError)
        code = int(matched[2]) if matched[2].isdecimal() else None
        return kind(self.command.text, self.final, code)


@dataclass(frozen=True)
class Prompt:
    """The modem waits for the body of the command (27.005 CMGS: CR LF > space, without a line end)."""


@dataclass(frozen=True)
class Urc:
    """An unsolicited result code; `pdu` is the second line of +CMT, +CDS and +CBM."""

    line: str
    pdu: str | None = None


AtEvent = Response | Prompt | Urc


class Dialogue:
    """One side of one port. `send` and `body` give the bytes to write, `receive` takes the bytes that were
    read, and `tick` tells it that the instant `deadline` has come. `now` is in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.command: Command | None = None
        self._lines: list[str] = []
        self._echo = ""
        self._prompted = False
        self._buffer = bytearray()
        self._too_long = False
        self._header: tuple[str, int] | None = None
        self._text_left = 0
        self._string: OpenString | None = None
        self._now = 0.0

    @property
    def deadline(self) -> float | None:
        """When `tick` is due: a quoted string that is not closed by then was cut. None while none is open."""
        return self._string.ends_at() if self._string else None

    def send(self, command: Command) -> bytes:
        """The bytes of a command line; from here on its answers are recognised. Raises RuntimeError while another command
        runs."""
        if self.command is not None:
            raise RuntimeError(f"{command.text!r} must wait for the end of {self.command.text!r}")
        self.command, self._lines, self._echo, self._prompted = command, [], command.text, False
        return command.text.encode("ascii") + b"\r"

    def body(self, pdu: str) -> bytes:
        """The bytes that answer a Prompt: the PDU in hex and Ctrl-Z. Raises RuntimeError where no prompt is waiting."""
        if not self._prompted:
            raise RuntimeError("a body may only follow a prompt")
        self._echo = pdu
        return pdu.encode("ascii") + b"\x1a"

    def abandon(self) -> tuple[str, ...]:
        """Give up the running command and the line begun; returns what had been answered. A string that is open goes on:
        the modem knows nothing of our giving up."""
        lines, self.command, self._header = tuple(self._lines), None, None
        self._lines = []
        if self._string is None:
            self._buffer.clear()
        return lines

    def receive(self, data: bytes, now: float = 0.0) -> list[AtEvent]:
        """What the new bytes complete, in the order in which it came. Any bytes, split anywhere."""
        events = self.tick(now)
        for byte in data:
            if byte in b"\r\n":
                self._end_line(events)
            elif byte == 0:
                continue
            elif byte == ord(">") and self._wants_prompt():
                self._prompt(events)
            elif len(self._buffer) < MAX_LINE:
                self._buffer.append(byte)
            else:
                self._too_long = True
        if self._string:
            self._string.hear(now)
        return events

    def tick(self, now: float) -> list[AtEvent]:
        """Time has passed: what was held back behind a string that turns out to be cut."""
        self._now = now
        events: list[AtEvent] = []
        while self._string and self._string.is_cut(now):
            self._give_up_string(self._string, events)
        return events

    def _wants_prompt(self) -> bool:
        command = self.command
        ready = command is not None and command.prompt and not self._prompted and self._string is None
        return ready and not self._buffer.strip()

    def _prompt(self, events: list[AtEvent]) -> None:
        self._prompted = True
        events.append(Prompt())

    def _end_line(self, events: list[AtEvent]) -> None:
        line = self._buffer.decode("latin-1").strip(" \t\x1a\x1b")
        noise = self._too_long or not line
        self._buffer.clear()
        self._too_long = False
        if not noise:
            self._take(line, events)

    def _take(self, line: str, events: list[AtEvent]) -> None:
        if self._string:
            self._take_within(self._string, line, events)
        elif self._is_pdu_of_header(line):
            header, self._header = self._header, None
            assert header is not None
            events.append(Urc(header[0], line))
        elif self._text_left and not self._is_final(line):
            self._text_left = max(0, self._text_left - len(line) - 1)
        elif text := _is_text(line):
            self._text_left = text
            self._hand_on(line, events)
        elif two := _TWO_LINES.fullmatch(line):
            self._header = (line, int(two[1]))
        else:
            self._hand_on(line, events)
            if opens_string(line):
                self._string = OpenString(line, self._now)

    def _take_within(self, string: OpenString, line: str, events: list[AtEvent]) -> None:
        if line == self._echo:
            self._echo = ""
        elif string.take(line, self._now):
            self._string = None
        elif string.is_cut(self._now):
            self._give_up_string(string, events)

    def _give_up_string(self, string: OpenString, events: list[AtEvent]) -> None:
        """It was cut: what the modem said behind it comes now, a prompt too."""
        self._string = None
        for line in string.own_words(self._is_named_answer, self._is_final_of_any):
            self._take(line, events)
        if self._string:  # one that a line of these has opened
            self._string.began = string.began
        if self._buffer.lstrip()[:1] == b">":
            begun = self._buffer.lstrip()[1:]
            self._buffer.clear()
            if self._wants_prompt():
                self._prompt(events)
            self._buffer.extend(begun)

    def _hand_on(self, line: str, events: list[AtEvent]) -> None:
        if self.command is None:
            events.append(Urc(line))
        elif line == self._echo:
            self._echo = ""
        elif self._is_final(line) and self.command.insists and not self._lines:
            return
        elif self._is_final(line):
            events.append(Response(self.command, tuple(self._lines), line))
            self.command = None
            if line in CALL_FINALS - {"CONNECT"}:
                events.append(Urc(line))
        elif self._is_answer(line):
            if len(self._lines) < MAX_LINES:
                self._lines.append(line)
        else:
            events.append(Urc(line))

    def _is_pdu_of_header(self, line: str) -> bool:
        """Does this line complete a +CMT? Its octets are the SMSC's and as many as the header said (27.005
        3.4.1)."""
        if self._header is None or not _HEX.fullmatch(line):
            return False
        smsc = 1 + int(line[:2], 16)
        fits = len(line) == 2 * (smsc + self._header[1])
        return fits or not self._is_answer(line)

    def _is_final(self, line: str) -> bool:
        if self.command is None:
            return False
        if line == "OK" or line in _ERRORS or _NUMBERED_ERROR.fullmatch(line):
            return True
        return self.command.dial and (line in CALL_FINALS or line.startswith("CONNECT "))

    def _is_final_of_any(self, line: str) -> bool:
        """Is it a final result that may be believed without more? Of a text on its way, it would be sent again."""
        return self._is_final(line) and self.command is not None and not self.command.prompt

    def _is_named_answer(self, line: str) -> bool:
        command = self.command
        return command is not None and command.answer is not None and bool(command.answer.match(line))

    def _is_answer(self, line: str) -> bool:
        command = self.command
        if command is None:
            return False
        return any(pattern is not None and pattern.match(line) for pattern in (command.answer, command.bare))


def _is_text(header: str) -> int:
    """How many characters of text follow this line: at least one, 0 if it is no header of text mode."""
    matched = _TEXT.fullmatch(header)
    return min(int(matched[1] or 1), MAX_TEXT) if matched else 0
