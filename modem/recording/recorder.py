"""The last minutes of what went over the wire, kept in memory, as a transcript that `textback replay` reads:
what goes wrong in a shop becomes a test. Pure: the channel tells it the time. A PIN is never kept, real
numbers only where wanted."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from modem.at.numbers import same_number
from modem.recording.replay import replay

# So much is kept, whichever is less: a busy call is about 2 kB a minute, an idle modem next to nothing.
SECONDS = 900.0
OCTETS = 262_144

_PIN = re.compile(r'(CPIN=)"[^"]*"')
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}")
_NUMBER = re.compile(r'(?<=")\+?\d{3,}(?=")|\+?\d{7,}')
# Lines in which a quoted text is the name of a person (27.007 <alpha>), or the operator's words about the contract (CUSD).
_WITH_NAMES = re.compile(r"\+CLIP|\+CLCC|\^SLCC|\+CCWA|\+CPB[RFW]|\+CNUM|\+CNAP|\+CUSD|\+QIND")
_QUOTED = re.compile(r'"([^"]*)"')
_NO_NAME = re.compile(r"\+?\d*|ccinfo")
# In text mode, which another program may have set, a text follows these lines, up to those (27.005 4).
_BEFORE_TEXT = re.compile(r"\+CM(?:T|GL|GR): ")
_AFTER_TEXT = re.compile(r"OK$|ERROR$|[+^][A-Z]+: |\+CM[ES] ERROR")
_IN_BETWEEN = ("RING", "NO CARRIER")
TEXT = "..."


# So many digits at the end of a number are replaced by a running number; those before it keep its form.
REPLACED_DIGITS = 9


@dataclass(frozen=True)
class _Piece:
    """Octets that came, or a command line that went out (`wrote`)."""

    at: float
    wrote: bool
    text: str


class Recorder:
    """What was heard and written, for one driver; it outlives its sessions."""

    def __init__(self) -> None:
        self._pieces: deque[_Piece] = deque()
        self._size = 0

    def heard(self, data: bytes, at: float) -> None:
        """Keep what came from the modem at this instant, in seconds of any clock."""
        self._keep(_Piece(at, False, data.decode("latin-1")))

    def wrote(self, command: str, at: float) -> None:
        """Keep a command line that went out then; a PIN is left out."""
        self._keep(_Piece(at, True, _PIN.sub(r'\1"****"', command)))

    def _keep(self, piece: _Piece) -> None:
        self._pieces.append(piece)
        self._size += len(piece.text)
        while self._size > OCTETS or piece.at - self._pieces[0].at > SECONDS:
            self._size -= len(self._pieces.popleft().text)

    def transcript(self, name: str, family: str, masked: bool) -> dict[str, Any]:
        """What is kept, in the transcript format of `replay`; `expect` is what this program makes of it, to
        be put right by hand where that is the mistake. name: its id. family: as in config.ini. masked:
        numbers, names and the insides of texts are replaced; the exact bytes are left out."""
        start = self._pieces[0].at if self._pieces else 0.0
        sent = [[round(p.at - start, 3), p.text] for p in self._pieces if p.wrote]
        lines = _lines([(p.at - start, p.text) for p in self._pieces if not p.wrote])
        made: dict[str, Any] = {
            "id": name,
            "family": family,
            "source": "textback doctor --record",
            "evidence": "real",
            "desc": "numbers, names and texts are replaced" if masked else "as it came",
        }
        if masked:
            names: dict[str, str] = {}
            made["lines"] = [[at, line] for at, line in _masked(lines, names)]
            made["sent"] = [[at, mask(str(text), names)] for at, text in sent]
        else:
            made["lines"] = [[at, _PIN.sub(r'\1"****"', line)] for at, line in lines]
            made["raw"] = [
                [round(p.at - start, 3), _PIN.sub(r'\1"****"', p.text)] for p in self._pieces if not p.wrote
            ]
            made["sent"] = sent
        expect = replay(made).as_json()
        return made | {"expect": {key: expect[key] for key in ("calls", "sms_received")}}


def _lines(pieces: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Whole lines, each at the time of its end; what has no end yet is left out."""
    found: list[tuple[float, str]] = []
    begun = ""
    for at, text in pieces:
        *whole, begun = re.split(r"[\r\n]+", begun + text)
        found += [(round(at, 3), line) for line in whole if line.strip("\0 ")]
    return found


def _masked(lines: list[tuple[float, str]], names: dict[str, str]) -> Iterator[tuple[float, str]]:
    """The lines without real numbers, names and texts."""
    in_text = False
    for at, line in lines:
        if in_text and not (_HEX.fullmatch(line) or _AFTER_TEXT.match(line) or line in _IN_BETWEEN):
            yield at, TEXT
            continue
        in_text = bool(_BEFORE_TEXT.match(line)) or (in_text and line in _IN_BETWEEN)
        yield at, mask(line, names)


def mask(line: str, names: dict[str, str]) -> str:
    """The line without real numbers, names and texts; `names` remembers what stands for
    which number, so that one number is replaced alike everywhere.

    >>> names = {}
    >>> mask('+CLIP: "+447400123456",145,"",0,"Ann",0', names), mask("MISSED_CALL: 08:48AM 07400123456", names)
    ('+CLIP: "+111555000001",145,"",0,"",0', 'MISSED_CALL: 08:48AM 01555000001')
    >>> mask("07911326040000F0040B911346610089F600", names)
    '070000000000000000000000000000000000'
    """
    if _HEX.fullmatch(line):
        # The length of the SMSC's number stays: how long a PDU must be is known by it.
        return line[:2] + "0" * (len(line) - 2)
    line = _PIN.sub(r'\1"****"', line)
    if _WITH_NAMES.match(line):
        line = _QUOTED.sub(lambda found: found[0] if _NO_NAME.fullmatch(found[1]) else '""', line)
    return _NUMBER.sub(lambda found: _stand_in(found[0], names), line)


def _stand_in(number: str, names: dict[str, str]) -> str:
    """A number that nobody has (no country has the code 111), of the same length and form; the spellings of
    one number stay spellings of one number.

    >>> names = {}
    >>> _stand_in("07700900123", names), _stand_in("+447700900123", names), _stand_in("+447700900456", names)
    ('01555000001', '+111555000001', '+111555000002')
    """
    known = next((one for one in names if same_number(one, number)), number)
    whole = names.setdefault(known, str(555 * 10 ** (REPLACED_DIGITS - 3) + len(names) + 1))
    digits = number.lstrip("+")
    tail = whole[-min(len(digits), REPLACED_DIGITS) :]
    start = digits[: len(digits) - len(tail)]
    zeros = len(start) - len(start.lstrip("0"))
    return "+" * number.startswith("+") + "0" * zeros + "1" * (len(start) - zeros) + tail
