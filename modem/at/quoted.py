"""A quoted string that runs over several lines: which lines can open one, which close it, and which of the lines after it
were the modem's own words all the same, if nothing ever closes it. Pure; `dialogue` holds the lines back.

A string that is open at the end of its line makes text of the lines behind it, whatever they say: RING, OK, ERROR, `> `,
START. Some modems cut a long string and never close it, so this ends. The rule:

    opens     a line of TEXTS (a network's or a SIM's own words, of any length) or of NAMES (operators, callers, phone books)
              that ends inside a string. No other line does: `+CLIP: "+4474` that noise has cut opens nothing.
    closes    a line that ends like `...",15` (an odd run of quotation marks, then numbers), or with a quotation mark that
              makes their count even. Marks are doubled within strings or escaped (`""`, `\\"`), and some modems
              print them bare. A line that is a whole URC by itself (`+CLIP: "+44...",145`) closes nothing.
    is cut    where nothing closes it: after GAP seconds without a byte, LONGEST seconds in all, or MOST characters.

Until one of these, all lines are held. Closed: they were text and are dropped. Cut: those from the first on that is
unmistakable are taken, one by one as if they came now. Unmistakable is what has the form of a URC or an answer (`+CLIP: "..."`,
with the RING just before it, `+CMTI: ...`, `+CMGS: 17`), or comes after a pause of PAUSE seconds, since a modem prints a
string at one go; and a final result behind which nothing came. A name has no line ends: where it is cut, noise did that, and
all lines are taken. So a call right behind a cut notice is told up to LONGEST seconds late, and is not lost.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

# A string of 182 characters, as UCS2 in hex, takes 0.8 s at 9600 baud and is printed without a pause (seconds).
GAP = 1.0
LONGEST = 3.0
PAUSE = 0.25
# Characters: more than the longest USSD string (182 octets, 23.038 5) or SIM toolkit text (240) in hex.
MOST = 2048

# Words of the network or the SIM: USSD (27.007 CUSD), SIM toolkit of several makers.
TEXTS = re.compile(
    r'(?:\+CUSD|\^USSD|\+ZUSSD|[+^]STIN|#STN|\+QSTK\w*|\+STK\w*|\+CUSAT\w*): ?[^"]*"', re.IGNORECASE
)
# Names: callers, operators (also with the network's time), phone books. In +CLIP and +CCWA it stands in fifth place, in
# +CLCC in eighth (27.007).
NAMES = re.compile(
    r'(?:\+CNAP|\+COPS|\+COPN|\+CSPN|\+QSPN|\^SPN|\^EONS|\^NWNAME|\*PSNWID|\+CNUM|\+CIEV: ?10,|\+CPB[RF])(?:(?<=,)|: ?)[^"]*"'
    r'|(?:\+CLIP|\+CCWA|\+COLP): ?(?:"[^"]*"|[^",]*)(?:,(?:"[^"]*"|[^",]*)){3}, ?"'
    r'|\+CLCC: ?(?:[^",]*,){5}(?:"[^"]*"|[^",]*),[^",]*, ?"',
    re.IGNORECASE,
)
_ESCAPED = re.compile(r'\\"')
# How a line ends that ends outside strings: nothing, or fields without marks, behind the last mark.
_OUTSIDE = re.compile(r'"\s*(?:,[^"]*)?$')
_NUMBERS_BEHIND = re.compile(r'(?<!")(?:"")*"\s*(?:,\s*\d+\s*)+$')
_OF_A_MODEM = re.compile(r"[+^*#%$][A-Z][A-Z0-9_]*(?: ERROR)?:", re.IGNORECASE)
# Where a string was opened, `...",15` is its end and no caller: types of address have bit 8 set (24.008 10.5.4.7).
_END_LIKE_CALLER = re.compile(r'\+(?:CLIP|CCWA):[^"]*"[^"]*"\s*,\s*\d{1,2}$', re.IGNORECASE)
_RING = re.compile(r"\^?I?RING|\+CRING:.*", re.IGNORECASE)


@dataclass(frozen=True)
class _Held:
    line: str
    pause: float  # seconds since what came before it


class OpenString:
    """The string that `opener` has opened at `now`, in seconds of the monotonic clock, and the lines that came since. began:
    that instant, or an earlier one from which on LONGEST counts."""

    def __init__(self, opener: str, now: float) -> None:
        self._is_name = not TEXTS.match(opener)
        self._marks = _marks(opener)
        self.began = self._last = now
        self._held: list[_Held] = []
        self._characters = len(opener)

    def take(self, line: str, now: float) -> bool:
        """Hold one more line; does it close the string?"""
        self._held.append(_Held(line, now - self._last))
        self._last = now
        self._characters += len(line)
        if _is_whole(line):
            return False
        self._marks += _marks(line)
        return _is_closed(line, self._marks)

    def hear(self, now: float) -> None:
        """Bytes came at `now`, if not yet a whole line."""
        self._last = max(self._last, now)

    def is_cut(self, now: float) -> bool:
        """Has it gone on for too long?"""
        return now >= self.ends_at() or self._characters > MOST

    def ends_at(self) -> float:
        """The instant from which on it counts as cut, if nothing comes until then."""
        return min(self._last + GAP, self.began + LONGEST)

    def own_words(self, is_answer: Callable[[str], bool], is_final: Callable[[str], bool]) -> list[str]:
        """The lines that the modem said for itself, given that the string was cut. is_answer: is this a line of the answer
        to the command that runs? is_final: its final result?"""
        lines = [held.line for held in self._held]
        if self._is_name:
            return lines
        for place, held in enumerate(self._held):
            if held.pause >= PAUSE:
                return lines[place:]
            if is_answer(held.line) or _is_whole(held.line):
                rings = place and _RING.fullmatch(lines[place - 1])
                return lines[place - 1 if rings else place :]
        return [line for line in lines[-1:] if is_final(line)]


def opens_string(line: str) -> bool:
    """Does this line end inside a string that can run over lines?

    >>> opens_string('+CUSD: 0,"Credit 4.20'), opens_string('+CUSD: 0,"RING",15'), opens_string('+CLIP: "+4474')
    (True, False, False)
    """
    return bool(TEXTS.match(line) or NAMES.match(line)) and not _is_closed(line, _marks(line))


def _is_closed(line: str, marks: int) -> bool:
    """Is no string open at the end of `line`? marks: all quotation marks since the string was opened."""
    plain = _ESCAPED.sub("..", line)
    return bool(_NUMBERS_BEHIND.search(plain)) or (marks % 2 == 0 and bool(_OUTSIDE.search(plain)))


def _is_whole(line: str) -> bool:
    """Has it the form of a URC or an answer, with all its strings closed?"""
    return bool(_OF_A_MODEM.match(line)) and _marks(line) % 2 == 0 and not _END_LIKE_CALLER.fullmatch(line)


def _marks(line: str) -> int:
    return _ESCAPED.sub("", line).count('"')
